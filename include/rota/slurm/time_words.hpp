// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_TIME_WORDS_HPP
#define ROTA_SLURM_TIME_WORDS_HPP

#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>

#include <rota/core/units.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// A time as the clients of Slurm print it is still to come: `2026-11-22T01:23:31` on the clock of this machine, or seconds
/// since 1970 where SLURM_TIME_FORMAT has it so. `N/A` and `Unknown` are no time; what is none of these may be.
[[nodiscard]] inline bool is_to_come(std::string_view text, std::time_t now) {
    if (text.empty() || text == "N/A" || text == "Unknown" || text == "(null)") return false;
    if (auto const seconds = trace::whole(text); seconds.ok()) return seconds.value > now;
    auto parts = std::tm{};
    auto local = std::array<char, 20>{};
    if (text.size() != local.size() - 1 || ::localtime_r(&now, &parts) == nullptr ||
        std::strftime(local.data(), local.size(), "%Y-%m-%dT%H:%M:%S", &parts) != text.size())
        return true;
    return text > std::string_view{local.data(), text.size()};
}

/// `5:00`, `2:03:04`, `1-02:03:04` in ms; 0 for UNLIMITED and whatever else is no span of time.
[[nodiscard]] inline millis read_time_limit(std::string_view text) {
    auto const number = [](std::string_view digits) {
        auto const got = trace::whole(digits);
        return got.ok() && got.value >= 0 && got.value < 1'000'000'000 ? got.value : -1;
    };
    auto days = std::int64_t{0};
    if (auto const dash = text.find('-'); dash != text.npos) {
        days = number(text.substr(0, dash));
        text.remove_prefix(dash + 1);
    }
    auto seconds = std::int64_t{0};
    auto parts = 0;
    for (auto more = true; more; ++parts) {
        auto const colon = text.find(':');
        auto const part = number(text.substr(0, colon));
        if (part < 0 || parts == 3) return 0;
        seconds = seconds * 60 + part;
        more = colon != text.npos;
        if (more) text.remove_prefix(colon + 1);
    }
    return days < 0 || parts < 2 ? 0 : (days * 86'400 + seconds) * 1'000;
}

} // namespace rota::slurm

#endif
