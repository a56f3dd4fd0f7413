// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_HIVED_HPP
#define ROTA_SYSTEM_HIVED_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/cell_chain.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/quota_cells.hpp>
#include <rota/placement/virtual_cluster.hpp>

namespace rota::system {

/// Each tenant has a private cluster of cells, and its jobs start no later than they would on that cluster alone;
/// opportunistic jobs run on whatever is idle, and leave when it is claimed.
///
/// A tenant's quota is turned into the largest cells that fit it and can be promised. A job is placed inside its
/// tenant's virtual cluster, jobs of higher priority first, then by submission, passing over those that do not fit; a
/// virtual cell gets a physical one when it is first used, with as few failed nodes and opportunistic jobs in it as
/// can be, and gives it back when it is empty. Opportunistic are jobs of negative priority, and those that the whole
/// virtual cluster could not hold. A quota that changes makes other cells; jobs that they do not explain stop.
/// Cost      O(waiting shapes of the tenants that something happened to) placements a pass; O(cells of the chain) to
///           bind a cell while some node has failed or an opportunistic job runs, else O(levels).
/// Source    H. Zhao et al., "HiveD: sharing a GPU cluster for deep learning with guarantees", OSDI 2020. differs: no
/// priorities within a tenant that stop jobs, no pinned cells; cells come from quotas; any placement policy
/// serves inside a virtual cluster, where the paper packs by affinity; who finds others on its cell's node waits.
template <placement::policy Placement = placement::consolidated>
class hived {
public:
    static constexpr claim claims = claim::cells_kept;

    Placement place{};

    void on(event const& happened, view const& v) {
        if (happened.kind == event_kind::resync || happened.kind == event_kind::quota_changed) return read(v);
        set_up(v);
        nodes_changed_ |= happened.kind == event_kind::node_down || happened.kind == event_kind::node_up;
        if (!happened.about_a_job()) return;
        auto const j = happened.job;
        if (!v.placed(j)) {
            guests_.erase(j);
            stirred_.back() = true;
            if (auto const at = inside_.find(j); at != inside_.end()) leave(at->second), inside_.erase(at);
        }
        auto& line = line_of(v, j);
        if (happened.after != phase::waiting) return (void)line.erase(rank_of(v, j));
        line.insert(rank_of(v, j));
        stirred_[line_at(v, j)] = true;
    }
    void decide(view const& v, actions& a) {
        set_up(v);
        for (auto j : std::exchange(unexplained_, {}))
            if (v.placed(j)) a.preempt(j);
        unbind_idle();
        if (std::exchange(nodes_changed_, false)) {
            stirred_.assign(stirred_.size(), true);
            for (auto& tenant : tenants_)
                for (auto& cell : tenant.cells())
                    if (cell.bound) show_failures(v, tenant, cell);
        }
        // what a cell gets where nodes have failed depends on everybody's cells
        if (v.free().open_gpus() != gpus_) stirred_.assign(stirred_.size(), true);
        for (auto t = std::size_t{0}; t != tenants_.size(); ++t)
            each_waiting(v, t, [&](job_id j) { return serve(v, a, t, j); });
        each_waiting(v, tenants_.size(), [&](job_id j) {
            auto const where = place.place(v.need(j), v.free());
            if (!where || a.start(j, *where) != answer::accepted) return false;
            guests_.insert(j);
            return true;
        });
    }
    /// The private clusters, by tenant, and the cells behind them.
    [[nodiscard]] std::vector<placement::virtual_cluster> const& tenants() const noexcept { return tenants_; }
    [[nodiscard]] std::vector<placement::cell_chain> const& chains() const noexcept { return chains_; }

private:
    using virtual_cluster = placement::virtual_cluster;
    using rank = std::tuple<std::int64_t, sim_time, job_id>; ///< who is served first
    struct inside {
        std::size_t tenant;
        cluster::placement where; ///< on virtual nodes
    };

