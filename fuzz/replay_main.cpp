// SPDX-License-Identifier: BSL-1.0
// Runs a fuzz target over the files of folders, without libFuzzer: the regression test of every input ever
// found.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
// Of a program of several targets: takes the name of one out of the arguments.
extern "C" [[gnu::weak]] int LLVMFuzzerInitialize(int* argc, char*** argv);

int main(int argc, char** argv) {
    if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
    auto inputs = std::set<std::filesystem::path>{};
    for (auto i = 1; i < argc; ++i) {
        if (!std::filesystem::is_directory(argv[i])) {
            std::fprintf(stderr, "%s: no such folder\n", argv[i]);
            return 1;
        }
        for (auto const& entry : std::filesystem::recursive_directory_iterator(argv[i]))
            if (entry.is_regular_file()) inputs.insert(entry.path());
    }
    for (auto const& input : inputs) {
        std::fprintf(stderr, "%s\n", input.c_str()); // the last one named is the one that failed
        auto file = std::ifstream(input, std::ios::binary);
        auto const bytes = std::vector<char>(std::istreambuf_iterator<char>(file), {});
        LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    }
    std::printf("%zu passed, 0 failed\n", inputs.size());
    return inputs.empty() ? 1 : 0; // an empty corpus is a mistake, not a success
}
