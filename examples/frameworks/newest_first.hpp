// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_EXAMPLES_FRAMEWORKS_NEWEST_FIRST_HPP
#define ROTA_EXAMPLES_FRAMEWORKS_NEWEST_FIRST_HPP

#include <string>

#include <rota/contract/claims.hpp>

/// The laws that a scheduler breaks if it claims so much, with the smallest case of each; empty where it breaks none.
std::string broken_laws(rota::claim claims);

/// What that scheduler does claim.
extern rota::claim const its_claims;

#endif
