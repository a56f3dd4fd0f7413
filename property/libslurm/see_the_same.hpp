// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_LIBSLURM_SEE_THE_SAME_HPP
#define ROTA_PROPERTY_LIBSLURM_SEE_THE_SAME_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>

#include <rota/live/backend.hpp>

#include "../slurm/session.hpp"

/// Two backends beside each other.
namespace on_slurm {

inline std::string text_of(live::job_status const& one) {
    auto out = one.id + " state " + std::to_string(static_cast<int>(one.state)) + " restarts " +
               std::to_string(one.restarts) + " gpus " + std::to_string(one.asked.need.gpus_max) + " of " +
               std::to_string(one.asked.need.cpu_milli) + '/' + std::to_string(one.asked.need.mem_mib) +
               " on";
    for (auto const& part : one.where)
        out += ' ' + std::to_string(index(part.node)) + ':' + std::to_string(part.gpus);
    return out + " unmapped " + one.unmapped;
}

inline bool same(live::job_status const& a, live::job_status const& b) {
    return a.id == b.id && a.state == b.state && a.restarts == b.restarts && a.where == b.where &&
           a.beside == b.beside && a.unmapped == b.unmapped && a.asked.need == b.asked.need &&
           a.asked.limit_ms == b.asked.limit_ms && a.asked.priority == b.asked.priority &&
           a.asked.tenant == b.asked.tenant && a.asked.user == b.asked.user;
}

/// Both see the same, now or soon: what happens between two polls only one of them sees.
template <class A, class B>
void see_the_same(A& one, B& other, std::string const& what) {
    auto differs = std::string{"no answer"};
    for (auto i = 0; i != 20 && !differs.empty(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{i * 20});
        auto const a = one.poll();
        auto const b = other.poll();
        if (!a || !b) continue;
        if (a->taken != b->taken) differs = "other CPUs or memory are taken";
        else differs = a->up != b->up || a->drained != b->drained ? "other nodes are up" : "";
        auto const many = std::max(a->jobs.size(), b->jobs.size());
        for (auto j = std::size_t{0}; j != many && differs.empty(); ++j) {
            auto const of = [&](auto const& seen) {
                return j < seen.jobs.size() ? text_of(seen.jobs[j]) : "-";
            };
            if (j >= a->jobs.size() || j >= b->jobs.size() || !same(a->jobs[j], b->jobs[j]))
                differs = of(*a) + " is not " + of(*b);
        }
    }
    check(differs.empty(), what + ": " + differs);
}

} // namespace on_slurm

#endif
