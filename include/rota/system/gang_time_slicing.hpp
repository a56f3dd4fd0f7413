// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SYSTEM_GANG_TIME_SLICING_HPP
#define ROTA_SYSTEM_GANG_TIME_SLICING_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <rota/contract/actions.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/queueing/slicer.hpp>

namespace rota::system {

/// Every job gets the same share of wall time, its whole gang at a time; idle devices are filled.
///
/// The share is what all jobs together can have: open GPUs / GPUs asked for, at most all the time.
/// Source    J. K. Ousterhout, "Scheduling techniques for concurrent systems", ICDCS 1982; W. Xiao et al.,
///           "Gandiva: introspective cluster scheduling for deep learning", OSDI 2018 (suspend-resume slices
///           of about a minute). differs: no packing of two jobs on a GPU, no growth and shrinking.
template <placement::policy Placement = placement::consolidated>
class gang_time_slicing {
public:
    queueing::slicer slices{};
    Placement place{};

    void on(event const& happened, view const& v) { slices.on(happened, v); }
    void decide(view const& v, actions& a) {
        static constexpr auto lanes = std::array{job::any_model};
        slices.share_out(v, a, place, lanes, [&](job_id, std::size_t) {
            return std::clamp<std::int64_t>(1000 * 1000 * v.free().open_gpus() / slices.asked_milli(), 1,
                                            1000);
        });
    }
};

static_assert(scheduling_policy<gang_time_slicing<>>);

} // namespace rota::system

#endif
