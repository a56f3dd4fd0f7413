// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_EXPERIMENT_HPP
#define ROTA_PACKING_EXPERIMENT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/packing/arrivals.hpp>
#include <rota/packing/choice.hpp>
#include <rota/packing/drawn_node.hpp>
#include <rota/packing/highest_score.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/uniform_draw.hpp>

namespace rota::packing {

/// The cluster after one more pod has arrived.
struct step {
    std::int64_t arrived_milli = 0; ///< asked for so far
    std::int64_t used_milli = 0;
    std::int64_t fragment = 0; ///< of all nodes, times the target's weight
    choice where;              ///< of this pod; the rank is that of the arrivals' nodes

    friend bool operator==(step const&, step const&) = default;
};

/// Packing to saturation: pods arrive one by one and never leave; one that does not fit is dropped.
///
/// Source    Q. Weng et al., "Beware of Fragmentation", ATC 2023, section 6.
class experiment {
public:
    /// The typical pods are those of the list as it is given, before any tuning.
    experiment(cluster::spec const& cluster, std::vector<job::pod> pods, placement::popularity how = {})
        : pods_{std::move(pods)}, target_{pods_, how} {
        for (auto const& node : cluster.nodes) empty_.push_back(placement::empty_state(node));
        capacity_milli_ = cluster.gpus() * whole_gpu;
        auto const key = [](job::pod const& one) {
            return std::tuple{one.gpus, one.milli, one.cpu_milli, one.mem_mib, one.models};
        };
        auto const less = [&](job::pod const& a, job::pod const& b) { return key(a) < key(b); };
        shapes_ = pods_;
        std::sort(shapes_.begin(), shapes_.end(), less);
        shapes_.erase(std::unique(shapes_.begin(), shapes_.end()), shapes_.end());
        for (auto const& one : pods_)
            shape_.push_back(static_cast<std::uint32_t>(
                std::lower_bound(shapes_.begin(), shapes_.end(), one, less) - shapes_.begin()));
    }

    [[nodiscard]] placement::target_view target() const& noexcept { return target_.view(); }
    [[nodiscard]] placement::target_view target() const&& = delete;
    /// What the target is made of.
    [[nodiscard]] std::vector<placement::typical_pod> const& kinds() const noexcept {
        return target_.kinds();
    }
    [[nodiscard]] std::int64_t capacity_milli() const noexcept { return capacity_milli_; }
    [[nodiscard]] std::vector<job::pod> const& pods() const noexcept { return pods_; }

    /// Those of a seed; see draw_arrivals.
    [[nodiscard]] arrivals draw(std::int64_t load, std::uint64_t seed) const {
        return draw_arrivals(pods_, static_cast<std::uint32_t>(empty_.size()), capacity_milli_, load, seed);
    }

    /// One step for each arrival, under a scorer or a uniform_draw.
    template <placement::state_scorer Scorer>
    [[nodiscard]] std::vector<step> run(arrivals const& order, Scorer const& score) const {
        return run_with<highest_score<Scorer>>(order, score);
    }
    [[nodiscard]] std::vector<step> run(arrivals const& order, placement::uniform_draw draw) const {
        return run_with<drawn_node>(order, draw);
    }
    /// The same with another way of finding the node: Chooser(states, shapes, policy) with the members of
    /// highest_score.
    template <class Chooser, class Policy>
    [[nodiscard]] std::vector<step> run_with(arrivals const& order, Policy const& policy) const {
        auto states = std::vector<placement::node_state>{};
        auto fragments = std::vector<std::int64_t>{};
        auto now = step{};
        for (auto const n : order.nodes) {
            states.push_back(empty_[n]);
            fragments.push_back(fragment(empty_[n], target()));
            now.fragment += fragments.back();
        }
        auto choose = Chooser(states, shapes_, policy);
        auto steps = std::vector<step>{};
        steps.reserve(order.pods.size());
        for (auto const pod : order.pods) {
            auto const& need = pods_[pod];
            now.arrived_milli += need.total_milli();
            now.where = choose(shape_[pod], steps.size());
            if (auto const n = now.where.rank; now.where) {
                states[n] = placement::with(states[n], need, now.where.gpus);
                choose.changed(n);
                now.used_milli += need.total_milli();
                auto const after = fragment(states[n], target());
                now.fragment += after - std::exchange(fragments[n], after);
            }
            steps.push_back(now);
        }
        return steps;
    }

private:
    std::vector<job::pod> pods_;
    placement::target_workload target_;
    std::vector<placement::node_state> empty_; ///< by node id
    std::vector<job::pod> shapes_;             ///< distinct pods
    std::vector<std::uint32_t> shape_;         ///< of each pod: its position in shapes_
    std::int64_t capacity_milli_ = 0;
};

} // namespace rota::packing

#endif
