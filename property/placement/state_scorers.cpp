// SPDX-License-Identifier: BSL-1.0
// The scorers of FGD's study and the measure of fragmentation: by hand, by trying, and by definition.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/fragmentation_drop.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/uniform_draw.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using placement::node_state;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

job::pod pod(int gpus, int milli, std::uint32_t cpu_milli = 0, std::uint32_t models = job::any_model) {
    return {.cpu_milli = cpu_milli,
            .mem_mib = 0,
            .gpus = static_cast<std::uint16_t>(gpus),
            .milli = static_cast<std::uint16_t>(milli),
            .models = models};
}

node_state node(std::vector<int> const& milli, std::uint32_t cpu_milli = 0, int model = 0) {
    auto made = node_state{};
    made.cpu_milli = cpu_milli;
    made.gpus = static_cast<std::uint8_t>(milli.size());
    made.model = static_cast<gpu_model>(model);
    for (auto g = std::size_t{0}; g != milli.size(); ++g)
        made.milli[g] = static_cast<std::uint16_t>(milli[g]);
    return made;
}

job::pod some_pod() {
    auto const gpus = *rc::gen::element(0, 1, 1, 1, 2, 3, 4, 8);
    auto const even = gpus > 1 && *rc::gen::inRange(0, 4) != 0;
    auto const milli = gpus == 0 ? 0 : even ? int{whole_gpu} : *rc::gen::element(1, 250, 460, 500, 810, 1000);
    auto made = pod(gpus, milli, *rc::gen::element(0u, 999u, 1000u, 1001u, 4000u, 16000u));
    made.mem_mib = *rc::gen::element(0u, 1024u, 4096u);
    if (gpus != 0 && *rc::gen::inRange(0, 3) == 0) made.models = *rc::gen::element(1u, 2u, 3u);
    return made;
}

node_state some_node() {
    auto const gpus = *rc::gen::element(1, 2, 4, 8, 16);
    auto milli = std::vector<int>{};
    for (auto g = 0; g != gpus; ++g)
        milli.push_back(*rc::gen::element(0, 1000, 1000, 1000, 190, 500, 540, *rc::gen::inRange(0, 1001)));
    auto made =
        node(milli, *rc::gen::element(0u, 2000u, 3000u, 5000u, 16000u, 40000u), *rc::gen::inRange(0, 2));
    made.mem_mib = *rc::gen::element(0u, 2048u, 65536u);
    for (auto& count : made.held) count = *rc::gen::element<std::uint16_t>(0, 0, 1, 3);
    return made;
}

std::vector<job::pod> some_pods() {
    auto made = std::vector<job::pod>{};
    auto const kinds = *rc::gen::inRange(1, 8);
    for (auto i = 0; i != kinds; ++i)
        made.insert(made.end(), static_cast<std::size_t>(*rc::gen::inRange(1, 5)), some_pod());
    return made;
}

/// F_n(m) by trying: which GPUs a cluster's own accounts would give out.
std::int64_t tried_fragment(node_state const& on, job::pod const& kind) {
    auto cluster = cluster::spec{};
    cluster.nodes = {{.gpus = on.gpus,
                      .model = on.model,
                      .cpu_milli = on.cpu_milli,
                      .mem_mib = 0,
                      .rack = {},
                      .spine = {}}};
    auto free = cluster::occupancy(cluster);
    auto sum = std::int64_t{0};
    for (auto g = 0; g != on.gpus; ++g) {
        sum += on.milli[g];
        if (on.milli[g] != whole_gpu)
            free.take(cluster::slice{.node = {},
                                     .gpus = static_cast<std::uint16_t>(1u << g),
                                     .milli = static_cast<std::uint16_t>(whole_gpu - on.milli[g])});
    }
    auto const holds = [&](std::uint32_t mask) {
        return free.fits(cluster::slice{.node = {},
                                        .gpus = static_cast<std::uint16_t>(mask),
                                        .milli = kind.milli,
                                        .cpu_milli = kind.cpu_milli});
    };
    if (kind.gpus == 0 || (kind.models >> index(on.model) & 1u) == 0) return sum;
    auto possible = false;
    for (auto mask = std::uint32_t{1}; mask != 1u << on.gpus && !possible; ++mask)
        possible = cluster::gpus_in(static_cast<std::uint16_t>(mask)) == kind.gpus && holds(mask);
    if (!possible) return sum;
    auto useless = std::int64_t{0};
    for (auto g = 0; g != on.gpus; ++g)
        if (!holds(1u << g)) useless += on.milli[g];
    return useless;
}

