// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_STATE_TABLE_HPP
#define ROTA_PLACEMENT_STATE_TABLE_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <utility>
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
    explicit state_table(std::vector<node_state> nodes) : nodes_{std::move(nodes)}, open_(nodes_.size(), 1) {
        ROTA_EXPECTS(
            std::all_of(nodes_.begin(), nodes_.end(),
                        [](node_state const& one) { return one.cpu_milli <= most && one.mem_mib <= most; }),
            "CPU and memory below 2^31");
    }
    /// Every node empty and open.
    explicit state_table(cluster::spec const& cluster) : state_table{empty_states(cluster)} {}

    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
    [[nodiscard]] node_state const& operator[](node_id n) const noexcept { return nodes_[index(n)]; }
    [[nodiscard]] bool open(node_id n) const noexcept { return open_[index(n)] != 0; }
    /// The node is open and the pod fits.
    [[nodiscard]] bool takes(node_id n, job::pod const& need) const noexcept {
        return open(n) && fits(nodes_[index(n)], need);
    }

    /// Lays the pod on those GPUs of the node.
    /// Expects   fits((*this)[n], need), and `need.gpus` GPUs with room for it.
    void take(node_id n, job::pod const& need, std::uint16_t gpus) noexcept { change<-1>(n, need, gpus); }
    /// Expects   that the pod was taken there.
    void give(node_id n, job::pod const& need, std::uint16_t gpus) noexcept { change<+1>(n, need, gpus); }
    /// A closed node gets nothing; what lies on it stays.
    void set_open(node_id n, bool open) noexcept { open_[index(n)] = open; }

    friend bool operator==(state_table const&, state_table const&) = default;

private:
    static constexpr auto most = std::uint32_t{std::numeric_limits<std::int32_t>::max()};

    static std::vector<node_state> empty_states(cluster::spec const& cluster) {
        auto made = std::vector<node_state>{};
        made.reserve(cluster.nodes.size());
        for (auto const& node : cluster.nodes) made.push_back(empty_state(node));
        return made;
    }
    template <int Sign>
    void change(node_id n, job::pod const& need, std::uint16_t gpus) noexcept {
        auto& on = nodes_[index(n)];
        constexpr auto sign = static_cast<std::uint32_t>(Sign);
        on.cpu_milli += sign * need.cpu_milli;
        on.mem_mib += sign * need.mem_mib;
        ROTA_EXPECTS(on.cpu_milli <= most && on.mem_mib <= most,
                     "what is taken fits, and is given back once");
        for (auto left = std::uint32_t{gpus}; left != 0; left &= left - 1) {
            auto& milli = on.milli[std::countr_zero(left)];
            milli = static_cast<std::uint16_t>(milli + Sign * need.milli);
        }
        if (need.gpus != 0) on.held[static_cast<int>(size_of(need))] -= sign;
    }

    std::vector<node_state> nodes_;
    std::vector<std::uint8_t> open_;
};

} // namespace rota::placement

#endif
