// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_COVERAGE_HPP
#define ROTA_VERIFY_COVERAGE_HPP

#include <cstddef>
#include <cstdint>

#include <rota/log/record.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// What happened, in cases or in one case: a green run in which none of it happened has shown nothing.
struct coverage {
    std::uint64_t cases = 0;
    std::uint64_t preempted = 0;
    std::uint64_t moved = 0;
    std::uint64_t interrupted = 0;
    std::uint64_t failed_starts = 0;
    std::uint64_t blocked = 0; ///< ordered onto devices that somebody else still held
    std::uint64_t stale = 0;
    std::uint64_t displaced = 0;
    std::uint64_t lost = 0; ///< work was thrown away
    std::uint64_t overhead = 0;
    std::uint64_t rejected = 0;
    std::uint64_t outages = 0;
    std::uint64_t drained = 0; ///< nodes
    std::uint64_t shared = 0;  ///< others took or gave back some of a node
    std::uint64_t quotas = 0;  ///< changed
    std::uint64_t replaced = 0;
    std::uint64_t endless = 0; ///< stopped for having no end

    /// Counts the cases of both.
    void add(coverage const& more) noexcept {
        auto const count = [](std::uint64_t& mine, std::uint64_t theirs) { mine += theirs != 0; };
        cases += more.cases;
        count(preempted, more.preempted);
        count(moved, more.moved);
        count(interrupted, more.interrupted);
        count(failed_starts, more.failed_starts);
        count(blocked, more.blocked);
        count(stale, more.stale);
        count(displaced, more.displaced);
        count(lost, more.lost);
        count(overhead, more.overhead);
        count(rejected, more.rejected);
        count(outages, more.outages);
        count(drained, more.drained);
        count(shared, more.shared);
        count(quotas, more.quotas);
        count(replaced, more.replaced);
        count(endless, more.endless);
    }
};

/// What one log shows. Expects that every id exists; what is no part of a log stays 0.
[[nodiscard]] inline coverage coverage_of(subject const& of) {
    auto seen = coverage{};
    seen.cases = 1;
    auto const taken = [&](log::record const& what, replay const& state) {
        for (auto const& part : of.log.devices(what)) {
            auto mine = 0u;
            for (auto const& old : state.held(what.job))
                if (old.node == part.node) mine = old.gpus;
            for (auto g = 0; g != of.cluster.nodes[index(part.node)].gpus; ++g)
                if (((part.gpus & ~mine) >> g & 1u) != 0 &&
                    state.free_milli(index(part.node), g) < part.share())
                    return true;
        }
        return false;
    };
    walk(
        of,
        [&](std::size_t, log::record const& what, replay const& state) {
            switch (what.kind) {
            case log::kind::order: seen.blocked += taken(what, state); break;
            case log::kind::preempt: ++seen.preempted; break;
            case log::kind::move: ++seen.moved; break;
            case log::kind::interrupt: ++seen.interrupted; break;
            case log::kind::start_failed:
            case log::kind::move_failed: ++seen.failed_starts; break;
            case log::kind::reject: ++seen.rejected; break;
            case log::kind::node_down:
                ++(what.why == log::cause::drained ? seen.drained : seen.outages);
                break;
            case log::kind::node_up:
                seen.shared += state.open(index(of.log.devices(what).front().node));
                break;
            case log::kind::quota: ++seen.quotas; break;
            case log::kind::resync: ++seen.replaced; break;
            case log::kind::stale: ++seen.stale; break;
            default: break;
            }
        },
        [](auto const&...) {});
    return seen;
}

} // namespace rota::verify

#endif
