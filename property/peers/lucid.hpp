// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_LUCID_HPP
#define ROTA_PEERS_LUCID_HPP

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <range/v3/algorithm/stable_partition.hpp>
#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/core/units.hpp>

#include "helios.hpp"
#include "helios_queue.hpp"
#include "helios_restart.hpp"
#include "replay.hpp"

namespace peers {

inline constexpr auto lucid_policies =
    std::to_array<std::string_view>({"fifo", "sjf", "qssf", "srtf", "tiresias"});
inline constexpr auto lucid_placements = helios_placements;

/// The line of Lucid's tiresias: two queues by attained GPU-seconds, each by submission. It decides at the
/// multiples of 60 s only; what is attained is never reset, so nobody is promoted.
/// Source    S-Lab-System-Group/Lucid, simulation/policy/tiresias.py.
struct by_attained {
    static constexpr std::int64_t threshold = 18'000; ///< exactly that much is still high
    std::int64_t round_s = 60;

    [[nodiscard]] bool ticks(std::int64_t now) const noexcept { return now % round_s == 0; }
    [[nodiscard]] static std::vector<rota::job_id> order(std::vector<rota::job_id> const& queued,
                                                         std::vector<rota::job_id> const& running,
                                                         std::vector<restartable> const& jobs,
                                                         std::int64_t now) {
        auto all = running;
        all.insert(all.end(), queued.begin(), queued.end());
        auto const job = [&](rota::job_id id) -> restartable const& { return jobs[rota::index(id)]; };
        ::ranges::stable_sort(all, {}, [&](rota::job_id id) { return job(id).submit; });
        ::ranges::stable_partition(all, [&](rota::job_id id) { return job(id).service(now) <= threshold; });
        return all;
    }
    /// With nobody queued, everybody runs and stays; with nobody running, time changes nothing.
    [[nodiscard]] rota::sim_time changes_at(std::vector<rota::job_id> const&,
                                            std::vector<rota::job_id> const& queued,
                                            std::vector<rota::job_id> const& running,
                                            std::vector<restartable> const&, std::int64_t now,
                                            bool changed) const {
        auto const settled = ticks(now) && !changed && running.empty();
        return queued.empty() || settled ? rota::never : at_second((now / round_s + 1) * round_s);
    }
};

/// Lucid's simulator: Helios's with a larger penalty, and a tiresias of its own.
///
/// Source    S-Lab-System-Group/Lucid 63685a3, simulation/ (Q. Hu et al., "Lucid: A Non-Intrusive, Scalable
///           and Interpretable Scheduler for Deep Learning Training Jobs", ASPLOS 2023).
[[nodiscard]] inline std::vector<record> lucid(input const& asked) {
    auto const from = from_first_submit(asked);
    auto const penalty = +[](std::int64_t gpus) -> std::int64_t { return gpus <= 8 ? 40 : 60; };
    if (from.policy == "srtf") return helios_restarted(from, by_remaining{}, penalty);
    if (from.policy == "tiresias")
        return helios_restarted(from, by_attained{from.round_s != 0 ? from.round_s : 60}, penalty);
    return helios_queued(from);
}

} // namespace peers

#endif
