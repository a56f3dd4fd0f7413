// SPDX-License-Identifier: BSL-1.0
// Scorers of a node's state as policies over a ledger: the node is the best one, the GPUs are those of the scorer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/remembered.hpp>
#include <rota/placement/target_workload.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

job::request some_request() {
    auto need = job::gang(*rc::gen::element(1, 1, 1, 2, 4, 8, 12, 16),
                          *rc::gen::element(job::span::anywhere, job::span::one_node));
    if (*rc::gen::inRange(0, 2) == 0)
        need.milli = need.milli_min = *rc::gen::element<std::uint16_t>(160, 460, 500, 810);
    need.cpu_milli = *rc::gen::element(0u, 2'000u, 8'000u);
    need.mem_mib = *rc::gen::element(0u, 4'096u);
    if (*rc::gen::inRange(0, 3) == 0) need.models = *rc::gen::element(1u, 2u);
    return need;
}

template <class Scorer>
void best_of_a_model(cluster::ledger const& free, job::request const& need, Scorer const& score) {
    using placement::of_state;
    static_assert(placement::scorer<of_state<Scorer>>);
    static_assert(placement::policy<placement::by_score<of_state<Scorer>, placement::spread::spill>>);
    auto const policy =
        placement::by_score<of_state<Scorer>, placement::spread::spill>{of_state<Scorer>{score}};
    auto const got = policy.place(need, free);
    auto const pod = placement::pod_of(need, need.gpus_max);
    // the first model with a node that holds all of it, there the best node, the lowest id among equals
    for (auto m = 0; m != free.models(); ++m) {
        auto best = -1;
        auto top = std::int64_t{0};
        for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
            auto const on = placement::state_of(free, node_id{n});
            if (!free.open(node_id{n}) || index(on.model) != m || !placement::fits(on, pod)) continue;
            if (auto const here = score.score(on, pod); best < 0 || here > top) {
                best = static_cast<int>(n);
                top = here;
            }
        }
        if (best < 0) continue;
        if (need.span != job::span::one_node && got && got->size() != 1)
            break; // spread over an earlier model
        RC_ASSERT(static_cast<bool>(got));
        RC_ASSERT(got->size() == 1u);
        RC_ASSERT(static_cast<int>(index(got->front().node)) == best);
        RC_ASSERT(got->front().gpus == score.pick(placement::state_of(free, got->front().node), pod));
        break;
    }
    if (!got) return;
    RC_ASSERT(free.fits(*got) && free.open(*got));
    RC_ASSERT(got->gpus() == int{need.gpus_max});
    RC_ASSERT(got->cpu_milli() == std::int64_t{need.cpu_milli} * need.gpus_max);
    for (auto const& part : *got) { // each part is where the scorer lays it
        auto const own = placement::pod_of(need, part.count());
        RC_ASSERT(part.gpus == score.pick(placement::state_of(free, part.node), own));
    }
}

bool same(placement::outcome const& a, placement::outcome const& b) {
    if (static_cast<bool>(a) != static_cast<bool>(b)) return false;
    return a ? *a == *b : a.why() == b.why();
}

