// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_INTENTS_HPP
#define ROTA_CONTRACT_INTENTS_HPP

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/job_table.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>

namespace rota {

/// What became of an action. Everything but accepted and unchanged is a bug of the scheduler, which had the
/// view: nothing is changed, the host counts it, and the verifier fails the run.
enum class answer : std::uint8_t {
    accepted,
    unchanged,   ///< it already is as asked
    not_waiting, ///< the job is placed already, or still cooling
    not_placed,
    ended,
    wrong_gang, ///< not the number, share, model, spread, CPU or memory that the job asked for
    no_room,
    closed_node,
};

/// What the scheduler wants: for every job the devices that it shall hold, and the ledger of what is left to
/// give out.
///
/// A pass stages changes here, sees them at once, and may undo them newest first; books nets what remains.
class intents {
public:
    struct mark {
        cluster::ledger::mark ledger;
        std::size_t staged;
    };
    enum class step_kind : std::uint8_t { intent, promise, rejection };
    struct step { ///< what was before
        step_kind what;
        stop_mode mode;
        job_id job;
        std::uint32_t was; ///< its intent, a number of the job table's pool
        sim_time promised;
    };

    intents(cluster::spec const& cluster, tenant_tree tenants)
        : free_{cluster}, tenants_{std::move(tenants)} {}

    [[nodiscard]] sim_time now() const noexcept { return now_; }
    [[nodiscard]] job_table const& jobs() const noexcept { return jobs_; }
    [[nodiscard]] cluster::ledger const& free() const noexcept { return free_; }
    [[nodiscard]] tenant_tree const& tenants() const noexcept { return tenants_; }
    [[nodiscard]] std::uint32_t refused() const noexcept { return refused_; }

    [[nodiscard]] phase where(job_id id) const noexcept { return where(jobs_.at(id)); }
    [[nodiscard]] phase where(job_state const& j) const noexcept {
        if (j.over) return phase::ended;
        if (j.intent == 0) {
            if (j.flight != order_kind::none || j.held != 0) return phase::stopping;
            return j.eligible > now_ ? phase::cooling : phase::waiting;
        }
        if (j.held == 0 || j.flight == order_kind::start) return phase::starting;
        if (j.flight == order_kind::none && jobs_.as_intended(j)) return phase::running;
        return phase::moving;
    }
    [[nodiscard]] std::int64_t attained(job_id id) const noexcept { return attained(jobs_.at(id)); }
    [[nodiscard]] std::int64_t attained(job_state const& j) const noexcept {
        return j.attained +
               (j.accrues_from < now_ ? jobs_.held(j).total_milli() * (now_ - j.accrues_from) : 0);
    }

    // --- staging: for actions
    [[nodiscard]] mark checkpoint() const noexcept { return {free_.checkpoint(), staged_.size()}; }
    void rollback(mark to) {
        free_.rollback(to.ledger);
        while (staged_.size() > to.staged) {
            auto& last = staged_.back();
            auto& j = jobs_.at(last.job);
            if (last.what == step_kind::intent) {
                tenants_.discharge(j.tenant, jobs_.intent(j));
                jobs_.clear_intent(j);
                j.intent = last.was;
                tenants_.charge(j.tenant, jobs_.intent(j));
                j.mode = last.mode;
            } else if (last.what == step_kind::promise) {
                j.promised = last.promised;
            } else {
                j.rejected = 0;
            }
            staged_.pop_back();
        }
    }
    answer start(job_id id, cluster::placement const& p) {
        auto const& j = jobs_.at(id);
        if (j.over || j.rejected != 0) return refuse(answer::ended);
        if (j.intent != 0 || j.eligible > now_) return refuse(answer::not_waiting);
        return put(id, p);
    }
    answer move(job_id id, cluster::placement const& p) {
        auto const& j = jobs_.at(id);
        if (j.over || j.rejected != 0) return refuse(answer::ended);
        if (j.intent == 0) return refuse(answer::not_placed);
        return put(id, p);
    }
    answer put(job_id id, cluster::placement const& p) {
        auto& j = jobs_.at(id);
        if (j.over || j.rejected != 0) return refuse(answer::ended);
        auto const& was = jobs_.intent(j);
        if (was == p) return answer::unchanged;
        if (!right_gang(jobs_.asked_by(j.shape), p) && !held_before(id, p)) return refuse(answer::wrong_gang);
        if (was.empty()) {
            if (!free_.open(p) && !held_before(id, p)) return refuse(answer::closed_node);
            if (!free_.fits(p)) return refuse(answer::no_room);
        } else {
            if (!free_.open(difference(p, was))) return refuse(answer::closed_node);
            auto const before = free_.checkpoint();
            free_.give(was);
            auto const fits = free_.fits(p);
            free_.rollback(before);
            if (!fits) return refuse(answer::no_room);
        }
        stage(id, j);
        drop(j);
        set(j, p);
        return answer::accepted;
    }
    answer preempt(job_id id, stop_mode mode) {
        auto& j = jobs_.at(id);
        if (j.over || j.rejected != 0) return refuse(answer::ended);
        if (j.intent == 0) {
            if (j.held == 0) return refuse(answer::not_placed);
            if (mode == j.mode) return answer::unchanged;
        }
        stage(id, j);
        drop(j);
        j.mode = mode;
        return answer::accepted;
    }
    answer reject(job_id id, log::cause why) {
        auto& j = jobs_.at(id);
        if (j.over || j.rejected != 0) return refuse(answer::ended);
        if (where(j) != phase::waiting) return refuse(answer::not_waiting);
        staged_.push_back({step_kind::rejection, {}, id, 0, never});
        j.rejected = static_cast<std::uint8_t>(why);
        return answer::accepted;
    }
    void promise(job_id id, sim_time start_by) {
        auto& j = jobs_.at(id);
        if (j.promised == start_by) return;
        staged_.push_back({step_kind::promise, {}, id, 0, j.promised});
        j.promised = start_by;
    }
    void wake_at(sim_time at) noexcept { wake_ = std::min(wake_, at); }

