// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_SQUEUE_HPP
#define ROTA_SLURM_SQUEUE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/besides.hpp>
#include <rota/slurm/capacity.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/job_mapping.hpp>
#include <rota/slurm/job_words.hpp>
#include <rota/slurm/reservations.hpp>
#include <rota/slurm/site.hpp>
#include <rota/slurm/time_words.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// What squeue is asked for, as `Name:|` each: nothing is cut short, and no field holds text that a user can write.
inline constexpr auto squeue_fields = std::to_array<std::string_view>(
    {"JobArrayID",    "State",         "PriorityLong",  "RestartCnt",    "TimeLimit",       "Reason",
     "EligibleTime",  "OverSubscribe", "Contiguous",    "ReqSwitch",     "ReqNodes",        "Reservation",
     "Licenses",      "Partition",     "MinTmpDisk",    "NumTasks",      "ntpernode",       "NumCPUs",
     "cpus-per-task", "MinCpus",       "cpus-per-tres", "mem-per-tres",  "MinMemory",       "Sockets",
     "Cores",         "Threads",       "ntpersocket",   "ntpercore",     "Requeue",         "BatchFlag",
     "Account",       "UserID",        "Nice",          "QOS",           "Feature",         "Dependency",
     "NumNodes",      "tres-per-node", "tres-per-job",  "tres-per-task", "tres-per-socket", "NodeList"});

/// Reads what squeue prints, row by row, into the state of jobs on the nodes of a cluster.
///
/// Expects   a cluster whose nodes have names, and that outlives it.
class squeue_reader {
public:
    explicit squeue_reader(cluster::spec const& cluster, site const& names = {}) : mapping_{cluster, names} {}

    [[nodiscard]] std::unordered_map<std::string, node_id> const& nodes() const noexcept {
        return mapping_.nodes();
    }

    /// A job of the last reading has not been asked for what is asked once.
    [[nodiscard]] bool misses_words() const { return words_.misses(rows_); }
    /// Takes what is asked once of the jobs of the last reading.
    void learn(job_words::answers const& said) { words_.learn(rows_, said); }
    /// A job of the last reading waits for nodes that may be reserved.
    [[nodiscard]] bool misses_reservations() const noexcept { return waits_for_nodes_; }
    /// Takes what `scontrol --oneliner show reservation` prints.
    void learn_reservations(std::string_view records) { reserved_.read(records); }
    /// What Slurm gives out besides GPUs; none of it where nobody says so.
    void count(counted const& how) { mapping_.count(how); }
    /// The jobs in the order of their numbers; nothing where a row is not what was asked for.
    ///
    /// Meaning   Accounts, features and types of GPUs are words of users, who may put a bar or the end of a line into
    ///           them: such a job is left alone, and the others are read all the same.
    [[nodiscard]] std::optional<std::vector<live::job_status>> read(std::string_view text,
                                                                    std::time_t now = std::time(nullptr)) {
        auto all = std::vector<live::job_status>{};
        auto cells = fields{};
        rows_.clear();
        waits_for_nodes_ = false;
        while (!text.empty()) {
            if (text.front() == '\n') {
                text.remove_prefix(1);
                continue;
            }
            auto const row = text.substr(0, row_end(text));
            text.remove_prefix(std::min(row.size() + 1, text.size()));
            cells.clear();
            for (auto rest = row; !rest.empty();) {
                auto const bar = rest.find('|');
                if (bar == rest.npos) return std::nullopt;
                cells.push_back(rest.substr(0, bar));
                rest.remove_prefix(bar + 1);
            }
            auto const clear = cells.size() == squeue_fields.size();
            if (!clear && !part_again(cells)) return std::nullopt;
            auto one = row_of(cells, now);
            if (!one) return std::nullopt;
            rows_.emplace_back(one->id);
            if (one->state == live::job_state::pending && cells[reason].starts_with("ReqNodeNotAvail")) {
                waits_for_nodes_ = true;
                one->refused = one->refused || reserved_.reach(cells[req_nodes], one->limit_ms, now);
            }
            if (auto const* const its = words_.of(rows_.back()); its != nullptr) {
                one->comment = its->comment;
                one->asks.not_nodes = its->excludes;
                one->wants.mib_a_cpu = !its->a_node;
            }
            all.push_back(mapping_.read(*one));
            if (!clear) all.back().unmapped = "its account, features or GPUs have a bar in their names";
        }
        job_mapping::sort(all);
        return all;
    }

private:
    enum field : std::size_t {
        id,
        state,
        priority,
        restarts,
        limit,
        reason,
        eligible,
        oversubscribe,
        contiguous,
        switches,
        req_nodes,
        reservation,
        licenses,
        partition,
        tmp_disk,
        tasks,
        tasks_a_node,
        cpus,
        cpus_a_task,
        cpus_a_node,
        cpus_per_tres,
        mem_per_tres,
        memory,
        sockets,
        cores,
        threads,
        tasks_a_socket,
        tasks_a_core,
        requeue,
        batch,
        account,
        user,
        nice,
        qos,
        feature,
        dependency,
        node_count,
        per_node,
        per_job,
        per_task,
        per_socket,
        node_list
    };
    using fields = std::vector<std::string_view>;

