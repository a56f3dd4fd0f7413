// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_CAPACITY_LAWS_HPP
#define ROTA_VERIFY_CAPACITY_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/changes_of.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

namespace detail {

/// What the records before it say of each node, and what a change of it may come to.
class node_books {
public:
    explicit node_books(subject const& of)
        : immediate_{of.given.immediate},
          shared_{std::any_of(of.node_changes.begin(), of.node_changes.end(),
                              [](auto const& one) { return (one.cpu_milli | one.mem_mib) != 0; })},
          nodes_(of.cluster.nodes.size()), state_{of} {}

    /// The record may be what the world says.
    [[nodiscard]] bool agree(cluster::node_change const& told, log::record const& what,
                             cluster::slice const& part) const {
        using enum cluster::node_state;
        auto const to = told_state(what);
        return told.at == what.at && told.node == part.node && told.to == to && !same(to == up, part) &&
               may_leave(told, part);
    }
    /// It may have changed nothing.
    [[nodiscard]] bool silent(cluster::node_change const& told) const {
        auto const& is = nodes_[index(told.node)];
        if (is.open != (told.to == cluster::node_state::up)) return false;
        return !is.open || may_leave(told, is.others);
    }
    void apply(log::record const& what, log::schedule const& log) {
        if (shared_) state_.apply(what);
        if (what.kind != log::kind::node_down && what.kind != log::kind::node_up) return;
        auto const& part = log.devices(what).front();
        nodes_[index(part.node)] = {part, what.kind == log::kind::node_up};
    }

private:
    struct node {
        cluster::slice others{};
        bool open = true;
    };

    [[nodiscard]] bool same(bool open, cluster::slice const& part) const {
        auto const& is = nodes_[index(part.node)];
        return is.open == open &&
               (!open || (is.others.cpu_milli == part.cpu_milli && is.others.mem_mib == part.mem_mib));
    }
    /// Others may end up with so much: what they want, as far as it is free. Where orders take time some of it may be
    /// promised, and the log does not say.
    [[nodiscard]] bool may_leave(cluster::node_change const& told, cluster::slice const& part) const {
        if (told.to != cluster::node_state::up) return (part.cpu_milli | part.mem_mib) == 0;
        auto const n = std::size_t{index(told.node)};
        auto const& had = nodes_[n].others;
        auto const within = [&](std::int64_t is, std::int64_t wanted, std::int64_t before,
                                std::int64_t free) {
            auto const most = std::min(wanted, before + free);
            return is <= most && is >= (immediate_ ? most : std::min(wanted, before));
        };
        return within(part.cpu_milli, told.cpu_milli, had.cpu_milli, state_.free_cpu(n)) &&
               within(part.mem_mib, told.mem_mib, had.mem_mib, state_.free_mem(n));
    }

    bool immediate_;
    bool shared_; ///< others take some of a node: what is free of it counts
    std::vector<node> nodes_;
    replay state_;
};

} // namespace detail

/// S9. The node records are the changes that change something, up to the end of the log.
inline void check_nodes(subject const& of, report& to) {
    auto books = detail::node_books(of);
    auto next = of.node_changes.begin();
    auto idle = next; // those before it changed nothing
    auto const end = of.node_changes.end();
    auto const skip_idle = [&](auto more) {
        while (next != end && more(*next) && (next < idle || books.silent(*next))) ++next;
    };
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        using log::kind;
        if (what.kind == kind::node_down || what.kind == kind::node_up) {
            auto const& part = of.log.devices(what).front();
            skip_idle([&](auto const& one) { return one.at <= what.at && !books.agree(one, what, part); });
            if (next == end || !books.agree(*next, what, part)) {
                to.breaks(law::nodes_as_told, i, "the world did not change that node so");
                return;
            }
            ++next;
            to.exercised(law::nodes_as_told);
        } else {
            skip_idle([&](auto const& one) { return one.at < what.at; });
            if (next != end && next->at < what.at) {
                to.breaks(law::nodes_as_told, i,
                          "node " + std::to_string(index(next->node)) + " changed before, unrecorded");
                return;
            }
            // what was free when the node changed, is so until then
            auto const goes_on = !is_decision(what.kind) &&
                                 (what.kind != kind::interrupt || what.why == log::cause::node_down);
            if (idle = std::max(idle, next); of.given.immediate && !goes_on)
                while (idle != end && idle->at == what.at && books.silent(*idle)) ++idle;
        }
        books.apply(what, of.log);
    }
}

/// S9. The quota records are the changes, up to the end of the log.
inline void check_quota_changes(subject const& of, report& to) {
    auto next = of.quota_changes.begin();
    for (auto i = std::size_t{0}; i != of.log.records.size(); ++i) {
        auto const& what = of.log.records[i];
        auto const left = next != of.quota_changes.end();
        if (left && next->at < what.at) {
            to.breaks(law::nodes_as_told, i,
                      "the quota of tenant " + std::to_string(index(next->tenant)) +
                          " changed before, unrecorded");
            return;
        }
        if (what.kind != log::kind::quota) continue;
        if (!left || next->at != what.at || index(next->tenant) != what.job ||
            next->nominal_milli != what.value) {
            to.breaks(law::nodes_as_told, i, "the world did not change that quota so");
            return;
        }
        ++next;
        to.exercised(law::nodes_as_told);
    }
}

} // namespace rota::verify

#endif
