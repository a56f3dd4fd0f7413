// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_FEASIBLE_HPP
#define ROTA_TRACE_FEASIBLE_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>

namespace rota::trace {

/// What an idle cluster could hold at most, dimension by dimension. For the warning at load; the host's own
/// admission is exact.
class feasible {
public:
    explicit feasible(cluster::spec const& on) {
        for (auto const& node : on.nodes) {
            if (node.gpus == 0) continue;
            auto& model = models_[index(node.model) % models_.size()];
            model.splits = on.mig_of(node.model);
            auto const unless_zero = [](std::uint32_t has) {
                return has == 0 ? std::numeric_limits<std::uint32_t>::max() : has; // not declared: no limit
            };
            model.gpus += node.gpus;
            model.one_node = std::max(model.one_node, std::int64_t{node.gpus});
            model.cpu_milli = std::max(model.cpu_milli, unless_zero(node.cpu_milli));
            model.mem_mib = std::max(model.mem_mib, unless_zero(node.mem_mib));
        }
    }

    /// Why the request can never be held, with the tightest number; empty where it might be.
    [[nodiscard]] std::string obstacle(job::request const& need) const {
        auto most = capacity{};
        for (auto m = std::size_t{0}; m != models_.size(); ++m) {
            if (!need.accepts(static_cast<gpu_model>(m))) continue;
            if (need.split() && models_[m].splits != cluster::mig_entry_of(need.mig).kind) continue;
            most.gpus += models_[m].gpus;
            most.one_node = std::max(most.one_node, models_[m].one_node);
            most.cpu_milli = std::max(most.cpu_milli, models_[m].cpu_milli);
            most.mem_mib = std::max(most.mem_mib, models_[m].mem_mib);
        }
        auto const says = [](std::int64_t wants, std::string const& what, std::int64_t has) {
            return std::to_string(wants) + what + std::to_string(has);
        };
        auto const asked = std::int64_t{need.gpus_min};
        if (most.gpus == 0 && need.split())
            return std::string{"no node has a GPU of a model it accepts that can be split into "} +
                   cluster::mig_profile_of(need.mig).name;
        if (most.gpus == 0) return "no node has a GPU of a model it accepts";
        if (asked > most.gpus)
            return says(asked, " GPUs of a model it accepts, of which there are ", most.gpus);
        if (need.span == job::span::one_node && asked > most.one_node)
            return says(asked, " GPUs on one node, of at most ", most.one_node);
        if (need.cpu_milli > most.cpu_milli)
            return says(need.cpu_milli, " cpu_milli for one GPU, on nodes of at most ", most.cpu_milli);
        if (need.mem_mib > most.mem_mib)
            return says(need.mem_mib, " MiB for one GPU, on nodes of at most ", most.mem_mib);
        return {};
    }

private:
    struct capacity {
        std::int64_t gpus = 0;
        std::int64_t one_node = 0;
        std::uint32_t cpu_milli = 0;
        std::uint32_t mem_mib = 0;
        cluster::mig_kind splits = cluster::mig_kind::none;
    };

    std::array<capacity, cluster::models_max> models_{};
};

} // namespace rota::trace

#endif
