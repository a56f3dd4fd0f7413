// SPDX-License-Identifier: BSL-1.0
// Dominant shares over a tenant tree, lent quota and its return: exact counts, exact victims, every world.
#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/placement/first_fit.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/verdict.hpp>

#include "../tally.hpp"
#include "against.hpp"
#include "naive_quota.hpp"
#include "worlds.hpp"

using namespace rota;
using drf = system::quota_drf<placement::first_fit>;

namespace {

/// The books after one pass over jobs that all wait, without a world.
struct desk {
    cluster::spec cluster;
    books state;
    drf decides;
    instant settles;
    std::vector<job::spec> specs;
    std::vector<order> sent;

    desk(cluster::spec on, std::vector<job::tenant> const& tenants)
        : cluster{std::move(on)}, state{cluster, tenant_tree{tenants}} {
        specs.reserve(1000); // the books point into it
    }
    desk(desk const&) = delete;
    job_id submit(job::spec spec) {
        specs.push_back(spec);
        return state.submit(specs.back());
    }
    bool settle() {
        return settles.settle(state, decides, [this](order const& what) {
            sent.push_back(what);
            state.order_done(what.op, what.kind, what.job, state.now());
        });
    }
    bool runs(job_id j) const { return state.at(j).intent != 0; }
};

job::spec task(int tenant, int gpus, std::uint32_t cpu_milli_a_gpu = 0) {
    auto asked = job::gang(gpus);
    asked.cpu_milli = cpu_milli_a_gpu;
    return {.need = asked, .tenant = static_cast<tenant_id>(tenant)};
}

// --- an independent account of progressive filling, in exact fractions over a common denominator
struct reference {
    std::vector<job::tenant> tenants;
    std::int64_t gpu_milli, cpus; // of the cluster
    std::vector<std::int64_t> used_gpus, used_cpus;

