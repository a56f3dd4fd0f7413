// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANG_NODES_HPP
#define ROTA_CUDA_GANG_NODES_HPP

#include <cstdint>

#include <rota/core/config.hpp>
#include <rota/cuda/free_nodes.hpp>
#include <rota/cuda/strided.hpp>

namespace rota::cuda {

/// Places gangs on equal nodes as placement::consolidated does, each as a chain of the nodes that it has.
///
/// Expects   room for as many parts as there are GPUs and nodes: every running gang's, and one more that is imagined.
class gang_nodes {
public:
    static constexpr std::uint16_t no_part = 0xffff;

    ROTA_HOST_DEVICE void reset(free_nodes const& free, std::uint32_t each, strided<std::uint16_t> node_of,
                                strided<std::uint16_t> next, std::uint32_t parts) noexcept {
        free_ = free;
        each_ = each;
        node_of_ = node_of;
        next_ = next;
        spare_ = 0;
        for (auto p = std::uint32_t{0}; p != parts; ++p)
            next_[p] = p + 1 == parts ? no_part : static_cast<std::uint16_t>(p + 1);
    }
    [[nodiscard]] ROTA_HOST_DEVICE bool fits(std::uint32_t gpus) const noexcept { return free_.fits(gpus); }

    /// The nodes for a gang that fits: whole ones by their ids, then the one with the fewest free GPUs for the rest.
    /// They are not yet taken.
    [[nodiscard]] ROTA_HOST_DEVICE std::uint16_t choose(std::uint32_t gpus) noexcept {
        auto const full = gpus > each_ ? gpus / each_ : 0;
        auto const rest = gpus > each_ ? gpus % each_ : gpus;
        auto const first = spare_;
        auto last = first;
        auto from = std::uint32_t{0};
        for (auto i = std::uint32_t{0}; i != full; ++i) {
            auto const n = free_.next(each_, from);
            from = n + 1;
            last = part_on(n);
        }
        if (rest != 0) last = part_on(free_.best(rest, from));
        next_[last] = no_part;
        return first;
    }
    /// The chain is not needed any more.
    ROTA_HOST_DEVICE void forget(std::uint16_t first) noexcept {
        auto last = first;
        while (next_[last] != no_part) last = next_[last];
        next_[last] = spare_;
        spare_ = first;
    }
    ROTA_HOST_DEVICE void take(std::uint16_t first, std::uint32_t gpus) const noexcept {
        for (auto p = first; p != no_part; p = next_[p]) free_.take(node_of_[p], next_share(gpus));
    }
    ROTA_HOST_DEVICE void give(std::uint16_t first, std::uint32_t gpus) const noexcept {
        for (auto p = first; p != no_part; p = next_[p]) free_.give(node_of_[p], next_share(gpus));
    }
    /// The nodes of the chain could give the gang what it needs of each.
    [[nodiscard]] ROTA_HOST_DEVICE bool has_room(std::uint16_t first, std::uint32_t gpus) const noexcept {
        for (auto p = first; p != no_part; p = next_[p])
            if (free_.of(node_of_[p]) < next_share(gpus)) return false;
        return true;
    }

private:
    /// Of a gang of which so many GPUs are still to come, those on the next node.
    ROTA_HOST_DEVICE std::uint32_t next_share(std::uint32_t& gpus) const noexcept {
        auto const here = gpus < each_ ? gpus : each_;
        gpus -= here;
        return here;
    }
    ROTA_HOST_DEVICE std::uint16_t part_on(std::uint32_t n) noexcept {
        auto const part = spare_;
        node_of_[part] = static_cast<std::uint16_t>(n);
        spare_ = next_[part];
        return part;
    }

    free_nodes free_;
    strided<std::uint16_t> node_of_; ///< [parts]
    strided<std::uint16_t> next_;    ///< [parts] of the same gang, or of those that nobody uses
    std::uint32_t each_ = 1;
    std::uint16_t spare_ = 0;
};

} // namespace rota::cuda

#endif
