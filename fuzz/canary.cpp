// SPDX-License-Identifier: BSL-1.0
// Aborts on the bytes `gpu`, and must: a fuzzer or a replay that lets this pass would let anything pass.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size >= 3 && data[0] == 'g' && data[1] == 'p' && data[2] == 'u') std::abort();
    return 0;
}
