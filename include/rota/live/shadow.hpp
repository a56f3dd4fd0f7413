// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_SHADOW_HPP
#define ROTA_LIVE_SHADOW_HPP

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/ended_as.hpp>
#include <rota/live/leave_others.hpp>
#include <rota/log/record.hpp>

namespace rota::live {

/// What a scheduler would do with a cluster that its manager schedules: books of what the manager does, and every
/// round a scheduler that is asked and not obeyed. Says no verb.
///
/// Meaning   Every job that pends is waiting, whether the manager holds it or not. Runs are in the books since they
///           were first seen, by count of GPUs.
/// Expects   cluster and backend outlive it; rounds come in order of time.
template <backend B>
class shadow {
public:
    enum class deed : std::uint8_t {
        would_start,
        would_stop,
        would_move,
        would_reject,
        started,
        requeued,
        ended
    };
    struct remark {
        deed what;
        std::string job;
        std::vector<part> where{};
        friend bool operator==(remark const&, remark const&) = default;
    };

    shadow(cluster::spec const& cluster, tenant_tree tenants, B& manager)
        : manager_{&manager}, books_{cluster, std::move(tenants)} {}
    template <class... More>
    shadow(cluster::spec&&, More&&...) = delete; // it must outlive the shadow
    shadow(shadow const&) = delete;
    shadow& operator=(shadow const&) = delete;

    [[nodiscard]] books const& state() const noexcept { return books_; }

    /// What the manager did since the last round, then all that the scheduler would now do; nothing where the manager
    /// does not answer. The scheduler is a fresh one: it learns everything from the view.
    template <scheduling_policy S>
    [[nodiscard]] std::optional<std::vector<remark>> round(sim_time now, S fresh) {
        auto seen = manager_->poll();
        if (!seen) return std::nullopt;
        auto out = std::vector<remark>{};
        books_.set_now(now);
        for (auto n = std::uint32_t{0}; n != seen->up.size(); ++n)
            if (books_.want().free().open(node_id{n}) != seen->up[n]) books_.node(node_id{n}, seen->up[n]);
        auto now_of = std::unordered_map<std::uint32_t, job_status const*>{};
        for (auto const& s : seen->jobs)
            if (auto const id = known(s)) now_of[index(*id)] = &s;
        auto const active = std::vector<job_id>(books_.jobs().active().begin(), books_.jobs().active().end());
        for (auto id : active) leave(id, now_of[index(id)], out);
        for (auto id : active)
            if (auto const* const s = now_of[index(id)]; s != nullptr && s->state == job_state::running)
                run(id, *s, out);
        leave_others(*seen, books_, [this](job_status const& one) {
            auto const its = ids_.find(one.id);
            return its == ids_.end() ? std::nullopt : std::optional{its->second};
        });
        for (auto n = std::uint32_t{0}; n != seen->up.size(); ++n)
            if (seen->up[n]) books_.node(node_id{n}, true, {}, seen->taken[n]);
        books_.tick();
        ask(fresh, out);
        for (auto const& s : seen->jobs)
            if (s.state == job_state::held || s.state == job_state::pending)
                if (auto const its = ids_.find(s.id); its != ids_.end() && !links_[index(its->second)].fits)
                    out.push_back({deed::would_reject, s.id});
        return out;
    }

private:
    struct link {
        std::string name;
        std::uint32_t run;
        bool fits; ///< on the empty cluster; one that does not is over for the books
    };

