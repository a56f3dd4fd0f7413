// SPDX-License-Identifier: BSL-1.0
// The command-line backend: what it says to Slurm's clients, what it makes of their words, and that none of them
// blocks it.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rota/cluster/spec.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/gres.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/slurm/sinfo.hpp>
#include <rota/slurm/squeue.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;
namespace slurm = rota::slurm;
using live::job_state;
using live::reply;
using slurm::command_result;
using words = std::vector<std::string>;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

/// Rows of squeue, in which `*|` stands for the fields of a job that asks for nothing special.
std::string rows_of(std::string text) {
    static constexpr auto nothing =
        std::string_view{"None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/A|1|1|"};
    for (auto at = text.find("|*|"); at != text.npos; at = text.find("|*|", at + nothing.size()))
        text.replace(at + 1, 2, nothing);
    return text;
}

/// Answers with what was put down for each program, and remembers what it was asked.
struct scripted {
    struct script {
        std::vector<words> asked;
        std::string squeue;
        std::string sinfo;
        std::string exclusions{};
        std::string comments{};
        std::string neighbours{};
        command_result details{command_result::end::exited, 0, {}, {}};
        command_result arrays{command_result::end::exited, 0, {}, {}};
        command_result verb{command_result::end::exited, 0, {}, {}};
        command_result second{command_result::end::exited, 0, {}, {}}; ///< of `scontrol release`
        command_result::end polls = command_result::end::exited;
        std::vector<std::string> questions{}; ///< about arrays
        std::vector<std::string> inputs{};    ///< of scontrol, where it reads its commands
        std::vector<command_result> many{};   ///< its answers
    };
    script* on;

    command_result operator()(words const& argv, std::string const& input = {}) const {
        on->asked.push_back(argv);
        if (argv.size() == 1) {
            on->inputs.push_back(input);
            return on->many.at(on->inputs.size() - 1);
        }
        if (argv.size() > 4 && argv[4].starts_with("--states=running"))
            return {on->polls, 0, rows_of(on->neighbours), {}};
        if (argv.back() == slurm::squeue_exclusions) return {on->polls, 0, on->exclusions, {}};
        if (argv.back() == slurm::squeue_comments) return {on->polls, 0, on->comments, {}};
        if (argv[0] == "squeue") return {on->polls, 0, rows_of(on->squeue), {}};
        if (argv[0] == "sinfo") return {on->polls, 0, on->sinfo, {}};
        if (argv[1] == "--details") return on->details;
        if (argv[1] == "--oneliner" && argv.size() == 2) {
            on->questions.push_back(input);
            return on->arrays;
        }
        return argv[1] == "release" ? on->second : on->verb;
    }
};

command_result says(int code, std::string err) {
    return {command_result::end::exited, code, {}, std::move(err)};
}

rota::cluster::spec three_nodes() {
    auto made = rota::cluster::uniform(1, 3, 4);
    made.names = {"n1", "n2", "n3"};
    return made;
}

void host_lists() {
    auto const same = [](std::string_view text, words const& names) {
        auto const got = slurm::expand_hosts(text);
        check(got && *got == names, text);
    };
    same("", {});
    same("n1", {"n1"});
    same("n[1,3]", {"n1", "n3"});
    same("n[1-3,7],gpu07,x[08-10]", {"n1", "n2", "n3", "n7", "gpu07", "x08", "x09", "x10"});
    same("r[1-2]n[3-4]-ib", {"r1n3-ib", "r1n4-ib", "r2n3-ib", "r2n4-ib"});
    for (auto const* wrong :
         {",", "n1,", "n[1", "n[]", "n[3-1]", "n[a-b]", "n[1-99999999]", "n[1-99999]m[1-99999]", "n[-1-2]"})
        check(!slurm::expand_hosts(wrong), wrong);
}

