// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_PACKING_NAIVE_HPP
#define ROTA_PROPERTY_PACKING_NAIVE_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/job/pod.hpp>
#include <rota/packing/choice.hpp>
#include <rota/placement/node_state.hpp>

namespace naive {

using namespace rota;

/// Asks every node for every pod, in rank order, and keeps nothing between two pods.
template <class Policy>
class scan {
public:
    scan(std::vector<placement::node_state> const& states, std::vector<job::pod> const& shapes, Policy policy)
        : states_{states}, shapes_{shapes}, policy_{policy} {}
    void changed(std::uint32_t) {}
    packing::choice operator()(std::size_t shape, std::uint64_t arrival) {
        auto const& need = shapes_[shape];
        auto feasible = std::vector<std::uint32_t>{};
        for (auto n = std::uint32_t{0}; n != states_.size(); ++n)
            if (placement::fits(states_[n], need)) feasible.push_back(n);
        if (feasible.empty()) return {};
        if constexpr (requires { policy_.score(states_[0], need); }) {
            auto best = feasible.front();
            for (auto const n : feasible)
                if (policy_.score(states_[n], need) > policy_.score(states_[best], need)) best = n;
            return {best, policy_.pick(states_[best], need)};
        } else {
            auto const n = feasible[policy_.node(arrival, static_cast<std::uint32_t>(feasible.size()))];
            return {n, policy_.pick(arrival, states_[n], need)};
        }
    }

private:
    std::vector<placement::node_state> const& states_;
    std::vector<job::pod> const& shapes_;
    Policy policy_;
};

} // namespace naive

#endif
