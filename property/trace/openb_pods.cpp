// SPDX-License-Identifier: BSL-1.0
// The lists of pods that packing studies read: what is kept, in which order, and what is refused where.
#include <cstdint>
#include <string>
#include <string_view>

#include <rota/cluster/spec.hpp>
#include <rota/trace/openb_pods.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};

bool check(bool good, std::string_view what) { return told.check(good, what); }

trace::pod_reading read(std::string const& bytes, trace::options const& how = {}) {
    auto const from = trace::from_bytes("pods.csv", bytes);
    return trace::read_openb_pods(*from, how);
}

constexpr auto head = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";

/// The row is refused with that code at that place, and nothing is half-read.
void refused(std::string_view code, std::uint64_t column, std::string const& row) {
    auto const got = read(std::string{head} + "a,1000,1024,1,500\n" + row + "\n");
    auto const what = "refuses " + row + " with " + std::string{code};
    if (!check(!got.said.ok() && got.pods.empty() && !got.said.diagnostics.empty(), what)) return;
    auto const& first = got.said.diagnostics.front();
    check(first.code == code && first.line == 3 && first.column == column,
          what + " at column " + std::to_string(column) + ", not " + text(first));
}

} // namespace

int main() {
    auto const five =
        read(std::string{head} + "b,2000,1024,1,1000\na,500,0,0,0\nc,8000,4096,8,1000\nd,1,2,1,7\n");
    check(five.said.ok() && five.said.diagnostics.empty() && five.said.tally.kept == 4,
          "five columns will do");
    check(five.pods.size() == 4 && five.pods[0] == job::pod{.cpu_milli = 500} &&
              five.pods[1] == job::pod{.cpu_milli = 2000, .mem_mib = 1024, .gpus = 1, .milli = 1000} &&
              five.pods[2] == job::pod{.cpu_milli = 8000, .mem_mib = 4096, .gpus = 8, .milli = 1000} &&
              five.pods[3] == job::pod{.cpu_milli = 1, .mem_mib = 2, .gpus = 1, .milli = 7},
          "every pod is kept, by name");
    check(read("gpu_milli,num_gpu,memory_mib,cpu_milli,name\r\n500,1,1024,2000,x").pods.front() ==
              job::pod{.cpu_milli = 2000, .mem_mib = 1024, .gpus = 1, .milli = 500},
          "columns go by name, lines may end in CR LF or not at all");

    auto cluster = cluster::spec{};
    cluster.models = {"T4", "G2"};
    cluster.nodes = {
        {.gpus = 1, .model = {}, .cpu_milli = 0, .mem_mib = 0, .rack = {}, .spine = {}},
        {.gpus = 1, .model = gpu_model{1}, .cpu_milli = 0, .mem_mib = 0, .rack = {}, .spine = {}}};
    auto how = trace::options{};
    how.cluster = &cluster;
    auto const eleven = std::string{
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,"
        "scheduled_time\n"};
    auto const spec =
        read(eleven + "a,1,1,1,500,G2,LS,Running,0,9,0\nb,1,1,1,500,,BE,Pending,1,9,\n"
                      "c,1,1,2,1000,G2|T4|G2,BE,Failed,1,9,2\nd,1,1,1,500,A10|T4,BE,Failed,1,9,2\n"
                      "e,1,1,1,500,A10,BE,Failed,1,9,2\n",
             how);
    check(spec.said.ok() && spec.said.diagnostics.empty() && spec.pods.size() == 5, "eleven columns");
    check(spec.pods[0].models == 2 && spec.pods[1].models == job::any_model && spec.pods[2].models == 3 &&
              spec.pods[3].models == 1 && spec.pods[4].models == 0,
          "models are those of the cluster");
    check(spec.said.tally.of("absent_model") == 2, "models that no node has are counted");
    check(!spec.pods[4].accepts(gpu_model{0}) && !spec.pods[4].accepts(gpu_model{1}),
          "a pod that wants none of the models fits nowhere");

    refused("E-FRACTION", 15, "b,1000,1024,1,1001");
    refused("E-FRACTION", 15, "b,1000,1024,1,0");
    refused("E-FRACTION", 15, "b,1000,1024,2,500");
    refused("E-RANGE", 3, "b,-1,1024,1,500");
    refused("E-NUMBER", 8, "b,1000,x,1,500");
    refused("E-OVERFLOW", 13, "b,1000,1024,65536,1000");
    refused("E-ID", 1, ",1000,1024,1,500");
    refused("E-DUPID", 1, "a,1000,1024,1,500");
    refused("E-FIELDS", 14, "b,1000,1024,1");
    auto const bar = read("name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\nb,1000,1024,1,500,G2|\n");
    check(!bar.said.ok() && bar.said.diagnostics.front().code == "E-ENUM" &&
              bar.said.diagnostics.front().line == 2 && bar.said.diagnostics.front().column == 19,
          "a model without a name is refused where it stands");
    auto const missing = read("name,cpu_milli,num_gpu,gpu_milli\na,1,1,500\n");
    check(!missing.said.ok() && missing.said.diagnostics.front().code == "E-COLUMN", "a column is missing");
    auto const none = read(head);
    check(!none.said.ok() && none.said.diagnostics.front().code == "E-EMPTY", "no pods");
    how = {};
    how.on_error = trace::on_error::collect;
    auto const collected = read(std::string{head} + "a,1,1,1,x\nb,1,1,1,500\n", how);
    check(collected.said.ok() && collected.pods.size() == 1 && collected.said.tally.dropped == 1,
          "a wrong row is dropped where that was asked for");
    return told.end();
}
