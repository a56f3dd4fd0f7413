// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_CHECK_HPP
#define ROTA_VERIFY_CHECK_HPP

#include <vector>

#include <rota/verify/accounting.hpp>
#include <rota/verify/capacity_laws.hpp>
#include <rota/verify/cell_laws.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/liveness.hpp>
#include <rota/verify/order_laws.hpp>
#include <rota/verify/policy_laws.hpp>
#include <rota/verify/preemption_laws.hpp>
#include <rota/verify/quota_laws.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/safety.hpp>
#include <rota/verify/sharing_laws.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/time.hpp>
#include <rota/verify/verdict.hpp>

namespace rota::verify {

/// Judges a schedule log by every law that the log alone can answer.
///
/// Meaning   The unconditional laws always; the laws of a policy where it claims them and their premises hold.
/// Cost      O(records x log jobs) for most laws; the waiting and order laws look at every
///           waiting job at every instant, and at every node for each shape of request that waits.
[[nodiscard]] inline report check_log(subject const& of) {
    auto found = report{};
    if (!check_ids(of, found)) return found;
    check_nodes(of, found);
    check_quota_changes(of, found);
    check_devices(of, found);
    check_time(of, found);
    check_life_cycle(of, found);
    check_incarnations(of, found);
    check_orders(of, found);
    if (found.of(law::time_forward).stands() == standing::broken ||
        found.of(law::bounded).stands() == standing::broken)
        return found; // there is no time to account for
    auto const accounts = accounts_of(of);
    if (of.given.complete) check_ends(accounts, found);
    check_run_times(of, accounts, found);
    check_feasibility(of, found);
    check_conservation(of, accounts, found);
    check_non_preemptive(of, found);
    check_strict_fifo(of, found);
    check_waiting(of, found);
    check_promises(of, found);
    check_deadlines(of, found);
    check_bounded_wait(of, found);
    check_event_driven(of, found);
    check_victims(of, found);
    check_choice_of_victims(of, found);
    check_orders_of_jobs(of, found);
    check_quota(of, found);
    check_cells(of, found);
    check_sharing(of, found);
    return found;
}

} // namespace rota::verify

#endif
