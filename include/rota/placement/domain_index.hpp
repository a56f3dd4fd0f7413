// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_DOMAIN_INDEX_HPP
#define ROTA_PLACEMENT_DOMAIN_INDEX_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/domain_order.hpp>
#include <rota/placement/domain_rule.hpp>
#include <rota/placement/domain_search.hpp>
#include <rota/placement/domain_sums.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/topology_gang.hpp>

namespace rota::placement {

/// The rule wants the domain with the least room.
template <class R>
concept tightest_first = domain_rule<R> && requires { requires R::tightest; };

/// The engine for gangs that keeps what every domain has room for, node by node as the ledger changes; its
/// answers are those of `gang_planner`.
///
/// Syntax    e.add(gang) -> the number of a gang, 0, 1, 2 ...; e.changed(node); e.place(number) -> outcome.
/// Expects   gangs of one kind without extras: count == least; tree and ledger outlive it, and it is told of each
///           node that changes before place() is asked again.
/// Cost      tightest_first rules: a few words a level, and the children of the domains that the gang enters.
/// Others score each domain of a level that has room. changed(): O(levels) for each gang and model.
template <domain_rule Rule = tightest_domain>
class domain_index {
public:
    domain_index(cluster::domain_tree const& tree, cluster::ledger const& free, Rule rule = {})
        : tree_{&tree}, free_{&free}, rule_{std::move(rule)} {}
    domain_index(cluster::domain_tree&&, cluster::ledger const&, Rule = {}) = delete;

    std::uint32_t add(topology_gang const& gang) {
        gang_planner<Rule>::expect_sound(gang, *tree_);
        ROTA_EXPECTS(gang.kinds.size() == 1 && gang.kinds.front().count == gang.kinds.front().least,
                     "an index takes gangs of one kind without extras; gang_planner takes any");
        auto const unused = cluster::occupancy{free_->layout()};
        auto& made = gangs_.emplace_back(entry{gang, {}, refusal::infeasible});
        auto const level = std::min(gang.required, tree_->top());
        for (auto m = 0; m != free_->models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!each(made).accepts(model)) continue;
            auto sums = domain_sums{*tree_, gang.slice, gang.slice_level};
            auto one = row{model, sums, sums, {}};
            auto const fill = [&](domain_sums& into, cluster::occupancy const& state) {
                into.fill(tree_->top(), 0, [&](std::uint32_t at) {
                    return pods_on(each(made), model, state, tree_->node(at));
                });
            };
            fill(one.empty, unused);
            fill(one.now, free_->state());
            if constexpr (tightest_first<Rule>)
                for (auto l = std::uint32_t{0}; l <= tree_->top(); ++l) {
                    auto const& most = one.empty.rooms(l);
                    one.order.emplace_back(one.now.rooms(l),
                                           most.empty() ? 0 : *std::max_element(most.begin(), most.end()));
                }
            if (choose(rule_, {tree_, &one.empty, &one.empty, level, 0}, units(made, level)) != no_domain)
                made.otherwise = refusal::busy;
            made.rows.push_back(std::move(one));
        }
        return static_cast<std::uint32_t>(gangs_.size() - 1);
    }
    void changed(node_id n) {
        auto const at = tree_->position(n);
        auto const model = free_->of(n).model;
        for (auto& gang : gangs_)
            for (auto& one : gang.rows)
                if (one.model == model)
                    one.now.change(
                        at, pods_on(each(gang), model, free_->state(), n),
                        [&]([[maybe_unused]] std::uint32_t level, [[maybe_unused]] std::uint32_t domain,
                            [[maybe_unused]] std::uint32_t before, [[maybe_unused]] std::uint32_t after) {
                            if constexpr (tightest_first<Rule>)
                                one.order[level].change(domain, before, after);
                        });
    }
    [[nodiscard]] outcome place(std::uint32_t number) {
        auto const& gang = gangs_[number];
        auto const top = std::min(gang.what.required, tree_->top());
        for (auto const& one : gang.rows)
            for (auto level = std::min(gang.what.preferred, top); level <= top; ++level)
                if (auto const d = domain(one, level, units(gang, level)); d != no_domain)
                    return spread_below(gang, one, level, d);
        return gang.otherwise;
    }
    /// What a gang's domains have room for on a model, as gang_planner would sum it up.
    [[nodiscard]] domain_sums const& sums(std::uint32_t number, std::size_t which) const noexcept {
        return gangs_[number].rows[which].now;
    }

private:
    struct row {
        gpu_model model{};
        domain_sums now;
        domain_sums empty;
        std::vector<domain_order> order; ///< [levels], where the rule wants the tightest domain
    };
    struct entry {
        topology_gang what;
        std::vector<row> rows; ///< one for each model that it accepts
        refusal otherwise;
    };

    static job::request const& each(entry const& gang) noexcept { return gang.what.kinds.front().each; }
    static std::uint32_t units(entry const& gang, std::uint32_t level) noexcept {
        return gang_planner<Rule>::units_at(gang.what, level, gang.what.kinds.front().least);
    }
    std::uint32_t domain(row const& one, std::uint32_t level, std::uint32_t units) const noexcept {
        if constexpr (tightest_first<Rule>) return one.order[level].tightest(one.now.rooms(level), units);
        else return choose(rule_, {tree_, &one.now, &one.empty, level, 0}, units);
    }
    cluster::placement spread_below(entry const& gang, row const& one, std::uint32_t level, std::uint32_t d) {
        auto const& need = each(gang);
        auto where = cluster::placement{};
        auto ascending = true;
        descend(rule_, *tree_, one.now, level, d, units(gang, level), scratch_,
                [&](std::uint32_t at, std::uint32_t pods) {
                    auto const n = tree_->node(at);
                    ascending &= where.empty() || (where.end() - 1)->node < n;
                    where.add(pick(need, free_->state(), n, static_cast<int>(pods * need.gpus_max)));
                });
        if (ascending) return where;
        auto parts = std::vector<cluster::slice>(where.begin(), where.end());
        std::sort(parts.begin(), parts.end(), [](auto const& a, auto const& b) { return a.node < b.node; });
        where.clear();
        for (auto const& part : parts) where.add(part);
        return where;
    }

    cluster::domain_tree const* tree_;
    cluster::ledger const* free_;
    [[no_unique_address]] Rule rule_;
    std::vector<entry> gangs_;
    std::vector<domain_part> scratch_;
};

} // namespace rota::placement

#endif
