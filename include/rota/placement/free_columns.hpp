// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_FREE_COLUMNS_HPP
#define ROTA_PLACEMENT_FREE_COLUMNS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// What is free of each node, an array of 32-bit numbers for each resource, so that a compiler turns a loop
/// over nodes into vector instructions.
///
/// Shape     six numbers a node, filled up to whole blocks with nodes that take nothing.
class free_columns {
public:
    static constexpr std::uint32_t block = 256;

    /// The weighted sum of a node, or the largest number where it does not take the pod. No branches.
    template <class Sum>
    class keys {
    public:
        static constexpr auto none = std::numeric_limits<Sum>::max();

        [[nodiscard]] Sum operator()(std::size_t n) const noexcept {
            auto const short_of = (cpu_[n] < least_cpu_) | (mem_[n] < least_mem_) | (gpu_[n] < least_gpu_) |
                                  ((model_[n] & models_) == 0);
            auto const bad = static_cast<Sum>(-static_cast<Sum>(short_of));
            auto const sum = by_cpu_ * cpu_[n] + by_free_ * free_[n] + by_whole_ * whole_[n];
            return (sum & ~bad) | (none & bad);
        }

    private:
        friend class free_columns;
        std::int32_t const *cpu_, *mem_, *gpu_, *model_, *free_, *whole_;
        std::int32_t least_cpu_, least_mem_, least_gpu_, models_;
        Sum by_cpu_, by_free_, by_whole_;
    };

    explicit free_columns(state_table const& nodes) : nodes_{&nodes} {
        for (auto& column : columns_) column.assign(blocks() * std::size_t{block}, 0);
        for (auto n = std::uint32_t{0}; n != nodes.size(); ++n) changed(node_id{n});
    }

    [[nodiscard]] std::uint32_t blocks() const noexcept { return (nodes_->size() + block - 1) / block; }

    void changed(node_id n) noexcept {
        auto const& on = (*nodes_)[n];
        auto row = std::array<std::int32_t, names>{};
        row[cpu] = static_cast<std::int32_t>(on.cpu_milli);
        row[mem] = static_cast<std::int32_t>(on.mem_mib);
        for (auto g = 0; g != on.gpus; ++g) {
            row[free] += on.milli[g];
            row[whole] += on.milli[g] == whole_gpu;
            row[largest] = std::max<std::int32_t>(row[largest], on.milli[g]);
        }
        if (nodes_->admits_one_more(n)) row[model] = static_cast<std::int32_t>(1u << index(on.model));
        for (auto c = std::size_t{0}; c != names; ++c) {
            columns_[c][index(n)] = row[c];
            most_[c] = std::max(most_[c], row[c]);
        }
    }

    /// The columns can tell whether the pod fits; not so for equal shares of several GPUs and for predicates.
    [[nodiscard]] static bool can_tell(job::pod const& need) noexcept {
        constexpr auto most = std::uint32_t{std::numeric_limits<std::int32_t>::max()};
        return (need.gpus <= 1 || need.milli == whole_gpu) && need.cpu_milli <= most &&
               need.mem_mib <= most && need.predicates == 0;
    }
    /// No sum of any node needs more than 31 bits.
    [[nodiscard]] bool narrow(free_weights const& by) const noexcept {
        auto room = std::int64_t{std::numeric_limits<std::int32_t>::max()} - 1;
        auto const spend = [&room](std::int64_t weight, std::int32_t value) {
            auto const size = weight < 0 ? -weight : weight;
            room -= std::min(size, room + 1) * std::max(value, 1); // at most 2^62
        };
        spend(by.cpu_milli, most_[cpu]);
        if (room >= 0) spend(by.gpu_milli, most_[free]);
        if (room >= 0) spend(by.whole_gpus, most_[whole]);
        return room >= 0;
    }
    /// Expects   can_tell(need), and narrow(by) where Sum has 32 bits.
    template <class Sum>
    [[nodiscard]] keys<Sum> under(job::pod const& need, free_weights const& by) const noexcept {
        auto made = keys<Sum>{};
        made.cpu_ = columns_[cpu].data();
        made.mem_ = columns_[mem].data();
        made.gpu_ = columns_[need.milli == whole_gpu ? whole : largest].data();
        made.model_ = columns_[model].data();
        made.free_ = columns_[free].data();
        made.whole_ = columns_[whole].data();
        made.least_cpu_ = static_cast<std::int32_t>(need.cpu_milli);
        made.least_mem_ = static_cast<std::int32_t>(need.mem_mib);
        made.least_gpu_ = need.milli == whole_gpu ? need.gpus : need.milli;
        made.models_ = static_cast<std::int32_t>(need.gpus == 0 ? ~0u : need.models);
        made.by_cpu_ = static_cast<Sum>(by.cpu_milli);
        made.by_free_ = static_cast<Sum>(by.gpu_milli);
        made.by_whole_ = static_cast<Sum>(by.whole_gpus);
        return made;
    }

private:
    enum name : std::size_t { cpu, mem, free, whole, largest, model, names };

    state_table const* nodes_;
    std::array<std::vector<std::int32_t>, names> columns_;
    std::array<std::int32_t, names> most_{}; ///< the largest value that a column has had
};

} // namespace rota::placement

#endif
