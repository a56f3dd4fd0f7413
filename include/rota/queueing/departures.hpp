// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DEPARTURES_HPP
#define ROTA_QUEUEING_DEPARTURES_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::queueing {

/// Who would have to leave before k GPUs of a node are free, if running jobs left the largest rank first.
///
/// The price of (node, k) is the rank of the last job that must leave: `free_now` where k GPUs are free,
/// `no_price` where even all departures do not suffice or the node is closed. The m-th largest price of a
/// model is when m nodes with k free GPUs exist. With rank = badness that is the threshold of preemption;
/// with rank = -(expected end) it is EASY's shadow time: one index serves both.
/// Cost      add, remove: a few slots of a node; a query: O(changed nodes x log nodes) once, then O(m log
///           nodes).
/// Expects   residents hold whole GPUs only.
class departures {
public:
    using rank = int128; ///< a measure and, below it, what breaks ties
    static constexpr rank free_now = static_cast<rank>(std::numeric_limits<std::int64_t>::max()) << 63;
    static constexpr rank no_price = -free_now;

    /// Ranks by the measure, then by the number, the larger of both first to leave.
    [[nodiscard]] static constexpr rank ranked(std::int64_t measure, std::uint32_t number) noexcept {
        return (static_cast<rank>(measure) << 32) + number;
    }
    [[nodiscard]] static constexpr std::int64_t measure_of(rank of) noexcept {
        return static_cast<std::int64_t>(of >> 32);
    }

    struct resident {
        departures::rank rank;
        job_id job;
        std::int32_t gpus;
    };

    /// Sized for the cluster, without residents.
    void reset(cluster::ledger const& free) {
        nodes_.assign(free.size(), {});
        dirty_.assign(free.size(), 0);
        leaf_.assign(free.size(), 0);
        for (auto& one : trees_) one = {};
        for (auto& one : pending_) one.clear();
        used_ = 0;
        for (auto m = 0; m != free.models(); ++m) {
            auto const [first, last] = nodes_of(free, static_cast<gpu_model>(m));
            for (auto const* n = first; n != last; ++n) leaf_[*n] = static_cast<std::uint32_t>(n - first);
        }
    }
    [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }

    void add(job_id job, rank worth, cluster::placement const& on) {
        for (auto const& part : on) {
            auto& here = nodes_[index(part.node)];
            ROTA_EXPECTS(here.size < here.slots.size(), "a node has room for as many jobs as GPUs");
            auto i = here.size++;
            for (; i != 0 && here.slots[i - 1].rank < worth; --i) here.slots[i] = here.slots[i - 1];
            here.slots[i] = {worth, job, part.count()};
            touch(part.node);
        }
    }
    void remove(job_id job, cluster::placement const& on) {
        for (auto const& part : on) {
            auto& here = nodes_[index(part.node)];
            auto* const end = here.slots.data() + here.size;
            auto* const at =
                std::find_if(here.slots.data(), end, [job](resident const& r) { return r.job == job; });
            ROTA_EXPECTS(at != end, "only a resident leaves");
            std::copy(at + 1, end, at);
            --here.size;
            touch(part.node);
        }
    }
    /// The node's free GPUs, or whether it is open, may have changed.
    void touch(node_id n) {
        if (dirty_[index(n)] == used_) return;
        for (auto left = used_ & ~dirty_[index(n)]; left != 0; left &= left - 1)
            pending_[static_cast<std::size_t>(std::countr_zero(left))].push_back(index(n));
        dirty_[index(n)] = used_;
    }
    /// The residents of a node, the first to leave first.
    [[nodiscard]] resident const* begin(node_id n) const noexcept { return nodes_[index(n)].slots.data(); }
    [[nodiscard]] resident const* end(node_id n) const noexcept { return begin(n) + nodes_[index(n)].size; }

