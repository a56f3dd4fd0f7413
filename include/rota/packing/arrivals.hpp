// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PACKING_ARRIVALS_HPP
#define ROTA_PACKING_ARRIVALS_HPP

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/random.hpp>
#include <rota/job/pod.hpp>

namespace rota::packing {

/// In which order pods arrive and which node comes first among equals: all that a seed decides.
struct arrivals {
    std::vector<std::uint32_t> pods;  ///< positions in the list of pods; a pod may come several times
    std::vector<std::uint32_t> nodes; ///< ids of the nodes, the first in rank first
};

namespace detail {

inline void shuffle(std::vector<std::uint32_t>& what, rota::random& draw) {
    for (auto left = what.size(); left > 1; --left) std::swap(what[left - 1], what[draw.below(left)]);
}

} // namespace detail

/// The pods shuffled, then tuned to ask for `load` thousandths of the cluster's GPUs, and the nodes shuffled.
///
/// Below the load, pods of the list, drawn with replacement, follow until one would pass it; that test counts
/// one GPU of the pod. Above it, drawn pods are taken out until it is met. A load of 0 leaves the list as it
/// is.
/// Expects   a pod with a GPU where load != 0, and load x capacity_milli below 2^63.
/// Source    Q. Weng et al., "Beware of Fragmentation", ATC 2023, section 6.2; the one GPU is that of the
/// authors' implementation.
[[nodiscard]] inline arrivals draw_arrivals(std::vector<job::pod> const& pods, std::uint32_t nodes,
                                            std::int64_t capacity_milli, std::int64_t load,
                                            std::uint64_t seed) {
    auto draw = rota::random{seed};
    auto made = arrivals{};
    made.pods.resize(pods.size());
    std::iota(made.pods.begin(), made.pods.end(), 0u);
    detail::shuffle(made.pods, draw);
    auto asked = std::int64_t{0};
    for (auto const& one : pods) asked += one.total_milli();
    if (load != 0) {
        ROTA_EXPECTS(asked != 0, "only pods with GPUs can bring the load about");
        auto const target = capacity_milli * load / 1000;
        if (asked < target) {
            for (;;) {
                auto const next = static_cast<std::uint32_t>(draw.below(pods.size()));
                if (asked + pods[next].milli > target) break;
                asked += pods[next].total_milli();
                made.pods.push_back(next);
            }
        } else {
            auto out = std::vector<bool>(made.pods.size());
            while (asked > target) {
                auto const at = draw.below(out.size()); // one that is out already is drawn again
                if (out[at]) continue;
                out[at] = true;
                asked -= pods[made.pods[at]].total_milli();
            }
            auto kept = std::size_t{0};
            for (auto i = std::size_t{0}; i != out.size(); ++i)
                if (!out[i]) made.pods[kept++] = made.pods[i];
            made.pods.resize(kept);
        }
    }
    made.nodes.resize(nodes);
    std::iota(made.nodes.begin(), made.nodes.end(), 0u);
    detail::shuffle(made.nodes, draw);
    return made;
}

} // namespace rota::packing

#endif
