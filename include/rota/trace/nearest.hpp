// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_NEAREST_HPP
#define ROTA_TRACE_NEAREST_HPP

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rota::trace {

/// The name among `known` that a misspelt `word` most likely meant, empty where none is near.
///
/// Near: at most a third of the letters (at least one) inserted, dropped, changed or swapped with their
/// neighbour; case does not count. Of equally near names the first wins.
/// Source    F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM
/// 1964.
template <class Names>
[[nodiscard]] std::string_view nearest(std::string_view word, Names const& known) {
    auto const lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    auto best = std::string_view{};
    auto least = std::size_t{0};
    if (word.empty() || word.size() > 64) return best;
    for (auto const& one : known) {
        auto const name = std::string_view{one};
        if (name.size() > 64) continue;
        auto const width = name.size() + 1;
        auto cost = std::vector<std::size_t>((word.size() + 1) * width);
        for (auto i = std::size_t{0}; i <= word.size(); ++i)
            for (auto j = std::size_t{0}; j <= name.size(); ++j) {
                auto& here = cost[i * width + j];
                if (i == 0 || j == 0) {
                    here = i + j;
                    continue;
                }
                auto const same = lower(word[i - 1]) == lower(name[j - 1]);
                here = std::min({cost[(i - 1) * width + j] + 1, cost[i * width + j - 1] + 1,
                                 cost[(i - 1) * width + j - 1] + (same ? 0u : 1u)});
                if (i > 1 && j > 1 && lower(word[i - 1]) == lower(name[j - 2]) &&
                    lower(word[i - 2]) == lower(name[j - 1]))
                    here = std::min(here, cost[(i - 2) * width + j - 2] + 1);
            }
        auto const far = cost.back();
        if (far > std::max(std::size_t{1}, std::max(word.size(), name.size()) / 3)) continue;
        if (far >= std::min(word.size(), name.size())) continue; // nothing of it is left
        if (best.empty() || far < least) {
            best = name;
            least = far;
        }
    }
    return best;
}

/// "one of a, b, c; nearest: b", the second half only where one is near.
template <class Names>
[[nodiscard]] std::string one_of(std::string_view word, Names const& known) {
    auto out = std::string{"one of "};
    auto first = true;
    for (auto const& one : known) {
        if (!first) out += ", ";
        out.append(std::string_view{one});
        first = false;
    }
    if (auto const near = nearest(word, known); !near.empty()) out.append("; nearest: ").append(near);
    return out;
}

} // namespace rota::trace

#endif
