// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_LINEAR_PROGRAMS_HPP
#define ROTA_CLI_LINEAR_PROGRAMS_HPP

#include <rota/queueing/lp.hpp>

namespace cli {

/// CLP, or nothing in a program that was built without it.
struct linear_programs {
    static bool const solved; ///< whether there is a solver
    [[nodiscard]] rota::queueing::lp_solution solve(rota::queueing::linear_program const& program) const;
};

} // namespace cli

#endif
