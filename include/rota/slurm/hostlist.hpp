// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_HOSTLIST_HPP
#define ROTA_SLURM_HOSTLIST_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rota/trace/number.hpp>

namespace rota::slurm {

inline constexpr std::size_t hosts_max = 1u << 20;

namespace detail {

/// `3`, `01-12`: the texts it stands for, with the zeros of its first number.
[[nodiscard]] inline bool add_range(std::string_view text, std::vector<std::string>& to) {
    auto const dash = text.find('-');
    auto const from = text.substr(0, dash);
    auto const until = dash == text.npos ? from : text.substr(dash + 1);
    auto const first = trace::whole(from);
    auto const last = trace::whole(until);
    if (!first.ok() || !last.ok() || first.value < 0 || last.value < first.value) return false;
    if (static_cast<std::uint64_t>(last.value - first.value) >= hosts_max) return false;
    for (auto i = first.value; i <= last.value; ++i) {
        auto digits = std::to_string(i);
        if (digits.size() < from.size()) digits.insert(0, from.size() - digits.size(), '0');
        to.push_back(std::move(digits));
    }
    return true;
}

/// `rack[1-2]n[3,5]`: every combination.
[[nodiscard]] inline bool add_hosts(std::string_view text, std::vector<std::string>& to) {
    auto names = std::vector<std::string>{""};
    while (!text.empty()) {
        auto const open = text.find('[');
        for (auto& one : names) one += text.substr(0, open);
        if (open == text.npos) break;
        auto const close = text.find(']', open);
        if (close == text.npos) return false;
        auto ends = std::vector<std::string>{};
        for (auto rest = text.substr(open + 1, close - open - 1);;) {
            auto const comma = rest.find(',');
            if (!add_range(rest.substr(0, comma), ends) || ends.size() > hosts_max) return false;
            if (comma == rest.npos) break;
            rest.remove_prefix(comma + 1);
        }
        if (names.size() * ends.size() > hosts_max) return false;
        auto longer = std::vector<std::string>{};
        for (auto const& one : names)
            for (auto const& end : ends) longer.push_back(one + end);
        names = std::move(longer);
        text.remove_prefix(close + 1);
    }
    to.insert(to.end(), names.begin(), names.end());
    return true;
}

} // namespace detail

/// The names that Slurm's short form stands for: `n[1,3-5],gpu07` is n1, n3, n4, n5, gpu07. Nothing where it is no
/// such form.
[[nodiscard]] inline std::optional<std::vector<std::string>> expand_hosts(std::string_view text) {
    auto out = std::vector<std::string>{};
    while (!text.empty()) {
        auto depth = 0;
        auto const end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(),
                                                               [&](char c) {
                                                                   depth += (c == '[') - (c == ']');
                                                                   return c == ',' && depth == 0;
                                                               }) -
                                                  text.begin());
        if (end == 0 || !detail::add_hosts(text.substr(0, end), out)) return std::nullopt;
        if (end + 1 == text.size()) return std::nullopt; // a comma and nothing behind it
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

} // namespace rota::slurm

#endif
