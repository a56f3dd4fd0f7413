// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_SUMMARY_HPP
#define ROTA_CLI_SUMMARY_HPP

#include <string>
#include <vector>

#include <rota/contract/claims.hpp>

#include "inputs.hpp"
#include "run.hpp"

namespace cli {

/// The runs as one table, with a line for what a reader should know and the columns do not say.
[[nodiscard]] std::string summary_table(inputs const& in, std::vector<run> const& runs);

/// The runs as JSON: the same inputs give the same bytes, so it holds no wall time. No data is null.
[[nodiscard]] std::string summary_json(inputs const& in, world_options const& world,
                                       std::vector<run> const& runs);

/// The names of the claims joined by commas; "none" where there is none.
[[nodiscard]] std::string claims_text(rota::claim claims);

} // namespace cli

#endif
