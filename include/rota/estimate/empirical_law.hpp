// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_ESTIMATE_EMPIRICAL_LAW_HPP
#define ROTA_ESTIMATE_EMPIRICAL_LAW_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/size_law.hpp>

namespace rota::estimate {

/// The law of observed services: every sample equally likely.
///
/// The index is the exact one, the sup over every later sample with the age subtracted, taken at 0 and at
/// each sample: between two samples it keeps its value. Beyond the largest sample it is 0.
/// Cost      O(n) a distinct sample at construction, O(log n) an index.
/// Source    J. Gu et al., "Tiresias: a GPU cluster manager for distributed deep learning", NSDI 2019,
///           section 3.2. differs: the sup over D instead of one fixed D, and service less age instead of
///           the whole service.
class empirical_law {
public:
    /// Expects at least one sample, each > 0, in ms of service.
    explicit empirical_law(std::vector<std::int64_t> samples) {
        ROTA_EXPECTS(!samples.empty(), "a law needs at least one sample");
        std::sort(samples.begin(), samples.end());
        ROTA_EXPECTS(samples.front() > 0, "services are positive");
        auto const n = samples.size();
        for (auto first = std::size_t{0}, age = std::size_t{0}; first != n; ++age) {
            auto const at = age == 0 ? 0 : samples[first - 1];
            steps_.push_back({at, best(samples, first, at)});
            first = static_cast<std::size_t>(
                std::upper_bound(samples.begin(), samples.end(), samples[first]) - samples.begin());
        }
        steps_.push_back({samples.back(), 0});
    }

    [[nodiscard]] std::int64_t index(view const&, job_id, std::int64_t age) const noexcept {
        return (next(age) - 1)->index;
    }
    [[nodiscard]] std::int64_t next_change(view const&, job_id, std::int64_t age) const noexcept {
        auto const after = next(age);
        return after == steps_.end() ? std::numeric_limits<std::int64_t>::max() : after->age;
    }

private:
    struct step {
        std::int64_t age;
        std::int64_t index;
    };
    /// The sup for samples[first..] at `age`, all of them larger than it.
    static std::int64_t best(std::vector<std::int64_t> const& samples, std::size_t first, std::int64_t age) {
        auto found = std::int64_t{0};
        auto served = int128{0}; // of the samples up to k, less their age
        for (auto k = first; k != samples.size(); ++k) {
            served += samples[k] - age;
            if (k + 1 != samples.size() && samples[k + 1] == samples[k]) continue;
            auto const done = static_cast<int128>(k + 1 - first);
            auto const left = static_cast<int128>(samples.size() - k - 1) * (samples[k] - age);
            found = std::max(found, static_cast<std::int64_t>(done * index_unit / (served + left)));
        }
        return found;
    }
    [[nodiscard]] std::vector<step>::const_iterator next(std::int64_t age) const noexcept {
        return std::upper_bound(steps_.begin(), steps_.end(), std::max<std::int64_t>(age, 0),
                                [](std::int64_t a, step const& s) { return a < s.age; });
    }

    std::vector<step> steps_; ///< by age; the first at 0
};

static_assert(size_law<empirical_law>);

} // namespace rota::estimate

#endif
