// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_NAIVE_HPP
#define ROTA_PROPERTY_QUEUEING_NAIVE_HPP

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/node_fit.hpp>

namespace naive {

using namespace rota;

enum class discipline { strict, skip_ahead, easy };

/// The definitions of the greedy disciplines, word for word, by scanning every waiting job, every running job
/// and every node in every pass. Keeps nothing between passes. Whole GPUs, gangs of whole nodes beyond one
/// node.
template <class Order, discipline How, class Placement = placement::consolidated>
struct greedy {
    Order by{};
    estimate::user_limit limit{};

    void on(event const& happened, view const& v) { queueing::tell(by, happened, v); }

    void decide(view const& v, actions& a) {
        auto waiting = std::vector<std::pair<std::int64_t, job_id>>{};
        for (auto j : v.jobs())
            if (v.waiting(j)) waiting.emplace_back(by.key(v, j), j);
        std::sort(waiting.begin(), waiting.end());
        auto const place = Placement{};
        auto const start = [&](job_id j) {
            auto const where = place.place(v.need(j), v.free());
            return where && a.start(j, *where) == answer::accepted;
        };
        if constexpr (How == discipline::skip_ahead) {
            for (auto const& [key, j] : waiting) (void)start(j);
        } else {
            auto next = waiting.begin();
            while (next != waiting.end() && start(next->second)) ++next;
            if (How == discipline::easy && next != waiting.end())
                backfill(v, a, next->second, std::vector(next + 1, waiting.end()));
        }
    }

    void backfill(view const& v, actions& a, job_id head,
                  std::vector<std::pair<std::int64_t, job_id>> const& others) {
        auto somebody_fits = false;
        for (auto const& [key, j] : others)
            somebody_fits |= static_cast<bool>(placement::consolidated{}.place(v.need(j), v.free()));
        if (!somebody_fits && v.state(head).promised != never) return;
        // ends as believed when each run was confirmed, or in the next ms
        auto ends = std::map<std::int64_t, std::vector<job_id>>{};
        for (auto j : v.jobs())
            if (v.placed(j)) ends[index(v.now()) + limit.remaining_ms(v, j)].push_back(j);
        auto const free_at = [&](std::uint32_t n, std::int64_t at) {
            auto gpus = v.free().whole_count(node_id{n});
            for (auto const& [end, jobs] : ends)
                if (end <= at)
                    for (auto j : jobs)
                        for (auto const& part : v.intent(j))
                            if (index(part.node) == n) gpus += part.count();
            return gpus;
        };
        auto const& need = v.need(head);
        auto shadow = std::int64_t{-1};
        auto nodes = std::vector<std::uint32_t>{};
        auto each = 0;
        for (auto m = 0; m != v.free().models(); ++m) {
            auto const model = static_cast<gpu_model>(m);
            if (!need.accepts(model) || v.free().largest(model) == 0) continue;
            auto const shape = placement::compact_shape(need.gpus_max, v.free().largest(model));
            auto const racks = need.span == job::span::one_rack ? v.free().layout().racks() : 1u;
            for (auto rack = std::uint32_t{0}; rack != racks; ++rack) {
                auto found = std::vector<std::pair<std::int64_t, std::uint32_t>>{};
                for (auto n = std::uint32_t{0}; n != v.free().size(); ++n) {
                    auto const& node = v.free().of(node_id{n});
                    if (node.model != model || !v.free().open(node_id{n})) continue;
                    if (need.span == job::span::one_rack && index(node.rack) != rack) continue;
                    if (v.free().whole_count(node_id{n}) >= shape.each) {
                        found.emplace_back(-1, n);
                        continue;
                    }
                    for (auto const& [end, jobs] : ends)
                        if (free_at(n, end) >= shape.each) {
                            found.emplace_back(end, n);
                            break;
                        }
                }
                if (found.size() < shape.full) continue;
                std::sort(found.begin(), found.end());
                found.resize(shape.full);
                if (shadow >= 0 && found.back().first >= shadow) continue;
                shadow = found.back().first;
                each = shape.each;
                nodes.clear();
                for (auto const& [at, n] : found) nodes.push_back(n);
            }
        }
        if (shadow < 0) return;
        a.promise(head, sim_time{shadow});
        for (auto const& [key, j] : others) {
            auto const place = placement::consolidated{};
            if (index(v.now()) + limit.remaining_ms(v, j) <= shadow) {
                if (auto const where = place.place(v.need(j), v.free()); where) (void)a.start(j, *where);
                continue;
            }
            auto left = cluster::ledger(v.free().layout()); // what the head leaves
            for (auto n = std::uint32_t{0}; n != left.size(); ++n) {
                auto mask = std::uint32_t{v.free().state().whole(node_id{n})};
                if (std::find(nodes.begin(), nodes.end(), n) != nodes.end()) {
                    auto const keep = std::max(free_at(n, shadow) - each, 0);
                    while (std::popcount(mask) > keep) mask ^= std::bit_floor(mask);
                }
                left.set_open(node_id{n}, v.free().open(node_id{n}));
                auto const gone = left.state().whole(node_id{n}) & ~mask;
                if (gone != 0) left.take({node_id{n}, static_cast<std::uint16_t>(gone)});
            }
            if (auto const where = place.place(v.need(j), left); where) (void)a.start(j, *where);
        }
    }
};

} // namespace naive

#endif
