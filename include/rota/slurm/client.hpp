// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_CLIENT_HPP
#define ROTA_SLURM_CLIENT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/allocation.hpp>
#include <rota/slurm/array_limits.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/count_besides.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/job_mapping.hpp>
#include <rota/slurm/sinfo.hpp>
#include <rota/slurm/site.hpp>
#include <rota/slurm/squeue.hpp>
#include <rota/slurm/start_words.hpp>

namespace rota::slurm {

/// A Slurm cluster behind its command-line clients: squeue, sinfo, scontrol and scancel, of version 22.05 and on.
///
/// Run(argv, input) runs one of them and returns a command_result; tests put their own in its place. Jobs are those of
/// one partition, nodes those of the cluster.
/// Expects   a cluster with the names of its nodes, which outlives it.
template <class Run = runner>
class client {
public:
    client(cluster::spec const& cluster, std::string partition, site const& names = {}, Run run = Run{})
        : cluster_{&cluster}, partition_{std::move(partition)}, jobs_{cluster, names}, run_{std::move(run)},
          counts_{counts_besides(cluster)} {}
    template <class... More>
    client(cluster::spec&&, More&&...) = delete; // it must outlive the client

    /// What the last poll or verb that came to nothing said.
    [[nodiscard]] std::string const& complaint() const noexcept { return complaint_; }

