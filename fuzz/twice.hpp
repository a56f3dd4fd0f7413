// SPDX-License-Identifier: BSL-1.0
// The entry of every fuzz target: its input is run twice in one process and must come to the same, so that nothing of a
// case is left behind for the next. Included by one source of a program.
#ifndef ROTA_FUZZ_TWICE_HPP
#define ROTA_FUZZ_TWICE_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"

/// What a run has come to so far, folded to one number.
class outcome {
public:
    void add(std::string_view text) {
        for (auto const c : text) fold(static_cast<unsigned char>(c));
        add(text.size());
    }
    void add(std::integral auto value) {
        for (auto i = 0u; i != 8; ++i)
            fold(static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> 8 * i & 0xff));
    }
    friend bool operator==(outcome const&, outcome const&) = default;

private:
    void fold(unsigned char byte) {
        // 40 bits by 24: the sanitizers take a wrap for a mistake
        constexpr auto low = (std::uint64_t{1} << 40) - 1;
        hash_ = ((hash_ ^ byte) & low) * 0x9e3779u ^ hash_ >> 40;
    }
    std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// What a target does with its bytes; it aborts where something is broken.
void run(std::uint8_t const* data, std::size_t size, outcome& told);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto first = outcome{};
    run(data, size, first);
    auto second = outcome{};
    run(data, size, second);
    require(first == second, "the same input comes to the same again");
    return 0;
}

#endif
