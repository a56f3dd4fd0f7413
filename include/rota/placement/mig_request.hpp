// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_REQUEST_HPP
#define ROTA_PLACEMENT_MIG_REQUEST_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::placement {

/// Instances of one profile: all of them or nothing. They may lie on any GPUs, several on one.
struct mig_request {
    cluster::mig_kind kind = cluster::mig_kind::a100;
    std::uint8_t profile = 0; ///< by number, of the kind
    std::uint16_t count = 1;
    std::uint32_t cpu_milli = 0;           ///< an instance
    std::uint32_t mem_mib = 0;             ///< an instance
    std::uint32_t models = job::any_model; ///< bit m set: GPU model m will do

    /// It asks for something, of a profile that there is.
    [[nodiscard]] constexpr bool valid() const noexcept {
        return count != 0 && profile < cluster::mig_device_of(kind).profiles;
    }
    /// The node's GPUs can be split into what is asked for, and are of a model that will do.
    [[nodiscard]] bool accepts(cluster::mig_ledger const& on, node_id n) const noexcept {
        return accepts(on, on.whole().of(n).model);
    }
    [[nodiscard]] bool accepts(cluster::mig_ledger const& on, gpu_model model) const noexcept {
        return on.rule(model).kind == kind && (models >> index(model) & 1u) != 0;
    }

    friend bool operator==(mig_request const&, mig_request const&) = default;
};

/// How many instances of a profile a GPU holds that holds nothing else.
[[nodiscard]] inline int most_instances(cluster::mig_rule const& rule, int profile) {
    if (rule.listed.empty()) return std::popcount(cluster::mig_device_of(rule.kind).of[profile].starts);
    auto most = std::ptrdiff_t{0};
    for (auto const& one : rule.listed)
        most = std::max(most, std::count(one.begins, one.begins + cluster::mig_slices_max, profile + 1));
    return static_cast<int>(most);
}

/// An empty cluster with every node up and every GPU split could hold it.
///
/// Cost      O(models), with CPU or memory O(nodes).
[[nodiscard]] inline bool feasible(mig_request const& need, cluster::mig_ledger const& on) {
    if (!need.valid()) return false;
    auto room = std::int64_t{0};
    if ((need.cpu_milli | need.mem_mib) == 0) {
        for (auto m = 0; m != on.whole().models(); ++m)
            if (auto const model = static_cast<gpu_model>(m); need.accepts(on, model))
                room += on.whole().total_gpus(model) * most_instances(on.rule(model), need.profile);
        return room >= need.count;
    }
    for (auto n = std::uint32_t{0}; n != on.size(); ++n) {
        if (!need.accepts(on, node_id{n})) continue;
        auto const& node = on.whole().of(node_id{n});
        auto here = std::int64_t{node.gpus} * most_instances(on.rule(node_id{n}), need.profile);
        if (need.cpu_milli != 0) here = std::min<std::int64_t>(here, node.cpu_milli / need.cpu_milli);
        if (need.mem_mib != 0) here = std::min<std::int64_t>(here, node.mem_mib / need.mem_mib);
        room += here;
    }
    return room >= need.count;
}

} // namespace rota::placement

#endif
