// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_TIRESIAS_LAW_HPP
#define ROTA_PEERS_TIRESIAS_LAW_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "replay.hpp"

namespace peers {

/// Tiresias's table of "Gittins indices" over the samples of a law of GPU-seconds, quirks included.
///
/// For a job of age a: the chance p to end within the next 3250 GPU-seconds over the expected cost e of
/// trying; no supremum over the horizon. p is rounded to 5 digits, e is divided as Python 2 divides integers,
/// and the index is rounded to 4 digits: kept here as a whole number of ten-thousandths.
/// Source    SymbioticLab/Tiresias, simulator/run_sim.py (cal_r_gittins_index, parse_job_dist,
///           get_gittins_index) under Python 2.
class tiresias_law {
public:
    static constexpr std::int64_t delta = 3250;

    explicit tiresias_law(std::vector<std::int64_t> samples) : samples_{std::move(samples)} {
        if (samples_.empty() || *std::ranges::max_element(samples_) < 1)
            throw refusal{"the law of the Gittins index has no sample above 0"};
        std::ranges::sort(samples_);
        for (auto const sample : samples_) index_.push_back(at_age(sample - 1));
        index_.push_back(0); // past the largest sample
    }

    /// The index of a job that has received that much, in ten-thousandths; larger goes first.
    [[nodiscard]] std::int64_t operator()(std::int64_t gpu_seconds) const {
        return index_[first_above(gpu_seconds)];
    }

private:
    [[nodiscard]] std::size_t first_above(std::int64_t age) const {
        return static_cast<std::size_t>(std::ranges::upper_bound(samples_, age) - samples_.begin());
    }
    [[nodiscard]] std::int64_t at_age(std::int64_t age) const {
        auto const n = samples_.size();
        auto const i = first_above(age);
        auto const k = age + delta > samples_.back() - 1 ? n - 1 : first_above(age + delta);
        auto const above = static_cast<double>(n - i);
        auto const p =
            static_cast<double>(rounded((static_cast<double>(k) - static_cast<double>(i)) / above, 1e5)) /
            1e5;
        auto const at = [&](std::size_t j) { return samples_.begin() + static_cast<std::ptrdiff_t>(j); };
        auto const cost = std::accumulate(at(i), at(std::max(i, k)), std::int64_t{0}) +
                          delta * static_cast<std::int64_t>(n - k);
        auto const e = static_cast<double>(cost / static_cast<std::int64_t>(n - i));
        return rounded(p * 1'000'000 / e, 1e4);
    }
    /// x * scale to the nearest whole number, exact halves upwards: round() of Python 2 for x >= 0.
    /// A fused multiply-add has the exact sign of its result, so no rounding error decides.
    [[nodiscard]] static std::int64_t rounded(double x, double scale) {
        auto down = std::floor(x * scale);
        if (std::fma(x, scale, -down) < 0) --down;
        return static_cast<std::int64_t>(std::fma(x, scale, -(down + 0.5)) >= 0 ? down + 1 : down);
    }

    std::vector<std::int64_t> samples_;
    std::vector<std::int64_t> index_; ///< by the first sample above the age
};

} // namespace peers

#endif
