// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SHAPE_TABLE_HPP
#define ROTA_QUEUEING_SHAPE_TABLE_HPP

#include <cstdint>
#include <span>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/placement/node_fit.hpp>

namespace rota::queueing {

/// What a shape of request comes to on each GPU model that may hold it; worked out once a shape.
class shape_table {
public:
    struct row {
        gpu_model model{};
        placement::gang_shape gang;
    };

    /// The models that may hold the shape on as few nodes as its size allows, ascending.
    [[nodiscard]] std::span<row const> of(view const& v, std::uint32_t shape) { return rows(at(v, shape)); }
    /// It fits only where a model has as many nodes with enough free GPUs as `of` says.
    template <placement::policy Placement>
    [[nodiscard]] bool nodes_decide(view const& v, std::uint32_t shape) {
        return at(v, shape).whole && stays_together<Placement>(v, shape);
    }
    /// And while on no model more nodes have so many free GPUs than before, it fits no better than before.
    template <placement::policy Placement>
    [[nodiscard]] bool counters_decide(view const& v, std::uint32_t shape) {
        auto const& known = at(v, shape);
        return known.plain && known.span != job::span::one_rack && stays_together<Placement>(v, shape);
    }
    /// The policy places it on as few nodes as its size allows, or not at all.
    template <placement::policy Placement>
    [[nodiscard]] bool stays_together(view const& v, std::uint32_t shape) {
        auto const& known = at(v, shape);
        return known.span != job::span::anywhere ||
               (placement::is_compact<Placement>() && known.fits_together);
    }
    /// Whole GPUs only, whole nodes beyond one node, and kept together: an index of nodes, one by one, can say
    /// whether and when it fits.
    template <placement::policy Placement>
    [[nodiscard]] bool by_nodes(view const& v, std::uint32_t shape) {
        return at(v, shape).regular && stays_together<Placement>(v, shape);
    }
    /// placement::may_fit, from what is remembered of the shape.
    template <placement::policy Placement>
    [[nodiscard]] bool may_fit(view const& v, std::uint32_t shape, cluster::ledger const& free) {
        auto const& known = at(v, shape);
        auto const together = placement::is_compact<Placement>() || known.span != job::span::anywhere;
        for (auto const& [model, gang] : rows(known)) {
            if (!known.whole) return true;
            if (free.free_gpus(model) < known.gpus) continue;
            if (!together) return true;
            if (placement::enough_nodes(gang, known.span, free, model)) return true;
        }
        return known.span == job::span::anywhere && together && !known.fits_together;
    }

private:
    struct entry {
        std::uint32_t first = 0;
        std::uint16_t count = 0;
        std::uint16_t gpus = 0;
        job::span span{};
        bool plain = false;
        bool regular = false;
        bool whole = false;
        bool fits_together = false;
    };
    [[nodiscard]] std::span<row const> rows(entry const& known) const noexcept {
        return {rows_.data() + known.first, known.count};
    }
    entry const& at(view const& v, std::uint32_t shape) {
        if (entries_.size() <= shape) learn(v, shape);
        return entries_[shape];
    }
    void learn(view const& v, std::uint32_t shape) {
        while (entries_.size() <= shape) {
            auto const& need = v.request_of(static_cast<std::uint32_t>(entries_.size()));
            auto const plain = placement::plain(need);
            auto fresh = entry{.first = static_cast<std::uint32_t>(rows_.size()),
                               .gpus = need.gpus_max,
                               .span = need.span,
                               .plain = plain,
                               .regular = plain,
                               .whole = need.whole(),
                               .fits_together = placement::fits_together(need, v.free())};
            for (auto m = 0; m != v.free().models(); ++m) {
                auto const model = static_cast<gpu_model>(m);
                auto const largest = v.free().largest(model);
                if (!need.accepts(model) || largest == 0) continue;
                auto const gang = placement::compact_shape(need.gpus_max, largest);
                if (gang.rest != 0) fresh.regular = false;
                if (gang.nodes() > 1 && need.span == job::span::one_node) continue;
                rows_.push_back({model, gang});
                ++fresh.count;
            }
            entries_.push_back(fresh);
        }
    }

    std::vector<entry> entries_; ///< [shapes]
    std::vector<row> rows_;
};

} // namespace rota::queueing

#endif