    void set_up(view const& v) {
        if (!tenants_.empty()) return;
        auto const& layout = v.free().layout();
        chains_ = placement::chains_of(layout);
        chain_of_.resize(layout.nodes.size());
        for (auto c = std::uint32_t{0}; c != chains_.size(); ++c)
            for (auto i = std::uint32_t{0}; i != chains_[c].nodes.size(); ++i)
                chain_of_[index(chains_[c].nodes[i])] = {c, i * chains_[c].gpus};
        gpus_ = layout.gpus();
        auto quotas = std::vector<std::int64_t>{};
        for (auto t = std::size_t{0}; t != v.tenants(); ++t)
            quotas.push_back(v.tenant(static_cast<tenant_id>(t)).nominal_milli);
        for (auto const& levels : placement::quota_cells(chains_, quotas))
            tenants_.emplace_back(layout, chains_, levels);
        lines_.resize(tenants_.size() + 1);
        stirred_.resize(lines_.size());
        holds_.resize(tenants_.size());
    }
    /// Everything anew from the view: jobs stay where cells explain their devices, the others stop.
    void read(view const& v) {
        auto policy = std::move(place);
        *this = hived{};
        place = std::move(policy);
        set_up(v);
        auto placed = std::vector<job_id>{};
        for (auto j : v.jobs()) {
            if (v.waiting(j)) line_of(v, j).insert(rank_of(v, j));
            if (!v.placed(j)) continue;
            if (line_at(v, j) == tenants_.size()) guests_.insert(j);
            else placed.push_back(j);
        }
        auto const size = [&](job_id j) { return std::pair{-v.intent(j).gpus(), j}; };
        std::sort(placed.begin(), placed.end(), [&](job_id x, job_id y) { return size(x) < size(y); });
        for (auto j : placed)
            if (!adopt(v, j)) unexplained_.push_back(j);
        nodes_changed_ = true;
    }
    bool adopt(view const& v, job_id j) {
        auto const t = line_at(v, j);
        auto& tenant = tenants_[t];
        auto known = inside{t, {}};
        for (auto part : v.intent(j)) {
            auto const [c, first] = chain_of_[index(part.node)];
            auto const n =
                tenant.node_of(chains_, c, first + static_cast<std::uint32_t>(std::countr_zero(part.gpus)),
                               first + static_cast<std::uint32_t>(std::bit_width(part.gpus)) - 1);
            if (!n) return false;
            idle_.emplace_back(t, &tenant.cell_of(*n) - tenant.cells().data());
            auto const shift = chains_[c].at(tenant.leaf(chains_, *n)).second;
            part.node = *n;
            part.gpus = static_cast<std::uint16_t>(part.gpus >> shift);
            if (known.where.touches(*n) || !tenant.free().state().fits(part)) return false;
            known.where.add(part);
        }
        tenant.take(known.where);
        inside_.emplace(j, std::move(known));
        return true;
    }
    /// Starts a job inside its tenant's cells, if it fits there.
    bool serve(view const& v, actions& a, std::size_t t, job_id j) {
        auto& tenant = tenants_[t];
        auto const need = counted_on(v, tenant, v.need(j));
        for (;;) { // again where the cells that it got have failed nodes: those now show
            auto const where = place.place(need, tenant.free());
            if (!where) return false;
            for (auto const& part : *where)
                if (auto& cell = tenant.cell_of(part.node); !cell.bound) bind(v, t, cell);
            if (!tenant.free().open(*where)) continue;
            auto const devices = tenant.physical(chains_, *where);
            auto const before = a.checkpoint();
            for (auto guest = guests_.rbegin(); guest != guests_.rend() && !v.free().fits(devices); ++guest)
                if (v.placed(*guest) && cluster::competes(v.intent(*guest), devices, v.free().state()))
                    a.preempt(*guest);
            auto const fits = v.free().fits(devices);
            nodes_changed_ |= !fits; // others have CPU or memory there: asked again in the next pass
            if (!fits || a.start(j, devices) != answer::accepted) return a.rollback(before), false;
            tenant.take(*where);
            inside_.insert_or_assign(j, inside{t, *where});
            return true;
        }
    }
    void bind(view const& v, std::size_t t, virtual_cluster::cell& cell) {
        auto& chain = chains_[cell.chain];
        auto const calm = guests_.empty() && v.free().open_gpus() == gpus_;
        static constexpr auto bad = std::uint64_t{1} << 32;
        cell.bound = chain.cells.take(cell.level, bad, [&](std::uint32_t level, std::uint32_t c) {
            auto cost = std::uint64_t{0};
            auto const size = chain.cells.size(level);
            for (auto leaf = c * size; leaf < (c + 1) * size && !calm; leaf += std::min(size, chain.gpus)) {
                auto const [n, shift] = chain.at(leaf);
                auto const mask = ((1u << std::min(size, chain.gpus)) - 1) << shift;
                if (!v.free().open(n)) cost += bad;
                cost += static_cast<std::uint64_t>(cluster::gpus_in(
                    static_cast<std::uint16_t>(mask & ~std::uint32_t{v.free().state().whole(n)})));
            }
            return cost;
        });
        idle_.emplace_back(t, &cell - tenants_[t].cells().data());
        show_failures(v, tenants_[t], cell);
    }
    void show_failures(view const& v, virtual_cluster& tenant, virtual_cluster::cell const& cell) {
        for (auto i = std::uint32_t{0}; i != cell.nodes; ++i) {
            auto const n = node_id{cell.first_node + i};
            tenant.set_open(n, !cell.bound ||
                                   v.free().open(chains_[cell.chain].at(tenant.leaf(chains_, n)).first));
        }
    }
    void leave(inside const& from) {
        auto& tenant = tenants_[from.tenant];
        tenant.give(from.where);
        stirred_[from.tenant] = true;
        for (auto const& part : from.where)
            idle_.emplace_back(from.tenant, &tenant.cell_of(part.node) - tenant.cells().data());
    }
    void unbind_idle() {
        for (auto const& [t, i] : std::exchange(idle_, {})) {
            auto& cell = tenants_[t].cells()[static_cast<std::size_t>(i)];
            if (!cell.bound || cell.held != 0) continue;
            chains_[cell.chain].cells.give(cell.level, *std::exchange(cell.bound, std::nullopt));
            for (auto n = cell.first_node; n != cell.first_node + cell.nodes; ++n)
                tenants_[t].set_open(node_id{n}, true);
        }
    }

