// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_PRIORITY_HPP
#define ROTA_QUEUEING_PRIORITY_HPP

#include <cstdint>

#include <rota/contract/claims.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// The larger priority first; equal priorities in the order of submission.
///
/// Source    A. Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015,
/// section 2.5.
struct priority {
    static constexpr claim claims = claim::by_priority;

    [[nodiscard]] std::int64_t key(view const& v, job_id j) const noexcept {
        return -std::int64_t{v.spec(j).priority};
    }
};

static_assert(order<priority>);

} // namespace rota::queueing

#endif
