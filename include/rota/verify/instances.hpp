// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_INSTANCES_HPP
#define ROTA_VERIFY_INSTANCES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::verify {

/// What instances a log has put on which GPUs, slice by slice: more than one where it does what it must not.
class split_gpus {
public:
    struct gpu {
        std::array<int, cluster::mig_slices_max> slices{}; ///< instances that have each
        int compute = 0;                                   ///< slices, of all instances
        int milli = 0;                                     ///< of all instances
    };

    [[nodiscard]] bool none() const noexcept { return all_.empty(); }
    [[nodiscard]] gpu of(std::size_t node, int which) const {
        auto const found = all_.find({node, which});
        return found == all_.end() ? gpu{} : found->second;
    }
    /// Expects   instances.
    void hold(cluster::slice const& part, int sign) {
        auto const& profile = cluster::mig_profile_of(part.mig());
        for (auto g = 0; g != cluster::gpus_per_node_max; ++g) {
            if ((part.gpus >> g & 1) == 0) continue;
            auto& here = all_[{index(part.node), g}];
            for (auto s = part.start(); s < std::min(part.start() + profile.size, cluster::mig_slices_max);
                 ++s)
                here.slices[static_cast<std::size_t>(s)] += sign;
            here.compute += sign * profile.compute;
            here.milli += sign * part.share();
        }
    }

private:
    std::map<std::pair<std::size_t, int>, gpu> all_; ///< by node, GPU; those that were ever split
};

/// S1 of a slice that has just been given out, on one of its GPUs: what is wrong with it, or null.
/// `milli` is all that is held of the GPU.
[[nodiscard]] inline char const* split_fault(cluster::spec const& cluster, cluster::slice const& part,
                                             split_gpus::gpu const& gpu, int milli) {
    auto const kind = cluster.mig_of(cluster.nodes[index(part.node)].model);
    if (part.mig() != mig_size{}) {
        auto const entry = cluster::mig_entry_of(part.mig());
        if (entry.kind != kind) return "instances that its model cannot be split into";
        auto const& profile = cluster::mig_profile_of(part.mig());
        if ((profile.starts >> part.start() & 1) == 0) return "an instance where none may begin";
    }
    if (milli != gpu.milli && gpu.milli != 0) return "instances beside a whole or a share";
    if (std::any_of(gpu.slices.begin(), gpu.slices.end(), [](int held) { return held > 1; }))
        return "a memory slice in two instances";
    if (gpu.compute > cluster::mig_device_of(kind).compute && gpu.milli != 0)
        return "more compute slices than it has";
    return nullptr;
}

/// What room(open_at) says, at its most over the starts of the size. open_at(gpu): an instance may begin there.
/// Meaning   free(gpu, slice): nobody has that memory slice, nor a whole or a share of the GPU.
template <class Free, class Room>
[[nodiscard]] int room_for_instances(cluster::spec const& cluster, job::request const& need, std::size_t node,
                                     Free free, Room room) {
    auto most = 0;
    if (cluster::mig_entry_of(need.mig).kind != cluster.mig_of(cluster.nodes[node].model)) return most;
    auto const& profile = cluster::mig_profile_of(need.mig);
    for (auto start = 0; start != cluster::mig_slices_max; ++start) {
        if ((profile.starts >> start & 1) == 0) continue;
        most = std::max(most, room([&](int g) {
                            auto open = true;
                            for (auto s = start; s != start + profile.size; ++s) open = open && free(g, s);
                            return open;
                        }));
    }
    return most;
}

} // namespace rota::verify

#endif
