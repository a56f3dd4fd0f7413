// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_OUTCOME_HPP
#define ROTA_PLACEMENT_OUTCOME_HPP

#include <cstdint>
#include <utility>

#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>

namespace rota::placement {

/// Why a gang got no devices. An ordinary answer, not an error; explain() counts the reasons node by node.
enum class refusal : std::uint8_t {
    busy,       ///< an empty cluster would hold it: keep it queued
    infeasible, ///< no empty cluster would: reject it
};

/// A placement, or why there is none.
class outcome {
public:
    outcome(cluster::placement where) noexcept : where_{std::move(where)} {
        ROTA_EXPECTS(!where_.empty(), "an empty placement is a refusal: say which");
    }
    outcome(refusal why) noexcept : why_{why} {}

    [[nodiscard]] explicit operator bool() const noexcept { return !where_.empty(); }
    [[nodiscard]] cluster::placement const& operator*() const noexcept {
        ROTA_EXPECTS(!where_.empty(), "refused: there is no placement to look at");
        return where_;
    }
    [[nodiscard]] cluster::placement const* operator->() const noexcept { return &**this; }
    [[nodiscard]] refusal why() const noexcept {
        ROTA_EXPECTS(where_.empty(), "placed: there is no refusal to look at");
        return why_;
    }

private:
    cluster::placement where_;
    refusal why_ = refusal::busy;
};

} // namespace rota::placement

#endif
