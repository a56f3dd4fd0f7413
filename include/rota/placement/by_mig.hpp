// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BY_MIG_HPP
#define ROTA_PLACEMENT_BY_MIG_HPP

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <variant>
#include <vector>

#include <rota/cluster/bitmap.hpp>
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
/// Cost      an instance: a look at each of the 256 states, a few bitmap words for those in use. GPUs of
///           nodes without the CPU or memory, and all where layouts are listed, are looked at one by one.
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
        if (!need.valid()) return refusal::infeasible;
        auto placed = std::vector<cluster::mig_instance>{};
        auto touched = std::vector<spot>{};
        while (placed.size() != need.count) {
            auto const best = find(need, free, placed, touched);
            if (best.start == mig_table::nowhere)
                return feasible(need, free) ? refusal::busy : refusal::infeasible;
            auto const n = free.node_of(best.at.number);
            auto const gpu = free.gpu_of(best.at.number);
            placed.push_back({.node = n,
                              .gpu = static_cast<std::uint8_t>(gpu),
                              .profile = need.profile,
                              .start = best.start,
                              .cpu_milli = need.cpu_milli,
                              .mem_mib = need.mem_mib});
            std::erase_if(touched, [&best](spot const& one) { return one.number == best.at.number; });
            touched.push_back({best.at.number, best.at.now.with(need.profile, best.start)});
        }
        return placed;
    }

private:
    /// A GPU by its number in the ledger, with what this request has there already.
    struct spot {
        std::uint32_t number = 0;
        cluster::mig_layout now;
    };
    struct candidate {
        std::int64_t score = 0;
        spot at;
        std::uint8_t start = mig_table::nowhere;
    };

    /// The best place for one more instance.
    candidate find(mig_request const& need, cluster::mig_ledger const& free,
                   std::vector<cluster::mig_instance> const& placed, std::vector<spot> const& touched) const {
        auto best = candidate{};
        auto const& table = *tables_[static_cast<int>(need.kind)];
        auto const& device = cluster::mig_device_of(need.kind);
        // True where the GPU has a place, whether or not it is the best.
        auto const offer = [&](spot const& at) {
            if (!has_room(need, free, free.node_of(at.number), placed)) return false;
            auto const start = mig_start(free, free.node_of(at.number), at.now, need.profile, table);
            if (start == mig_table::nowhere) return false;
            auto const taken = unsigned{at.now.taken(device)};
            auto const score = score_(table, taken, taken | device.mask(need.profile, start));
            if (best.start == mig_table::nowhere || score > best.score ||
                (score == best.score && at.number < best.at.number))
                best = {score, at, start};
            return true;
        };
        for (auto const& one : touched) offer(one);
        for (auto m = 0; m != free.whole().models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(free, model)) continue;
            auto const any_layout = free.rule(model).listed.empty();
            for (auto taken = 0u; taken <= device.all(); ++taken) {
                if (free.count_with(model, taken) == 0 || !table.fits(need.profile, taken)) continue;
                auto const& alike = free.with_taken(model, taken);
                for (auto g = alike.next(0); g != cluster::bitmap::none; g = alike.next(g + 1)) {
                    auto const is_here = [g](spot const& one) { return one.number == g; };
                    if (std::any_of(touched.begin(), touched.end(), is_here)) continue;
                    auto const found = offer({g, free.layout(free.node_of(g), free.gpu_of(g))});
                    if (found && any_layout) break; // the others have the same score, and higher numbers
                }
            }
        }
        return best;
    }
    /// The node has the CPU and the memory for one more.
    static bool has_room(mig_request const& need, cluster::mig_ledger const& free, node_id n,
                         std::vector<cluster::mig_instance> const& placed) noexcept {
        if ((need.cpu_milli | need.mem_mib) == 0) return true;
        auto const is_there = [n](cluster::mig_instance const& one) { return one.node == n; };
        auto const here = 1 + std::count_if(placed.begin(), placed.end(), is_there);
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
