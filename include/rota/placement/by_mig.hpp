// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BY_MIG_HPP
#define ROTA_PLACEMENT_BY_MIG_HPP

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <variant>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/mig_request.hpp>
#include <rota/placement/mig_table.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

/// Ranks split GPUs for an instance: the larger score first.
///
/// Syntax    s(table, taken, after) -> std::int64_t, const noexcept: the memory slices without and with it.
/// Meaning   Pure, integer, of this GPU's state alone.
template <class S>
concept mig_scorer = requires(S const& s, mig_table const& table, unsigned taken, unsigned after) {
    { s(table, taken, after) } noexcept -> std::same_as<std::int64_t>;
};

/// Where the profile begins on a GPU with that layout: the largest drop of fragmentation among the starts
/// that the operator permits, of equals the highest; mig_table::nowhere where there is none.
[[nodiscard]] inline std::uint8_t mig_start(cluster::mig_ledger const& on, node_id n,
                                            cluster::mig_layout const& now, int profile,
                                            mig_table const& table) noexcept {
    auto const& device = on.device(n);
    auto const taken = now.taken(device);
    if (on.rule(n).listed.empty()) return table.best_start(profile, taken);
    auto best = mig_table::nowhere;
    for (auto s = 0; s != device.slices; ++s) {
        if (!now.fits(device, profile, s) || !on.permits(n, now.with(profile, s))) continue;
        auto const after = [&](int start) {
            return table.fragmentation(taken | device.mask(profile, start));
        };
        if (best == mig_table::nowhere || after(s) <= after(best)) best = static_cast<std::uint8_t>(s);
    }
    return best;
}

/// The instances of a request, or why there are none.
using mig_outcome = std::variant<std::vector<cluster::mig_instance>, refusal>;

/// Places instances one after the other, each on the split GPU of the highest score, ties to the lowest
/// node, then the lowest GPU; on the GPU it begins at mig_start.
///
/// Meaning   GPUs that are not split stay so. Where nothing is listed, a refusal means that there is no
///           room: equal instances never stand in each other's way. With listed layouts they may.
/// Cost      O(split GPUs of the kind), and a logarithm of that an instance; allocates.
template <mig_scorer Scorer>
class by_mig {
public:
    by_mig() = default;
    explicit by_mig(Scorer score) noexcept : score_{score} {}
    /// The table for GPUs of a kind, in place of the one in which profiles count alike. It outlives the
    /// policy.
    void weigh(cluster::mig_kind kind, mig_table const& table) noexcept {
        tables_[static_cast<int>(kind)] = &table;
    }

    [[nodiscard]] mig_outcome place(mig_request const& need, cluster::mig_ledger const& free) const {
        if (!feasible(need, free)) return refusal::infeasible;
        auto heap = std::vector<candidate>{};
        for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
            if (!need.accepts(free, node_id{n}) || !free.whole().open(node_id{n})) continue;
            for (auto left = unsigned{free.split_gpus(node_id{n})}; left != 0; left &= left - 1)
                consider(need, free, node_id{n}, std::countr_zero(left),
                         free.layout(node_id{n}, std::countr_zero(left)), heap);
        }
        std::make_heap(heap.begin(), heap.end());
        auto placed = std::vector<cluster::mig_instance>{};
        while (placed.size() != need.count && !heap.empty()) {
            std::pop_heap(heap.begin(), heap.end());
            auto const best = heap.back();
            heap.pop_back();
            if (!has_room(need, free, best.node, placed)) continue;
            placed.push_back({.node = best.node,
                              .gpu = best.gpu,
                              .profile = need.profile,
                              .start = best.start,
                              .cpu_milli = need.cpu_milli,
                              .mem_mib = need.mem_mib});
            if (consider(need, free, best.node, best.gpu, best.now.with(need.profile, best.start), heap))
                std::push_heap(heap.begin(), heap.end());
        }
        if (placed.size() != need.count) return refusal::busy;
        return placed;
    }

private:
    struct candidate {
        std::int64_t score;
        node_id node;
        std::uint8_t gpu;
        std::uint8_t start;
        cluster::mig_layout now; ///< with what this request has there already

        bool operator<(candidate const& b) const noexcept {
            if (score != b.score) return score < b.score;
            return node != b.node ? node > b.node : gpu > b.gpu;
        }
    };

    /// Adds the GPU where the profile may begin on it. True if it did.
    bool consider(mig_request const& need, cluster::mig_ledger const& free, node_id n, int gpu,
                  cluster::mig_layout const& now, std::vector<candidate>& to) const {
        auto const& table = *tables_[static_cast<int>(need.kind)];
        auto const start = mig_start(free, n, now, need.profile, table);
        if (start == mig_table::nowhere) return false;
        auto const taken = unsigned{now.taken(free.device(n))};
        auto const score = score_(table, taken, taken | free.device(n).mask(need.profile, start));
        to.push_back({score, n, static_cast<std::uint8_t>(gpu), start, now});
        return true;
    }
    /// The node has the CPU and the memory for one more.
    static bool has_room(mig_request const& need, cluster::mig_ledger const& free, node_id n,
                         std::vector<cluster::mig_instance> const& placed) noexcept {
        if ((need.cpu_milli | need.mem_mib) == 0) return true;
        auto const here = 1 + std::count_if(placed.begin(), placed.end(),
                                            [n](cluster::mig_instance const& one) { return one.node == n; });
        return here * std::int64_t{need.cpu_milli} <= free.whole().state().cpu_milli(n) &&
               here * std::int64_t{need.mem_mib} <= free.whole().state().mem_mib(n);
    }

    [[no_unique_address]] Scorer score_{};
    mig_table const* tables_[3] = {&mig_table_of(cluster::mig_kind::none),
                                   &mig_table_of(cluster::mig_kind::a100),
                                   &mig_table_of(cluster::mig_kind::a30)};
};

} // namespace rota::placement

#endif
