// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_REALISED_HPP
#define ROTA_LIVE_REALISED_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>

namespace rota::live {

/// It runs on the nodes that were asked for, with as many GPUs of each. Which GPUs of a node is the manager's affair:
/// the books' numbers are names for as many as they say.
[[nodiscard]] inline bool as_asked(cluster::placement const& asked, std::vector<part> const& where) {
    return asked.size() == where.size() &&
           std::all_of(asked.begin(), asked.end(), [&](cluster::slice const& wanted) {
               return std::find(where.begin(), where.end(), part{wanted.node, wanted.count()}) != where.end();
           });
}

/// Where a job whose start is under way really runs, in the books' numbers: its own GPUs first, then free ones, then
/// those that others have not been confirmed on. Nothing where confirmed holders leave too few. Of CPU and memory, which
/// may have been counted as more than it has there, no more than there is.
[[nodiscard]] inline std::optional<cluster::placement> realised(books const& state, job_id id,
                                                                std::vector<part> const& where) {
    auto const& asked = state.sent(id);
    auto const& need = state.at(id).spec->need;
    auto out = cluster::placement{};
    for (auto const& one : where) {
        auto here = cluster::slice{.node = one.node, .gpus = 0};
        auto own = cluster::slice{}; // of what was asked, on this node
        for (auto const& part : asked)
            if (part.node == one.node) own = part;
        auto const take = [&](std::uint32_t mask) {
            mask &= ~std::uint32_t{here.gpus};
            for (; mask != 0 && here.count() < one.gpus; mask &= mask - 1)
                here.gpus = static_cast<std::uint16_t>(here.gpus | (mask & (~mask + 1)));
        };
        auto const take_from = [&](cluster::placement const& p) {
            for (auto const& part : p)
                if (part.node == one.node) take(part.gpus);
        };
        take_from(asked);
        take(state.held().whole(one.node));
        for (auto other : state.jobs().active())
            if (state.at(other).flight == order_kind::start) take_from(state.jobs().held(other));
        if (one.gpus == 0 || here.count() != one.gpus) return std::nullopt;
        auto const count = static_cast<std::uint32_t>(one.gpus);
        here.cpu_milli = std::min(need.cpu_milli * count, state.held().cpu_milli(one.node) + own.cpu_milli);
        here.mem_mib = std::min(need.mem_mib * count, state.held().mem_mib(one.node) + own.mem_mib);
        out.add(here);
    }
    if (out.empty()) return std::nullopt;
    return out;
}

} // namespace rota::live

#endif