    [[nodiscard]] static rank rank_of(view const& v, job_id j) {
        return {-std::int64_t{v.spec(j).priority}, v.spec(j).submit, j};
    }
    [[nodiscard]] std::set<rank>& line_of(view const& v, job_id j) {
        return lines_[line_at(v, j)][v.state(j).shape];
    }
    /// The job's tenant, or the line of the opportunistic.
    [[nodiscard]] std::size_t line_at(view const& v, job_id j) {
        auto const t = std::size_t{index(v.spec(j).tenant)};
        if (v.spec(j).priority < 0) return tenants_.size();
        auto const shape = v.state(j).shape;
        auto& known = holds_[t];
        if (known.size() <= shape) known.resize(shape + 1u, unknown);
        if (known[shape] == unknown) // whether its virtual cluster, empty, has room for it
            known[shape] =
                placement::feasible(counted_on(v, tenants_[t], v.need(j)), tenants_[t].free()) ? yes : no;
        return known[shape] == yes ? t : tenants_.size();
    }
    /// Without models whose virtual nodes are smaller than the gang and than real ones, if it must stay together.
    [[nodiscard]] static job::request counted_on(view const& v, virtual_cluster const& tenant,
                                                 job::request need) {
        need.gpus_min = need.gpus_max;
        for (auto m = 0; m != tenant.free().models() && need.span != job::span::anywhere; ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (need.gpus_max > tenant.free().largest(model) &&
                tenant.free().largest(model) != v.free().largest(model))
                need.models &= ~(1u << m);
        }
        return need;
    }
    /// start(job) for those in a line that wait, by rank, each shape until it does not fit; if anything that the line
    /// depends on has changed.
    template <class Start>
    void each_waiting(view const& v, std::size_t line, Start start) {
        if (!std::exchange(stirred_[line], false)) return;
        using place_in_line = std::set<rank>::const_iterator;
        auto next = std::vector<std::pair<place_in_line, place_in_line>>{};
        for (auto const& [shape, jobs] : lines_[line])
            if (!jobs.empty()) next.emplace_back(jobs.begin(), jobs.end());
        while (!next.empty()) {
            auto const first = std::min_element(
                next.begin(), next.end(), [](auto const& x, auto const& y) { return *x.first < *y.first; });
            auto const j = std::get<job_id>(*first->first++);
            if ((v.waiting(j) && !start(j)) || first->first == first->second) next.erase(first);
        }
    }

    static constexpr std::uint8_t unknown = 0, no = 1, yes = 2;
    std::vector<placement::cell_chain> chains_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        chain_of_;          ///< [nodes] its chain, and its first GPU there
    std::int64_t gpus_ = 0; ///< of the cluster
    std::vector<virtual_cluster> tenants_;
    std::vector<std::map<std::uint32_t, std::set<rank>>>
        lines_;                                    ///< [tenants] and of the opportunistic, by shape
    std::vector<char> stirred_;                    ///< [lines]
    std::vector<std::vector<std::uint8_t>> holds_; ///< [tenants x shapes] as far as asked
    std::map<job_id, inside> inside_;              ///< those that run inside their cells
    std::set<job_id> guests_;                      ///< opportunistic jobs that run
    std::vector<job_id> unexplained_;              ///< devices that no cell accounts for
    std::vector<std::pair<std::size_t, std::ptrdiff_t>> idle_; ///< cells that may have become idle
    bool nodes_changed_ = false;
};

static_assert(scheduling_policy<hived<>>);

} // namespace rota::system

#endif
