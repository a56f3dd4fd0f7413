// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_DUE_HPP
#define ROTA_SIMULATION_DUE_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::simulation {

/// What comes at set times, whatever happens in the world: one after the other.
///
/// Expects   entries by time, `at`; they outlive it and do not change.
template <class Entry>
class due {
public:
    explicit due(std::vector<Entry> const& all) : all_{&all} {
        ROTA_EXPECTS(
            std::is_sorted(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.at < b.at; }),
            "what comes at set times is sorted by time");
    }
    due(std::vector<Entry>&&) = delete;

    [[nodiscard]] sim_time next() const noexcept { return next_ == all_->size() ? never : (*all_)[next_].at; }
    /// The next one that has come; null: none.
    [[nodiscard]] Entry const* pop(sim_time now) noexcept {
        return next_ != all_->size() && next() <= now ? &(*all_)[next_++] : nullptr;
    }

private:
    std::vector<Entry> const* all_;
    std::size_t next_ = 0;
};

} // namespace rota::simulation

#endif
