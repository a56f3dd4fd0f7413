// SPDX-License-Identifier: BSL-1.0
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <rota/trace/clusters.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/native_writer.hpp>

#include "../tally.hpp"

namespace {

namespace trace = rota::trace;

auto result = tally{};
bool check(bool good, std::string_view what) { return result.check(good, what); }

/// What the traces' own descriptions say of a file.
struct expected {
    std::string_view format;
    std::string_view file;
    std::uint64_t records;
    std::uint64_t jobs;
    std::int64_t gpus;        ///< sum over the jobs
    std::int64_t last_submit; ///< ms
    std::int64_t duration;    ///< ms, sum over the jobs
    std::vector<trace::tally::named> counts;
    std::string_view map = {};
};

std::vector<expected> const& files() {
    static auto const all = std::vector<expected>{
        {"tiresias", "tiresias/60_job.csv", 60, 60, 170, 1'779'000, 10'705'000, {}},
        {"philly", "philly/philly.csv.gz", 82'247, 82'247, 107'235, 9'408'690'000, 1'080'390'950'000, {}},
        {"helios",
         "helios/venus_gpu_jobs_part1.csv.gz",
         77'574,
         77'574,
         510'307,
         11'735'844'000,
         734'221'134'000,
         {}},
        {"itp", "itp_elasticflow/raw/cluster01.csv.gz", 1595, 1595, 3728, 2'916'375'000, 20'289'535'000, {}},
        {"itp",
         "itp_elasticflow/raw/cluster02.csv.gz",
         5778,
         5778,
         11'785,
         5'161'376'000,
         132'718'039'000,
         {}},
        {"itp",
         "itp_elasticflow/raw/cluster04.csv.gz",
         15'802,
         15'802,
         47'958,
         5'136'817'000,
         315'756'560'000,
         {}},
        {"itp", "itp_elasticflow/raw/cluster05.csv.gz", 3629, 3629, 4329, 5'120'458'000, 37'065'933'000, {}},
        {"itp",
         "itp_elasticflow/raw/cluster06.csv.gz",
         2396,
         2396,
         12'429,
         5'151'898'000,
         58'543'236'000,
         {}},
        {"itp", "itp_elasticflow/deadline/195job.csv", 195, 195, 572, 172'045'000, 5'055'326'000, {}},
        {"itp",
         "itp_elasticflow/deadline/cluster05.csv.gz",
         3629,
         3629,
         4329,
         5'120'458'000,
         37'065'933'000,
         {}},
        {"itp",
         "itp_elasticflow/philly_vc/elasticVpollux_e.csv",
         195,
         195,
         572,
         172'045'000,
         21'791'322'000,
         {}},
        // 897 pods are pending and 1,088 ask for no GPU; 36 of the pending ones are among the latter
        {"openb",
         "alibaba_openb_2023/openb_pod_list_default.csv",
         8152,
         6203,
         6571,
         12'901'761'000,
         191'369'677'000,
         {{"pending", 861}, {"zero_gpus", 1088}}},
        {"openb",
         "alibaba_openb_2023/openb_pod_list_gpuspec33.csv",
         8152,
         6203,
         6571,
         12'901'761'000,
         191'369'677'000,
         {{"pending", 861}, {"zero_gpus", 1088}}},
        {"swf",
         "swf/NASA-iPSC-1993-3.1-cln.swf.gz",
         18'239,
         18'239,
         309'953,
         7'948'936'000,
         13'950'781'000,
         {{"zero_duration", 173}}},
        {"swf",
         "swf/hpc2n.swf.gz",
         3170,
         3145,
         63'578,
         4'950'011'000,
         31'853'357'000,
         {{"unknown_duration", 25}, {"run_over_limit", 320}}},
        {"swf",
         "swf/theta_2022.swf.gz",
         23'911,
         23'911,
         7'440'818,
         31'424'591'000,
         194'465'247'000,
         {{"run_over_limit", 6264}}},
        {"swf", "swf/lublin_256.swf.gz", 10'000, 10'000, 221'010, 7'706'607'000, 48'627'667'000, {}},
        {"swf", "swf/accasim_test_workload.swf", 25, 25, 460, 3'329'894'000, 253'161'000, {}},
        {"csv",
         "itp_elasticflow/raw/cluster04.csv.gz",
         15'802,
         15'802,
         47'958,
         5'136'817'000,
         315'756'560'000,
         {},
         "id=job_id,submit=submission_time:s,duration=duration:s,gpus=num_gpu"},
    };
    return all;
}

} // namespace

/// real [FOLDER]: the folder of the traces, or the one above it; else the environment's ROTA_TRACES.
int main(int count, char** arguments) {
    auto const* const named = count > 1 ? arguments[1] : std::getenv("ROTA_TRACES");
    auto folder = std::filesystem::path{named == nullptr ? "" : named};
    if (std::filesystem::exists(folder / "traces")) folder /= "traces";
    if (named == nullptr || !std::filesystem::exists(folder / "tiresias/60_job.csv")) {
        std::puts("skipped: the folder of the traces is not there");
        return 77;
    }
    for (auto const& one : files()) {
        auto how = trace::options{};
        how.map = one.map;
        auto const what = std::string{one.file};
        auto const before = std::chrono::steady_clock::now();
        auto const got = trace::read_file(one.format, (folder / one.file).string(), how);
        auto const took = std::chrono::steady_clock::now() - before;
        if (!check(got.ok(), what + ": reads")) std::printf("%s", text(got.diagnostics).c_str());
        auto gpus = std::int64_t{0};
        for (auto const& spec : got.workload.specs) gpus += spec.need.gpus_min;
        auto duration = std::int64_t{0};
        for (auto const& work : got.workload.works) duration += work.duration_ms;
        std::printf(
            "%s: %s; gpus %lld; %lld ms\n", what.c_str(), text(got.tally).c_str(),
            static_cast<long long>(gpus),
            static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
        check(got.tally.balanced() && got.tally.records() == one.records, what + ": rows");
        check(got.tally.kept == one.jobs && got.workload.size() == one.jobs, what + ": jobs");
        check(gpus == one.gpus, what + ": GPUs");
        check(duration == one.duration, what + ": durations, " + std::to_string(duration) + " ms");
        for (auto const& named_count : one.counts)
            check(got.tally.of(named_count.name) == named_count.count, what + ": " + named_count.name);
        if (got.workload.size() == 0) continue;
        auto const last = index(got.workload.specs.back().submit);
        if (one.last_submit >= 0)
            check(last == one.last_submit, what + ": last submit " + std::to_string(last));
        auto const from = trace::from_bytes("again", trace::write_native(got.workload));
        check(from && trace::read_native(*from).workload == got.workload,
              what + ": native form reads back equal");
    }
    struct machine {
        std::string_view file;
        std::size_t nodes;
        std::int64_t gpus;
    };
    for (auto const& one :
         {machine{"alibaba_openb_2023/openb_node_list_gpu_node.csv", 1213, 6212},
          machine{"alibaba_openb_2023/openb_node_list_all_node.csv", 1523, 6212},
          machine{"tiresias/cluster_spec.csv", 16, 64}, machine{"tiresias/n32g4.csv", 32, 128},
          machine{"tiresias/n1g4.csv", 1, 4}, machine{"itp_elasticflow/cluster_specs/n16g8.csv", 16, 128}}) {
        auto const got = trace::read_cluster((folder / one.file).string());
        check(got.ok() && got.cluster->nodes.size() == one.nodes && got.cluster->gpus() == one.gpus,
              std::string{one.file} + ": nodes and GPUs");
    }
    auto const nodes =
        trace::read_cluster((folder / "alibaba_openb_2023/openb_node_list_gpu_node.csv").string());
    auto how = trace::options{};
    if (nodes.cluster) how.cluster = &*nodes.cluster;
    auto const pods =
        trace::read_file("openb", (folder / "alibaba_openb_2023/openb_pod_list_gpuspec33.csv").string(), how);
    check(pods.ok() && pods.tally.of("absent_model") == 0 && pods.diagnostics.empty() &&
              pods.models.size() == 7,
          "openb: each gpu_spec is a model of the cluster, each pod fits");
    auto const twice = trace::read_file("tiresias", (folder / "tiresias/tf_job.csv").string());
    check(!twice.ok() && twice.diagnostics.size() == 2 && twice.diagnostics.front().code == "E-DUPID",
          "tiresias/tf_job.csv repeats a job id");
    return result.end();
}
