// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_VALUE_OF_HPP
#define ROTA_SLURM_VALUE_OF_HPP

#include <algorithm>
#include <optional>
#include <string_view>

#include <rota/core/take_until.hpp>

namespace rota::slurm {

/// The value of `KEY = value` in what `scontrol show config` prints; empty where it has none.
[[nodiscard]] inline std::string_view value_of(std::string_view config, std::string_view key) {
    while (!config.empty()) {
        auto row = take_until(config, '\n');
        auto const equals = row.find('=');
        if (equals == row.npos || row.substr(0, row.find_first_of(" =")) != key) continue;
        row.remove_prefix(equals + 1);
        row.remove_prefix(std::min(row.find_first_not_of(' '), row.size()));
        return row;
    }
    return {};
}

/// The value of `KEY=value` among the words of one record that `scontrol --oneliner show` prints. Nothing where it is
/// absent or stands there twice: a record holds words of users, too.
[[nodiscard]] inline std::optional<std::string_view> only_value_of(std::string_view record,
                                                                   std::string_view key) {
    auto found = std::optional<std::string_view>{};
    for (auto at = record.find(key); at != record.npos; at = record.find(key, at + 1)) {
        auto const behind = at + key.size();
        if ((at != 0 && record[at - 1] != ' ') || behind >= record.size() || record[behind] != '=') continue;
        if (found) return std::nullopt;
        auto const value = record.substr(behind + 1);
        found = value.substr(0, value.find_first_of(" \n"));
    }
    return found;
}

} // namespace rota::slurm

#endif