void resources() {
    auto const is = [](std::string_view text, int gpus, std::string_view type) {
        auto const got = slurm::read_gres(text);
        check(got && got->gpus == gpus && got->type == type, text);
    };
    is("(null)", 0, "");
    is("N/A", 0, "");
    is("", 0, "");
    is("gpu:4", 4, "");
    is("gres:gpu:2", 2, "");
    is("gres/gpu:a100:8", 8, "a100");
    is("gres/gpu=8", 8, "");
    is("gpu", 1, "");
    is("gres:gpu:h100", 1, "h100");
    is("gpu:a100:4(S:0-1,3),shard:8", 4, "a100");
    is("license:3,gpuspy:2", 0, "");
    check(!slurm::read_gres("gpu:a100:2,gpu:v100:2"), "two types");
    check(!slurm::read_gres("gpu:70000"), "too many");

    check(slurm::read_time_limit("5:00") == 300'000 && slurm::read_time_limit("1:00:05") == 3'605'000 &&
              slurm::read_time_limit("1-02:03:04") == 93'784'000,
          "time limits");
    for (auto const* none : {"UNLIMITED", "NOT_SET", "", "5", "1-", "a:00", "1:2:3:4", "-5:00"})
        check(slurm::read_time_limit(none) == 0, none);

    auto const rows = slurm::read_sinfo(
        "n1|idle|gpu:a100:4(S:0)|main|0/64/0/64|0|\nn1|idle|gpu:a100:4(S:0)|low|0/64/0/"
        "64|0|\nlogin|idle|(null)|main|0/64/0/64|0|\n"
        "n2|mixed*|gpu:v100:8|main|0/64/0/64|0|\nn3|draining|gpu:a100:4|main|0/64/0/64|0|\n");
    check(rows && rows->size() == 5 && (*rows)[0].up() && !(*rows)[3].up() && !(*rows)[4].up() &&
              (*rows)[1].partition == "low",
          "a node once a partition; a mark or a drain closes it");
    check(!(*rows)[3].busy() && (*rows)[4].busy() && !(*rows)[0].busy(),
          "what runs on it goes on where it answers");
    auto const open = [](std::string_view state) { return slurm::node_row{"n1", state, "gpu:4"}.up(); };
    check(open("allocated+") && open("mixed-") && open("planned"),
          "a node with a job on its way out, or one that Slurm has plans for, is up");
    for (auto const* shut :
         {"idle*", "mixed#", "allocated$", "reserved", "maint", "down", "idle~", "mixed+-"})
        check(!open(shut), shut);
    auto const made = slurm::cluster_of(*rows);
    check(made && made->nodes.size() == 3 && made->names[1] == "n2" && made->nodes[1].gpus == 8 &&
              made->models == words{"a100", "v100"} && index(made->nodes[2].model) == 0,
          "the cluster of those nodes");
    check(!slurm::read_sinfo("n1 idle\n") && !slurm::cluster_of({{"n1", "idle", "gpu:17"}}),
          "rows that are none");
}

/// As a 22.05 of three nodes printed it, with some rows changed to what it may print.
constexpr auto queue = //
    "9|PENDING|0|0|UNLIMITED|*|(null)|0|0|normal|(null)|(null)|1|gres:gpu:2|N/A|N/A|N/A||\n"
    "5_2|PENDING|4294901755|0|UNLIMITED|*|(null)|0|0|normal|(null)|(null)|1|gres:gpu:1|N/A|N/A|N/A||\n"
    "5_1|RUNNING|4294901755|0|UNLIMITED|*|vision|2|0|normal|(null)|(null)|1|gres:gpu:1|N/A|N/A|N/A|n2|\n"
    "1|COMPLETING|0|1|5:00|*|(null)|0|0|normal|(null)|(null)|2|gres:gpu:4|N/A|N/A|N/A|n1|\n"
    "2|PENDING|0|2|5:00|*|speech|1|-5|urgent|(null)|(null)|2|gres:gpu:4|N/A|N/A|N/A||\n"
    "7|RUNNING|4294901757|0|UNLIMITED|*|(null)|0|0|normal|(null)|(null)|2|N/A|gres:gpu:8|N/A|N/A|n[1,3]|\n"
    "8|PENDING|0|0|10:00|*|(null)|0|5|normal|(null)|afterok:1(unfulfilled)|1|N/A|gres:gpu:2|N/A|N/A||\n"
    "10|PENDING|0|0|1:00|*|(null)|0|0|normal|big|(null)|1|gres:gpu|N/A|N/A|N/A||\n"
    "11|PENDING|0|0|1:00|*|(null)|0|0|normal|(null)|(null)|2|gres:gpu:2|N/A|N/A|N/A||\n"
    "12|PENDING|0|0|1:00|*|(null)|0|0|normal|(null)|(null)|1|gres:gpu:2|gres:gpu:6|N/A|N/A||\n"
    "13|PENDING|0|0|1:00|*|(null)|0|0|normal|(null)|(null)|1|N/A|N/A|N/A|N/A||\n"
    "14+0|PENDING|0|0|1:00|*|(null)|0|0|normal|(null)|(null)|1|gres:gpu:1|N/A|N/A|N/A||\n"
    "15|TIMEOUT|4294901757|0|1:00|*|(null)|0|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A|n3|\n"
    "16|OUT_OF_MEMORY|429|0|1:00|*|(null)|0|0|normal|(null)|(null)|1|gpu:gpu|N/A|N/A|N/A|n3|\n";

