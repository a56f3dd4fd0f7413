// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BY_SCORE_HPP
#define ROTA_PLACEMENT_BY_SCORE_HPP

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/placement/mig_packing.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>

namespace rota::placement {

/// How a scorer orders nodes for whole GPUs, where that can be read off the ledger's index.
enum class node_order : std::uint8_t { by_score, fewest_free, most_free, lowest_id };

/// What a gang does that its request would let lie anywhere.
enum class spread : std::uint8_t {
    compact, ///< as few nodes as its size allows, in one rack where that fits now
    spill,   ///< one node where one fits, otherwise over nodes in the scorer's order
};

/// Places a gang on the nodes of the highest score, ties to the lowest node id; models in ascending order.
///
/// A gang within the size of a node goes on one node. A larger one takes whole nodes and one node for the
/// rest: first inside the rack with the fewest nodes that still suffices, unless the policy spills, then
/// anywhere. A gang that may lie anywhere spills under every policy where no empty cluster has such nodes.
/// Instances of split GPUs are no matter of the scorer: Split ranks the GPUs for them, and with these the nodes.
/// Cost      with a count order and whole GPUs: a few bitmap words a node taken, and a look at each node that has the
///           GPUs and lacks the CPU or memory. Otherwise one scorer call a node.
template <scorer Scorer, spread Spread = spread::compact, mig_scorer Split = mig_packing>
class by_score {
public:
    by_score() = default;
    explicit by_score(Scorer score) noexcept : score_{score} {}

    [[nodiscard]] Scorer const& score() const noexcept { return score_; }
    /// A gang that may lie anywhere is kept on as few nodes as its size allows, where the cluster has such
    /// nodes.
    [[nodiscard]] static constexpr bool compact() noexcept { return Spread == spread::compact; }

    [[nodiscard]] outcome place(job::request const& need, cluster::ledger const& free) const {
        auto const gpus = int{need.gpus_max};
        for (auto m = 0; m != free.models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(model) || free.largest(model) == 0) continue;
            if (need.whole() && free.free_gpus(model) < gpus) continue;
            if (gpus <= free.largest(model))
                if (auto const n = best_node(need, free, model, gpus, {}); n != none)
                    return cluster::placement{devices(need, free, node_id{n}, gpus)};
            if (need.span == job::span::one_node) continue;
            auto const spills = Spread == spread::spill && need.span == job::span::anywhere;
            if (!spills && gpus <= free.largest(model)) continue;
            if (auto where = spills ? spill(need, free, model) : compact_gang(need, free, model);
                !where.empty())
                return where;
        }
        if (compact() && need.span == job::span::anywhere && !fits_together(need, free))
            for (auto m = 0; m != free.models(); ++m)
                if (auto const model = static_cast<gpu_model>(m); need.accepts(model))
                    if (auto where = spill(need, free, model); !where.empty()) return where;
        return feasible(need, free) ? refusal::busy : refusal::infeasible;
    }

private:
    static constexpr auto none = cluster::bitmap::none;

