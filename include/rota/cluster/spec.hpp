// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_SPEC_HPP
#define ROTA_CLUSTER_SPEC_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

inline constexpr int gpus_per_node_max = 16;
inline constexpr int models_max = 32;

/// What one node is made of and where it stands. It does not change; what is free of it is the ledger's.
struct node {
    std::uint8_t gpus = 8;       ///< 0 .. gpus_per_node_max
    gpu_model model{};           ///< position in spec::models
    std::uint32_t cpu_milli = 0; ///< thousandths of a core
    std::uint32_t mem_mib = 0;
    rack_id rack{};
    spine_id spine{};

    friend bool operator==(node const&, node const&) = default;
};

/// A cluster: its nodes, in the order of their ids, and the names of its GPU models.
///
/// The tree is node < rack < spine; a rack lies under one spine.
struct spec {
    std::vector<node> nodes;
    std::vector<std::string> models{"gpu"};
    std::vector<std::string> names; ///< of the nodes, as the source gave them; may be empty
    std::vector<mig_kind> mig;      ///< how GPUs of each model can be split; those beyond its end cannot

    [[nodiscard]] mig_kind mig_of(gpu_model model) const noexcept {
        return index(model) < mig.size() ? mig[index(model)] : mig_kind::none;
    }

    [[nodiscard]] std::int64_t gpus() const noexcept {
        auto sum = std::int64_t{0};
        for (auto const& one : nodes) sum += one.gpus;
        return sum;
    }
    [[nodiscard]] std::uint32_t racks() const noexcept {
        auto count = std::uint32_t{0};
        for (auto const& one : nodes)
            if (index(one.rack) >= count) count = index(one.rack) + 1u;
        return count;
    }

    friend bool operator==(spec const&, spec const&) = default;
};

/// `racks` racks of `nodes_a_rack` equal nodes, all under one spine, one GPU model.
[[nodiscard]] inline spec uniform(std::uint32_t racks, std::uint32_t nodes_a_rack, std::uint8_t gpus_a_node,
                                  std::uint32_t cpu_milli = 0, std::uint32_t mem_mib = 0) {
    auto made = spec{};
    made.nodes.reserve(std::size_t{racks} * nodes_a_rack);
    for (auto rack = std::uint32_t{0}; rack != racks; ++rack)
        for (auto i = std::uint32_t{0}; i != nodes_a_rack; ++i)
            made.nodes.push_back({.gpus = gpus_a_node,
                                  .model = {},
                                  .cpu_milli = cpu_milli,
                                  .mem_mib = mem_mib,
                                  .rack = static_cast<rack_id>(rack),
                                  .spine = {}});
    return made;
}

} // namespace rota::cluster

#endif
