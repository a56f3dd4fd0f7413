// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_WORLD_HPP
#define ROTA_VERIFY_WORLD_HPP

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rota::verify {

/// What goes wrong in a trial's world. None of it: the ideal world. All of it may go wrong at once.
enum class world : std::uint16_t {
    ideal = 0,
    costly = 1,     ///< saving and restoring take time
    slow = 2,       ///< orders and launches take time
    failing = 4,    ///< starts and moves fail
    late = 8,       ///< news comes late, and twice
    outages = 16,   ///< nodes go away and come back
    crashes = 32,   ///< jobs crash and fall back to a checkpoint
    replaced = 64,  ///< another scheduler object takes over
    by_stop = 128,  ///< a move is a stop and a start
    capacity = 256, ///< nodes are drained, others take CPU and memory, quotas change
};

inline constexpr std::array<std::string_view, 9> world_names{
    "costly", "slow", "failing", "late", "outages", "crashes", "replaced", "by_stop", "capacity"};
inline constexpr unsigned worlds = 1u << world_names.size();
/// What may go wrong in a calm world.
inline constexpr unsigned calm_worlds = worlds - 16;

[[nodiscard]] constexpr bool has(world all, world one) noexcept {
    return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

/// Orders and news take no time: what policies promise can be judged at every instant.
[[nodiscard]] constexpr bool calm(world all) noexcept {
    return (static_cast<unsigned>(all) & ~calm_worlds) == 0;
}

[[nodiscard]] inline std::string name_of(world all) {
    auto name = std::string{};
    for (auto i = std::size_t{0}; i != world_names.size(); ++i)
        if ((static_cast<unsigned>(all) >> i & 1u) != 0) (name += name.empty() ? "" : "+") += world_names[i];
    return name.empty() ? "ideal" : name;
}

} // namespace rota::verify

#endif
