// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_RESERVATIONS_HPP
#define ROTA_SLURM_RESERVATIONS_HPP

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/core/take_until.hpp>
#include <rota/core/units.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/slurm/time_words.hpp>
#include <rota/slurm/value_of.hpp>

namespace rota::slurm {

/// The nodes that Slurm keeps for somebody from some time on: it starts no job there whose limit reaches into that.
class reservations {
public:
    /// One of these nodes, from then until then; times as the clients of Slurm print them.
    void add(std::string_view nodes, std::string_view from, std::string_view until) {
        auto names = expand_hosts(nodes);
        if (!names) return;
        std::sort(names->begin(), names->end());
        all_.push_back({std::move(*names), std::string{from}, std::string{until}});
    }
    /// Those that `scontrol --oneliner show reservation` prints, instead of what was known.
    void read(std::string_view records) {
        all_.clear();
        while (!records.empty()) {
            auto const row = take_until(records, '\n');
            auto const said = [row](std::string_view key) { return only_value_of(row, key).value_or(""); };
            if (row.starts_with("ReservationName=")) add(said("Nodes"), said("StartTime"), said("EndTime"));
        }
    }
    /// A job that starts now on these nodes may run into one of them. A limit of 0 is none.
    [[nodiscard]] bool reach(std::string_view nodes, millis limit_ms, std::time_t now) const {
        auto const wanted = all_.empty() ? std::nullopt : expand_hosts(nodes);
        if (!wanted) return false;
        return std::any_of(all_.begin(), all_.end(), [&](one const& its) {
            return is_to_come(its.until, now) &&
                   (limit_ms == 0 || !is_to_come(its.from, now + limit_ms / 1'000)) &&
                   std::any_of(wanted->begin(), wanted->end(), [&](std::string const& name) {
                       return std::binary_search(its.nodes.begin(), its.nodes.end(), name);
                   });
        });
    }

private:
    struct one {
        std::vector<std::string> nodes; ///< sorted
        std::string from;
        std::string until;
    };
    std::vector<one> all_;
};

} // namespace rota::slurm

#endif
