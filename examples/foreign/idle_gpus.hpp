// SPDX-License-Identifier: BSL-1.0
#ifndef EXAMPLES_FOREIGN_IDLE_GPUS_HPP
#define EXAMPLES_FOREIGN_IDLE_GPUS_HPP

#include <cstddef>
#include <cstdint>

#include <rota/cluster/placement.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

namespace foreign {

[[nodiscard]] inline rota::node_id node(std::size_t n) { return static_cast<rota::node_id>(n); }

/// The first idle GPUs of a node, for schedulers that count GPUs and do not name them.
[[nodiscard]] inline rota::cluster::slice idle_gpus(rota::view const& v, std::size_t n, int count) {
    auto out = rota::cluster::slice{.node = node(n)};
    auto const& free = v.free();
    for (auto g = 0; g != free.of(out.node).gpus && out.count() < count; ++g)
        if (free.state().free_milli(out.node, g) == rota::whole_gpu)
            out.gpus = static_cast<std::uint16_t>(out.gpus | 1u << g);
    return out;
}

} // namespace foreign

#endif