    /// A row ends where a line does, but not within a word of a user's; one that is short ends before the next.
    static std::size_t row_end(std::string_view text) {
        auto bars = std::size_t{0};
        for (auto i = std::size_t{0}; i != text.size(); ++i) {
            bars += text[i] == '|';
            if (text[i] != '\n') continue;
            if (bars >= squeue_fields.size() && text[i - 1] == '|') return i;
            auto const next = text.substr(i + 1);
            auto const after = std::min(next.find('|'), next.size());
            auto const word = next.substr(std::min(after + 1, next.size()));
            if (after != 0 && state_of(word.substr(0, word.find('|')), true)) return i;
        }
        return text.size();
    }
    /// Parts a row with a bar too many: what stands before the account and behind the dependency has its place still,
    /// unless the bar is in the resources. False where it is no such row: resources are never nothing.
    static bool part_again(fields& cells) {
        if (cells.size() < squeue_fields.size() || cells[cells.size() - 2].empty()) return false;
        std::copy(cells.end() - 6, cells.end(), cells.begin() + node_count);
        std::fill(cells.begin() + account, cells.begin() + node_count, std::string_view{});
        if (!trace::whole(cells[node_count]).ok()) {
            std::fill(cells.begin() + node_count, cells.end(), std::string_view{});
            cells[node_count] = "0";
        }
        return true;
    }

