// SPDX-License-Identifier: BSL-1.0
// The schedule log: written by a run, read back, and asked what happened to one job.
#include <cstdio>
#include <variant>

#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/priority_preemptive.hpp>

int main() {
    auto jobs = rota::job::workload{};
    jobs.specs.push_back({.need = rota::job::gang(8)});
    jobs.works.push_back({.duration_ms = 10'000});
    jobs.specs.push_back({.submit = rota::sim_time{4'000}, .need = rota::job::gang(4), .priority = 1});
    jobs.works.push_back({.duration_ms = 3'000});
    auto const cluster = rota::cluster::uniform(1, 1, 8);

    auto written = rota::log::schedule{};
    auto host = rota::simulation::simulator{cluster, jobs, {}, rota::recorder{written}};
    host.run([] { return rota::system::priority_preemptive<>{}; });
    auto const text = rota::log::to_text(written);
    std::fputs(text.c_str(), stdout);

    auto const read = rota::log::from_text(text);
    if (auto const* wrong = std::get_if<rota::log::text_error>(&read)) {
        std::printf("%zu:%zu: %s\n", wrong->line, wrong->column, wrong->message.c_str());
        return 1;
    }
    auto const& log = std::get<rota::log::schedule>(read);
    std::printf("\nread back %s; job 0:\n", log == written ? "equal" : "different");
    for (auto const& what : log.records)
        if (about_a_job(what.kind) && what.job == 0)
            std::printf("%6d ms  %s\n", static_cast<int>(index(what.at)),
                        rota::log::kind_names[static_cast<std::size_t>(what.kind)].data());
}

// Output:
// #rota-log 1
// 0 submit 0.0 #0 - 8
// 0 start 0.1 #1 - 0 n0:ff@1000/0/0
// 4000 submit 1.0 #0 - 4
// 4000 preempt 0.1 #2 checkpointed 0
// 4000 start 1.1 #3 - 0 n0:f@1000/0/0
// 7000 finish 1.1 #3 - 0
// 7000 start 0.2 #4 - 0 n0:ff@1000/0/0
// 13000 finish 0.2 #4 - 0
//
// read back equal; job 0:
//      0 ms  submit
//      0 ms  start
//   4000 ms  preempt
//   7000 ms  start
//  13000 ms  finish
