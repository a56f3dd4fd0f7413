// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_SHAPE_TABLE_HPP
#define ROTA_QUEUEING_SHAPE_TABLE_HPP

#include <array>
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
        std::uint32_t counters = 0; ///< bit k: it depends on how many nodes have k free GPUs
        placement::gang_shape gang;
    };

    /// The models that may hold the shape on as few nodes as its size allows, ascending.
    [[nodiscard]] std::span<row const> of(view const& v, std::uint32_t shape) { return rows(at(v, shape)); }
    /// The counters of the model on which one of the first `shapes` shapes depends, perhaps a few more.
    [[nodiscard]] std::uint32_t counters(view const& v, std::uint32_t shapes, std::size_t model) {
        if (entries_.size() < shapes) learn(v, shapes - 1);
        return counters_[model];
    }
    /// A set of node counters, some of which nobody can tell apart.
    using counter_set = std::uint64_t;
    /// Stands in the set of a shape that may come to fit though no counter rises.
    static constexpr counter_set uncounted = counter_set{1} << 63;
    [[nodiscard]] static constexpr counter_set counter(std::size_t model, std::size_t k) noexcept {
        return counter_set{1} << (model * (cluster::gpus_per_node_max + 1) + k) % 63;
    }
    /// While none of these has risen, it fits no better than before.
    template <placement::policy Placement>
    [[nodiscard]] counter_set depends_on(view const& v, std::uint32_t shape) {
        auto const& known = at(v, shape);
        return placement::is_compact<Placement>() ? known.counters_if_compact : known.counters;
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
        auto const& known = at(v, shape);
        return known.regular && (known.span != job::span::anywhere ||
                                 (placement::is_compact<Placement>() && known.fits_together));
    }
    /// placement::may_fit, from what is remembered of the shape.
    template <placement::policy Placement>
    [[nodiscard]] bool may_fit(view const& v, std::uint32_t shape, cluster::ledger const& free) {
        auto const& known = at(v, shape);
        auto const together = placement::is_compact<Placement>() || known.span != job::span::anywhere;
        for (auto const& [model, counters, gang] : rows(known)) {
            if (!known.whole) return true;
            if (free.free_gpus(model) < known.gpus) continue;
            if (!together) return true;
            if (placement::enough_nodes(gang, known.span, free, model)) return true;
        }
        return known.span == job::span::anywhere && together && !known.fits_together;
    }

private:
    struct entry {
        counter_set counters = uncounted;
        counter_set counters_if_compact = uncounted;
        std::uint32_t first = 0;
        std::uint16_t count = 0;
        std::uint16_t gpus = 0;
        job::span span{};
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
            auto fresh = entry{.first = static_cast<std::uint32_t>(rows_.size()),
                               .gpus = need.gpus_max,
                               .span = need.span,
                               .regular = placement::plain(need),
                               .whole = need.whole(),
                               .fits_together = placement::fits_together(need, v.free())};
            auto const counted = fresh.regular && need.span != job::span::one_rack;
            auto all = counter_set{0};
            for (auto m = 0; m != v.free().models(); ++m) {
                auto const model = static_cast<gpu_model>(m);
                auto const largest = v.free().largest(model);
                if (!need.accepts(model) || largest == 0) continue;
                auto const gang = placement::compact_shape(need.gpus_max, largest);
                if (gang.rest != 0) fresh.regular = false;
                if (gang.nodes() > 1 && need.span == job::span::one_node) continue;
                auto const counters = (1u << gang.each) | (gang.rest != 0 ? 1u << gang.rest : 0u);
                counters_[index(model)] |= counters;
                all |= counter(index(model), static_cast<std::size_t>(gang.each));
                if (gang.rest != 0) all |= counter(index(model), static_cast<std::size_t>(gang.rest));
                rows_.push_back({model, counters, gang});
                ++fresh.count;
            }
            if (counted && need.span != job::span::anywhere) fresh.counters = all;
            if (counted && (need.span != job::span::anywhere || fresh.fits_together))
                fresh.counters_if_compact = all;
            entries_.push_back(fresh);
        }
    }

    std::vector<entry> entries_; ///< [shapes]
    std::vector<row> rows_;
    std::array<std::uint32_t, cluster::models_max> counters_{}; ///< bit k: nodes with k free GPUs
};

} // namespace rota::queueing

#endif
