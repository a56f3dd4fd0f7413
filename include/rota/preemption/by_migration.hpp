// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PREEMPTION_BY_MIGRATION_HPP
#define ROTA_PREEMPTION_BY_MIGRATION_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/preemption/concepts.hpp>
#include <rota/preemption/transition_cost.hpp>

namespace rota::preemption {

/// Defragmentation: where enough GPUs are free but not together, running jobs move so that the waiting one fits;
/// nobody loses its devices for good.
///
/// A plan: jobs leave in thought, those whose transition costs least first, until the gang fits; those that stand on
/// none of its devices stay. Each of the others gets as many devices as it has, that are free now and not the gang's,
/// so that no move waits for another. The plan is carried out if all find some and it costs no more than it is worth,
/// and not at all otherwise. Who was started or moved moves again when it has worked as long as its pause was:
/// whatever comes, moves take no job more than half of its time.
/// Cost      for a job that does not fit while enough GPUs are free: a copy of the ledger, O(running) changes of it,
/// O(log running) placements, and one for each job that moves.
/// Source    W. Xiao et al., "Gandiva: introspective cluster scheduling for deep learning", OSDI 2018, section 3.3
/// (migration against fragmentation). differs: when a job needs it and not at any time; weighed by what the
/// moves cost; no packing.
class by_migration {
public:
    transition_cost cost = no_cost{}; ///< of a move, as the host charges it
    millis worth_ms = 600'000;        ///< a plan may cost so long a run of the waiting gang, in GPU-ms

    /// One running job and where it shall go.
    struct migration {
        job_id job{};
        cluster::placement to;
        std::int64_t cost_gpu_ms = 0;
    };
    /// Moves, and where the waiting gang goes then.
    struct plan {
        std::vector<migration> moves;
        cluster::placement gang;

        [[nodiscard]] std::int64_t cost_gpu_ms() const noexcept {
            auto sum = std::int64_t{0};
            for (auto const& one : moves) sum += one.cost_gpu_ms;
            return sum;
        }
    };

