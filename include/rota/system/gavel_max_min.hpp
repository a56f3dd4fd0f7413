// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_GAVEL_MAX_MIN_HPP
#define ROTA_SYSTEM_GAVEL_MAX_MIN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

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
#include <rota/queueing/lp.hpp>
#include <rota/queueing/max_min_shares.hpp>
#include <rota/queueing/slicer.hpp>

namespace rota::system {

/// Max-min fair time shares over the GPU models, made whole by leases of six minutes.
///
/// Shares are computed anew when a job comes or goes and when a node does. Where the solver does not find the
/// optimum, status() says so: the shares of before stay, and newcomers get the least share.
/// Source    D. Narayanan et al., "Heterogeneity-aware cluster scheduling policies for deep learning
///           workloads" (Gavel), OSDI 2020. differs: see max_min_shares and slicer; no packing of job pairs.
template <estimate::estimator Estimator = estimate::user_limit, queueing::lp_solver Solver = queueing::no_lp,
          placement::policy Placement = placement::consolidated>
class gavel_max_min {
public:
    static constexpr claim claims =
        std::same_as<Estimator, estimate::oracle> ? claim::clairvoyant : claim::none;

    explicit gavel_max_min(Estimator how_fast = {}, Solver solver = {}, Placement place = {},
                           millis quantum_ms = 360'000)
        : how_fast_{std::move(how_fast)}, solver_{std::move(solver)}, place_{std::move(place)} {
        slices_.quantum_ms = quantum_ms;
    }

    /// Of the last program that was solved.
    [[nodiscard]] queueing::lp_status status() const noexcept { return status_; }

    void on(event const& happened, view const& v) {
        estimate::tell(how_fast_, happened, v);
        slices_.on(happened, v);
        auto const gone = happened.about_a_job() && happened.after == phase::ended;
        if (gone) shares_.erase(happened.job);
        stale_ |= gone || happened.kind == event_kind::submitted || happened.kind == event_kind::resync ||
                  happened.kind == event_kind::node_down || happened.kind == event_kind::node_up;
    }
    void decide(view const& v, actions& a) {
        auto lanes = std::vector<std::uint32_t>{};
        for (auto k = 0; k != v.free().models(); ++k) lanes.push_back(std::uint32_t{1} << k);
        if (std::exchange(stale_, false)) share(v);
        slices_.share_out(v, a, place_, lanes, [&](job_id j, std::size_t lane) {
            auto const found = shares_.find(j);
            return found == shares_.end() ? std::int64_t{1} : found->second[lane];
        });
    }

private:
    void share(view const& v) {
        auto table = queueing::rate_table{};
        auto jobs = std::vector<job_id>(v.jobs().begin(), v.jobs().end());
        std::sort(jobs.begin(), jobs.end());
        for (auto k = 0; k != v.free().models(); ++k)
            table.capacity.push_back(v.free().open_gpus(static_cast<gpu_model>(k)) * whole_gpu);
        for (auto j : jobs) {
            auto const& need = v.need(j);
            table.gang.push_back(std::int64_t{need.gpus_max} * need.milli);
            auto& rates = table.rate.emplace_back();
            for (auto k = 0; k != v.free().models(); ++k) {
                auto only = need;
                only.gpus_min = need.gpus_max;
                only.models &= std::uint32_t{1} << k;
                auto const can =
                    table.gang.back() <= table.capacity[rates.size()] && placement::feasible(only, v.free());
                rates.push_back(can ? how_fast_.rate(v, j, need.gpus_max, static_cast<gpu_model>(k))
                                    : std::int64_t{0});
            }
        }
        auto found = queueing::max_min_shares(table, solver_);
        status_ = found.status;
        if (status_ !=
            queueing::lp_status::optimal) { // nobody keeps a share of nothing, of when his nodes were away
            std::erase_if(shares_, [](auto const& one) {
                return std::count(one.second.begin(), one.second.end(), 0) == std::ssize(one.second);
            });
            return;
        }
        for (auto i = std::size_t{0}; i != jobs.size(); ++i) {
            auto& share = shares_[jobs[i]] = std::move(found.share[i]);
            // whose share rounds to nothing still gets its turn where it is fastest
            auto const& rates = table.rate[i];
            auto const best = std::max_element(rates.begin(), rates.end());
            if (*best > 0 && std::count(share.begin(), share.end(), 0) == std::ssize(share))
                share[static_cast<std::size_t>(best - rates.begin())] = 1;
        }
    }

    Estimator how_fast_;
    [[no_unique_address]] Solver solver_;
    [[no_unique_address]] Placement place_;
    queueing::slicer slices_;
    std::map<job_id, std::vector<std::int64_t>> shares_; ///< [models] thousandths of the time
    queueing::lp_status status_ = queueing::lp_status::optimal;
    bool stale_ = true;
};

static_assert(scheduling_policy<gavel_max_min<>>);

} // namespace rota::system

#endif
