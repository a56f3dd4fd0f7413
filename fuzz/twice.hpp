// SPDX-License-Identifier: BSL-1.0
// How a fuzz target runs its input: twice in one process, and it must come to the same, so that nothing of a case is left
// behind for the next. Included by one source of a program.
#ifndef ROTA_FUZZ_TWICE_HPP
#define ROTA_FUZZ_TWICE_HPP

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <rota/core/checked.hpp>

#include "require.hpp"

/// What a run has come to so far, folded to one number.
class outcome {
public:
    void add(std::string_view text) {
        add(text.size());
        for (; !text.empty(); text.remove_prefix(std::min(text.size(), sizeof hash_))) {
            auto word = std::uint64_t{0};
            std::memcpy(&word, text.data(), std::min(text.size(), sizeof word));
            add(word);
        }
    }
    void add(std::integral auto value) {
        // a product of 128 bits: the sanitizers take a wrap for a mistake
        auto const wide = rota::uint128{hash_ ^ static_cast<std::uint64_t>(value)} * 0x9e3779b97f4a7c15u;
        hash_ = static_cast<std::uint64_t>(wide) ^ static_cast<std::uint64_t>(wide >> 64);
    }
    friend bool operator==(outcome const&, outcome const&) = default;

private:
    std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// AddressSanitizer's defaults: two frames of every allocation and release. Walking up whole stacks is a third of the time
/// of a case; ASAN_OPTIONS=malloc_context_size=30 shows them for a finding.
extern "C" char const* __asan_default_options() { return "malloc_context_size=2"; }

/// Runs a case of a target twice: `run(data, size, told)` does with the bytes what it does, tells what that comes to, and
/// aborts where something is broken.
template <class Run>
int twice(Run run, std::uint8_t const* data, std::size_t size) {
    auto first = outcome{};
    run(data, size, first);
    auto second = outcome{};
    run(data, size, second);
    require(first == second, "the same input comes to the same again");
    return 0;
}

#endif