    static std::optional<live::job_state> state_of(std::string_view word, bool on_hold) {
        using pair = std::pair<std::string_view, live::job_state>;
        static constexpr auto words = std::to_array<pair>({{"RUNNING", live::job_state::running},
                                                           {"SUSPENDED", live::job_state::running},
                                                           {"CONFIGURING", live::job_state::completing},
                                                           {"COMPLETING", live::job_state::completing},
                                                           {"STOPPED", live::job_state::running},
                                                           {"SIGNALING", live::job_state::running},
                                                           {"STAGE_OUT", live::job_state::completing},
                                                           {"RESIZING", live::job_state::completing},
                                                           {"COMPLETED", live::job_state::completed},
                                                           {"FAILED", live::job_state::failed},
                                                           {"BOOT_FAIL", live::job_state::failed},
                                                           {"OUT_OF_MEMORY", live::job_state::failed},
                                                           {"PREEMPTED", live::job_state::failed},
                                                           {"CANCELLED", live::job_state::cancelled},
                                                           {"REVOKED", live::job_state::cancelled},
                                                           {"TIMEOUT", live::job_state::timed_out},
                                                           {"DEADLINE", live::job_state::timed_out},
                                                           {"NODE_FAIL", live::job_state::node_failed}});
        if (word == "PENDING" || word == "REQUEUED" || word == "REQUEUE_HOLD" || word == "REQUEUE_FED" ||
            word == "SPECIAL_EXIT" || word == "RESV_DEL_HOLD")
            return on_hold ? live::job_state::held : live::job_state::pending;
        auto const known =
            std::find_if(words.begin(), words.end(), [&](auto const& one) { return one.first == word; });
        if (known == words.end()) return std::nullopt;
        return known->second;
    }
    static besides wants_of(fields const& said) {
        auto const number = [&said](field which, std::int64_t otherwise) {
            auto const got = number_or(said[which], otherwise);
            return got < std::int64_t{0xfffffffe} ? got : otherwise; // Slurm's own words for none
        };
        auto const resource = [&said](field which) {
            return said[which] == "N/A" ? std::string_view{} : said[which];
        };
        auto const any = [&said](std::initializer_list<field> of) {
            return std::any_of(of.begin(), of.end(), [&said](field one) {
                return said[one] != "*" && said[one] != "N/A" && said[one] != "0";
            });
        };
        return {.tasks = number(tasks, 1),
                .tasks_a_node = number(tasks_a_node, 0),
                .cpus = number(cpus, 1),
                .cpus_a_task = number(cpus_a_task, 1),
                .cpus_a_node = number(cpus_a_node, 1),
                .cpus_per_tres = resource(cpus_per_tres),
                .mem_per_tres = resource(mem_per_tres),
                .mib = read_mib(said[memory]),
                .mib_a_cpu = true,
                .layout = any({sockets, cores, tasks_a_socket, tasks_a_core}),
                .threads = any({threads})};
    }
    static std::optional<job_row> row_of(fields const& said, std::time_t now) {
        auto const is = state_of(said[state], said[priority] == "0");
        auto const again = trace::whole(said[restarts]);
        auto const count = trace::whole(said[node_count]);
        auto const kind = trace::whole(said[nice]);
        auto const who = trace::whole(said[user]);
        if (!is || said[id].empty() || !again.ok() || again.value < 0 || !count.ok() || count.value < 0)
            return std::nullopt;
        auto const said_of = [&](field which) {
            return said[which] == "(null)" ? std::string_view{} : said[which];
        };
        return job_row{.id = said[id],
                       .state = *is,
                       .restarts = static_cast<std::uint32_t>(again.value),
                       .limit_ms = read_time_limit(said[limit]),
                       .account = said[account],
                       .user = who.ok() ? user_id{static_cast<std::uint32_t>(who.value)} : unknown_user,
                       .nice = kind.ok() ? kind.value : 0,
                       .qos = said[qos],
                       .features = said_of(feature),
                       .depends = !said_of(dependency).empty(),
                       .node_count = count.value,
                       .per_node = said[per_node],
                       .per_job = said[per_job],
                       .per_task = said[per_task],
                       .per_socket = said[per_socket],
                       .node_list = said[node_list],
                       .tmp_mib = std::max<std::int64_t>(read_mib(said[tmp_disk]), 0),
                       .asks = {.later = is_to_come(said[eligible], now),
                                .nodes = !said_of(req_nodes).empty(),
                                .alone = said[oversubscribe] != "OK" && said[oversubscribe] != "YES",
                                .contiguous = said[contiguous] != "0",
                                .switches = said[switches] != "0",
                                .reservation = !said_of(reservation).empty(),
                                .licenses = !said_of(licenses).empty(),
                                .partitions = said[partition].find(',') != std::string_view::npos,
                                .one_run = said[requeue] == "0" || said[batch] == "0"},
                       .wants = wants_of(said),
                       .behind = said[reason] == "Priority" || said[reason].starts_with("ReqNodeNotAvail"),
                       .refused = said[reason] == "BadConstraints" || said[reason] == "JobArrayTaskLimit"};
    }

    job_mapping mapping_;
    std::vector<std::string> rows_; ///< the jobs of the last reading
    job_words words_;
    reservations reserved_;
    bool waits_for_nodes_ = false;
};

} // namespace rota::slurm

#endif
