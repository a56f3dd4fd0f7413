// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_BACKEND_HPP
#define ROTA_LIVE_BACKEND_HPP

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>

namespace rota::live {

/// Where the manager says a job is.
enum class job_state : std::uint8_t {
    held,       ///< pending, and the manager will not start it
    pending,    ///< the manager will start it when it can
    running,    ///< or suspended: it has its devices
    completing, ///< on its way out: it has its devices still, and what it will be is not said
    completed,
    failed,
    cancelled,
    timed_out,
    node_failed,
};

[[nodiscard]] constexpr bool is_over(job_state s) noexcept { return s >= job_state::completed; }

/// GPUs of one node. Which ones is the manager's affair.
struct part {
    node_id node{};
    int gpus = 0; ///< 0: how many is not known

    friend bool operator==(part const&, part const&) = default;
};

/// What the manager says of one job.
struct job_status {
    std::string id; ///< the manager's own, 17 or 17_3
    job_state state{};
    std::uint32_t restarts = 0;    ///< how often it was requeued: the number of its run
    std::vector<part> where;       ///< of its run, by node; empty while it has none
    std::vector<node_id> beside{}; ///< nodes of its run where it has CPU and memory, and no GPU
    job::spec asked{};             ///< what it was submitted with
    bool behind = false;  ///< pending, and the manager waits with it for others that it looks at first
    bool refused = false; ///< held or pending, and the manager will not start it soon as it was last told
    bool idle = false;    ///< the manager is sure that it runs nowhere
    std::string unmapped; ///< why the host cannot know what it needs; empty: it can
};

/// The whole state at one moment. It has no inner order: what led to it may have happened in any.
struct snapshot {
    std::vector<job_status> jobs;        ///< in order of submission
    std::vector<bool> up;                ///< [nodes] may be given out
    std::vector<bool> drained{};         ///< [nodes] may not, but what runs there goes on; empty: nowhere
    std::vector<cluster::slice> taken{}; ///< [nodes] the CPU and memory that jobs have; empty: nobody counts
};

/// What became of a verb.
enum class reply : std::uint8_t {
    done,
    refused, ///< it has had no effect and will have none
    unknown, ///< no answer in time: it may take effect, now, later or never
};

/// What the manager of a live cluster must offer. The nodes are those of a cluster::spec, in its order.
///
/// Meaning   poll: the state, nothing where there is no answer in time. start: lets a held job start on these
///           nodes with so many GPUs of each, as soon as it can. hold: a pending job will not start. save: a
///           running job is told to save its state. requeue: ends a run; the job is held afterwards.
///           None of them blocks for ever.
template <class B>
concept backend = requires(B& b, std::string const& job, cluster::placement const& where) {
    { b.poll() } -> std::same_as<std::optional<snapshot>>;
    { b.start(job, where) } -> std::same_as<reply>;
    { b.hold(job) } -> std::same_as<reply>;
    { b.save(job) } -> std::same_as<reply>;
    { b.requeue(job) } -> std::same_as<reply>;
};

/// A start that a host wants of its manager.
struct wanted_start {
    std::string job;
    cluster::placement where;
};

/// A manager that is told of many starts in less time than of one after the other. Its replies are in their order.
template <class B>
concept batch_backend = backend<B> && requires(B& b, std::vector<wanted_start> const& all) {
    { b.start_all(all) } -> std::same_as<std::vector<reply>>;
};

} // namespace rota::live

#endif
