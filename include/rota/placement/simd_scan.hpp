// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_SIMD_SCAN_HPP
#define ROTA_PLACEMENT_SIMD_SCAN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/free_columns.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/sum_scorer.hpp>

namespace rota::placement {

/// The engine that looks at all nodes every time, many at once: loops without branches over columns, which the
/// compiler vectorises for whatever instructions it may use.
///
/// The least sum is found block by block; the answer is the first node whose sum still has the best score.
/// Cost      a question reads 24 bytes a node; sums take 32-bit arithmetic where all of them fit, 64-bit
/// otherwise. A pod that wants shares of several GPUs is a scan. A change writes six numbers.
template <state_scorer Scorer>
class simd_scan {
    static_assert(sum_scorer<Scorer>,
                  "rota: simd_scan compares weighted sums of what is free, and this scorer has no "
                  "`weights` and `limit`; use block_minimum");

public:
    explicit simd_scan(state_table const& nodes, Scorer score = {})
        : score_{score}, by_definition_{nodes, score}, columns_{nodes}, least_(columns_.blocks()) {}
    explicit simd_scan(state_table const&&, Scorer = {}) = delete;

    std::uint32_t add(job::pod const& need) {
        auto by = score_.weights(need);
        auto const unit =
            std::max(std::gcd(std::gcd(by.cpu_milli, by.gpu_milli), by.whole_gpus), std::int64_t{1});
        by.cpu_milli /= unit; // the smaller the sums, the more of them fit 32 bits
        by.gpu_milli /= unit;
        by.whole_gpus /= unit;
        requests_.push_back({need, by, unit});
        return by_definition_.add(need);
    }
    void changed(node_id n) noexcept { columns_.changed(n); }
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) noexcept {
        auto const& asked = requests_[request];
        if (!free_columns::can_tell(asked.need)) return by_definition_.best(request);
        if (columns_.narrow(asked.by)) return best<std::int32_t>(asked);
        return best<std::int64_t>(asked);
    }

private:
    struct question {
        job::pod need;
        free_weights by; ///< divided by `unit`
        std::int64_t unit;
    };

    template <class Sum>
    [[nodiscard]] std::optional<node_id> best(question const& asked) noexcept {
        constexpr auto width = std::size_t{free_columns::block};
        auto const key = columns_.under<Sum>(asked.need, asked.by);
        auto least = key.none;
        for (auto b = std::size_t{0}; b != least_.size(); ++b) {
            auto here = key.none;
            for (auto n = b * width; n != (b + 1) * width; ++n) here = std::min(here, key(n));
            least_[b] = here;
            least = std::min(least, here);
        }
        if (least == key.none) return {};
        auto const limit = std::min(floor_div(score_.limit(asked.unit * least, asked.need), asked.unit),
                                    std::int64_t{key.none} - 1);
        auto n = std::size_t{0};
        while (least_[n / width] > limit) n += width;
        while (key(n) > limit) ++n;
        return node_id{static_cast<std::uint32_t>(n)};
    }
    static constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
        return a / b - (a % b < 0);
    }

    [[no_unique_address]] Scorer score_;
    scan<Scorer> by_definition_;
    free_columns columns_;
    std::vector<std::int64_t> least_; ///< sum of each block
    std::vector<question> requests_;
};

} // namespace rota::placement

#endif
