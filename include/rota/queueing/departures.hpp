// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DEPARTURES_HPP
#define ROTA_QUEUEING_DEPARTURES_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/node_residents.hpp>
#include <rota/queueing/price_tree.hpp>
#include <rota/queueing/rack_bounds.hpp>

namespace rota::queueing {

/// Who would have to leave before k GPUs of a node are free, if running jobs left the largest rank first.
///
/// The price of (node, k) is the rank of the last job that must leave: `free_now` where k GPUs are free,
/// `no_price` where even all departures do not suffice or the node is closed. The m-th largest price of a
/// model is when m nodes with k free GPUs exist. With rank = badness that is the threshold of preemption;
/// with rank = -(expected end) it is EASY's shadow time: one index serves both.
/// Cost      add, remove: a few slots of a node; a query: O(changed nodes x log nodes), then O(m log nodes).
/// Expects   residents hold whole GPUs only.
class departures {
public:
    using rank = price_tree::price; ///< a measure and, below it, what breaks ties
    static constexpr rank free_now = price_tree::highest;
    static constexpr rank no_price = price_tree::none;

    /// Ranks by the measure, then by the number, the larger of both first to leave.
    [[nodiscard]] static constexpr rank ranked(std::int64_t measure, std::uint32_t number) noexcept {
        return (static_cast<rank>(measure) << 32) + number;
    }
    [[nodiscard]] static constexpr std::int64_t measure_of(rank of) noexcept {
        return static_cast<std::int64_t>(of >> 32);
    }

    using resident = node_residents::resident;

    /// Sized for the cluster, without residents.
    void reset(cluster::ledger const& free) {
        nodes_.assign(free.size(), {});
        dirty_.assign(free.size(), 0);
        leaf_.assign(free.size(), 0);
        changed_.clear();
        trees_.assign(static_cast<std::size_t>(free.models()) * levels, {});
        used_ = {};
        for (auto m = 0; m != free.models(); ++m) {
            auto const [first, last] = nodes_of(free, static_cast<gpu_model>(m));
            for (auto const* n = first; n != last; ++n) leaf_[*n] = static_cast<std::uint32_t>(n - first);
        }
    }
    [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }

    void add(job_id job, rank worth, cluster::placement const& on) {
        for (auto const& part : on) {
            nodes_[index(part.node)].insert({worth, job, part.count()});
            touch(part.node);
        }
    }
    void remove(job_id job, cluster::placement const& on) {
        for (auto const& part : on) {
            nodes_[index(part.node)].erase(job);
            touch(part.node);
        }
    }
    void rank_anew(job_id job, rank worth, cluster::placement const& on) {
        for (auto const& part : on) {
            nodes_[index(part.node)].erase(job);
            nodes_[index(part.node)].insert({worth, job, part.count()});
            touch(part.node);
        }
    }
    /// The node's free GPUs, or whether it is open, may have changed.
    void touch(node_id n) {
        if (std::exchange(dirty_[index(n)], std::uint8_t{1}) == 0) changed_.push_back(index(n));
    }
    /// The residents of a node, the first to leave first.
    [[nodiscard]] resident const* begin(node_id n) const noexcept { return nodes_[index(n)].begin(); }
    [[nodiscard]] resident const* end(node_id n) const noexcept { return nodes_[index(n)].end(); }