void policies() {
    auto cluster = cluster::spec{};
    cluster.models = {"a", "b"};
    auto const nodes = *rc::gen::inRange(1, 8);
    for (auto n = 0; n != nodes; ++n)
        cluster.nodes.push_back({.gpus = *rc::gen::element<std::uint8_t>(2, 4, 8),
                                 .model = gpu_model{static_cast<std::uint8_t>(*rc::gen::inRange(0, 2))},
                                 .cpu_milli = 64'000,
                                 .mem_mib = 65'536,
                                 .rack = {},
                                 .spine = {}});
    auto free = cluster::ledger(cluster);
    auto const kinds =
        placement::target_workload({placement::pod_of(some_request(), 1),
                                    placement::pod_of(some_request(), 2), job::pod{.cpu_milli = 1'000}});
    auto const target = kinds.view();
    auto const jobs = *rc::gen::inRange(0, 12);
    auto const packing = placement::by_score<placement::of_state<placement::fgd>, placement::spread::spill>{
        placement::of_state<placement::fgd>{placement::fgd{target}}};
    for (auto i = 0; i != jobs; ++i)
        if (auto const where = packing.place(some_request(), free)) free.take(*where);
    if (*rc::gen::inRange(0, 3) == 0) free.set_open(node_id{0}, false);
    auto const known = placement::by_score<placement::remembered<placement::fgd>, placement::spread::spill>{
        placement::remembered<placement::fgd>{placement::fgd{target}}};
    auto const known_compact = placement::by_score<placement::remembered<placement::fgd_exact>>{
        placement::remembered<placement::fgd_exact>{placement::fgd_exact{target}}};
    auto const compact = placement::by_score<placement::of_state<placement::fgd_exact>>{
        placement::of_state<placement::fgd_exact>{placement::fgd_exact{target}}};
    auto const forgetful =
        placement::by_score<placement::remembered<placement::fgd>, placement::spread::spill>{
            placement::remembered<placement::fgd>{placement::fgd{target},
                                                  *rc::gen::inRange<std::size_t>(0, 99)}};
    auto lie = std::vector<cluster::placement>{};
    auto asked = std::vector{some_request(), some_request(), some_request()};
    for (auto i = 0; i != 20; ++i) { // on the ledger, and on what is tried and undone there
        auto const& one = asked[*rc::gen::inRange<std::size_t>(0, asked.size())];
        auto const where = packing.place(one, free);
        RC_ASSERT(same(known.place(one, free), where));
        RC_ASSERT(same(forgetful.place(one, free), where));
        RC_ASSERT(same(known_compact.place(one, free), compact.place(one, free)));
        switch (*rc::gen::inRange(0, 4)) {
        case 0:
            if (lie.empty()) break;
            free.give(lie.back());
            lie.pop_back();
            break;
        case 1: {
            free.begin();
            auto const before = free.checkpoint();
            if (where) free.take(*where);
            RC_ASSERT(same(known.place(one, free), packing.place(one, free)));
            free.rollback(before);
            free.end();
            break;
        }
        default:
            if (!where) break;
            free.take(*where);
            lie.push_back(*where);
        }
    }
    auto const need = some_request();
    best_of_a_model(free, need, placement::fgd{target});
    best_of_a_model(free, need, placement::fgd_exact{target});
    best_of_a_model(free, need, placement::gpu_packing{});
    best_of_a_model(free, need, placement::least_remaining{});
    best_of_a_model(free, need, placement::least_aligned{});
}

} // namespace

int main() {
    check(rc::check("the node is the best of its model, the GPUs are the scorer's", policies), "policies");
    // a share of 300 on 500 + 600 + 1000 free: the tightest is the first, but pods of 500 are all there are,
    // and only the third keeps room for as many of them
    auto const kinds =
        placement::target_workload({{.cpu_milli = 1, .gpus = 1, .milli = 500}}, {.percent = 100});
    auto const cluster = cluster::uniform(1, 1, 3, 9'000);
    auto free = cluster::ledger(cluster);
    free.take(cluster::slice{.node = {}, .gpus = 1, .milli = 500});
    free.take(cluster::slice{.node = {}, .gpus = 2, .milli = 400});
    auto need = job::gang(1);
    need.milli = need.milli_min = 300;
    using placement::of_state;
    auto const fgd = placement::by_score<of_state<placement::fgd>>{of_state{placement::fgd{kinds.view()}}};
    auto const packing = placement::by_score<of_state<placement::gpu_packing>>{};
    check(fgd.place(need, free)->front().gpus == 4, "FGD keeps the GPUs that pods of 500 can use");
    check(packing.place(need, free)->front().gpus == 1, "packing takes the tightest");
    return told.end();
}
