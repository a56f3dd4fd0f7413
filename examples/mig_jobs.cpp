// SPDX-License-Identifier: BSL-1.0
// A workload whose jobs ask for instances of split GPUs, under FIFO; the log says where each lay.
#include <cstdio>
#include <string>

#include <rota/contract/recorder.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/native.hpp>
#include <rota/trace/source.hpp>

int main() {
    auto const cluster = *rota::trace::read_cluster("1x2:a100").cluster;
    auto const text = std::string{"#rota-workload 1\n"
                                  "job_id,submit_ms,gpus,duration_ms,mig\n"
                                  "left,0,1,3000,3g.4/8\n"
                                  "right,0,1,5000,4g.4/8\n"
                                  "small,1000,1,4000,1g.1/8\n"
                                  "whole,2000,1,1000,\n"
                                  "late,2500,1,1000,2g.2/8\n"};
    auto const got = rota::trace::read_native(*rota::trace::from_bytes("jobs", text));
    if (!got.ok()) return 1;
    auto log = rota::log::schedule{};
    auto host = rota::simulation::simulator{cluster, got.workload, {}, rota::recorder{log}};
    host.run([] { return rota::system::fifo<>{}; });
    for (auto const& what : log.records)
        if (what.kind == rota::log::kind::start || what.kind == rota::log::kind::finish)
            std::printf("%-6s %s\n", got.workload.names[what.job].c_str(),
                        rota::log::line(log, what).c_str());
}

// Output:
// left   0 start 0.1 #1 - 0 n0:1@3g.4/8+4/0/0
// right  0 start 1.1 #2 - 0 n0:1@4g.4/8+0/0/0
// small  1000 start 2.1 #3 - 0 n0:2@1g.1/8+6/0/0
// left   3000 finish 0.1 #1 - 0
// right  5000 finish 1.1 #2 - 0
// small  5000 finish 2.1 #3 - 0
// whole  5000 start 3.1 #4 - 0 n0:1@1000/0/0
// late   5000 start 4.1 #5 - 0 n0:2@2g.2/8+4/0/0
// whole  6000 finish 3.1 #4 - 0
// late   6000 finish 4.1 #5 - 0
