// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CLUSTER_SPEC_HPP
#define ROTA_TRACE_CLUSTER_SPEC_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// A cluster in the form of the Tiresias simulator, one row:
/// `num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node`; a switch is a rack.
///
/// Cores and gigabytes are of one node; without them the nodes declare none.
/// Source    J. Gu et al., "Tiresias: A GPU Cluster Manager for Distributed Deep Learning", NSDI 2019.
[[nodiscard]] inline reading read_cluster_spec(source const& from, options const& how = {}) {
    enum : std::size_t { num_switch, num_node, num_gpu, num_cpu, mem };
    static constexpr auto columns = std::to_array<column>({{"num_switch"},
                                                           {"num_node_p_switch"},
                                                           {"num_gpu_p_node"},
                                                           {"num_cpu_p_node", false},
                                                           {"mem_p_node", false}});
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    auto in = intake{from, how};
    auto rows = csv{in};
    if (!rows.bind(columns)) return in.finish_rows("row");
    while (rows.next()) {
        auto const switches = read_whole(in, rows[num_switch], 1, racks_max);
        auto const nodes = read_whole(in, rows[num_node], 1, nodes_max / switches);
        auto const gpus = read_whole(in, rows[num_gpu], 1, cluster::gpus_per_node_max);
        auto const cores = rows.given(num_cpu) ? read_whole(in, rows[num_cpu], 0, most / 1000) : 0;
        auto const gigabytes = rows.given(mem) ? read_whole(in, rows[mem], 0, most / 1024) : 0;
        if (in.out().cluster)
            in.bad(rows[num_switch].at, "E-ROWS", "read a second row, expected the cluster in one");
        if (in.row_stands())
            in.out().cluster =
                cluster::uniform(static_cast<std::uint32_t>(switches), static_cast<std::uint32_t>(nodes),
                                 static_cast<std::uint8_t>(gpus), static_cast<std::uint32_t>(cores * 1000),
                                 static_cast<std::uint32_t>(gigabytes * 1024));
        in.end_row();
    }
    return in.finish_rows("row");
}

} // namespace rota::trace

#endif
