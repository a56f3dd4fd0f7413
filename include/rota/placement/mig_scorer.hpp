// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_MIG_SCORER_HPP
#define ROTA_PLACEMENT_MIG_SCORER_HPP

#include <concepts>
#include <cstdint>

#include <rota/placement/mig_table.hpp>

namespace rota::placement {

/// Ranks GPUs for an instance: the larger score first.
///
/// Syntax    s(table, taken, after) -> std::int64_t, const noexcept: the memory slices without and with it.
/// Meaning   Pure, integer, of this GPU's state alone.
template <class S>
concept mig_scorer = requires(S const& s, mig_table const& table, unsigned taken, unsigned after) {
    { s(table, taken, after) } noexcept -> std::same_as<std::int64_t>;
};

} // namespace rota::placement

#endif
