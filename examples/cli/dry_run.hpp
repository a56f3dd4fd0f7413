// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRY_RUN_HPP
#define ROTA_CLI_DRY_RUN_HPP

#include "drive_session.hpp"

namespace cli {

/// Until a signal: what a driver would do, whenever that changes, beside what Slurm does.
void dry_run(drive_session& in);

} // namespace cli

#endif
