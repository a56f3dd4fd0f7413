// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/dot_product.hpp>
#include <rota/placement/explain.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/random.hpp>
#include <rota/placement/remembered.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/worst_fit.hpp>

#include "bytes.hpp"
#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;

cluster::spec some_cluster(bytes& in) {
    auto made = cluster::spec{};
    made.models = {"first", "second"};
    auto const nodes = 1 + in.next() % 9;
    auto const shape = in.next();
    for (auto n = 0u; n != nodes; ++n) {
        auto const what = (shape & 1u) != 0 ? in.next() : shape;
        made.nodes.push_back({.gpus = static_cast<std::uint8_t>(what / 2 % 9),
                              .model = gpu_model{(what & 32u) != 0 && n >= nodes / 2},
                              .cpu_milli = 1'000 * (what / 8 % 16),
                              .mem_mib = 8'192,
                              .rack = static_cast<rack_id>((what & 64u) != 0 ? n / 2 : 0),
                              .spine = {}});
    }
    return made;
}

/// Four bytes.
job::request some_request(bytes& in) {
    auto const size = in.next();
    auto const shares = in.next();
    auto const amounts = in.next();
    auto made = job::gang(static_cast<int>(size % 21), static_cast<job::span>(size / 21 % 4));
    if (shares >= 128) {
        made.milli = static_cast<std::uint16_t>(shares % 8 * 200); // also none at all, and more than a GPU
        made.milli_min = (shares & 8u) != 0 ? std::uint16_t{100} : made.milli;
    }
    made.cpu_milli = amounts % 16 * 500;
    made.mem_mib = amounts / 16 % 8 * 512;
    if (auto const models = in.next() % 4; models != 0) made.models = models;
    return made;
}

/// What `placement::policy` says of every answer.
template <class Policy>
placement::outcome place(Policy const& by, job::request const& need, cluster::ledger const& free) {
    auto const got = by.place(need, free);
    auto const again = by.place(need, free);
    require(static_cast<bool>(got) == static_cast<bool>(again) && (!got || *got == *again), "the same again");
    if (!got) {
        require((got.why() == placement::refusal::infeasible) == !placement::feasible(need, free),
                "infeasible is what no empty cluster holds");
        return got;
    }
    require(placement::feasible(need, free), "what is placed is feasible");
    require(free.fits(*got) && free.open(*got), "it fits, on open nodes");
    require(got->total_milli() == std::int64_t{need.gpus_max} * need.milli, "the whole gang");
    auto const& first = free.of(got->begin()->node);
    for (auto const& part : *got) {
        auto const& node = free.of(part.node);
        require(node.model == first.model && need.accepts(node.model), "one model that it accepts");
        require(part.milli == need.milli, "a share of each GPU");
        require(std::count_if(got->begin(), got->end(),
                              [&](auto const& other) { return other.node == part.node; }) == 1,
                "a node once");
        require(need.span != job::span::one_rack || node.rack == first.rack, "one rack");
    }
    require(need.span != job::span::one_node || got->size() == 1, "one node");
    return got;
}

/// Each step asks a policy for a gang, gives a gang back, or opens or closes a node.
template <class Policy>
void walk(Policy const& by, cluster::spec const& cluster, bytes in, outcome& told_to) {
    auto free = cluster::ledger(cluster);
    auto held = std::vector<cluster::placement>{};
    for (auto steps = 0; !in.empty() && steps != 60; ++steps) {
        auto const step = in.next();
        if (step % 4 < 2) {
            auto const need = some_request(in);
            if (need.gpus_max == 0 || need.milli == 0 || need.milli > whole_gpu ||
                need.milli_min > need.milli) {
                require(!placement::feasible(need, free), "no request at all");
                continue;
            }
            auto const got = place(by, need, free);
            auto const told = placement::explain(need, free);
            require(told.model + told.closed + told.gpus + told.cpu + told.memory + told.usable ==
                        free.size(),
                    "each node is turned away once");
            require(!got || told.usable != 0, "what is placed lies somewhere");
            told_to.add(static_cast<bool>(got));
            if (got) {
                for (auto const& part : *got) told_to.add(index(part.node)), told_to.add(part.gpus);
                free.take(*got);
                held.push_back(*got);
            }
        } else if (step % 4 == 2 && !held.empty()) {
            auto const need = some_request(in);
            auto const sound = placement::feasible(need, free);
            auto const before = sound && by.place(need, free);
            std::swap(held[step / 4 % held.size()], held.back());
            free.give(held.back());
            held.pop_back();
            require(!before || by.place(need, free), "freeing refuses nothing that fitted");
        } else {
            auto const n = node_id{step / 4 % free.size()};
            free.set_open(n, !free.open(n));
        }
    }
    require(free.validate(), "the index is a recount of the state");
}

/// Two policies that must answer alike.
template <class First, class Second>
struct both {
    First first;
    Second second;

    [[nodiscard]] placement::outcome place(job::request const& need, cluster::ledger const& free) const {
        auto const got = first.place(need, free);
        auto const again = second.place(need, free);
        require(static_cast<bool>(got) == static_cast<bool>(again) && (!got || *got == *again),
                "both say the same");
        return got;
    }
};

/// The first byte selects the policy, then come the cluster and the steps. Policies that came later have its last values.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    using namespace placement;
    auto in = bytes{data, size};
    auto const choice = in.next();
    auto const cluster = some_cluster(in);
    static auto const typical = target_workload(
        std::vector<job::pod>{{.cpu_milli = 4'000, .mem_mib = 0, .gpus = 1, .milli = 500},
                              {.cpu_milli = 6'000, .mem_mib = 0, .gpus = 1, .milli = whole_gpu},
                              {.cpu_milli = 16'000, .mem_mib = 0, .gpus = 4, .milli = whole_gpu},
                              {.cpu_milli = 2'000, .mem_mib = 0, .gpus = 0, .milli = 0}});
    auto const by_state = [&]<class Scorer>(Scorer score) {
        walk(by_score<of_state<Scorer>>{of_state<Scorer>{score}}, cluster, in, told);
    };
    if (choice == 255) return walk(by_domain<>{cluster}, cluster, in, told);
    if (choice == 254) {
        using exact = fgd_exact;
        return walk(both{by_score<remembered<exact>>{remembered<exact>{exact{typical.view()}}},
                         by_score<of_state<exact>>{of_state<exact>{exact{typical.view()}}}},
                    cluster, in, told);
    }
    if (choice == 253) return by_state(kai_ladder<kai_order::spread>{});
    switch (choice % 13) {
    case 0: walk(consolidated{}, cluster, in, told); break;
    case 1: walk(best_fit{}, cluster, in, told); break;
    case 2: walk(first_fit{}, cluster, in, told); break;
    case 3: walk(worst_fit{}, cluster, in, told); break;
    case 4: walk(spread_out{}, cluster, in, told); break;
    case 5: walk(placement::random{drawn{choice}}, cluster, in, told); break;
    case 6: walk(dot_product{}, cluster, in, told); break;
    case 7: walk(dot_product_packing{}, cluster, in, told); break;
    case 8: by_state(gpu_packing{}); break;
    case 9: by_state(least_aligned{}); break;
    case 10: by_state(least_remaining{}); break;
    case 11: by_state(fgd_exact{typical.view()}); break;
    default: by_state(fgd{typical.view()});
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
