// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_RECORDS_HPP
#define ROTA_LIBSLURM_RECORDS_HPP

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <slurm/slurm.h>

#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/besides.hpp>
#include <rota/slurm/gres.hpp>
#include <rota/slurm/job_mapping.hpp>
#include <rota/slurm/reservations.hpp>
#include <rota/trace/number.hpp>

namespace rota::libslurm {

/// Where a job is; what squeue would say of it, in the order in which it looks at these bits.
[[nodiscard]] inline std::optional<live::job_state> state_of(slurm_job_info_t const& job) noexcept {
    using live::job_state;
    auto const any = [&job](std::uint32_t bits) { return (job.job_state & bits) != 0; };
    auto const pending = job.priority == 0 ? job_state::held : job_state::pending;
    if (any(JOB_COMPLETING | JOB_STAGE_OUT | JOB_CONFIGURING | JOB_RESIZING)) return job_state::completing;
    if (any(JOB_REQUEUE | JOB_REQUEUE_FED | JOB_REQUEUE_HOLD | JOB_SPECIAL_EXIT)) return pending;
    if (any(JOB_STOPPED)) return job_state::running;
    if (any(JOB_REVOKED)) return job_state::cancelled;
    if (any(JOB_RESV_DEL_HOLD)) return pending;
    if (any(JOB_SIGNALING)) return job_state::running;
    switch (job.job_state & JOB_STATE_BASE) {
    case JOB_PENDING: return pending;
    case JOB_RUNNING:
    case JOB_SUSPENDED: return job_state::running;
    case JOB_COMPLETE: return job_state::completed;
    case JOB_CANCELLED: return job_state::cancelled;
    case JOB_FAILED:
    case JOB_PREEMPTED:
    case JOB_BOOT_FAIL:
    case JOB_OOM: return job_state::failed;
    case JOB_TIMEOUT:
    case JOB_DEADLINE: return job_state::timed_out;
    case JOB_NODE_FAIL: return job_state::node_failed;
    default: return std::nullopt;
    }
}

/// A node may be given out.
[[nodiscard]] constexpr bool is_up(std::uint32_t state) noexcept {
    constexpr auto shut = NODE_STATE_INVALID_REG | NODE_STATE_MAINT | NODE_STATE_REBOOT_REQUESTED |
                          NODE_STATE_REBOOT_ISSUED | NODE_STATE_DRAIN | NODE_STATE_FAIL |
                          NODE_STATE_NO_RESPOND | NODE_STATE_POWERING_UP | NODE_STATE_POWERING_DOWN |
                          NODE_STATE_POWERED_DOWN | NODE_STATE_POWER_DOWN;
    if ((state & shut) != 0) return false;
    auto const base = state & NODE_STATE_BASE;
    if (base == NODE_STATE_ALLOCATED || base == NODE_STATE_MIXED) return true;
    auto const taken = (state & (NODE_STATE_RES | NODE_STATE_NET)) != 0; // reserved, while nothing runs there
    return base == NODE_STATE_IDLE && (!taken || (state & NODE_STATE_COMPLETING) != 0);
}

/// It answers, and has jobs.
[[nodiscard]] constexpr bool is_busy(std::uint32_t state) noexcept {
    auto const base = state & NODE_STATE_BASE;
    return (state & NODE_STATE_NO_RESPOND) == 0 &&
           (base == NODE_STATE_ALLOCATED || base == NODE_STATE_MIXED || (state & NODE_STATE_COMPLETING) != 0);
}

/// The tasks of an array that are not apart yet: `3-9:2,12%5` is 3, 5, 7, 9, 12. Nothing where it is no such list.
[[nodiscard]] inline std::optional<std::vector<std::uint32_t>> read_tasks(std::string_view text) {
    auto out = std::vector<std::uint32_t>{};
    constexpr auto most = std::int64_t{4'000'001}; // Slurm's own bound
    for (text = text.substr(0, text.find('%'));;) {
        auto const comma = text.find(',');
        auto const one = text.substr(0, comma);
        auto const dash = one.find('-');
        auto const colon = one.find(':');
        auto const first = trace::whole(one.substr(0, dash));
        auto const last = dash == one.npos ? first : trace::whole(one.substr(dash + 1, colon - dash - 1));
        auto const step = colon == one.npos ? trace::whole("1") : trace::whole(one.substr(colon + 1));
        if (!first.ok() || !last.ok() || !step.ok() || first.value < 0 || last.value < first.value ||
            last.value > most || step.value < 1 || step.value > most)
            return std::nullopt;
        for (auto task = first.value; task <= last.value; task += step.value)
            out.push_back(static_cast<std::uint32_t>(task));
        if (comma == text.npos) return out;
        text.remove_prefix(comma + 1);
    }
}

/// What a job asks for besides GPUs; numbers that say "not set" are none.
[[nodiscard]] inline slurm::besides wants_of(slurm_job_info_t const& job) {
    auto const text = [](char const* said) {
        return said == nullptr ? std::string_view{} : std::string_view{said};
    };
    auto const said = [](auto n, std::int64_t otherwise) {
        constexpr auto none = static_cast<decltype(n)>(sizeof n == 2 ? NO_VAL16 : NO_VAL);
        return n >= none ? otherwise : std::int64_t{n};
    };
    auto const asks = [&said](std::uint16_t n) { return said(n, 0) != 0; };
    return {.tasks = said(job.num_tasks, 1),
            .tasks_a_node = said(job.ntasks_per_node, 0),
            .cpus = said(job.num_cpus, 1),
            .cpus_a_task = said(job.cpus_per_task, 1),
            .cpus_a_node = said(job.pn_min_cpus, 1),
            .cpus_per_tres = text(job.cpus_per_tres),
            .mem_per_tres = text(job.mem_per_tres),
            .mib = static_cast<std::int64_t>(job.pn_min_memory & ~MEM_PER_CPU),
            .mib_a_cpu = (job.pn_min_memory & MEM_PER_CPU) != 0,
            .layout = asks(job.sockets_per_node) || asks(job.cores_per_socket) ||
                      asks(job.ntasks_per_socket) || asks(job.ntasks_per_core),
            .threads = asks(job.threads_per_core)};
}

/// Adds what Slurm says of a job, and of each task of an array. False where that is not to be understood.
[[nodiscard]] inline bool add_statuses(slurm_job_info_t const& job, slurm::job_mapping& mapping,
                                       std::vector<live::job_status>& to,
                                       std::time_t now = std::time(nullptr),
                                       slurm::reservations const& reserved = {}) {
    auto const text = [](char const* said) {
        return said == nullptr ? std::string_view{} : std::string_view{said};
    };
    auto const state = state_of(job);
    if (!state) return false;
    auto const limited = job.time_limit != INFINITE && job.time_limit != NO_VAL;
    auto row = slurm::job_row{
        .id = {},
        .state = *state,
        .restarts = job.restart_cnt,
        .limit_ms = limited ? millis{job.time_limit} * 60'000 : 0,
        .account = text(job.account),
        .user = user_id{job.user_id},
        .nice = std::int64_t{job.nice} - std::int64_t{NICE_OFFSET},
        .qos = text(job.qos),
        .features = text(job.features),
        .depends = !text(job.dependency).empty(),
        .node_count = job.num_nodes,
        .per_node = text(job.tres_per_node),
        .per_job = text(job.tres_per_job),
        .per_task = text(job.tres_per_task),
        .per_socket = text(job.tres_per_socket),
        .node_list = text(job.nodes),
        .comment = text(job.comment),
        .tmp_mib = job.pn_min_tmp_disk,
        .asks = {.later = job.eligible_time > now,
                 .nodes = !text(job.req_nodes).empty(),
                 .not_nodes = !text(job.exc_nodes).empty(),
                 .alone = job.shared != NO_VAL16 && job.shared != JOB_SHARED_OK,
                 .contiguous = job.contiguous != 0,
                 .switches = job.req_switch != 0,
                 .reservation = !text(job.resv_name).empty(),
                 .licenses = !text(job.licenses).empty(),
                 .partitions = text(job.partition).find(',') != std::string_view::npos,
                 .one_run = job.requeue == 0 || job.batch_flag == 0},
        .wants = wants_of(job),
        .behind = job.state_reason == WAIT_PRIORITY || job.state_reason == WAIT_NODE_NOT_AVAIL,
        .refused = job.state_reason == FAIL_BAD_CONSTRAINTS || job.state_reason == WAIT_ARRAY_TASK_LIMIT};
    if (*state == live::job_state::pending && job.state_reason == WAIT_NODE_NOT_AVAIL)
        row.refused = reserved.reach(text(job.req_nodes), row.limit_ms, now);
    for (auto i = std::uint32_t{0}; i != job.gres_detail_cnt; ++i)
        if (auto const here = slurm::read_gres(text(job.gres_detail_str[i]))) row.split.push_back(here->gpus);
    auto const add = [&](std::string const& id) {
        row.id = id;
        to.push_back(mapping.read(row));
    };
    if (!text(job.array_task_str).empty()) {
        auto const tasks = read_tasks(job.array_task_str);
        if (!tasks) return false;
        auto const array = std::to_string(job.array_job_id) + '_';
        for (auto const task : *tasks) add(array + std::to_string(task));
    } else if (job.array_task_id != NO_VAL) {
        add(std::to_string(job.array_job_id) + '_' + std::to_string(job.array_task_id));
    } else if (job.het_job_id != 0) {
        add(std::to_string(job.het_job_id) + '+' + std::to_string(job.het_job_offset));
    } else {
        add(std::to_string(job.job_id));
    }
    return true;
}

} // namespace rota::libslurm

#endif
