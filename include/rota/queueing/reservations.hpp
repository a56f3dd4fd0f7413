// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_RESERVATIONS_HPP
#define ROTA_QUEUEING_RESERVATIONS_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/may_fit.hpp>

namespace rota::queueing {

/// Devices that a job holds, or shall hold, from start up to but not including end.
struct window {
    job_id job{};
    sim_time start{};
    sim_time end = never;
    cluster::placement where;

    [[nodiscard]] bool meets(sim_time from, sim_time until) const noexcept {
        return start < until && from < end;
    }
};

/// Who has which devices when: a timeline of windows that never give a device out twice.
///
/// A reservation names devices, so what was promised is not lost to fragmentation. A share of a GPU reserves
/// the whole GPU, and a node's CPU and memory are counted as if all windows that touch a span of time met.
/// Cost      earliest: O(windows) placements, O(windows log windows + slices).
/// Source    the reservation profile of conservative backfilling: D. G. Feitelson, A. M. Weil, "Utilization
///           and predictability in scheduling the IBM SP2 with backfilling", IPPS 1998. differs: keeps
///           devices, not counts.
class reservations {
public:
    /// Forgets everything and takes over which nodes are open, and what others have of them: for ever, as far as is known.
    void reset(view const& v) {
        windows_.clear();
        if (!empty_ || &empty_->layout() != &v.free().layout()) {
            empty_.emplace(v.free().layout());
            others_.clear();
        }
        used_.resize(empty_->size());
        others_.resize(empty_->size());
        for (auto n = std::uint32_t{0}; n != empty_->size(); ++n) {
            empty_->set_open(node_id{n}, v.free().open(node_id{n}));
            auto const others = v.others(node_id{n});
            if (others == others_[n]) continue;
            empty_->give(others_[n]);
            empty_->take(others_[n] = others);
        }
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
        if (from + length_ms > by) return std::nullopt;
        occupy(from, from + length_ms); // most often it fits at once: no sweep
        auto const at_once = place.place(need, *empty_);
        clear();
        if (at_once) return window{j, from, from + length_ms, *at_once};
        auto starts = std::vector<sim_time>{};
        for (auto const& one : windows_)
            if (one.end > from && one.end != never) starts.push_back(one.end);
        std::sort(starts.begin(), starts.end());
        starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
        order_.clear();
        for (auto i = std::uint32_t{0}; i != windows_.size(); ++i)
            if (windows_[i].meets(from, by)) order_.push_back(i);
        leaving_ = order_;
        std::sort(order_.begin(), order_.end(),
                  [&](auto x, auto y) { return windows_[x].start < windows_[y].start; });
        std::sort(leaving_.begin(), leaving_.end(),
                  [&](auto x, auto y) { return windows_[x].end < windows_[y].end; });
        auto found = std::optional<window>{};
        auto in = std::size_t{0};
        auto out = std::size_t{0};
        for (auto start : starts) {
            auto const end = start + length_ms;
            if (end > by) break;
            for (; in != order_.size() && windows_[order_[in]].start < end; ++in)
                cover(windows_[order_[in]], 1);
            // whoever is over by then has started before, and is in
            for (; out != leaving_.size() && windows_[leaving_[out]].end <= start; ++out)
                cover(windows_[leaving_[out]], -1);
            if (!placement::may_fit(place, need, *empty_)) continue;
            if (auto const where = place.place(need, *empty_)) {
                found = window{j, start, end, *where};
                break;
            }
        }
        for (auto i = std::size_t{0}; i != in; ++i)
            if (auto const& one = windows_[order_[i]]; out == 0 || one.end > windows_[leaving_[out - 1]].end)
                cover(one, -1);
        return found;
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
    /// One window more or less over the span of the sweep.
    void cover(window const& one, int more) {
        for (auto part : one.where) {
            auto const n = index(part.node);
            auto const all_cpu = std::int64_t{empty_->of(part.node).cpu_milli} - others_[n].cpu_milli;
            auto const all_mem = std::int64_t{empty_->of(part.node).mem_mib} - others_[n].mem_mib;
            auto& used = used_[n];
            auto changed = std::uint16_t{0};
            for (auto left = std::uint32_t{part.gpus}; left != 0; left &= left - 1) {
                auto& by = used.by[static_cast<std::size_t>(std::countr_zero(left))];
                if ((by += more) == (more > 0 ? 1 : 0))
                    changed = static_cast<std::uint16_t>(changed | (left & (0 - left)));
            }
            auto const cpu = std::min(used.cpu_milli, all_cpu);
            auto const mem = std::min(used.mem_mib, all_mem);
            used.cpu_milli += std::int64_t{more} * part.cpu_milli;
            used.mem_mib += std::int64_t{more} * part.mem_mib;
            part.gpus = changed;
            part.milli = whole_gpu;
            part.cpu_milli = static_cast<std::uint32_t>(std::abs(std::min(used.cpu_milli, all_cpu) - cpu));
            part.mem_mib = static_cast<std::uint32_t>(std::abs(std::min(used.mem_mib, all_mem) - mem));
            if (more > 0) empty_->take(part);
            else empty_->give(part);
        }
    }
    void clear() {
        empty_->rollback(0);
        empty_->end();
    }

    struct use { ///< of a node, by the windows of a sweep
        std::array<std::int32_t, cluster::gpus_per_node_max> by{};
        std::int64_t cpu_milli = 0;
        std::int64_t mem_mib = 0;
    };

    std::vector<window> windows_;
    std::vector<use> used_;                ///< [nodes] between questions nothing
    std::vector<std::uint32_t> order_;     ///< windows by start
    std::vector<std::uint32_t> leaving_;   ///< windows by end
    std::vector<cluster::slice> others_;   ///< [nodes] what they have
    std::optional<cluster::ledger> empty_; ///< between questions only that is taken
};

} // namespace rota::queueing

#endif