/// Every GPU or set of GPUs on which the definition lets a pod lie.
std::vector<std::uint16_t> all_ways(node_state const& on, job::pod const& need) {
    if (!need.shares() || need.gpus != 1) return {placement::tightest(on, need)};
    auto ways = std::vector<std::uint16_t>{};
    for (auto g = 0; g != on.gpus; ++g)
        if (on.milli[g] >= need.milli) ways.push_back(static_cast<std::uint16_t>(1u << g));
    return ways;
}

void by_hand() {
    using namespace placement;
    auto const packing = gpu_packing{};
    check(packing.score(node({1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}), pod(1, 1000)) == 25,
          "packing: an idle node of 8 is 33 - 8");
    check(packing.score(node({1000, 1000}), pod(1, 500)) == 31, "packing: an idle node of 2 is 33 - 2");
    check(packing.score(node(std::vector<int>(16, 1000)), pod(1, 500)) == 17,
          "packing: an idle node of 16 is 33 - 16");
    check(packing.score(node({500, 1000, 1000, 1000}), pod(2, 1000)) == 48,
          "packing: two free GPUs of a node in use are 50 - 2");
    check(packing.score(node({500, 1000, 300, 1000}), pod(1, 300)) == 97,
          "packing: the fullest GPU that fits is 30 % free: 100 - 30 / 10");
    check(packing.pick(node({500, 1000, 300, 1000}), pod(1, 300)) == 4, "packing: and it is the third");
    check(packing.score(node({500, 1000, 300, 1000}), pod(1, 600)) == 49,
          "packing: no shared GPU fits: one free GPU");
    check(packing.score(node({500, 1000}), pod(0, 0)) == 0, "packing: no GPU, no score");

    auto const clustering = gpu_clustering{};
    check(clustering.score(node({1000, 1000}), pod(1, 1000)) == 43, "clustering: empty of 2: 25 x 6/8 + 25");
    auto one = node(std::vector<int>(8, 1000));
    check(clustering.score(one, pod(1, 500)) == 25, "clustering: empty of 8");
    one = with(one, pod(1, 500), 1);
    check(clustering.score(one, pod(1, 300)) == 76, "clustering: only shares: 25 x 500 / 8000 + 75");
    check(clustering.score(one, pod(1, 1000)) == 1, "clustering: only others");
    one = with(one, pod(2, 1000), 6);
    check(clustering.score(one, pod(1, 300)) == 57, "clustering: shares and others: 25 x 2500 / 8000 + 50");
    check(clustering.score(one, pod(2, 1000)) == 57, "clustering: two GPUs and others");
    check(clustering.score(one, pod(4, 1000)) == 7, "clustering: neither");
    check(clustering.score(one, pod(0, 0)) == 0, "clustering: no GPU, no score");
    check(size_of(pod(8, 1000)) == pod_size::more && size_of(pod(3, 1000)) == pod_size::four,
          "clustering: sizes");

    auto const fit = least_remaining{};
    check(fit.score(node({1000, 1000}, 64'000), pod(1, 1000, 8'000)) == 71,
          "least remaining: 100 - 50 x 56/128 - 50 x 1/8 = 71.9");
    check(fit.score(node(std::vector<int>(8, 1000), 128'000), pod(0, 0)) == 0,
          "least remaining: all remains");
    check(fit.score(node({1000}, 1'000), pod(1, 1000, 1'000)) == 100, "least remaining: nothing remains");
    check(fit.pick(node({900, 500, 700}), pod(1, 400)) == 2, "least remaining: the tightest GPU");

    auto const aligned = least_aligned{};
    check(aligned.score(node({1000, 1000, 1000, 1000}, 64'000), pod(1, 1000, 32'000)) == 90,
          "least aligned: 100 - 50 x 64/128 x 32/128 - 50 x 4/8 x 1/8 = 90.6");
    check(aligned.score(node(std::vector<int>(8, 1000), 128'000), pod(8, 1000, 128'000)) == 0,
          "least aligned: all of all");

    // kinds: 3 x one GPU with 4 cores, 1 x 500 milli, 1 x no GPU
    auto const kinds = target_workload(
        {pod(1, 1000, 4000), pod(1, 1000, 4000), pod(1, 1000, 4000), pod(1, 500), pod(0, 0, 1000)},
        {.percent = 100});
    auto const target = kinds.view();
    check(target.weight == 5 && kinds.kinds().size() == 3 && kinds.kinds().front().weight == 3,
          "three kinds of five pods");
    check(target.size == 2, "two of them with GPUs");
    // 1000 + 600 + 200 free, 4 cores: one GPU leaves 800, 500 milli leave 200, no GPU leaves 1800
    check(fragment(node({1000, 600, 200}, 4000), target) == 3 * 800 + 200 + 1800, "fragmentation by hand");
    check(fragment(node({1000, 600, 200}, 3000), target) == 3 * 1800 + 200 + 1800, "without CPU for a GPU");
    // 500 milli on the second GPU: 1000 + 100 + 200 are left: 3 x 300 + 300 + 1300
    auto const exact = fgd_exact{target};
    check(exact.score(node({1000, 600, 200}, 5000), pod(1, 500)) == 4400 - (3 * 300 + 300 + 1300),
          "exact descent by hand");
    check(exact.pick(node({1000, 600, 200}, 5000), pod(1, 500)) == 2, "exact descent: the GPU");
    // 1900 of 5 x 1000: 100 sigmoid(0.38) = 59.4
    check(fgd{target}.score(node({1000, 600, 200}, 5000), pod(1, 500)) == 59, "published descent by hand");
    check(fgd{target}.integer(0) == 50 && fgd{target}.integer(-1) == 49, "no change is 50, any rise is less");
    check(fgd{target}.integer(5000) == 73 && fgd{target}.integer(-5000) == 26, "one GPU more or less");
    check(fgd{target}.integer(80'000) == 99 && fgd{target}.integer(-80'000) == 0, "both ends");

    check(idle(node({1000}, 1000), pod(0, 0, 2000)) == idle_for::cpu_only_lack_cpu &&
              idle(node({1000}, 1000), pod(0, 0, 1000)) == idle_for::cpu_only &&
              idle(node({1000}, 1000, 1), pod(1, 1000, 0, 1)) == idle_for::no_access &&
              idle(node({900}, 1000), pod(1, 1000, 2000)) == idle_for::lack_both &&
              idle(node({900}, 1000), pod(1, 1000)) == idle_for::lack_gpu &&
              idle(node({1000}, 1000), pod(1, 1000, 2000)) == idle_for::lack_cpu &&
              idle(node({1000}, 1000), pod(1, 1000)) == idle_for::satisfied,
          "the seven classes");
}

/// The thresholds against floating point, wherever that is sure of itself.
void logistic() {
    auto const at = [](std::int64_t drop, std::int64_t weight) {
        return 100 / (1 + std::exp(-static_cast<double>(drop) / (1000 * static_cast<double>(weight))));
    };
    for (auto const weight :
         {std::int64_t{1}, std::int64_t{7}, std::int64_t{7766}, std::int64_t{4'000'000'000}}) {
        auto const score = placement::fgd{placement::target_view{nullptr, 0, weight}};
        auto good = true;
        for (auto milli = std::int64_t{-16'000}; milli <= 16'000; ++milli)
            for (auto part = std::int64_t{0}; part != 3; ++part) {
                auto const drop = milli * weight + part * weight / 3;
                auto const value = at(drop, weight);
                if (std::abs(value - std::round(value)) > 1e-9)
                    good = good && score.integer(drop) == static_cast<int>(value);
            }
        check(good, "100 sigmoid of every drop under weight " + std::to_string(weight));
    }
}

void draws() {
    auto const draw = placement::uniform_draw{7};
    auto nodes = std::vector<int>(10);
    auto gpus = std::vector<int>(16);
    auto const on = node({300, 1000, 200, 700});
    constexpr auto n = 60'000;
    for (auto i = std::uint64_t{0}; i != n; ++i) {
        ++nodes[draw.node(i, 10)];
        ++gpus[draw.pick(i, on, pod(1, 300))];
    }
    auto const near = [](int got, double expected) {
        return std::abs(got - expected) < 5 * std::sqrt(expected);
    };
    check(std::all_of(nodes.begin(), nodes.end(), [&](int c) { return near(c, n / 10.0); }),
          "each node as often");
    check(near(gpus[1], n / 3.0) && near(gpus[2], n / 3.0) && near(gpus[8], n / 3.0) && gpus[4] == 0,
          "each GPU with room as often, no other");
    check(draw.pick(1, on, pod(1, 1000)) == 2, "a whole GPU is the lowest free one");
}

/// The typical kinds by counting in a map.
void typical(std::vector<job::pod> const& pods, std::uint32_t percent, bool cpu_only) {
    using key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    auto count = std::map<key, std::int64_t>{};
    auto all = std::int64_t{0};
    for (auto const& one : pods) {
        if (one.gpus == 0 && !cpu_only) continue;
        ++count[{one.cpu_milli == 0 ? 100 : one.cpu_milli, one.milli, one.gpus, one.models}];
        ++all;
    }
    RC_PRE(all != 0);
    auto order = std::vector<std::pair<std::int64_t, key>>{};
    for (auto const& [what, times] : count) order.emplace_back(times, what);
    std::sort(order.rbegin(), order.rend());
    auto const got = placement::target_workload(
        pods, {.percent = percent, .cpu_milli_of_none = 100, .cpu_only = cpu_only});
    auto sum = std::int64_t{0};
    auto i = std::size_t{0};
    while (sum * 100 < all * percent) {
        RC_ASSERT(i < got.kinds().size());
        auto const& kind = got.kinds()[i];
        RC_ASSERT((key{kind.need.cpu_milli, kind.need.milli, kind.need.gpus, kind.need.models}) ==
                  order[i].second);
        RC_ASSERT(kind.weight == order[i].first);
        sum += order[i++].first;
    }
    RC_ASSERT(got.kinds().size() == i);
    RC_ASSERT(got.view().weight == sum);
}

} // namespace

int main() {
    by_hand();
    logistic();
    draws();
    auto const property = [](char const* what, auto test) { check(rc::check(what, test), what); };
    property("F_n(m) is what trying to place finds", [] {
        auto const on = some_node();
        auto const kind = some_pod();
        RC_ASSERT(placement::fragment(on, kind) == tried_fragment(on, kind));
    });
    property("typical kinds are the most frequent ones", [] {
        typical(some_pods(), *rc::gen::element(1u, 50u, 95u, 100u), *rc::gen::element(true, true, false));
    });
    property("fragmentation under many kinds is the sum over each of them", [] {
        auto pods = some_pods();
        auto const asked = pods.size();
        for (auto i = 0; i != 60; ++i) { // the same again with other CPU
            pods.push_back(pods[*rc::gen::inRange<std::size_t>(0, asked)]);
            pods.back().cpu_milli = 1'000 * *rc::gen::inRange(0u, 42u) + *rc::gen::inRange(0u, 2u);
        }
        auto const kinds = placement::target_workload(pods, {.percent = *rc::gen::element(90u, 100u)});
        auto const on = some_node();
        auto sum = std::int64_t{0};
        for (auto const& one : kinds.kinds()) sum += one.weight * placement::fragment(on, one.need);
        RC_ASSERT(placement::fragment(on, kinds.view()) == sum);
    });
    property("fragmentation lies between what no GPU pod uses and all that is idle", [] {
        auto const kinds = placement::target_workload(some_pods());
        auto const on = some_node();
        auto const idle = placement::free_milli(on);
        auto without = std::int64_t{0};
        for (auto const& one : kinds.kinds())
            if (one.need.gpus == 0) without += one.weight;
        auto const got = placement::fragment(on, kinds.view());
        RC_ASSERT(got <= idle * kinds.view().weight);
        RC_ASSERT(got >= idle * without);
    });
    property("drops are the difference of two full counts, and leave out only GPUs that are alike", [] {
        auto pods = some_pods();
        for (auto i = pods.size(); i-- != 0;) { // and the same with other CPU
            pods.push_back(pods[i]);
            pods.back().cpu_milli += *rc::gen::element(1u, 500u, 12'000u);
        }
        auto const kinds = placement::target_workload(pods);
        auto const target = kinds.view();
        auto const on = some_node();
        auto const need = some_pod();
        RC_PRE(placement::fits(on, need));
        auto const counted = [&](std::uint16_t gpus) {
            return placement::fragment(on, target) -
                   placement::fragment(placement::with(on, need, gpus), target);
        };
        auto const got = placement::drops(on, need, target);
        for (auto i = 0; i != got.size; ++i) RC_ASSERT(got.ways[i].drop == counted(got.ways[i].gpus));
        // exact: the first of the best of all ways; published: of the best integer
        auto const published = placement::fgd{target};
        auto const exact = placement::fgd_exact{target};
        auto best = std::pair<std::int64_t, std::uint16_t>{0, 0};
        auto best_integer = std::pair<int, std::uint16_t>{-1, 0};
        auto first = true;
        for (auto const gpus : all_ways(on, need)) {
            if (first || counted(gpus) > best.first) best = {counted(gpus), gpus};
            if (auto const score = published.integer(counted(gpus)); score > best_integer.first)
                best_integer = {score, gpus};
            first = false;
        }
        RC_ASSERT(exact.score(on, need) == best.first);
        RC_ASSERT(exact.pick(on, need) == best.second);
        RC_ASSERT(published.score(on, need) == best_integer.first);
        RC_ASSERT(published.pick(on, need) == best_integer.second);
    });
    property("the order of the GPUs changes no score", [] {
        auto const kinds = placement::target_workload(some_pods());
        auto const on = some_node();
        auto const need = some_pod();
        RC_PRE(placement::fits(on, need));
        auto turned = on;
        std::reverse(turned.milli, turned.milli + turned.gpus);
        auto const same = [&](auto const& score) {
            return score.score(on, need) == score.score(turned, need);
        };
        RC_ASSERT(placement::fragment(on, kinds.view()) == placement::fragment(turned, kinds.view()));
        RC_ASSERT(same(placement::fgd{kinds.view()}) && same(placement::fgd_exact{kinds.view()}));
        RC_ASSERT(same(placement::gpu_packing{}) && same(placement::gpu_clustering{}));
        RC_ASSERT(same(placement::least_remaining{}) && same(placement::least_aligned{}));
    });
    property("the baselines are their formulas in floating point, wherever that is sure of itself", [] {
        auto const on = some_node();
        auto const need = some_pod();
        RC_PRE(placement::fits(on, need));
        auto const idle = static_cast<double>(placement::free_milli(on));
        auto const asked = static_cast<double>(need.total_milli());
        auto const cpu = static_cast<double>(on.cpu_milli);
        auto const near = [](std::int64_t got, double exact) {
            return std::abs(exact - std::round(exact)) < 1e-9 || got == static_cast<std::int64_t>(exact);
        };
        RC_ASSERT(near(placement::least_remaining{}.score(on, need),
                       100 * (1 - 0.5 * (cpu - need.cpu_milli) / 128'000 - 0.5 * (idle - asked) / 8'000)));
        RC_ASSERT(near(
            placement::least_aligned{}.score(on, need),
            100 * (1 - 0.5 * (cpu / 128'000 * need.cpu_milli / 128'000 + idle / 8'000 * asked / 8'000))));
        auto free = std::vector<int>(on.milli, on.milli + on.gpus);
        std::sort(free.begin(), free.end());
        auto taken = std::vector<int>{};
        for (auto const milli : free)
            if (milli >= need.milli && taken.size() != need.gpus) taken.push_back(milli);
        auto const whole = std::count(taken.begin(), taken.end(), int{whole_gpu});
        auto sum = std::int64_t{0};
        for (auto const milli : taken) sum += milli * 100 / 1000;
        auto const packed = need.gpus == 0              ? std::int64_t{0}
                            : free.front() == whole_gpu ? std::max<std::int64_t>(33 - on.gpus, on.gpus)
                            : whole != 0                ? std::max<std::int64_t>(50 - whole, 33)
                                                        : std::max<std::int64_t>(100 - sum / 10, 50);
        RC_ASSERT(placement::gpu_packing{}.score(on, need) == packed);
    });
    property("what is placed is taken from the node and nothing else", [] {
        auto const on = some_node();
        auto const need = some_pod();
        RC_PRE(placement::fits(on, need));
        auto const gpus = placement::tightest(on, need);
        auto const after = placement::with(on, need, gpus);
        RC_ASSERT(cluster::gpus_in(gpus) == need.gpus);
        RC_ASSERT(placement::free_milli(on) - placement::free_milli(after) == need.total_milli());
        RC_ASSERT(on.cpu_milli - after.cpu_milli == need.cpu_milli &&
                  on.mem_mib - after.mem_mib == need.mem_mib);
        for (auto g = 0; g != on.gpus; ++g)
            RC_ASSERT(on.milli[g] - after.milli[g] == ((gpus >> g & 1) != 0 ? need.milli : 0));
        for (auto s = 0; s != placement::pod_sizes; ++s)
            RC_ASSERT(after.held[s] - on.held[s] ==
                      (need.gpus != 0 && s == static_cast<int>(placement::size_of(need)) ? 1 : 0));
        RC_ASSERT(on.pods - after.pods == 1);
    });
    return told.end();
}
