// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_CLIENT_HPP
#define ROTA_LIBSLURM_CLIENT_HPP

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/libslurm/count_besides.hpp>
#include <rota/libslurm/in_time.hpp>
#include <rota/libslurm/records.hpp>
#include <rota/libslurm/state.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/array_limits.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/job_mapping.hpp>
#include <rota/slurm/reservations.hpp>
#include <rota/slurm/site.hpp>
#include <rota/slurm/start_words.hpp>

namespace rota::libslurm {

/// What an error of libslurm says about a verb: refused where the controller has answered, which it does with numbers
/// from 2000 on; those from 5000 on are of the way to it and back.
[[nodiscard]] constexpr live::reply reply_of(int error) noexcept {
    if (error == SLURM_SUCCESS) return live::reply::done;
    auto const lost = error < ESLURM_INVALID_PARTITION_NAME || error == ESLURM_IN_STANDBY_MODE ||
                      (error >= SLURM_PROTOCOL_SOCKET_IMPL_ZERO_RECV_LENGTH &&
                       error <= SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT) ||
                      error == ESLURM_AUTH_NET_ERROR;
    return lost ? live::reply::unknown : live::reply::refused;
}

/// A Slurm cluster behind libslurm: a verb is one message, and what has not changed is not sent again.
///
/// Meaning   as slurm::client, of which it is the faster twin. Calls have a thread of their own, and as much time as they
///           are given. libslurm gives a call up after about twice Slurm's MessageTimeout, so that a verb without an
///           answer may be heard that much later.
/// Expects   a cluster with the names of its nodes, which outlives it.
class client {
public:
    client(cluster::spec const& cluster, std::string partition, slurm::site const& names = {},
           millis timeout_ms = 10'000)
        : cluster_{&cluster}, partition_{std::move(partition)}, mapping_{cluster, names},
          neighbours_{cluster}, counts_{slurm::counts_besides(cluster)}, call_{timeout_ms} {}
    client(cluster::spec&&, auto&&...) = delete; // it must outlive the client

    /// What the last poll or verb that came to nothing said.
    [[nodiscard]] std::string const& complaint() const noexcept { return complaint_; }

    [[nodiscard]] std::optional<live::snapshot> poll() {
        if (counts_ && !how_ && !learn_counted()) return std::nullopt;
        if (next_begin_ != 0 && std::time(nullptr) > next_begin_) since_.jobs = 0; // no record tells of that
        if (auto const all = clock::now();
            all >= whole_ + whole_each || since_.are_ahead_of(std::time(nullptr))) {
            whole_ = all;
            since_ = {};
        }
        auto fresh = call_([since = since_] { return load(since); });
        if (!heard(fresh ? fresh->error : no_answer)) return std::nullopt;
        auto const now = fresh->stamps(since_);
        if (fresh->reservations) read_reservations(*fresh->reservations);
        if (fresh->jobs && !read_jobs(*fresh->jobs)) return std::nullopt;
        if (fresh->partitions) members_ = nodes_of(*fresh->partitions, partition_);
        if (fresh->nodes) {
            up_.clear();
            drained_.clear();
            taken_.clear();
            for (auto const& node : records(*fresh->nodes)) {
                if (is_up(node.node_state)) up_.insert(node.name);
                else if (is_busy(node.node_state)) drained_.insert(node.name);
                if (auto const at = mapping_.nodes().find(node.name); counts_ && at != mapping_.nodes().end())
                    taken_.push_back(taken_of(node, at->second));
            }
        }
        since_ = now;
        auto const none = std::vector<bool>(cluster_->nodes.size(), false);
        auto out = live::snapshot{jobs_, none, none};
        if (counts_) out.taken.resize(none.size());
        for (auto const& one : taken_) out.taken[index(one.node)] = one;
        for (auto const& name : members_)
            if (auto const known = mapping_.nodes().find(name); known != mapping_.nodes().end()) {
                out.up[index(known->second)] = up_.contains(name);
                out.drained[index(known->second)] = drained_.contains(name);
            }
        return out;
    }
    [[nodiscard]] live::reply start(std::string const& job, cluster::placement const& where) {
        auto names = std::string{};
        for (auto const& part : where)
            names += (names.empty() ? "" : ",") + cluster_->names[index(part.node)];
        auto const again = says_.again(job);
        auto size = says_.size(job, where);
        return update(job,
                      [names, again, size = std::move(size),
                       count = static_cast<std::uint32_t>(where.size())](job_desc_msg_t& change) mutable {
                          change.req_nodes = names.data();
                          change.min_nodes = change.max_nodes = count;
                          if (!size.empty()) change.tres_per_job = size.data();
                          if (again) change.begin_time = std::time(nullptr);
                          change.priority = INFINITE; // released
                      });
    }
    live::reply hold(std::string const& job) {
        return update(job, [](job_desc_msg_t& change) {
            change.priority = 0;
            change.alloc_sid = 0; // an operator's hold, which its owner cannot release
        });
    }
    live::reply save(std::string const& job) {
        return say([job] {
            return slurm_kill_job2(job.c_str(), SIGUSR1, KILL_JOB_BATCH, nullptr) == 0 ? SLURM_SUCCESS
                                                                                       : last_error();
        });
    }
    live::reply requeue(std::string const& job) {
        return say([id = std::string{job}]() mutable {
            job_array_resp_msg_t* each = nullptr;
            auto const got = slurm_requeue2(id.data(), JOB_REQUEUE_HOLD, &each);
            return error_of(got, each);
        });
    }

private:
    using clock = std::chrono::steady_clock;
    /// All of it is asked for once in so long: the controller's own clock may have been put back.
    static constexpr auto whole_each = std::chrono::seconds{60};
    static constexpr auto no_answer = SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT;

    /// Asks the controller how it gives out CPU and memory.
    [[nodiscard]] bool learn_counted() {
        auto copy = *cluster_;
        how_ = count_besides(partition_, copy, complaint_, call_);
        if (how_) mapping_.count(*how_);
        return how_.has_value();
    }
    [[nodiscard]] bool heard(int error) {
        if (error == SLURM_SUCCESS) return true;
        complaint_ = error == no_answer ? "no answer in time" : slurm_strerror(error);
        return false;
    }
    /// The error of a verb about one job, or about one task of an array.
    [[nodiscard]] static int error_of(int got, job_array_resp_msg_t* each) noexcept {
        auto error = got == SLURM_SUCCESS ? SLURM_SUCCESS : last_error();
        if (each == nullptr) return error;
        for (auto i = std::uint32_t{0}; i != each->job_array_count && error == SLURM_SUCCESS; ++i)
            error = static_cast<int>(each->error_code[i]);
        slurm_free_job_array_resp(each);
        return error;
    }
    template <class Do>
    [[nodiscard]] live::reply say(Do what) {
        auto const error = call_(std::move(what)).value_or(no_answer);
        static_cast<void>(heard(error));
        return reply_of(error);
    }
    template <class Change>
    [[nodiscard]] live::reply update(std::string const& job, Change change) {
        return say([id = std::string{job}, change]() mutable {
            auto what = job_desc_msg_t{};
            slurm_init_job_desc_msg(&what);
            what.job_id_str = id.data();
            change(what);
            job_array_resp_msg_t* each = nullptr;
            auto const got = slurm_update_job2(&what, &each);
            return error_of(got, each);
        });
    }
    void read_reservations(reserve_info_msg_t const& said) {
        reserved_ = {};
        for (auto const& one : records(said))
            if (one.node_list != nullptr)
                reserved_.add(one.node_list, std::to_string(one.start_time), std::to_string(one.end_time));
    }
    [[nodiscard]] bool read_jobs(job_info_msg_t const& said) {
        auto jobs = std::vector<live::job_status>{};
        auto const now = std::time(nullptr);
        auto arrays = slurm::array_limits{};
        next_begin_ = 0;
        for (auto const& one : records(said)) {
            auto const ours = is_in(one.partition, partition_);
            auto const runs =
                state_of(one) == live::job_state::running || state_of(one) == live::job_state::completing;
            if (!ours && !runs) continue;
            if (one.eligible_time > now && (next_begin_ == 0 || one.eligible_time < next_begin_))
                next_begin_ = one.eligible_time;
            if (one.array_max_tasks != 0) arrays.set(std::to_string(one.array_job_id), one.array_max_tasks);
            auto const first = jobs.size();
            if (!add_statuses(one, ours ? mapping_ : neighbours_, jobs, now, reserved_)) {
                complaint_ = "job " + std::to_string(one.job_id) + " is in no state that is known";
                return false;
            }
            for (auto i = first; i != jobs.size() && !ours; ++i)
                jobs[i].unmapped = "it is of another partition";
        }
        slurm::job_mapping::sort(jobs);
        arrays.keep_back(jobs);
        jobs_ = std::move(jobs);
        says_.learn(jobs_, *cluster_);
        return true;
    }

    cluster::spec const* cluster_;
    std::string partition_;
    slurm::job_mapping mapping_;
    slurm::job_mapping neighbours_;     ///< of what other partitions run
    bool counts_;                       ///< the cluster counts CPU or memory
    std::optional<slurm::counted> how_; ///< Slurm gives these out, once it has been asked
    stamps since_;                      ///< of what is known
    clock::time_point whole_{};         ///< when all of it was asked for
    std::time_t next_begin_ = 0;        ///< when the next job's time to begin comes; 0: none waits for it
    std::vector<live::job_status> jobs_;
    slurm::reservations reserved_;
    std::vector<std::string> members_; ///< the partition's nodes
    std::unordered_set<std::string> up_;
    std::vector<cluster::slice> taken_;       ///< CPU and memory that jobs have
    std::unordered_set<std::string> drained_; ///< closed, and jobs go on there
    slurm::start_words says_;
    std::string complaint_;
    in_time call_;
};

static_assert(live::backend<client>);

} // namespace rota::libslurm

#endif
