// SPDX-License-Identifier: BSL-1.0
// Victims are justified and minimal: every one ranks strictly below the job that starts in its place, and no proper
// subset of them would have made room. A start that fails leaves no trace.
#include <algorithm>
#include <cstdint>
#include <vector>

#include <rota/contract/books.hpp>
#include <rota/contract/settle.hpp>
#include <rota/core/random.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/explain.hpp>
#include <rota/preemption/minimal_victims.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

auto result = tally{};
void check(bool holds, char const* what, std::uint64_t at) {
    if (holds) result.check(true, what);
    else result.check(false, what + (", case " + std::to_string(at)));
}

/// Fills the cluster, then asks for one more gang under every subset of victims.
template <class Placement>
void one_case(std::uint64_t seed, Placement const& place) {
    auto r = rota::random(seed);
    auto const cluster = cluster::uniform(1 + static_cast<std::uint32_t>(r.below(2)),
                                          1 + static_cast<std::uint32_t>(r.below(2)),
                                          static_cast<std::uint8_t>(1 + r.below(4)));
    auto state = intents(cluster, tenant_tree{});
    auto specs = std::vector<job::spec>(9);
    for (auto& spec : specs) {
        auto const gpus = 1 + r.below(static_cast<std::uint64_t>(cluster.gpus()));
        spec.need =
            job::gang(static_cast<int>(gpus), r.below(2) == 0 ? job::span::anywhere : job::span::compact);
    }
    for (auto const& spec : specs) (void)state.jobs().add(spec);
    auto const v = view(state);
    auto a = actions(state);
    state.begin_pass();
    auto running = std::vector<job_id>{};
    for (auto j = std::uint32_t{0}; j != 8; ++j)
        if (auto const where = place.place(specs[j].need, v.free());
            where && a.start(job_id{j}, *where) == answer::accepted)
            running.push_back(job_id{j});
    auto candidates = std::vector<job_id>{};
    for (auto j : running)
        if (r.below(3) != 0) candidates.push_back(j);
    for (auto i = candidates.size(); i > 1; --i) std::swap(candidates[i - 1], candidates[r.below(i)]);

    auto const before = state.free();
    auto const mark = a.checkpoint();
    auto const asking = job_id{8};
    auto const started = preemption::start_by_evicting(v, a, place, asking, candidates);
    if (!started) {
        check(state.free() == before && !v.placed(asking), "a start that fails leaves no trace", seed);
        for (auto j : candidates) a.preempt(j);
        check(!place.place(specs[8].need, v.free()),
              "it fails only where all candidates together do not suffice", seed);
        a.rollback(mark);
        return;
    }
    auto victims = std::vector<job_id>{};
    for (auto j : running)
        if (!v.placed(j)) victims.push_back(j);
    auto const only_candidates = std::all_of(victims.begin(), victims.end(), [&](job_id j) {
        return std::find(candidates.begin(), candidates.end(), j) != candidates.end();
    });
    check(only_candidates, "only candidates are stopped", seed);
    check(state.free().validate(), "the index agrees with a recount", seed);
    auto const gang = v.intent(asking);
    a.rollback(mark);
    check(state.free() == before, "a rollback restores every bit", seed);
    // any proper subset leaves the gang without its nodes
    auto minimal = true;
    for (auto subset = 0u; subset + 1 < 1u << victims.size(); ++subset) {
        auto const here = a.checkpoint();
        for (auto i = std::size_t{0}; i != victims.size(); ++i)
            if ((subset >> i & 1u) != 0) a.preempt(victims[i]);
        auto fits = true;
        for (auto const& part : gang)
            fits = fits && placement::room(specs[8].need, v.free(), part.node) >= part.count();
        minimal = minimal && !fits;
        a.rollback(here);
    }
    check(minimal, "no proper subset of the victims makes room", seed);
    // the refusal before the first victim left counts every node once
    if (!victims.empty()) {
        auto const why = placement::explain(specs[8].need, v.free());
        check(why.model + why.closed + why.gpus + why.cpu + why.memory + why.usable == v.free().size(),
              "a refusal counts every node once", seed);
    }
}

} // namespace

int main() {
    auto const cases = cases_wanted(10'000);
    for (auto seed = std::uint64_t{1}; seed <= cases; ++seed) {
        one_case(seed, placement::consolidated{});
        one_case(seed, placement::best_fit{});
    }
    return result.end();
}
