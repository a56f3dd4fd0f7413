// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_LEDGER_HPP
#define ROTA_CLUSTER_LEDGER_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/bitmaps.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/rack_index.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// Who may still be given what: an occupancy that can be searched, and whose changes can be undone.
///
/// Index     per GPU model: the open nodes by their count of whole free GPUs, how many have at least k, which
/// hold a
///           shared GPU; per rack the same counts. Closed nodes are in no index.
/// Undo      between begin() and end() every change is journalled; rollback(mark) restores state and index
/// exactly.
class ledger {
public:
    using mark = std::size_t;
    static constexpr int levels = gpus_per_node_max + 1;
    using counts = std::array<std::uint32_t, 20>; ///< [levels], filled up to whole vectors

    explicit ledger(spec const& cluster) : ledger{occupancy{cluster}} {}
    explicit ledger(spec&&) = delete; ///< the spec outlives the ledger

    // --- state
    [[nodiscard]] occupancy const& state() const noexcept { return state_; }
    [[nodiscard]] spec const& layout() const noexcept { return state_.layout(); }
    [[nodiscard]] node const& of(node_id n) const noexcept { return state_.of(n); }
    [[nodiscard]] std::uint32_t size() const noexcept { return state_.size(); }
    [[nodiscard]] int models() const noexcept { return models_; }
    [[nodiscard]] bool open(node_id n) const noexcept { return state_.open(n); }
    [[nodiscard]] bool open(placement const& p) const noexcept { return state_.open(p); }
    [[nodiscard]] bool fits(placement const& p) const noexcept { return state_.fits(p); }
    [[nodiscard]] int whole_count(node_id n) const noexcept { return state_.whole_count(n); }

    // --- index
    /// Whole free GPUs of open nodes.
    [[nodiscard]] std::int64_t free_gpus(gpu_model m) const noexcept { return summary_[index(m)].free; }
    /// GPUs of open nodes, free or not.
    [[nodiscard]] std::int64_t open_gpus(gpu_model m) const noexcept { return summary_[index(m)].open; }
    /// GPUs of all nodes.
    [[nodiscard]] std::int64_t total_gpus(gpu_model m) const noexcept { return summary_[index(m)].total; }
    [[nodiscard]] std::int64_t open_gpus() const noexcept {
        auto sum = std::int64_t{0};
        for (auto m = 0; m != models_; ++m) sum += summary_[static_cast<std::size_t>(m)].open;
        return sum;
    }
    /// GPUs of the largest node of the model.
    [[nodiscard]] int largest(gpu_model m) const noexcept { return summary_[index(m)].largest; }
    /// All nodes of the model have as many GPUs.
    [[nodiscard]] bool uniform(gpu_model m) const noexcept { return summary_[index(m)].uniform; }
    /// Open nodes with >= k whole free GPUs.
    [[nodiscard]] std::uint32_t at_least(gpu_model m, int k) const noexcept {
        return summary_[index(m)].at_least[static_cast<std::size_t>(k)];
    }
    /// The same for every k.
    [[nodiscard]] counts const& at_least(gpu_model m) const noexcept { return summary_[index(m)].at_least; }
    /// Open nodes of the model with exactly `free` whole free GPUs.
    /// Expects   that some node of the cluster has as many.
    [[nodiscard]] bitmaps::one with_free(gpu_model m, int free) const noexcept {
        ROTA_EXPECTS(static_cast<std::size_t>(free) < counts_, "a node has so many GPUs");
        return by_free_[bucket(m, free)];
    }
    /// Open nodes of the model with a GPU held in part.
    [[nodiscard]] bitmaps::one sharing(gpu_model m) const noexcept { return sharing_[index(m)]; }
    [[nodiscard]] rack_index const& racks() const noexcept { return racks_; }

    // --- changes
    /// Expects fits(part).
    void take(slice const& part) {
        change<true>(part);
        if (journalling_) journal_.push_back({part, true});
    }
    void give(slice const& part) {
        change<false>(part);
        if (journalling_) journal_.push_back({part, false});
    }
    void take(placement const& p) {
        for (auto const& part : p) take(part);
    }
    void give(placement const& p) {
        for (auto const& part : p) give(part);
    }
    /// Closes or opens a node for what is given out from now on; what is held stays held. Not journalled.
    void set_open(node_id n, bool open) {
        if (state_.open(n) == open) return;
        if (!open) leave(n);
        state_.set_open(n, open);
        if (open) enter(n);
    }

    // --- transaction
    void begin() noexcept {
        journalling_ = true;
        journal_.clear();
    }
    void end() noexcept {
        journalling_ = false;
        journal_.clear();
    }
    [[nodiscard]] mark checkpoint() const noexcept { return journal_.size(); }
    /// Undoes, newest first, what happened since the mark. Marks nest.
    void rollback(mark to) {
        while (journal_.size() > to) {
            auto const last = journal_.back();
            journal_.pop_back();
            if (last.took) change<false>(last.part);
            else change<true>(last.part);
        }
    }

