// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SUITE_VERSION_HPP
#define ROTA_VERIFY_SUITE_VERSION_HPP

namespace rota::verify {

/// What "passes rota suite N" refers to: the laws, the decoder of trials, how they are run, the order of worlds and seeds.
/// It rises with any change of these after which a scheduler that passed may fail.
inline constexpr unsigned suite_version = 3;

} // namespace rota::verify

#endif
