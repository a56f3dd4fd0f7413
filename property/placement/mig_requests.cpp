// SPDX-License-Identifier: BSL-1.0
// Requests for instances of split GPUs on the ledger that everybody uses: every slice counted one by one, first fit by
// brute force, and mig_packing beside the ledger that knows nothing but instances.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/explain.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/placement/mig_gradient.hpp>
#include <rota/placement/mig_packing.hpp>
#include <rota/placement/mig_request.hpp>
#include <rota/placement/mig_table.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/spread_out.hpp>

#include "../tally.hpp"
#include "mig_rules.hpp"

using namespace rota;
using cluster::mig_kind;

// who asks for no instance carries nothing for them
static_assert(sizeof(cluster::slice) == 16 && sizeof(job::request) == 24);

namespace {

mig_size a100(int profile) { return cluster::mig_size_of(mig_kind::a100, profile); }
mig_size a30(int profile) { return cluster::mig_size_of(mig_kind::a30, profile); }

/// Models 0 and 1 can be split, by different rules, model 2 cannot.
cluster::spec three_models(std::uint32_t nodes, std::uint8_t gpus) {
    auto made = cluster::uniform(1, nodes, gpus, 64'000, 65'536);
    made.models = {"a100", "a30", "v100"};
    made.mig = {mig_kind::a100, mig_kind::a30};
    for (auto n = std::size_t{0}; n != made.nodes.size(); ++n)
        made.nodes[n].model = static_cast<gpu_model>(n % 3);
    return made;
}

/// What is held of each GPU, slice by slice, and as a whole or in shares.
struct naive {
    struct gpu {
        mig_rules::slices taken{};
        int milli = 0;
        [[nodiscard]] bool split() const { return taken != mig_rules::slices{}; }
    };
    explicit naive(cluster::spec const& cluster) : of{&cluster}, all(cluster.nodes.size() * 16) {}

