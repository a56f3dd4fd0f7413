// SPDX-License-Identifier: BSL-1.0
// What libslurm's records mean, bit by bit, beside what the reader of squeue's and sinfo's words makes of the same; what
// an error says about a verb; and that nobody waits longer than he wants to.
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/cluster/spec.hpp>
#include <rota/libslurm/client.hpp>
#include <rota/libslurm/in_time.hpp>
#include <rota/libslurm/records.hpp>
#include <rota/libslurm/state.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/job_mapping.hpp>
#include <rota/slurm/sinfo.hpp>
#include <rota/slurm/site.hpp>
#include <rota/slurm/squeue.hpp>

#include "../tally.hpp"

namespace {

namespace libslurm = rota::libslurm;
namespace live = rota::live;
namespace slurm = rota::slurm;
using live::reply;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

rota::cluster::spec three_nodes() {
    auto made = rota::cluster::uniform(1, 3, 4);
    made.names = {"n1", "n2", "n3"};
    return made;
}

/// Rows of squeue, in which `*|` stands for the fields of a job that asks for nothing special.
std::string rows_of(std::string text) {
    static constexpr auto nothing =
        std::string_view{"None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/A|1|1|"};
    for (auto at = text.find("|*|"); at != text.npos; at = text.find("|*|", at + nothing.size()))
        text.replace(at + 1, 2, nothing);
    return text;
}

/// A job with nothing but a number, as Slurm sends it.
slurm_job_info_t plain(std::uint32_t id) {
    auto made = slurm_job_info_t{};
    made.job_id = id;
    made.array_task_id = NO_VAL;
    made.het_job_offset = NO_VAL;
    made.nice = NICE_OFFSET;
    made.num_nodes = 1;
    made.priority = 7;
    made.time_limit = INFINITE;
    made.shared = NO_VAL16;
    made.requeue = 1;
    made.batch_flag = 1;
    return made;
}

/// libslurm writes its own text.
char* text(char const* said) { return const_cast<char*>(said); }

/// The words of squeue for each state, and the bits that are behind them.
void states() {
    using pair = std::pair<std::string_view, std::uint32_t>;
    static constexpr auto words = std::to_array<pair>({{"PENDING", JOB_PENDING},
                                                       {"RUNNING", JOB_RUNNING},
                                                       {"SUSPENDED", JOB_SUSPENDED},
                                                       {"COMPLETED", JOB_COMPLETE},
                                                       {"CANCELLED", JOB_CANCELLED},
                                                       {"FAILED", JOB_FAILED},
                                                       {"TIMEOUT", JOB_TIMEOUT},
                                                       {"NODE_FAIL", JOB_NODE_FAIL},
                                                       {"PREEMPTED", JOB_PREEMPTED},
                                                       {"BOOT_FAIL", JOB_BOOT_FAIL},
                                                       {"DEADLINE", JOB_DEADLINE},
                                                       {"OUT_OF_MEMORY", JOB_OOM},
                                                       {"COMPLETING", JOB_PENDING | JOB_COMPLETING},
                                                       {"COMPLETING", JOB_FAILED | JOB_COMPLETING},
                                                       {"STAGE_OUT", JOB_COMPLETE | JOB_STAGE_OUT},
                                                       {"CONFIGURING", JOB_RUNNING | JOB_CONFIGURING},
                                                       {"RESIZING", JOB_RUNNING | JOB_RESIZING},
                                                       {"REQUEUED", JOB_PENDING | JOB_REQUEUE},
                                                       {"REQUEUE_FED", JOB_PENDING | JOB_REQUEUE_FED},
                                                       {"REQUEUE_HOLD", JOB_PENDING | JOB_REQUEUE_HOLD},
                                                       {"SPECIAL_EXIT", JOB_PENDING | JOB_SPECIAL_EXIT},
                                                       {"STOPPED", JOB_RUNNING | JOB_STOPPED},
                                                       {"REVOKED", JOB_CANCELLED | JOB_REVOKED},
                                                       {"RESV_DEL_HOLD", JOB_PENDING | JOB_RESV_DEL_HOLD},
                                                       {"SIGNALING", JOB_RUNNING | JOB_SIGNALING}});
    auto const cluster = three_nodes();
    auto reader = slurm::squeue_reader{cluster};
    for (auto const& [word, bits] : words)
        for (auto const priority : {0u, 7u}) {
            auto one = plain(17);
            one.job_state = bits;
            one.priority = priority;
            auto const row = "17|" + std::string{word} + '|' + std::to_string(priority) +
                             "|0|UNLIMITED|*|a|u|0|normal|(null)|(null)|1|N/A|gres:gpu:1|N/A|N/A||\n";
            auto const said = reader.read(rows_of(row));
            auto const seen = libslurm::state_of(one);
            check(said && seen && said->front().state == *seen, word);
        }
    auto odd = plain(17);
    odd.job_state = JOB_END;
    check(!libslurm::state_of(odd), "no state");
}

/// As slurmctld's own table has them: what sinfo would print, and the bits.
void nodes() {
    using pair = std::pair<std::string_view, std::uint32_t>;
    static constexpr auto words =
        std::to_array<pair>({{"idle", NODE_STATE_IDLE},
                             {"allocated", NODE_STATE_ALLOCATED},
                             {"mixed", NODE_STATE_MIXED},
                             {"allocated+", NODE_STATE_ALLOCATED | NODE_STATE_COMPLETING},
                             {"completing", NODE_STATE_IDLE | NODE_STATE_COMPLETING},
                             {"completing", NODE_STATE_IDLE | NODE_STATE_COMPLETING | NODE_STATE_RES},
                             {"planned", NODE_STATE_IDLE | NODE_STATE_PLANNED},
                             {"mixed-", NODE_STATE_MIXED | NODE_STATE_PLANNED},
                             {"mixed", NODE_STATE_MIXED | NODE_STATE_CLOUD | NODE_STATE_RES},
                             {"reserved", NODE_STATE_IDLE | NODE_STATE_RES},
                             {"perfctrs", NODE_STATE_IDLE | NODE_STATE_NET},
                             {"inval", NODE_STATE_IDLE | NODE_STATE_INVALID_REG},
                             {"maint", NODE_STATE_IDLE | NODE_STATE_MAINT},
                             {"mixed$", NODE_STATE_MIXED | NODE_STATE_MAINT},
                             {"reboot", NODE_STATE_IDLE | NODE_STATE_REBOOT_REQUESTED},
                             {"allocated@", NODE_STATE_ALLOCATED | NODE_STATE_REBOOT_REQUESTED},
                             {"reboot^", NODE_STATE_DOWN | NODE_STATE_REBOOT_ISSUED},
                             {"draining", NODE_STATE_MIXED | NODE_STATE_DRAIN},
                             {"drained", NODE_STATE_IDLE | NODE_STATE_DRAIN},
                             {"failing", NODE_STATE_ALLOCATED | NODE_STATE_FAIL},
                             {"fail", NODE_STATE_IDLE | NODE_STATE_FAIL},
                             {"down", NODE_STATE_DOWN},
                             {"down*", NODE_STATE_DOWN | NODE_STATE_NO_RESPOND},
                             {"idle*", NODE_STATE_IDLE | NODE_STATE_NO_RESPOND},
                             {"idle#", NODE_STATE_IDLE | NODE_STATE_POWERING_UP},
                             {"idle%", NODE_STATE_IDLE | NODE_STATE_POWERING_DOWN},
                             {"idle~", NODE_STATE_IDLE | NODE_STATE_CLOUD | NODE_STATE_POWERED_DOWN},
                             {"idle!", NODE_STATE_IDLE | NODE_STATE_POWER_DOWN},
                             {"future", NODE_STATE_FUTURE},
                             {"unknown", NODE_STATE_UNKNOWN}});
    for (auto const& [word, bits] : words) {
        auto const row = slurm::node_row{"n1", word, "gpu:4"};
        check(libslurm::is_up(bits) == row.up(), word);
        if (!row.up())
            check(libslurm::is_busy(bits) == row.busy(), std::string{word} + ": who is there goes on");
    }
}

void tasks() {
    auto const are = [](std::string_view said, std::vector<std::uint32_t> const& wanted) {
        auto const got = libslurm::read_tasks(said);
        check(got && *got == wanted, said);
    };
    are("5", {5});
    are("0-3", {0, 1, 2, 3});
    are("1,4-6%2", {1, 4, 5, 6});
    are("3-12:3", {3, 6, 9, 12});
    are("3-11:3%1", {3, 6, 9});
    for (auto const* wrong :
         {"", "%5", "1,", "3-1", "a", "1-2-3", "1-9:0", "1-9:", "1,2,...", "0-99999999", "-1"})
        check(!libslurm::read_tasks(wrong), wrong);
}

/// A record, and the row of squeue about the same job.
void jobs() {
    auto const cluster = three_nodes();
    auto const names = slurm::site{.accounts = {"vision", "speech"}, .qos = {{"urgent", 40}}};
    auto reader = slurm::squeue_reader{cluster, names};
    auto mapping = slurm::job_mapping{cluster, names};
    auto const same = [&](slurm_job_info_t const& one, std::string const& rows, std::string_view what) {
        auto const said = reader.read(rows_of(rows));
        auto seen = std::vector<live::job_status>{};
        auto const good = libslurm::add_statuses(one, mapping, seen);
        auto equal = said && good && said->size() == seen.size();
        for (auto i = std::size_t{0}; equal && i != seen.size(); ++i) {
            auto const& a = (*said)[i];
            auto const& b = seen[i];
            equal = a.id == b.id && a.state == b.state && a.restarts == b.restarts && a.where == b.where &&
                    a.unmapped == b.unmapped && a.refused == b.refused && a.behind == b.behind &&
                    a.asked.need == b.asked.need && a.asked.limit_ms == b.asked.limit_ms &&
                    a.asked.priority == b.asked.priority && a.asked.tenant == b.asked.tenant &&
                    a.asked.user == b.asked.user;
        }
        check(equal, what);
    };
    auto one = plain(2);
    one.priority = 0;
    one.restart_cnt = 2;
    one.time_limit = 5;
    one.account = text("speech");
    one.user_id = 1;
    one.nice = NICE_OFFSET - 5;
    one.qos = text("urgent");
    one.num_nodes = 2;
    one.tres_per_node = text("gres:gpu:4");
    same(one, "2|PENDING|0|2|5:00|*|speech|1|-5|urgent|(null)|(null)|2|gres:gpu:4|N/A|N/A|N/A||\n",
         "a held gang");
    one.job_state = JOB_RUNNING;
    one.nodes = text("n[1,3]");
    same(one, "2|RUNNING|0|2|5:00|*|speech|1|-5|urgent|(null)|(null)|2|gres:gpu:4|N/A|N/A|N/A|n[1,3]|\n",
         "a running gang");

    auto other = plain(8);
    other.user_id = 2;
    other.nice = NICE_OFFSET + 7;
    other.dependency = text("afterok:1(unfulfilled)");
    other.features = text("big");
    other.tres_per_job = text("gres:gpu:2");
    same(other,
         "8|PENDING|7|0|UNLIMITED|*|(null)|2|7|normal|big|afterok:1(unfulfilled)|1|N/A|gres:gpu:2|N/A|N/"
         "A||\n",
         "one that waits for another");
    other.time_limit = NO_VAL;
    other.dependency = text("");
    same(other, "8|PENDING|7|0|NOT_SET|*|(null)|2|7|normal|big|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n",
         "one of no kind here");

    auto once = plain(9);
    once.user_id = 2;
    once.tres_per_job = text("gres:gpu:2");
    auto const of_one_run = [&](std::uint16_t requeue, std::uint16_t batch, std::string const& fields) {
        once.requeue = requeue;
        once.batch_flag = batch;
        same(once,
             "9|PENDING|7|0|UNLIMITED|None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|N/A|N/A|N/"
             "A|N/A|N/A" +
                 fields + "(null)|2|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n",
             "requeue, batch: " + fields);
    };
    of_one_run(0, 1, "|0|1|");
    of_one_run(1, 0, "|1|0|");
    of_one_run(1, 2, "|1|2|"); // counts its failed launches

    auto array = plain(30);
    array.user_id = 2;
    array.array_job_id = 30;
    array.array_task_str = text("2,4-5%1");
    array.tres_per_job = text("gres:gpu:1");
    auto const row =
        std::string{"|PENDING|7|0|UNLIMITED|*|(null)|2|0|normal|(null)|(null)|1|N/A|gres:gpu:1|N/A|N/A||\n"};
    same(array, "30_2" + row + "30_4" + row + "30_5" + row, "tasks that are not apart yet");
    array.array_task_str = nullptr;
    array.array_task_id = 3;
    same(array, "30_3" + row, "a task");
    array.array_task_id = NO_VAL;
    array.array_job_id = 0;
    array.het_job_id = 30;
    array.het_job_offset = 1;
    same(array, "30+1" + row, "a component");

    // what only Slurm can grant
    auto const wish = [&](auto set, std::string_view fields) {
        auto its = plain(40);
        its.user_id = 2;
        its.tres_per_job = text("gres:gpu:1");
        set(its);
        same(its,
             "40|PENDING|7|0|UNLIMITED|None|" + std::string{fields} +
                 "|main|0|1|0|1|1|1|N/A|N/A|0|N/A|N/A|N/A|N/A|N/A|1|1|(null)|2|0|normal|(null)|(null)|1|N/"
                 "A|gres:gpu:1|N/A|N/A||\n",
             fields);
    };
    wish([](auto& its) { its.eligible_time = 4'000'000'000; }, "4000000000|OK|0|0||(null)|(null)");
    wish([](auto& its) { its.eligible_time = 1'000'000'000; }, "1000000000|OK|0|0||(null)|(null)");
    wish([](auto& its) { its.shared = JOB_SHARED_NONE; }, "N/A|NO|0|0||(null)|(null)");
    wish([](auto& its) { its.shared = JOB_SHARED_USER; }, "N/A|USER|0|0||(null)|(null)");
    wish([](auto& its) { its.shared = JOB_SHARED_OK; }, "N/A|YES|0|0||(null)|(null)");
    wish([](auto& its) { its.contiguous = 1; }, "N/A|OK|1|0||(null)|(null)");
    wish([](auto& its) { its.req_switch = 1; }, "N/A|OK|0|1||(null)|(null)");
    wish([](auto& its) { its.req_nodes = text("n2"); }, "N/A|OK|0|0|n2|(null)|(null)");
    wish([](auto& its) { its.resv_name = text("r1"); }, "N/A|OK|0|0||r1|(null)");
    wish([](auto& its) { its.licenses = text("a:1"); }, "N/A|OK|0|0||(null)|a:1");

    // its partition and disk, and GPUs by task, by socket and in shares
    auto disk = rota::cluster::node{};
    auto disks = slurm::counted{};
    disks.add({.cpus = 4, .mib = 1, .tmp_mib = 10}, disk);
    reader.count(disks);
    mapping.count(disks);
    auto const finer = [&](auto set, std::string_view place, std::string_view gpus, std::string_view why,
                           std::string_view state = "PENDING|7|0|UNLIMITED|None") {
        auto its = plain(42);
        its.user_id = 2;
        set(its);
        auto const its_row = "42|" + std::string{state} + "|N/A|OK|0|0||(null)|(null)|" + std::string{place} +
                             "|1|0|1|1|1|N/A|N/A|0|N/A|N/A|N/A|N/A|N/A|1|1|(null)|2|0|normal|(null)|(null)|" +
                             std::string{gpus} + "|\n";
        same(its, its_row, its_row);
        auto const said = reader.read(its_row);
        check(said && said->front().unmapped == why, its_row);
    };
    auto const two = [](auto& its) { its.tres_per_job = text("gres:gpu:2"); };
    constexpr auto of_two = "1|N/A|gres:gpu:2|N/A|N/A|";
    finer([&](auto& its) { two(its), its.partition = text("main"); }, "main|0", of_two, "");
    finer([&](auto& its) { two(its), its.partition = text("main,low"); }, "main,low|0", of_two,
          "it may run in several partitions");
    finer([&](auto& its) { two(its), its.pn_min_tmp_disk = 10; }, "main|10M", of_two, "");
    finer([&](auto& its) { two(its), its.pn_min_tmp_disk = 11; }, "main|11M", of_two,
          "it asks for more temporary disk than every node has");
    finer([&](auto& its) { two(its), its.num_nodes = 2; }, "main|0", "2|N/A|gres:gpu:2|N/A|N/A|",
          "it asks for more nodes than its GPUs take");
    finer([&](auto& its) { two(its), its.state_reason = FAIL_BAD_CONSTRAINTS, its.priority = 0; }, "main|0",
          of_two, "", "PENDING|0|0|UNLIMITED|BadConstraints");
    finer([&](auto& its) { its.tres_per_task = text("gres:gpu:1"); }, "main|0", "1|N/A|N/A|gres:gpu:1|N/A|",
          "it asks for GPUs by task or socket");
    finer([&](auto& its) { its.tres_per_socket = text("gres:gpu:1"); }, "main|0", "1|N/A|N/A|N/A|gres:gpu:1|",
          "it asks for GPUs by task or socket");
    finer([&](auto& its) { its.tres_per_node = text("gres:shard:1"); }, "main|0",
          "1|gres:shard:1|N/A|N/A|N/A|", "it asks for shares of GPUs");

    // what it asks for besides GPUs
    auto how = slurm::counted{.cpus = true, .memory = true, .mib_a_cpu = 50};
    auto has = rota::cluster::node{.gpus = 4};
    how.add({16, 4'000, 2, 8}, has);
    reader.count(how);
    mapping.count(how);
    auto const besides = [&](auto set, std::string_view fields) {
        auto its = plain(41);
        its.user_id = 2;
        its.tres_per_job = text("gres:gpu:2");
        its.num_tasks = 1;
        its.num_cpus = 1;
        its.cpus_per_task = 1;
        its.pn_min_cpus = 1;
        its.pn_min_memory = 50 | MEM_PER_CPU;
        its.ntasks_per_socket = INFINITE16;
        its.ntasks_per_core = INFINITE16;
        its.sockets_per_node = its.cores_per_socket = its.threads_per_core = NO_VAL16;
        set(its);
        same(its,
             "41|PENDING|7|0|UNLIMITED|None|N/A|OK|0|0||(null)|(null)|main|0|" + std::string{fields} +
                 "|1|1|(null)|2|0|normal|(null)|(null)|1|N/A|gres:gpu:2|N/A|N/A||\n",
             fields);
    };
    besides([](auto&) {}, "1|0|1|1|1|N/A|N/A|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.num_cpus = its.num_tasks = 6; }, "6|0|6|1|1|N/A|N/A|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.pn_min_cpus = 5; }, "1|0|1|1|5|N/A|N/A|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.num_tasks = NO_VAL; }, "4294967294|0|1|1|1|N/A|N/A|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.cpus_per_tres = text("gres:gpu:3"); },
            "1|0|1|1|1|gres:gpu:3|N/A|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.mem_per_tres = text("gres:gpu:300"); },
            "1|0|1|1|1|N/A|gres:gpu:300|50M|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.pn_min_memory = 0; }, "1|0|1|1|1|N/A|N/A|0|N/A|N/A|N/A|N/A|N/A");
    besides([](auto& its) { its.ntasks_per_socket = 1; }, "1|0|1|1|1|N/A|N/A|50M|N/A|N/A|N/A|1|N/A");
    besides([](auto& its) { its.threads_per_core = 1; }, "1|0|1|1|1|N/A|N/A|50M|N/A|N/A|1|N/A|N/A");
    reader.count({});
    mapping.count({});

    auto uneven = plain(31);
    uneven.job_state = JOB_RUNNING;
    uneven.num_nodes = 2;
    uneven.nodes = text("n[1,3]");
    uneven.tres_per_job = text("gres:gpu:6");
    auto lies = std::array{text("gpu:2(IDX:2-3)"), text("gpu:4(IDX:0-3)")};
    uneven.gres_detail_str = lies.data();
    uneven.gres_detail_cnt = 2;
    uneven.comment = text("rota:gpus=3-9");
    auto seen = std::vector<live::job_status>{};
    check(libslurm::add_statuses(uneven, mapping, seen) &&
              seen.back().where == std::vector<live::part>{{rota::node_id{0}, 2}, {rota::node_id{2}, 4}} &&
              seen.back().asked.need.gpus_min == 3 && seen.back().asked.need.gpus_max == 9,
          "a gang as Slurm has spread it, of a size from a range");
    seen.clear();
    array.array_task_str = text("2,4,...");
    check(!libslurm::add_statuses(array, mapping, seen) && seen.empty(), "tasks that are cut short");
    auto kept = plain(40);
    kept.priority = 7;
    kept.req_nodes = text("n1");
    kept.state_reason = WAIT_NODE_NOT_AVAIL;
    kept.time_limit = 5;
    auto reserved = slurm::reservations{};
    reserved.add("n1", "1800000300", "1800009999");
    auto const refused = [&](std::time_t now) {
        seen.clear();
        return libslurm::add_statuses(kept, mapping, seen, now, reserved) && seen.back().refused;
    };
    check(refused(1'800'000'000) && !refused(1'799'999'999), "it would run into what its node is kept for");
    seen.clear();
    auto nobody = plain(9);
    check(libslurm::add_statuses(nobody, mapping, seen) && seen.size() == 1 &&
              seen[0].unmapped == "it asks for no GPU",
          "a job that says nothing");
    check(libslurm::is_in("low,main,high", "main") && libslurm::is_in("main", "main") &&
              !libslurm::is_in("mainly,domain", "main") && !libslurm::is_in(nullptr, "main") &&
              libslurm::is_in("a,main", "main") && !libslurm::is_in("", "main"),
          "partitions");
}

void errors() {
    check(libslurm::reply_of(SLURM_SUCCESS) == reply::done, "no error");
    for (auto const error :
         {ESLURM_INVALID_JOB_ID, ESLURM_ACCESS_DENIED, ESLURM_INVALID_NODE_NAME, ESLURM_JOB_FINISHED,
          ESLURM_TRANSITION_STATE_NO_UPDATE, ESLURM_ALREADY_DONE, ESLURM_JOB_NOT_RUNNING})
        check(libslurm::reply_of(error) == reply::refused, slurm_strerror(error));
    for (auto const error :
         {int{SLURM_ERROR}, ECONNREFUSED, ETIMEDOUT, int{SLURM_UNEXPECTED_MSG_ERROR},
          int{SLURM_COMMUNICATIONS_RECEIVE_ERROR}, int{SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR},
          int{SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR}, int{ESLURM_IN_STANDBY_MODE},
          int{SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT}, int{SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT},
          int{ESLURM_AUTH_NET_ERROR}})
        check(libslurm::reply_of(error) == reply::unknown, std::to_string(error));
}

void clocks() {
    auto const since = libslurm::stamps{.jobs = 1'000, .nodes = 1'007, .partitions = 3};
    check(!since.are_ahead_of(1'007) && !since.are_ahead_of(1'002),
          "stamps of a clock that is a little ahead");
    check(since.are_ahead_of(1'001) && since.are_ahead_of(0), "stamps of a clock that was put back");
    check(!libslurm::stamps{}.are_ahead_of(0), "no stamps");
}

void patience() {
    using clock = std::chrono::steady_clock;
    using std::chrono::milliseconds;
    auto const go = std::make_shared<std::atomic<bool>>(false);
    auto const begun = std::make_shared<std::atomic<int>>(0);
    auto const alive = std::make_shared<int>(0);
    {
        auto call = libslurm::in_time{100};
        check(call([] { return 3; }) == 3, "an answer");
        auto const from = clock::now();
        auto const hangs = call([go, begun, alive] {
            ++*begun;
            while (!*go) std::this_thread::sleep_for(milliseconds{1});
            return alive;
        });
        auto const after = clock::now() - from;
        check(!hangs && after >= milliseconds{100} && after < milliseconds{5'000}, "no answer, in time");
        check(!call([begun] { return ++*begun; }) && *begun == 1, "the next one does not begin meanwhile");
        *go = true;
        auto again = std::optional<int>{};
        for (auto i = 0; i != 100 && !again; ++i) again = call([begun] { return ++*begun; });
        check(again == 2 && *begun == 2, "it answers again, and what was given up is not said later");
        check(call([] { return std::make_unique<int>(4); }).value_or(nullptr) != nullptr,
              "what can only move");
        *go = false;
        static_cast<void>(call([go, alive] {
            while (!*go) std::this_thread::sleep_for(milliseconds{1});
            return alive;
        }));
        *go = true;
    }
    check(alive.use_count() == 1, "what came too late is gone");
}

} // namespace

int main() {
    states();
    nodes();
    tasks();
    jobs();
    errors();
    clocks();
    patience();
    return told.end();
}