void polls() {
    auto const cluster = three_nodes();
    auto on = scripted::script{};
    on.squeue = queue;
    on.sinfo = "n1|idle|gpu:4|main|0/64/0/64|0|\nn2|mixed|gpu:4|main|0/64/0/64|0|\nn3|down*|gpu:4|main|0/64/"
               "0/64|0|\nother|idle|gpu:4|main|0/64/0/64|0|\n";
    auto backend = slurm::client<scripted>{
        cluster, "main", {.accounts = {"vision", "speech"}, .qos = {{"urgent", 40}}}, scripted{&on}};
    auto const seen = backend.poll();
    check(seen.has_value(), "a poll");
    if (!seen) return;
    check(on.asked.size() == 5 && on.asked[1][0] == "squeue" && on.asked[1].back().ends_with("NodeList:|") &&
              on.asked[1].back().find("JobName") == std::string::npos && on.asked[0][0] == "sinfo" &&
              on.asked[2].back() == "%i|%x" && on.asked[3].back() == "JobArrayID:|,Comment:|",
          "what Slurm says, and apart from it what users say");
    check(on.questions == words{"show job 5_1\nquit\n"}, "and how many of an array may run");
    on.asked.clear();
    check(backend.poll().has_value() && on.asked.size() == 2, "which is asked once a job");
    auto ids = words{};
    for (auto const& one : seen->jobs) ids.push_back(one.id);
    check(ids == words{"1", "2", "5_1", "5_2", "7", "8", "9", "10", "11", "12", "13", "14+0", "15", "16"},
          "in order of submission");
    check(seen->up == std::vector<bool>{true, true, false}, "nodes");
    auto const& jobs = seen->jobs;
    check(jobs[0].state == job_state::completing && jobs[0].restarts == 1 &&
              jobs[1].state == job_state::held && jobs[2].state == job_state::running &&
              jobs[3].state == job_state::pending && jobs[12].state == job_state::timed_out &&
              jobs[13].state == job_state::failed,
          "states, and held by priority 0");
    check(jobs[2].where == std::vector<live::part>{{rota::node_id{1}, 1}} &&
              jobs[4].where == std::vector<live::part>{{rota::node_id{0}, 4}, {rota::node_id{2}, 4}} &&
              jobs[12].where == std::vector<live::part>{{rota::node_id{2}, 2}} && jobs[1].where.empty(),
          "where they run");
    check(jobs[1].asked.need == rota::job::gang(8, rota::job::span::compact) &&
              jobs[2].asked.need == rota::job::gang(1, rota::job::span::one_node) &&
              jobs[4].asked.need == rota::job::gang(8, rota::job::span::compact),
          "what they ask for");
    check(jobs[1].asked.priority == 45 && index(jobs[1].asked.tenant) == 2 &&
              index(jobs[2].asked.tenant) == 1 && index(jobs[0].asked.tenant) == 0 &&
              jobs[0].asked.limit_ms == 300'000 && jobs[1].asked.user != jobs[2].asked.user,
          "for whom, how urgently, how long");
    for (auto i = std::size_t{0}; i != jobs.size(); ++i)
        check(jobs[i].unmapped.empty() == (i < 5 || i == 6 || i == 12 || i == 13),
              "can be mapped: " + jobs[i].id);

    for (auto const* wrong :
         {"1|PENDING\n", "x\n", "1|ODD|0|0|1:00|*|a|u|0|normal|f|d|1|gres:gpu:1|N/A|N/A|N/A||\n",
          "1|PENDING|0|-1|1:00|*|a|u|0|normal|f|d|1|gres:gpu:1|N/A|N/A|N/A||\n",
          "1|PENDING|0|0|1:00|*|a|u|0|normal|f|d|1|gres:gpu:1|N/A|||\n"}) {
        on.squeue = wrong;
        check(!backend.poll() && backend.complaint() == "squeue: not what was asked for", wrong);
    }
    on.squeue = "5_1|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|gres:gpu:1|N/A|N/A|N/A||\n"
                "5_2|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|gres:gpu:1|N/A|N/A|N/A||\n";
    on.arrays.out = "JobId=7 ArrayJobId=5 ArrayTaskId=1 ArrayTaskThrottle=1 JobName=x\n";
    auto fresh = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    auto const turns = fresh.poll();
    check(turns && turns->jobs[0].unmapped.empty() && !turns->jobs[1].unmapped.empty(),
          "one after the other, as its array has it");
    on.arrays.how = command_result::end::timed_out;
    check(!slurm::client<scripted>(cluster, "main", {}, scripted{&on}).poll(), "or nobody knows");
    on.squeue.clear();
    check(backend.poll() && backend.poll()->jobs.empty(), "an empty queue is a queue");
    on.polls = command_result::end::timed_out;
    on.asked.clear();
    check(!backend.poll() && backend.complaint() == "no answer in time", "no answer is no state");
    check(on.asked.size() == 1, "and who waits for one has waited long enough");
}

