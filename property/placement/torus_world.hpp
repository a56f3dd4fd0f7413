// SPDX-License-Identifier: BSL-1.0
// A torus beside the nodes that are in use, which answers by trying every block: for properties and for the fuzzer.
#ifndef ROTA_PROPERTY_PLACEMENT_TORUS_WORLD_HPP
#define ROTA_PROPERTY_PLACEMENT_TORUS_WORLD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/placement/torus.hpp>

class torus_world {
public:
    torus_world(rota::placement::extent size, std::vector<rota::placement::extent> const& shapes)
        : net_{size, shapes}, shapes_{shapes.size()}, in_use_(net_.nodes()) {}

    [[nodiscard]] rota::placement::torus const& net() const { return net_; }
    [[nodiscard]] bool in_use(std::uint32_t node) const { return in_use_[node] != 0; }
    void set_in_use(std::uint32_t node, bool in_use) {
        in_use_[node] = in_use;
        net_.set_in_use(node, in_use);
    }

    /// The free block that breaks the fewest larger ones, the first of equals.
    [[nodiscard]] std::optional<std::uint32_t> best(std::size_t shape) const {
        auto found = std::optional<std::uint32_t>{};
        auto least = std::uint32_t{0};
        for (auto anchor = std::uint32_t{0}; anchor != net_.anchors_of(shape); ++anchor) {
            if (!is_free(shape, anchor)) continue;
            auto const cost = broken(shape, anchor);
            if (found && least <= cost) continue;
            found = anchor;
            least = cost;
        }
        return found;
    }
    /// What each block of the shape breaks is a recount.
    [[nodiscard]] bool recounted(std::size_t shape) const {
        auto right = true;
        for (auto anchor = std::uint32_t{0}; anchor != net_.anchors_of(shape); ++anchor)
            right &= net_.broken(shape, anchor) == broken(shape, anchor);
        return right;
    }

private:
    [[nodiscard]] bool is_free(std::size_t shape, std::uint32_t anchor) const {
        auto const block = net_.block(shape, anchor);
        return std::none_of(block.begin(), block.end(), [&](auto node) { return in_use(node); });
    }
    /// Free blocks of the next larger shape, if there is one, that share a node with this.
    [[nodiscard]] std::uint32_t broken(std::size_t shape, std::uint32_t anchor) const {
        auto cost = std::uint32_t{0};
        if (shape + 1 == shapes_) return cost;
        auto const block = net_.block(shape, anchor);
        for (auto larger = std::uint32_t{0}; larger != net_.anchors_of(shape + 1); ++larger) {
            auto const other = net_.block(shape + 1, larger);
            cost += is_free(shape + 1, larger) &&
                    std::find_first_of(block.begin(), block.end(), other.begin(), other.end()) != block.end();
        }
        return cost;
    }

    rota::placement::torus net_;
    std::size_t shapes_;
    std::vector<char> in_use_; ///< [nodes]
};

#endif
