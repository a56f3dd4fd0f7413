// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_OPENB_PODS_HPP
#define ROTA_TRACE_OPENB_PODS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// Pods as a packing study wants them: all of them, by name, without times.
struct pod_reading {
    std::vector<job::pod> pods; ///< by name
    reading said;               ///< models, tally and diagnostics; no workload
};

/// Pods of Alibaba's openb traces and of the lists made from them, `name,cpu_milli,memory_mib,num_gpu,gpu_milli`
/// and optionally `gpu_spec`. Times, qos and phase are not looked at.
///
/// Every pod is kept, also those that ask for no GPU or never ran. gpu_spec is resolved against the models of
/// options::cluster; a model that no node has is counted as `absent_model`.
/// Errors    E-FRACTION for gpu_milli outside 1 .. 1000, or below 1000 on several GPUs.
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023.
[[nodiscard]] inline pod_reading read_openb_pods(source const& from, options const& how = {}) {
    enum : std::size_t { name, cpu, mem, num_gpu, milli, gpu_spec };
    static constexpr auto columns = std::to_array<column>({{"name"},
                                                           {"cpu_milli"},
                                                           {"memory_mib"},
                                                           {"num_gpu"},
                                                           {"gpu_milli"},
                                                           {"gpu_spec", false},
                                                           {"qos", false},
                                                           {"pod_phase", false},
                                                           {"creation_time", false},
                                                           {"deletion_time", false},
                                                           {"scheduled_time", false}});
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    auto in = intake{from, how};
    auto& models = in.out().models;
    if (how.cluster != nullptr) models = how.cluster->models;
    auto rows = csv{in};
    auto out = pod_reading{};
    auto names = std::vector<std::string>{};
    if (rows.bind(columns)) {
        while (rows.next()) {
            auto pod = job::pod{};
            auto const id = read_id(in, rows[name]);
            pod.cpu_milli = static_cast<std::uint32_t>(read_whole(in, rows[cpu], 0, most));
            pod.mem_mib = static_cast<std::uint32_t>(read_whole(in, rows[mem], 0, most));
            auto const gpus = read_whole(in, rows[num_gpu], 0, std::numeric_limits<std::uint16_t>::max());
            auto const share = read_whole(in, rows[milli], 0, std::numeric_limits<std::int64_t>::max());
            if (gpus != 0 && (share < 1 || share > whole_gpu || (gpus > 1 && share != whole_gpu)))
                in.bad(rows[milli].at, "E-FRACTION",
                       detail::in_column(rows[milli]) +
                           (gpus > 1 ? "1000 on several GPUs" : "1 to 1000 thousandths of a GPU"));
            pod.gpus = static_cast<std::uint16_t>(gpus);
            if (gpus != 0) pod.milli = static_cast<std::uint16_t>(share);
            if (in.row_stands() && gpus != 0 && rows.given(gpu_spec))
                pod.models = detail::model_mask(in, rows[gpu_spec], models, how.cluster == nullptr);
            if (in.row_stands()) in.unique(id, rows[name].at);
            if (in.row_stands()) {
                out.pods.push_back(pod);
                names.emplace_back(id);
            }
            in.end_row();
        }
    }
    out.said = in.finish_rows("pod");
    if (!out.said.ok()) {
        out.pods.clear();
        return out;
    }
    auto order = std::vector<std::size_t>(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
    auto sorted = std::vector<job::pod>{};
    for (auto const i : order) sorted.push_back(out.pods[i]);
    out.pods = std::move(sorted);
    return out;
}

} // namespace rota::trace

#endif
