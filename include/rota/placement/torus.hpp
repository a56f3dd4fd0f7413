// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TORUS_HPP
#define ROTA_PLACEMENT_TORUS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>

namespace rota::placement {

/// Nodes along the three axes of a torus, or of a block of it.
using extent = std::array<std::uint32_t, 3>;

/// A 3-D torus of nodes in which a gang gets a block of one of the given shapes, at one of its anchors, so that
/// its traffic stays inside.
///
/// A shape's anchors stand its own lengths apart from (0, 0, 0) on; where a length does not divide the torus, the
/// last block wraps around. Node (x, y, z) has the number (z * Y + y) * X + x.
/// Meaning   best(): the free anchor that touches the fewest wholly free anchors of the next larger shape, the
/// lowest of equals.
/// Cost      a change: O(shapes); best(): the anchors of the shape, for each free one the larger anchors around it.
/// Source    SchedMD, Slurm 26.05, topology/torus3d: administrator's shapes with anchors, fragmentation cost by the
/// next larger shape. differs: one torus, nodes without weights.
class torus {
public:
    /// Expects   shapes in the order of their sizes, none longer than the torus along an axis.
    torus(extent size, std::vector<extent> shapes) : size_{size}, shapes_{std::move(shapes)} {
        for (auto const& shape : shapes_) {
            auto& busy = busy_.emplace_back();
            for (auto a = std::size_t{0}; a != 3; ++a)
                ROTA_EXPECTS(shape[a] != 0 && shape[a] <= size_[a], "a shape fits the torus");
            busy.resize(volume(anchors(shape)));
        }
        in_use_.resize(volume(size_));
    }

    [[nodiscard]] std::uint32_t nodes() const noexcept { return volume(size_); }
    /// The nodes of a shape's block at an anchor.
    [[nodiscard]] std::vector<std::uint32_t> block(std::size_t shape, std::uint32_t anchor) const {
        auto const count = anchors(shapes_[shape]);
        auto const at = extent{anchor % count[0], anchor / count[0] % count[1], anchor / count[0] / count[1]};
        auto made = std::vector<std::uint32_t>{};
        auto const& length = shapes_[shape];
        for (auto i = std::uint32_t{0}; i != volume(length); ++i) {
            auto const in = extent{i % length[0], i / length[0] % length[1], i / length[0] / length[1]};
            auto place = extent{};
            for (auto a = std::size_t{0}; a != 3; ++a) place[a] = (at[a] * length[a] + in[a]) % size_[a];
            made.push_back((place[2] * size_[1] + place[1]) * size_[0] + place[0]);
        }
        return made;
    }
    /// The best free anchor of the shape, if one is free.
    [[nodiscard]] std::optional<std::uint32_t> best(std::size_t shape) const {
        auto found = std::optional<std::uint32_t>{};
        auto least = std::size_t{0};
        for (auto anchor = std::uint32_t{0}; anchor != busy_[shape].size(); ++anchor) {
            if (busy_[shape][anchor] != 0) continue;
            auto const cost = broken(shape, anchor);
            if (found && cost >= least) continue;
            found = anchor;
            least = cost;
        }
        return found;
    }
    void set_in_use(std::uint32_t node, bool in_use) {
        if ((in_use_[node] != 0) == in_use) return;
        in_use_[node] = in_use;
        for (auto s = std::size_t{0}; s != shapes_.size(); ++s)
            each_anchor(s, node, [&](std::uint32_t anchor) { busy_[s][anchor] += in_use ? 1u : ~0u; });
    }
    /// Wholly free anchors of the next larger shape that the block touches.
    [[nodiscard]] std::size_t broken(std::size_t shape, std::uint32_t anchor) const {
        if (shape + 1 == shapes_.size()) return 0;
        auto touched = std::vector<bool>(busy_[shape + 1].size());
        auto count = std::size_t{0};
        for (auto node : block(shape, anchor))
            each_anchor(shape + 1, node, [&](std::uint32_t larger) {
                count += !touched[larger] && busy_[shape + 1][larger] == 0;
                touched[larger] = true;
            });
        return count;
    }
    [[nodiscard]] std::uint32_t anchors_of(std::size_t shape) const noexcept {
        return static_cast<std::uint32_t>(busy_[shape].size());
    }

private:
    static std::uint32_t volume(extent const& of) noexcept { return of[0] * of[1] * of[2]; }
    [[nodiscard]] extent anchors(extent const& shape) const noexcept {
        auto made = extent{};
        for (auto a = std::size_t{0}; a != 3; ++a) made[a] = (size_[a] + shape[a] - 1) / shape[a];
        return made;
    }
    /// visit(anchor) for those of the shape whose block holds the node: its own, and along each axis the last one
    /// where that wraps around to it.
    template <class Visit>
    void each_anchor(std::size_t shape, std::uint32_t node, Visit visit) const {
        auto const at = extent{node % size_[0], node / size_[0] % size_[1], node / size_[0] / size_[1]};
        auto const& length = shapes_[shape];
        auto const count = anchors(length);
        auto own = extent{};
        auto wrapped = std::array<bool, 3>{};
        for (auto a = std::size_t{0}; a != 3; ++a) {
            own[a] = at[a] / length[a];
            wrapped[a] = at[a] + size_[a] < count[a] * length[a] && own[a] != count[a] - 1;
        }
        for (auto ways = 0u; ways != 8; ++ways) {
            auto anchor = std::uint32_t{0};
            auto real = true;
            for (auto a = std::size_t{3}; a-- != 0;) {
                auto const last = (ways >> a & 1u) != 0;
                real &= !last || wrapped[a];
                anchor = anchor * count[a] + (last ? count[a] - 1 : own[a]);
            }
            if (real) visit(anchor);
        }
    }

    extent size_;
    std::vector<extent> shapes_;
    std::vector<std::uint8_t> in_use_;             ///< [nodes]
    std::vector<std::vector<std::uint32_t>> busy_; ///< [shapes x anchors] nodes in use
};

} // namespace rota::placement

#endif