/// Gangs whose GPUs lie as Slurm likes, and gangs whose size is a range.
void spread() {
    auto const cluster = three_nodes();
    auto on = scripted::script{};
    on.sinfo =
        "n1|idle|gpu:4|main|0/64/0/64|0|\nn2|idle|gpu:4|main|0/64/0/64|0|\nn3|idle|gpu:4|main|0/64/0/64|0|\n";
    on.squeue = "1|RUNNING|7|0|1:00|*|a|u|0|normal|(null)|(null)|2|N/A|gres:gpu:6|N/A|N/A|n[1,3]|\n"
                "2|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:6|N/A|N/A||\n"
                "3|PENDING|0|2|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:8|N/A|N/A||\n"
                "4|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n"
                "5|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n"
                "6|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|2|gres:gpu:4|N/A|N/A|N/A||\n"
                "7|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:5|N/A|N/A||\n"
                "8|COMPLETING|7|0|1:00|*|a|u|0|normal|(null)|(null)|2|N/A|gres:gpu:5|N/A|N/A|n[1-2]|\n";
    on.comments = "1|(null)|\n2||\n3|rota:gpus=2-12|\n4|rota:gpus=1-4|\n5|by ann\n7|rota:gpus=1-9|\n|\n"
                  "6|rota:gpus=4-8|\n7|rota:gpus=5-5|\n9|rota:gpus|\n";
    auto const lies = [](std::string const& parts) {
        return command_result{command_result::end::exited,
                              0,
                              "JobId=1 JobName=x Nodes= UserId=root(0) JOB_GRES=gpu:6 " + parts +
                                  " MinCPUsNode=1\n",
                              {}};
    };
    on.details = lies(
        "  Nodes=n1 CPU_IDs=0 Mem=0 GRES=gpu:2(IDX:2-3)   Nodes=n3 CPU_IDs=0-1 Mem=0 GRES=gpu:4(IDX:0-3)");
    auto backend = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    auto const seen = backend.poll();
    check(seen && on.asked.back() == words{"scontrol", "--details", "--oneliner", "show", "job", "1"},
          "Slurm is asked how a run lies");
    if (!seen) return;
    auto const& jobs = seen->jobs;
    check(jobs[0].where == std::vector<live::part>{{rota::node_id{0}, 2}, {rota::node_id{2}, 4}},
          "as many of each node as it says");
    check(jobs[7].where == std::vector<live::part>{{rota::node_id{0}, 0}, {rota::node_id{1}, 0}},
          "on its way out a run is not asked");
    auto const asked = on.asked.size();
    check(backend.poll() && on.asked.size() == asked + 2, "once a run");
    check(jobs[1].unmapped.empty() && jobs[1].asked.need == rota::job::gang(6, rota::job::span::compact),
          "a gang that no whole nodes make");
    auto const sizes = [&](std::size_t job, int least, int most, rota::job::span how) {
        auto need = rota::job::gang(most, how);
        need.gpus_min = static_cast<std::uint16_t>(least);
        return jobs[job].unmapped.empty() && jobs[job].asked.need == need;
    };
    check(sizes(2, 2, 12, rota::job::span::compact) && sizes(3, 1, 4, rota::job::span::one_node), "ranges");
    check(sizes(4, 2, 2, rota::job::span::one_node) && sizes(6, 5, 5, rota::job::span::compact),
          "words for somebody else, and words that may be another's");
    check(!jobs[5].unmapped.empty(), "a range of GPUs of each node");

    auto where = rota::cluster::placement{};
    where.add({.node = rota::node_id{0}, .gpus = 15});
    where.add({.node = rota::node_id{2}, .gpus = 1});
    on.asked.clear();
    check(backend.start("3", where) == reply::done &&
              on.asked[0] == words{"scontrol", "update", "jobid=3", "ReqNodeList=n1,n3", "NumNodes=2-2",
                                   "TresPerJob=gres:gpu:5", "StartTime=now"},
          "a start says the size");
    on.asked.clear();
    check(backend.start("2", where) == reply::done && on.asked[0].size() == 5, "where it is open");

    auto kinds = three_nodes();
    kinds.models = {"a100", "v100"};
    auto typed = rota::job::gang(2);
    check(slurm::gpus_in_words(typed, kinds) == "gres:gpu:", "of any type");
    typed.models = 2;
    check(slurm::gpus_in_words(typed, kinds) == "gres:gpu:v100:", "of one");
    on.squeue = "1|RUNNING|7|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A|n1|\n";
    on.neighbours = "1|RUNNING|7|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A|n1|\n"
                    "30|RUNNING|7|0|1:00|*|b|v|0|normal|(null)|(null)|1|N/A|gres:gpu:1|N/A|N/A|n2|\n"
                    "31|RUNNING|7|0|1:00|*|b|v|0|normal|(null)|(null)|1|N/A|N/A|N/A|N/A|n3|\n"
                    "32|RUNNING|7|0|1:00|*|b|v|0|normal|(null)|(null)|1|N/A|gres:gpu:5|N/A|N/A|n[2-3]|\n";
    auto beside = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    check(beside.poll() && beside.poll()->jobs.size() == 1,
          "nobody asks for neighbours where there are none");
    on.sinfo += "n2|idle|gpu:4|low|0/64/0/64|0|\n";
    auto const both = beside.poll();
    check(both && both->jobs.size() == 4 && both->jobs[0].unmapped.empty() &&
              both->jobs[1].where == std::vector<live::part>{{rota::node_id{1}, 1}} &&
              both->jobs[1].unmapped == "it is of another partition" && both->jobs[2].where.empty() &&
              both->jobs[3].where.size() == 2,
          "what another partition runs on these nodes is seen");
    check(std::none_of(on.asked.begin(), on.asked.end(), [](words const& one) { return one.back() == "32"; }),
          "how it lies there is not asked");

    for (auto const* odd :
         {"rota:gpus=", "rota:gpus=2", "rota:gpus=3-2", "rota:gpus=0-2", "rota:gpus=1-70000",
          "rota:gpus=1-2 ", "rota:gpu=1-2", "rota:gpus=3-4", "rota:gpus=1-1"}) {
        on.squeue = "9|PENDING|0|0|1:00|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n";
        on.comments = "9|" + std::string{odd} + "|\n";
        auto fresh = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
        auto const got = fresh.poll();
        check(got && !got->jobs[0].unmapped.empty(), odd);
    }
    for (auto const* forged : {"Nodes=n1 CPU_IDs=0 Mem=0 GRES=gpu:4 Nodes=n1 CPU_IDs=0 Mem=0 GRES=gpu:2 "
                               "Nodes=n3 CPU_IDs=0 Mem=0 GRES=gpu:4",
                               "Nodes=n1 CPU_IDs=0 Mem=0 GRES=gpu:a:4,gpu:b:1",
                               "Nodes=n[1 CPU_IDs=0 Mem=0 GRES=gpu:4", "Nodes=n1 GRES=gpu:4"}) {
        on.squeue = "1|RUNNING|7|0|1:00|*|a|u|0|normal|(null)|(null)|2|N/A|gres:gpu:6|N/A|N/A|n[1,3]|\n";
        on.details = lies(forged);
        auto fresh = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
        auto const got = fresh.poll();
        check(got &&
                  got->jobs[0].where == std::vector<live::part>{{rota::node_id{0}, 0}, {rota::node_id{2}, 0}},
              forged);
    }
    on.details = says(1, "slurm_load_jobs error: Invalid job id specified\n");
    auto late = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    check(!late.poll(), "a run that is gone meanwhile is another state");
}

