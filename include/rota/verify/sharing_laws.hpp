// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SHARING_LAWS_HPP
#define ROTA_VERIFY_SHARING_LAWS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/tenant_use.hpp>

namespace rota::verify {

namespace detail {

/// GPU-milli, CPU and memory.
using resources = std::array<std::int64_t, 3>;

/// Who waits, and what was started at one instant, by tenant.
class sharing {
public:
    explicit sharing(subject const& of) : of_{&of}, state_{of}, use_{of}, shapes_{shapes_of(of.jobs)} {
        for (auto const& node : of.cluster.nodes) {
            cluster_[0] += std::int64_t{node.gpus} * whole_gpu;
            cluster_[1] += node.cpu_milli;
            cluster_[2] += node.mem_mib;
        }
    }

    void begin() {
        started_.clear();
        rightful_ = false;
    }
    void apply(log::record const& what) {
        auto const start = what.kind == log::kind::start;
        if (start) {
            auto const& need = of_->jobs.specs[what.job].need;
            auto const t = use_.of(what.job);
            rightful_ =
                rightful_ || use_.own(t) + std::int64_t{need.gpus_max} * need.milli <= use_.nominal(t);
            started_.push_back(what.job);
        }
        use_.before(what, state_);
        state_.apply(what);
        use_.after(what, state_);
        if (!log::about_a_job(what.kind)) return;
        auto const j = what.job;
        auto const which = std::pair{use_.of(j), shapes_[j]};
        auto& line = waiting_[which];
        if (state_.job(j).waits()) line.insert(j);
        else line.erase(j);
        if (line.empty()) waiting_.erase(which);
        if (state_.job(j).run != nullptr) running_.insert(j);
        else running_.erase(j);
    }
    /// Somebody was started within its quota: it may have displaced another's start before that was sent.
    [[nodiscard]] bool rightful() const noexcept { return rightful_; }

    void ask_envy(std::size_t record, report& to) const {
        for (auto const& [j, tasks] : tasks_by_branch()) {
            auto wanted = std::map<std::size_t, std::optional<resources>>{}; // by siblings that wait
            for (auto const& [which, line] : waiting_) {
                auto i = which.first;
                while (i != 0 && use_.parent(i) != use_.parent(j)) i = use_.parent(i);
                if (i == 0 || i == j || use_.weight(i) <= 0 || use_.weight(j) <= 0) continue;
                auto& more = wanted.try_emplace(i, resources{}).first->second;
                if (!more) continue;
                auto const& need = of_->jobs.specs[*line.begin()].need;
                auto const fits = [&](std::uint32_t task) { return in_place_of(task, which.second, need); };
                if (!std::all_of(tasks.begin(), tasks.end(), fits)) more.reset();
                else widen(*more, need);
            }
            for (auto const& one : wanted) {
                if (!one.second) continue;
                to.exercised(law::envy_free);
                auto const envious = [&, other = j](std::uint32_t task) {
                    return envies(one.first, other, *one.second, task);
                };
                if (std::all_of(tasks.begin(), tasks.end(), envious))
                    to.breaks(law::envy_free, record,
                              "tenant " + std::to_string(one.first) +
                                  " waits, and could run a job more on what tenant " + std::to_string(j) +
                                  " has, less any job that this one started");
            }
        }
    }
    /// Only where nothing was held before the instant.
    void ask_incentive(std::size_t record, report& to) const {
        if (started_.size() != running_.size() || use_.own(0) != 0) return;
        for (auto n = std::size_t{0}; n != of_->cluster.nodes.size(); ++n)
            if (!state_.open(n)) return;
        for (auto j : started_)
            for (auto const& part : state_.held(j))
                if (part.milli != whole_gpu) return;
        auto const all = tasks_by_branch();
        auto const waits = tops_that_wait();
        auto weights = int128{0};
        auto slack = int128{0};
        auto tops = std::map<std::size_t, int128>{}; // below the root: the share of its largest task
        for (auto const& one : waits) tops.emplace(one.first, 0);
        for (auto const& [t, tasks] : all)
            if (use_.parent(t) == 0)
                for (auto j : tasks) tops[t] = std::max(tops[t], share(of_job(j)));
        for (auto const& [t, task] : tops) {
            if (use_.weight(t) <= 0) return;
            weights += use_.weight(t);
            slack += task;
        }
        for (auto const& [t, plain] : waits) {
            auto const others = slack - tops[t];
            if (!plain || others >= whole) continue;
            to.exercised(law::sharing_incentive);
            if (weights * share(held(t)) < (whole - others) * use_.weight(t))
                to.breaks(law::sharing_incentive, record,
                          "tenant " + std::to_string(t) + " waits for a GPU and has less than " +
                              std::to_string(use_.weight(t)) + " in " +
                              std::to_string(static_cast<std::int64_t>(weights)) +
                              " of the cluster, less a job of each other");
        }
    }

private:
    static constexpr auto whole = int128{1} << 40; ///< the share that is all of the cluster

