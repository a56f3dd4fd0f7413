// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_LP_HPP
#define ROTA_QUEUEING_LP_HPP

#include <concepts>
#include <cstdint>
#include <vector>

namespace rota::queueing {

/// Maximise gain . x subject to every row's sum of terms <= at_most, and x >= 0.
///
/// Source    the canonical form of linear programming: G. B. Dantzig, "Linear programming and extensions",
///           Princeton University Press 1963.
struct linear_program {
    struct term {
        std::size_t column;
        double factor;
    };
    struct row {
        std::vector<term> terms;
        double at_most = 0;
    };
    std::vector<double> gain; ///< [columns]
    std::vector<row> rows;
};

enum class lp_status : std::uint8_t { optimal, infeasible, unbounded, gave_up, no_solver };

/// An answer, or why there is none: x and price are empty unless status is optimal.
struct lp_solution {
    lp_status status = lp_status::no_solver;
    std::vector<double> x;     ///< [columns]
    std::vector<double> price; ///< [rows] >= 0: what the optimum would gain by one more of at_most
};

/// Solves linear programs.
///
/// Syntax    s.solve(linear_program const&) const -> lp_solution.
/// Meaning   Deterministic. An optimal basic solution with its prices, or a status that says why not.
template <class S>
concept lp_solver = requires(S const& s, linear_program const& p) {
    { s.solve(p) } -> std::same_as<lp_solution>;
};

/// For clusters of one GPU model, which need no solver: says so whenever it is asked.
struct no_lp {
    [[nodiscard]] lp_solution solve(linear_program const&) const { return {}; }
};

static_assert(lp_solver<no_lp>);

} // namespace rota::queueing

#endif
