// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_GANG_PLANNER_HPP
#define ROTA_PLACEMENT_GANG_PLANNER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/domain_rule.hpp>
#include <rota/placement/domain_search.hpp>
#include <rota/placement/domain_sums.hpp>
#include <rota/placement/kind_search.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

namespace rota::placement {

/// Pods of a kind that a node of that model has room for; none where it is closed.
[[nodiscard]] inline std::uint32_t pods_on(job::request const& each, gpu_model model,
                                           cluster::occupancy const& state, node_id n) noexcept {
    if (state.of(n).model != model || !state.open(n)) return 0;
    return static_cast<std::uint32_t>(room(each, state, n)) / each.gpus_max;
}

/// Places gangs over a tree of domains: sums up what every domain has room for, picks one, descends.
///
/// The lowest level from the preferred on that has a domain with room gives the domain, by the rule. A gang of
/// several kinds is laid largest pods first, in the domains of a level in the rule's order for these, until all
/// kinds fit into one; where they do not fit that way and may fit in another, every other way is tried
/// (kind_search). Models in ascending order. This is the reference: everything is summed up anew.
/// Meaning   `infeasible` is certain. So is `busy`, unless the tries of a gang of several kinds have run out.
/// Cost      O(nodes) for one kind; for several O(nodes of the domain) more for each domain that is tried, and
/// `tries_most` ways at most.
/// Source    as the rule; the scheme is that of Kueue (KEP 2724), KAI-Scheduler (topology plugin) and Volcano
/// (HyperNode): pods a node, sums up the tree, a domain, down again. differs: by trial only where sums do not
/// decide, that is for several kinds.
template <domain_rule Rule = tightest_domain>
class gang_planner {
public:
    explicit gang_planner(cluster::domain_tree const& tree, Rule rule = {})
        : tree_{&tree}, rule_{std::move(rule)} {}
    explicit gang_planner(cluster::domain_tree&&, Rule = {}) = delete;

