// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_ORACLE_HPP
#define ROTA_ESTIMATE_ORACLE_HPP

#include <cstdint>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/job/progress_table.hpp>
#include <rota/job/work.hpp>

namespace rota::simulation {
class simulator;
} // namespace rota::simulation

namespace rota::estimate {

/// The truth about remaining work and rates.
///
/// Only a simulator can make one, so a scheduler that holds an oracle cannot be run on a real cluster: it
/// does not compile.
/// Source    the information class "I4, oracle remaining work" of every JCT reference (SRPT: L. Schrage, "A
///           proof of the optimality of the shortest remaining processing time discipline", Operations
///           Research 1968).
class oracle {
public:
    [[nodiscard]] millis remaining_ms(view const& v, job_id j) const noexcept {
        return progress_->of(j).remaining_ms(v.now());
    }
    [[nodiscard]] std::int64_t rate(view const& v, job_id j, int gpus, gpu_model model) const noexcept {
        auto const& need = v.need(j);
        return (*works_)[index(j)].rate(need, gpus, need.milli, model);
    }

private:
    friend class simulation::simulator;
    oracle(std::vector<job::work> const& works, job::progress_table const& progress) noexcept
        : works_{&works}, progress_{&progress} {}

    std::vector<job::work> const* works_;
    job::progress_table const* progress_;
};

static_assert(estimator<oracle>);

} // namespace rota::estimate

#endif
