// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_DEMAND_HPP
#define ROTA_TRACE_DEMAND_HPP

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/trace/preset.hpp>
#include <rota/trace/weighted.hpp>

namespace rota::trace {

/// What jobs ask for: gangs by a preset's table of sizes, or shares of one GPU by its table of milli.
///
/// Points at the preset, which must outlive it.
/// Expects   a size of at most gpus_max; a table of milli where jobs share.
class demand_law {
public:
    demand_law(preset const& from, std::uint16_t gpus_max)
        : from_{&from}, gpus_{up_to(from.gpus, gpus_max)},
          milli_{from.milli.empty() ? weighted{{1}} : up_to(from.milli, whole_gpu)} {
        ROTA_EXPECTS(from.sharing == 0.0 || !from.milli.empty(),
                     "jobs that share a GPU need a table of shares");
    }

    [[nodiscard]] job::request operator()(random& stream) const noexcept {
        if (!stream.chance(from_->sharing)) return job::gang(from_->gpus[gpus_(stream)].size);
        auto part = job::gang(1);
        part.milli = part.milli_min = from_->milli[milli_(stream)].size;
        return part;
    }

    /// The probability that two independent jobs ask for the same, over the whole table of sizes.
    [[nodiscard]] double same_by_chance() const noexcept {
        auto sum = 0.0;
        auto squares = 0.0;
        for (auto const& entry : from_->gpus) {
            auto const weight = static_cast<double>(entry.weight);
            sum += weight;
            squares += weight * weight;
        }
        return squares / (sum * sum);
    }

private:
    static weighted up_to(std::span<weighted_size const> table, int size_max) {
        auto weights = std::vector<std::uint64_t>{};
        for (auto const& entry : table) weights.push_back(entry.size <= size_max ? entry.weight : 0u);
        return weighted{std::move(weights)};
    }

    preset const* from_;
    weighted gpus_;
    weighted milli_;
};

} // namespace rota::trace

#endif