    struct candidate {
        std::int64_t score;
        std::uint32_t node;
        int gpus;
        bool operator<(candidate const& b) const noexcept {
            return score != b.score ? score > b.score : node < b.node;
        }
    };
    /// Of a heap whose top is the best: few of many are taken.
    static constexpr bool worse(candidate const& a, candidate const& b) noexcept { return b < a; }
    static constexpr node_order order() noexcept {
        if constexpr (requires {
                          { Scorer::order } -> std::convertible_to<node_order>;
                      })
            return Scorer::order;
        else return node_order::by_score;
    }
    [[nodiscard]] std::int64_t rank(job::request const& need, cluster::ledger const& free, node_id n,
                                    int gpus) const noexcept {
        return need.split() ? seat_of(Split{}, need, free.state(), n, gpus).score
                            : score_(need, free, n, gpus);
    }
    /// Those that the scorer picks, where it does.
    cluster::slice devices(job::request const& need, cluster::ledger const& free, node_id n,
                           int gpus) const noexcept {
        if constexpr (requires {
                          { score_.pick(need, free, n, gpus) } noexcept -> std::same_as<cluster::slice>;
                      })
            return need.split() ? pick_split(Split{}, need, free.state(), n, gpus)
                                : score_.pick(need, free, n, gpus);
        else if constexpr (std::same_as<Split, mig_packing>) return pick(need, free, n, gpus);
        else
            return need.split() ? pick_split(Split{}, need, free.state(), n, gpus)
                                : pick(need, free, n, gpus);
    }
    /// Calls visit(node) for the open nodes of a model that may have room.
    template <class Visit>
    static void each_node(job::request const& need, cluster::ledger const& free, gpu_model model, int least,
                          Visit visit) {
        if (plain(need)) {
            for (auto f = least; f <= free.largest(model); ++f)
                for (auto n = free.with_free(model, f).first(); n != none;
                     n = free.with_free(model, f).next(n + 1))
                    visit(n);
        } else {
            for (auto b = free.racks().first_block(model); b != free.racks().end_block(model); ++b)
                for (auto const* n = free.racks().begin(b); n != free.racks().end(b); ++n)
                    if (free.open(node_id{*n}) && room(need, free, node_id{*n}) >= least) visit(*n);
        }
    }
    /// A node with so many whole GPUs has CPU and memory for them, too.
    static bool holds(job::request const& need, cluster::ledger const& free, std::uint32_t n,
                      int gpus) noexcept {
        return plain(need) || room(need, free, node_id{n}) >= gpus;
    }
    /// The best node for that many GPUs that is not among the taken, or none.
    std::uint32_t best_node(job::request const& need, cluster::ledger const& free, gpu_model model, int gpus,
                            std::vector<std::uint32_t> const& taken) const {
        auto const is_taken = [&](std::uint32_t n) {
            return std::find(taken.begin(), taken.end(), n) != taken.end();
        };
        if (order() != node_order::by_score && need.whole()) {
            if (free.at_least(model, gpus) == 0) return none;
            auto const first_in = [&](int f) {
                auto n = free.with_free(model, f).first();
                while (n != none && (!holds(need, free, n, gpus) || is_taken(n)))
                    n = free.with_free(model, f).next(n + 1);
                return n;
            };
            auto best = none;
            auto const largest = free.largest(model);
            for (auto i = gpus; i <= largest; ++i) {
                auto const n = first_in(order() == node_order::most_free ? largest + gpus - i : i);
                best = std::min(best, n);
                if (best != none && order() != node_order::lowest_id) break;
            }
            return best;
        }
        auto best = candidate{0, none, 0};
        each_node(need, free, model, gpus, [&](std::uint32_t n) {
            auto const here = candidate{rank(need, free, node_id{n}, gpus), n, gpus};
            if ((best.node == none || here < best) && !is_taken(n)) best = here;
        });
        return best.node;
    }
    cluster::placement spill(job::request const& need, cluster::ledger const& free, gpu_model model) const {
        auto found = std::vector<candidate>{};
        auto left = int{need.gpus_max};
        each_node(need, free, model, 1, [&](std::uint32_t n) {
            auto const gpus = std::min(left, room(need, free, node_id{n}));
            found.push_back({rank(need, free, node_id{n}, gpus), n, gpus});
        });
        std::make_heap(found.begin(), found.end(), worse);
        auto where = cluster::placement{};
        for (; !found.empty(); found.pop_back()) {
            std::pop_heap(found.begin(), found.end(), worse);
            auto const gpus = std::min(left, found.back().gpus);
            where.add(devices(need, free, node_id{found.back().node}, gpus));
            if ((left -= gpus) == 0) return where;
        }
        return {};
    }
    cluster::placement compact_gang(job::request const& need, cluster::ledger const& free,
                                    gpu_model model) const {
        auto const shape = compact_shape(need.gpus_max, free.largest(model));
        auto const& racks = free.racks();
        auto const several = racks.end_block(model) - racks.first_block(model) > 1;
        if (plain(need) && (free.at_least(model, shape.each) < shape.full ||
                            (shape.rest != 0 && free.at_least(model, shape.rest) < shape.nodes())))
            return {};
        if (several || need.span == job::span::one_rack) {
            auto const block = tightest(need, free, model, shape);
            if (block != none) return inside(need, free, shape, racks.begin(block), racks.end(block));
            if (need.span == job::span::one_rack) return {};
        }
        if (!need.whole() || order() == node_order::by_score) {
            auto all = std::vector<std::uint32_t>{};
            each_node(need, free, model, 1, [&](std::uint32_t n) { all.push_back(n); });
            return inside(need, free, shape, all.data(), all.data() + all.size());
        }
        auto where = cluster::placement{};
        auto taken = std::vector<std::uint32_t>{};
        auto const& whole = free.with_free(model, shape.each);
        for (auto n = whole.first(); where.size() != shape.full; n = whole.next(n + 1)) {
            if (n == none) return {};
            if (!holds(need, free, n, shape.each)) continue;
            where.add(devices(need, free, node_id{n}, shape.each));
            if (shape.rest != 0) taken.push_back(n);
        }
        if (shape.rest != 0) {
            auto const n = best_node(need, free, model, shape.rest, taken);
            if (n == none) return {};
            where.add(devices(need, free, node_id{n}, shape.rest));
        }
        return where;
    }
    /// The block of the model that suffices with the fewest full nodes; ties to the lowest.
    static std::uint32_t tightest(job::request const& need, cluster::ledger const& free, gpu_model model,
                                  gang_shape shape) {
        auto const& racks = free.racks();
        if (plain(need) && shape.rest == 0) return racks.tightest(model, shape.full);
        auto best = none;
        auto fewest = none;
        for (auto b = racks.first_block(model); b != racks.end_block(model); ++b) {
            auto full = std::uint32_t{0};
            auto partly = std::uint32_t{0};
            for (auto const* n = racks.begin(b); n != racks.end(b); ++n) {
                auto const here = free.open(node_id{*n}) ? room(need, free, node_id{*n}) : 0;
                full += here >= shape.each;
                partly += shape.rest != 0 && here >= shape.rest;
            }
            if (full >= shape.full && (shape.rest == 0 || partly >= shape.nodes()) && full < fewest) {
                fewest = full;
                best = b;
            }
        }
        return best;
    }
    /// The gang on the given nodes, which are in no order.
    cluster::placement inside(job::request const& need, cluster::ledger const& free, gang_shape shape,
                              std::uint32_t const* first, std::uint32_t const* last) const {
        auto found = std::vector<candidate>{};
        for (; first != last; ++first) {
            auto const here = free.open(node_id{*first}) ? room(need, free, node_id{*first}) : 0;
            if (here == 0) continue;
            auto const gpus = std::min(here, shape.each);
            found.push_back({rank(need, free, node_id{*first}, gpus), *first, here});
        }
        std::make_heap(found.begin(), found.end(), worse);
        auto where = cluster::placement{};
        for (auto left = found.end(); where.size() != shape.full; --left) {
            if (left == found.begin()) return {};
            std::pop_heap(found.begin(), left, worse);
            auto& best = *(left - 1);
            if (best.gpus < shape.each) continue;
            where.add(devices(need, free, node_id{best.node}, shape.each));
            best.gpus = 0; // taken
        }
        if (shape.rest == 0) return where;
        auto best = candidate{0, none, 0};
        for (auto const& one : found) {
            if (one.gpus < shape.rest) continue;
            auto const here =
                candidate{rank(need, free, node_id{one.node}, shape.rest), one.node, shape.rest};
            if (best.node == none || here < best) best = here;
        }
        if (best.node == none) return {};
        where.add(devices(need, free, node_id{best.node}, shape.rest));
        return where;
    }

    [[no_unique_address]] Scorer score_{};
};

} // namespace rota::placement

#endif