    [[nodiscard]] rank price(cluster::ledger const& free, std::uint32_t n, int k) const noexcept {
        if (!free.open(node_id{n})) return no_price;
        auto gpus = free.whole_count(node_id{n});
        if (gpus >= k) return free_now;
        for (auto const* r = begin(node_id{n}); r != end(node_id{n}); ++r)
            if ((gpus += r->gpus) >= k) return r->rank;
        return no_price;
    }
    /// The m-th largest price of the model; no_price if there are fewer than m. `chosen`, if given: those m
    /// nodes, the largest price first, equal prices by rack and id.
    [[nodiscard]] rank mth(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                           std::vector<std::uint32_t>* chosen = nullptr) {
        auto& values = flushed(free, model, k);
        if (values.empty() || m == 0) return no_price;
        if (m == 1 && chosen == nullptr) return values[1];
        auto const* const order = nodes_of(free, model).first;
        taken_.clear();
        auto last = no_price;
        while (taken_.size() != m && values[1] != no_price) {
            auto i = std::size_t{1};
            while (2 * i < values.size()) i = 2 * i + (values[2 * i] != values[i]);
            taken_.push_back({i, last = values[i]});
            set(values, i, no_price);
        }
        for (auto const& [i, was] : taken_) set(values, i, was);
        if (chosen != nullptr) {
            chosen->clear();
            for (auto const& [i, was] : taken_) chosen->push_back(order[i - values.size() / 2]);
        }
        return taken_.size() == m ? last : no_price;
    }
    /// At least m nodes of the model have a price above the bound.
    [[nodiscard]] bool above(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                             rank bound) {
        auto const& values = flushed(free, model, k);
        if (values.empty() || values[1] <= bound) return false;
        if (m <= 1) return true;
        auto got = std::uint32_t{0};
        walk(values, 1, [bound](rank v) { return v > bound; }, [&](std::size_t) { return ++got < m; });
        return got >= m;
    }
    /// The best m-th price over the racks of the model and that rack's block; no_price where no rack
    /// suffices.
    [[nodiscard]] rank mth_in_a_rack(cluster::ledger const& free, gpu_model model, int k, std::uint32_t m,
                                     std::uint32_t& best_block) {
        auto const& values = flushed(free, model, k);
        auto best = no_price;
        if (values.empty() || m == 0) return best;
        auto const* const order = nodes_of(free, model).first;
        auto const& racks = free.racks();
        for (auto b = racks.first_block(model); b != racks.end_block(model); ++b) {
            auto const* const leaf = values.data() + values.size() / 2 + (racks.begin(b) - order);
            auto const size = racks.end(b) - racks.begin(b);
            if (std::count_if(leaf, leaf + size, [best](auto v) { return v > best; }) <
                static_cast<std::ptrdiff_t>(m))
                continue;
            sorted_.assign(leaf, leaf + size);
            std::nth_element(sorted_.begin(), sorted_.begin() + (m - 1), sorted_.end(), std::greater<>{});
            best = sorted_[m - 1];
            best_block = b;
        }
        return best;
    }
    /// Brings every tree up to date and starts counting rises anew from here.
    void forget_rises(cluster::ledger const& free) {
        for (auto m = 0; m != free.models(); ++m)
            for (auto left = used_; left != 0; left &= left - 1)
                (void)flushed(free, static_cast<gpu_model>(m), std::countr_zero(left));
        risen_.fill(no_price);
    }
    /// The largest price that a node has risen to since rises were last forgotten: what did not fit below it still
    /// does not.
    [[nodiscard]] rank risen(cluster::ledger const& free, gpu_model model, int k) {
        (void)flushed(free, model, k);
        return risen_[index(model) * std::size_t{levels} + static_cast<std::size_t>(k)];
    }
    /// Calls visit(node) for the nodes of the model whose price is at least `least`.
    template <class Visit>
    void each_at_least(cluster::ledger const& free, gpu_model model, int k, rank least, Visit visit) {
        auto const& values = flushed(free, model, k);
        if (values.empty()) return;
        auto const* const order = nodes_of(free, model).first;
        walk(
            values, 1, [least](rank v) { return v >= least && v != no_price; },
            [&](std::size_t i) {
                visit(node_id{order[i - values.size() / 2]});
                return true;
            });
    }

private:
    static constexpr int levels = cluster::gpus_per_node_max + 1;
    struct node_residents {
        std::array<resident, cluster::gpus_per_node_max> slots;
        std::uint32_t size = 0;
    };
    struct leaf_value {
        std::size_t at;
        rank was;
    };
    using tree = std::vector<rank>; ///< a max tree; leaves in the order of the model's nodes

