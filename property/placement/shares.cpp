// SPDX-License-Identifier: BSL-1.0
// Shares of GPUs under first, best and worst fit: which node and which GPUs, by definition, and what never stays unused.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/worst_fit.hpp>

#include "../cases.hpp"
#include "../draw.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};
auto choices = 0; ///< several nodes of the model would have done
auto ties = 0;    ///< and one of them was as good as another
auto refused = 0;

/// What is left of every GPU, counted beside the ledger.
struct account {
    cluster::spec const& cluster;
    std::vector<std::vector<int>> left; ///< thousandths [nodes][gpus]
    std::vector<std::int64_t> cpu;      ///< [nodes]

    explicit account(cluster::spec const& of) : cluster{of} {
        for (auto const& node : of.nodes) {
            left.emplace_back(node.gpus, 1000);
            cpu.push_back(node.cpu_milli);
        }
    }
    void change(cluster::placement const& where, int sign) {
        for (auto const& part : where) {
            auto const n = std::size_t{index(part.node)};
            for (auto g = std::size_t{0}; g != left[n].size(); ++g)
                if ((part.gpus >> g & 1) != 0) left[n][g] -= sign * part.milli;
            cpu[n] -= sign * std::int64_t{part.cpu_milli};
        }
    }
    bool fits(job::request const& need, std::size_t n) const {
        auto const gpus =
            std::count_if(left[n].begin(), left[n].end(), [&](int milli) { return milli >= need.milli; });
        return gpus >= need.gpus_max && cpu[n] >= std::int64_t{need.cpu_milli} * need.gpus_max;
    }
    /// Of shares all that is left counts, of whole GPUs those that nobody has a share of.
    std::int64_t free(job::request const& need, std::size_t n) const {
        auto sum = std::int64_t{0};
        for (auto milli : left[n]) sum += need.whole() ? milli == 1000 : milli;
        return sum;
    }
    /// The nodes that fit, of the lowest model that has any.
    std::vector<std::size_t> that_fit(job::request const& need) const {
        auto all = std::vector<std::size_t>{};
        for (auto m = std::uint8_t{0}; all.empty() && m != cluster.models.size(); ++m)
            for (auto n = std::size_t{0}; n != left.size(); ++n)
                if (index(cluster.nodes[n].model) == m && need.accepts(gpu_model{m}) && fits(need, n))
                    all.push_back(n);
        return all;
    }
};

/// The node by definition: the lowest (sign 0), or the one with least (1) or most (-1) left, of equals the lowest.
std::optional<std::size_t> node_of(account const& now, job::request const& need, int sign) {
    auto const all = now.that_fit(need);
    refused += all.empty();
    choices += all.size() > 1;
    auto best = std::optional<std::size_t>{};
    for (auto n : all) {
        auto const rank = sign * now.free(need, n);
        if (best) ties += sign != 0 && rank == sign * now.free(need, *best);
        if (!best || rank < sign * now.free(need, *best)) best = n;
    }
    return best;
}

job::request draw_share(rota::random& dice, int gpus_max) {
    auto need = job::gang(dice.chance(0.7) ? 1 : draw(dice, 1, gpus_max), job::span::one_node);
    static constexpr auto sizes = std::array{1, 100, 250, 250, 333, 500, 500, 667, 999, 1000};
    need.milli = need.milli_min = static_cast<std::uint16_t>(sizes[dice.below(sizes.size())]);
    return need;
}

