// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANG_BATCH_HPP
#define ROTA_CUDA_GANG_BATCH_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <rota/cluster/domain_tree.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/occupancy.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/flat_tree.hpp>
#include <rota/cuda/gang_choice.hpp>
#include <rota/cuda/gang_row.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/domain_sums.hpp>
#include <rota/placement/gang_planner.hpp>
#include <rota/placement/node_fit.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/topology_gang.hpp>

namespace rota::cuda {

/// Places queues of gangs over a tree of domains on a device that keeps what every domain has room for, for every
/// distinct gang. The result is that of gang_planner with tightest_domain, one by one in the order of the queue.
///
/// `Grid` is `gangs_on_device` or `gangs_on_host`.
/// Expects   gangs of one kind, of whole GPUs, without extras: count == least; the tree outlives it, and so does the
/// ledger, of which it is told each node that others have changed before the next queue.
/// Cost      add(): O(nodes), and all sums anew at the next queue. A queue: for each gang its domains of a level over
/// the threads of one block, then O(levels) for each pair of a distinct gang and a node that was taken, at once.
template <class Grid>
class gang_batch {
public:
    gang_batch(cluster::domain_tree const& tree, cluster::ledger& free, Grid grid)
        : tree_{&tree}, free_{&free}, grid_{std::move(grid)}, is_stale_(free.size(), 0) {
        ROTA_EXPECTS(tree.size(0) == free.size(), "a tree of these nodes");
        grid_.lay(flat_tree_arrays{tree});
        for (auto n = std::uint32_t{0}; n != free.size(); ++n) changed(node_id{n});
    }
    gang_batch(cluster::domain_tree&&, cluster::ledger&, Grid) = delete;

    std::uint32_t add(placement::topology_gang const& gang) {
        ROTA_EXPECTS(gang.kinds.size() == 1 && gang.kinds.front().count == gang.kinds.front().least,
                     "a batch takes gangs of one kind without extras; gang_planner takes any");
        auto const& [each, count, least] = gang.kinds.front();
        ROTA_EXPECTS(each.whole(), "a batch takes gangs of whole GPUs; gang_planner takes any");
        ROTA_EXPECTS(least != 0 && least % gang.slice == 0, "a gang has pods, and its slices are whole");
        auto const first = static_cast<std::uint32_t>(rows_.size());
        for (auto m = 0; m != free_->models(); ++m)
            if (each.accepts(static_cast<gpu_model>(m))) add_row(gang, static_cast<gpu_model>(m));
        auto const end = static_cast<std::uint32_t>(rows_.size());
        gangs_.push_back({each, first == end ? 0 : least, first, end});
        return static_cast<std::uint32_t>(gangs_.size() - 1);
    }
    void changed(node_id n) {
        if (!std::exchange(is_stale_[index(n)], std::uint8_t{1})) stale_.push_back(index(n));
    }
    /// Takes nodes for these gangs, in this order, from the ledger.
    std::vector<placement::outcome> place(std::span<std::uint32_t const> queue) {
        upload();
        auto asked = std::vector<gang_asked>{};
        auto out = std::uint32_t{0};
        for (auto const g : queue) {
            asked.push_back({gangs_[g].row, gangs_[g].end, out});
            out += gangs_[g].pods;
        }
        auto const found = rows_.empty()
                               ? std::pair{std::vector<gang_answer>(queue.size()), std::vector<gang_part>{}}
                               : grid_.place(asked, out);
        auto where = std::vector<placement::outcome>{};
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto const& gang = gangs_[queue[i]];
            auto const parts = std::span{found.second}.subspan(asked[i].out, found.first[i].parts);
            if (parts.empty())
                where.push_back(gang.row == gang.end ? placement::refusal::infeasible
                                                     : placement::refusal::busy);
            else where.push_back(take(gang.each, parts));
        }
        return where;
    }

private:
    struct entry {
        job::request each;
        std::uint32_t pods; ///< the parts that it may have; none where it has no row
        std::uint32_t row;  ///< the first of its rows
        std::uint32_t end;
    };

    /// None where no empty domain of the model would hold the gang.
    void add_row(placement::topology_gang const& gang, gpu_model model) {
        auto const& [each, count, least] = gang.kinds.front();
        auto const unused = cluster::occupancy{free_->layout()};
        auto empty = placement::domain_sums{*tree_, gang.slice, gang.slice_level};
        empty.fill(tree_->top(), 0, [&](std::uint32_t at) {
            return placement::pods_on(each, model, unused, tree_->node(at));
        });
        auto row = gang_row{.gpus = each.gpus_max,
                            .cpu_milli = each.cpu_milli,
                            .mem_mib = each.mem_mib,
                            .model = index(model),
                            .pods = least,
                            .slice = gang.slice,
                            .slice_level = gang.slice_level,
                            .to = std::min(gang.required, tree_->top())};
        for (row.from = std::min(gang.preferred, row.to); row.from <= row.to; ++row.from) {
            auto const& rooms = empty.rooms(row.from);
            if (*std::max_element(rooms.begin(), rooms.end()) < row.units(row.from)) continue;
            rows_.push_back(row);
            has_new_rows_ = true;
            return;
        }
    }
    void upload() {
        auto updates = std::vector<gang_update>{};
        updates.reserve(stale_.size());
        auto const& state = free_->state();
        for (auto const i : stale_) {
            auto const n = node_id{i};
            updates.push_back({tree_->position(n),
                               {.gpus = static_cast<std::uint32_t>(state.whole_count(n)),
                                .cpu_milli = state.cpu_milli(n),
                                .mem_mib = state.mem_mib(n),
                                .model = index(state.of(n).model),
                                .open = state.open(n)}});
            is_stale_[i] = 0;
        }
        stale_.clear();
        grid_.update(updates);
        if (std::exchange(has_new_rows_, false)) grid_.sum_up(rows_);
    }
    placement::outcome take(job::request const& each, std::span<gang_part const> parts) {
        auto ascending = std::vector<gang_part>(parts.begin(), parts.end());
        for (auto& part : ascending) part.position = index(tree_->node(part.position));
        std::sort(ascending.begin(), ascending.end(),
                  [](gang_part a, gang_part b) { return a.position < b.position; });
        auto where = cluster::placement{};
        for (auto const [n, pods] : ascending)
            where.add(placement::pick(each, *free_, node_id{n}, static_cast<int>(pods * each.gpus_max)));
        free_->take(where);
        return where;
    }

    cluster::domain_tree const* tree_;
    cluster::ledger* free_;
    Grid grid_;
    std::vector<entry> gangs_;
    std::vector<gang_row> rows_;
    bool has_new_rows_ = false;
    std::vector<std::uint8_t> is_stale_; ///< of each node: it is among them
    std::vector<std::uint32_t> stale_;   ///< nodes that the grid knows as they were
};

} // namespace rota::cuda

#endif
