// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_WAKE_FILTER_HPP
#define ROTA_QUEUEING_WAKE_FILTER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
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
/// has become free since they were refused is read once a kind, and so is the key below which a job may start by
/// stopping others.
/// Meaning   what it denies is certain, what it allows is not.
/// Expects   one placement policy for all looks.
/// Cost      a look O(models x levels + kinds).
class wake_filter {
public:
    /// Keys below it may have something to gain; `any_key`: all have.
    static constexpr auto any_key = std::numeric_limits<std::int64_t>::max();
    static constexpr auto no_key = std::numeric_limits<std::int64_t>::min();

    /// Reads what has changed since the last look. gain(model, k): the key below which a job may start by stopping others
    /// on nodes where it needs k GPUs.
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
        for (auto& one : kinds_) {
            one.now = one.rose = 0;
            one.gain = no_key;
            for (auto i = one.first; i != one.last; ++i) {
                auto const& part = counters_[parts_[i]];
                one.now = std::max(one.now, part.now);
                one.rose = std::max(one.rose, part.rose);
                one.gain = std::max(one.gain, part.gain);
            }
        }
    }
    /// The shape may fit what is free, though it did not when it was last refused.
    [[nodiscard]] bool may_fit(std::uint32_t shape) const noexcept {
        auto const& one = shapes_[shape];
        return one.nodes <= (one.rises ? kinds_[one.kind].rose : kinds_[one.kind].now);
    }
    /// A job of the shape with that key may start by stopping others.
    [[nodiscard]] bool may_gain(std::uint32_t shape, std::int64_t key) const noexcept {
        auto const& one = shapes_[shape];
        auto const below = kinds_[one.kind].gain;
        return !one.by_nodes || key < below || below == any_key;
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
    struct kind { ///< the largest of its counters
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::uint32_t now = 0;
        std::uint32_t rose = 0;
        std::int64_t gain = no_key;
    };
    struct entry {
        std::uint32_t nodes = 0; ///< that it takes at least; 0: nodes do not decide
        std::uint16_t kind = 0;
        bool rises = false;    ///< fits only where a counter has risen
        bool by_nodes = false; ///< gains only by prices of nodes
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
        std::sort(parts.begin(), parts.end());
        auto k = std::size_t{0};
        while (k != kinds_.size() && !std::equal(parts.begin(), parts.end(), parts_.begin() + kinds_[k].first,
                                                 parts_.begin() + kinds_[k].last))
            ++k;
        if (k == kinds_.size()) {
            auto const first = static_cast<std::uint32_t>(parts_.size());
            parts_.insert(parts_.end(), parts.begin(), parts.end());
            kinds_.push_back({first, static_cast<std::uint32_t>(parts_.size())});
        }
        shapes_.push_back({shapes.nodes_decide<Placement>(v, shape) ? nodes : 0,
                           static_cast<std::uint16_t>(k), shapes.counters_decide<Placement>(v, shape),
                           shapes.by_nodes<Placement>(v, shape)});
    }
    std::uint32_t counter_of(gpu_model model, int gpus) {
        auto i = std::size_t{0};
        while (i != counters_.size() && (counters_[i].model != model || counters_[i].gpus != gpus)) ++i;
        if (i == counters_.size()) counters_.push_back({model, gpus});
        return static_cast<std::uint32_t>(i);
    }

    std::vector<entry> shapes_; ///< [shapes]
    std::vector<kind> kinds_;
    std::vector<std::uint32_t> parts_; ///< of each kind, ascending
    std::vector<counter> counters_;
};

} // namespace rota::queueing

#endif
