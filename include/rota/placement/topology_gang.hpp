// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TOPOLOGY_GANG_HPP
#define ROTA_PLACEMENT_TOPOLOGY_GANG_HPP

#include <cstdint>
#include <limits>
#include <vector>

#include <rota/job/request.hpp>

namespace rota::placement {

/// So many equal pods: each lies on one node and holds each.gpus_max GPUs of it.
struct pod_kind {
    job::request each;
    std::uint32_t count = 1; ///< wanted
    std::uint32_t least = 1; ///< without which the gang is nothing, 1 .. count

    friend bool operator==(pod_kind const&, pod_kind const&) = default;
};

/// A gang of pods that says how far it may be spread over a tree of domains, in levels of that tree.
///
/// Meaning   It lies in one domain of the level `required`, and in one of a lower level from `preferred` on where
/// that can be. Each `slice` pods lie in one domain of the level `slice_level`. All `least` pods or none; what
/// is wanted beyond follows as far as there is room in the same domain.
/// Expects   pods that hold a GPU each; counts that are multiples of the slice, and slice_level a level of the
/// tree; slices only with one kind of pods; one share for all kinds.
struct topology_gang {
    static constexpr auto cluster_level = std::numeric_limits<std::uint32_t>::max();

    std::vector<pod_kind> kinds;
    std::uint32_t required = cluster_level; ///< at most the level of the cluster
    std::uint32_t preferred = 0;
    std::uint32_t slice = 1;
    std::uint32_t slice_level = 0;

    friend bool operator==(topology_gang const&, topology_gang const&) = default;
};

/// `count` pods of `gpus` whole GPUs.
[[nodiscard]] inline topology_gang pods_of(std::uint32_t count, int gpus) {
    return {.kinds = {{.each = job::gang(gpus), .count = count, .least = count}}};
}

} // namespace rota::placement

#endif