    // --- for books: the pass as a whole, and what facts do to intents
    void begin_pass() {
        free_.begin();
        for (auto& one : staged_) jobs_.pool().clear(one.was);
        staged_.clear();
        wake_ = never;
    }
    /// The steps that were not rolled back, oldest first. Nothing can be undone any more.
    [[nodiscard]] std::vector<step>& end_pass() noexcept {
        free_.end();
        return staged_;
    }
    [[nodiscard]] sim_time wake() const noexcept { return wake_; }
    void set_now(sim_time now) noexcept { now_ = now; }
    [[nodiscard]] job_table& jobs() noexcept { return jobs_; }
    [[nodiscard]] tenant_tree& tenants() noexcept { return tenants_; }
    void set_open(node_id n, bool open) { free_.set_open(n, open); }
    /// The CPU and memory of a node that others have.
    [[nodiscard]] cluster::slice others(node_id n) const {
        auto const at = others_.find(n);
        return at == others_.end() ? cluster::slice{.node = n, .gpus = 0} : at->second;
    }
    /// Others have that, in the place of what they had of the node.
    void leave(cluster::slice const& have) {
        free_.give(others(have.node));
        free_.take(have);
        others_[have.node] = have;
    }
    void set(job_state& j, cluster::placement const& p) {
        free_.take(p);
        tenants_.charge(j.tenant, p);
        jobs_.set_intent(j, p);
    }
    void drop(job_state& j) {
        if (j.intent == 0) return;
        auto const& was = jobs_.intent(j);
        free_.give(was);
        tenants_.discharge(j.tenant, was);
        jobs_.clear_intent(j);
    }

    /// p is all that `need` asks for, on one model that it accepts, spread no further than it allows.
    [[nodiscard]] bool right_gang(job::request const& need, cluster::placement const& p) const {
        if (need.split()) [[unlikely]]
            return right_instances(need, p);
        auto const& nodes = free_.layout().nodes;
        if (p.empty() || index(p.front().node) >= nodes.size()) return false;
        auto const& first = nodes[index(p.front().node)];
        auto gpus = 0;
        for (auto const& part : p) {
            if (index(part.node) >= nodes.size() || part.gpus == 0) return false;
            auto const& node = nodes[index(part.node)];
            auto const count = part.count();
            gpus += count;
            if (part.milli < need.milli_min || part.milli > need.milli || !need.accepts(node.model))
                return false;
            if (node.model != first.model) return false;
            if (part.cpu_milli != need.cpu_milli * static_cast<std::uint32_t>(count)) return false;
            if (part.mem_mib != need.mem_mib * static_cast<std::uint32_t>(count)) return false;
            if (need.span == job::span::one_rack && node.rack != first.rack) return false;
        }
        if (gpus < need.gpus_min || gpus > need.gpus_max || !p.names_once()) return false;
        if (need.span == job::span::anywhere) return true;
        auto const largest = free_.largest(first.model);
        auto const fewest =
            need.span == job::span::one_node ? 1 : (gpus + largest - 1) / std::max(largest, 1);
        return static_cast<int>(p.size()) <= fewest;
    }

private:
    /// Instances of the size, and else as shares of that much would be right.
    [[nodiscard]] bool right_instances(job::request need, cluster::placement const& p) const {
        auto as_shares = cluster::placement{};
        for (auto part : p) {
            if (part.mig() != need.mig) return false;
            part.milli = need.milli;
            as_shares.add(part);
        }
        need.mig = {};
        return right_gang(need, as_shares);
    }
    answer refuse(answer why) noexcept {
        ++refused_;
        return why;
    }
    void stage(job_id id, job_state const& j) {
        auto& fresh = staged_.emplace_back(step{step_kind::intent, j.mode, id, 0, never});
        jobs_.pool().share(fresh.was, j.intent);
    }
    /// Putting back what this pass took away is always legal, even onto a node that has closed meanwhile, and of less CPU
    /// and memory than it asks for, where a manager has chosen the place.
    [[nodiscard]] bool held_before(job_id id, cluster::placement const& p) const noexcept {
        for (auto const& one : staged_)
            if (one.what == step_kind::intent && one.job == id) return jobs_.pool().at(one.was) == p;
        return false;
    }

    sim_time now_{};
    sim_time wake_ = never;
    cluster::ledger free_;
    std::map<node_id, cluster::slice> others_; ///< by node, where there are any
    job_table jobs_;
    tenant_tree tenants_;
    std::vector<step> staged_;
    std::uint32_t refused_ = 0;
};

} // namespace rota

#endif
