// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TORUS_HPP
#define ROTA_PLACEMENT_TORUS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/core/config.hpp>

namespace rota::placement {

/// Nodes along the three axes of a torus, or of a block of it.
using extent = std::array<std::uint32_t, 3>;

/// A 3-D torus of nodes in which a gang gets a block of one of the given shapes, at one of its anchors, so that
/// its traffic stays inside.
///
/// A shape's anchors stand its own lengths apart from (0, 0, 0) on; where a length does not divide the torus, the
/// last block wraps around. Node (x, y, z) has the number (z * Y + y) * X + x. A node that is down is in use.
/// Meaning   best(): the free anchor that touches the fewest wholly free anchors of the next larger shape, the
/// lowest of equals.
/// Cost      best(): a few words of a bitmap, and one for each 4,096 anchors. A change: O(shapes); where it makes a
/// block free or ends that, a step for each block of the next smaller shape that this one touches. Memory a bit for
/// each anchor and each number of larger blocks that one may touch.
/// Source    SchedMD, Slurm 26.05, topology/torus3d: administrator's shapes with anchors, fragmentation cost by the
/// next larger shape. differs: one torus, nodes without weights.
class torus {
public:
    /// Expects   shapes in the order of their sizes, none longer than the torus along an axis.
    torus(extent size, std::vector<extent> const& shapes) : size_{size}, in_use_(volume(size)) {
        for (auto const& length : shapes) {
            auto& made = rows_.emplace_back();
            made.length = length;
            for (auto a = std::size_t{0}; a != 3; ++a) {
                ROTA_EXPECTS(length[a] != 0 && length[a] <= size_[a], "a shape fits the torus");
                made.anchors[a] = (size_[a] + length[a] - 1) / length[a];
            }
            made.busy.resize(volume(made.anchors));
            made.breaks.resize(volume(made.anchors));
        }
        for (auto s = std::size_t{0}; s != rows_.size(); ++s) {
            if (s + 1 != rows_.size()) meet(rows_[s], rows_[s + 1]);
            auto& of = rows_[s];
            auto const most = of.breaks.empty() ? 0u : *std::max_element(of.breaks.begin(), of.breaks.end());
            of.open.assign(most + std::size_t{1}, cluster::bitmap{of.busy.size()});
            of.population.assign(of.open.size(), 0);
            for (auto anchor = std::uint32_t{0}; anchor != of.busy.size(); ++anchor) of.enter(anchor);
        }
    }

    [[nodiscard]] std::uint32_t nodes() const noexcept { return volume(size_); }
    /// The nodes of a shape's block at an anchor.
    [[nodiscard]] std::vector<std::uint32_t> block(std::size_t shape, std::uint32_t anchor) const {
        auto const& length = rows_[shape].length;
        auto const at = position(anchor, rows_[shape].anchors);
        auto made = std::vector<std::uint32_t>{};
        for (auto i = std::uint32_t{0}; i != volume(length); ++i) {
            auto const in = position(i, length);
            auto place = extent{};
            for (auto a = std::size_t{0}; a != 3; ++a) place[a] = (at[a] * length[a] + in[a]) % size_[a];
            made.push_back(number(place, size_));
        }
        return made;
    }
    /// The best free anchor of the shape, if one is free.
    [[nodiscard]] std::optional<std::uint32_t> best(std::size_t shape) const noexcept {
        auto const& of = rows_[shape];
        for (auto breaks = std::size_t{0}; breaks != of.open.size(); ++breaks)
            if (of.population[breaks] != 0) return of.open[breaks].next(0);
        return {};
    }
    void set_in_use(std::uint32_t node, bool in_use) noexcept {
        if ((in_use_[node] != 0) == in_use) return;
        in_use_[node] = in_use;
        for (auto s = std::size_t{0}; s != rows_.size(); ++s)
            each_anchor(rows_[s], node, [&](std::uint32_t anchor) {
                auto& busy = rows_[s].busy[anchor];
                if (in_use && busy++ == 0) turn(s, anchor, false);
                if (!in_use && --busy == 0) turn(s, anchor, true);
            });
    }
    /// Wholly free anchors of the next larger shape that the block touches.
    [[nodiscard]] std::uint32_t broken(std::size_t shape, std::uint32_t anchor) const noexcept {
        return rows_[shape].breaks[anchor];
    }
    [[nodiscard]] std::uint32_t anchors_of(std::size_t shape) const noexcept {
        return static_cast<std::uint32_t>(rows_[shape].busy.size());
    }

private:
    /// Of each place along an axis those of another shape that share nodes with it.
    using neighbours = std::vector<std::vector<std::uint32_t>>;
    struct row {
        extent length{};
        extent anchors{};
        std::vector<std::uint32_t> busy;   ///< [anchors] nodes in use
        std::vector<std::uint32_t> breaks; ///< [anchors] free ones of the next larger shape that it touches
        std::vector<cluster::bitmap> open; ///< the free anchors by what they break
        std::vector<std::uint32_t> population; ///< of each of them
        std::array<neighbours, 3> larger;      ///< along each axis
        std::array<neighbours, 3> smaller;