    [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
    [[nodiscard]] outcome place(topology_gang const& gang, cluster::ledger const& free) const {
        auto tries = tries_most;
        for (auto m = 0; m != free.models(); ++m)
            if (auto where = plan(gang, static_cast<gpu_model>(m), free.state(), tries); !where.empty())
                return where;
        auto const empty = cluster::occupancy{free.layout()};
        tries = tries_most;
        for (auto m = 0; m != free.models(); ++m)
            if (!plan(gang, static_cast<gpu_model>(m), empty, tries).empty()) return refusal::busy;
        return tries == 0 ? refusal::busy : refusal::infeasible;
    }
    /// On nodes of one model; empty where there is no room.
    [[nodiscard]] cluster::placement plan(topology_gang const& gang, gpu_model model,
                                          cluster::occupancy const& state) const {
        auto tries = tries_most;
        return plan(gang, model, state, tries);
    }

    static constexpr auto tries_most = std::uint32_t{1} << 16;

    /// What a topology_gang expects of its maker.
    static void expect_sound(topology_gang const& gang, [[maybe_unused]] cluster::domain_tree const& tree) {
        ROTA_EXPECTS(!gang.kinds.empty(), "a gang has pods");
        ROTA_EXPECTS(gang.slice != 0 && gang.slice_level <= tree.top(),
                     "a slice has pods, in one domain of a level of the tree");
        for ([[maybe_unused]] auto const& kind : gang.kinds) {
            ROTA_EXPECTS(kind.each.gpus_max != 0, "each pod of a gang holds a GPU");
            ROTA_EXPECTS(kind.least != 0 && kind.least <= kind.count,
                         "a gang has pods, some of them for sure");
            ROTA_EXPECTS(kind.count % gang.slice == 0 && kind.least % gang.slice == 0 &&
                             (gang.slice == 1 || gang.kinds.size() == 1),
                         "slices are whole, and of one kind");
        }
    }
    /// So many pods in the units of domain_sums: a domain below the level of the slices lies in one of it.
    [[nodiscard]] static std::uint32_t units_at(topology_gang const& gang, std::uint32_t level,
                                                std::uint32_t pods) noexcept {
        return level < gang.slice_level ? pods : pods / gang.slice;
    }

private:
    [[nodiscard]] cluster::placement plan(topology_gang gang, gpu_model model,
                                          cluster::occupancy const& state, std::uint32_t& tries) const {
        expect_sound(gang, *tree_);
        auto const top = std::min(gang.required, tree_->top());
        for (auto const& kind : gang.kinds)
            if (!kind.each.accepts(model) || kind.each.split()) return {};
        auto const larger = [](pod_kind const& a, pod_kind const& b) {
            auto const size = [](job::request const& each) {
                return std::tuple{each.gpus_max, each.gpus_max * std::uint64_t{each.cpu_milli},
                                  each.gpus_max * std::uint64_t{each.mem_mib}};
            };
            return size(a.each) > size(b.each);
        };
        auto sorted = std::vector<pod_kind>{}; // those of one size as they were
        for (auto const& kind : gang.kinds)
            sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), kind, larger), kind);
        gang.kinds = std::move(sorted);
        auto const& first = gang.kinds.front();
        auto now = domain_sums{*tree_, gang.slice, gang.slice_level};
        auto empty = now;
        auto const unused = cluster::occupancy{state.layout()};
        sum_up(now, tree_->top(), 0, first.each, model, state);
        sum_up(empty, tree_->top(), 0, first.each, model, unused);
        auto in = trial{state, domain_sums{*tree_, gang.slice, gang.slice_level}, {}, {}, {}};
        for (auto level = std::min(gang.preferred, top); level <= top; ++level) {
            auto const units = units_at(gang, level, first.least);
            auto on = domain_view{tree_, &now, &empty, level, 0};
            if (gang.kinds.size() == 1) {
                on.domain = choose(rule_, on, units);
                if (on.domain != no_domain) return filled(gang, model, in, level, on.domain, tries);
                continue;
            }
            auto order = std::vector<std::pair<std::int64_t, std::uint32_t>>{};
            for (on.domain = 0; on.domain != tree_->size(level); ++on.domain)
                if (on.room() >= units) order.emplace_back(-rule_.score(on, units), on.domain);
            std::sort(order.begin(), order.end());
            for (auto const& [score, domain] : order)
                if (auto where = filled(gang, model, in, level, domain, tries); !where.empty()) return where;
        }
        return {};
    }
    void sum_up(domain_sums& into, std::uint32_t level, std::uint32_t domain, job::request const& each,
                gpu_model model, cluster::occupancy const& state) const {
        into.fill(level, domain,
                  [&](std::uint32_t at) { return pods_on(each, model, state, tree_->node(at)); });
    }
    /// What is left while a gang is laid: one for all domains that are tried, as copies take O(nodes).
    struct trial {
        cluster::occupancy left;
        domain_sums sums;
        std::vector<cluster::slice> found;   ///< of the gang
        std::vector<cluster::slice> closed;  ///< taken beside it
        std::vector<room_for_kinds> in_vain; ///< what the last search has not found a way in

        void undo() {
            for (auto const& part : found) left.give(part);
            for (auto const& part : closed) left.give(part);
            found.clear();
            closed.clear();
        }
    };
    /// The gang in that domain; empty where not all of it has room, and nothing is left of the trial.
    cluster::placement filled(topology_gang const& gang, gpu_model model, trial& in, std::uint32_t level,
                              std::uint32_t domain, std::uint32_t& tries) const {
        auto scratch = std::vector<domain_part>{};
        auto const lay = [&](pod_kind const& kind, std::uint32_t count, bool all) {
            if (count == 0) return true;
            sum_up(in.sums, level, domain, kind.each, model, in.left);
            auto units = units_at(gang, level, count);
            if (auto const has = in.sums.room(level, domain); has < units) {
                if (all) return false;
                units = level < gang.slice_level ? has - has % gang.slice : has;
            }
            if (units == 0) return true;
            descend(
                rule_, *tree_, in.sums, level, domain, units, scratch,
                [&](std::uint32_t at, std::uint32_t pods) { take(in, kind.each, tree_->node(at), pods); });
            return true;
        };
        auto all = true;
        for (auto const& kind : gang.kinds) all = all && lay(kind, kind.least, true);
        if (!all) {
            in.undo();
            if (largest_first_decides(gang) || !tried(gang, model, in, level, domain, tries)) return {};
        }
        for (auto const& kind : gang.kinds) static_cast<void>(lay(kind, kind.count - kind.least, false));
        return merged(in.found);
    }
    /// Sizes that divide each other, and nothing but GPUs: then the largest pods first fit wherever they can fit.
    [[nodiscard]] static bool largest_first_decides(topology_gang const& gang) noexcept {
        for (auto k = std::size_t{0}; k != gang.kinds.size(); ++k) {
            auto const& each = gang.kinds[k].each;
            if (each.cpu_milli != 0 || each.mem_mib != 0) return gang.kinds.size() == 1;
            if (k != 0 && gang.kinds[k - 1].each.gpus_max % each.gpus_max != 0) return false;
        }
        return true;
    }
    /// Lays what the gang needs at least in any way that there is.
    [[nodiscard]] bool tried(topology_gang const& gang, gpu_model model, trial& in, std::uint32_t level,
                             std::uint32_t domain, std::uint32_t& tries) const {
        auto from = domain;
        auto to = domain + 1;
        for (auto l = level; l != 0; --l) {
            from = tree_->first(l, from);
            to = tree_->end(l, to - 1);
        }
        auto gpus_only = gang.kinds.front().each;
        gpus_only.gpus_max = 1;
        gpus_only.cpu_milli = gpus_only.mem_mib = 0;
        auto rooms = std::vector<room_for_kinds>{};
        for (auto at = from; at != to; ++at) {
            auto const n = tree_->node(at);
            rooms.push_back(
                {pods_on(gpus_only, model, in.left, n), in.left.cpu_milli(n), in.left.mem_mib(n)});
        }
        if (rooms == in.in_vain) return false; // domains of an empty cluster are alike
        auto const counts = kind_search{gang.kinds}.run(rooms, tries);
        if (counts.empty()) in.in_vain = std::move(rooms);
        for (auto i = std::size_t{0}; i != counts.size(); ++i)
            for (auto k = std::size_t{0}; k != gang.kinds.size(); ++k)
                if (counts[i][k] != 0)
                    take(in, gang.kinds[k].each, tree_->node(from + static_cast<std::uint32_t>(i)),
                         counts[i][k]);
        return !counts.empty();
    }
    static void take(trial& in, job::request const& each, node_id n, std::uint32_t pods) {
        auto const part = pick(each, in.left, n, static_cast<int>(pods * each.gpus_max));
        in.left.take(part);
        in.found.push_back(part);
        close(in, part);
    }
    /// A gang never shares a device with itself: what is left of those it holds in part is taken, too.
    static void close(trial& in, cluster::slice part) {
        if (part.milli == whole_gpu) return;
        for (auto g = 0; g != in.left.of(part.node).gpus; ++g) {
            auto const rest = static_cast<std::uint16_t>(in.left.free_milli(part.node, g));
            if ((part.gpus >> g & 1) == 0 || rest == 0) continue;
            in.closed.push_back(
                {.node = part.node, .gpus = static_cast<std::uint16_t>(1u << g), .milli = rest});
            in.left.take(in.closed.back());
        }
    }
    /// One slice for each node.
    static cluster::placement merged(std::vector<cluster::slice>& parts) {
        std::sort(parts.begin(), parts.end(), [](auto const& a, auto const& b) {
            return std::pair{a.node, a.gpus} < std::pair{b.node, b.gpus};
        });
        auto where = cluster::placement{};
        for (auto i = parts.begin(); i != parts.end();) {
            auto whole = *i;
            for (++i; i != parts.end() && i->node == whole.node; ++i) {
                ROTA_EXPECTS(i->milli == whole.milli, "all kinds of a gang hold the same share of a device");
                whole.gpus = static_cast<std::uint16_t>(whole.gpus | i->gpus);
                whole.cpu_milli += i->cpu_milli;
                whole.mem_mib += i->mem_mib;
            }
            where.add(whole);
        }
        return where;
    }

    cluster::domain_tree const* tree_;
    [[no_unique_address]] Rule rule_;
};

} // namespace rota::placement

#endif
