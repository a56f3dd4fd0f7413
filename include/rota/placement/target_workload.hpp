// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_TARGET_WORKLOAD_HPP
#define ROTA_PLACEMENT_TARGET_WORKLOAD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/target_view.hpp>

namespace rota::placement {

/// A kind of pod that is expected, and how often.
struct typical_pod {
    job::pod need{};
    std::uint32_t weight = 0;

    friend bool operator==(typical_pod const&, typical_pod const&) = default;
};

/// Which pods count as typical.
struct popularity {
    std::uint32_t percent = 95;            ///< of all pods that the typical kinds make up at least
    std::uint32_t cpu_milli_of_none = 100; ///< what a pod that asks for no CPU is taken to need
    bool cpu_only = true;                  ///< pods without GPUs are counted
};

/// The most frequent kinds of pods of a workload, until they make up most of it.
///
/// Order     the most frequent first, ties by CPU, share, GPUs and models, the larger first. Neither memory nor
/// predicates make a kind.
/// Source    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
/// Gradient Descent", ATC 2023, section 4; thresholds of its experiments. Differs: models make a kind as a
/// set, not as the text that lists them.
class target_workload {
public:
    /// Expects   how.percent from 1 to 100, and a pod that counts.
    explicit target_workload(std::vector<job::pod> const& pods, popularity how = {}) {
        ROTA_EXPECTS(how.percent >= 1 && how.percent <= 100, "a percentage from 1 to 100");
        auto all = std::int64_t{0};
        auto const key = [](typical_pod const& one) {
            return std::tuple{one.need.cpu_milli, one.need.milli, one.need.gpus, one.need.models};
        };
        for (auto need : pods) {
            if (need.gpus == 0 && !how.cpu_only) continue;
            if (need.cpu_milli == 0) need.cpu_milli = how.cpu_milli_of_none;
            need.mem_mib = 0;
            need.predicates = 0;
            kinds_.push_back({need, 1});
            ++all;
        }
        ROTA_EXPECTS(all != 0, "a workload without pods has no typical ones");
        std::sort(kinds_.begin(), kinds_.end(),
                  [&](auto const& a, auto const& b) { return key(a) > key(b); });
        auto distinct = std::size_t{0};
        for (auto const& one : kinds_) {
            if (distinct != 0 && kinds_[distinct - 1].need == one.need) ++kinds_[distinct - 1].weight;
            else kinds_[distinct++] = one;
        }
        kinds_.resize(distinct);
        std::sort(kinds_.begin(), kinds_.end(), [&](auto const& a, auto const& b) {
            return a.weight != b.weight ? a.weight > b.weight : key(a) > key(b);
        });
        auto taken = std::size_t{0};
        while (100 * weight_ < how.percent * all) weight_ += kinds_[taken++].weight;
        kinds_.resize(taken);
        group();
    }

    [[nodiscard]] std::vector<typical_pod> const& kinds() const noexcept { return kinds_; }
    /// Expects   this outlives the view.
    /// Those of them with GPUs, by group.
    [[nodiscard]] std::vector<target_step> const& steps() const noexcept { return steps_; }
    [[nodiscard]] target_view view() const& noexcept {
        return {steps_.data(), static_cast<std::uint32_t>(steps_.size()), weight_};
    }
    [[nodiscard]] target_view view() const&& = delete;

private:
    void group() {
        for (auto const& [need, weight] : kinds_)
            if (need.gpus != 0)
                steps_.push_back({need.cpu_milli, need.models, need.gpus, need.milli, 1, weight});
        auto const of = [](target_step const& one) { return std::tuple{one.gpus, one.milli, one.models}; };
        std::sort(steps_.begin(), steps_.end(), [&](auto const& a, auto const& b) {
            return of(a) != of(b) ? of(a) < of(b) : a.cpu_milli < b.cpu_milli;
        });
        for (auto i = std::size_t{1}; i < steps_.size(); ++i)
            if (of(steps_[i]) == of(steps_[i - 1])) steps_[i].weight += steps_[i - 1].weight;
        for (auto i = steps_.size(); i-- > 1;)
            if (of(steps_[i]) == of(steps_[i - 1])) steps_[i - 1].steps += steps_[i].steps;
    }

    std::vector<typical_pod> kinds_;
    std::vector<target_step> steps_;
    std::int64_t weight_ = 0;
};

} // namespace rota::placement

#endif
