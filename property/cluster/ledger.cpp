// SPDX-License-Identifier: BSL-1.0
// The ledger against a map, on random walks with nested undo.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

/// What is left of one node, and whether it is open.
struct left {
    std::array<int, cluster::gpus_per_node_max> milli{};
    std::int64_t cpu = 0;
    std::int64_t mem = 0;
    bool open = true;
};

struct told {
    std::vector<left> nodes;
    std::vector<cluster::placement> held;

    [[nodiscard]] bool fits(cluster::spec const& of, cluster::placement const& p) const {
        for (auto const& part : p) {
            auto const& here = nodes[index(part.node)];
            if (here.cpu < part.cpu_milli || here.mem < part.mem_mib) return false;
            for (auto g = std::size_t{0}; g != here.milli.size(); ++g)
                if ((part.gpus >> g & 1) != 0 &&
                    (g >= of.nodes[index(part.node)].gpus || here.milli[g] < part.milli))
                    return false;
        }
        return true;
    }
    void change(cluster::placement const& p, int sign) {
        for (auto const& part : p) {
            auto& here = nodes[index(part.node)];
            here.cpu += sign * std::int64_t{part.cpu_milli};
            here.mem += sign * std::int64_t{part.mem_mib};
            for (auto g = std::size_t{0}; g != here.milli.size(); ++g)
                if ((part.gpus >> g & 1) != 0) here.milli[g] += sign * part.milli;
        }
    }
};

rc::Gen<cluster::spec> clusters() {
    return rc::gen::exec([] {
        auto made = cluster::spec{};
        made.models = {"a", "b", "c"};
        auto const nodes = *rc::gen::inRange(1, 9);
        for (auto n = 0; n != nodes; ++n)
            made.nodes.push_back({.gpus = static_cast<std::uint8_t>(*rc::gen::inRange(0, 17)),
                                  .model = gpu_model{static_cast<std::uint8_t>(*rc::gen::inRange(0, 3))},
                                  .cpu_milli = 8'000,
                                  .mem_mib = 8'192,
                                  .rack = static_cast<rack_id>(*rc::gen::inRange(0, 4)),
                                  .spine = {}});
        return made;
    });
}

cluster::placement some_devices(cluster::spec const& of) {
    auto made = cluster::placement{};
    auto const parts = *rc::gen::inRange(1, 4);
    for (auto i = 0; i != parts; ++i) {
        auto const n = static_cast<std::uint32_t>(*rc::gen::inRange<std::size_t>(0, of.nodes.size()));
        if (made.touches(node_id{n})) continue;
        auto const milli = *rc::gen::element(1000, 1000, 1000, 500, 300, 1, 999);
        made.add({.node = node_id{n},
                  .gpus = static_cast<std::uint16_t>(
                      *rc::gen::inRange(1, 1 << std::max<int>(of.nodes[n].gpus, 1))),
                  .milli = static_cast<std::uint16_t>(milli),
                  .cpu_milli = static_cast<std::uint32_t>(*rc::gen::element(0, 0, 1'000, 4'000)),
                  .mem_mib = static_cast<std::uint32_t>(*rc::gen::element(0, 0, 2'048, 8'192))});
    }
    return made;
}

void compare(cluster::ledger const& ledger, told const& model) {
    RC_ASSERT(ledger.validate());
    auto const& nodes = ledger.layout().nodes;
    auto free = std::array<std::int64_t, 3>{};
    auto open = std::array<std::int64_t, 3>{};
    auto at_least = std::array<std::array<std::uint32_t, cluster::ledger::levels>, 3>{};
    for (auto n = std::uint32_t{0}; n != ledger.size(); ++n) {
        auto const& left = model.nodes[n];
        auto const m = std::size_t{index(nodes[n].model)};
        auto whole = std::size_t{0};
        for (auto g = 0; g != nodes[n].gpus; ++g) {
            RC_ASSERT(ledger.state().free_milli(node_id{n}, g) == left.milli[static_cast<std::size_t>(g)]);
            whole += left.milli[static_cast<std::size_t>(g)] == whole_gpu;
        }
        RC_ASSERT(static_cast<std::size_t>(ledger.whole_count(node_id{n})) == whole);
        RC_ASSERT(ledger.state().cpu_milli(node_id{n}) == left.cpu);
        RC_ASSERT(ledger.state().mem_mib(node_id{n}) == left.mem);
        RC_ASSERT(ledger.open(node_id{n}) == left.open);
        if (!left.open) continue;
        free[m] += static_cast<std::int64_t>(whole);
        open[m] += nodes[n].gpus;
        for (auto k = std::size_t{1}; k <= whole; ++k) ++at_least[m][k];
        RC_ASSERT(ledger.with_free(nodes[n].model, static_cast<int>(whole)).contains(n));
        auto const shared =
            std::any_of(left.milli.begin(), left.milli.end(), [](int x) { return x != 0 && x != whole_gpu; });
        RC_ASSERT(ledger.sharing(nodes[n].model).contains(n) == shared);
    }
    for (auto m = 0; m != ledger.models(); ++m) {
        auto const model_id = static_cast<gpu_model>(m);
        RC_ASSERT(ledger.free_gpus(model_id) == free[static_cast<std::size_t>(m)]);
        RC_ASSERT(ledger.open_gpus(model_id) == open[static_cast<std::size_t>(m)]);
        for (auto k = 1; k != cluster::ledger::levels; ++k)
            RC_ASSERT(ledger.at_least(model_id, k) ==
                      at_least[static_cast<std::size_t>(m)][static_cast<std::size_t>(k)]);
    }
}

