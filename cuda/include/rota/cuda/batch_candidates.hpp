// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_BATCH_CANDIDATES_HPP
#define ROTA_CUDA_BATCH_CANDIDATES_HPP

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <rota/core/units.hpp>
#include <rota/cuda/batch.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/candidates.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::cuda {

/// Lists for a placement::exact_wave from a batch: those of all requests of the queue, at once when a round
/// begins. The wave commits in the order of the queue and scores touched nodes again, on the host.
template <class Grid>
class batch_candidates {
public:
    /// Expects   keep > 0, the length of a list. No round ends early in a queue no longer than that.
    batch_candidates(placement::state_table const& nodes, Grid grid, unsigned keep)
        : from_{nodes, std::move(grid)}, keep_{keep} {}

    std::uint32_t add(job::pod const& need) {
        asked_.push_back(0);
        lists_.emplace_back();
        return from_.add(need);
    }
    void changed(node_id n) { from_.changed(n); }
    void begin(std::span<std::uint32_t const> requests) {
        auto distinct = std::vector<std::uint32_t>{};
        for (auto const r : requests)
            if (!std::exchange(asked_[r], std::uint8_t{1})) distinct.push_back(r);
        auto lists = from_.top(distinct, keep_);
        for (auto i = std::size_t{0}; i != distinct.size(); ++i) {
            lists_[distinct[i]] = std::move(lists[i]);
            asked_[distinct[i]] = 0;
        }
    }
    void list(std::uint32_t request, std::span<std::uint8_t const>, placement::candidate_list& into) {
        std::swap(into, lists_[request]);
    }

private:
    batch<Grid> from_;
    unsigned keep_;
    std::vector<std::uint8_t> asked_; ///< of each request: it is in the queue
    std::vector<placement::candidate_list> lists_;
};

} // namespace rota::cuda

#endif
