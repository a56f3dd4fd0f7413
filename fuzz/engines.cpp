// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/bucket_index.hpp>
#include <rota/placement/count_order.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/score_cache.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

using namespace rota;

struct input {
    int scorer = 0;
    int engine = 0;
    std::vector<placement::node_state> nodes;
    std::vector<job::pod> requests;
    std::vector<std::uint8_t> steps;
};

/// A byte each: scorer, engine and sizes, then three a request, two a node, and the rest are steps.
input decode(std::uint8_t const* data, std::size_t size) {
    auto at = std::size_t{0};
    auto const next = [&] { return at < size ? data[at++] : std::uint8_t{0}; };
    auto made = input{};
    auto const first = next();
    made.scorer = first / 40 % 3;
    auto const nodes = first % 40;
    auto const second = next();
    made.engine = second / 6 % 3;
    auto const requests = 1 + second % 6;
    for (auto i = 0; i != requests; ++i) {
        auto need = job::pod{};
        auto const what = next();
        need.gpus = static_cast<std::uint16_t>(what % 8 % 5);
        if (need.gpus != 0) need.milli = static_cast<std::uint16_t>(what < 128 ? whole_gpu : 1 + what * 3);
        need.cpu_milli = next() * 100u;
        need.models = next() | 1u;
        made.requests.push_back(need);
    }
    for (auto i = 0; i != nodes; ++i) {
        auto on = placement::node_state{};
        auto const what = next();
        on.gpus = static_cast<std::uint8_t>(what % 9);
        on.model = static_cast<gpu_model>(what / 9 % 4);
        on.cpu_milli = next() * 400u;
        for (auto g = 0; g != on.gpus; ++g)
            on.milli[g] = what < 200 ? std::uint16_t{whole_gpu} : std::uint16_t{540};
        made.nodes.push_back(on);
    }
    made.steps.assign(data + at, data + size);
    return made;
}

/// One byte a step: place, release, open or close a node.
template <class Scorer, class Engine>
void compare(input const& in, outcome& told) {
    auto nodes = placement::state_table(in.nodes);
    auto one_by_one = nodes; // for the wave: places only
    auto score = Scorer{};
    auto by_definition = placement::scan<Scorer>{nodes};
    auto engine = Engine{nodes};
    auto wave_nodes = nodes;
    auto wave = placement::exact_wave<Scorer>{wave_nodes, score, 1 + in.steps.size() % 5};
    auto in_order = placement::scan<Scorer>{one_by_one};
    for (auto const& need : in.requests) {
        static_cast<void>(by_definition.add(need));
        static_cast<void>(wave.add(need));
        static_cast<void>(in_order.add(need));
        static_cast<void>(engine.add(need));
    }
    struct held {
        std::uint32_t request;
        placement::seat where;
    };
    auto lie = std::vector<held>{};
    auto queue = std::vector<std::uint32_t>{};
    for (auto const step : in.steps) {
        auto const which = std::size_t{step} / 4;
        if (step % 4 < 2) {
            auto const r = static_cast<std::uint32_t>(which % in.requests.size());
            queue.push_back(r);
            auto const want = by_definition.best(r);
            require(engine.best(r) == want, "every engine is scan");
            told.add(want ? std::int64_t{index(*want)} : -1);
            if (!want) continue;
            lie.push_back({r, {*want, score.pick(nodes[*want], in.requests[r])}});
            nodes.take(*want, in.requests[r], lie.back().where.gpus);
            engine.changed(*want);
        } else if (step % 4 == 2 && !lie.empty()) {
            std::swap(lie[which % lie.size()], lie.back());
            auto const [r, where] = lie.back();
            lie.pop_back();
            nodes.give(where.node, in.requests[r], where.gpus);
            engine.changed(where.node);
        } else if (nodes.size() != 0) {
            auto const n = node_id{static_cast<std::uint32_t>(which % nodes.size())};
            nodes.set_open(n, !nodes.open(n));
            engine.changed(n);
        }
    }
    auto const placed = wave.place(queue);
    for (auto i = std::size_t{0}; i != queue.size(); ++i) {
        auto const n = in_order.best(queue[i]);
        require(n.has_value() == placed[i].has_value(), "a wave places what fits");
        if (!n) continue;
        auto const gpus = score.pick(one_by_one[*n], in.requests[queue[i]]);
        require(*placed[i] == placement::seat{*n, gpus}, "a wave places as one by one");
        one_by_one.take(*n, in.requests[queue[i]], gpus);
    }
    require(one_by_one == wave_nodes, "a wave leaves the same nodes");
}

void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    using namespace placement;
    auto const in = decode(data, std::min(size, std::size_t{150}));
    using aligned = least_aligned;
    using fewest = count_order<node_order::fewest_free>;
    using clustering = gpu_clustering;
    auto const one_of =
        [&]<class Scorer, class... Engines>() { // one engine a case: that is a third of the time
            auto which = in.engine % static_cast<int>(sizeof...(Engines));
            static_cast<void>(((which-- == 0 && (compare<Scorer, Engines>(in, told), true)) || ...));
        };
    switch (in.scorer) {
    case 0:
        one_of
            .template operator()<aligned, simd_scan<aligned>, block_minimum<aligned>, state_memo<aligned>>();
        break;
    case 1:
        one_of.template operator()<fewest, bucket_index<fewest>, block_minimum<fewest>, simd_scan<fewest>>();
        break;
    default:
        one_of.template
        operator()<clustering, block_minimum<clustering>, state_memo<clustering>, score_cache<clustering>>();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