struct mark {
    cluster::ledger::mark to;
    told model;
    cluster::ledger ledger;
};

void walk() {
    auto const spec = *clusters();
    auto ledger = cluster::ledger(spec);
    auto model = told{};
    for (auto const& node : spec.nodes) {
        auto& fresh = model.nodes.emplace_back();
        std::fill_n(fresh.milli.begin(), node.gpus, int{whole_gpu});
        fresh.cpu = node.cpu_milli;
        fresh.mem = node.mem_mib;
    }
    auto const empty = ledger;
    auto marks = std::vector<mark>{};
    auto undone = 0;
    ledger.begin();
    auto const steps = *rc::gen::inRange(1, 60);
    for (auto step = 0; step != steps; ++step) {
        switch (*rc::gen::element(0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9)) {
        case 0:
        case 1:
        case 2:
        case 3: { // allocate, or be refused
            auto const p = some_devices(spec);
            auto const fits = model.fits(spec, p);
            RC_ASSERT(ledger.fits(p) == fits);
            if (!fits) break;
            ledger.take(p);
            model.change(p, -1);
            model.held.push_back(p);
            break;
        }
        case 4:
        case 5: { // release
            if (model.held.empty()) break;
            auto const i = *rc::gen::inRange<std::size_t>(0, model.held.size());
            ledger.give(model.held[i]);
            model.change(model.held[i], +1);
            model.held.erase(model.held.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
        case 6: { // resize: the old devices are free for the new ones
            if (model.held.empty()) break;
            auto& was = model.held[*rc::gen::inRange<std::size_t>(0, model.held.size())];
            auto const p = some_devices(spec);
            auto const before = ledger.checkpoint();
            auto const state = ledger;
            ledger.give(was);
            model.change(was, +1);
            auto const fits = model.fits(spec, p);
            RC_ASSERT(ledger.fits(p) == fits);
            if (fits) {
                ledger.take(p);
                model.change(p, -1);
                was = p;
            } else {
                ledger.rollback(before);
                model.change(was, -1);
                RC_ASSERT((ledger == state)); // a bool: RC_ASSERT copies what it compares
            }
            break;
        }
        case 7: { // a node fails or comes back; that cannot be undone
            marks.clear();
            auto const n = *rc::gen::inRange<std::size_t>(0, spec.nodes.size());
            model.nodes[n].open = !model.nodes[n].open;
            ledger.set_open(node_id{static_cast<std::uint32_t>(n)}, model.nodes[n].open);
            break;
        }
        case 8: marks.push_back({ledger.checkpoint(), model, ledger}); break;
        case 9: { // undo to any of the nested marks
            if (marks.empty()) break;
            auto const i = *rc::gen::inRange<std::size_t>(0, marks.size());
            ledger.rollback(marks[i].to);
            RC_ASSERT((ledger == marks[i].ledger));
            model = marks[i].model;
            ledger.rollback(marks[i].to); // a second time is nothing
            RC_ASSERT((ledger == marks[i].ledger));
            marks.erase(marks.begin() + static_cast<std::ptrdiff_t>(i), marks.end());
            ++undone;
            break;
        }
        default: break;
        }
        compare(ledger, model);
    }
    RC_CLASSIFY(undone > 0, "undid something");
    for (auto const& p : model.held) ledger.give(p);
    for (auto n = std::uint32_t{0}; n != ledger.size(); ++n) ledger.set_open(node_id{n}, true);
    RC_ASSERT((ledger == empty));
}

/// difference(a, b) and b together hold what a needs: device by device, nothing twice.
void differences() {
    auto const spec = *clusters();
    auto const a = some_devices(spec);
    auto const b = some_devices(spec);
    auto const more = cluster::difference(a, b);
    for (auto n = std::uint32_t{0}; n != spec.nodes.size(); ++n) {
        auto const amounts = [n](cluster::placement const& p) {
            auto sum = left{};
            for (auto const& part : p) {
                if (index(part.node) != n) continue;
                sum.cpu += part.cpu_milli;
                sum.mem += part.mem_mib;
                for (auto g = std::size_t{0}; g != sum.milli.size(); ++g)
                    if ((part.gpus >> g & 1) != 0) sum.milli[g] += part.milli;
            }
            return sum;
        };
        auto const of_a = amounts(a);
        auto const of_b = amounts(b);
        auto const of_more = amounts(more);
        for (auto g = std::size_t{0}; g != of_a.milli.size(); ++g)
            RC_ASSERT(of_more.milli[g] == std::max(0, of_a.milli[g] - of_b.milli[g]));
        RC_ASSERT(of_more.cpu == std::max<std::int64_t>(0, of_a.cpu - of_b.cpu));
        RC_ASSERT(of_more.mem == std::max<std::int64_t>(0, of_a.mem - of_b.mem));
    }
}

} // namespace

int main() {
    auto result = tally{};
    auto const law = [&](char const* what, auto holds) { result.check(rc::check(what, holds), what); };
    law("the ledger is a map with an index", walk);
    law("a difference is what is missing", differences);
    return result.end();
}
