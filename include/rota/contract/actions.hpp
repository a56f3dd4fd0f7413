// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_ACTIONS_HPP
#define ROTA_CONTRACT_ACTIONS_HPP

#include <rota/cluster/placement.hpp>
#include <rota/contract/intents.hpp>
#include <rota/contract/order.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>

namespace rota {

/// All that a scheduler may do, staged: visible in the view at once, undone by rollback, netted and sent when
/// the pass ends. A job stopped and put back in place causes nothing.
///
/// A start may be staged on devices whose holders are staged to leave; it is sent when their release is a
/// fact.
class actions {
public:
    explicit actions(intents& on) noexcept : on_{&on} {}

    /// A waiting job shall run there.
    [[nodiscard]] answer start(job_id j, cluster::placement const& p) { return on_->start(j, p); }
    /// A placed job shall hold these devices instead: resize, migration, another share.
    [[nodiscard]] answer move(job_id j, cluster::placement const& p) { return on_->move(j, p); }
    /// Whatever holds now, this shall hold: for whole plans.
    [[nodiscard]] answer put(job_id j, cluster::placement const& p) { return on_->put(j, p); }
    /// A placed job shall give up its devices. A kill may follow a graceful stop that takes too long.
    answer preempt(job_id j, stop_mode how = stop_mode::graceful) { return on_->preempt(j, how); }
    /// A waiting job shall never run.
    answer reject(job_id j, log::cause why) { return on_->reject(j, why); }
    /// The job will start by then. Logged; repeating it is free.
    void promise(job_id j, sim_time start_by) { on_->promise(j, start_by); }
    /// Decide again at that time at the latest. The earliest of a pass counts, and replaces that of the pass
    /// before.
    void wake_at(sim_time at) noexcept { on_->wake_at(at); }

    using mark = intents::mark;
    [[nodiscard]] mark checkpoint() const noexcept { return on_->checkpoint(); }
    /// Undoes everything staged since the mark. Marks nest; a wake is not undone.
    void rollback(mark to) { on_->rollback(to); }

private:
    intents* on_;
};

} // namespace rota

#endif