        void enter(std::uint32_t anchor) noexcept {
            open[breaks[anchor]].insert(anchor);
            ++population[breaks[anchor]];
        }
        void leave(std::uint32_t anchor) noexcept {
            open[breaks[anchor]].erase(anchor);
            --population[breaks[anchor]];
        }
    };

    static std::uint32_t volume(extent const& of) noexcept { return of[0] * of[1] * of[2]; }
    static extent position(std::uint32_t number, extent const& in) noexcept {
        return {number % in[0], number / in[0] % in[1], number / in[0] / in[1]};
    }
    static std::uint32_t number(extent const& at, extent const& in) noexcept {
        return (at[2] * in[1] + at[1]) * in[0] + at[0];
    }
    /// Two blocks share nodes where they do along each axis.
    void meet(row& one, row& next) const {
        for (auto a = std::size_t{0}; a != 3; ++a) {
            one.larger[a].resize(one.anchors[a]);
            next.smaller[a].resize(next.anchors[a]);
            for (auto i = std::uint32_t{0}; i != one.anchors[a]; ++i) {
                auto in = std::vector<bool>(size_[a]);
                for (auto k = std::uint32_t{0}; k != one.length[a]; ++k)
                    in[(i * one.length[a] + k) % size_[a]] = true;
                for (auto j = std::uint32_t{0}; j != next.anchors[a]; ++j) {
                    auto shared = false;
                    for (auto k = std::uint32_t{0}; k != next.length[a]; ++k)
                        shared = shared || in[(j * next.length[a] + k) % size_[a]];
                    if (!shared) continue;
                    one.larger[a][i].push_back(j);
                    next.smaller[a][j].push_back(i);
                }
            }
        }
        for (auto anchor = std::uint32_t{0}; anchor != one.breaks.size(); ++anchor) {
            auto const at = position(anchor, one.anchors);
            auto all = std::size_t{1};
            for (auto a = std::size_t{0}; a != 3; ++a) all *= one.larger[a][at[a]].size();
            one.breaks[anchor] = static_cast<std::uint32_t>(all);
        }
    }
    /// The block at that anchor is free from now on, or no longer.
    void turn(std::size_t shape, std::uint32_t anchor, bool is_free) noexcept {
        auto& of = rows_[shape];
        if (is_free) of.enter(anchor);
        else of.leave(anchor);
        if (shape == 0) return;
        auto& below = rows_[shape - 1];
        auto const at = position(anchor, of.anchors);
        for (auto z : of.smaller[2][at[2]])
            for (auto y : of.smaller[1][at[1]])
                for (auto x : of.smaller[0][at[0]]) {
                    auto const under = number({x, y, z}, below.anchors);
                    auto const open = below.busy[under] == 0;
                    if (open) below.leave(under);
                    below.breaks[under] += is_free ? 1u : ~0u;
                    if (open) below.enter(under);
                }
    }
    /// visit(anchor) for those of the shape whose block holds the node: its own, and along each axis the last one
    /// where that wraps around to it.
    template <class Visit>
    void each_anchor(row const& of, std::uint32_t node, Visit visit) const {
        auto const at = position(node, size_);
        auto own = extent{};
        auto wrapped = std::array<bool, 3>{};
        for (auto a = std::size_t{0}; a != 3; ++a) {
            own[a] = at[a] / of.length[a];
            wrapped[a] = at[a] + size_[a] < of.anchors[a] * of.length[a] && own[a] != of.anchors[a] - 1;
        }
        for (auto ways = 0u; ways != 8; ++ways) {
            auto anchor = std::uint32_t{0};
            auto real = true;
            for (auto a = std::size_t{3}; a-- != 0;) {
                auto const last = (ways >> a & 1u) != 0;
                real &= !last || wrapped[a];
                anchor = anchor * of.anchors[a] + (last ? of.anchors[a] - 1 : own[a]);
            }
            if (real) visit(anchor);
        }
    }

    extent size_;
    std::vector<std::uint8_t> in_use_; ///< [nodes]
    std::vector<row> rows_;            ///< [shapes]
};

} // namespace rota::placement

#endif
