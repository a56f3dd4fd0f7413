// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_UNITS_HPP
#define ROTA_CORE_UNITS_HPP

#include <cstdint>
#include <limits>
#include <type_traits>

#include <rota/core/config.hpp>

namespace rota {

/// A job's dense handle, given by the host at submission and never used again. The trace's own name stays
/// with the host.
enum class job_id : std::uint32_t {};

/// Position of a node in its cluster, 0-based and dense.
enum class node_id : std::uint32_t {};

/// Position of a rack in its cluster.
enum class rack_id : std::uint16_t {};

/// Position of a spine (a group of racks) in its cluster.
enum class spine_id : std::uint16_t {};

/// A GPU model of the cluster: 0-based position in cluster::spec::models, at most 32 of them.
enum class gpu_model : std::uint8_t {};

/// A size of instance that a GPU can be split into (MIG): its number in cluster::mig_sizes; 0 is none.
enum class mig_size : std::uint8_t {};

/// A node of the tenant tree. 0 is the root.
enum class tenant_id : std::uint16_t {};

/// A person who submits jobs; unknown_user where the trace does not say.
enum class user_id : std::uint32_t {};
inline constexpr user_id unknown_user{std::numeric_limits<std::uint32_t>::max()};

/// A point in time: milliseconds since the start of the trace.
enum class sim_time : std::int64_t {};

/// A span of time in milliseconds.
using millis = std::int64_t;

/// One thousandth of one GPU.
using gpu_milli = std::int32_t;
inline constexpr gpu_milli whole_gpu = 1000;

/// The time of what has not been planned.
inline constexpr sim_time never{std::numeric_limits<std::int64_t>::max()};

/// The number behind an id or a point in time.
template <class Id>
    requires std::is_enum_v<Id>
[[nodiscard]] ROTA_HOST_DEVICE constexpr auto index(Id id) noexcept {
    return static_cast<std::underlying_type_t<Id>>(id);
}

/// Later by `span`; never stays never, and what would pass the end of time is never.
[[nodiscard]] ROTA_HOST_DEVICE constexpr sim_time operator+(sim_time at, millis span) noexcept {
    if (at == never || (span > 0 && span > index(never) - index(at))) return never;
    return sim_time{index(at) + span};
}

[[nodiscard]] ROTA_HOST_DEVICE constexpr millis operator-(sim_time later, sim_time earlier) noexcept {
    return index(later) - index(earlier);
}

} // namespace rota

#endif
