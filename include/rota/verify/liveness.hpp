// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_LIVENESS_HPP
#define ROTA_VERIFY_LIVENESS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/safety.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// Rooms of one rack or of a model: could the gang lie there, as few nodes as `need` asks for?
[[nodiscard]] inline bool holds_gang(std::vector<int>& rooms, job::span span, int gpus, int largest) {
    std::sort(rooms.rbegin(), rooms.rend());
    if (rooms.empty()) return false;
    if (span == job::span::anywhere) {
        auto sum = 0;
        for (auto room : rooms) sum += room;
        return sum >= gpus;
    }
    if (span == job::span::one_node || gpus <= largest) return rooms.front() >= gpus;
    auto const full = static_cast<std::size_t>(gpus / largest); // whole nodes, and one with the rest
    auto const rest = gpus % largest;
    if (rooms.size() < full + (rest != 0)) return false;
    return std::all_of(rooms.begin(), rooms.begin() + static_cast<std::ptrdiff_t>(full),
                       [&](int room) { return room >= largest; }) &&
           (rest == 0 || rooms[full] >= rest);
}

/// Could the gang be placed, where room(node) GPUs of a node are to be had? By looking at every node.
template <class Room>
[[nodiscard]] bool could_place(cluster::spec const& cluster, job::request const& need, job::span span,
                               int gpus, Room room) {
    auto rooms = std::vector<int>{};
    for (auto m = std::uint32_t{0}; m != cluster.models.size(); ++m) {
        auto const model = static_cast<gpu_model>(m);
        auto const largest = largest_node(cluster, model);
        if (largest == 0 || !need.accepts(model)) continue;
        auto const racks = span == job::span::one_rack ? cluster.racks() : 1u;
        for (auto rack = std::uint32_t{0}; rack != racks; ++rack) {
            rooms.clear();
            for (auto n = std::size_t{0}; n != cluster.nodes.size(); ++n)
                if (cluster.nodes[n].model == model && (racks == 1 || index(cluster.nodes[n].rack) == rack))
                    rooms.push_back(room(n));
            if (holds_gang(rooms, span, gpus, largest)) return true;
        }
    }
    return false;
}

/// GPUs of the gang that `milli(gpu)`, CPU and memory of one node allow.
template <class Milli>
[[nodiscard]] int node_room(job::request const& need, int gpus, std::int64_t cpu, std::int64_t mem,
                            Milli milli) {
    auto count = std::int64_t{0};
    for (auto g = 0; g != gpus; ++g) count += milli(g) >= need.milli;
    if (need.cpu_milli != 0) count = std::min(count, cpu / need.cpu_milli);
    if (need.mem_mib != 0) count = std::min(count, mem / need.mem_mib);
    return static_cast<int>(std::max<std::int64_t>(count, 0));
}

/// An empty cluster with every node open could hold the smallest gang of the request.
[[nodiscard]] inline bool could_ever_run(cluster::spec const& cluster, job::request const& need) {
    if (need.gpus_min == 0 || need.gpus_min > need.gpus_max) return false;
    if (need.milli == 0 || need.milli > whole_gpu || need.milli_min == 0 || need.milli_min > need.milli)
        return false;
    if (need.split() && need.milli != cluster::mig_entry_of(need.mig).milli) return false;
    return could_place(cluster, need, need.span, need.gpus_min, [&](std::size_t n) {
        auto const& node = cluster.nodes[n];
        if (need.split() && cluster::mig_entry_of(need.mig).kind != cluster.mig_of(node.model)) return 0;
        return node_room(need, node.gpus, node.cpu_milli, node.mem_mib, [](int) { return int{whole_gpu}; });
    });
}

