// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_OF_STATE_HPP
#define ROTA_PLACEMENT_OF_STATE_HPP

#include <cstdint>
#include <utility>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_scorer.hpp>

namespace rota::placement {

/// What is free of a node, as a value. Which pods lie on it and what kind of hardware it is a ledger does not
/// know: `held` and `kind` stay 0.
[[nodiscard]] inline node_state state_of(cluster::ledger const& free, node_id n) noexcept {
    auto const& state = free.state();
    auto made = node_state{};
    made.cpu_milli = state.cpu_milli(n);
    made.mem_mib = state.mem_mib(n);
    made.cpu_milli_of = free.of(n).cpu_milli;
    made.mem_mib_of = free.of(n).mem_mib;
    made.gpus = free.of(n).gpus;
    made.model = free.of(n).model;
    for (auto g = 0; g != made.gpus; ++g) made.milli[g] = static_cast<std::uint16_t>(state.free_milli(n, g));
    return made;
}

/// So many GPUs of a request as a pod.
[[nodiscard]] constexpr job::pod pod_of(job::request const& need, int gpus) noexcept {
    auto const count = static_cast<std::uint32_t>(gpus);
    return {.cpu_milli = need.cpu_milli * count,
            .mem_mib = need.mem_mib * count,
            .gpus = static_cast<std::uint16_t>(gpus),
            .milli = need.milli,
            .models = need.models};
}

/// A scorer of a node's state as a scorer of the ledger's nodes, for `by_score` and with it every scheduler.
///
/// It chooses the GPUs, too, as the scorer does.
/// Expects   so many GPUs of the request fit on the node, as where by_score asks.
template <pod_scorer Scorer>
class of_state {
    static_assert(!reads_held<Scorer>(),
                  "rota: this scorer asks which pods lie on a node, which a ledger does not know");
    static_assert(!reads_kind<Scorer>(),
                  "rota: this scorer asks what kind of hardware a node is, which a ledger does not know");
    static_assert(locality_of<Scorer>() == locality::node,
                  "rota: by_score asks for one node at a time, and this scorer looks beyond the node");

public:
    of_state() = default;
    explicit constexpr of_state(Scorer score) noexcept : score_{std::move(score)} {}

    [[nodiscard]] std::int64_t operator()(job::request const& need, cluster::ledger const& free, node_id n,
                                          int gpus) const noexcept {
        return score_.score(state_of(free, n), pod_of(need, gpus));
    }
    [[nodiscard]] cluster::slice pick(job::request const& need, cluster::ledger const& free, node_id n,
                                      int gpus) const noexcept {
        auto const pod = pod_of(need, gpus);
        return {.node = n,
                .gpus = score_.pick(state_of(free, n), pod),
                .milli = need.milli,
                .cpu_milli = pod.cpu_milli,
                .mem_mib = pod.mem_mib};
    }

private:
    [[no_unique_address]] Scorer score_{};
};

} // namespace rota::placement

#endif
