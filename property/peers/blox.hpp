// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_BLOX_HPP
#define ROTA_PEERS_BLOX_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <range/v3/algorithm/stable_sort.hpp>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/simulation/conditions.hpp>

#include "devices.hpp"
#include "replay.hpp"

namespace peers {

inline constexpr auto blox_policies = std::to_array<std::string_view>({"fifo", "las", "srtf"});
inline constexpr auto blox_placements = std::to_array<std::string_view>({"scattered", "consolidated"});

/// Blox's scattered placement: up to `gpus` free GPUs of each node in index order, until the sum equals
/// `gpus`. A sum that steps over it never comes back: 3 free + 4 free do not serve a gang of 4.
/// Source    msr-fiddle/blox, placement/placement.py (_scattered_placement).
[[nodiscard]] inline rota::cluster::placement blox_scattered(rota::cluster::occupancy const& free, int gpus) {
    auto found = rota::cluster::placement{};
    auto sum = 0;
    for (auto n = std::uint32_t{0}; n != free.size() && sum < gpus; ++n) {
        auto const here = std::min(free.whole_count(rota::node_id{n}), gpus);
        if (here == 0) continue;
        found.add(some_of(free, rota::node_id{n}, here));
        sum += here;
    }
    if (sum != gpus) found.clear();
    return found;
}

/// Blox's consolidated placement: the first node with exactly that many free GPUs. A misspelt variable keeps
/// it from ever using a larger hole.
/// Source    msr-fiddle/blox, placement/placement.py (_consolidated_placement).
[[nodiscard]] inline rota::cluster::placement blox_consolidated(rota::cluster::occupancy const& free,
                                                                int gpus) {
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        if (free.whole_count(rota::node_id{n}) == gpus)
            return rota::cluster::placement{some_of(free, rota::node_id{n}, gpus)};
    return {};
}

/// Blox's fifo, las (attained seconds) and srtf (duration - attained seconds), decided at the rounds.
///
/// A round walks the jobs in the order of their keys, ties by number. Who finds no devices has those behind
/// it stopped, from the tail of the order on, until it does; the stops stand even if it never does, and there
/// the walk ends.
/// Source    msr-fiddle/blox, placement/placement.py (place), blox/blox_manager.py (exec_jobs),
///           schedulers/{fifo,las,srtf}.py.
class blox_rounds {
public:
    enum class key : std::uint8_t { submit, attained, remaining };

    blox_rounds(key by, placer how, std::int64_t round_s, std::vector<std::int64_t> const& durations_s,
                accounts& tell)
        : by_{by}, how_{how}, round_s_{round_s}, tell_{&tell} {
        for (auto const duration : durations_s) jobs_.push_back({.duration = duration});
    }

    void on(rota::event const& e, rota::view const& v) {
        if (arrives(e)) {
            at(e.job).submit = seconds(v.spec(e.job).submit);
            active_.push_back(e.job);
        } else if (e.kind == rota::event_kind::finished) {
            at(e.job).running = false;
            std::erase(active_, e.job);
        } else if (e.kind != rota::event_kind::wake) {
            return;
        }
        due_ = true;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if (std::exchange(due_, false)) {
            round(v, a);
            next_ = next_round(v.now());
        }
        a.wake_at(next_);
    }

private:
    static constexpr std::int64_t patience_s = 3'600'000; ///< of waiting, then ahead of everybody else

    struct state {
        std::int64_t duration = 0;
        std::int64_t submit = 0;
        std::int64_t attained = 0; ///< seconds up to `since`
        std::int64_t since = 0;    ///< of a running one
        std::optional<std::int64_t> waiting_since = std::nullopt;
        bool first = false; ///< it has waited for too long once
        bool running = false;
    };
    [[nodiscard]] state& at(rota::job_id id) { return jobs_[rota::index(id)]; }

