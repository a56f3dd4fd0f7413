// SPDX-License-Identifier: BSL-1.0
// Rows of squeue with words that users chose: a bar or the end of a line within them hides that job, and no other.
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/squeue.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;

/// What a job asks for besides GPUs that says nothing of it.
constexpr auto plain_wants = "1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/A|1|1|";

/// A row as squeue 22.05 prints it, of a job that asks for one GPU.
std::string row(std::string_view id, std::string_view account, std::string_view feature,
                std::string_view per_node, std::string_view count = "1") {
    auto out = std::string{id} + "|PENDING|0|0|5:00|None|N/A|OK|0|0||(null)|(null)|main|0|" + plain_wants;
    for (auto const word : {account, std::string_view{"2"}, std::string_view{"0"}, std::string_view{"normal"},
                            feature, std::string_view{"(null)"}, count, per_node, std::string_view{"N/A"},
                            std::string_view{"N/A"}, std::string_view{"N/A"}})
        (out += word) += '|';
    return out + "|\n";
}

} // namespace

int main() {
    auto told = tally{};
    auto cluster = rota::cluster::uniform(1, 2, 4);
    cluster.names = {"n1", "n2"};
    auto reader = rota::slurm::squeue_reader{cluster};
    auto const plain = row("7", "(null)", "(null)", "gres:gpu:1");
    auto const clear = [&](std::string const& odd, std::string_view id, live::job_state state) {
        auto const seen = reader.read(plain + odd + row("9", "(null)", "(null)", "gres:gpu:2"));
        told.check(seen && seen->size() == 3 && (*seen)[0].unmapped.empty() && (*seen)[2].unmapped.empty() &&
                       (*seen)[2].asked.need.gpus_max == 2,
                   "the others are read: " + odd);
        told.check(seen && seen->size() == 3 && (*seen)[1].id == id && (*seen)[1].state == state &&
                       !(*seen)[1].unmapped.empty(),
                   "and it is left alone: " + odd);
        return seen ? *seen : std::vector<live::job_status>{};
    };
    clear(row("8", "(null)", "a100|v100", "gres:gpu:1"), "8", live::job_state::held);
    clear(row("8", "x|y", "(null)", "gres:gpu:1"), "8", live::job_state::held);
    clear(row("8", "x|y", "a|b|c", "gres:gpu:1"), "8", live::job_state::held);
    clear(row("8", "(null)", "(null)", "gres:gpu:a|b:1"), "8", live::job_state::held);
    clear(row("8", "x||\n99|completed|", "(null)", "gres:gpu:1"), "8", live::job_state::held);
    clear(row("8", "(null)", "(null)", "gres:gpu:1", "2000000"), "8", live::job_state::held);
    clear(row("8", "(null)", "(null)", "gres:gpu:65535", "9223372036854775807"), "8", live::job_state::held);

    auto runs = row("8", "(null)", "a100|v100", "gres:gpu:4", "2");
    runs.replace(runs.find("PENDING"), 7, "RUNNING").insert(runs.size() - 2, "n[1-2]");
    auto const seen = clear(runs, "8", live::job_state::running);
    told.check(seen.size() == 3 && seen[1].where.size() == 2 && seen[1].where[1].gpus == 4,
               "where it runs is known all the same");

    auto const broken = reader.read(row("8", "x\ny", "(null)", "gres:gpu:1"));
    told.check(broken && broken->size() == 1 && (*broken)[0].unmapped.empty() &&
                   (*broken)[0].asked.need.gpus_max == 1,
               "the end of a line within an account");
    for (auto const& wrong : {"8|PENDING|0|0|\n" + plain, plain.substr(0, 40) + '\n' + plain,
                              plain.substr(0, 40), plain + "y|2|0|\n"})
        told.check(!reader.read(wrong), "a row that is cut short is none: " + wrong);

    auto waits = row("8", "(null)", "(null)", "gres:gpu:1");
    waits.replace(waits.find("None"), 4, "Priority");
    auto const both = reader.read(plain + waits);
    waits.replace(waits.find("Priority"), 8, "ReqNodeNotAvail, UnavailableNodes:n1");
    auto const named = reader.read(waits);
    told.check(named && named->size() == 1 && named->front().behind,
               "and for its nodes, which are kept for them");
    told.check(both && both->size() == 2 && !(*both)[0].behind && (*both)[1].behind, "it waits for others");

    auto his = plain;
    his.replace(his.find("(null)|2|"), 9, "(null)|4294967294|");
    auto const first = rota::slurm::squeue_reader{cluster}.read(his);
    auto const later = rota::slurm::squeue_reader{cluster}.read(plain + his);
    told.check(first && later && first->front().asked.user == later->back().asked.user &&
                   later->front().asked.user == rota::user_id{2},
               "a user has his own number, whoever was met before him");

    // what Slurm keeps nodes of: who would run into it does not start there
    constexpr auto today = std::time_t{1'800'000'000};
    auto const kept = [&](std::string_view nodes, std::string_view limit) {
        auto late = row("8", "(null)", "(null)", "gres:gpu:1");
        late.replace(late.find("PENDING|0|"), 10, "PENDING|7|");
        late.replace(late.find("5:00|None"), 9, std::string{limit} + "|ReqNodeNotAvail, May be reserved");
        late.replace(late.find("|0|0||"), 6, "|0|0|" + std::string{nodes} + '|');
        auto const got = reader.read(late, today);
        told.check(got && reader.misses_reservations(), "it waits for nodes");
        return got && got->front().refused;
    };
    reader.learn_reservations(
        "ReservationName=a StartTime=1800000300 EndTime=1800009999 Nodes=n[2-3] Users=b\n"
        "ReservationName=b StartTime=1 EndTime=1800000000 Nodes=n1 Users=b\n"
        "ReservationName=c StartTime=1 EndTime=1900000000 Nodes=(null) Licenses=x:1\n");
    told.check(kept("n2", "5:00") && kept("n[1-2]", "UNLIMITED"), "one that would run into it");
    told.check(!kept("n2", "4:59") && !kept("n1", "5:00"),
               "ends before, and is over; Slurm has another reason");
    reader.learn_reservations("No reservations in the system\n");
    told.check(!kept("n2", "UNLIMITED"), "none any more");
    told.check(reader.read(plain) && !reader.misses_reservations(), "nobody waits");

    // what only Slurm can grant
    constexpr auto now = std::time_t{1'800'000'000};
    auto const why = [&](std::string_view fields, std::string_view restarts = "0",
                         std::string_view gpus = "1") {
        auto const text = "8|PENDING|0|" + std::string{restarts} + "|5:00|None|" + std::string{fields} +
                          "|main|0|" + plain_wants +
                          "(null)|2|0|normal|(null)|(null)|1|gres:gpu:" + std::string{gpus} +
                          "|N/A|N/A|N/A||\n";
        auto const got = reader.read(text, now);
        return got && got->size() == 1 ? got->front().unmapped : "not read: " + text;
    };
    auto const is = [&](std::string const& got, std::string_view expected) {
        told.check(got == expected, "'" + got + "', expected '" + std::string{expected} + "'");
    };
    is(why("N/A|OK|0|0||(null)|(null)"), "");
    is(why("N/A|YES|0|0||(null)|(null)"), "");
    is(why("2099-01-01T00:00:00|OK|0|0||(null)|(null)"), "its time to begin is still to come");
    is(why("1800000001|OK|0|0||(null)|(null)"), "its time to begin is still to come");
    is(why("Tomorr 01:00|OK|0|0||(null)|(null)"), "its time to begin is still to come");
    is(why("2020-01-01T00:00:00|OK|0|0||(null)|(null)"), "");
    is(why("1800000000|OK|0|0||(null)|(null)"), "");
    is(why("N/A|OK|0|0|n1|(null)|(null)"), "it asks for nodes by name");
    is(why("N/A|NO|0|0||(null)|(null)"), "it wants its nodes to itself");
    is(why("N/A|USER|0|0||(null)|(null)"), "it wants its nodes to itself");
    is(why("N/A|NO|0|0||(null)|(null)", "0", "4"), ""); // it takes all GPUs there
    is(why("N/A|OK|1|0||(null)|(null)"), "it asks for contiguous nodes");
    is(why("N/A|OK|0|1@00:05:00||(null)|(null)"), "it asks for a number of switches");
    is(why("N/A|OK|0|0||night|(null)"), "it asks for a reservation");
    is(why("N/A|OK|0|0||(null)|matlab:1"), "it asks for licenses");
    // a requeue gives it a time, and its first start has named nodes: neither is its user's
    is(why("2099-01-01T00:00:00|OK|0|0|n1|(null)|(null)", "1"), "");
    is(why("N/A|OK|0|0||night|(null)", "1"), "it asks for a reservation");
    reader.learn({"", "7|(null)\n8|n1\n", ""});
    is(why("N/A|OK|0|0||(null)|(null)"), "it excludes nodes by name");
    reader.learn({"", "8|(null)\n8\n8|\n", ""});
    is(why("N/A|OK|0|0||(null)|(null)"), "");

    auto const run_once = [&](std::string_view requeue_and_batch) {
        auto text = row("8", "(null)", "(null)", "gres:gpu:1");
        text.replace(text.find("1|1|(null)|2"), 4, requeue_and_batch);
        auto const got = reader.read(text);
        return got && got->size() == 1 ? got->front().unmapped : "not read: " + text;
    };
    is(run_once("1|1|"), "");
    is(run_once("1|2|"), ""); // it counts its failed launches
    is(run_once("0|1|"), "it may not be requeued");
    is(run_once("1|0|"), "it may not be requeued");

    // its partition and disk; its nodes, and GPUs by node, job, task and socket
    auto const read = [&](std::string_view where, std::string_view gpus,
                          std::string_view state = "PENDING|0|0|5:00|None") {
        auto const got =
            reader.read("8|" + std::string{state} + "|N/A|OK|0|0||(null)|(null)|" + std::string{where} + '|' +
                        plain_wants + "(null)|2|0|normal|(null)|(null)|" + std::string{gpus} + "|\n");
        if (got && got->size() == 1) return got->front();
        auto none = live::job_status{};
        none.unmapped = "not read";
        return none;
    };
    constexpr auto two = "1|N/A|gres:gpu:2|N/A|N/A|";
    is(read("main|0", two).unmapped, "");
    is(read("main,low|0", two).unmapped, "it may run in several partitions");
    is(read("main|10M", two).unmapped, ""); // nobody has said what the nodes have
    auto how = rota::slurm::counted{};
    auto here = rota::cluster::node{};
    for (auto const disk : {100, 10}) how.add({.cpus = 4, .mib = 1, .tmp_mib = disk}, here);
    reader.count(how);
    is(read("main|10M", two).unmapped, "");
    is(read("main|11M", two).unmapped, "it asks for more temporary disk than every node has");
    is(read("main|1T", two).unmapped, "it asks for more temporary disk than every node has");
    reader.count({});
    constexpr auto more = "it asks for more nodes than its GPUs take";
    is(read("main|0", "2|N/A|gres:gpu:2|N/A|N/A|").unmapped, more);
    is(read("main|0", "3|N/A|gres:gpu:8|N/A|N/A|").unmapped, more);
    is(read("main|0", "2|N/A|gres:gpu:5|N/A|N/A|").unmapped, "");
    is(read("main|0", "2|gres:gpu:4|N/A|N/A|N/A|").unmapped, "");
    is(read("main|0", "2|N/A|gres:gpu:2|N/A|N/A|", "PENDING|0|1|5:00|None").unmapped, ""); // as it ran
    is(read("main|0", "2|N/A|gres:gpu:2|N/A|N/A|n[1-2]", "RUNNING|7|0|5:00|None").unmapped, "");
    auto guessed = row("8", "(null)", "(null)", "gres:gpu:1", "2");
    guessed.replace(guessed.find("|gres:gpu:1|N/A|"), 16, "|N/A|gres:gpu:2|");
    guessed.replace(guessed.find(plain_wants), 10, "3|0|6|2|1|");
    auto const by_tasks = reader.read(guessed);
    is(by_tasks ? by_tasks->front().unmapped : "not read", ""); // three tasks of two CPUs, without --nodes
    constexpr auto finer = "it asks for GPUs by task or socket";
    is(read("main|0", "1|N/A|N/A|gres:gpu:1|N/A|").unmapped, finer);
    is(read("main|0", "1|N/A|N/A|N/A|gres:gpu:1|").unmapped, finer);
    is(read("main|0", "1|N/A|gres:gpu:4|gres:gpu:1|N/A|").unmapped, "");
    is(read("main|0", "1|gres:shard:1|gres:gpu:1|N/A|N/A|").unmapped, "it asks for shares of GPUs");
    is(read("main|0", "1|gres:mps:30|N/A|N/A|N/A|").unmapped, "it asks for shares of GPUs");
    is(read("main|0", "1|gres:pass:1|gres:gpu:1|N/A|N/A|").unmapped, "");
    for (auto const* gpus :
         {"1|N/A|N/A|gres:gpu:1|N/A|n2", "1|N/A|N/A|N/A|gres:gpu:1|n2", "1|gres:shard:1|N/A|N/A|N/A|n2"}) {
        auto const runs_there = read("main|0", gpus, "RUNNING|7|0|5:00|None");
        told.check(runs_there.where == std::vector<live::part>{{rota::node_id{1}, 0}} &&
                       runs_there.beside.empty(),
                   std::string{"it has GPUs where it runs, nobody knows how many: "} + gpus);
    }
    told.check(read("main|0", two, "PENDING|7|0|5:00|JobArrayTaskLimit").refused,
               "nor while its array has enough");
    told.check(read("main|0", two, "PENDING|0|0|5:00|BadConstraints").refused && !read("main|0", two).refused,
               "Slurm cannot start it");
    return told.end();
}
