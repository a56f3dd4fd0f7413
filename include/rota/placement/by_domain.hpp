// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_BY_DOMAIN_HPP
#define ROTA_PLACEMENT_BY_DOMAIN_HPP

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/domain_index.hpp>
#include <rota/placement/domain_rule.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

namespace rota::placement {

/// Places requests over node < rack < spine < cluster by a rule for domains, for every scheduler.
///
/// A gang within the size of a node lies on one. A larger one is cut into pods of a whole node each, and one for
/// the rest; it prefers a rack, then a spine, then anywhere, and `one_rack` makes the rack a requirement. A gang
/// that may lie anywhere and fits no empty cluster on as few nodes as its size allows spills over nodes.
/// Cost      rules that want the tightest domain, whole GPUs, full nodes of a cluster listed rack by rack: a few
/// words and the nodes of the rack. Otherwise O(nodes).
template <domain_rule Rule = tightest_domain>
class by_domain {
public:
    /// Expects   the cluster outlives it and does not change.
    explicit by_domain(cluster::spec const& cluster, Rule rule = {})
        : cluster_{&cluster},
          tree_{std::make_shared<cluster::domain_tree const>(cluster::domain_tree::of_racks(cluster))},
          planner_{*tree_, std::move(rule)} {
        for (auto n = std::uint32_t{0}; n != cluster.nodes.size(); ++n)
            in_order_ &=
                index(tree_->node(n)) == n && (n == 0 || cluster.nodes[n - 1].rack <= cluster.nodes[n].rack);
    }

    explicit by_domain(cluster::spec&&, Rule = {}) = delete;

    [[nodiscard]] static constexpr bool compact() noexcept { return true; }

    /// A ledger of another cluster is served, too, at the cost of its tree.
    [[nodiscard]] outcome place(job::request const& need, cluster::ledger const& free) const {
        if (&free.layout() != cluster_) return by_domain{free.layout(), planner_.rule()}.place(need, free);
        if (need.split()) return spill_.place(need, free); // pods of one node may begin at one slice alone
        for (auto m = 0; m != free.models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(model) || free.largest(model) == 0) continue;
            auto const shape = compact_shape(need.gpus_max, free.largest(model));
            if (shape.nodes() > 1 && need.span == job::span::one_node) continue;
            if (plain(need) && (free.at_least(model, shape.each) < shape.full ||
                                (shape.rest != 0 && free.at_least(model, shape.rest) < shape.nodes())))
                continue;
            auto where = cluster::placement{};
            if constexpr (tightest_first<Rule>)
                if (in_order_ && plain(need) && shape.rest == 0)
                    where = from_counters(need, free, model, shape);
            if (where.empty()) where = planner_.plan(gang(need, shape), model, free.state());
            if (!where.empty()) return where;
        }
        if (need.span == job::span::anywhere && !fits_together(need, free)) return spill_.place(need, free);
        return feasible(need, free) ? refusal::busy : refusal::infeasible;
    }
    /// The request as pods.
    [[nodiscard]] static topology_gang gang(job::request const& need, gang_shape shape) {
        auto each = need;
        auto made = topology_gang{};
        auto const add = [&](int gpus, std::uint32_t count) {
            each.gpus_min = each.gpus_max = static_cast<std::uint16_t>(gpus);
            made.kinds.push_back({each, count, count});
        };
        if (shape.nodes() == 1) { // pods of one GPU: nodes are compared by GPUs
            add(1, static_cast<std::uint32_t>(shape.each));
            made.required = 0;
            return made;
        }
        add(shape.each, shape.full);
        if (shape.rest != 0) add(shape.rest, 1);
        made.preferred = 1;
        if (need.span == job::span::one_rack) made.required = 1;
        return made;
    }
    [[nodiscard]] gang_planner<Rule> const& planner() const noexcept { return planner_; }

private:
    /// The tightest node, or the tightest rack and its first full nodes, by what the ledger counts.
    static cluster::placement from_counters(job::request const& need, cluster::ledger const& free,
                                            gpu_model model, gang_shape shape) {
        auto where = cluster::placement{};
        if (shape.full == 1) {
            for (auto f = shape.each; f <= free.largest(model) && where.empty(); ++f)
                if (auto const n = free.with_free(model, f).first(); n != cluster::bitmap::none)
                    where.add(pick(need, free, node_id{n}, shape.each));
            return where;
        }
        auto const& racks = free.racks();
        auto const block = racks.tightest(model, shape.full);
        if (block == cluster::bitmap::none) return where;
        for (auto const* n = racks.begin(block); where.size() != shape.full; ++n)
            if (free.open(node_id{*n}) && free.whole_count(node_id{*n}) == shape.each)
                where.add(pick(need, free, node_id{*n}, shape.each));
        return where;
    }

    cluster::spec const* cluster_;
    std::shared_ptr<cluster::domain_tree const> tree_;
    gang_planner<Rule> planner_;
    consolidated spill_;
    bool in_order_ = true; ///< ids, racks and positions all ascend
};

static_assert(policy<by_domain<>>);

} // namespace rota::placement

#endif