    [[nodiscard]] rank price(cluster::ledger const& free, std::uint32_t n, int k) const noexcept {
        if (!free.open(node_id{n})) return no_price;
        auto gpus = free.whole_count(node_id{n});
        if (gpus >= k) return free_now;
        for (auto const* r = begin(node_id{n}); r != end(node_id{n}); ++r)
            if ((gpus += r->gpus) >= k) return r->rank;
        return no_price;
    }
    /// The m-th largest price of the model; no_price if there are fewer than m. `chosen`, if given: those m
    /// nodes, of equal prices the first by rack and id.
    [[nodiscard]] rank mth(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                           std::vector<std::uint32_t>* chosen = nullptr) {
        auto& tree = flushed(free, model, k);
        if (tree.empty() || m == 0) return no_price;
        auto const* const order = nodes_of(free, model).first;
        if (m == 1) {
            if (chosen != nullptr) chosen->assign(1, order[tree.first()]);
            return tree.largest();
        }
        auto const best = tree.best(m);
        if (best.size() < m) return no_price;
        if (chosen != nullptr) {
            chosen->clear();
            for (auto const& one : best) chosen->push_back(order[one.at]);
        }
        return best.back().value;
    }
    /// At least m nodes of the model have a price above the bound.
    [[nodiscard]] bool above(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                             rank bound) {
        auto& tree = flushed(free, model, k);
        return !tree.empty() && tree.above(m, bound);
    }
    /// The best m-th price over the racks of the model; `above` where no rack has a better one. `chosen`, if given:
    /// those m nodes of that rack, by id; of equal prices the first.
    [[nodiscard]] rank mth_in_a_rack(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                                     std::vector<std::uint32_t>* chosen = nullptr, rank above = no_price) {
        auto& tree = flushed(free, model, k);
        auto best = above;
        if (tree.empty() || m == 0) return best;
        auto const& racks = free.racks();
        auto best_block = racks.end_block(model);
        for (auto b = racks.first_block(model); b != racks.end_block(model); ++b)
            if (m_above(free, model, k, b, m, best)) {
                auto const here = of_block(free, model, k, b);
                sorted_.assign(here.begin(), here.end());
                std::nth_element(sorted_.begin(), sorted_.begin() + (m - 1), sorted_.end(), std::greater<>{});
                best = at(model, k).bounds.of(m)[b - racks.first_block(model)] = sorted_[m - 1];
                best_block = b;
            }
        if (chosen == nullptr || best_block == racks.end_block(model)) return best;
        auto const there = of_block(free, model, k, best_block);
        auto equal = m - static_cast<std::uint32_t>(
                             std::count_if(there.begin(), there.end(), [best](rank v) { return v > best; }));
        chosen->clear();
        for (auto const& one : there) {
            if (one < best || (one == best && equal == 0)) continue;
            if (one == best) --equal;
            chosen->push_back(racks.begin(best_block)[&one - there.data()]);
        }
        return best;
    }
    /// Brings every tree up to date: a price that fell and rises again from here counts as risen.
    void see(cluster::ledger const& free) {
        if (!changed_.empty()) flush(free);
    }
    /// Brings every tree up to date and starts counting rises anew from here.
    void forget_rises(cluster::ledger const& free) {
        flush(free);
        for (auto m = 0; m != free.models(); ++m)
            for (auto left = used_[static_cast<std::size_t>(m)]; left != 0; left &= left - 1) {
                auto& of = at(static_cast<gpu_model>(m), std::countr_zero(left));
                of.risen = no_price;
                of.rises.clear();
                of.all_new = !of.bounds.several();
            }
    }
    /// The largest price that a node has risen to since rises were last forgotten: what did not fit below it still
    /// does not.
    [[nodiscard]] rank risen(cluster::ledger const& free, gpu_model model, int k) {
        if (!changed_.empty()) flush(free);
        return at(model, k).risen;
    }
    /// The same in one rack: at least m nodes above the bound, one of them risen since.
    [[nodiscard]] bool rack_risen_above(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                                        rank bound) {
        (void)flushed(free, model, k);
        auto const& of = at(model, k);
        auto const* const order = nodes_of(free, model).first;
        auto const& racks = free.racks();
        if (of.all_new) {
            for (auto b = racks.first_block(model); b != racks.end_block(model); ++b)
                if (m_above(free, model, k, b, m, bound)) return true;
            return false;
        }
        return std::any_of(of.rises.begin(), of.rises.end(), [&](std::uint32_t at) {
            return of.tree[at] > bound &&
                   m_above(free, model, k, racks.block_of(node_id{order[at]}), m, bound);
        });
    }
    /// Calls visit(node) for the nodes of the model whose price is at least `least`.
    template <class Visit>
    void each_at_least(cluster::ledger const& free, gpu_model model, int k, rank least, Visit visit) {
        auto const& tree = flushed(free, model, k);
        if (tree.empty()) return;
        auto const* const order = nodes_of(free, model).first;
        tree.each_at_least(least, [&](std::size_t i) { visit(node_id{order[i]}); });
    }

private:
    static constexpr int levels = cluster::gpus_per_node_max + 1;
    struct prices {
        price_tree tree;       ///< in the order of the model's nodes
        rank risen = free_now; ///< the largest price that a node has risen to; at first everything is new
        std::vector<std::uint32_t> rises; ///< positions whose price has risen, where there are several racks
        rack_bounds bounds;
        bool all_new = true; ///< or there is only one rack