    template <class Order>
    [[nodiscard]] static constexpr bool follows(Order) noexcept {
        return true;
    }
    template <class Order>
    void on(event const&, view const&, Order const&) noexcept {}
    template <class Order>
    void started(view const&, job_id, Order const&) noexcept {}
    template <class Order>
    void ranked_anew(view const&, job_id, Order const&) noexcept {}
    void all_asked(view const&) noexcept {}
    /// Enough GPUs are free, wherever.
    template <class Placement, class Order>
    [[nodiscard]] bool may_start(view const& v, Placement const&, Order const&, job_id j,
                                 std::int64_t) const noexcept {
        auto const& need = v.need(j);
        for (auto m = 0; m != v.free().models(); ++m)
            if (auto const model = static_cast<gpu_model>(m); need.accepts(model))
                if (!need.whole() || v.free().free_gpus(model) >= need.gpus_max) return true;
        return false;
    }
    template <placement::policy Placement, class Order>
    [[nodiscard]] bool start(view const& v, actions& a, Placement const& place, Order const& by,
                             job_id j) const {
        if (!may_start(v, place, by, j, 0)) return false;
        auto const found = planned(v, place, j);
        if (!found || found->cost_gpu_ms() > worth_ms * v.need(j).gpus_max) return false;
        auto const before = a.checkpoint();
        auto whole = true;
        for (auto const& one : found->moves) whole = whole && a.move(one.job, one.to) == answer::accepted;
        if (whole && a.start(j, found->gang) == answer::accepted) return true;
        a.rollback(before);
        return false;
    }
    /// The moves that would let the job start; nothing where there are none.
    template <placement::policy Placement>
    [[nodiscard]] std::optional<plan> planned(view const& v, Placement const& place, job_id j) const {
        auto const& need = v.need(j);
        auto movable = std::vector<std::tuple<std::int64_t, job_id>>{};
        for (auto k : v.jobs())
            if (may_move(v, k) && need.accepts(v.free().of(v.intent(k).front().node).model))
                movable.emplace_back(price(v, k), k);
        std::sort(movable.begin(), movable.end());
        auto left = cluster::ledger{v.free()};
        auto gone = std::size_t{0}; // of the movable ones, in thought
        auto const go_to = [&](std::size_t count) {
            for (; gone < count; ++gone) left.give(v.intent(std::get<job_id>(movable[gone])));
            while (gone > count) left.take(v.intent(std::get<job_id>(movable[--gone])));
            return place.place(need, left);
        };
        // the fewest that make room: twice as many until they do, then between
        auto too_few = std::size_t{0};
        auto where = go_to(0);
        while (!where && gone != movable.size()) {
            too_few = gone;
            where = go_to(std::min(movable.size(), 2 * gone + 1));
        }
        if (!where) return {};
        auto enough = gone;
        while (enough > too_few + 1) {
            auto const middle = too_few + (enough - too_few) / 2;
            (go_to(middle) ? enough : too_few) = middle;
        }
        where = go_to(enough);
        auto out = std::vector<std::pair<migration, cluster::placement>>{}; // with what it holds
        while (gone != 0) { // who is in nobody's way stays, the dearest first
            auto const [costs, k] = movable[--gone];
            left.take(v.intent(k));
            if (left.fits(*where)) continue;
            left.give(v.intent(k));
            out.push_back({{k, {}, costs}, v.intent(k)});
        }
        // from here on: devices that are free now, without the gang's
        left.take(*where);
        for (auto const& [one, held] : out)
            for (auto const& part : held)
                if (!keep(left, part)) return {};
        auto made = plan{{}, *where};
        std::sort(out.begin(), out.end(), [](auto const& x, auto const& y) {
            return std::pair{-x.second.gpus(), x.first.job} < std::pair{-y.second.gpus(), y.first.job};
        });
        for (auto& [one, held] : out) {
            auto const to = place.place(as_held(v, one.job), left);
            if (!to) return {};
            left.take(*to);
            one.to = *to;
            made.moves.push_back(std::move(one));
        }
        return made;
    }

private:
    [[nodiscard]] static bool may_move(view const& v, job_id k) noexcept {
        if (v.where(k) != phase::running || !v.placed(k)) return false;
        auto const& has = v.state(k);
        return has.accrues_from <= v.now() && v.now() - has.accrues_from >= has.accrues_from - has.since;
    }
    /// What it asks for, in the size that it has.
    [[nodiscard]] static job::request as_held(view const& v, job_id k) noexcept {
        auto need = v.need(k);
        auto const& held = v.intent(k);
        need.gpus_min = need.gpus_max = static_cast<std::uint16_t>(held.gpus());
        need.milli = need.milli_min = static_cast<std::uint16_t>(held.front().share());
        return need;
    }
    [[nodiscard]] std::int64_t price(view const& v, job_id k) const noexcept {
        auto const gpus = v.intent(k).gpus();
        auto const takes = cost_of(cost, v.spec(k), gpus);
        return (takes.save_ms + takes.restore_ms) * gpus;
    }
    /// What is left of a slice stays taken: its holder is there until it has moved. False where some of an instance is left,
    /// which nobody can hold.
    [[nodiscard]] static bool keep(cluster::ledger& left, cluster::slice part) {
        if (auto const slices = part.memory_slices(); slices != 0) {
            for (auto g = 0; g != left.of(part.node).gpus; ++g)
                if (auto const both = left.state().taken_slices(part.node, g) & slices;
                    (part.gpus >> g & 1) != 0 && both != 0 && both != slices)
                    return false;
            auto const there =
                static_cast<std::uint16_t>(part.gpus & left.state().with_slices(part.node, slices));
            left.take(cluster::slice{.node = part.node, .gpus = there, .milli = part.milli});
            part.gpus = 0;
        }
        for (auto g = 0; g != left.of(part.node).gpus; ++g) {
            auto const milli = std::min<int>(part.milli, left.state().free_milli(part.node, g));
            if ((part.gpus >> g & 1) != 0 && milli != 0)
                left.take(cluster::slice{.node = part.node,
                                         .gpus = static_cast<std::uint16_t>(1u << g),
                                         .milli = static_cast<std::uint16_t>(milli)});
        }
        left.take(cluster::slice{.node = part.node,
                                 .cpu_milli = std::min(part.cpu_milli, left.state().cpu_milli(part.node)),
                                 .mem_mib = std::min(part.mem_mib, left.state().mem_mib(part.node))});
        return true;
    }
};

static_assert(victim_policy<by_migration>);

} // namespace rota::preemption

#endif
