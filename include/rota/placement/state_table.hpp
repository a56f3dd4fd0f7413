// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STATE_TABLE_HPP
#define ROTA_PLACEMENT_STATE_TABLE_HPP

#include <bit>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>

namespace rota::placement {

/// What is free of each node of a cluster, as values, and which nodes are open: what an engine searches.
///
/// Expects   CPU and memory of every node, in thousandths and in MiB, below 2^31.
class state_table {
public:
    explicit state_table(std::vector<node_state> const& nodes)
        : open_(nodes.size(), 1), predicates_(nodes.size(), 0) {
        nodes_.reserve(nodes.size());
        whole_.reserve(nodes.size());
        for (auto const& one : nodes) {
            ROTA_EXPECTS(one.cpu_milli <= most && one.mem_mib <= most, "CPU and memory below 2^31");
            nodes_.push_back({one});
            whole_.push_back(0);
            if (one.pods == 0) open_[whole_.size() - 1] |= is_full;
            for (auto g = 0; g != one.gpus; ++g) note(whole_.back(), g, one.milli[g]);
        }
    }
    /// Every node empty and open.
    explicit state_table(cluster::spec const& cluster) : state_table{empty_states(cluster)} {}

    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
    [[nodiscard]] node_state const& operator[](node_id n) const noexcept { return nodes_[index(n)].state; }
    [[nodiscard]] bool open(node_id n) const noexcept { return (open_[index(n)] & is_open) != 0; }
    /// It is open and has room for one more pod, as far as the number of pods goes. Reads no state.
    [[nodiscard]] bool admits_one_more(node_id n) const noexcept { return open_[index(n)] == is_open; }
    /// Mask of the GPUs that nobody uses.
    [[nodiscard]] std::uint16_t whole(node_id n) const noexcept { return whole_[index(n)]; }
    /// The node is open and satisfies all predicates of the pod.
    [[nodiscard]] bool admits(node_id n, job::pod const& need) const noexcept {
        return open(n) && (need.predicates == 0 || (need.predicates & ~predicates_[index(n)]) == 0);
    }
    /// The node admits the pod, and it fits.
    [[nodiscard]] bool takes(node_id n, job::pod const& need) const noexcept {
        return admits(n, need) && fits(nodes_[index(n)].state, need);
    }

    /// Lays the pod on those GPUs of the node.
    /// Expects   fits((*this)[n], need), and `need.gpus` GPUs with room for it.
    void take(node_id n, job::pod const& need, std::uint16_t gpus) noexcept { change<-1>(n, need, gpus); }
    /// Expects   that the pod was taken there.
    void give(node_id n, job::pod const& need, std::uint16_t gpus) noexcept { change<+1>(n, need, gpus); }
    /// A closed node gets nothing; what lies on it stays.
    void set_open(node_id n, bool open) noexcept {
        open_[index(n)] = static_cast<std::uint8_t>((open_[index(n)] & ~is_open) | (open ? is_open : 0));
    }
    /// Which of 64 predicates the node satisfies: what labels and taints come to, once compiled. None at
    /// first. What lies on the node stays.
    void set_predicates(node_id n, std::uint64_t satisfied) noexcept { predicates_[index(n)] = satisfied; }
    [[nodiscard]] std::uint64_t predicates(node_id n) const noexcept { return predicates_[index(n)]; }

    friend bool operator==(state_table const&, state_table const&) = default;

private:
    static constexpr std::uint8_t is_open = 1;
    static constexpr std::uint8_t is_full = 2;
    /// A table, with which compilers use vectors; they do not where each bit is shifted into place.
    static constexpr std::uint16_t bit_of[] = {1u << 0,  1u << 1,  1u << 2,  1u << 3, 1u << 4,  1u << 5,
                                               1u << 6,  1u << 7,  1u << 8,  1u << 9, 1u << 10, 1u << 11,
                                               1u << 12, 1u << 13, 1u << 14, 1u << 15};
    static_assert(std::size(bit_of) == cluster::gpus_per_node_max);
    static constexpr auto most = std::uint32_t{std::numeric_limits<std::int32_t>::max()};

    static std::vector<node_state> empty_states(cluster::spec const& cluster) {
        auto made = std::vector<node_state>{};
        made.reserve(cluster.nodes.size());
        for (auto const& node : cluster.nodes) made.push_back(empty_state(node));
        return made;
    }
    static void note(std::uint16_t& whole, int gpu, int milli) noexcept {
        auto const bit = 1u << gpu;
        whole = static_cast<std::uint16_t>(milli == whole_gpu ? whole | bit : whole & ~bit);
    }
    template <int Sign>
    void change(node_id n, job::pod const& need, std::uint16_t gpus) noexcept {
        auto& on = nodes_[index(n)].state;
        constexpr auto sign = static_cast<std::uint32_t>(Sign);
        on.cpu_milli += sign * need.cpu_milli;
        on.mem_mib += sign * need.mem_mib;
        on.pods = static_cast<std::uint16_t>(on.pods + Sign);
        if (on.pods == (Sign < 0 ? 0 : 1)) open_[index(n)] ^= is_full;
        ROTA_EXPECTS(on.cpu_milli <= most && on.mem_mib <= most,
                     "what is taken fits, and is given back once");
        auto& whole = whole_[index(n)];
        if (need.milli == whole_gpu) { // the mask without a look at the node, its GPUs without a branch each
            whole = static_cast<std::uint16_t>(whole ^ gpus);
            constexpr auto each = static_cast<std::uint16_t>(Sign * whole_gpu);
            for (auto g = 0; g != cluster::gpus_per_node_max; ++g) { // all in 16 bits
                auto const here = static_cast<std::uint16_t>(gpus & bit_of[g]);
                auto const all = static_cast<std::uint16_t>(here == bit_of[g] ? 0xffff : 0);
                on.milli[g] = static_cast<std::uint16_t>(on.milli[g] + (all & each));
            }
        } else {
            for (auto left = std::uint32_t{gpus}; left != 0; left &= left - 1) {
                auto const g = std::countr_zero(left);
                on.milli[g] = static_cast<std::uint16_t>(on.milli[g] + Sign * need.milli);
                note(whole, g, on.milli[g]);
            }
        }
        if (need.gpus == 0) return;
        auto& held = on.held[static_cast<int>(size_of(need))];
        held = static_cast<std::uint16_t>(held - Sign);
    }

    /// One node in one line of the cache.
    struct alignas(64) line {
        node_state state;
        friend bool operator==(line const&, line const&) = default;
    };
    std::vector<line> nodes_;
    std::vector<std::uint16_t> whole_;      ///< of each node, GPUs that nobody uses
    std::vector<std::uint8_t> open_;        ///< of each node: is_open, is_full
    std::vector<std::uint64_t> predicates_; ///< that each node satisfies
};

} // namespace rota::placement

#endif
