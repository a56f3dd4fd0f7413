// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SHAPE_TABLE_HPP
#define ROTA_QUEUEING_SHAPE_TABLE_HPP

#include <cstdint>
#include <span>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/node_fit.hpp>

namespace rota::queueing {

/// What a shape of request comes to on each GPU model that may hold it; worked out once a shape.
class shape_table {
public:
    struct row {
        gpu_model model{};
        std::uint32_t counters = 0; ///< bit k: it depends on how many nodes have k free GPUs
        placement::gang_shape gang;
    };

    /// The models that may hold the shape on as few nodes as its size allows, ascending.
    [[nodiscard]] std::span<row const> of(view const& v, std::uint32_t shape) {
        auto const& known = at(v, shape);
        return {rows_.data() + known.first, known.count};
    }
    /// Whole GPUs only, and whole nodes beyond one node.
    [[nodiscard]] bool regular(view const& v, std::uint32_t shape) { return at(v, shape).regular; }

private:
    struct entry {
        std::uint32_t first = 0;
        std::uint16_t count = 0;
        bool regular = false;
    };
    entry const& at(view const& v, std::uint32_t shape) {
        while (entries_.size() <= shape) {
            auto const& need = v.request_of(static_cast<std::uint32_t>(entries_.size()));
            auto fresh = entry{static_cast<std::uint32_t>(rows_.size()), 0, placement::plain(need)};
            for (auto m = 0; m != v.free().models(); ++m) {
                auto const model = static_cast<gpu_model>(m);
                auto const largest = v.free().largest(model);
                if (!need.accepts(model) || largest == 0) continue;
                auto const gang = placement::compact_shape(need.gpus_max, largest);
                if (gang.rest != 0) fresh.regular = false;
                if (gang.nodes() > 1 && need.span == job::span::one_node) continue;
                auto const counters = (1u << gang.each) | (gang.rest != 0 ? 1u << gang.rest : 0u);
                rows_.push_back({model, counters, gang});
                ++fresh.count;
            }
            entries_.push_back(fresh);
        }
        return entries_[shape];
    }

    std::vector<entry> entries_; ///< [shapes]
    std::vector<row> rows_;
};

} // namespace rota::queueing

#endif
