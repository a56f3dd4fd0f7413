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

/// The engine that looks at all nodes every time, many at once: loops without branches over columns, which
/// a compiler vectorises for whatever instructions it may use.
///
/// The least sum is found block by block; the answer is the first node whose sum still has the best score.
/// Cost      a question reads 24 bytes a node; sums take 32-bit arithmetic where all of them fit, 64-bit
/// otherwise. A pod that wants shares of several GPUs is a scan. A change writes six numbers.
template <pod_scorer Scorer>
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
        if (!compares(request)) return by_definition_.best(request);
        if (columns_.narrow(asked.by)) return best<std::int32_t>(request);
        return best<std::int64_t>(request);
    }

    /// It compares sums for this request, and does not scan.
    [[nodiscard]] bool compares(std::uint32_t request) const noexcept {
        return free_columns::can_tell(requests_[request].need);
    }
    /// What it compares: a sum for each node, the least is the best.
    /// Expects   compares(request).
    template <class Sum = std::int64_t>
    [[nodiscard]] free_columns::keys<Sum> sums(std::uint32_t request) const noexcept {
        return columns_.under<Sum>(requests_[request].need, requests_[request].by);
    }
    /// The largest sum with the score of `sum`.
    [[nodiscard]] std::int64_t limit(std::uint32_t request, std::int64_t sum) const noexcept {
        auto const& [need, by, unit] = requests_[request];
        auto const last = score_.limit(unit * sum, need);
        return last / unit - (last % unit < 0); // rounded down
    }

private:
    struct question {
        job::pod need;
        free_weights by; ///< divided by `unit`
        std::int64_t unit;
    };

    template <class Sum>
    [[nodiscard]] std::optional<node_id> best(std::uint32_t request) noexcept {
        constexpr auto width = std::size_t{free_columns::block};
        auto const sum = sums<Sum>(request);
        auto least = sum.none;
        for (auto b = std::size_t{0}; b != least_.size(); ++b) {
            auto here = sum.none;
            for (auto n = b * width; n != (b + 1) * width; ++n) here = std::min(here, sum(n));
            least_[b] = here;
            least = std::min(least, here);
        }
        if (least == sum.none) return {};
        auto const last = std::min(limit(request, least), std::int64_t{sum.none} - 1);
        auto n = std::size_t{0};
        while (least_[n / width] > last) n += width;
        while (sum(n) > last) ++n;
        return node_id{static_cast<std::uint32_t>(n)};
    }

    [[no_unique_address]] Scorer score_;
    scan<Scorer> by_definition_;
    free_columns columns_;
    std::vector<std::int64_t> least_; ///< sum of each block
    std::vector<question> requests_;
};

} // namespace rota::placement

#endif
