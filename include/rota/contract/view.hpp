// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_VIEW_HPP
#define ROTA_CONTRACT_VIEW_HPP

#include <cstdint>
#include <span>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/intents.hpp>
#include <rota/contract/job_table.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>

namespace rota {

/// All that a policy may see: what jobs asked for, what was observed of them, and what may still be given
/// out.
///
/// No duration, no truth. Cheap to copy; always current, staged actions included.
class view {
public:
    explicit view(intents const& of) noexcept : of_{&of} {}

    [[nodiscard]] sim_time now() const noexcept { return of_->now(); }

    /// What the job said of itself at submission.
    /// Expects   it has not ended before this instant.
    [[nodiscard]] job::spec const& spec(job_id j) const noexcept {
        ROTA_EXPECTS(state(j).spec != nullptr, "nobody asks for the spec of a job long ended");
        return *state(j).spec;
    }
    /// What it asks for, without GPUs beyond those that this cluster could give to the gang.
    [[nodiscard]] job::request const& need(job_id j) const noexcept { return request_of(state(j).shape); }
    /// Counters and times of the job. After the instant of its end they say only that it is over.
    [[nodiscard]] job_state const& state(job_id j) const noexcept { return of_->jobs().at(j); }
    [[nodiscard]] phase where(job_id j) const noexcept { return of_->where(j); }
    /// It may be started now.
    [[nodiscard]] bool waiting(job_id j) const noexcept {
        auto const& s = state(j);
        return s.intent == 0 && s.held == 0 && s.flight == order_kind::none && s.eligible <= now() &&
               !s.over && s.rejected == 0;
    }
    /// Devices are intended for it: it is starting, running or moving.
    [[nodiscard]] bool placed(job_id j) const noexcept { return state(j).intent != 0; }
    [[nodiscard]] cluster::placement const& intent(job_id j) const noexcept { return of_->jobs().intent(j); }
    [[nodiscard]] cluster::placement const& held(job_id j) const noexcept { return of_->jobs().held(j); }
    /// Service received up to now, exact: GPU-milli x ms while the job did useful work. O(1).
    [[nodiscard]] std::int64_t attained(job_id j) const noexcept { return of_->attained(j); }

    /// The active jobs in no order: for policies that plan everything at once. Event-driven ones never walk
    /// it.
    [[nodiscard]] std::span<job_id const> jobs() const noexcept { return of_->jobs().active(); }
    /// Jobs submitted so far; their ids are below.
    [[nodiscard]] std::size_t submitted() const noexcept { return of_->jobs().size(); }
    /// A small number that no other active job has, 0 for jobs long ended: an index for tables of one's own, which
    /// then grow with the jobs that are active at a time, not with all jobs. Given away anew after the job's end.
    [[nodiscard]] std::uint32_t row(job_id j) const noexcept { return of_->jobs().row(j); }
    /// Rows are below.
    [[nodiscard]] std::size_t rows() const noexcept { return of_->jobs().rows(); }
    /// The request behind job_state::shape.
    [[nodiscard]] job::request const& request_of(std::uint32_t shape) const noexcept {
        return of_->jobs().request_of(shape);
    }
    /// What is left of the cluster if every intent comes true.
    [[nodiscard]] cluster::ledger const& free() const noexcept { return of_->free(); }
    /// The CPU and memory of a node that others than these jobs have: they are not free.
    [[nodiscard]] cluster::slice others(node_id n) const { return of_->others(n); }

    [[nodiscard]] tenant_state const& tenant(tenant_id t) const noexcept { return of_->tenants().of(t); }
    [[nodiscard]] std::size_t tenants() const noexcept { return of_->tenants().size(); }

private:
    intents const* of_;
};

} // namespace rota

#endif
