// SPDX-License-Identifier: BSL-1.0
// Random clusters and requests on which engines are compared, and scorers that no engine expects.
#ifndef ROTA_PROPERTY_PLACEMENT_WORLDS_HPP
#define ROTA_PROPERTY_PLACEMENT_WORLDS_HPP

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/state_table.hpp>

namespace worlds {

using namespace rota;

template <class T>
T one_of(rota::random& draw, std::initializer_list<T> from) {
    return from.begin()[draw.below(from.size())];
}

/// All nodes are alike to it.
struct indifferent {
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t score(placement::node_state const&,
                                                      job::pod const&) const noexcept {
        return -7;
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint16_t pick(placement::node_state const& on,
                                                      job::pod const& need) const noexcept {
        return placement::tightest(on, need);
    }
};

/// Scores anywhere in 64 bits, unlike for unlike states.
struct scattered {
    static constexpr bool reads_held = true;
    [[nodiscard]] ROTA_HOST_DEVICE std::int64_t score(placement::node_state const& on,
                                                      job::pod const& need) const noexcept {
        auto draw = rota::random{on.cpu_milli * 31u + static_cast<std::uint64_t>(placement::free_milli(on)) +
                                 on.held[0] + need.cpu_milli};
        auto const drawn = static_cast<std::int64_t>(draw());
        return drawn == INT64_MIN ? INT64_MIN + 1 : drawn;
    }
    [[nodiscard]] ROTA_HOST_DEVICE std::uint16_t pick(placement::node_state const& on,
                                                      job::pod const& need) const noexcept {
        return placement::tightest(on, need);
    }
};

struct world {
    std::vector<placement::node_state> nodes;
    std::vector<std::uint64_t> predicates; ///< that each node satisfies
    std::vector<job::pod> requests;

    [[nodiscard]] placement::state_table table() const {
        auto made = placement::state_table(nodes);
        for (auto n = std::uint32_t{0}; n != made.size(); ++n) made.set_predicates(node_id{n}, predicates[n]);
        return made;
    }
};

inline job::pod some_pod(rota::random& draw, bool plain) {
    auto need = job::pod{};
    need.gpus = one_of<std::uint16_t>(draw, {0, 1, 1, 1, 2, 3, 4, 8, 16});
    if (plain && need.gpus == 0) need.gpus = 1;
    if (need.gpus != 0)
        need.milli = plain || (need.gpus > 1 && draw.below(3) != 0)
                         ? std::uint16_t{whole_gpu}
                         : one_of<std::uint16_t>(draw, {1, 250, 460, 1000});
    if (!plain) {
        need.cpu_milli = one_of<std::uint32_t>(draw, {0, 1000, 4000, 4001, 16000});
        need.mem_mib = one_of<std::uint32_t>(draw, {0, 0, 1024, 4096});
        if (draw.below(4) == 0) need.models = one_of<std::uint32_t>(draw, {1, 2, 5});
        if (draw.below(4) == 0) need.predicates = one_of<std::uint64_t>(draw, {1, 3, 1ull << 63});
    }
    return need;
}

/// Clusters of equal or of unlike nodes; pods of whole GPUs or of all kinds, some of which fit nowhere.
inline world some_world(rota::random& draw, std::size_t nodes) {
    auto made = world{};
    auto const equal = draw.below(3) == 0;
    auto const plain = draw.below(4) == 0;
    for (auto n = std::size_t{0}; n != nodes; ++n) {
        auto on = placement::node_state{};
        on.gpus = equal ? std::uint8_t{8} : one_of<std::uint8_t>(draw, {0, 1, 2, 4, 8, 8, 16});
        on.model = static_cast<gpu_model>(equal ? 0 : draw.below(3));
        on.cpu_milli = equal ? 64'000 : one_of<std::uint32_t>(draw, {0, 4'000, 64'000, 96'000});
        on.mem_mib = equal ? 65'536 : one_of<std::uint32_t>(draw, {1'024, 65'536});
        for (auto g = 0; g != on.gpus; ++g)
            on.milli[g] = equal ? std::uint16_t{whole_gpu}
                                : one_of<std::uint16_t>(draw, {1000, 1000, 1000, 0, 300, 540});
        on.cpu_milli_of = equal ? 128'000 : on.cpu_milli + one_of<std::uint32_t>(draw, {0, 32'000});
        on.mem_mib_of = equal ? 65'536 : on.mem_mib + one_of<std::uint32_t>(draw, {0, 65'536});
        on.kind = static_cast<std::uint16_t>(draw.below(3));
        if (draw.below(4) == 0) on.pods = one_of<std::uint16_t>(draw, {0, 1, 2, 5});
        made.nodes.push_back(on);
        made.predicates.push_back(draw.below(3) == 0 ? draw() : ~std::uint64_t{0});
    }
    auto const kinds = 1 + draw.below(6);
    for (auto i = std::uint64_t{0}; i != kinds; ++i) made.requests.push_back(some_pod(draw, plain));
    if (draw.below(4) == 0) made.requests.push_back({.cpu_milli = 4'000'000'000u, .gpus = 1, .milli = 500});
    return made;
}

} // namespace worlds

#endif
