// SPDX-License-Identifier: BSL-1.0
// CPUs and memory in the words of Slurm 22.05: what a partition gives out, what a node has, what jobs ask for, and what a request for
// GPUs makes of that.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/besides.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/count_besides.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/job_words.hpp>
#include <rota/slurm/sinfo.hpp>
#include <rota/slurm/squeue.hpp>
#include <rota/slurm/value_of.hpp>

#include "../tally.hpp"

namespace {

namespace slurm = rota::slurm;
using slurm::besides;
using slurm::counted;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

constexpr auto config = "Configuration data as of 2026-11-22T07:13:14\n"
                        "DefMemPerNode           = UNLIMITED\n"
                        "JobDefaults             = DefCpuPerGPU=7\n"
                        "SelectType              = select/cons_tres\n"
                        "SelectTypeParameters    = CR_CORE_MEMORY\n";
constexpr auto partition =
    "PartitionName=main AllowGroups=ALL AllowQos=ALL Default=YES MaxCPUsPerNode=UNLIMITED "
    "Nodes=n[1-2] OverSubscribe=NO OverTimeLimit=NONE State=UP TotalCPUs=32 TotalNodes=2 "
    "SelectTypeParameters=NONE JobDefaults=(null) DefMemPerCPU=100 MaxMemPerNode=UNLIMITED\n";
constexpr auto node =
    "NodeName=n1 Arch=x86_64 CoresPerSocket=4  CPUAlloc=12 CPUEfctv=14 CPUTot=16 CPULoad=8.16 "
    "Gres=gpu:4 RealMemory=16000 AllocMem=1050 FreeMem=18475 Sockets=2 Boards=1 CoreSpecCount=1 "
    "CPUSpecList=14-15 MemSpecLimit=1000 State=MIXED ThreadsPerCore=2 TmpDisk=0 "
    "CfgTRES=cpu=14,mem=16000M,billing=14\n";

std::string changed(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    check(at != text.npos, from);
    return at == text.npos ? text : text.replace(at, from.size(), to);
}

void texts() {
    check(slurm::value_of(config, "SelectType") == "select/cons_tres" &&
              slurm::value_of(config, "Select").empty(),
          "a value of the configuration");
    check(slurm::only_value_of(node, "CPUTot") == "16" && slurm::only_value_of(node, "NodeName") == "n1" &&
              slurm::only_value_of(node, "ThreadsPerCore") == "2",
          "a value of a record");
    check(!slurm::only_value_of(node, "PUTot") && !slurm::only_value_of("a=1 b=2 a=3", "a") &&
              !slurm::only_value_of("a", "a") && slurm::only_value_of("a=", "a") == "",
          "whole words, once");
    check(slurm::number_or("12", 3) == 12 && slurm::number_or("UNLIMITED", 3) == 3 &&
              slurm::number_or("-1", 3) == 3,
          "numbers");
    check(slurm::read_mib("100M") == 100 && slurm::read_mib("3G") == 3'072 && slurm::read_mib("0") == 0 &&
              slurm::read_mib("2T") == 2'097'152 && slurm::read_mib("9") == 9,
          "memory");
    for (auto const* none : {"", "M", "1.5G", "3K", "-1M", "99999999999999P", "N/A"})
        check(slurm::read_mib(none) == -1, none);
}

void what_is_given_out() {
    auto const how = slurm::read_counted(config, partition);
    check(how.cpus && how.memory && how.gives == counted::unit::core && how.cpus_a_node == 0 &&
              how.cpus_a_gpu == 7 && how.mib_a_gpu == 0 && how.mib_a_cpu == 100,
          "cores and memory");
    auto const by = [](std::string_view parameters) {
        return slurm::read_counted(changed(config, "CR_CORE_MEMORY", parameters), partition);
    };
    check(by("CR_CORE").cpus && !by("CR_CORE").memory, "where memory is not given out, it is not counted");
    check(by("CR_CPU").gives == counted::unit::thread &&
              by("CR_SOCKET_MEMORY").gives == counted::unit::socket && by("CR_SOCKET_MEMORY").memory,
          "threads, sockets");
    check(!by("CR_MEMORY").cpus && !slurm::read_counted("", "").cpus && !slurm::read_counted("", "").memory,
          "nor are CPUs");
    auto const whole = slurm::read_counted(changed(config, "cons_tres", "linear"), partition);
    check(!whole.cpus && !whole.memory, "whole nodes");
    auto const with = [](std::string_view from, std::string_view to) {
        return slurm::read_counted(config, changed(partition, from, to));
    };
    check(!with("OverSubscribe=NO", "OverSubscribe=FORCE:4").cpus, "CPUs that several have");
    check(with("OverSubscribe=NO", "OverSubscribe=YES:4").cpus, "or may have, if they say so");
    check(!with("SelectTypeParameters=NONE", "SelectTypeParameters=CR_SOCKET").memory,
          "the partition's own word");
    check(with("MaxCPUsPerNode=UNLIMITED", "MaxCPUsPerNode=10").cpus_a_node == 10, "so many CPUs a node");
    auto const own = with("JobDefaults=(null)", "JobDefaults=DefMemPerGPU=500,DefCpuPerGPU=3");
    check(own.cpus_a_gpu == 3 && own.mib_a_gpu == 500, "its own defaults");

    auto const has = slurm::read_capacity(node);
    check(has && *has == slurm::capacity{14, 15'000, 2, 8}, "without what is kept for the system");
    check(slurm::read_capacity(changed(node, "TmpDisk=0", "TmpDisk=70"))->tmp_mib == 70, "temporary disk");
    check(!slurm::read_capacity("NodeName=n1 CPUTot=4") && !slurm::read_capacity(""), "no node");
    auto counts = how;
    auto made = rota::cluster::node{.gpus = 4};
    counts.add(*has, made);
    check(made.cpu_milli == 14'000 && made.mem_mib == 15'000 && counts.together == 2 && counts.gpus_max == 4,
          "what is counted of it");
    counts = {.cpus = true, .gives = counted::unit::socket, .cpus_a_node = 10};
    made = {.gpus = 4};
    counts.add(*has, made);
    check(made.cpu_milli == 10'000 && made.mem_mib == 0 && counts.together == 8,
          "what the partition may have");
    check(slurm::capacity_of(8, 2, 4, 8, 100).a_core == 1, "a core of which one thread is a CPU");

    auto nodes = rota::cluster::uniform(1, 1, 4);
    nodes.names = {"n1"};
    auto why = std::string{};
    auto const answers = [](std::vector<std::string> const& argv, std::string const& = {}) {
        auto const* said = argv[1] == "show" ? config : argv[3] == "node" ? node : partition;
        return slurm::command_result{slurm::command_result::end::exited, 0, said, {}};
    };
    check(slurm::count_besides("main", nodes, why, answers).has_value() && nodes.nodes[0].cpu_milli == 14'000,
          "asked of Slurm");
    nodes.names = {"n7"};
    check(!slurm::count_besides("main", nodes, why, answers) && why.ends_with("node n7"),
          "a node that it does not show");

    auto const rows =
        slurm::read_sinfo("n1|mixed|gpu:4|main|12/4/0/16|1050|\nn2|down*|gpu:4|main|N/A|N/A|\n");
    check(rows && (*rows)[0].taken(rota::node_id{3}).cpu_milli == 12'000 &&
              (*rows)[0].taken(rota::node_id{3}).mem_mib == 1'050 && (*rows)[1].taken({}).cpu_milli == 0,
          "what jobs have of a node");
    for (auto const* wrong :
         {"n1|mixed|gpu:4|main|\n", "n1|mixed|gpu:4|main|1/2/3/4|5\n", "n1|a|b|c|d|e|f|\n"})
        check(!slurm::read_sinfo(wrong), wrong);
}

/// Nodes of four GPUs, sixteen CPUs of eight cores, 4,001 MiB.
counted eight_cores() {
    auto how = counted{.cpus = true, .memory = true, .mib_a_cpu = 50};
    auto one = rota::cluster::node{.gpus = 4};
    how.add({16, 4'001, 2, 8}, one);
    return how;
}

void requests() {
    auto const how = eight_cores();
    auto const is = [](besides const& said, counted const& by, rota::job::request need, std::uint32_t cpu,
                       std::uint32_t mem, std::string_view what) {
        auto const why = slurm::map_besides(said, by, need);
        check(why.empty() && need.cpu_milli == cpu && need.mem_mib == mem,
              std::string{what} + ": " + std::string{why} + ' ' + std::to_string(need.cpu_milli) + '/' +
                  std::to_string(need.mem_mib));
    };
    auto const refused = [](besides const& said, counted const& by, rota::job::request need,
                            std::string_view why) { check(slurm::map_besides(said, by, need) == why, why); };
    auto const gang = [](int gpus) { return rota::job::gang(gpus); };
    auto elastic = gang(4);
    elastic.gpus_min = 2;
    auto const plain = besides{.mib = 50, .mib_a_cpu = true};
    auto const with = [&](auto change) {
        auto one = plain;
        change(one);
        return one;
    };
    is({}, {}, gang(2), 0, 0, "nothing is counted");
    is(plain, how, gang(1), 2'000, 100, "a CPU is a core, with the memory of both threads");
    is(plain, how, gang(3), 666, 34, "shared by its GPUs: down, and up");
    is(plain, how, gang(4), 500, 32, "but never next to nothing");
    is(with([](auto& j) { j.cpus = 8, j.tasks = 4, j.cpus_a_task = 2; }), how, gang(2), 4'000, 200, "tasks");
    is(with([](auto& j) { j.cpus_a_node = 5; }), how, gang(1), 6'000, 300, "at least so many");
    is(with([](auto& j) { j.cpus_per_tres = "gres:gpu:3"; }), how, gang(2), 3'000, 150, "CPUs a GPU");
    is(with([](auto& j) { j.mem_per_tres = "gres:gpu:700"; }), how, gang(3), 666, 700, "memory a GPU");
    is({.mib = 1'000}, how, gang(3), 666, 334, "memory a node");
    is({.mib = 4'000}, how, gang(3), 666, 1'333, "up where there is no room is down");
    is({.mib = 0}, how, gang(3), 666, 1'333, "all that a node has");
    is(with([](auto& j) { j.tasks = 6, j.tasks_a_node = 3, j.cpus_a_task = 3, j.cpus = 18; }), how, gang(8),
       2'500, 125, "tasks of whole nodes");
    is(with([](auto& j) { j.cpus = j.cpus_a_task = 7; }), how, gang(8), 2'000, 100, "a task on each");
    is(plain, how, gang(6), 2'000, 100, "a CPU a node at most is one a GPU");
    is(plain, how, elastic, 2'000, 100, "or where the size is open");
    is(with([](auto& j) { j.cpus_per_tres = "gres:gpu:4"; }), how, elastic, 4'000, 200, "CPUs grow with it");

    refused(with([](auto& j) { j.tasks = j.cpus = 5; }), how, gang(8),
            "its tasks lie on its nodes as Slurm likes");
    refused(with([](auto& j) { j.cpus = j.cpus_a_task = 2; }), how, gang(6),
            "its CPUs do not go with its GPUs");
    refused(with([](auto& j) { j.cpus = j.tasks = 2; }), how, elastic, "its CPUs do not go with its GPUs");
    refused({.mib = 500}, how, gang(6), "its memory does not go with its GPUs");
    refused({.mib = 0}, how, elastic, "its memory does not go with its GPUs");
    refused(with([](auto& j) { j.layout = true; }), how, gang(1),
            "it asks for sockets, cores or threads of its nodes");
    refused(with([](auto& j) { j.threads = true; }), how, gang(1),
            "it asks for sockets, cores or threads of its nodes");
    refused(with([](auto& j) { j.cpus_per_tres = "gres:gpu:x"; }), how, gang(1),
            "its CPUs or memory are no number");
    refused(with([](auto& j) { j.mib = -1; }), how, gang(1), "its CPUs or memory are no number");
    refused(with([](auto& j) { j.cpus = 2'000'000; }), how, gang(1),
            "it asks for more CPUs or memory than a node has");
    refused(with([](auto& j) { j.mib = std::int64_t{1} << 62; }), how, gang(1),
            "it asks for more CPUs or memory than a node has");

    auto const alone = [](auto& j) { j.alone = true; };
    is(with(alone), how, gang(4), 4'000, 200, "all CPUs of a node that it has to itself");
    is(with(alone), how, gang(8), 4'000, 200, "and of two");
    auto smaller = how;
    auto small = rota::cluster::node{.gpus = 4};
    smaller.add({8, 4'001, 2, 4}, small);
    is(with(alone), smaller, gang(4), 2'000, 100, "as many as every node has");
    auto no_cpus = how;
    no_cpus.cpus = false;
    is(with(alone), no_cpus, gang(4), 0, 32, "CPUs that nobody counts");
    auto one_thread = how;
    one_thread.together = 1;
    is(with([](auto& j) { j.threads = true; }), one_thread, gang(1), 1'000, 50,
       "a core of one thread has no others");
    auto no_memory = how;
    no_memory.memory = false;
    is({.mib = 0}, no_memory, gang(6), 2'000, 0, "memory that nobody counts");
    auto defaults = how;
    defaults.cpus_a_gpu = 3;
    defaults.mib_a_gpu = 500;
    is(plain, defaults, gang(1), 4'000, 500, "the most that the defaults may make of it");
    is(with([](auto& j) { j.cpus = j.cpus_a_task = 4, j.mib = 10; }), defaults, gang(1), 4'000, 40,
       "which count for those that do not say");
    is({.mem_per_tres = "gpu:500", .mib = 60}, defaults, gang(1), 4'000, 60,
       "memory of a node goes before them");
    is({.cpus_per_tres = "gpu:3", .mem_per_tres = "gpu:500"}, defaults, gang(2), 3'000, 500,
       "as Slurm says it later");
}

void rows() {
    auto cluster = rota::cluster::uniform(1, 2, 4, 16'000, 4'001);
    cluster.names = {"n1", "n2"};
    auto reader = slurm::squeue_reader{cluster};
    reader.count(eight_cores());
    auto const row = [](std::string_view id, std::string_view wants) {
        return std::string{id} + "|PENDING|0|0|5:00|None|N/A|OK|0|0||(null)|(null)|main|0|" +
               std::string{wants} + "|1|1|(null)|2|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n";
    };
    auto const text =
        row("1", "1|0|1|1|1|N/A|N/A|50M|*|*|*|N/A|N/A") + row("2", "4|0|8|2|2|N/A|N/A|1000M|*|*|*|N/A|N/A") +
        row("3", "1|0|1|1|1|gres:gpu:3|gres:gpu:300|50M|*|*|*|N/A|N/A") +
        row("4_7", "4294967294|0|1|1|1|N/A|N/A|600M|*|*|*|N/A|N/A") +
        row("5", "2|0|2|1|1|N/A|N/A|50M|*|*|*|1|N/A") + row("6", "1|0|1|1|1|N/A|N/A|900M|*|*|*|N/A|N/A");
    check(reader.read(text).has_value() && reader.misses_words(), "jobs that are new");
    reader.learn(
        {"", "",
         "JobId=1 JobName=x MinMemoryNode=7 MinCPUsNode=1 MinMemoryCPU=50M Features=(null)\n"
         "JobId=2 JobName=x MinCPUsNode=2 MinMemoryNode=1000M Features=(null)\n"
         "JobId=3 JobName=x MinCPUsNode=1 MinMemoryCPU=50M Features=(null)\n"
         "JobId=9 ArrayJobId=4 ArrayTaskId=7 JobName=x MinCPUsNode=1 MinMemoryNode=600M Features=(null)\n"
         "JobId=6 JobName=x MinCPUsNode=1 MinMemoryCPU=900M Comment=a\n"
         "JobId=6 MinMemoryNode=900M\n"});
    auto const seen = reader.read(text);
    check(seen && seen->size() == 6 && !reader.misses_words(), "and are not");
    if (!seen || seen->size() != 6) return;
    auto const is = [&](std::size_t job, std::uint32_t cpu, std::uint32_t mem) {
        auto const& need = (*seen)[job].asked.need;
        check((*seen)[job].unmapped.empty() && need.cpu_milli == cpu && need.mem_mib == mem,
              (*seen)[job].id + ": " + std::to_string(need.cpu_milli) + '/' + std::to_string(need.mem_mib));
    };
    is(0, 1'000, 50);
    is(1, 4'000, 500);
    is(2, 3'000, 300);
    is(3, 1'000, 300);
    check((*seen)[4].unmapped == "it asks for sockets, cores or threads of its nodes", "tasks of a socket");
    is(5, 1'000, 900); // of what somebody may have made up, the most
    auto runs = row("8", "3|0|4|1|1|N/A|N/A|70M|*|*|*|N/A|N/A");
    runs = changed(changed(changed(runs, "PENDING", "RUNNING"), "gres:gpu:2", "N/A"), "N/A||\n",
                   "N/A|n[1-2]|\n");
    auto const other = reader.read(runs);
    check(other && other->front().where.empty() &&
              other->front().beside == std::vector{rota::node_id{0}, rota::node_id{1}},
          "where a job runs that has no GPU");
}

} // namespace

int main() {
    texts();
    what_is_given_out();
    requests();
    rows();
    return told.end();
}
