// SPDX-License-Identifier: BSL-1.0
// The one source that knows CLP: all else is compiled once for the programs with it and without.
#include "linear_programs.hpp"

#ifdef ROTA_CLI_CLP
#include <rota/queueing/clp.hpp>
#endif
#include <rota/queueing/lp.hpp>

namespace cli {

#ifdef ROTA_CLI_CLP
using solver = rota::queueing::clp;
bool const linear_programs::solved = true;
#else
using solver = rota::queueing::no_lp;
bool const linear_programs::solved = false;
#endif

rota::queueing::lp_solution linear_programs::solve(rota::queueing::linear_program const& program) const {
    return solver{}.solve(program);
}

} // namespace cli