        void set(std::uint32_t at, rank price, std::uint32_t rack) {
            auto const before = tree[at];
            if (before == price) return;
            if (price > before) {
                risen = std::max(risen, price);
                if (bounds.several()) rises.push_back(at);
                bounds.rise(rack, price);
            }
            tree.set(at, price);
        }
    };

    [[nodiscard]] prices& at(gpu_model model, int k) noexcept {
        return trees_[index(model) * std::size_t{levels} + static_cast<std::size_t>(k)];
    }
    static std::pair<std::uint32_t const*, std::uint32_t const*> nodes_of(cluster::ledger const& free,
                                                                          gpu_model model) noexcept {
        auto const& racks = free.racks();
        if (racks.first_block(model) == racks.end_block(model)) return {nullptr, nullptr};
        return {racks.begin(racks.first_block(model)), racks.end(racks.end_block(model) - 1)};
    }
    /// The tree of (model, k), brought up to date; built when it is first asked for.
    price_tree& flushed(cluster::ledger const& free, gpu_model model, int k) {
        if (!changed_.empty()) flush(free);
        auto& of = at(model, k);
        if (of.tree.empty()) build(free, model, k);
        return of.tree;
    }
    void build(cluster::ledger const& free, gpu_model model, int k) {
        auto const [first, last] = nodes_of(free, model);
        if (first == last) return;
        used_[index(model)] |= std::uint32_t{1} << k;
        auto now = std::vector<rank>{};
        for (auto const* n = first; n != last; ++n) now.push_back(price(free, *n, k));
        at(model, k).tree.assign(now);
        auto const racks = free.racks().end_block(model) - free.racks().first_block(model);
        at(model, k).bounds = rack_bounds(racks);
    }
    /// The prices of the model's nodes in one block.
    [[nodiscard]] std::span<rank const> of_block(cluster::ledger const& free, gpu_model model, int k,
                                                 std::uint32_t block) noexcept {
        auto const* const first = free.racks().begin(block);
        return {at(model, k).tree.begin() + (first - nodes_of(free, model).first),
                static_cast<std::size_t>(free.racks().end(block) - first)};
    }
    /// At least m prices of the block are above the bound; otherwise that is remembered.
    [[nodiscard]] bool m_above(cluster::ledger const& free, gpu_model model, int k, std::uint32_t block,
                               std::uint32_t m, rank bound) {
        auto& at_most = at(model, k).bounds.of(m)[block - free.racks().first_block(model)];
        if (at_most <= bound) return false;
        auto const all = of_block(free, model, k, block);
        auto const many = std::count_if(all.begin(), all.end(), [bound](rank v) { return v > bound; });
        if (many >= static_cast<std::ptrdiff_t>(m)) return true;
        at_most = bound;
        return false;
    }
    /// Brings the changed nodes up to date, all prices of a node in one walk over its residents.
    void flush(cluster::ledger const& free) {
        for (auto n : changed_) {
            dirty_[n] = 0;
            auto const model = free.of(node_id{n}).model;
            auto* const of = &at(model, 0);
            auto const leaf = leaf_[n];
            auto gpus = free.whole_count(node_id{n});
            auto const* next = begin(node_id{n});
            auto const* const last = end(node_id{n});
            auto const open = free.open(node_id{n});
            auto const rack = free.racks().block_of(node_id{n}) - free.racks().first_block(model);
            auto now = free_now;
            for (auto left = used_[index(model)]; left != 0; left &= left - 1) { // k ascends
                auto const k = std::countr_zero(left);
                for (; gpus < k && next != last; ++next) {
                    gpus += next->gpus;
                    now = next->rank;
                }
                of[k].set(leaf, open && gpus >= k ? now : no_price, rack);
            }
        }
        changed_.clear();
    }

    std::vector<node_residents> nodes_;
    std::vector<std::uint32_t> leaf_; ///< [nodes] position among the nodes of its model
    std::vector<std::uint8_t> dirty_; ///< [nodes] stands in changed_
    std::vector<std::uint32_t> changed_;
    std::vector<prices> trees_;                             ///< [models x levels]
    std::array<std::uint32_t, cluster::models_max> used_{}; ///< bit k: the tree for k exists
    std::vector<rank> sorted_;
};

} // namespace rota::queueing

#endif
