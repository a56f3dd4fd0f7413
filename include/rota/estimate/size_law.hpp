// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_SIZE_LAW_HPP
#define ROTA_ESTIMATE_SIZE_LAW_HPP

#include <concepts>
#include <cstdint>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

namespace rota::estimate {

/// What is believed of the distribution of a job's service, as the Gittins index of its age.
///
/// Syntax    law.index(view, job, age) -> std::int64_t: in units of 1e-15 completions a ms of service.
///           law.next_change(view, job, age) -> std::int64_t: the first larger age at which the index is
///           another; the largest integer if there is none.
/// Meaning   G(a) = sup over D > 0 of P(S - a <= D | S > a) / E[min(S - a, D) | S > a]; serve the largest.
/// Source    J. C. Gittins, "Bandit processes and dynamic allocation indices", JRSS B 1979.
template <class L>
concept size_law = requires(L const& law, view const& v, job_id j, std::int64_t age) {
    { law.index(v, j, age) } -> std::same_as<std::int64_t>;
    { law.next_change(v, j, age) } -> std::same_as<std::int64_t>;
};

inline constexpr std::int64_t index_unit = 1'000'000'000'000'000; ///< one completion a ms

} // namespace rota::estimate

#endif
