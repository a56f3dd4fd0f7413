// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_COUNTER_EXAMPLE_HPP
#define ROTA_VERIFY_COUNTER_EXAMPLE_HPP

#include <string>

#include <rota/contract/claims.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/suite_version.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

/// A trial in which a scheduler broke a law: all that it takes to see it again, elsewhere and later.
///
/// Meaning   Not a seed: what a seed draws changes with the decoder, the trial stays.
struct counter_example {
    std::string scheduler; ///< one line; what it stands for, whoever runs it must know
    claim claims = claim::none;
    traits known{};
    law broken{};
    unsigned suite = suite_version; ///< that found it
    trial what;
};

} // namespace rota::verify

#endif
