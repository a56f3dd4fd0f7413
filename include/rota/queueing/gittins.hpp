// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_GITTINS_HPP
#define ROTA_QUEUEING_GITTINS_HPP

#include <cstdint>
#include <limits>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/empirical_law.hpp>
#include <rota/estimate/size_law.hpp>
#include <rota/queueing/concepts.hpp>
#include <rota/queueing/las.hpp>

namespace rota::queueing {

/// The largest Gittins index first: the job whose service law promises most completions for the service it
/// would take.
///
/// Source    J. C. Gittins, "Bandit processes and dynamic allocation indices", JRSS B 1979; for GPU service
///           J. Gu et al., "Tiresias", NSDI 2019, section 3.2 (Tiresias-G).
template <estimate::size_law Law = estimate::empirical_law, service Of = service::gpu_time>
struct gittins {
    Law law;

    [[nodiscard]] std::int64_t key(view const& v, job_id j) const {
        return -law.index(v, j, attained<Of>(v, j));
    }
    [[nodiscard]] sim_time stale_at(view const& v, job_id j) const {
        auto const at = law.next_change(v, j, attained<Of>(v, j));
        return at == std::numeric_limits<std::int64_t>::max() ? never : reaches<Of>(at, v, j);
    }
};

template <estimate::size_law Law>
gittins(Law) -> gittins<Law>;

static_assert(order<gittins<>>);

} // namespace rota::queueing

#endif
