// SPDX-License-Identifier: BSL-1.0
// Replays every recorded run of a peer simulator and compares it job by job, column by column.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/tiresias.hpp>

#include "../tally.hpp"
#include "law_file.hpp"
#include "peer.hpp"
#include "record.hpp"

namespace {

namespace fs = std::filesystem;

struct recorded {
    std::string peer;
    peers::input from;
};

/// PEER_POLICY_TRACE_CLUSTER_REST: the rest is the placement, for Blox "r" and the round.
recorded named(std::string const& stem, fs::path const& root) {
    auto parts = std::vector<std::string>{};
    for (auto rest = std::string_view{stem};;) {
        auto const end = rest.find('_');
        parts.emplace_back(rest.substr(0, end));
        if (end == rest.npos) break;
        rest.remove_prefix(end + 1);
    }
    if (parts.size() != 5) throw peers::refusal{stem + ": expected PEER_POLICY_TRACE_CLUSTER_PLACEMENT"};
    auto const inputs = root / "peer_results" / "traces";
    auto out = recorded{.peer = parts[0], .from = {}};
    out.from.policy = parts[1];
    auto const trace = parts[2] == "t60" ? "tiresias_60_job.csv" : "synth480.csv";
    out.from.jobs = rota::trace::read_tiresias(rota::trace::from_file(inputs / trace).value()).workload;
    if (parts[3].ends_with('n')) // N nodes of 8 GPUs
        out.from.cluster = rota::cluster::uniform(1, static_cast<std::uint32_t>(std::stoul(parts[3])), 8);
    else
        out.from.cluster =
            rota::trace::read_cluster_spec(rota::trace::from_file(inputs / (parts[3] + ".csv")).value())
                .cluster.value();
    if (out.peer == "blox") {
        out.from.placement = "scattered";
        out.from.round_s = std::stoll(parts[4].substr(1));
    } else {
        out.from.placement = parts[4];
    }
    if (peers::tiresias_needs_law(out.from.policy))
        out.from.law = peers::read_law(root / "traces" / "tiresias" / "yarn-gput1000.csv").value();
    return out;
}

/// Prints how many jobs agree, in start and finish and in all columns; true where all do.
bool agrees(std::string const& stem, std::vector<peers::record> const& expected,
            std::vector<peers::record> const& got) {
    auto times = std::size_t{0};
    auto all = std::size_t{0};
    auto first = static_cast<peers::record const*>(nullptr);
    for (auto const& row : expected) {
        auto const mine = std::ranges::find(got, row.job_id, &peers::record::job_id);
        auto const found = mine != got.end();
        times += found && mine->start == row.start && mine->finish == row.finish;
        if (found && *mine == row) ++all;
        else if (first == nullptr) first = &row;
    }
    auto const same = all == expected.size() && got.size() == expected.size();
    std::printf("%s %-52s %3zu of %3zu jobs start and finish alike, %3zu in all columns, %zu rows\n",
                same ? "ok    " : "FAILED", stem.c_str(), times, expected.size(), all, got.size());
    if (first != nullptr) {
        std::printf("       expected %s", peers::to_csv({*first}).c_str());
        if (auto const mine = std::ranges::find(got, first->job_id, &peers::record::job_id);
            mine != got.end())
            std::printf("       got      %s", peers::to_csv({*mine}).c_str());
    }
    return same;
}

} // namespace

int main(int argc, char** argv) {
    auto const* const told = argc > 1 ? argv[1] : std::getenv("ROTA_TRACES");
    auto const root = fs::path{told != nullptr ? told : "../shared"};
    auto stems = std::vector<std::string>{};
    auto none = std::error_code{};
    for (auto const& file : fs::directory_iterator{root / "peer_results", none}) {
        auto const stem = file.path().stem().string();
        // Gavel's rows are of a kind of their own and no rules of it were written down; BROKEN_ ones are no
        // targets
        if (file.path().extension() == ".csv" && !stem.starts_with("gavel_") && !stem.starts_with("BROKEN_"))
            stems.push_back(stem);
    }
    if (stems.empty()) {
        std::printf("skipped: no recorded results in %s\n", (root / "peer_results").c_str());
        return 77;
    }
    std::ranges::sort(stems);
    auto result = tally{};
    for (auto const& stem : stems) try {
            auto const file = root / "peer_results" / (stem + ".csv");
            auto const expected = peers::read_records(rota::trace::from_file(file).value()).value();
            auto [peer, from] = named(stem, root);
            result.check(agrees(stem, expected, peers::run_peer(peer, std::move(from))), stem);
        } catch (std::exception const& why) {
            result.check(false, stem + ": " + why.what());
        }
    return result.end();
}
