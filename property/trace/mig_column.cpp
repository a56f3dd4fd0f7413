// SPDX-License-Identifier: BSL-1.0
// Instances of split GPUs in a workload and in the name of a cluster: read, written, refused with a place, simulated.
#include <cstddef>
#include <string>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/native.hpp>
#include <rota/trace/native_writer.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/source.hpp>

#include "../tally.hpp"

using namespace rota;

namespace {

trace::reading read(std::string const& rows, cluster::spec const* on = nullptr) {
    auto how = trace::options{};
    how.cluster = on;
    return trace::read_native(*trace::from_bytes("jobs", "#rota-workload 1\n" + rows), how);
}

void columns(tally& told) {
    auto const got =
        read("submit_ms,gpus,duration_ms,mig,milli\n0,1,10,3g.4/8,\n5,2,10,1g.1/4,250\n7,1,10,,500\n");
    told.check(got.ok() && got.workload.size() == 3, "a column of sizes");
    if (!got.ok()) return;
    auto const& specs = got.workload.specs;
    told.check(specs[0].need == placement::instances(cluster::mig_size_named("3g.4/8")), "3g.4/8");
    told.check(specs[1].need == placement::instances(cluster::mig_size_named("1g.1/4"), 2),
               "a gang of 1g.1/4");
    told.check(!specs[2].need.split() && specs[2].need.milli == 500, "an empty cell is no instance");
    auto const text = trace::write_native(got.workload);
    auto const again = trace::read_native(*trace::from_bytes("again", text));
    told.check(again.ok() && again.workload == got.workload, "it reads back: " + text);
    told.check(trace::write_native(read("submit_ms,gpus,duration_ms\n0,1,1\n").workload).find("mig") ==
                   std::string::npos,
               "no column where nobody asks");
}

void refused(tally& told) {
    auto const at = [&](std::string const& row, std::size_t column, char const* code) {
        auto const got = read("submit_ms,gpus,mig,milli,duration_ms\n" + row);
        told.check(!got.ok() && got.diagnostics.size() == 1 && got.diagnostics[0].code == code &&
                       got.diagnostics[0].line == 3 && got.diagnostics[0].column == column,
                   row);
    };
    at("0,1,3g.20gb,,1\n", 5, "E-ENUM");
    at("0,1,3g.4/8,300,1\n", 12, "E-FRACTION");
    at("0,1,3g.4/8,501,1\n", 12, "E-FRACTION");
}

void clusters(tally& told) {
    auto const got = trace::read_cluster_shorthand("2x4:a100");
    told.check(got && got->gpus() == 8 && got->mig_of(gpu_model{0}) == cluster::mig_kind::a100 &&
                   got->models.front() == "a100",
               "2x4:a100");
    told.check(trace::read_cluster_shorthand("2x2x4:a30")->mig_of(gpu_model{0}) == cluster::mig_kind::a30,
               "2x2x4:a30");
    told.check(trace::read_cluster_shorthand("2x4")->mig.empty(), "others cannot be split");
    for (auto const bad : {"2x4:", "2x4:v100", "2x4:a100:", "2x:a100", ":a100"})
        told.check(!trace::read_cluster_shorthand(bad), std::string{"no cluster: "} + bad);
    told.check(trace::is_cluster_shorthand("2x4:h900") && !trace::is_cluster_shorthand("a:2x4"),
               "it begins with sizes");
    auto const plain = cluster::uniform(1, 2, 2);
    auto const warned = read("submit_ms,gpus,duration_ms,mig\n0,1,10,3g.4/8\n", &plain);
    told.check(warned.ok() && warned.diagnostics.size() == 1 &&
                   warned.diagnostics[0].message.find("be split into 3g.4/8") != std::string::npos,
               "a warning where the cluster cannot be split so");
}

/// Three halves on one GPU of two: the third splits the other; a whole waits for it, and nobody passes in fifo.
void simulated(tally& told) {
    auto const on = *trace::read_cluster_shorthand("1x2:a100");
    auto const jobs = read("submit_ms,gpus,duration_ms,mig\n0,1,10,3g.4/8\n0,1,20,3g.4/8\n0,1,30,3g.4/8\n"
                           "1,1,5,\n2,1,5,1g.1/8\n3,1,5,2g.2/4\n",
                           &on)
                          .workload;
    auto log = log::schedule{};
    auto host = simulation::simulator{on, jobs, {}, recorder{log}};
    host.run([] { return system::fifo<>{}; });
    auto const of = [&](std::size_t j) { return index(host.results()[j].finish); };
    told.check(of(0) == 10 && of(1) == 20 && of(2) == 30, "an instance's work takes the time that it states");
    told.check(of(3) == 25, "a whole GPU is free when both halves are");
    told.check(of(4) == 25, "who comes after it waits for it");
    told.check(host.results()[5].outcome == job::outcome::rejected, "no A30, no 2g.2/4");
    auto const text = log::to_text(log);
    told.check(text.find("n0:1@3g.4/8+4/0/0") != std::string::npos &&
                   text.find("n0:1@3g.4/8+0/0/0") != std::string::npos &&
                   text.find("n0:2@3g.4/8+4/0/0") != std::string::npos,
               text);
}

} // namespace

int main() {
    auto told = tally{};
    columns(told);
    refused(told);
    clusters(told);
    simulated(told);
    return told.end();
}