    std::optional<job_id> known(job_status const& s) {
        if (auto const found = ids_.find(s.id); found != ids_.end()) return found->second;
        auto const nowhere = s.where.empty() || s.where.front().gpus == 0;
        if (is_over(s.state) || (!s.unmapped.empty() && nowhere)) return std::nullopt;
        return add(s, s.unmapped.empty() ? s.asked : as_it_lies(s));
    }
    job_id add(job_status const& s, job::spec const& asked) {
        auto& spec = specs_.emplace_back(asked);
        spec.submit = books_.now();
        auto const id = books_.submit(spec);
        links_.push_back({s.id, s.restarts, !books_.at(id).over});
        ids_[s.id] = id;
        return id;
    }
    /// A request that its run fulfils.
    [[nodiscard]] static job::spec as_it_lies(job_status const& s) {
        auto out = s.asked;
        auto gpus = 0;
        for (auto const& one : s.where) gpus += one.gpus;
        out.need = job::gang(gpus > 0 ? gpus : 1);
        return out;
    }
    void leave(job_id id, job_status const* s, std::vector<remark>& out) {
        auto const& j = books_.at(id);
        auto& its = links_[index(id)];
        if (s == nullptr || is_over(s->state)) {
            auto const [how, why] = end_of(s, j.held != 0);
            books_.ended(id, j.incarnation, how, why);
            out.push_back({deed::ended, its.name});
        } else if (s->restarts > its.run && s->state != job_state::completing) {
            its.run = s->restarts;
            if (j.held == 0) return;
            books_.interrupted(id, j.incarnation, log::cause::lost, books_.now());
            out.push_back({deed::requeued, its.name});
        }
    }
    void run(job_id id, job_status const& s, std::vector<remark>& out) {
        if (books_.at(id).over || books_.at(id).held != 0) return;
        auto const& need = books_.at(id).spec->need;
        auto where = cluster::placement{};
        for (auto const& one : s.where) {
            auto const free = books_.held().whole(one.node);
            auto here = cluster::slice{.node = one.node, .gpus = 0};
            for (auto g = 0; g != 16 && here.count() < one.gpus; ++g)
                if ((free >> g & 1u) != 0) here.gpus = static_cast<std::uint16_t>(here.gpus | 1u << g);
            if (one.gpus == 0 || here.count() != one.gpus) return; // shared with what is not known
            here.cpu_milli = need.cpu_milli * static_cast<std::uint32_t>(one.gpus);
            here.mem_mib = need.mem_mib * static_cast<std::uint32_t>(one.gpus);
            where.add(here);
        }
        if (where.empty()) return;
        if (!books_.want().right_gang(need, where) || !books_.held().fits(where)) {
            books_.ended(id, books_.at(id).incarnation, log::kind::cancel, log::cause::elsewhere);
            id = add(s, as_it_lies(s)); // it lies as no scheduler could put it
            auto bare = cluster::placement{};
            for (auto const& part : where) bare.add({.node = part.node, .gpus = part.gpus});
            where = bare;
        }
        books_.want().begin_pass();
        auto const put = books_.want().put(id, where);
        static_cast<void>(books_.commit());
        books_.outbox.clear();
        if (put != answer::accepted) return; // on a node that closes
        books_.order_done(books_.at(id).op, order_kind::start, id, books_.now());
        out.push_back({deed::started, s.id, s.where});
    }
    template <class S>
    void ask(S& fresh, std::vector<remark>& out) {
        books_.resync();
        auto& want = books_.want();
        auto const v = view(want);
        auto may = actions(want);
        for (auto const& happened : books_.inbox) fresh.on(happened, v);
        books_.inbox.clear();
        want.begin_pass();
        auto const before = want.checkpoint();
        fresh.decide(v, may);
        for (auto i = std::uint32_t{0}; i != links_.size(); ++i) {
            auto const id = job_id{i};
            auto const& j = books_.at(id);
            if (j.over) continue;
            auto wanted = std::vector<part>{};
            for (auto const& one : books_.jobs().intent(id)) wanted.push_back({one.node, one.count()});
            auto const what = j.rejected != 0                    ? deed::would_reject
                              : j.held == 0                      ? deed::would_start
                              : books_.jobs().intent(id).empty() ? deed::would_stop
                                                                 : deed::would_move;
            if (j.rejected != 0 || !books_.jobs().as_intended(id))
                out.push_back({what, links_[i].name, std::move(wanted)});
        }
        want.rollback(before);
        static_cast<void>(want.end_pass());
    }

    B* manager_;
    books books_;
    std::deque<job::spec> specs_; ///< stay where they are
    std::vector<link> links_;     ///< [jobs]
    std::unordered_map<std::string, job_id> ids_;
};

} // namespace rota::live

#endif