    gpu& at(node_id n, int g) { return all[index(n) * std::size_t{16} + static_cast<std::size_t>(g)]; }
    bool fits(cluster::slice const& part) {
        auto const& node = of->nodes[index(part.node)];
        for (auto g = 0; g != 16; ++g) {
            if ((part.gpus >> g & 1) == 0) continue;
            if (g >= node.gpus) return false;
            auto const& here = at(part.node, g);
            if (part.milli <= whole_gpu) {
                if (here.split() || here.milli + part.milli > whole_gpu) return false;
                continue;
            }
            auto const entry = cluster::mig_entry_of(part.mig());
            auto const& device = cluster::mig_device_of(entry.kind);
            if (of->mig_of(node.model) != entry.kind || here.milli != 0) return false;
            auto const starts = mig_rules::starts(device, entry.profile, here.taken);
            if (std::find(starts.begin(), starts.end(), part.start()) == starts.end()) return false;
        }
        return true;
    }
    void change(cluster::slice const& part, bool take) {
        for (auto g = 0; g != 16; ++g) {
            if ((part.gpus >> g & 1) == 0) continue;
            auto& here = at(part.node, g);
            if (part.milli <= whole_gpu) {
                here.milli += take ? part.milli : -part.milli;
                continue;
            }
            auto const size = cluster::mig_profile_of(part.mig()).size;
            for (auto i = 0; i != size; ++i) here.taken[static_cast<std::size_t>(part.start() + i)] = take;
        }
    }
    bool same(cluster::ledger const& ledger) {
        for (auto n = std::uint32_t{0}; n != ledger.size(); ++n)
            for (auto g = 0; g != of->nodes[n].gpus; ++g) {
                auto const& here = at(node_id{n}, g);
                auto const free = here.split() ? 0 : whole_gpu - here.milli;
                if (ledger.state().free_milli(node_id{n}, g) != free) return false;
                if (mig_rules::of_mask(ledger.state().taken_slices(node_id{n}, g)) != here.taken)
                    return false;
            }
        return true;
    }
    cluster::spec const* of;
    std::vector<gpu> all;
};

/// A slice of any kind, right or wrong.
cluster::slice drawn(rota::random& in, cluster::spec const& cluster) {
    auto part = cluster::slice{};
    part.node = node_id{static_cast<std::uint32_t>(in.below(cluster.nodes.size()))};
    part.gpus = static_cast<std::uint16_t>(1u << in.below(5));
    if (in.below(4) == 0) part.gpus = static_cast<std::uint16_t>(part.gpus | 1u << in.below(4));
    switch (in.below(4)) {
    case 0: break; // whole
    case 1: part.milli = static_cast<std::uint16_t>(250 * (1 + in.below(3))); break;
    default:
        part.milli =
            cluster::instance_milli(static_cast<mig_size>(1 + in.below(9)), static_cast<int>(in.below(8)));
    }
    return part;
}

void slice_by_slice(tally& told) {
    auto const cluster = three_models(3, 4);
    auto taken = 0;
    for (auto seed = std::uint64_t{1}; seed != 60; ++seed) {
        auto in = rota::random(seed);
        auto ledger = cluster::ledger(cluster);
        auto model = naive(cluster);
        auto held = std::vector<cluster::slice>{};
        auto good = true;
        for (auto step = 0; step != 200 && good; ++step) {
            if (!held.empty() && in.below(3) == 0) {
                auto const which = in.below(held.size());
                ledger.give(held[which]);
                model.change(held[which], false);
                held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
            } else {
                auto const part = drawn(in, cluster);
                auto const fits = ledger.state().fits(part);
                good = good && fits == model.fits(part);
                if (fits) {
                    auto const before = ledger;
                    ledger.begin(); // there and back is nowhere
                    ledger.take(part);
                    good = good && ledger.validate();
                    ledger.rollback(0);
                    ledger.end();
                    good = good && ledger == before;
                    ledger.take(part);
                    model.change(part, true);
                    held.push_back(part);
                    taken += part.milli > whole_gpu;
                }
            }
            good = good && model.same(ledger) && ledger.validate();
        }
        for (auto const& part : held) ledger.give(part);
        good = good && ledger == cluster::ledger(cluster);
        told.check(good, "the ledger is what was taken, slice by slice, seed " + std::to_string(seed));
    }
    told.check(taken > 300, "instances were taken");
}

void names_and_codes(tally& told) {
    for (auto i = std::uint8_t{1}; i != cluster::mig_sizes.size(); ++i) {
        auto const size = static_cast<mig_size>(i);
        auto const& profile = cluster::mig_profile_of(size);
        told.check(cluster::mig_size_named(profile.name) == size, std::string{"named "} + profile.name);
        for (auto s = 0; s != cluster::mig_slices_max; ++s) {
            auto const part = cluster::slice{.gpus = 1, .milli = cluster::instance_milli(size, s)};
            told.check(part.mig() == size && part.start() == s &&
                           part.share() == cluster::mig_entry_of(size).milli,
                       std::string{"an instance is what it was made of: "} + profile.name);
        }
    }
    told.check(cluster::mig_size_named("3g.20gb") == mig_size{}, "no such size");
    for (auto milli = 0; milli != 0x2000; ++milli)
        if (cluster::slice{.milli = static_cast<std::uint16_t>(milli)}.mig() != mig_size{})
            told.check(false, "a share is no instance");
}

/// The lowest GPU with a start, and there the start by the rules.
std::optional<cluster::slice> by_hand(job::request const& need, cluster::ledger const& free) {
    auto const entry = cluster::mig_entry_of(need.mig);
    auto const& device = cluster::mig_device_of(entry.kind);
    for (auto n = std::uint32_t{0}; n != free.size(); ++n) {
        if (free.layout().mig_of(free.of(node_id{n}).model) != entry.kind || !free.open(node_id{n})) continue;
        for (auto g = 0; g != free.of(node_id{n}).gpus; ++g) {
            auto const taken = free.state().taken_slices(node_id{n}, g);
            if (taken == 0 && (free.state().whole(node_id{n}) >> g & 1) == 0) continue;
            auto const slices = mig_rules::of_mask(taken);
            auto const starts = mig_rules::starts(device, entry.profile, slices);
            auto const best =
                mig_rules::best(device, placement::mig_weights{}, entry.profile, slices, starts);
            if (best < 0) continue;
            return cluster::slice{.node = node_id{n},
                                  .gpus = static_cast<std::uint16_t>(1u << g),
                                  .milli = cluster::instance_milli(need.mig, best)};
        }
    }
    return std::nullopt;
}

void first_fit_by_hand(tally& told) {
    auto const cluster = three_models(6, 3);
    auto placed = 0;
    auto refused = 0;
    for (auto seed = std::uint64_t{1}; seed != 40; ++seed) {
        auto in = rota::random(seed);
        auto free = cluster::ledger(cluster);
        auto held = std::vector<cluster::slice>{};
        auto good = true;
        for (auto step = 0; step != 150 && good; ++step) {
            if (in.below(8) == 0)
                free.set_open(node_id{static_cast<std::uint32_t>(in.below(6))}, in.below(3) != 0);
            auto const need = placement::instances(static_cast<mig_size>(1 + in.below(9)));
            auto const found = placement::first_fit{}.place(need, free);
            auto const expected = by_hand(need, free);
            good = bool(found) == expected.has_value() && (!found || found->front() == *expected);
            good = good && (found || found.why() == placement::refusal::busy);
            good = good && (!found || placement::may_fit(placement::first_fit{}, need, free));
            if (found) free.take(*found), held.push_back(found->front());
            placed += bool(found);
            refused += !found;
            if (!held.empty() && in.below(3) == 0) free.give(held.back()), held.pop_back();
        }
        told.check(good, "first fit is the lowest GPU, seed " + std::to_string(seed));
    }
    told.check(placed > 500 && refused > 100, "both answers came up");
}

/// With every GPU split, mig_packing on the ledger of all answers as on the ledger of instances.
void packing_beside_by_mig(tally& told) {
    auto cluster = cluster::uniform(1, 5, 4);
    cluster.mig = {mig_kind::a100};
    for (auto seed = std::uint64_t{1}; seed != 40; ++seed) {
        auto in = rota::random(seed);
        auto free = cluster::ledger(cluster);
        auto other = cluster::mig_ledger(cluster, {{.kind = mig_kind::a100, .listed = {}}});
        for (auto n = std::uint32_t{0}; n != 5; ++n)
            for (auto g = 0; g != 4; ++g) other.split(node_id{n}, g);
        auto held = std::vector<std::pair<cluster::slice, cluster::mig_instance>>{};
        auto good = true;
        for (auto step = 0; step != 200 && good; ++step) {
            auto const profile = static_cast<std::uint8_t>(in.below(6));
            auto const found = placement::best_fit{}.place(placement::instances(a100(profile)), free);
            auto const also = placement::by_mig<placement::mig_packing>{}.place({.profile = profile}, other);
            auto const* const ours = std::get_if<std::vector<cluster::mig_instance>>(&also);
            good = bool(found) == (ours != nullptr);
            if (found && ours != nullptr) {
                auto const& one = ours->front();
                auto const& part = found->front();
                good = part.node == one.node && part.gpus == 1u << one.gpu && part.start() == one.start;
                if (!good) break;
                free.take(*found);
                other.take(one);
                held.emplace_back(part, one);
            }
            while (!held.empty() && in.below(2) == 0) {
                auto const which = in.below(held.size());
                free.give(held[which].first);
                other.give(held[which].second);
                held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
            }
        }
        told.check(good, "mig_packing is one rule on both ledgers, seed " + std::to_string(seed));
    }
}

template <class Policy>
void every_policy(tally& told, char const* name, Policy const& place) {
    auto const cluster = three_models(6, 4);
    auto good = true;
    auto gangs = 0;
    for (auto seed = std::uint64_t{1}; seed != 30; ++seed) {
        auto in = rota::random(seed);
        auto free = cluster::ledger(cluster);
        for (auto step = 0; step != 80; ++step) {
            auto need = placement::instances(static_cast<mig_size>(1 + in.below(9)),
                                             1 + static_cast<int>(in.below(6)));
            if (in.below(4) == 0) need = job::gang(1 + static_cast<int>(in.below(3)));
            need.cpu_milli = in.below(3) == 0 ? 2'000 : 0;
            need.span = static_cast<job::span>(in.below(4));
            auto const found = place.place(need, free);
            if (!found) continue;
            auto gpus = 0;
            for (auto const& part : *found) {
                gpus += part.count();
                good = good && part.mig() == need.mig &&
                       part.cpu_milli == need.cpu_milli * static_cast<std::uint32_t>(part.count());
            }
            good = good && gpus == need.gpus_max && free.fits(*found) && placement::feasible(need, free);
            gangs += need.split() && gpus > 1;
            free.take(*found);
            good = good && free.validate();
        }
    }
    told.check(good, std::string{name} + " places instances where they fit");
    told.check(gangs > 20, std::string{name} + " places gangs of them");
}

void refusals(tally& told) {
    auto const cluster = three_models(3, 1); // one GPU of each model
    auto free = cluster::ledger(cluster);
    auto const why = [&](job::request const& need) { return placement::first_fit{}.place(need, free).why(); };
    told.check(why(placement::instances(a100(0), 2)) == placement::refusal::infeasible,
               "two instances want two GPUs");
    auto wrong = placement::instances(a100(0));
    wrong.milli = 500;
    told.check(!placement::feasible(wrong, free), "a share that is not the size's");
    auto v100 = placement::instances(a30(1));
    v100.models = 4;
    told.check(why(v100) == placement::refusal::infeasible, "a model that cannot be split");
    free.take(cluster::slice{.node = node_id{0}, .gpus = 1, .milli = 250});
    told.check(why(placement::instances(a100(0))) == placement::refusal::busy, "a GPU that is shared");
    auto const told_why = placement::explain(placement::instances(a100(0)), free);
    told.check(told_why.why == placement::refusal::busy && told_why.model == 2 && told_why.gpus == 1,
               "a refusal counts the nodes");
    auto const plain = cluster::uniform(1, 2, 2);
    auto const whole_only = cluster::ledger(plain);
    told.check(placement::first_fit{}.place(placement::instances(a100(0)), whole_only).why() ==
                   placement::refusal::infeasible,
               "a cluster that cannot be split");
    told.check(
        !whole_only.state().fits(cluster::slice{.gpus = 1, .milli = cluster::instance_milli(a100(0), 0)}),
        "nor holds an instance");
}

} // namespace

int main() {
    auto told = tally{};
    names_and_codes(told);
    slice_by_slice(told);
    first_fit_by_hand(told);
    packing_beside_by_mig(told);
    every_policy(told, "first_fit", placement::first_fit{});
    every_policy(told, "best_fit", placement::best_fit{});
    every_policy(told, "consolidated", placement::consolidated{});
    using gradient =
        placement::by_score<placement::fewest_free, placement::spread::compact, placement::mig_gradient>;
    every_policy(told, "best fit with mig_gradient", gradient{});
    every_policy(told, "spread_out", placement::spread_out{});
    auto const cluster = three_models(6, 4);
    every_policy(told, "by_domain", placement::by_domain<>{cluster});
    refusals(told);
    return told.end();
}
