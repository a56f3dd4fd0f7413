// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_QUEUEING_NAIVE_RESERVATIONS_HPP
#define ROTA_PROPERTY_QUEUEING_NAIVE_RESERVATIONS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/queueing/reservations.hpp>

namespace naive {

using namespace rota;
using queueing::window;

/// The timeline by definition: for every start that is asked about, all windows that meet it are taken anew.
class reservations {
public:
    /// Forgets everything and takes over which nodes are open.
    void reset(view const& v) {
        windows_.clear();
        if (!empty_ || &empty_->layout() != &v.free().layout()) empty_.emplace(v.free().layout());
        for (auto n = std::uint32_t{0}; n != empty_->size(); ++n)
            empty_->set_open(node_id{n}, v.free().open(node_id{n}));
    }
    void add(window one) { windows_.push_back(std::move(one)); }
    void erase(job_id j) {
        std::erase_if(windows_, [j](window const& one) { return one.job == j; });
    }

    /// The devices are open, and free throughout.
    [[nodiscard]] bool free(window const& asked) {
        occupy(asked.start, asked.end);
        auto const fits = empty_->open(asked.where) && empty_->fits(asked.where);
        clear();
        return fits;
    }
    /// The first window of that length in [from, by), or nothing.
    template <placement::policy Placement>
    [[nodiscard]] std::optional<window> earliest(job_id j, job::request const& need, millis length_ms,
                                                 sim_time from, sim_time by, Placement const& place) {
        auto starts = std::vector<sim_time>{from};
        for (auto const& one : windows_)
            if (one.end > from && one.end != never) starts.push_back(one.end);
        std::sort(starts.begin(), starts.end());
        starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
        for (auto start : starts) {
            auto const end = start + length_ms;
            if (end > by) break;
            occupy(start, end);
            auto const where = place.place(need, *empty_);
            clear();
            if (where) return window{j, start, end, *where};
        }
        return std::nullopt;
    }

private:
    void occupy(sim_time from, sim_time until) {
        empty_->begin();
        for (auto const& one : windows_)
            if (one.meets(from, until))
                for (auto part : one.where) {
                    auto const& left = empty_->state();
                    part.milli = whole_gpu;
                    part.gpus = static_cast<std::uint16_t>(part.gpus & left.whole(part.node));
                    part.cpu_milli = std::min(part.cpu_milli, left.cpu_milli(part.node));
                    part.mem_mib = std::min(part.mem_mib, left.mem_mib(part.node));
                    empty_->take(part);
                }
    }
    void clear() {
        empty_->rollback(0);
        empty_->end();
    }

    std::vector<window> windows_;
    std::optional<cluster::ledger> empty_; ///< between questions nothing is taken
};

} // namespace naive

#endif
