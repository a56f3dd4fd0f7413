// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_FIFO_HPP
#define ROTA_QUEUEING_FIFO_HPP

#include <cstdint>

#include <rota/contract/claims.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/concepts.hpp>

namespace rota::queueing {

/// In the order of submission.
///
/// Source    first come, first served; the baseline of every study.
struct fifo {
    static constexpr claim claims = claim::by_submission;

    [[nodiscard]] constexpr std::int64_t key(view const&, job_id) const noexcept { return 0; }
};

static_assert(order<fifo>);

} // namespace rota::queueing

#endif
