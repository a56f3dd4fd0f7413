// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STATE_KIND_HPP
#define ROTA_PLACEMENT_STATE_KIND_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// One distinct state, and the nodes that are in it, so that the lowest of them is at hand.
///
/// The nodes stand in a heap that is cleaned as it is read: an entry counts while its node is of this kind.
/// Cost      amortised O(log nodes) for each node that enters.
class state_kind {
public:
    static constexpr auto none = std::numeric_limits<std::uint32_t>::max();

    struct key {
        node_state state;
        std::uint64_t predicates; ///< that the nodes satisfy
        friend bool operator==(key const&, key const&) = default;
    };
    struct hash {
        [[nodiscard]] std::size_t operator()(key const& kind) const noexcept {
            auto const& on = kind.state;
            auto mixed = std::uint64_t{0x9e3779b97f4a7c15u};
            auto const add = [&mixed](std::uint64_t word) {
                mixed = (mixed ^ word) * 0xbf58476d1ce4e5b9u;
                mixed ^= mixed >> 29;
            };
            add(std::uint64_t{on.cpu_milli} << 32 | on.mem_mib);
            for (auto g = 0; g < on.gpus; g += 4) // beyond the last GPU there are zeros
                add(std::uint64_t{on.milli[g]} << 48 | std::uint64_t{on.milli[g + 1]} << 32 |
                    std::uint64_t{on.milli[g + 2]} << 16 | on.milli[g + 3]);
            for (auto const count : on.held) add(count);
            add(std::uint64_t{on.cpu_milli_of} << 32 | on.mem_mib_of);
            add(std::uint64_t{on.pods} << 32 | std::uint64_t{on.kind} << 16 | std::uint64_t{on.gpus} << 8 |
                index(on.model));
            if (kind.predicates != 0) add(kind.predicates);
            return mixed;
        }
    };

    explicit state_kind(key const& one) : of{one} {}

    /// True where the node is the only one. `kind_of` names the kind of each node, this one's `self` among
    /// them.
    bool enter(std::uint32_t node, std::uint32_t self, std::vector<std::uint32_t> const& kind_of) {
        heap_.push_back(node);
        std::push_heap(heap_.begin(), heap_.end(), std::greater{});
        ++nodes_;
        if (heap_.size() > 2 * nodes_ + 16) {
            std::erase_if(heap_, [&](std::uint32_t n) { return kind_of[n] != self; });
            std::sort(heap_.begin(), heap_.end());
            heap_.erase(std::unique(heap_.begin(), heap_.end()), heap_.end());
        }
        return nodes_ == 1;
    }
    /// True where it was the last one. The caller has noted the node's new kind.
    bool leave() noexcept { return --nodes_ == 0; }
    /// Expects   a node of this kind.
    [[nodiscard]] std::uint32_t lowest(std::uint32_t self, std::vector<std::uint32_t> const& kind_of) {
        while (kind_of[heap_.front()] != self) {
            std::pop_heap(heap_.begin(), heap_.end(), std::greater{});
            heap_.pop_back();
        }
        return heap_.front();
    }

    key of;
    std::uint32_t listed = 0; ///< position among the kinds in use

private:
    std::vector<std::uint32_t> heap_;
    std::size_t nodes_ = 0;
};

} // namespace rota::placement

#endif