    [[nodiscard]] std::optional<live::snapshot> poll() {
        if (counts_ && !how_ && !learn_counted()) return std::nullopt;
        auto const fields = field_list();
        auto const nodes = run_({"sinfo", "--noheader", "--Node", "--all", "-O", std::string{sinfo_format}});
        if (!good(nodes)) return std::nullopt;
        auto const queue = run_({"squeue", "--noheader", "--all", "--states=all", "--array",
                                 "--partition=" + partition_, "-O", fields});
        if (!good(queue)) return std::nullopt;
        auto jobs = jobs_.read(queue.out);
        if (jobs && jobs_.misses_words()) {
            auto const ask = [this](std::string how, std::string_view what) {
                return run_({"squeue", "--noheader", "--all", "--states=all", "--array",
                             "--partition=" + partition_, std::move(how), std::string{what}});
            };
            auto const not_nodes = ask("-o", squeue_exclusions);
            if (!good(not_nodes)) return std::nullopt;
            auto const words = ask("-O", squeue_comments);
            if (!good(words)) return std::nullopt;
            auto records = command_result{};
            if (how_ && how_->memory) {
                records = run_({"scontrol", "--oneliner", "show", "job"});
                if (!good(records)) return std::nullopt;
            }
            jobs_.learn({words.out, not_nodes.out, records.out});
            jobs = jobs_.read(queue.out);
        }
        if (jobs && jobs_.misses_reservations()) {
            auto const all = run_({"scontrol", "--oneliner", "show", "reservation"});
            if (!good(all)) return std::nullopt;
            jobs_.learn_reservations(all.out);
            jobs = jobs_.read(queue.out);
        }
        auto const rows = read_sinfo(nodes.out);
        if (!jobs || !rows) {
            complaint_ = jobs ? "sinfo: not what was asked for" : "squeue: not what was asked for";
            return std::nullopt;
        }
        if (!keep_back(*jobs)) return std::nullopt;
        auto const none = std::vector<bool>(cluster_->nodes.size(), false);
        auto out = live::snapshot{std::move(*jobs), none, none};
        if (counts_) out.taken.resize(none.size());
        auto shared = false;
        for (auto const& row : *rows) {
            auto const known = jobs_.nodes().find(std::string{row.name});
            if (known == jobs_.nodes().end()) continue;
            shared = shared || row.partition != partition_;
            if (row.partition != partition_) continue;
            out.up[index(known->second)] = row.up();
            out.drained[index(known->second)] = !row.up() && row.busy();
            if (counts_) out.taken[index(known->second)] = row.taken(known->second);
        }
        says_.learn(out.jobs, *cluster_);
        if (!spread(out.jobs) || (shared && !add_neighbours(out.jobs, fields))) return std::nullopt;
        return out;
    }
    [[nodiscard]] live::reply start(std::string const& job, cluster::placement const& where) {
        auto update = update_of({job, where});
        update.insert(update.begin(), "scontrol");
        auto const asked = answer(run_(update));
        return asked == live::reply::done ? answer(run_({"scontrol", "release", job})) : asked;
    }
    /// As `start` for each of them, with two processes for as many as one may say in its time. Where one of these is not
    /// answered, the rest is not said.
    [[nodiscard]] std::vector<live::reply> start_all(std::vector<live::wanted_start> const& all) {
        constexpr auto at_once = std::size_t{250};
        if (all.size() == 1) return {start(all[0].job, all[0].where)};
        auto out = std::vector<live::reply>(all.size(), live::reply::unknown);
        for (auto from = std::size_t{0}; from < all.size(); from += at_once) {
            auto const end = std::min(all.size(), from + at_once);
            start_some(all, from, end, out);
            if (std::find(out.data() + from, out.data() + end, live::reply::unknown) != out.data() + end)
                break;
        }
        return out;
    }
    // the answers of these are no facts: what became of them, the next poll shows
    live::reply hold(std::string const& job) { return answer(run_({"scontrol", "hold", job})); }
    live::reply save(std::string const& job) {
        return answer(run_({"scancel", "--batch", "--signal=USR1", job}));
    }
    live::reply requeue(std::string const& job) { return answer(run_({"scontrol", "requeuehold", job})); }

private:
    static constexpr auto line_max = std::size_t{4'000}; ///< of scontrol, where it reads its commands

    /// Asks Slurm how it gives out CPU and memory.
    [[nodiscard]] bool learn_counted() {
        auto copy = *cluster_;
        how_ = count_besides(partition_, copy, complaint_, run_);
        if (how_) jobs_.count(*how_);
        return how_.has_value();
    }
    [[nodiscard]] std::vector<std::string> update_of(live::wanted_start const& what) const {
        auto names = std::string{};
        for (auto const& part : what.where)
            names += (names.empty() ? "" : ",") + cluster_->names[index(part.node)];
        auto const count = std::to_string(what.where.size());
        auto update = std::vector<std::string>{"update", "jobid=" + what.job, "ReqNodeList=" + names,
                                               "NumNodes=" + count + "-" + count};
        if (auto const size = says_.size(what.job, what.where); !size.empty())
            update.push_back("TresPerJob=" + size);
        if (says_.again(what.job)) update.push_back("StartTime=now");
        return update;
    }
    [[nodiscard]] static std::string field_list() {
        auto out = std::string{};
        for (auto const name : squeue_fields) out.append(out.empty() ? "" : ",").append(name).append(":|");
        return out;
    }
    /// Asks for the limits of arrays, and leaves the tasks alone that these keep back.
    [[nodiscard]] bool keep_back(std::vector<live::job_status>& jobs) {
        auto const now = std::time(nullptr);
        if (auto const due = arrays_.due(jobs, now); !due.empty()) {
            auto input = std::string{};
            for (auto const& task : due) input += "show job " + task + '\n';
            auto const got = run_({"scontrol", "--oneliner"}, input + "quit\n");
            if (got.how != command_result::end::exited)
                return good(got); // one of them may be gone, and no error
            arrays_.learn(due, got.out, now);
        }
        arrays_.keep_back(jobs);
        return true;
    }
    /// Adds what other partitions run on the nodes.
    [[nodiscard]] bool add_neighbours(std::vector<live::job_status>& jobs, std::string const& fields) {
        auto const queue =
            run_({"squeue", "--noheader", "--all", "--array",
                  "--states=running,suspended,completing,configuring,stopped,signaling,resizing,stage_out",
                  "-O", fields});
        if (!good(queue)) return false;
        auto reader = squeue_reader{*cluster_};
        auto all = reader.read(queue.out);
        if (!all) complaint_ = "squeue: not what was asked for";
        if (!all) return false;
        auto known = std::unordered_set<std::string>{};
        for (auto const& one : jobs) known.insert(one.id);
        for (auto& one : *all) {
            if (known.contains(one.id)) continue;
            one.unmapped = "it is of another partition";
            jobs.push_back(std::move(one));
        }
        job_mapping::sort(jobs);
        return true;
    }
    /// Asks how the GPUs of a run are spread over its nodes, once a run, where Slurm has chosen that.
    [[nodiscard]] bool spread(std::vector<live::job_status>& jobs) {
        auto known = std::map<std::pair<std::string, std::uint32_t>, std::vector<live::part>>{};
        for (auto& one : jobs) {
            auto const open = [](live::part const& part) { return part.gpus == 0; };
            if (one.state != live::job_state::running ||
                std::none_of(one.where.begin(), one.where.end(), open))
                continue;
            auto its = spread_.extract({one.id, one.restarts});
            if (its.empty()) {
                auto const got = run_({"scontrol", "--details", "--oneliner", "show", "job", one.id});
                if (!good(got)) return false;
                known[{one.id, one.restarts}] = read_allocation(got.out, jobs_.nodes());
            } else {
                known.insert(std::move(its));
            }
            if (auto const& its_parts = known[{one.id, one.restarts}]; !its_parts.empty())
                one.where = its_parts;
        }
        spread_ = std::move(known);
        return true;
    }
    void start_some(std::vector<live::wanted_start> const& all, std::size_t from, std::size_t end,
                    std::vector<live::reply>& out) {
        auto which = std::vector<std::size_t>{};
        auto updates = std::vector<std::string>{};
        for (auto i = from; i != end; ++i) {
            auto line = std::string{};
            for (auto const& word : update_of(all[i])) line += word + ' ';
            if (line.size() > line_max) {
                out[i] = start(all[i].job, all[i].where);
                continue;
            }
            which.push_back(i);
            updates.push_back(std::move(line));
        }
        auto const asked = say(updates);
        for (auto k = std::size_t{0}; k != which.size(); ++k) out[which[k]] = asked[k];
        std::erase_if(which, [&out](std::size_t i) { return out[i] != live::reply::done; });
        auto releases = std::vector<std::string>{};
        for (auto const i : which) releases.push_back("release " + all[i].job);
        auto const let_go = say(releases);
        for (auto k = std::size_t{0}; k != which.size(); ++k) out[which[k]] = let_go[k];
    }
    /// Has one scontrol say all of them. Behind each of them stands a command that it does not know, which it says at
    /// once: what it has said before that is about the one in front of it, and those without are open.
    [[nodiscard]] std::vector<live::reply> say(std::vector<std::string> const& commands) {
        auto out = std::vector<live::reply>(commands.size(), live::reply::unknown);
        if (commands.empty()) return out;
        static constexpr auto mark = std::string_view{"invalid keyword: rota-next\n"};
        auto input = std::string{};
        for (auto const& one : commands) input += one + "\nrota-next\n";
        auto const got = run_({"scontrol"}, input + "quit\n");
        if (got.how == command_result::end::not_started) out.assign(commands.size(), answer(got));
        auto rest = std::string_view{got.err};
        for (auto& one : out) {
            auto const end = rest.find(mark);
            if (end == rest.npos) {
                if (got.how == command_result::end::exited) complaint_ = rest;
                if (got.how == command_result::end::timed_out) complaint_ = "no answer in time";
                break;
            }
            one = end == 0 ? live::reply::done
                           : answer({command_result::end::exited, 1, {}, std::string{rest.substr(0, end)}});
            rest.remove_prefix(end + mark.size());
        }
        return out;
    }
    [[nodiscard]] bool good(command_result const& got) {
        if (got.how == command_result::end::exited && got.code == 0) return true;
        complaint_ = got.how == command_result::end::timed_out     ? "no answer in time"
                     : got.how == command_result::end::not_started ? "the client of Slurm does not start"
                                                                   : got.err;
        return false;
    }
    /// A client that has not reached the controller, or not heard from it, knows of no effect.
    [[nodiscard]] live::reply answer(command_result const& got) {
        if (good(got)) return live::reply::done;
        if (got.how == command_result::end::not_started) return live::reply::refused;
        if (got.how == command_result::end::timed_out) return live::reply::unknown;
        static constexpr auto lost =
            std::to_array<std::string_view>({"Unable to contact", "timed out", "Zero Bytes", "onnection"});
        for (auto const words : lost)
            if (got.err.find(words) != std::string::npos || got.out.find(words) != std::string::npos)
                return live::reply::unknown;
        return live::reply::refused;
    }

    cluster::spec const* cluster_;
    std::string partition_;
    squeue_reader jobs_;
    Run run_;
    bool counts_;                ///< the cluster counts CPU or memory
    std::optional<counted> how_; ///< Slurm gives these out, once it has been asked
    start_words says_;
    array_limits arrays_;
    std::map<std::pair<std::string, std::uint32_t>, std::vector<live::part>> spread_; ///< by job and run
    std::string complaint_;
};

static_assert(live::batch_backend<client<>>);

} // namespace rota::slurm

#endif