    __extension__ using wide = __int128;
    /// a/b < c/d with b, d possibly 0 (infinity).
    std::pair<wide, wide> share(int t) const {
        auto const i = static_cast<std::size_t>(t);
        auto const by_gpu = wide{used_gpus[i]} * std::max<std::int64_t>(cpus, 1);
        auto const by_cpu = wide{used_cpus[i]} * gpu_milli;
        return {std::max(by_gpu, by_cpu), tenants[i].weight};
    }
    static int compare(std::pair<wide, wide> x, std::pair<wide, wide> y) {
        if (x.second == 0 || y.second == 0) return (x.second == 0) - (y.second == 0);
        auto const l = x.first * y.second;
        auto const r = y.first * x.second;
        return l < r ? -1 : l > r;
    }
    int parent(int t) const { return static_cast<int>(index(tenants[static_cast<std::size_t>(t)].parent)); }
    bool inside(int t, int top) const {
        while (t != top && t != 0) t = parent(t);
        return t == top;
    }
    /// Walks from the root to the tenant that is served next, among those with tasks.
    int next(std::set<int> const& with_tasks) const {
        auto at = 0;
        while (!with_tasks.contains(at)) {
            auto best = -1;
            for (auto c = 1; c != static_cast<int>(tenants.size()); ++c) {
                if (c == at || parent(c) != at) continue;
                auto const asks =
                    std::any_of(with_tasks.begin(), with_tasks.end(), [&](int t) { return inside(t, c); });
                if (asks && (best < 0 || compare(share(c), share(best)) < 0)) best = c;
            }
            at = best;
        }
        return at;
    }
    void charge(int t, std::int64_t g, std::int64_t c) {
        for (;; t = parent(t)) {
            used_gpus[static_cast<std::size_t>(t)] += g;
            used_cpus[static_cast<std::size_t>(t)] += c;
            if (t == 0) return;
        }
    }
};

std::vector<job::tenant> tree(rota::random& dice, int tenants, bool quotas) {
    auto made = std::vector<job::tenant>{{}};
    for (auto t = 1; t < tenants; ++t)
        made.push_back({static_cast<tenant_id>(worlds::draw(dice, 0, t - 1)),
                        worlds::draw(dice, 0, 4),
                        quotas ? 1000 * worlds::draw(dice, 0, 6) : 0,
                        {}});
    return made;
}

/// Progressive filling on one large node: the same jobs run as in the reference, in the same order.
void filling(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto const gpus = worlds::draw(dice, 1, 16);
    auto const cpus = dice.chance(0.5) ? worlds::draw(dice, 1, 60) : 0;
    auto on = cluster::uniform(1, 1, static_cast<std::uint8_t>(gpus), static_cast<std::uint32_t>(cpus));
    auto const tenants = tree(dice, worlds::draw(dice, 1, 7), false);
    auto d = desk(on, tenants);
    auto lines = std::map<int, std::vector<job_id>>{};
    for (auto i = worlds::draw(dice, 1, 25); i-- != 0;) {
        auto const t = worlds::draw(dice, 0, static_cast<int>(tenants.size()) - 1);
        auto const g = worlds::draw(dice, 1, 4);
        auto const c = cpus == 0 ? 0 : worlds::draw(dice, 0, 9);
        auto const j = d.submit(task(t, g, static_cast<std::uint32_t>(c)));
        if (!d.state.at(j).over) lines[t].push_back(j);
    }
    told.check(d.settle(), "settles");
    auto r = reference{tenants, 1000 * gpus, cpus, std::vector<std::int64_t>(tenants.size()),
                       std::vector<std::int64_t>(tenants.size())};
    auto left_gpus = gpus;
    auto left_cpus = cpus;
    auto expected = std::vector<job_id>{};
    auto with_tasks = std::set<int>{};
    for (auto const& [t, line] : lines) with_tasks.insert(t);
    while (!with_tasks.empty()) {
        auto const t = r.next(with_tasks);
        auto& line = lines[t];
        auto const j = line.front();
        line.erase(line.begin());
        if (line.empty()) with_tasks.erase(t);
        auto const g = int{d.specs[index(j)].need.gpus_max};
        auto const c = static_cast<int>(d.specs[index(j)].need.cpu_milli) * g;
        if (g > left_gpus || c > left_cpus) continue;
        left_gpus -= g;
        left_cpus -= c;
        r.charge(t, 1000 * g, c);
        expected.push_back(j);
    }
    auto started = std::vector<job_id>{};
    for (auto const& what : d.sent) started.push_back(what.job);
    told.check(started == expected, "progressive filling, seed " + std::to_string(seed));
}

/// Tenants of equal weight with tasks of one kind each and more of them than fit, on one node: what divisible shares
/// promise exactly holds within one task of each.
void axioms(tally& told, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto const gpus = std::int64_t{worlds::draw(dice, 4, 16)};
    auto const cpus = std::int64_t{dice.chance(0.7) ? worlds::draw(dice, 8, 60) : 0};
    auto const tenants = worlds::draw(dice, 2, 5);
    struct kind {
        std::int64_t gpus, cpus, share, runs = 0;
    };
    auto d = desk(cluster::uniform(1, 1, static_cast<std::uint8_t>(gpus), static_cast<std::uint32_t>(cpus)),
                  std::vector<job::tenant>(static_cast<std::size_t>(tenants) + 1)); // the root has no tasks
    auto kinds = std::vector<kind>{};
    auto const whole = gpus * std::max<std::int64_t>(cpus, 1); // a dominant share of everything
    for (auto t = 0; t != tenants; ++t) {
        auto const g = std::int64_t{worlds::draw(dice, 1, 3)};
        auto const c = g * (cpus == 0 ? 0 : worlds::draw(dice, 0, 6));
        kinds.push_back({g, c, std::max(g * std::max<std::int64_t>(cpus, 1), c * gpus)});
    }
    auto jobs = std::vector<std::pair<job_id, int>>{};
    for (auto i = 0; i != 17; ++i)
        for (auto t = 0; t != tenants; ++t) {
            auto const& of = kinds[static_cast<std::size_t>(t)];
            jobs.emplace_back(d.submit(task(t + 1, static_cast<int>(of.gpus),
                                            static_cast<std::uint32_t>(of.cpus / of.gpus))),
                              t);
        }
    told.check(d.settle(), "settles");
    auto left_gpus = gpus;
    auto left_cpus = cpus;
    auto slack = std::int64_t{0}; // a task of each
    for (auto const& [j, t] : jobs)
        if (d.runs(j)) {
            auto& of = kinds[static_cast<std::size_t>(t)];
            ++of.runs;
            left_gpus -= of.gpus;
            left_cpus -= of.cpus;
        }
    for (auto const& of : kinds) slack += of.share;
    for (auto const& of : kinds) {
        auto const at = ", seed " + std::to_string(seed);
        told.check(of.gpus > left_gpus || of.cpus > left_cpus, "Pareto: no task more fits" + at);
        // its own n-th of the cluster would have given it no more, but for a task of each
        told.check(of.cpus > cpus || tenants * of.runs * of.share + slack > whole, "sharing incentive" + at);
        for (auto const& other : kinds) {
            told.check(cpus != 0 || other.runs * other.gpus <= of.runs * of.gpus + of.gpus + other.gpus,
                       "one resource: max-min" + at);
            auto const spare = std::max<std::int64_t>(other.runs - 1, 0); // the other's tasks but one
            told.check(spare * other.gpus < (of.runs + 1) * of.gpus ||
                           (of.cpus != 0 && spare * other.cpus < (of.runs + 1) * of.cpus),
                       "envy-free: nobody ran more with another's devices, less a task of the other's" + at);
        }
    }
}

/// Whoever fits starts, the first submitted first.
struct as_they_come {
    void on(event const&, view const&) {}
    void decide(view const& v, actions& a) {
        for (auto j = std::uint32_t{0}; j != v.submitted(); ++j)
            if (auto const id = job_id{j}; !v.state(id).over && v.waiting(id))
                if (auto const where = placement::first_fit{}.place(v.need(id), v.free()))
                    (void)a.start(id, *where);
    }
};

/// The same as laws of a log, for tenants that own nothing, whatever their jobs are and on several nodes; whoever serves
/// jobs as they come breaks both.
void axioms_of_a_log(tally& told, int trials) {
    using verify::law;
    auto asked = verify::report{};
    auto by_submission = verify::report{};
    for (auto i = std::uint64_t{0}; i != static_cast<std::uint64_t>(trials); ++i) {
        auto what = verify::draw(i, verify::world_of(i, 0xff));
        if (what.jobs.tenants.size() == 1) continue;
        auto dice = rota::random(i);
        auto const weight = [&] { return i % 2 == 0 ? 1 : worlds::draw(dice, 0, 3); };
        auto const third = static_cast<tenant_id>(i % 3 == 0); // its parent
        what.jobs.tenants = {{}, {{}, weight(), 0, {}}, {{}, weight(), 0, {}}, {third, weight(), 0, {}}};
        auto const axioms = claim::envy_free | claim::sharing_incentive;
        auto const found = verify::run_and_check(what, [](auto const&) { return drf{}; }, axioms).laws;
        told.check(!found.broken(), "trial " + std::to_string(i) + "\n" + verify::text(found));
        asked.add(found);
        by_submission.add(
            verify::run_and_check(what, [](auto const&) { return as_they_come{}; }, axioms).laws);
    }
    for (auto const one : {law::envy_free, law::sharing_incentive}) {
        auto const code = std::string{verify::text_of(one).code};
        told.check(trials < 1'000 || asked.of(one).checked > static_cast<std::uint64_t>(trials) / 200,
                   code + " asked " + std::to_string(asked.of(one).checked) + " times");
        told.check(trials < 5'000 || by_submission.of(one).stands() == verify::standing::broken,
                   code + " broken by submission");
    }
}

/// Full of borrowers, one owner comes back: he gets his place, and by a minimal set of justified victims.
void reclaim(tally& told, std::uint64_t seed, int& reclaims, int& with_choice) {
    auto dice = rota::random(seed);
    auto on = cluster::uniform(1, static_cast<std::uint32_t>(worlds::draw(dice, 1, 3)), 4);
    auto const tenants = tree(dice, worlds::draw(dice, 2, 6), true);
    auto const count = static_cast<int>(tenants.size());
    auto d = desk(on, tenants);
    for (auto i = 14; i-- != 0;) {
        auto const t = worlds::draw(dice, 0, count - 1);
        auto spec = task(t, worlds::draw(dice, 1, 3));
        spec.priority = worlds::draw(dice, 0, 1);
        (void)d.submit(spec);
    }
    told.check(d.settle(), "settles");
    auto quota = std::vector<std::int64_t>(tenants.size());
    for (auto t = count; t-- != 0;)
        for (auto up = t;; up = static_cast<int>(index(tenants[static_cast<std::size_t>(up)].parent))) {
            quota[static_cast<std::size_t>(up)] += tenants[static_cast<std::size_t>(t)].nominal_milli;
            if (up == 0) break;
        }
    auto const holds = [&](std::set<job_id> const& jobs, int top) { // GPU-milli inside a subtree
        auto sum = std::int64_t{0};
        for (auto j : jobs) {
            auto t = static_cast<int>(index(d.specs[index(j)].tenant));
            while (t != top && t != 0)
                t = static_cast<int>(index(tenants[static_cast<std::size_t>(t)].parent));
            if (t == top) sum += d.state.jobs().intent(j).total_milli();
        }
        return sum;
    };
    auto const own = [&](std::set<job_id> const& jobs, int t) {
        auto sum = std::int64_t{0};
        for (auto j : jobs)
            if (index(d.specs[index(j)].tenant) == t) sum += d.state.jobs().intent(j).total_milli();
        return sum;
    };
    auto before = std::set<job_id>{};
    auto where = std::map<job_id, cluster::placement>{};
    for (auto j : d.state.jobs().active())
        if (d.runs(j)) {
            before.insert(j);
            where[j] = d.state.jobs().intent(j);
        }
    auto usage = std::vector<std::int64_t>{}; // before
    auto own_before = std::vector<std::int64_t>{};
    for (auto t = 0; t != count; ++t) {
        usage.push_back(holds(before, t));
        own_before.push_back(own(before, t));
    }
    // everybody else has asked already; only this one is news
    auto const claimant = worlds::draw(dice, 0, count - 1);
    auto const j = d.submit(task(claimant, worlds::draw(dice, 1, 4)));
    if (d.state.at(j).over) return;
    told.check(d.settle(), "settles after the claim");
    auto after = std::set<job_id>{};
    for (auto k : d.state.jobs().active())
        if (d.runs(k)) after.insert(k);
    auto victims = std::vector<job_id>{};
    for (auto k : before)
        if (!after.contains(k)) victims.push_back(k);
    auto const milli = 1000 * std::int64_t{d.specs[index(j)].need.gpus_max};
    auto const nominal = tenants[static_cast<std::size_t>(claimant)].nominal_milli;
    for (auto t = 0; t != count; ++t) {
        auto const i = static_cast<std::size_t>(t);
        auto const lost = own(before, t) > own(after, t);
        told.check(!lost || own(after, t) >= tenants[i].nominal_milli, "a lender keeps its nominal");
        auto const inside = [&](int x) {
            while (x != t && x != 0) x = static_cast<int>(index(tenants[static_cast<std::size_t>(x)].parent));
            return x == t;
        };
        told.check(holds(after, t) >= usage[i] || inside(claimant) || holds(after, t) >= quota[i],
                   "a subtree keeps its quota, seed " + std::to_string(seed));
    }
    if (victims.empty()) return;
    ++reclaims;
    told.check(after.contains(j), "victims are stopped for a start, seed " + std::to_string(seed));
    told.check(own_before[static_cast<std::size_t>(claimant)] + milli <= nominal,
               "only what is one's own comes back");
    // minimal: with any of them put back on its devices, the gang no longer fits the nodes that it was given. Others it
    // may fit: first fit fills the lower nodes, of whichever victim they were
    auto rest = cluster::ledger(on);
    for (auto k : after)
        if (k != j && before.contains(k)) rest.take(where[k]);
    auto const fits_without = [&](std::vector<job_id> const& stay) {
        auto trial = rest;
        for (auto k : stay) trial.take(where[k]);
        auto const& nodes = d.state.jobs().intent(j);
        return std::all_of(nodes.begin(), nodes.end(), [&](cluster::slice const& part) {
            return placement::room(d.specs[index(j)].need, trial, part.node) >= part.count();
        });
    };
    told.check(fits_without({}), "the victims suffice");
    auto const all = std::size_t{1} << victims.size();
    with_choice += victims.size() > 1;
    for (auto mask = std::size_t{1}; mask != all;
         ++mask) { // every set that would have been enough without `stay`
        auto stay = std::vector<job_id>{};
        for (auto i = std::size_t{0}; i != victims.size(); ++i)
            if ((mask >> i & 1) != 0) stay.push_back(victims[i]);
        told.check(!fits_without(stay),
                   "no proper subset of the victims suffices, seed " + std::to_string(seed));
    }
}

void by_hand(tally& told) {
    // <9 GPUs, 18 cores>: A asks for <1, 4>, B for <3, 1>; A gets 3 tasks, B 2: two thirds each (B's core in thirds)
    {
        auto d = desk(cluster::uniform(1, 1, 9, 54'000), {{}, {{}, 1, 0, "A"}, {{}, 1, 0, "B"}});
        auto a = std::vector<job_id>{};
        auto b = std::vector<job_id>{};
        for (auto i = 0; i != 6; ++i) {
            a.push_back(d.submit(task(1, 1, 12'000)));
            b.push_back(d.submit(task(2, 3, 1'000)));
        }
        told.check(d.settle(), "settles");
        auto const runs = [&](auto const& jobs) {
            return std::count_if(jobs.begin(), jobs.end(), [&](job_id j) { return d.runs(j); });
        };
        told.check(runs(a) == 3 && runs(b) == 2, "9 and 18: three and two tasks");
        auto const& tenants = d.state.want().tenants();
        told.check(tenants.of(tenant_id{1}).used_cpu_milli * 3 == 54'000 * 2 &&
                       tenants.of(tenant_id{2}).used_milli * 3 == 9'000 * 2,
                   "9 and 18: two thirds each");
    }
    // weights 1 and 3 on 8 GPUs: 2 and 6
    {
        auto d = desk(cluster::uniform(1, 1, 8), {{}, {{}, 1, 0, "A"}, {{}, 3, 0, "B"}});
        for (auto i = 0; i != 16; ++i) (void)d.submit(task(1 + i % 2, 1));
        told.check(d.settle(), "settles");
        told.check(d.state.want().tenants().of(tenant_id{1}).used_milli == 2000 &&
                       d.state.want().tenants().of(tenant_id{2}).used_milli == 6000,
                   "weights 1 and 3");
    }
    // a subtree counts as one: A with two children, B alone: 4 and 4, not 3, 3 and 2
    {
        auto d = desk(
            cluster::uniform(1, 1, 8),
            {{}, {{}, 1, 0, "A"}, {{}, 1, 0, "B"}, {tenant_id{1}, 1, 0, "A1"}, {tenant_id{1}, 1, 0, "A2"}});
        for (auto i = 0; i != 24; ++i) (void)d.submit(task(2 + i % 3, 1));
        told.check(d.settle(), "settles");
        auto const& t = d.state.want().tenants();
        told.check(t.of(tenant_id{2}).used_milli == 4000 && t.of(tenant_id{3}).used_milli == 2000 &&
                       t.of(tenant_id{4}).used_milli == 2000,
                   "compared below the root first");
    }
    // A borrows all 8; B owns 4: it gets 4 one by one, the youngest give way, and A keeps its own 4
    {
        auto d = desk(cluster::uniform(1, 1, 8), {{}, {{}, 1, 4000, "A"}, {{}, 1, 4000, "B"}});
        auto a = std::vector<job_id>{};
        for (auto i = 0; i != 4; ++i) a.push_back(d.submit(task(1, 2)));
        told.check(d.settle(), "settles");
        told.check(d.state.want().tenants().of(tenant_id{1}).used_milli == 8000, "idle quota is lent");
        auto const b = d.submit(task(2, 3));
        auto const b2 = d.submit(task(2, 1));
        auto const b3 = d.submit(task(2, 1));
        told.check(d.settle(), "settles");
        told.check(d.runs(b) && d.runs(b2) && !d.runs(b3), "B gets back what is its own, no more");
        told.check(d.runs(a[0]) && d.runs(a[1]) && !d.runs(a[2]) && !d.runs(a[3]), "the youngest give way");
    }
    // a gang of all that is B's own
    {
        auto d = desk(cluster::uniform(1, 1, 8), {{}, {{}, 1, 4000, "A"}, {{}, 1, 4000, "B"}});
        for (auto i = 0; i != 8; ++i) (void)d.submit(task(1, 1));
        told.check(d.settle(), "settles");
        auto const b = d.submit(task(2, 4));
        told.check(d.settle(), "settles");
        told.check(d.runs(b), "B gets back all that is its own, to the last GPU");
    }
    // a family within its quota is safe from outside, although a member borrows from its brother
    {
        auto d = desk(cluster::uniform(1, 1, 8), {{},
                                                  {{}, 1, 0, "A"},
                                                  {{}, 1, 8000, "B"},
                                                  {tenant_id{1}, 1, 4000, "A1"},
                                                  {tenant_id{1}, 1, 4000, "A2"}});
        auto const big = d.submit(task(3, 8));
        told.check(d.settle(), "settles");
        auto const b = d.submit(task(2, 4));
        told.check(d.settle(), "settles");
        told.check(d.runs(big) && !d.runs(b), "a family within its quota is safe from outside");
        auto const a2 = d.submit(task(4, 4));
        told.check(d.settle(), "settles");
        told.check(!d.runs(big) == d.runs(a2), "a gang gives way as a whole or not at all");
    }
}

} // namespace

int main() {
    auto told = tally{};
    by_hand(told);
    auto const n = worlds::cases(10'000);
    axioms_of_a_log(told, n);
    auto reclaims = 0;
    auto with_choice = 0;
    for (auto i = 0; i != n; ++i) {
        filling(told, static_cast<std::uint64_t>(i));
        axioms(told, static_cast<std::uint64_t>(i));
        reclaim(told, static_cast<std::uint64_t>(i), reclaims, with_choice);
    }
    told.check(n < 1000 || (reclaims > n / 50 && with_choice > n / 1000),
               "reclaims happened: " + std::to_string(reclaims) +
                   ", several victims: " + std::to_string(with_choice));
    for (auto i = 0; i != (n + 7) / 8; ++i)
        for (auto w = std::size_t{0}; w != worlds::names.size(); ++w) {
            auto dice = rota::random(static_cast<std::uint64_t>(i) * 64 + w);
            auto const scene =
                worlds::make_scene(dice, {.models = 1 + i % 2, .elastic = i % 5 == 0, .tenants = 1 + i % 6});
            auto world =
                simulation::simulator(scene.cluster, scene.jobs, worlds::make_world(dice, w, scene.cluster));
            worlds::run(told, world, std::string(worlds::names[w]) + " " + std::to_string(i),
                        [] { return drf{}; });
        }
    for (auto tenants : {1, 3, 7})
        worlds::same(
            told, ("quota_drf, tenants " + std::to_string(tenants)).c_str(), n / 4,
            {.models = 2, .tenants = tenants, .jobs_max = 40}, [] { return system::quota_drf<>{}; },
            [] { return naive::quota_drf<>{}; });
    return told.end();
}