    /// Recounts every index from the state. True where they agree; the verifier calls it, no host needs to.
    /// Cost      O(nodes), allocates.
    [[nodiscard]] bool validate() const { return ledger{state_} == *this && state_.sound(); }

    /// Equal state and equal index. The journal does not count.
    friend bool operator==(ledger const& a, ledger const& b) noexcept {
        return a.state_ == b.state_ && a.summary_ == b.summary_ && a.by_free_ == b.by_free_ &&
               a.sharing_ == b.sharing_ && a.racks_ == b.racks_;
    }

private:
    struct per_model {
        std::int64_t free = 0;
        std::int64_t open = 0;
        std::int64_t total = 0;
        int largest = 0;
        bool uniform = true;
        counts at_least{};
        friend bool operator==(per_model const&, per_model const&) = default;
    };
    struct step {
        slice part;
        bool took;
    };

    explicit ledger(occupancy state) : state_{std::move(state)}, racks_{layout()} {
        for (auto const& node : layout().nodes) {
            models_ = std::max(models_, index(node.model) + 1);
            auto& part = summary_[index(node.model)];
            part.uniform &= part.total == 0 || part.largest == node.gpus;
            part.total += node.gpus;
            part.largest = std::max<int>(part.largest, node.gpus);
            counts_ = std::max<std::size_t>(counts_, node.gpus + 1u);
        }
        by_free_ = bitmaps(static_cast<std::size_t>(models_) * counts_, size());
        sharing_ = bitmaps(static_cast<std::size_t>(models_), size());
        for (auto n = std::uint32_t{0}; n != size(); ++n)
            if (state_.open(node_id{n})) enter(node_id{n});
    }

    /// reached[free][k] is 1 where a node with `free` GPUs has at least k.
    static constexpr auto reached = [] {
        auto rows = std::array<counts, levels>{};
        for (auto f = std::size_t{0}; f != levels; ++f)
            for (auto k = std::size_t{1}; k <= f; ++k) rows[f][k] = 1;
        return rows;
    }();

    void move(node_id n, gpu_model m, int before, int after) noexcept {
        auto& part = summary_[index(m)];
        part.free += after - before;
        auto const& gone = reached[static_cast<std::size_t>(before)];
        auto const& come = reached[static_cast<std::size_t>(after)];
        for (auto k = std::size_t{0}; k != come.size(); ++k) part.at_least[k] += come[k] - gone[k];
        if ((before == part.largest) != (after == part.largest)) racks_.change(n, m, after == part.largest);
    }
    /// Where there is one model nothing is read: the spec of a large cluster is far away.
    [[nodiscard]] gpu_model model_of(node_id n) const noexcept {
        return models_ == 1 ? gpu_model{} : of(n).model;
    }
    [[nodiscard]] std::size_t bucket(gpu_model m, int free) const noexcept {
        return index(m) * counts_ + static_cast<std::size_t>(free);
    }
    void enter(node_id n) noexcept {
        auto const [model, free] = std::pair{of(n).model, whole_count(n)};
        summary_[index(model)].open += of(n).gpus;
        by_free_.insert(bucket(model, free), index(n));
        move(n, model, 0, free);
        if (state_.shared(n)) sharing_.insert(index(model), index(n));
    }
    void leave(node_id n) noexcept {
        auto const [model, free] = std::pair{of(n).model, whole_count(n)};
        summary_[index(model)].open -= of(n).gpus;
        by_free_.erase(bucket(model, free), index(n));
        move(n, model, free, 0);
        sharing_.erase(index(model), index(n));
    }
    template <bool Take>
    void change(slice const& part) noexcept {
        auto const n = part.node;
        auto const before = whole_count(n);
        if constexpr (Take) state_.take(part);
        else state_.give(part);
        if (!state_.open(n)) return;
        auto const model = model_of(n);
        if (auto const after = whole_count(n); after != before) {
            by_free_.erase(bucket(model, before), index(n));
            by_free_.insert(bucket(model, after), index(n));
            move(n, model, before, after);
        }
        if (part.milli == whole_gpu) return;
        if (state_.shared(n)) sharing_.insert(index(model), index(n));
        else sharing_.erase(index(model), index(n));
    }

    occupancy state_;
    rack_index racks_;
    int models_ = 1;
    std::size_t counts_ = 1; ///< of free GPUs that a node can have
    std::array<per_model, models_max> summary_{};
    bitmaps by_free_; ///< [models x counts]
    bitmaps sharing_;
    std::vector<step> journal_;
    bool journalling_ = false;
};

} // namespace rota::cluster

#endif