    void round(rota::view const& v, rota::actions& a) {
        auto const now = seconds(v.now());
        auto free = v.free().state();
        auto order = sorted(now);
        auto stops = std::vector<rota::job_id>{};
        auto launches = std::vector<std::pair<rota::job_id, rota::cluster::placement>>{};
        for (auto one = order.begin(); one != order.end(); ++one) {
            if (at(*one).running) continue;
            auto const gpus = int{v.need(*one).gpus_max};
            auto where = how_(free, gpus);
            for (auto tail = order.end(); where.empty() && --tail != one;) {
                if (!at(*tail).running) continue;
                stop(*tail, now);
                stops.push_back(*tail);
                free.give(v.intent(*tail));
                where = how_(free, gpus);
            }
            if (where.empty()) break;
            free.take(where);
            launches.emplace_back(*one, std::move(where));
        }
        for (auto const id : stops) must(a.preempt(id));
        for (auto const& [id, where] : launches) {
            at(id).running = true;
            at(id).since = now;
            must(a.put(id, where));
        }
        for (auto const id : active_) wait(id, now, std::ranges::find(stops, id) != stops.end());
    }
    [[nodiscard]] std::vector<rota::job_id> sorted(std::int64_t now) {
        auto order = active_;
        ::ranges::stable_sort(order, {}, [&](rota::job_id id) {
            auto const& one = at(id);
            auto const attained = one.attained + (one.running ? now - one.since : 0);
            auto const value = by_ == key::submit     ? one.submit
                               : by_ == key::attained ? attained
                                                      : one.duration - attained;
            return std::pair{!one.first, value};
        });
        return order;
    }
    void stop(rota::job_id id, std::int64_t now) {
        auto& one = at(id);
        one.attained += now - one.since;
        one.running = false;
        ++(*tell_)[rota::index(id)].preempt;
    }
    /// Waiting counts in whole rounds, from the one after a stop on.
    void wait(rota::job_id id, std::int64_t now, bool stopped) {
        auto& one = at(id);
        if (one.running) one.waiting_since.reset();
        else if (stopped) one.waiting_since = now;
        else if (!one.waiting_since) one.waiting_since = now - round_s_;
        if (one.running || one.first || now - *one.waiting_since < patience_s) return;
        one.first = impatient_ = true;
    }
    /// While somebody waits, what the running ones attain changes the order; while nobody runs, patience
    /// does.
    [[nodiscard]] rota::sim_time next_round(rota::sim_time now) {
        if (std::exchange(impatient_, false)) return now + round_s_ * 1000;
        auto next = rota::never;
        auto const runs = std::ranges::any_of(active_, [&](rota::job_id id) { return at(id).running; });
        for (auto const id : active_) {
            auto const& one = at(id);
            if (one.running || (!runs && one.first)) continue;
            auto const patient = rota::divide_up(*one.waiting_since + patience_s, round_s_) * round_s_;
            next = std::min(next, runs ? now + round_s_ * 1000 : at_second(patient));
        }
        return next;
    }

    key by_;
    placer how_;
    std::int64_t round_s_;
    accounts* tell_;
    std::vector<state> jobs_;          ///< by id
    std::vector<rota::job_id> active_; ///< by number, which is the order of submission
    rota::sim_time next_ = rota::never;
    bool impatient_ = false; ///< somebody has just lost patience
    bool due_ = false;
};

/// The Blox simulator: rounds from time 0 on, 300 s by default, no cost of a stop.
///
/// A job is credited whole rounds, so it ends at the first round by which it has run long enough: the works
/// of the replay are rounded up, at least to one round.
/// Source    msr-fiddle/blox c8851b2 (S. Agarwal et al., "Blox: A Modular Toolkit for Deep Learning
///           Schedulers", EuroSys 2024).
[[nodiscard]] inline std::vector<record> blox(input const& from) {
    auto const round_s = from.round_s != 0 ? from.round_s : 300;
    auto world = from.jobs;
    for (auto& work : world.works)
        work.duration_ms =
            std::max<std::int64_t>(1, rota::divide_up(work.duration_ms, round_s * 1000)) * round_s * 1000;
    auto tell = accounts(world.size());
    auto under = rota::simulation::conditions{};
    under.round_ms = round_s * 1000;
    using key = blox_rounds::key;
    auto const by = from.policy == "fifo"  ? key::submit
                    : from.policy == "las" ? key::attained
                                           : key::remaining;
    auto const how = from.placement == "consolidated" ? blox_consolidated : blox_scattered;
    return replay(from, world, under, tell,
                  [&] { return blox_rounds{by, how, round_s, durations_s(from.jobs), tell}; });
}

} // namespace peers

#endif
