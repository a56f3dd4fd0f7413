// SPDX-License-Identifier: BSL-1.0
// "Laws" of scheduling that are false: small cases, run on rota's own policies, and the page that shows them.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/preemption/by_order.hpp>
#include <rota/queueing/discretised_las.hpp>
#include <rota/queueing/greedy.hpp>
#include <rota/queueing/sjf.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/verify/timeline.hpp>

#include "../page_part.hpp"
#include "../tally.hpp"

namespace {

namespace queueing = rota::queueing;
using rota::simulation::simulator;
using times = std::vector<std::int64_t>;

struct item {
    std::int64_t arrival, run;
    int gpus;
    int tenant = 0; ///< 0 is the root
    int milli = 1000;
    rota::job::span span = rota::job::span::one_node;
};
using items = std::vector<item>;

/// Nodes of so many GPUs.
rota::cluster::spec nodes(std::vector<std::uint8_t> const& sizes) {
    auto made = rota::cluster::uniform(1, static_cast<std::uint32_t>(sizes.size()), 1);
    for (auto n = std::size_t{0}; n != sizes.size(); ++n) made.nodes[n].gpus = sizes[n];
    return made;
}
rota::cluster::spec pool(std::uint8_t gpus) { return nodes({gpus}); }

struct outcome {
    times ends, stops; ///< of each item
    std::string drawn;
};

/// Expects items by arrival. Limits are `limit` times the run time; tenant 2 owns so many GPUs.
template <class Make>
outcome run(rota::cluster::spec const& cluster, items const& all, Make make, int limit = 1, int owned = 0) {
    auto jobs = rota::job::workload{};
    jobs.tenants.resize(3); // equal
    jobs.tenants[2].nominal_milli = 1000 * owned;
    for (auto const& one : all) {
        auto spec = rota::job::spec{};
        spec.submit = rota::sim_time{one.arrival};
        spec.need = rota::job::gang(one.gpus, one.span);
        spec.need.milli = spec.need.milli_min = static_cast<std::uint16_t>(one.milli);
        spec.tenant = static_cast<rota::tenant_id>(one.tenant);
        spec.limit_ms = limit * one.run;
        jobs.specs.push_back(spec);
        jobs.works.push_back({.duration_ms = one.run});
    }
    auto log = rota::log::schedule{};
    auto host = simulator{cluster, jobs, {}, rota::recorder{log}};
    host.run([&] { return make(host); });
    auto found = outcome{};
    for (auto const& one : host.results()) {
        found.ends.push_back(index(one.finish));
        found.stops.push_back(one.preemptions);
    }
    found.drawn = rota::verify::timeline(
        {.cluster = cluster, .jobs = jobs, .node_changes = {}, .quota_changes = {}, .log = log});
    return found;
}

auto const fifo = [](simulator const&) { return rota::system::fifo<>{}; };
auto const first_fit = [](simulator const&) { return rota::system::fifo<rota::placement::first_fit>{}; };
auto const best_fit = [](simulator const&) { return rota::system::fifo<rota::placement::best_fit>{}; };
auto const skip = [](simulator const&) { return rota::system::best_effort_fifo<>{}; };
auto const easy = [](simulator const&) { return rota::system::easy<>{}; };
auto const conservative = [](simulator const&) { return rota::system::conservative<>{}; };
auto const sjf = [](simulator const& s) {
    return rota::scheduler{queueing::greedy{queueing::sjf{s.clairvoyance()}, queueing::skip_ahead{}}};
};
auto const srtf = [](simulator const& s) {
    return rota::system::srtf<rota::estimate::oracle>{s.clairvoyance()};
};
auto const drf = [](simulator const&) { return rota::system::quota_drf<>{}; };
auto const srtf_first_fit = [](simulator const& s) {
    return rota::system::srtf<rota::estimate::oracle, rota::placement::first_fit>{s.clairvoyance()};
};
/// One threshold.
template <std::int64_t At>
auto const las_at = [](simulator const&) {
    using levels = queueing::discretised_las<queueing::service::time>;
    return rota::scheduler{queueing::greedy{levels{{At}, 0}, queueing::skip_ahead{}},
                           rota::placement::consolidated{}, rota::preemption::by_order{}};
};
auto const las = las_at<2>;
/// No two are equal.
struct one_by_one {
    [[nodiscard]] std::int64_t key(rota::view const&, rota::job_id j) const noexcept { return index(j); }
};
auto const stopping = [](simulator const&) {
    return rota::scheduler{queueing::greedy{one_by_one{}, queueing::skip_ahead{}},
                           rota::placement::consolidated{}, rota::preemption::by_order{}};
};

auto result = tally{};
auto page = std::string{}; ///< what the page shows of it

std::string text(times const& all) {
    auto out = std::string{};
    for (auto one : all) out += ' ' + std::to_string(one);
    return out;
}
void expect(std::string const& what, times const& got, times const& wanted) {
    result.check(got == wanted, what + ':' + text(got) + " instead of" + text(wanted));
}
/// Begins a section of the page.
void law(char const* says, char const* why) {
    (((page += page.empty() ? "### " : "\n### ") += says) += "\n\n") += why;
    page += '\n';
}
/// Draws what happened.
void picture(std::string const& what, outcome const& got) {
    page += "\n```\n" + what + "\n" + got.drawn + "```\n";
}
/// One case of the section: who on what, the jobs and their ends, drawn.
template <class Make>
void shows(std::string const& who, rota::cluster::spec const& cluster, items const& all, Make make,
           times const& ends, int limit = 1, int owned = 0) {
    auto const got = run(cluster, all, make, limit, owned);
    auto jobs = std::string{};
    for (auto const& one : all)
        jobs += " (" + std::to_string(one.arrival) + ',' + std::to_string(one.run) + ',' +
                std::to_string(one.gpus) + ')';
    expect(who, got.ends, ends);
    picture(who + ':' + jobs + " end at" + text(got.ends), got);
}
/// The same two runs for others, without a picture.
template <class... Make>
void also(rota::cluster::spec const& before, items const& all, times const& ends,
          rota::cluster::spec const& after, items const& changed, times const& then, Make... make) {
    (expect("before, for another policy", run(before, all, make).ends, ends), ...);
    (expect("after, for another policy", run(after, changed, make).ends, then), ...);
}

void capacity() {
    auto const three = items{{0, 1, 1}, {0, 1, 2}, {0, 1, 1}};
    law("With a GPU more nobody ends later", "False for skip-ahead, EASY, conservative backfill, SJF, SRTF, "
                                             "LAS: more room lets job 1 in, and who would have run\n"
                                             "beside job 0 waits.");
    shows("skip-ahead, 2 GPUs", pool(2), three, skip, {1, 2, 1});
    shows("skip-ahead, 3 GPUs", pool(3), three, skip, {1, 1, 2});
    also(pool(2), three, {1, 2, 1}, pool(3), three, {1, 1, 2}, easy, conservative, sjf, srtf, las);

    auto const longer = items{{0, 1, 2}, {0, 1, 2}, {0, 2, 1}};
    law("With a GPU more all is done no later", "False for the same.");
    shows("skip-ahead, 3 GPUs", pool(3), longer, skip, {1, 2, 2});
    shows("skip-ahead, 4 GPUs", pool(4), longer, skip, {1, 1, 3});
    also(pool(3), longer, {1, 2, 2}, pool(4), longer, {1, 1, 3}, easy, conservative, sjf, srtf, las);

    auto const four = items{{0, 1, 1}, {0, 1, 3}, {0, 1, 1}, {0, 1, 1}};
    law("With a GPU more the mean is no worse", "False for the same.");
    shows("skip-ahead, 3 GPUs", pool(3), four, skip, {1, 2, 1, 1});
    shows("skip-ahead, 4 GPUs", pool(4), four, skip, {1, 1, 2, 2});
    also(pool(3), four, {1, 2, 1, 1}, pool(4), four, {1, 1, 2, 2}, easy, conservative, sjf, srtf, las);

    law("FIFO is monotone on real nodes", "On one flat pool strict FIFO is. On nodes it is not: with a node "
                                          "of 2 GPUs more, first fit and best fit lay the long job on\n"
                                          "the node of 3, and who needs all of that waits for it.");
    shows("first fit, nodes of 3, 2", nodes({3, 2}), {{0, 1, 2}, {0, 3, 2}, {1, 1, 3}}, first_fit, {1, 3, 2});
    shows("first fit, nodes of 2, 3, 2", nodes({2, 3, 2}), {{0, 1, 2}, {0, 3, 2}, {1, 1, 3}}, first_fit,
          {1, 3, 4});
    auto const best = items{{0, 1, 2}, {0, 1, 2}, {0, 4, 2}, {1, 2, 3}};
    shows("best fit, nodes of 3, 2", nodes({3, 2}), best, best_fit, {1, 1, 5, 3});
    shows("best fit, nodes of 3, 2, 2", nodes({3, 2, 2}), best, best_fit, {1, 1, 4, 6});
}

void workload() {
    auto const three = items{{0, 1, 1}, {0, 2, 1}, {1, 1, 1}};
    law("With a job less nobody ends later", "False for SJF and SRTF, on one GPU even: without the first job "
                                             "the second begins, and the last ends later.");
    shows("SRTF, 1 GPU", pool(1), three, srtf, {1, 4, 2});
    shows("SRTF, 1 GPU, without the first", pool(1), {{0, 2, 1}, {1, 1, 1}}, srtf, {2, 3});
    also(pool(1), three, {1, 4, 2}, pool(1), {{0, 2, 1}, {1, 1, 1}}, {2, 3}, sjf);

    law("With a job less the mean of the others is no worse",
        "False for SJF: without the second job the long one goes first.");
    shows("SJF, 1 GPU", pool(1), {{0, 4, 1}, {0, 1, 1}, {1, 1, 1}}, sjf, {6, 1, 2});
    shows("SJF, 1 GPU, without the second", pool(1), {{0, 4, 1}, {1, 1, 1}}, sjf, {4, 5});

    auto const gap = items{{0, 2, 1}, {0, 1, 2}, {0, 2, 1}};
    auto const sooner = items{{0, 1, 1}, {0, 1, 2}, {0, 2, 1}};
    law("With a shorter job all is done no later",
        "False for EASY and conservative backfill: job 2 no longer ends before the head's turn, so that it "
        "waits behind it.");
    shows("EASY, 2 GPUs", pool(2), gap, easy, {2, 3, 2});
    shows("EASY, 2 GPUs, the first job shorter", pool(2), sooner, easy, {1, 2, 4});
    also(pool(2), gap, {2, 3, 2}, pool(2), sooner, {1, 2, 4}, conservative);

    law("With a shorter job the mean is no worse",
        "False for EASY and conservative backfill, for the same reason.");
    shows("EASY, 2 GPUs", pool(2), {{0, 2, 1}, {0, 2, 2}, {0, 2, 1}}, easy, {2, 4, 2});
    shows("EASY, 2 GPUs, the first job shorter", pool(2), {{0, 1, 1}, {0, 2, 2}, {0, 2, 1}}, easy, {1, 3, 5});
    also(pool(2), {{0, 2, 1}, {0, 2, 2}, {0, 2, 1}}, {2, 4, 2}, pool(2), {{0, 1, 1}, {0, 2, 2}, {0, 2, 1}},
         {1, 3, 5}, conservative);

    auto const wide = items{{0, 1, 1}, {0, 1, 2}, {0, 1, 1}};
    auto const narrow = items{{0, 1, 1}, {0, 1, 1}, {0, 1, 1}};
    law("Who asks for fewer GPUs makes nobody else later",
        "False for skip-ahead, EASY, conservative backfill, SJF, SRTF, LAS: job 1 fits beside job 0 now, and "
        "job 2 does not.");
    shows("skip-ahead, 2 GPUs", pool(2), wide, skip, {1, 2, 1});
    shows("skip-ahead, 2 GPUs, job 1 on one", pool(2), narrow, skip, {1, 1, 2});
    also(pool(2), wide, {1, 2, 1}, pool(2), narrow, {1, 1, 2}, easy, conservative, sjf, srtf, las);

    law("Who asks for fewer GPUs ends no later",
        "False for LAS, here with one threshold at 2: job 0 starts at once, sinks at 2, and waits.");
    shows("LAS, 3 GPUs", pool(3), {{0, 3, 2}, {0, 2, 1}, {0, 2, 1}, {2, 1, 3}}, las, {3, 2, 4, 5});
    shows("LAS, 3 GPUs, job 0 on one", pool(3), {{0, 3, 1}, {0, 2, 1}, {0, 2, 1}, {2, 1, 3}}, las,
          {4, 2, 2, 3});

    law("Who submits earlier ends no later", "False for LAS: job 1 sinks earlier, too, and waits for job 2.");
    shows("LAS, 2 GPUs", pool(2), {{0, 4, 1}, {1, 3, 1}, {1, 3, 1}}, las, {6, 4, 5});
    shows("LAS, 2 GPUs, job 1 a ms earlier", pool(2), {{0, 4, 1}, {0, 3, 1}, {1, 3, 1}}, las, {4, 5, 5});

    law("A job of no length changes nothing",
        "False for all: it waits for its GPUs as any other does, and others wait behind it.");
    shows("FIFO, 2 GPUs", pool(2), {{0, 2, 1}, {1, 1, 1}}, fifo, {2, 2});
    shows("FIFO, 2 GPUs, a job of no length between", pool(2), {{0, 2, 1}, {0, 0, 2}, {1, 1, 1}}, fifo,
          {2, 2, 3});
}

void comparisons() {
    auto const four = items{{0, 1, 2}, {0, 1, 2}, {0, 2, 3}, {0, 4, 1}};
    law("Under EASY nobody ends later than under FIFO",
        "False: job 3 is promised not to delay the head of the queue, job 1, and does not; it delays job 2.");
    shows("EASY, 3 GPUs", pool(3), four, easy, {1, 2, 6, 4});
    shows("FIFO, 3 GPUs", pool(3), four, fifo, {1, 2, 4, 8});

    auto const mean = items{{0, 1, 3}, {0, 3, 2}, {0, 1, 2}, {0, 4, 1}};
    law("Under EASY the mean is no worse than under FIFO", "False for the same reason.");
    shows("EASY, 4 GPUs", pool(4), mean, easy, {1, 4, 5, 4});
    shows("FIFO, 4 GPUs", pool(4), mean, fifo, {1, 4, 2, 6});

    auto const last = items{{0, 2, 2}, {0, 1, 2}, {0, 2, 3}, {0, 5, 1}, {0, 5, 1}};
    law("Under EASY all is done no later than under FIFO", "False for the same reason.");
    shows("EASY, 3 GPUs", pool(3), last, easy, {2, 3, 7, 5, 12});
    shows("FIFO, 3 GPUs", pool(3), last, fifo, {2, 3, 5, 10, 10});

    auto const guessed = items{{0, 3, 1}, {0, 1, 2}, {2, 2, 1}};
    law("Exact estimates beat doubled ones",
        "False for EASY: what overestimates leave free is filled by short jobs.");
    shows("EASY, 2 GPUs, exact limits", pool(2), guessed, easy, {3, 4, 6});
    shows("EASY, 2 GPUs, doubled limits", pool(2), guessed, easy, {3, 5, 4}, 2);

    law("SRTF has no larger total than FIFO", "False with gangs: the short job needs all GPUs.");
    shows("SRTF, 2 GPUs", pool(2), {{0, 3, 1}, {0, 3, 1}, {0, 2, 2}}, srtf, {5, 5, 2});
    shows("FIFO, 2 GPUs", pool(2), {{0, 3, 1}, {0, 3, 1}, {0, 2, 2}}, fifo, {3, 3, 5});

    auto const singles = items{{0, 2, 1}, {0, 1, 1}, {0, 1, 1}, {2, 5, 1}, {2, 2, 1}};
    law("SRTF is optimal on many GPUs", "False, with jobs of one GPU even: the ends of SRTF sum to 17, those "
                                        "of FIFO to 16. On one GPU it is true.");
    shows("SRTF, 2 GPUs", pool(2), singles, srtf, {3, 1, 1, 8, 4});
    shows("FIFO, 2 GPUs", pool(2), singles, fifo, {2, 1, 2, 7, 4});

    law("Where all have one rank, a policy that stops jobs is FIFO",
        "False under skip-ahead if the earlier one may stop the later one: job 2 passed job 1, and is "
        "stopped for it. That is LAS with\n"
        "a threshold out of reach that is first come, first served inside a level; rota's stops nobody for "
        "an equal.");
    auto const sunk = items{{0, 1, 1}, {0, 1, 2}, {0, 2, 1}};
    shows("skip-ahead, 2 GPUs", pool(2), sunk, skip, {1, 3, 2});
    shows("skip-ahead, 2 GPUs, the earlier stops the later", pool(2), sunk, stopping, {1, 2, 3});
    expect("rota's LAS, a threshold out of reach", run(pool(2), sunk, las_at<1'000'000>).ends, {1, 3, 2});
}

void shares() {
    law("Of equal tenants nobody envies another",
        "False for dominant shares with whole tasks: of 3 GPUs one of two tenants, here the first two jobs', "
        "has two. It holds up to one task.");
    shows("DRF, 3 GPUs, two jobs of each tenant", pool(3),
          {{0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 1, 2}, {0, 1, 1, 2}}, drf, {1, 1, 1, 2});

    law("Asking for more than one needs runs no more tasks",
        "False for dominant shares with whole tasks: jobs 0 and 1 are of a tenant that needs a GPU a task; "
        "with two a task it runs\n"
        "two, and the other tenant none.");
    shows("DRF, 4 GPUs", pool(4), {{0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 3, 2}}, drf, {1, 2, 1});
    shows("DRF, 4 GPUs, it says that it needs two", pool(4), {{0, 1, 2, 1}, {0, 1, 2, 1}, {0, 1, 3, 2}}, drf,
          {1, 1, 2});

    auto const both = items{{0, 1, 1, 1}, {0, 1, 1, 2}};
    law("Of the waiting jobs that fit, the first in order starts (P6, by share, with quotas)",
        "False where quotas are taken back: job 0 is first, but the tenant of job 1 owns the GPU, and takes "
        "it back before anything is sent.");
    shows("DRF, nobody owns anything", pool(1), both, drf, {1, 2});
    shows("DRF, the second tenant owns the GPU", pool(1), both, drf, {2, 1}, 1, 1);
    expect("nobody is stopped", run(pool(1), both, drf, 1, 1).stops, {0, 0});
}

void victims() {
    auto const quarters = items{{0, 9, 1, 0, 250}, {0, 5, 1, 0, 500}, {1, 1, 1, 0, 500}, {1, 1, 1, 0, 250}};
    auto const again = run(pool(1), quarters, srtf);
    law("Nobody is stopped and started again in its place at one instant (P9, however many start)",
        "False for SRTF with shares: at 1 job 2 needs half of the GPU and stops job 0, the longest; job 3 "
        "needs a quarter and stops\n"
        "job 1; and what is left of its half is where job 0 was. P9 as it is asked leaves out such "
        "instants.");
    expect("started again in its place: ends", again.ends, {9, 6, 2, 2});
    expect("started again in its place: stops", again.stops, {1, 1, 0, 0});
    picture("SRTF, 1 GPU, of which jobs 0 and 3 hold a quarter, 1 and 2 a half", again);

    law("Nobody is stopped twice at one instant (P9, however many start)",
        "False for SRTF: one stops A, the next stops B; A takes what is left and gives it back to B, which "
        "is before A. It stands\n"
        "in `property/regressions/a_victim_in_a_later_victims_place.replay`.");

    constexpr auto anywhere = rota::job::span::anywhere;
    auto const gangs = items{{0, 9, 2}, {1, 5, 3, 0, 1000, anywhere}, {2, 1, 3, 0, 1000, anywhere}};
    auto const spread = run(nodes({2, 1, 1, 1}), gangs, srtf_first_fit);
    law("Where a gang stops others, no fewer of them would have done",
        "False for gangs that may lie on any nodes: jobs 0 and 1 are both stopped for job 2, which first fit "
        "lays on the first\n"
        "nodes; to stop job 1 would have done.");
    expect("a victim more than needed: stops", spread.stops, {1, 1, 0});
    shows("SRTF, first fit, nodes of 2, 1, 1, 1", nodes({2, 1, 1, 1}), gangs, srtf_first_fit, {14, 7, 3});

    law("Best fit breaks no GPU while a shared one has room",
        "False on several nodes: of nodes of 1 and 2 GPUs, half of a GPU of the second is in use; a share of "
        "0.3 takes the first,\n"
        "which has less left.");
    auto const cluster = nodes({1, 2});
    auto free = rota::cluster::ledger(cluster);
    free.take(rota::cluster::slice{.node = rota::node_id{1}, .gpus = 1, .milli = 500});
    auto need = rota::job::gang(1);
    need.milli = need.milli_min = 300;
    auto const where = rota::placement::best_fit{}.place(need, free);
    result.check(where && index(where->front().node) == 0, "best fit breaks a GPU though another has room");
}

} // namespace

/// refuted PAGE [--write]: PAGE has the laws and the pictures.
int main(int count, char** arguments) {
    if (count < 2) {
        std::puts("usage: refuted PAGE [--write]");
        return 2;
    }
    capacity();
    workload();
    comparisons();
    shares();
    victims();
    auto const write = count > 2 && std::string_view{arguments[2]} == "--write";
    check_page(result, arguments[1], "refuted", "property/verify_refuted", page, write);
    return result.end();
}
