// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_SWEEP_ROOM_HPP
#define ROTA_CUDA_SWEEP_ROOM_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <rota/core/config.hpp>
#include <rota/cuda/free_nodes.hpp>
#include <rota/cuda/strided.hpp>
#include <rota/cuda/sweep_load.hpp>
#include <rota/cuda/sweep_member.hpp>

namespace rota::cuda {

/// The least power of two that is not below n.
[[nodiscard]] ROTA_HOST_DEVICE constexpr std::uint32_t leaves_for(std::uint32_t n) noexcept {
    auto leaves = std::uint32_t{1};
    while (leaves < n) leaves *= 2;
    return leaves;
}

/// How much memory is set aside for each member of a sweep: enough for the largest in every respect.
struct sweep_room {
    std::uint32_t jobs = 0;
    std::uint32_t lines = 1;
    std::uint32_t nodes = 0;
    std::uint32_t gpus_a_node = 0;
    std::uint32_t gpus = 0;
    bool places = false;   ///< some member must know which nodes a job is on
    bool preempts = false; ///< some member preempts

    /// Makes it large enough for one more member. What no room can hold is left to be refused.
    void include(sweep_member const& member, sweep_load const& load) noexcept {
        jobs = std::max(jobs, load.size);
        lines = std::max(lines, load.lines);
        if (member.gpus() + member.nodes > gpus_max) return;
        nodes = std::max(nodes, member.nodes);
        gpus_a_node = std::max(gpus_a_node, member.gpus_a_node);
        gpus = std::max(gpus, static_cast<std::uint32_t>(member.gpus()));
        places |= !member.counts_only();
        preempts |= member.policy.preempts;
    }
    [[nodiscard]] ROTA_HOST_DEVICE bool holds(sweep_member const& member,
                                              sweep_load const& load) const noexcept {
        return load.size <= jobs && load.lines <= lines && member.nodes <= nodes &&
               member.gpus_a_node <= gpus_a_node && member.gpus() <= gpus &&
               (places || member.counts_only()) && (preempts || !member.policy.preempts);
    }

    static constexpr std::uint32_t gpus_max =
        65'534; ///< of GPUs and nodes together: their numbers have 16 bits
};

/// The arrays of one member, in the memory of all: element i of all members, then element i + 1.
class sweep_memory {
public:
    strided<std::int64_t>
        time; ///< [jobs] work left in ms; after its end, when that was. The first of all arrays
    strided<std::int64_t> events;      ///< [2 x leaves]
    strided<std::uint64_t> ranks;      ///< [2 x leaves]
    strided<std::int64_t> works_from;  ///< [slots] useful work since then
    strided<std::uint64_t> rank_of;    ///< [slots]
    strided<std::uint64_t> bits;       ///< free_nodes
    strided<std::uint32_t> left;       ///< [jobs] skew_heaps
    strided<std::uint32_t> right;      ///< [jobs]
    strided<std::uint32_t> decided;    ///< [jobs]
    strided<std::uint32_t> roots;      ///< [lines]
    strided<std::uint32_t> counts;     ///< free_nodes
    strided<std::uint32_t> job_in;     ///< [slots]
    strided<std::uint16_t> free_slots; ///< [slots] a stack
    strided<std::uint16_t> first_part; ///< [slots] the nodes of the slot's job, as a chain
    strided<std::uint16_t> candidates; ///< [slots] who would stop, the worst first
    strided<std::uint16_t> staged;     ///< [slots] filled by this pass, in order
    strided<std::uint16_t> node_of;    ///< [parts]
    strided<std::uint16_t> next_part;  ///< [parts]
    strided<std::uint8_t> free;        ///< free_nodes

    /// The arrays of one of `members` members.
    ROTA_HOST_DEVICE sweep_memory(sweep_room const& room, std::byte* all, std::size_t members,
                                  std::size_t member) noexcept {
        auto at = std::size_t{0};
        lay(room, [&](auto& array, std::size_t size) {
            using element = std::remove_reference_t<decltype(array[0])>;
            array = {reinterpret_cast<element*>(all + at) + member, members};
            at += sizeof(element) * size * members;
        });
    }
    /// Bytes of all members together. A multiple of 8 for each of them.
    [[nodiscard]] ROTA_HOST_DEVICE static std::size_t bytes(sweep_room const& room,
                                                            std::size_t members) noexcept {
        auto sum = std::size_t{0};
        sweep_memory{}.lay(room,
                           [&](auto& array, std::size_t size) { sum += sizeof(array[0]) * size * members; });
        return sum;
    }

private:
    sweep_memory() = default;

    /// Calls array(it, elements) for each, the widest elements first, so that all are aligned.
    template <class Array>
    ROTA_HOST_DEVICE void lay(sweep_room const& room, Array array) noexcept {
        auto const jobs = std::size_t{room.jobs};
        auto const slots = std::size_t{room.gpus};
        auto const leaves = std::size_t{leaves_for(room.gpus)};
        auto const nodes = std::size_t{room.places ? room.nodes : 0u};
        auto const parts = room.places ? slots + nodes : 0;
        auto const counts_of = std::size_t{room.places ? room.gpus_a_node + 1 : 0u};
        auto const if_preempts = std::size_t{room.preempts ? 1u : 0u};
        array(time, jobs);
        array(events, 2 * leaves);
        array(ranks, 2 * leaves * if_preempts);
        array(works_from, slots * if_preempts);
        array(rank_of, slots * if_preempts);
        array(bits, counts_of * free_nodes::words(room.nodes));
        array(left, jobs);
        array(right, jobs);
        array(decided, jobs * if_preempts);
        array(roots, room.lines);
        array(counts, counts_of);
        array(job_in, slots);
        array(staged, slots * if_preempts);
        array(free_slots, slots);
        array(first_part, room.places ? slots : 0);
        array(candidates, slots * if_preempts);
        array(node_of, parts);
        array(next_part, parts);
        array(free, nodes);
    }
};

} // namespace rota::cuda

#endif