/// L1. What a record says of a job must be possible in the state that the records before it left.
inline void check_life_cycle(subject const& of, report& to) {
    walk(
        of,
        [&](std::size_t i, log::record const& what, replay const& state) {
            if (!log::about_a_job(what.kind)) return;
            auto const& job = state.job(what.job);
            auto const holds = job.run != nullptr;
            auto const expect = [&](bool good, char const* why) {
                if (!good) to.breaks(law::life_cycle, i, why);
            };
            to.exercised(law::life_cycle);
            if (what.kind == log::kind::submit) return expect(!job.submitted, "submitted twice");
            expect(job.submitted, "not submitted yet");
            if (what.kind == log::kind::stale) return;
            expect(!job.over, "it has ended");
            switch (what.kind) {
            case log::kind::start:
                expect(what.incarnation > job.incarnation, "incarnations of its starts increase");
                break;
            case log::kind::move:
            case log::kind::move_failed:
            case log::kind::preempt:
            case log::kind::interrupt:
            case log::kind::finish:
            case log::kind::fail:
                expect(holds, "it holds nothing");
                expect(what.incarnation == job.incarnation, "not the run that is under way");
                break;
            case log::kind::start_failed:
            case log::kind::reject: expect(!holds, "it holds devices"); break;
            default: break;
            }
        },
        [](auto const&...) {});
}

namespace detail {

/// A decision was carried out.
[[nodiscard]] constexpr bool is_deed(log::kind what) noexcept {
    return what == log::kind::preempt || what == log::kind::start || what == log::kind::move;
}

struct deed {
    std::uint32_t op;
    log::kind kind;
    std::size_t record;

    friend auto operator<=>(deed const&, deed const&) = default;
};

/// The orders of a log and what was done of them, sorted.
[[nodiscard]] inline std::vector<deed> orders_and_deeds(log::schedule const& log) {
    auto all = std::vector<deed>{};
    all.reserve(log.records.size());
    for (auto i = std::size_t{0}; i != log.records.size(); ++i)
        if (auto const& what = log.records[i]; what.kind == log::kind::order || is_deed(what.kind))
            all.push_back({what.op, what.kind, i});
    std::sort(all.begin(), all.end());
    return all;
}
/// The first record of that decision and that kind; none: past every log.
[[nodiscard]] inline std::size_t first_of(std::vector<deed> const& all, std::uint32_t op, log::kind kind) {
    auto const found = std::lower_bound(all.begin(), all.end(), deed{op, kind, 0});
    return found != all.end() && found->op == op && found->kind == kind ? found->record : SIZE_MAX;
}

} // namespace detail

/// X2. A decision is carried out at most once as a start, a stop or a move; where orders are logged, only
/// after it was logged, for that job, on those devices.
inline void check_orders(subject const& of, report& to) {
    auto const by_op = detail::orders_and_deeds(of.log);
    auto const logged = std::any_of(of.log.records.begin(), of.log.records.end(),
                                    [](auto const& what) { return what.kind == log::kind::order; });
    auto latest = std::optional<std::uint32_t>{};
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        if (what.kind == log::kind::order) {
            if (latest && what.op <= *latest)
                to.breaks(law::orders_once, i, "decisions are numbered in their order");
            latest = std::max(latest.value_or(what.op), what.op);
            continue;
        }
        if (!detail::is_deed(what.kind)) continue;
        auto const stop = what.kind == log::kind::preempt;
        to.exercised(law::orders_once);
        if (detail::first_of(by_op, what.op, what.kind) != i)
            to.breaks(law::orders_once, i, "carried out before");
        if (!logged) continue;
        auto const order = detail::first_of(by_op, what.op, log::kind::order);
        if (order >= i || of.log.records[order].job != what.job) { // it is in the log, but later
            to.breaks(law::orders_once, i, "nobody ordered that");
            continue;
        }
        auto const asked = of.log.devices(of.log.records[order]);
        auto const got = of.log.devices(what);
        if (!stop && what.why != log::cause::elsewhere &&
            !std::equal(asked.begin(), asked.end(), got.begin(), got.end()))
            to.breaks(law::orders_once, i, "not the devices that were ordered");
    }
}

/// L6. Whoever is rejected as infeasible is, and nobody else is.
inline void check_feasibility(subject const& of, report& to) {
    auto could = std::vector<std::optional<bool>>(of.jobs.size()); // asked once a job, it may start often
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        auto const rejected = what.kind == log::kind::reject && what.why == log::cause::infeasible;
        if (!rejected && what.kind != log::kind::start) continue;
        to.exercised(law::all_end);
        if (!could[what.job]) could[what.job] = could_ever_run(of.cluster, of.jobs.specs[what.job].need);
        if (*could[what.job] == rejected)
            to.breaks(law::all_end, i,
                      rejected ? "an empty cluster could hold it" : "no empty cluster could hold it");
    }
}

} // namespace rota::verify

#endif
