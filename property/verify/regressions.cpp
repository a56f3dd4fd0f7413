// SPDX-License-Identifier: BSL-1.0
// Replay files: every regression runs again, what is written reads back, what is no replay file is refused in place.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/edf_admission.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gavel_max_min.hpp>
#include <rota/system/hived.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/timeline.hpp>

#include "../cases.hpp"
#include "../tally.hpp"
#include "regressions.hpp"
#include "suite.hpp"

namespace {

namespace verify = rota::verify;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

namespace system = rota::system;

// Named as `rota replay` names them.
subject_under_test const fifo = under_test("fifo", [](auto const&) { return system::fifo<>{}; });
subject_under_test const easy = under_test("easy", [](auto const&) { return system::easy<>{}; });
subject_under_test const edf =
    under_test("edf_admission", [](auto const&) { return system::edf_admission<>{}; });
subject_under_test const gavel = under_test(
    "gavel_max_min:quantum_s=60", [](auto const&) { return system::gavel_max_min<>{{}, {}, {}, 60'000}; });
subject_under_test const hived = under_test("hived", [](auto const&) { return system::hived<>{}; });
subject_under_test const migrating = under_test("best_effort_fifo:migrate=on", [](auto const&) {
    return rota::scheduler{rota::queueing::greedy<>{}, rota::placement::consolidated{},
                           rota::preemption::by_migration{rota::preemption::fixed_cost{}}};
});
subject_under_test const priority =
    under_test("priority_preemptive", [](auto const&) { return system::priority_preemptive<>{}; });
subject_under_test const srtf = under_test("srtf", [](auto const&) { return system::srtf<>{}; });
subject_under_test const srtf_knowing = under_test("srtf:estimate=oracle", [](auto const& s) {
    return system::srtf<rota::estimate::oracle>{s.clairvoyance()};
});
subject_under_test const quota = under_test("quota_drf", [](auto const&) { return system::quota_drf<>{}; });

void every_regression() {
    auto const everybody =
        std::vector{fifo, easy, edf, gavel, hived, migrating, priority, srtf, srtf_knowing, quota};
    auto const* const root = std::getenv("ROTA_SOURCE");
    auto const folder = std::filesystem::path{root == nullptr ? "." : root} / "property/regressions";
    auto files = std::vector<std::string>{};
    for (auto const& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".replay") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    check(!files.empty(), folder.string() + " has replay files");
    for (auto const& path : files) check(replay_keeps_laws(path, everybody), path);
}

/// Any trial that can be drawn survives its text: the same text again, and the same run.
void what_is_written_reads_back() {
    for (auto seed = std::uint64_t{1}; seed <= cases_wanted(1'000); ++seed) {
        auto one = verify::counter_example{};
        one.scheduler = "a name of several words";
        one.claims = static_cast<rota::claim>(seed * 997 % (1u << rota::claim_names.size()));
        one.known.scatters = seed % 2 == 0;
        one.known.head = static_cast<verify::head_order>(seed % 3);
        one.known.steps = {.quantum_ms = static_cast<std::int64_t>(seed % 2), .levels_ms = {3, 9}};
        one.known.quota_cells = seed % 5 == 0;
        one.known.instants_max = static_cast<std::uint32_t>(seed);
        one.broken = static_cast<verify::law>(seed % verify::laws);
        one.what = verify::draw(seed, world_of(seed, verify::worlds - 1));
        auto const text = to_text(one);
        auto const read = verify::counter_example_of(text);
        auto const name = "seed " + std::to_string(seed);
        auto const* const back = std::get_if<verify::counter_example>(&read);
        check(back != nullptr, name + ": read back");
        if (back == nullptr) continue;
        check(to_text(*back) == text, name + ": the same text");
        check(back->what.jobs.specs == one.what.jobs.specs && back->what.jobs.works == one.what.jobs.works &&
                  back->what.cluster.nodes == one.what.cluster.nodes &&
                  back->what.under.node_changes == one.what.under.node_changes &&
                  back->what.under.quota_changes == one.what.under.quota_changes,
              name + ": the same trial");
        check(run_case(fifo, back->what).log == run_case(fifo, one.what).log, name + ": the same run");
    }
}

void what_is_no_replay_file_is_refused() {
    auto const good =
        std::string{"#rota-replay 1\n# a comment\n\nsuite 1\nscheduler fifo\nclaims strict_fifo\n"
                    "known scatters=yes\nbreaks P2\nnode gpus=2\njob submit=3 limit=5\n"};
    auto const at = [&](std::string const& text, std::size_t line, std::size_t column,
                        std::string_view said) {
        auto const read = verify::counter_example_of(text);
        auto const* const wrong = std::get_if<rota::log::text_error>(&read);
        check(wrong != nullptr && wrong->line == line && wrong->column == column && wrong->message == said,
              "refused in place: " + std::string{said} +
                  (wrong == nullptr ? ", but read"
                                    : ", but " + std::to_string(wrong->line) + ':' +
                                          std::to_string(wrong->column) + ": " + wrong->message));
    };
    auto const with = [&](std::string_view from, std::string_view to) {
        auto text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    check(std::holds_alternative<verify::counter_example>(verify::counter_example_of(good)), "a good one");
    check(std::holds_alternative<verify::counter_example>(
              verify::counter_example_of(with("node gpus=2\n", "node gpus=2\r\n"))),
          "CR before LF");
    at("", 1, 1, "expected '#rota-replay 1'");
    at("#rota-replay 2\n", 1, 1, "expected '#rota-replay 1'");
    at("#rota-replay 1\n", 2, 1, "the text ends, expected a line 'suite'");
    at(with("job submit=3 limit=5\n", ""), 10, 1, "the text ends, expected a line 'job'");
    at(with("suite 1", "suite"), 4, 6, "the line ends, expected a number from 1 to 1000000");
    at(with("suite 1", "suite 1 2"), 4, 9, "read '2', expected the end of the line");
    at(with("scheduler fifo", "scheduler"), 5, 10, "the line ends, expected a name");
    at(with("strict_fifo", "strict"), 6, 8,
       "read 'strict', expected one of strict_fifo, non_preemptive, head_never_waits, work_conserving, "
       "easy_promise, meets_deadlines, clairvoyant, justified_victims, by_submission, by_limit, "
       "by_time_left, "
       "by_service, by_priority, by_share, order_kept, minimal_victims, worst_victims, quota_kept, "
       "event_driven, "
       "bounded_wait, cells_kept, envy_free, sharing_incentive");
    at(with("=yes", "=true"), 7, 16, "read 'true', expected one of no, yes");
    at(with("=yes", ""), 7, 15, "the line ends, expected '=' after scatters");
    at(with("scatters", "spread"), 7, 7,
       "read 'spread=yes', expected one of scatters, head, may_thrash, instants_max, quantum, level0, "
       "level1, level2, level3, quota_cells");
    at(with("known scatters=yes", "suite 1"), 7, 1, "read 'suite', expected no such line after 'claims'");
    at(with("known scatters=yes", "claims"), 7, 1, "read 'claims', expected one such line");
    at(with("gpus=2", "gpus=17"), 9, 11, "read '17', expected a number from 0 to 16");
    at(with("gpus=2", "gpus=2x"), 9, 11, "read '2x', expected a number from 0 to 16");
    at(with("gpus=2", "model=1"), 9, 12, "read '1', expected a number from 0 to 0");
    at(with("limit=5", "limit=-1"), 10, 20, "read '-1', expected a number from 0 to 1000000000000000");
    at(with("limit=5", "submit=4"), 10, 14, "read 'submit=4', expected each key once");
    at(with("limit=5", "tenant=1"), 10, 21, "read '1', expected a number from 0 to 0");
    at(good + "job submit=2\n", 11, 12, "read '2', expected a number from 3 to 1000000000000000");
    at(good + "world repeat=1.5\n", 11, 14, "read '1.5', expected a probability from 0 to 1");
    at(good + "cost dear\n", 11, 6, "read 'dear', expected one of none, fixed, by_size, by_state");
    at(good + "outage at=1 node=1\n", 11, 18, "read '1', expected a number from 0 to 0");
    at(good + "outage up=down\n", 11, 11, "read 'down', expected one of no, yes, drained");
    at(good + "outage at=3\noutage at=2 up=drained\n", 12, 11,
       "read '2', expected a number from 3 to 1000000000000000");
    at(good + "quota at=3\nquota at=2\n", 12, 10, "read '2', expected a number from 3 to 1000000000000000");
    at(good + "quota tenant=1\n", 11, 14, "read '1', expected a number from 0 to 0");
    at(good + "quota\noutage\n", 12, 1, "read 'outage', expected no such line after 'quota'");
    at(good + "new_scheduler at=5\nnew_scheduler at=4\n", 12, 18,
       "read '4', expected a number from 5 to 1000000000000000");
}

void timelines() {
    auto cluster = rota::cluster::uniform(1, 2, 2);
    auto jobs = rota::job::workload{};
    for (auto gpus : {2, 1, 3}) {
        jobs.specs.emplace_back().need = rota::job::gang(gpus);
        jobs.works.emplace_back();
    }
    auto const log = std::get<rota::log::schedule>(
        rota::log::from_text("0 submit 0.0 #0 - 2\n0 submit 1.0 #0 - 1\n0 start 0.1 #1 - 0 n0:3@500/0/0\n"
                             "5 start 1.1 #2 - 0 n0:2@500/0/0\n5 submit 2.0 #0 - 3\n"
                             "1000 node_down 0.0 #0 - 0 n1:0@0/0/0\n1000 finish 0.1 #1 - 0\n"));
    auto const seen = verify::timeline(
        {.cluster = cluster, .jobs = jobs, .node_changes = {}, .quota_changes = {}, .log = log});
    auto const wanted = std::string{"  ms           |0 |5   |1000\n"
                                    "  node 0 GPU 0 |0 |0   |.\n"
                                    "  node 0 GPU 1 |0 |0+1 |1\n"
                                    "  node 1 GPU 0 |. |.   |x\n"
                                    "  node 1 GPU 1 |. |.   |x\n"
                                    "  waiting      |1 |2   |2\n"};
    check(seen == wanted, "a timeline\n" + seen);

    auto const others = std::get<rota::log::schedule>(
        rota::log::from_text("0 submit 1.0 #0 - 1\n0 start 1.1 #1 - 0 n0:1@1000/0/0\n"
                             "3 node_down 0.0 #0 drained 0 n0:0@0/0/0\n3 node_up 0.0 #0 - 0 n1:0@0/2000/64\n"
                             "3 quota 0.0 #0 - 500\n4 node_up 0.0 #0 - 0 n0:0@0/0/0\n"
                             "5 node_up 0.0 #0 - 0 n1:0@0/0/0\n"));
    auto const capacity = verify::timeline(
        {.cluster = cluster, .jobs = jobs, .node_changes = {}, .quota_changes = {}, .log = others});
    check(capacity == "  ms                |0 |3       |4       |5\n"
                      "  node 0 GPU 0      |1 |d1      |1       |1\n"
                      "  node 0 GPU 1      |. |d       |.       |.\n"
                      "  node 1 GPU 0      |. |.       |.       |.\n"
                      "  node 1 GPU 1      |. |.       |.       |.\n"
                      "  waiting           |  |        |        |\n"
                      "  others on node 1  |  |2000/64 |2000/64 |\n"
                      "  quota of tenant 0 |  |500     |500     |500\n",
          "a timeline of capacity\n" + capacity);
}

/// A false claim: what is found is small, breaks the same law when it is read back, and tells how.
void a_failure_becomes_a_file() {
    auto const lies = fifo.claims | rota::claim::work_conserving;
    auto const run = verify::run_suite("fifo", fifo.make, lies, {.cases = 200, .shrinks = 1});
    check(run.failures != 0 && run.shrunk.size() == 1, "FIFO conserves no work");
    if (run.shrunk.empty()) return;
    auto const& one = run.shrunk.front();
    check(one.smallest.what.jobs.size() <= 3 && one.smallest.broken == verify::law::work_conserving,
          "three jobs are enough\n" + to_text(one.smallest));
    auto const read = verify::counter_example_of(to_text(one.smallest));
    check(std::holds_alternative<verify::counter_example>(read), "its file can be read");
    auto const again = verify::run_and_check(std::get<verify::counter_example>(read).what, fifo.make, lies);
    check(again.log == one.found.log && again.laws.broken() == one.smallest.broken, "it breaks the same law");
    auto const story = verify::story(one.smallest.what, one.found);
    check(story.find("waiting ") != std::string::npos && story.find("W2 broken") != std::string::npos,
          "its story has a timeline and a law\n" + story);
    check(verify::text(run).starts_with("breaks W2 of rota suite 3: 200 trials from seed 1, "),
          "what was broken, in one line\n" + verify::text(run));
    auto const honest = verify::run_suite("fifo", fifo.make, fifo.claims, {.cases = 200, .stops = true});
    check(honest.failures == 0 && verify::text(honest).starts_with("passes rota suite 3: 200 trials"),
          "FIFO keeps what it claims\n" + verify::text(honest));
}

} // namespace

int main() {
    every_regression();
    what_is_written_reads_back();
    what_is_no_replay_file_is_refused();
    timelines();
    a_failure_becomes_a_file();
    return told.end();
}
