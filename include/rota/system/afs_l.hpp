// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_AFS_L_HPP
#define ROTA_SYSTEM_AFS_L_HPP

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/queueing/afs.hpp>

namespace rota::system {

/// Elastic jobs get the sizes of afs_sizes: those above theirs shrink or stop, then those below grow or
/// start.
///
/// Sizes are planned anew when a job comes, goes or falls back, and when a node does; they do not move
/// otherwise. A job grows on its own nodes where it can, elsewhere where it must, and by less where the free
/// devices do not allow the whole step. A resize that failed is tried again with the next plan.
/// Source    C. Hwang et al., "Elastic resource sharing for distributed deep learning", NSDI 2021. differs:
///           several GPU models are planned apart, each waiting job on the model with most open GPUs among
///           those it accepts that could hold it.
template <estimate::estimator Estimator = estimate::user_limit,
          placement::policy Placement = placement::consolidated>
class afs_l {
public:
    static constexpr claim claims =
        std::same_as<Estimator, estimate::oracle> ? claim::clairvoyant : claim::none;

    explicit afs_l(Estimator lengths = {}, Placement place = {})
        : lengths_{std::move(lengths)}, place_{std::move(place)} {}

    void on(event const& happened, view const& v) {
        estimate::tell(lengths_, happened, v);
        auto const by_us = happened.kind == event_kind::started || happened.kind == event_kind::moved ||
                           happened.kind == event_kind::preempted;
        if (happened.kind == event_kind::resync) holding_.clear();
        if (happened.kind == event_kind::move_failed) failed_.insert(happened.job);
        else stale_ |= !by_us && happened.kind != event_kind::wake;
    }
    void decide(view const& v, actions& a) {
        if (std::exchange(stale_, false)) plan(v);
        for (auto const& [j, gpus] : sizes_)
            if (v.placed(j) && v.intent(j).gpus() > gpus && !failed_.contains(j)) shrink(v, a, j, gpus);
        for (auto const& [j, gpus] : sizes_)
            if (v.placed(j) ? v.intent(j).gpus() < gpus && !failed_.contains(j) : gpus > 0 && v.waiting(j))
                grow(v, a, j, gpus);
    }

private:
    [[nodiscard]] gpu_model model_of(view const& v, job_id j) const {
        if (v.placed(j)) return v.free().of(v.intent(j).front().node).model;
        auto const can = holding_[v.state(j).shape];
        auto best = gpu_model{};
        for (auto m = v.free().models(); m-- != 0;) {
            auto const model = static_cast<gpu_model>(m);
            auto const better = v.free().open_gpus(model) >= v.free().open_gpus(best);
            if ((can >> m & 1u) != 0 && (better || (can >> index(best) & 1u) == 0)) best = model;
        }
        return best;
    }
    /// The models that could hold the job's smallest gang if they were idle: on another it would wait for ever.
    void judge(view const& v, job_id j) {
        auto const shape = v.state(j).shape;
        if (shape < holding_.size() && holding_[shape] != 0) return;
        holding_.resize(std::max<std::size_t>(holding_.size(), shape + 1));
        for (auto m = 0; m != v.free().models(); ++m) {
            auto only = v.need(j);
            only.models &= std::uint32_t{1} << m;
            if (placement::feasible(only, v.free())) holding_[shape] |= only.models;
        }
    }
    void plan(view const& v) {
        sizes_.clear();
        failed_.clear();
        auto by_model = std::vector<std::vector<job_id>>(static_cast<std::size_t>(v.free().models()));
        for (auto j : v.jobs())
            if (v.where(j) != phase::cooling) {
                judge(v, j);
                by_model[index(model_of(v, j))].push_back(j);
            }
        for (auto& jobs : by_model) {
            auto const model = static_cast<gpu_model>(&jobs - by_model.data());
            std::sort(jobs.begin(), jobs.end());
            auto const gpus =
                queueing::afs_sizes(v, lengths_, jobs, model, v.free().open_gpus(model) * whole_gpu);
            for (auto i = std::size_t{0}; i != jobs.size(); ++i) sizes_[jobs[i]] = gpus[i];
        }
    }
    /// Keeps the fullest nodes: the fewest that the new size needs.
    static void shrink(view const& v, actions& a, job_id j, int gpus) {
        if (gpus == 0) {
            a.preempt(j);
            return;
        }
        auto parts = std::vector<cluster::slice>(v.intent(j).begin(), v.intent(j).end());
        std::sort(parts.begin(), parts.end(), [](auto const& x, auto const& y) {
            return x.count() != y.count() ? x.count() > y.count() : x.node < y.node;
        });
        auto where = cluster::placement{};
        for (auto& part : parts) {
            while (part.count() > gpus) part.gpus = static_cast<std::uint16_t>(part.gpus & (part.gpus - 1));
            gpus -= part.count();
            if (part.gpus != 0) where.add(sized(v, j, part));
        }
        (void)a.move(j, where);
    }
    void grow(view const& v, actions& a, job_id j, int gpus) const {
        auto const have = v.intent(j).gpus();
        auto const model = model_of(v, j);
        for (; gpus > have && gpus >= v.need(j).gpus_min; --gpus) {
            auto const before = a.checkpoint();
            auto where = have == 0 ? cluster::placement{} : widened(v, j, gpus);
            if (where.empty()) {
                auto need = v.need(j);
                need.gpus_min = need.gpus_max = static_cast<std::uint16_t>(gpus);
                need.models = std::uint32_t{1} << index(model);
                if (have != 0) a.preempt(j); // imagined: its own devices count as free
                if (auto const found = place_.place(need, v.free())) where = *found;
            }
            if (!where.empty() && a.put(j, where) == answer::accepted) return;
            a.rollback(before);
        }
    }
    /// The job's own nodes with that many GPUs; empty where they have not got them, or the GPUs are shared.
    [[nodiscard]] static cluster::placement widened(view const& v, job_id j, int gpus) {
        auto more = gpus - v.intent(j).gpus();
        auto where = cluster::placement{};
        for (auto part : v.intent(j)) {
            auto const free = v.need(j).whole() && v.free().open(part.node)
                                  ? std::min(more, placement::room(v.need(j), v.free(), part.node))
                                  : 0;
            if (free > 0)
                part.gpus = static_cast<std::uint16_t>(
                    part.gpus | placement::pick(v.need(j), v.free(), part.node, free).gpus);
            more -= free;
            where.add(sized(v, j, part));
        }
        return more == 0 ? where : cluster::placement{};
    }
    [[nodiscard]] static cluster::slice sized(view const& v, job_id j, cluster::slice part) {
        part.cpu_milli = v.need(j).cpu_milli * static_cast<std::uint32_t>(part.count());
        part.mem_mib = v.need(j).mem_mib * static_cast<std::uint32_t>(part.count());
        return part;
    }

    Estimator lengths_;
    [[no_unique_address]] Placement place_;
    std::map<job_id, int> sizes_;        ///< GPUs planned for
    std::set<job_id> failed_;            ///< resizes that did not happen since the last plan
    std::vector<std::uint32_t> holding_; ///< [shapes] judge(): models, as far as asked
    bool stale_ = true;
};

static_assert(scheduling_policy<afs_l<>>);

} // namespace rota::system

#endif
