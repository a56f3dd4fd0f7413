// SPDX-License-Identifier: BSL-1.0
// What Slurm's accounting says, and what becomes of it: requeues, arrays, steps, resources, times.
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/sacct.hpp>

#include "../tally.hpp"

namespace {

namespace trace = rota::trace;
using rota::job::outcome;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

constexpr auto header =
    "JobID|User|Account|State|Submit|Eligible|Start|End|ElapsedRaw|TimelimitRaw|ReqTRES|AllocTRES\n";

trace::reading read(std::string rows, trace::options const& how = {}) {
    auto const from = trace::from_bytes("sacct", header + std::move(rows), how.limits);
    return from ? trace::read_sacct(*from, how) : trace::refusal(from.error());
}

/// A row whose job was submitted, started and ended at those seconds.
std::string row(std::string id, std::string state, int submit, int eligible, int start, int end,
                std::string allocated = "cpu=8,gres/gpu=4,mem=64G,node=1", std::string requested = {}) {
    auto const text = [](int s) { return '|' + std::to_string(1'000'000 + s); };
    return std::move(id) + "|ann|vision|" + std::move(state) + text(submit) + text(eligible) + text(start) +
           text(end) + '|' + std::to_string(end - start) + "|60|" +
           (requested.empty() ? allocated : requested) + '|' + allocated + '\n';
}

/// Every row of the text is accounted for, with these numbers kept and dropped.
bool tallies(trace::reading const& got, std::uint64_t kept, std::uint64_t dropped) {
    if (!got.ok()) std::printf("%s", trace::text(got.diagnostics).c_str());
    return got.ok() && got.tally.balanced() && got.tally.kept == kept && got.tally.dropped == dropped &&
           got.workload.size() == kept;
}

void times() {
    auto const dates = read(
        "1|ann|v|COMPLETED|2026-10-01T08:00:00|2026-10-01T08:10:00|2026-10-01T08:30:00|2026-10-01T09:30:00|"
        "3600|90|gres/gpu=1|gres/gpu=1\n");
    check(tallies(dates, 1, 0) && dates.origin_ms == 1'790'842'200'000, "a date is one of a fixed clock");
    check(dates.workload.works[0].duration_ms == 3'600'000 && dates.workload.specs[0].limit_ms == 5'400'000,
          "seconds of run time, minutes of limit");
    check(dates.tally.of("eligible_after_submit") == 1, "the wait for a dependency is not the scheduler's");

    auto const odd = read(row("1", "COMPLETED", 0, 50, 20, 80));
    check(tallies(odd, 1, 0) && odd.origin_ms == 1'000'000'000,
          "a job that started before it was eligible counts from its submission");
    auto const suspended =
        read("1|ann|v|COMPLETED|100|100|100|200|60|UNLIMITED|gres/gpu=1|gres/gpu=1\n"
             "2|ann|v|TIMEOUT|100|Unknown|100|191|91|1|gres/gpu=1|gres/gpu=1\n"
             "3|ann|v|COMPLETED|100|100|100|200|100|Partition_Limit|gres/gpu=1|gres/gpu=1\n");
    check(tallies(suspended, 3, 0) && suspended.tally.of("elapsed_is_not_end_minus_start") == 1 &&
              suspended.workload.works[0].duration_ms == 60'000,
          "time suspended is no run time");
    check(suspended.workload.specs[0].limit_ms == 0 && suspended.workload.specs[2].limit_ms == 0 &&
              suspended.tally.of("run_over_limit") == 1,
          "limits that are none, and one that was outlived");
}

void states() {
    auto const all = read(row("1", "COMPLETED", 0, 0, 1, 2) + row("2", "FAILED", 0, 0, 1, 2) +
                          row("3", "OUT_OF_MEMORY", 0, 0, 1, 2) + row("4", "NODE_FAIL", 0, 0, 1, 2) +
                          row("5", "BOOT_FAIL", 0, 0, 1, 2) + row("6", "CANCELLED", 0, 0, 1, 2) +
                          row("7", "CANCELLED by 1000", 0, 0, 1, 2) + row("8", "PREEMPTED", 0, 0, 1, 2) +
                          row("9", "TIMEOUT", 0, 0, 1, 2) + row("10", "DEADLINE", 0, 0, 1, 2) +
                          row("11", "RUNNING", 0, 0, 1, 2) + row("12", "SUSPENDED", 0, 0, 1, 2) +
                          row("13", "REQUEUED", 0, 0, 1, 2) + row("14", "REVOKED", 0, 0, 1, 2));
    check(tallies(all, 10, 4) && all.tally.of("unfinished") == 3 && all.tally.of("revoked") == 1,
          "a job that has not ended has no run time to tell");
    auto ends = std::vector<outcome>{};
    for (auto const& work : all.workload.works) ends.push_back(work.ends);
    check(ends == std::vector{outcome::completed, outcome::failed, outcome::failed, outcome::failed,
                              outcome::failed, outcome::cancelled, outcome::cancelled, outcome::cancelled,
                              outcome::timed_out, outcome::timed_out},
          "how they ended");
    check(all.tally.of("node_fail_read_as_failed") == 1 && all.tally.of("preempted_read_as_cancelled") == 1,
          "what is read as something else is said");

    auto const never = read(row("0", "COMPLETED", 0, 0, 1, 2) +
                            "1|ann|v|CANCELLED by 5|100|100|None|150|0|60|gres/gpu=1|\n"
                            "2|ann|v|CANCELLED by 5|100|Unknown|150|150|0|60|gres/gpu=1|\n"
                            "3_[4-9%2]|ann|v|CANCELLED|100|Unknown|Unknown|150|0|60|gres/gpu=1|\n"
                            "3_[10-12]|ann|v|PENDING|100|Unknown|Unknown|Unknown|0|60|gres/gpu=1|\n");
    check(tallies(never, 1, 4) && never.tally.of("never_started") == 3 && never.tally.of("pending") == 1,
          "who never started is no job of the workload");
}

void several_rows_a_job() {
    auto const again = read(row("1", "PREEMPTED", 0, 5, 10, 20) + row("1", "NODE_FAIL", 20, 26, 30, 45) +
                            row("2", "COMPLETED", 1, 1, 2, 3) + row("1", "REQUEUED", 45, 51, 60, 61) +
                            row("1", "COMPLETED", 61, 67, 70, 100));
    check(tallies(again, 2, 3) && again.tally.of("requeued") == 3, "earlier runs are rows, not jobs");
    check(again.workload.names == std::vector<std::string>{"2", "1"} &&
              index(again.workload.specs[1].submit) == 4'000 && again.workload.works[1].duration_ms == 30'000,
          "from its first submission, as long as its last run");
    auto const pending = read(row("1", "COMPLETED", 0, 0, 1, 2) + row("2", "REQUEUED", 0, 0, 10, 20) +
                              "2|ann|v|PENDING|1000020|1000026|Unknown|Unknown|0|60|gres/gpu=1|\n");
    check(tallies(pending, 1, 2) && pending.tally.of("requeued") == 1 && pending.tally.of("pending") == 1,
          "requeued, and still waiting when it was asked");
    check(!read(row("1", "COMPLETED", 0, 0, 1, 2) + row("1", "COMPLETED", 5, 5, 6, 7)).ok(),
          "two jobs of one id are refused, not joined");

    auto const resized = read(row("1", "RESIZING", 0, 0, 10, 20, "gres/gpu=8") +
                              row("1", "RESIZING", 0, 0, 20, 25, "gres/gpu=4") +
                              row("1", "COMPLETED", 0, 0, 25, 55, "gres/gpu=2"));
    check(tallies(resized, 1, 2) && resized.tally.of("resized") == 2 &&
              resized.workload.works[0].duration_ms == 45'000 && resized.workload.specs[0].need.gpus_max == 2,
          "parts of a resized job add up");
    auto const lost = read(row("1", "RESIZING", 0, 0, 10, 20, "gres/gpu=8") +
                           row("1", "NODE_FAIL", 0, 0, 20, 25, "gres/gpu=4") +
                           row("1", "COMPLETED", 25, 25, 30, 37, "gres/gpu=8"));
    check(tallies(lost, 1, 2) && lost.workload.works[0].duration_ms == 7'000,
          "but not those of a run that was requeued");
    auto const ended = read(row("1", "RESIZING", 0, 0, 10, 20, "gres/gpu=8") +
                            row("1", "NODE_FAIL", 0, 0, 20, 25, "gres/gpu=4"));
    check(tallies(ended, 1, 1) && ended.workload.works[0].duration_ms == 15'000,
          "a node that failed without another run is the end of both parts");

    auto const parts =
        read(row("7_1", "COMPLETED", 0, 0, 1, 2) + row("7_1.batch", "COMPLETED", 1, 1, 1, 2, "cpu=8") +
             row("7_1.extern", "COMPLETED", 1, 1, 1, 2, "cpu=8") + row("7_2", "FAILED", 0, 0, 1, 2) +
             row("7_2.0", "FAILED", 1, 1, 1, 2) + row("8+0", "COMPLETED", 0, 0, 1, 2) +
             row("8+1", "COMPLETED", 0, 0, 1, 2));
    check(tallies(parts, 4, 3) && parts.tally.of("step") == 3,
          "tasks of an array and components are jobs, steps are not");
}

void resources() {
    auto const all = read(
        row("1", "COMPLETED", 0, 0, 1, 2, "billing=12,cpu=10,gres/gpu:a100=3,gres/gpu=3,mem=62.50G,node=2") +
        row("2", "COMPLETED", 0, 0, 1, 2, "gres/gpu:a100=3,gres/gpu:v100=1,mem=3000M,gres/gpumem=7") +
        row("3", "COMPLETED", 0, 0, 1, 2, "gres/gpu=1,mem=2T,cpu=0") +
        row("4", "COMPLETED", 0, 0, 1, 2, "mem=1K,gres/gpu=1,fs/disk=x,license/matlab=2") +
        row("5", "COMPLETED", 0, 0, 1, 2, "cpu=4,mem=4G,node=1") +
        "6|bob|speech|COMPLETED|1000000|1000000|1000001|1000002|1|60|gres/gpu=2|\n");
    auto const& specs = all.workload.specs;
    check(tallies(all, 5, 1) && all.tally.of("zero_gpus") == 1, "a job on no GPU goes by zero_gpus");
    check(specs[0].need.gpus_min == 3 && specs[0].need.gpus_max == 3 && specs[0].need.cpu_milli == 3'334 &&
              specs[0].need.mem_mib == 21'334,
          "CPU and memory of one GPU, rounded up; the sum of GPUs where it is given");
    check(specs[1].need.gpus_max == 4 && specs[1].need.mem_mib == 750, "types are summed without a sum");
    check(specs[2].need.mem_mib == 2'097'152 && specs[2].need.cpu_milli == 0 && specs[3].need.mem_mib == 0,
          "units of memory");
    check(specs[4].need.gpus_max == 2 && index(specs[4].user) == 1 && index(specs[4].tenant) == 2 &&
              all.workload.tenants[2].name == "speech",
          "what was asked for where nothing is said of what was allocated; users and accounts");
    check(all.tally.of("gpu_type_not_used") == 2, "without a cluster types are counted");

    auto cluster = rota::cluster::uniform(1, 4, 8);
    cluster.models = {"v100", "a100"};
    auto how = trace::options{};
    how.cluster = &cluster;
    auto const typed =
        read(row("1", "COMPLETED", 0, 0, 1, 2, "gres/gpu:v100=1,gres/gpu=1", "gres/gpu:v100=1,gres/gpu=1") +
                 row("2", "COMPLETED", 0, 0, 1, 2, "gres/gpu:v100=1,gres/gpu=1", "gres/gpu=1") +
                 row("3", "COMPLETED", 0, 0, 1, 2, "gres/gpu:h100=1", "gres/gpu:h100=1"),
             how);
    check(tallies(typed, 3, 0) && typed.workload.specs[0].need.models == 1 &&
              typed.workload.specs[1].need.models == rota::job::any_model &&
              typed.workload.specs[2].need.models == 0 && typed.tally.of("absent_model") == 1,
          "a type binds where it was asked for, not where it was merely allocated");
}

} // namespace

int main() {
    times();
    states();
    several_rows_a_job();
    resources();
    return told.end();
}