    static std::pair<std::uint32_t const*, std::uint32_t const*> nodes_of(cluster::ledger const& free,
                                                                          gpu_model model) noexcept {
        auto const& racks = free.racks();
        if (racks.first_block(model) == racks.end_block(model)) return {nullptr, nullptr};
        return {racks.begin(racks.first_block(model)), racks.end(racks.end_block(model) - 1)};
    }
    static void set(tree& values, std::size_t i, rank value) noexcept {
        values[i] = value;
        while ((i >>= 1) != 0) {
            auto const larger = std::max(values[2 * i], values[2 * i + 1]);
            if (values[i] == larger) return;
            values[i] = larger;
        }
    }
    /// Visits leaves i for which `in` holds, left to right, until visit returns false.
    template <class In, class Visit>
    static bool walk(tree const& values, std::size_t i, In in, Visit&& visit) {
        if (!in(values[i])) return true;
        if (2 * i >= values.size()) return visit(i);
        return walk(values, 2 * i, in, visit) && walk(values, 2 * i + 1, in, visit);
    }
    /// The tree of (model, k), brought up to date; built when it is first asked for.
    tree& flushed(cluster::ledger const& free, gpu_model model, int k) {
        auto& values = trees_[index(model) * std::size_t{levels} + static_cast<std::size_t>(k)];
        auto const [first, last] = nodes_of(free, model);
        auto const bit = std::uint32_t{1} << k;
        if (values.empty() && first != last) {
            used_ |= bit;
            auto const leaves = std::bit_ceil(static_cast<std::size_t>(last - first));
            risen_[index(model) * std::size_t{levels} + static_cast<std::size_t>(k)] =
                free_now; // everything is new
            values.assign(2 * leaves, no_price);
            for (auto const* n = first; n != last; ++n) values[leaves + leaf_[*n]] = price(free, *n, k);
            for (auto i = leaves - 1; i != 0; --i) values[i] = std::max(values[2 * i], values[2 * i + 1]);
        }
        auto& changed = pending_[static_cast<std::size_t>(k)];
        for (auto n : changed) { // of every model: the list is shared
            dirty_[n] &= ~bit;
            auto& of =
                trees_[index(free.of(node_id{n}).model) * std::size_t{levels} + static_cast<std::size_t>(k)];
            if (of.empty()) continue;
            auto const at = of.size() / 2 + leaf_[n];
            auto const now = price(free, n, k);
            if (of[at] == now) continue;
            auto& risen =
                risen_[index(free.of(node_id{n}).model) * std::size_t{levels} + static_cast<std::size_t>(k)];
            if (now > of[at]) risen = std::max(risen, now);
            set(of, at, now);
        }
        changed.clear();
        return values;
    }

    std::vector<node_residents> nodes_;
    std::vector<std::uint32_t> leaf_;  ///< [nodes] position among the nodes of its model
    std::vector<std::uint32_t> dirty_; ///< [nodes] bit k: waits in pending_[k]
    std::array<tree, std::size_t{cluster::models_max} * levels> trees_;
    std::array<std::vector<std::uint32_t>, levels> pending_;
    std::array<rank, std::size_t{cluster::models_max} * levels> risen_{};
    std::uint32_t used_ = 0; ///< bit k: some tree for k exists
    std::vector<leaf_value> taken_;
    std::vector<rank> sorted_;
};

} // namespace rota::queueing

#endif