void verbs() {
    auto const cluster = three_nodes();
    auto on = scripted::script{};
    on.squeue = queue;
    auto backend = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    auto where = rota::cluster::placement{};
    where.add({.node = rota::node_id{0}, .gpus = 15});
    where.add({.node = rota::node_id{2}, .gpus = 15});
    check(backend.poll().has_value(), "a poll before");
    on.asked.clear();
    check(backend.start("9", where) == reply::done &&
              on.asked ==
                  std::vector<words>{{"scontrol", "update", "jobid=9", "ReqNodeList=n1,n3", "NumNodes=2-2"},
                                     {"scontrol", "release", "9"}},
          "a first start");
    on.asked.clear();
    check(backend.start("2", where) == reply::done && on.asked[0].back() == "StartTime=now",
          "a requeued job does not wait for its credential to expire");
    on.asked.clear();
    check(backend.hold("9") == reply::done && backend.save("9") == reply::done &&
              backend.requeue("9") == reply::done,
          "the other verbs");
    check(on.asked == std::vector<words>{{"scontrol", "hold", "9"},
                                         {"scancel", "--batch", "--signal=USR1", "9"},
                                         {"scontrol", "requeuehold", "9"}},
          "as Slurm spells them");

    on.asked.clear();
    on.verb = says(1, "Invalid node name specified for job 9\n");
    check(backend.start("9", where) == reply::refused && on.asked.size() == 1,
          "a refused update releases nothing");
    check(backend.requeue("9") == reply::refused && backend.complaint().starts_with("Invalid node"),
          "why is kept");
    for (auto const* lost : {"slurm_update error: Unable to contact slurm controller (connect failure)\n",
                             "slurm_suspend error: Socket timed out on send/recv operation\n",
                             "Zero Bytes were transmitted or received\n", "Connection refused\n"}) {
        on.verb = says(1, lost);
        check(backend.hold("9") == reply::unknown, lost);
    }
    on.verb = {command_result::end::timed_out, 137, {}, {}};
    check(backend.start("9", where) == reply::unknown, "no answer in time");
    on.verb = {command_result::end::not_started, 0, {}, {}};
    check(backend.hold("9") == reply::refused, "no client, no effect");
    on.verb = says(0, {});
    on.second = says(1, "Socket timed out");
    check(backend.start("9", where) == reply::unknown, "the release may have arrived");
}

