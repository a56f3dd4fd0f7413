// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BY_MIG_HPP
#define ROTA_PLACEMENT_BY_MIG_HPP

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/mig_request.hpp>
#include <rota/placement/mig_scorer.hpp>
#include <rota/placement/mig_table.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

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
/// Cost      an instance: a look at each of the 256 states, a few bitmap words for those in use, and the GPUs
///           on which the request has begun and may go on. GPUs of nodes without the CPU or memory are
///           looked at one by one, once; where layouts are listed all are, for each instance.
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
        auto so_far = course{};
        while (placed.size() != need.count) {
            auto const best = find(need, free, so_far);
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
            if (placed.size() != need.count) so_far.lay(need, free, best.at, best.start);
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
    /// What a request has got while it is being placed, and where there is nothing more to look for.
    struct course {
        std::vector<spot> begun;                              ///< GPUs that may take more of it
        std::unordered_set<std::uint32_t> known;              ///< GPUs that have some of it
        std::unordered_map<std::uint32_t, std::int64_t> here; ///< instances by node
        /// The first GPU of a model and a state, by both, that has none of it and may have room.
        std::unordered_map<std::uint32_t, std::uint32_t> next;

        static constexpr std::uint32_t alike(gpu_model model, unsigned taken) noexcept {
            return index(model) * std::uint32_t{mig_table::states} + taken;
        }
        [[nodiscard]] std::uint32_t first(gpu_model model, unsigned taken) const noexcept {
            if (next.empty()) return 0; // most requests are for one instance
            auto const from = next.find(alike(model, taken));
            return from == next.end() ? 0 : from->second;
        }
        void lay(mig_request const& need, cluster::mig_ledger const& free, spot const& at,
                 std::uint8_t start) {
            auto const n = free.node_of(at.number);
            ++here[index(n)];
            if (known.insert(at.number).second)
                next[alike(free.whole().of(n).model, free.taken(n, free.gpu_of(at.number)))] = at.number + 1;
            std::erase_if(begun, [&at](spot const& one) { return one.number == at.number; });
            begun.push_back({at.number, at.now.with(need.profile, start)});
        }
        /// The node has the CPU and the memory for one more.
        [[nodiscard]] bool has_room(mig_request const& need, cluster::mig_ledger const& free,
                                    node_id n) const noexcept {
            if ((need.cpu_milli | need.mem_mib) == 0) return true;
            auto const has = here.find(index(n));
            auto const count = 1 + (has == here.end() ? 0 : has->second);
            return count * std::int64_t{need.cpu_milli} <= free.whole().state().cpu_milli(n) &&
                   count * std::int64_t{need.mem_mib} <= free.whole().state().mem_mib(n);
        }
    };

    /// The best place for one more instance.
    candidate find(mig_request const& need, cluster::mig_ledger const& free, course& so_far) const {
        auto best = candidate{};
        auto const& table = *tables_[static_cast<int>(need.kind)];
        auto const& device = cluster::mig_device_of(need.kind);
        // True where the GPU has a place, whether or not it is the best.
        auto const offer = [&](spot const& at) {
            if (!so_far.has_room(need, free, free.node_of(at.number))) return false;
            auto const start = mig_start(free, free.node_of(at.number), at.now, need.profile, table);
            if (start == mig_table::nowhere) return false;
            auto const taken = unsigned{at.now.taken(device)};
            auto const score = score_(table, taken, taken | device.mask(need.profile, start));
            if (best.start == mig_table::nowhere || score > best.score ||
                (score == best.score && at.number < best.at.number))
                best = {score, at, start};
            return true;
        };
        auto kept = so_far.begun.begin(); // those without a place now will have none later
        for (auto const& one : so_far.begun)
            if (offer(one)) *kept++ = one;
        so_far.begun.erase(kept, so_far.begun.end());
        for (auto m = 0; m != free.whole().models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(free, model)) continue;
            auto const any_layout = free.rule(model).listed.empty();
            for (auto taken = 0u; taken <= device.all(); ++taken) {
                if (free.count_with(model, taken) == 0 || !table.fits(need.profile, taken)) continue;
                auto const& alike = free.with_taken(model, taken);
                auto const first = alike.next(any_layout ? so_far.first(model, taken) : 0);
                auto g = first;
                for (; g != cluster::bitmap::none; g = alike.next(g + 1)) {
                    if (!any_layout && so_far.known.count(g) != 0) continue;
                    auto const found = offer({g, free.layout(free.node_of(g), free.gpu_of(g))});
                    if (found && any_layout) break; // the others have the same score, and higher numbers
                }
                if (any_layout && g != first) so_far.next[course::alike(model, taken)] = g;
            }
        }
        return best;
    }

    [[no_unique_address]] Scorer score_{};
    mig_table const* tables_[3] = {&mig_table_of(cluster::mig_kind::none),
                                   &mig_table_of(cluster::mig_kind::a100),
                                   &mig_table_of(cluster::mig_kind::a30)};
};

} // namespace rota::placement

#endif