    /// The larger of its fractions of the cluster, rounded up.
    [[nodiscard]] int128 share(resources const& of) const {
        auto most = int128{0};
        for (auto r = std::size_t{0}; r != of.size(); ++r)
            if (cluster_[r] != 0) most = std::max(most, (of[r] * whole + cluster_[r] - 1) / cluster_[r]);
        return most;
    }
    [[nodiscard]] resources held(std::size_t t) const {
        return {use_.held(t), use_.held_cpu(t), use_.held_mem(t)};
    }
    [[nodiscard]] resources of_job(std::uint32_t j) const {
        auto sum = resources{state_.held_milli(j), 0, 0};
        for (auto const& part : state_.held(j)) {
            sum[1] += part.cpu_milli;
            sum[2] += part.mem_mib;
        }
        return sum;
    }
    /// What was started in each subtree but the root's.
    [[nodiscard]] std::map<std::size_t, std::vector<std::uint32_t>> tasks_by_branch() const {
        auto all = std::map<std::size_t, std::vector<std::uint32_t>>{};
        for (auto j : started_)
            for (auto t = use_.of(j); t != 0; t = use_.parent(t)) all[t].push_back(j);
        return all;
    }
    /// The request, of that shape, could have run where the task does.
    [[nodiscard]] bool in_place_of(std::uint32_t task, std::size_t shape, job::request const& need) const {
        if (shapes_[task] == shape) return true;
        auto const parts = state_.held(task);
        if (parts.size() != 1 || need.split() || parts.front().milli > whole_gpu) return false;
        auto const& part = parts.front();
        auto const gpus = std::uint32_t{need.gpus_max};
        return need.accepts(of_->cluster.nodes[index(part.node)].model) &&
               part.count() >= int{need.gpus_max} && part.milli >= need.milli &&
               part.cpu_milli >= gpus * need.cpu_milli && part.mem_mib >= gpus * need.mem_mib;
    }
    static void widen(resources& more, job::request const& need) {
        auto const gpus = std::int64_t{need.gpus_max};
        auto const asked = resources{gpus * need.milli, gpus * need.cpu_milli, gpus * need.mem_mib};
        for (auto r = std::size_t{0}; r != more.size(); ++r) more[r] = std::max(more[r], asked[r]);
    }
    /// For their weights the other has, without the task, enough for all that the tenant runs and that much more, and of
    /// whatever the tenant has any of more than it.
    [[nodiscard]] bool envies(std::size_t tenant, std::size_t other, resources const& more,
                              std::uint32_t task) const {
        auto const here = held(tenant);
        auto const there = held(other);
        auto const less = of_job(task);
        for (auto r = std::size_t{0}; r != here.size(); ++r) {
            auto const wants = here[r] + std::max<std::int64_t>(more[r], here[r] > 0);
            if (int128{there[r] - less[r]} * use_.weight(tenant) < int128{wants} * use_.weight(other))
                return false;
        }
        return true;
    }
    /// Subtrees below the root in which somebody waits; true: for nothing but single GPUs, whichever and whole.
    [[nodiscard]] std::map<std::size_t, bool> tops_that_wait() const {
        auto all = std::map<std::size_t, bool>{};
        for (auto const& [which, line] : waiting_) {
            if (which.first == 0) continue;
            auto top = which.first;
            while (use_.parent(top) != 0) top = use_.parent(top);
            auto const& need = of_->jobs.specs[*line.begin()].need;
            auto const& nodes = of_->cluster.nodes;
            auto const plain =
                need.gpus_max == 1 && need.whole() && need.cpu_milli == 0 && need.mem_mib == 0 &&
                std::all_of(nodes.begin(), nodes.end(), [&](auto const& n) { return need.accepts(n.model); });
            auto& known = all.try_emplace(top, true).first->second;
            known = known && plain;
        }
        return all;
    }

    subject const* of_;
    replay state_;
    tenant_use use_;
    std::vector<std::size_t> shapes_;
    resources cluster_{};
    std::map<std::pair<std::size_t, std::size_t>, std::set<std::uint32_t>> waiting_; ///< tenant, shape
    std::set<std::uint32_t> running_;
    std::vector<std::uint32_t> started_;
    bool rightful_ = false;
};

} // namespace detail

/// P13 and P14, at the end of the instants at which jobs start. Premises: immediate; nobody is stopped or moved at that
/// instant, all news of it stands before all decisions, and nobody starts within its quota.
///
/// P13, of siblings in the tenant tree: every job that waits in the one could have run in the place of each that was
/// started in the other; then what the other holds, without any one of these, is for its weight not enough for all that
/// the first runs and a job more. P14, of the tenants below the root, where nothing was held before the instant, no
/// node is away and single whole GPUs are asked for and whole ones held: who waits has the part of the cluster that its
/// weight gives it among those who hold or wait, less the largest job of each other.
/// Source    A. Ghodsi et al., "Dominant resource fairness", NSDI 2011, section 3 (sharing incentive, envy-freeness), with
/// whole tasks as in D. Parkes et al., "Beyond dominant resource fairness", EC 2012 (envy-free up to one task).
inline void check_sharing(subject const& of, report& to) {
    auto const envy = has(of.claims, claim::envy_free);
    auto const incentive = has(of.claims, claim::sharing_incentive);
    if (!of.given.immediate || !(envy || incentive)) return;
    auto all = detail::sharing(of);
    auto const& records = of.log.records;
    for (auto from = std::size_t{0}; from != records.size();) {
        auto const now = instant_from(of.log, from);
        all.begin();
        for (auto i = from; i != now.end; ++i) all.apply(records[i]);
        from = now.end;
        if (now.starts == 0 || now.stops + now.moves != 0 || !now.news_first || all.rightful()) continue;
        if (envy) all.ask_envy(now.end - 1, to);
        if (incentive) all.ask_incentive(now.end - 1, to);
    }
}

} // namespace rota::verify

#endif
