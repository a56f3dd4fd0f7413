// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_OPENB_HPP
#define ROTA_TRACE_OPENB_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/checked.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

/// The models a pod accepts, as a mask over `models`. Where `open`, a model not met before is added.
inline std::uint32_t model_mask(intake& in, cell const& what, std::vector<std::string>& models, bool open) {
    auto mask = std::uint32_t{0};
    auto rest = what.text;
    for (;;) {
        auto const bar = rest.find('|');
        auto const name = rest.substr(0, bar);
        auto const at =
            static_cast<std::size_t>(std::find(models.begin(), models.end(), name) - models.begin());
        if (name.empty()) {
            in.bad(what.at, "E-ENUM", in_column(what) + "GPU models between '|'");
        } else if (at != models.size()) {
            mask |= 1u << at;
        } else if (!open) {
            in.count("absent_model");
        } else if (models.size() == cluster::models_max) {
            in.bad(what.at, "E-OVERFLOW", in_column(what) + "at most 32 different GPU models");
        } else {
            mask |= 1u << at;
            models.emplace_back(name);
        }
        if (bar == std::string_view::npos) return mask;
        rest.remove_prefix(bar + 1);
    }
}

} // namespace detail

/// Pods of Alibaba's openb trace: `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,` and
/// `creation_time,deletion_time,scheduled_time` in seconds.
///
/// Submit is the creation, duration the deletion minus the scheduling. A pod that was never scheduled has no
/// duration: dropped as `pending`. CPU and memory are shared out over the pod's GPUs, rounded up. gpu_spec is
/// resolved against the models of options::cluster; without one the models are listed as they come. A pod
/// still running at the snapshot counts as completed; qos is checked, not used.
/// Errors    E-FRACTION for gpu_milli outside 1 .. 1000, or below 1000 on several GPUs.
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023.
[[nodiscard]] inline reading read_openb(source const& from, options const& how = {}) {
    enum : std::size_t { name, cpu, mem, num_gpu, milli, gpu_spec, qos, phase, created, deleted, scheduled };
    static constexpr auto columns = std::to_array<column>({{"name"},
                                                           {"cpu_milli"},
                                                           {"memory_mib"},
                                                           {"num_gpu"},
                                                           {"gpu_milli"},
                                                           {"gpu_spec", false},
                                                           {"qos", false},
                                                           {"pod_phase"},
                                                           {"creation_time"},
                                                           {"deletion_time"},
                                                           {"scheduled_time"}});
    static constexpr auto classes = std::to_array<std::string_view>({"LS", "BE", "Burstable", "Guaranteed"});
    static constexpr auto phases =
        std::to_array<std::string_view>({"Running", "Succeeded", "Failed", "Pending"});
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    auto in = intake{from, how};
    auto& models = in.out().models;
    if (how.cluster != nullptr) models = how.cluster->models;
    auto rows = csv{in};
    if (!rows.bind(columns)) return in.finish();
    while (rows.next()) {
        auto job = record{};
        auto& need = job.spec.need;
        job.at = rows[name].at;
        job.id = read_id(in, rows[name]);
        auto const creation = read_instant(in, rows[created], unit::s, repair::negative_submit);
        job.spec.submit = sim_time{creation};
        auto const phase_at = read_word(in, rows[phase], phases);
        job.work.ends = phase_at == 2 ? job::outcome::failed : job::outcome::completed;
        if (rows.given(qos)) static_cast<void>(read_word(in, rows[qos], classes));
        auto const gpus = read_gpus(in, rows[num_gpu]);
        need = job::gang(gpus);
        auto const share = read_whole(in, rows[milli], 0, std::numeric_limits<std::int64_t>::max());
        auto const cpu_milli = read_whole(in, rows[cpu], 0, most);
        auto const mem_mib = read_whole(in, rows[mem], 0, most);
        if (gpus != 0) {
            if (share < 1 || share > whole_gpu || (gpus > 1 && share != whole_gpu))
                in.bad(rows[milli].at, "E-FRACTION",
                       detail::in_column(rows[milli]) +
                           (gpus > 1 ? "1000 on several GPUs" : "1 to 1000 thousandths of a GPU"));
            need.milli = need.milli_min = static_cast<std::uint16_t>(share);
            need.cpu_milli = static_cast<std::uint32_t>(divide_up(cpu_milli, gpus));
            need.mem_mib = static_cast<std::uint32_t>(divide_up(mem_mib, gpus));
        }
        if (rows.given(scheduled)) {
            auto const start = read_instant(in, rows[scheduled]);
            auto const end = read_instant(in, rows[deleted]);
            expect_order(in, rows[created], creation, rows[scheduled], start);
            expect_order(in, rows[scheduled], start, rows[deleted], end);
            job.work.duration_ms = end - start;
        } else {
            in.drop("pending");
        }
        if (in.row_stands() && rows.given(gpu_spec))
            need.models = detail::model_mask(in, rows[gpu_spec], models, how.cluster == nullptr);
        if (in.row_stands() && phase_at == 0) in.count("running_at_snapshot");
        in.end_row(job);
    }
    return in.finish();
}

/// Nodes of Alibaba's openb trace: `sn,cpu_milli,memory_mib,gpu,model`. All in one rack: it names none.
///
/// The models are numbered in order of appearance. A node without GPUs is kept.
[[nodiscard]] inline reading read_openb_nodes(source const& from, options const& how = {}) {
    enum : std::size_t { sn, cpu, mem, gpu, model };
    static constexpr auto columns =
        std::to_array<column>({{"sn"}, {"cpu_milli"}, {"memory_mib"}, {"gpu"}, {"model"}});
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    auto in = intake{from, how};
    auto rows = csv{in};
    auto made = cluster::spec{};
    made.models.clear();
    if (!rows.bind(columns)) return in.finish_rows("node");
    while (rows.next()) {
        auto node = cluster::node{};
        auto const id = read_id(in, rows[sn]);
        node.gpus = static_cast<std::uint8_t>(read_whole(in, rows[gpu], 0, cluster::gpus_per_node_max));
        node.cpu_milli = static_cast<std::uint32_t>(read_whole(in, rows[cpu], 0, most));
        node.mem_mib = static_cast<std::uint32_t>(read_whole(in, rows[mem], 0, most));
        if (node.gpus != 0 && in.row_stands()) {
            auto const mask = detail::model_mask(in, rows[model], made.models, true);
            if (rows[model].text.find('|') != std::string_view::npos)
                in.bad(rows[model].at, "E-ENUM", detail::in_column(rows[model]) + "one GPU model");
            node.model = static_cast<gpu_model>(mask == 0 ? 0 : std::countr_zero(mask));
        }
        if (in.row_stands()) in.unique(id, rows[sn].at);
        if (in.row_stands()) {
            made.nodes.push_back(node);
            made.names.emplace_back(id);
        }
        in.end_row();
    }
    if (made.models.empty()) made.models.emplace_back("gpu");
    in.out().models = made.models;
    in.out().cluster = std::move(made);
    return in.finish_rows("node");
}

} // namespace rota::trace

#endif
