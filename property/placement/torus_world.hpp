// SPDX-License-Identifier: BSL-1.0
// A torus beside the nodes that are in use, which answers by trying every block: for properties and for the fuzzer.
#ifndef ROTA_PROPERTY_PLACEMENT_TORUS_WORLD_HPP
#define ROTA_PROPERTY_PLACEMENT_TORUS_WORLD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
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

    struct told {
        std::optional<std::uint32_t>
            best;              ///< the free block that breaks the fewest larger ones, the first of equals
        bool recounted = true; ///< what the torus says that each block breaks is so
    };
    /// What should be said of a shape, by trying every block.
    [[nodiscard]] told try_all(std::size_t shape) const {
        auto larger = std::vector<
            std::vector<std::uint32_t>>{}; // free blocks of the next larger shape, if there is one
        for (auto anchor = 0u; shape + 1 != shapes_ && anchor != net_.anchors_of(shape + 1); ++anchor)
            if (auto block = net_.block(shape + 1, anchor); is_free(block))
                larger.push_back(std::move(block));
        auto made = told{};
        auto least = std::ptrdiff_t{0};
        for (auto anchor = 0u; anchor != net_.anchors_of(shape); ++anchor) {
            auto const block = net_.block(shape, anchor);
            auto const cost = std::count_if(larger.begin(), larger.end(), [&](auto const& other) {
                return std::find_first_of(block.begin(), block.end(), other.begin(), other.end()) !=
                       block.end();
            });
            made.recounted &= net_.broken(shape, anchor) == static_cast<std::uint32_t>(cost);
            if (!is_free(block) || (made.best && least <= cost)) continue;
            made.best = anchor;
            least = cost;
        }
        return made;
    }

private:
    [[nodiscard]] bool is_free(std::vector<std::uint32_t> const& block) const {
        return std::none_of(block.begin(), block.end(), [&](auto node) { return in_use(node); });
    }

    rota::placement::torus net_;
    std::size_t shapes_;
    std::vector<char> in_use_; ///< [nodes]
};

#endif