/// Shares come and go; each is laid where the definition says, or nowhere, if it fits nowhere.
template <class Policy>
void by_definition(char const* name, Policy const& policy, int sign, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto cluster = cluster::uniform(1, static_cast<std::uint32_t>(draw(dice, 1, 5)), 1, 6'000);
    cluster.models = {"one", "other"};
    for (auto& node : cluster.nodes) {
        node.gpus = static_cast<std::uint8_t>(draw(dice, 1, 4));
        node.model = gpu_model{static_cast<std::uint8_t>(draw(dice, 0, 1))};
        node.rack = rack_id{static_cast<std::uint16_t>(draw(dice, 0, 2))}; // not in the order of the nodes
    }
    auto free = cluster::ledger(cluster);
    auto now = account(cluster);
    auto held = std::vector<cluster::placement>{};
    auto const at = std::string(", ") + name + ", seed " + std::to_string(seed);
    for (auto i = 0; i != 30; ++i) {
        if (!held.empty() && dice.chance(0.3)) {
            auto const which = dice.below(held.size());
            std::swap(held[which], held.back());
            free.give(held.back());
            now.change(held.back(), -1);
            held.pop_back();
            continue;
        }
        auto need = draw_share(dice, 3);
        need.cpu_milli = dice.chance(0.3) ? 1'000u : 0u;
        if (dice.chance(0.2)) need.models = 2;
        auto const wanted = node_of(now, need, sign);
        auto const where = policy.place(need, free);
        if (!told.check(static_cast<bool>(where) == wanted.has_value(), "it lies where it fits" + at)) return;
        if (!where) continue;
        auto const part = where->front();
        auto const n = std::size_t{index(part.node)};
        told.check(where->size() == 1 && n == *wanted, "the node by definition" + at);
        auto taken = 0;
        auto loosest = 0;
        auto tightest = 1001; // of those that were not taken, and would have done
        auto highest = std::size_t{0};
        for (auto g = std::size_t{0}; g != now.left[n].size(); ++g) {
            auto const milli = now.left[n][g];
            if ((part.gpus >> g & 1) != 0) {
                ++taken;
                if (milli >= loosest) loosest = milli, highest = g;
            }
        }
        for (auto g = std::size_t{0}; g != now.left[n].size(); ++g)
            if (auto const milli = now.left[n][g]; (part.gpus >> g & 1) == 0 && milli >= need.milli) {
                tightest = std::min(tightest, milli);
                told.check(milli != loosest || g > highest, "of equal GPUs the lowest" + at);
            }
        told.check(taken == need.gpus_max && part.milli == need.milli,
                   "so many GPUs, of each that share" + at);
        told.check(loosest <= tightest, "no tighter GPU of the node stays unused" + at);
        now.change(*where, 1);
        free.take(*where);
        held.push_back(*where);
    }
}

/// Shares of single GPUs that only come: two GPUs in use have more in use than one would hold.
template <class Policy>
void no_two_would_go_on_one(char const* name, Policy const& policy, std::uint32_t nodes, std::uint64_t seed) {
    auto dice = rota::random(seed);
    auto const cluster = cluster::uniform(1, nodes, static_cast<std::uint8_t>(draw(dice, 2, 6)));
    auto free = cluster::ledger(cluster);
    auto now = account(cluster);
    for (auto i = draw(dice, 2, 20); i-- != 0;)
        if (auto const where = policy.place(draw_share(dice, 1), free)) {
            free.take(*where);
            now.change(*where, 1);
        }
    auto least = std::pair{2000, 2000}; // in use, of the two with least
    for (auto const& node : now.left)
        for (auto milli : node)
            if (auto const used = 1000 - milli; used != 0 && used < least.second)
                least = used < least.first ? std::pair{used, least.first} : std::pair{least.first, used};
    told.check(least.first + least.second > 1000, std::string("two GPUs in use would have gone on one, ") +
                                                      name + ", seed " + std::to_string(seed));
}

} // namespace

int main() {
    auto const cases = cases_wanted(1'000);
    for (auto seed = std::uint64_t{0}; seed != cases; ++seed) {
        by_definition("first fit", placement::first_fit{}, 0, seed);
        by_definition("best fit", placement::best_fit{}, 1, seed);
        by_definition("worst fit", placement::worst_fit{}, -1, seed);
        no_two_would_go_on_one("first fit", placement::first_fit{}, static_cast<std::uint32_t>(1 + seed % 4),
                               seed);
        no_two_would_go_on_one("best fit on one node", placement::best_fit{}, 1, seed);
    }
    told.check(cases < 100 || (choices > 0 && ties > 0 && refused > 0), "there was nothing to choose");
    return told.end();
}
