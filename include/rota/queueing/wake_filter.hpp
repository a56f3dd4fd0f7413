// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_WAKE_FILTER_HPP
#define ROTA_QUEUEING_WAKE_FILTER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/queueing/shape_table.hpp>

namespace rota::queueing {

/// Which refused shapes are worth asking again, by a comparison or two each.
///
/// Shapes that ask as much of a node, on the same models, are of one kind and differ in how many nodes they take. What
/// has become free since they were refused is read once a kind, and so is the largest key with which a job may start
/// by stopping others.
/// Meaning   what it denies is certain, what it allows is not.
/// Expects   one placement policy for all looks.
/// Cost      a look O(models x levels + kinds).
class wake_filter {
public:
    /// What gain(model, k) says where any key may gain, and where none can.
    static constexpr auto any_key = std::numeric_limits<std::int64_t>::max();
    static constexpr auto no_key = std::numeric_limits<std::int64_t>::min();

    /// Reads what has changed since the last look. gain(model, k): the largest key with which a job may start by stopping
    /// others on nodes where it needs k GPUs.
    template <placement::policy Placement, class Gain>
    void look(view const& v, shape_table& shapes, std::uint32_t count, Gain gain) {
        while (shapes_.size() < count)
            learn<Placement>(v, shapes, static_cast<std::uint32_t>(shapes_.size()));
        for (auto& one : counters_) {
            one.now = v.free().at_least(one.model, one.gpus);
            one.rose = one.now > one.seen ? one.now : 0;
            one.seen = one.now;
            one.gain = gain(one.model, one.gpus);
        }
        for (auto k = std::size_t{1}; k != gain_.size(); ++k) {
            auto of = counters_[parts_[first_[k]]];
            for (auto i = first_[k] + 1; i != first_[k + 1]; ++i) {
                auto const& also = counters_[parts_[i]];
                of.now = std::max(of.now, also.now);
                of.rose = std::max(of.rose, also.rose);
                of.gain = std::max(of.gain, also.gain);
            }
            room_[2 * k] = of.now;
            room_[2 * k + 1] = of.rose;
            gain_[k] = of.gain;
        }
    }
    /// The shape may fit what is free, though it did not when it was last refused.
    [[nodiscard]] bool may_fit(std::uint32_t shape) const noexcept {
        return shapes_[shape].nodes <= room_[shapes_[shape].room];
    }
    /// A job of the shape with that key may start by stopping others.
    [[nodiscard]] bool may_gain(std::uint32_t shape, std::int64_t key) const noexcept {
        return key <= gain_[shapes_[shape].gain];
    }
    /// What is refused from here on did not fit what is left now: counters that rise from here may help it.
    void forget_what_was_taken(cluster::ledger const& free) noexcept {
        for (auto& one : counters_) one.seen = std::min(one.seen, free.at_least(one.model, one.gpus));
    }

private:
    struct counter { ///< the nodes of a model with so many free GPUs
        gpu_model model{};
        int gpus = 0;
        std::uint32_t seen = 0; ///< when shapes were last refused
        std::uint32_t now = 0;
        std::uint32_t rose = 0; ///< now, if that is more; otherwise 0
        std::int64_t gain = no_key;
    };
    struct entry {
        std::uint32_t nodes = 0; ///< that it takes at least
        std::uint32_t room = 0;  ///< in room_
        std::uint32_t gain = 0;  ///< in gain_
    };

    template <placement::policy Placement>
    void learn(view const& v, shape_table& shapes, std::uint32_t shape) {
        auto parts = std::vector<std::uint32_t>{};
        auto nodes = std::numeric_limits<std::uint32_t>::max();
        for (auto const& [model, gang] : shapes.of(v, shape)) {
            parts.push_back(counter_of(model, gang.each));
            if (gang.rest != 0) parts.push_back(counter_of(model, gang.rest));
            nodes = std::min(nodes, gang.full);
        }
        if (parts.empty()) return shapes_.push_back({}); // always asked
        auto const kind = kind_of(std::move(parts));
        auto const rises = shapes.counters_decide<Placement>(v, shape) ? 1u : 0u;
        shapes_.push_back({nodes, shapes.nodes_decide<Placement>(v, shape) ? 2 * kind + rises : 0,
                           shapes.by_nodes<Placement>(v, shape) ? kind : 0});
    }
    std::uint32_t kind_of(std::vector<std::uint32_t> parts) {
        std::sort(parts.begin(), parts.end());
        auto const at = [this](std::size_t k) { return parts_.begin() + first_[k]; };
        auto k = std::size_t{1};
        while (k != gain_.size() && !std::equal(parts.begin(), parts.end(), at(k), at(k + 1))) ++k;
        if (k == gain_.size()) {
            parts_.insert(parts_.end(), parts.begin(), parts.end());
            first_.push_back(static_cast<std::uint32_t>(parts_.size()));
            room_.resize(room_.size() + 2);
            gain_.push_back(no_key);
        }
        return static_cast<std::uint32_t>(k);
    }
    std::uint32_t counter_of(gpu_model model, int gpus) {
        auto i = std::size_t{0};
        while (i != counters_.size() && (counters_[i].model != model || counters_[i].gpus != gpus)) ++i;
        if (i == counters_.size()) counters_.push_back({model, gpus});
        return static_cast<std::uint32_t>(i);
    }

    static constexpr auto any_room = std::numeric_limits<std::uint32_t>::max();

    std::vector<entry> shapes_; ///< [shapes]
    std::vector<counter> counters_;
    std::vector<std::uint32_t> parts_; ///< the counters of each kind, ascending
    std::vector<std::uint32_t> first_{0,
                                      0}; ///< [kinds + 1] in parts_; kind 0 is of those who are always asked
    std::vector<std::uint32_t> room_{
        any_room, any_room}; ///< [kinds x 2] the largest of its counters, and of those that rose
    std::vector<std::int64_t> gain_{any_key}; ///< [kinds] the largest of its counters
};

} // namespace rota::queueing

#endif