/// Many starts at once: two processes, and each job's own answer.
void many_starts() {
    auto const cluster = three_nodes();
    auto on = scripted::script{};
    on.squeue = queue;
    auto backend = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    check(backend.poll().has_value(), "a poll before");
    on.asked.clear();
    auto one = rota::cluster::placement{};
    one.add({.node = rota::node_id{1}, .gpus = 1});
    auto two = rota::cluster::placement{};
    two.add({.node = rota::node_id{0}, .gpus = 15});
    two.add({.node = rota::node_id{2}, .gpus = 15});
    auto const all = std::vector<live::wanted_start>{{"2", two}, {"9", one}, {"10", one}, {"5_2", one}};
    auto const mark = std::string{"invalid keyword: rota-next\n"};
    on.many = {
        says(1, mark + "Invalid job id specified for job 9\n" + mark + mark + mark),
        says(1, mark + "slurm_suspend error: Socket timed out on send/recv operation\n" + mark + mark)};
    check(backend.start_all(all) == std::vector{reply::done, reply::refused, reply::unknown, reply::done},
          "each has its own answer");
    check(on.asked == std::vector<words>{{"scontrol"}, {"scontrol"}} &&
              on.inputs[0] == "update jobid=2 ReqNodeList=n1,n3 NumNodes=2-2 StartTime=now \nrota-next\n"
                              "update jobid=9 ReqNodeList=n2 NumNodes=1-1 \nrota-next\n"
                              "update jobid=10 ReqNodeList=n2 NumNodes=1-1 \nrota-next\n"
                              "update jobid=5_2 ReqNodeList=n2 NumNodes=1-1 \nrota-next\nquit\n" &&
              on.inputs[1] == "release 2\nrota-next\nrelease 10\nrota-next\nrelease 5_2\nrota-next\nquit\n",
          "and what was not asked for is not released");
    check(backend.complaint().find("Socket timed out") != std::string::npos, "why is kept");

    auto const only = [&](std::vector<command_result> answers) {
        on.many = std::move(answers);
        on.inputs.clear();
        return backend.start_all({{"9", one}, {"10", one}});
    };
    using end = command_result::end;
    check(only({{end::timed_out, 137, {}, mark}, says(1, mark)}) == std::vector{reply::done, reply::unknown},
          "it came as far as it came");
    check(on.inputs.size() == 2 && on.inputs[1] == "release 9\nrota-next\nquit\n", "and no further");
    check(only({{end::timed_out, 137, {}, {}}}) == std::vector{reply::unknown, reply::unknown} &&
              on.inputs.size() == 1 && backend.complaint() == "no answer in time",
          "no answer in time");
    check(only({says(1, mark + mark), {end::timed_out, 137, {}, {}}}) ==
              std::vector{reply::unknown, reply::unknown},
          "the releases may have arrived");
    check(only({{end::not_started, 0, {}, {}}}) == std::vector{reply::refused, reply::refused},
          "no client, no effect");
    check(only({says(1, "scontrol: fatal: no configuration\n")}) ==
                  std::vector{reply::unknown, reply::unknown} &&
              backend.complaint() == "scontrol: fatal: no configuration\n",
          "it gave up");
    check(backend.start_all({}).empty() && on.inputs.size() == 1, "none");
    check(backend.start_all({{"9", one}}) == std::vector{reply::done} && on.inputs.size() == 1 &&
              on.asked.back() == words{"scontrol", "release", "9"},
          "one alone is two commands");

    auto large = rota::cluster::uniform(1, 1'000, 1);
    for (auto n = 0; n != 1'000; ++n) large.names.push_back("node" + std::to_string(n));
    auto wide = rota::cluster::placement{};
    for (auto n = std::uint32_t{0}; n != 900; ++n) wide.add({.node = rota::node_id{n}, .gpus = 1});
    auto other = slurm::client<scripted>{large, "main", {}, scripted{&on}};
    on.asked.clear();
    on.inputs.clear();
    on.many = {says(1, mark), says(1, mark)};
    check(other.start_all({{"1", wide}, {"2", one}}) == std::vector{reply::done, reply::done} &&
              on.asked.size() == 4 && on.asked[0][1] == "update" && on.asked[1][1] == "release" &&
              on.inputs.size() == 2,
          "a line longer than scontrol reads is a command of its own");
    on.asked.clear();
    on.inputs.clear();
    auto lines = std::string{};
    for (auto i = 0; i != 250; ++i) lines += mark;
    on.many.assign(6, says(1, lines));
    auto const crowd = std::vector<live::wanted_start>(600, {"2", one});
    check(other.start_all(crowd) == std::vector<reply>(600, reply::done) && on.inputs.size() == 6,
          "a process says 250 of them");
    on.inputs.clear();
    on.many = {{command_result::end::timed_out, 137, {}, {}}};
    check(other.start_all(crowd) == std::vector<reply>(600, reply::unknown) && on.inputs.size() == 1,
          "who is not answered once says no more");
}

void commands() {
    using clock = std::chrono::steady_clock;
    auto const run = slurm::runner{5'000};
    auto const both = run({"sh", "-c", "cat; printf 'a b'; printf err >&2; exit 3"});
    check(both.how == command_result::end::exited && both.code == 3 && both.out == "a b" && both.err == "err",
          "what it said, and its code; nothing to read");
    auto const long_text = std::string(200'000, 'x');
    check(run({"cat"}, long_text).out == long_text && run({"wc", "-c"}, "abc\n").out == "4\n",
          "what it reads, however much");
    check(run({"printf", "%s", "$HOME; 'x'"}).out == "$HOME; 'x'", "no shell in between");
    auto const large = run({"sh", "-c", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"});
    check(large.out.size() == 3'000'000 && large.err.size() == 300'000, "more than a pipe holds, on both");
    check(run({"rota-no-such-program"}).how == command_result::end::not_started, "no such program");
    check(run({"sh", "-c", "kill -9 $$"}).code == 137, "ended by a signal");

    auto const brief = slurm::runner{200};
    for (auto const* hangs :
         {"sleep 20", "exec >&- 2>&-; sleep 20", "sleep 20 & wait", "trap '' TERM; sleep 20 & exit"}) {
        auto const from = clock::now();
        auto const got = brief({"sh", "-c", hangs});
        check(got.how == command_result::end::timed_out && clock::now() - from < std::chrono::seconds{5},
              hangs);
    }
}

/// Whatever a driver has begun to say ends with it: else its successor is contradicted.
void dies_with_its_driver() {
    auto pipe = std::array<int, 2>{-1, -1};
    check(::pipe(pipe.data()) == 0,
          "a pipe"); // the client writes into it, and keeps it open as long as it lives
    auto const to = "/dev/fd/" + std::to_string(pipe[1]);
    auto const driver = ::fork();
    if (driver == 0) {
        static_cast<void>(slurm::runner{20'000}({"sh", "-c", "echo said >" + to + "; exec sleep 1000"}));
        ::_exit(0);
    }
    ::close(pipe[1]);
    auto said = std::array<char, 16>{};
    check(::read(pipe[0], said.data(), said.size()) == 5, "the client speaks");
    check(::kill(driver, SIGKILL) == 0 && ::waitpid(driver, nullptr, 0) == driver, "the driver is killed");
    auto waits = pollfd{pipe[0], POLLIN, 0};
    check(::poll(&waits, 1, 10'000) == 1 && ::read(pipe[0], said.data(), said.size()) == 0,
          "and the client with it");
    ::close(pipe[0]);
}

void reservations() {
    auto const cluster = three_nodes();
    auto on = scripted::script{};
    on.sinfo = "n1|idle|gpu:4|main|0/64/0/64|0|\n";
    auto waits = rows_of("1|PENDING|7|0|5:00|*|(null)|0|0|normal|(null)|(null)|1|gres:gpu:4|N/A|N/A|N/A||\n");
    waits.replace(waits.find("None"), 4, "ReqNodeNotAvail, May be reserved for other job");
    waits.replace(waits.find("|0|0||"), 6, "|0|0|n1|");
    on.squeue = waits;
    auto backend = slurm::client<scripted>{cluster, "main", {}, scripted{&on}};
    auto const refused = [&](std::string_view records) {
        on.verb.out = records;
        auto const seen = backend.poll();
        return seen && seen->jobs.size() == 1 && seen->jobs[0].refused;
    };
    check(refused("ReservationName=a StartTime=2020-01-01T00:00:00 EndTime=2199-01-01T00:00:00 Nodes=n1\n"),
          "what Slurm keeps its node for is asked for");
    check(on.asked.back() == words{"scontrol", "--oneliner", "show", "reservation"}, "last");
    check(!refused("ReservationName=a StartTime=2020-01-01T00:00:00 EndTime=2199-01-01T00:00:00 Nodes=n2\n"),
          "and again, while it waits");
    on.verb.code = 1;
    check(!backend.poll(), "no answer, no poll");
    on.squeue.clear();
    on.asked.clear();
    check(backend.poll() && on.asked.size() == 2, "and nobody asks where none waits");
}

} // namespace

int main() {
    host_lists();
    resources();
    polls();
    spread();
    reservations();
    verbs();
    many_starts();
    commands();
    dies_with_its_driver();
    return told.end();
}
