// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_STATE_HPP
#define ROTA_LIBSLURM_STATE_HPP

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/core/take_until.hpp>
#include <rota/slurm/hostlist.hpp>

namespace rota::libslurm {

static_assert(SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(22, 5, 0),
              "libslurm of Slurm 22.05 or newer is needed");

/// The error of the call before, in this thread.
[[nodiscard]] inline int last_error() noexcept {
    auto const error = slurm_get_errno();
    return error == SLURM_SUCCESS ? SLURM_ERROR : error;
}

/// When the controller last changed what it told.
struct stamps {
    std::time_t jobs = 0; ///< 0: nothing is known
    std::time_t nodes = 0;
    std::time_t partitions = 0;
    std::time_t reservations = 0;

    /// A clock that shows this has been put back since: by such stamps nothing changes until it has caught up. A second or
    /// few is the difference of two machines.
    [[nodiscard]] bool are_ahead_of(std::time_t now) const noexcept {
        constexpr auto differ_s = std::time_t{5};
        return std::max({jobs, nodes, partitions, reservations}) > now + differ_s;
    }
};

/// What the controller tells; nothing where nothing has changed.
struct state {
    struct freed {
        void operator()(job_info_msg_t* its) const noexcept { slurm_free_job_info_msg(its); }
        void operator()(node_info_msg_t* its) const noexcept { slurm_free_node_info_msg(its); }
        void operator()(partition_info_msg_t* its) const noexcept { slurm_free_partition_info_msg(its); }
        void operator()(reserve_info_msg_t* its) const noexcept { slurm_free_reservation_info_msg(its); }
    };
    std::unique_ptr<job_info_msg_t, freed> jobs;
    std::unique_ptr<node_info_msg_t, freed> nodes;
    std::unique_ptr<partition_info_msg_t, freed> partitions;
    std::unique_ptr<reserve_info_msg_t, freed> reservations;
    int error = SLURM_SUCCESS; ///< otherwise none of them counts

    /// Those of what has changed, and of the rest as they were.
    [[nodiscard]] libslurm::stamps stamps(libslurm::stamps const& before) const noexcept {
        return {.jobs = jobs ? jobs->last_update : before.jobs,
                .nodes = nodes ? nodes->last_update : before.nodes,
                .partitions = partitions ? partitions->last_update : before.partitions,
                .reservations = reservations ? reservations->last_update : before.reservations};
    }
};

/// Asks the controller for what has changed since then. It may take long where there is none.
///
/// Meaning   The first call of a process reads slurm.conf, which SLURM_CONF may name; without one libslurm ends the
///           program.
[[nodiscard]] inline state load(stamps const& since) {
    static auto const begun = [] {
        ::setenv("SLURM_BITSTR_LEN", "0", 1); // otherwise libslurm cuts the tasks of a large array short
        slurm_init(nullptr);
        return true;
    }();
    static_cast<void>(begun);
    auto out = state{};
    auto const ask = [&out](auto how, std::time_t then, auto& into) {
        if (out.error != SLURM_SUCCESS) return;
        auto* said = into.get();
        if (how(then, &said, SHOW_ALL | SHOW_DETAIL) == SLURM_SUCCESS) into.reset(said);
        else if (auto const why = last_error(); why != SLURM_NO_CHANGE_IN_DATA) out.error = why;
    };
    ask([](std::time_t then, reserve_info_msg_t** to, auto) { return slurm_load_reservations(then, to); },
        since.reservations, out.reservations);
    ask(slurm_load_node, since.nodes, out.nodes); // what jobs have of them is what they had before
    ask(slurm_load_jobs, out.reservations ? 0 : since.jobs, out.jobs); // which may wait for them
    ask(slurm_load_partitions, since.partitions, out.partitions);
    return out;
}

[[nodiscard]] inline std::span<slurm_job_info_t const> records(job_info_msg_t const& of) noexcept {
    return {of.job_array, of.record_count};
}
[[nodiscard]] inline std::span<node_info_t const> records(node_info_msg_t const& of) noexcept {
    return {of.node_array, of.record_count};
}
[[nodiscard]] inline std::span<reserve_info_t const> records(reserve_info_msg_t const& of) noexcept {
    return {of.reservation_array, of.record_count};
}
[[nodiscard]] inline std::span<partition_info_t const> records(partition_info_msg_t const& of) noexcept {
    return {of.partition_array, of.record_count};
}

/// The partition is one of those in the list `main,high`, which may be null.
[[nodiscard]] inline bool is_in(char const* list, std::string_view partition) noexcept {
    for (auto rest = std::string_view{list == nullptr ? "" : list}; !rest.empty();)
        if (take_until(rest, ',') == partition) return true;
    return false;
}

/// The names of the nodes of a partition; none where there is no such partition.
[[nodiscard]] inline std::vector<std::string> nodes_of(partition_info_msg_t const& all,
                                                       std::string_view partition) {
    for (auto const& one : records(all))
        if (one.name != nullptr && one.name == partition && one.nodes != nullptr)
            return slurm::expand_hosts(one.nodes).value_or(std::vector<std::string>{});
    return {};
}

} // namespace rota::libslurm

#endif
