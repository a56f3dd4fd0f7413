// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_HOLDS_HPP
#define ROTA_QUEUEING_HOLDS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/may_fit.hpp>
#include <rota/queueing/backlog.hpp>
#include <rota/queueing/profile.hpp>
#include <rota/queueing/waiting_line.hpp>

namespace rota::queueing {

/// Who takes how many GPUs of each model until when: runs as they are believed to end, and the holds of waiting jobs.
///
/// With its own hold set aside a job fits from now on if the GPUs last until its hold or until its end, whichever is
/// sooner: two minima a shape and model find the first in order.
/// Cost      a change O(blocks of the profile); the first that fits O(shapes x blocks); where holds cannot be kept
///           O(those behind + steps of the profile) for each that gets another.
class holds {
public:
    enum class use : std::uint8_t { none, hold, run };
    /// What a job takes of the profile.
    struct part {
        use as = use::none;
        bool loose = false; ///< a run whose end is believed anew in every pass
        gpu_model model{};
        std::int64_t gpus = 0;
        sim_time end{};
        sim_time at{};           ///< of a hold
        millis length = 0;       ///< of a hold
        std::int64_t key = 0;    ///< of a hold, in the lines
        std::uint64_t moved = 0; ///< the news after which a pass without news gave the hold
    };
    using timed = std::pair<sim_time, job_id>;

    [[nodiscard]] part& of(job_id j) noexcept { return parts_[index(j)]; }
    /// Every hold: visit(at, job).
    template <class Visit>
    void each_hold(Visit visit) const {
        for (auto const& of_shape : soonest_)
            for (auto const& [at, j] : of_shape) visit(at, j);
    }
    /// Something happened: every hold may be waited for again.
    void tell() noexcept { ++news_; }
    /// A pass without news has moved the hold: it would be moved again.
    [[nodiscard]] bool asleep(part const& one) const noexcept { return one.moved == news_; }
    /// The next time of a hold for which enough GPUs are free already, though perhaps not on its nodes, and that is not
    /// asleep: any other waits for news. never if there is none.
    [[nodiscard]] sim_time next_with_room(view const& v) const {
        auto next = never;
        for (auto s = std::uint32_t{0}; s != soonest_.size(); ++s) {
            auto one = soonest_[s].upper_bound({v.now(), job_id{0xffffffffu}});
            while (one != soonest_[s].end() && asleep(parts_[index(one->second)])) ++one;
            if (one != soonest_[s].end() && one->first < next && enough_free(v, v.request_of(s)))
                next = one->first;
        }
        return next;
    }
    /// So many GPUs of a model that it accepts are free, wherever; a share may always fit.
    [[nodiscard]] static bool enough_free(view const& v, job::request const& need) noexcept {
        for (auto m = 0; m != v.free().models(); ++m)
            if (auto const model = static_cast<gpu_model>(m); need.accepts(model))
                if (!need.whole() || v.free().free_gpus(model) >= need.gpus_max) return true;
        return false;
    }
    [[nodiscard]] std::size_t models() const noexcept { return pools_.size(); }
    [[nodiscard]] std::size_t shapes() const noexcept { return lengths_.size(); }
    /// The view was never read, or is to be read anew.
    [[nodiscard]] bool empty() const noexcept { return pools_.empty(); }
    void clear() noexcept {
        pools_.clear();
        soonest_.clear();
    }
    /// Nobody takes anything.
    void reset(view const& v) {
        pools_.clear();
        for (auto m = 0; m != v.free().models(); ++m) {
            pools_.emplace_back(v.free().open_gpus(static_cast<gpu_model>(m)));
            pools_.back().advance(v.now());
        }
        parts_.assign(parts_.size(), {});
        grown_.clear();
        order_.clear();
        soonest_.clear();
        lengths_.clear();
        due_.clear();
    }
    void reserve(std::size_t jobs) {
        if (parts_.size() < jobs) parts_.resize(jobs + jobs / 2);
    }
    /// Time went by. False where a model has fewer GPUs than before.
    [[nodiscard]] bool advance(view const& v) {
        grown_.clear();
        for (auto m = std::size_t{0}; m != pools_.size(); ++m) {
            pools_[m].advance(v.now());
            auto const open = v.free().open_gpus(static_cast<gpu_model>(m));
            if (open < pools_[m].capacity()) return false;
            pools_[m].set_capacity(open);
        }
        return true;
    }
    /// Holds whose time has come and gone begin now.
    void postpone(view const& v) {
        for (auto const& of_shape : soonest_)
            for (auto one = of_shape.begin(); one != of_shape.end() && one->first < v.now(); ++one)
                stretch_to(v, of(one->second), v.now() + of(one->second).length);
    }
    /// The job takes these GPUs from now on until then.
    void run(view const& v, job_id j, gpu_model model, std::int64_t gpus, sim_time end) {
        auto& one = of(j);
        if (one.as != use::run || one.model != model || one.gpus != gpus) {
            auto const loose = one.loose;
            drop(v, j);
            one = {.as = use::run, .loose = loose, .model = model, .gpus = gpus, .end = v.now()};
        }
        stretch_to(v, one, end);
    }
    /// The job takes nothing any more.
    void drop(view const& v, job_id j) {
        auto const one = std::exchange(of(j), {});
        if (one.as == use::none) return;
        pools_[index(one.model)].add(std::max(one.at, v.now()), one.end, -one.gpus);
        if (one.as == use::run) return;
        auto const shape = std::size_t{v.state(j).shape};
        soonest_[shape].erase({one.at, j});
        order_.erase({one.key, j});
        lengths_[shape].erase({one.key, j});
        due_[shape * pools_.size() + index(one.model)].erase({one.key, j});
    }
    /// The waiting job holds its GPUs from then on; `alone`: time alone gave it this hold.
    void keep(view const& v, rank const& who, gpu_model model, sim_time at, millis length, bool alone) {
        auto const gpus = std::int64_t{v.need(who.job).gpus_max};
        auto const from = std::max(at, v.now());
        of(who.job) = {use::hold, false, model, gpus, from + length, at, length, who.key, alone ? news_ : 0};
        pools_[index(model)].add(from, from + length, gpus);
        list(v, who.job);
        soonest_[v.state(who.job).shape].insert({at, who.job});
    }
    [[nodiscard]] bool fits(view const& v, part const& one, sim_time at, millis length) const noexcept {
        return pools_[index(one.model)].fits(one.gpus, length, std::max(at, v.now()));
    }
    /// Jobs were ranked anew.
    void list_all(view const& v, backlog const& waiting) {
        order_.clear();
        for (auto& one : lengths_) one.clear();
        for (auto& one : due_) one.clear();
        each_hold([&](sim_time, job_id j) {
            of(j).key = waiting.key_of(v, j);
            list(v, j);
        });
    }
    /// Whoever cannot keep his hold behind those before him gets another, give(rank), in order.
    template <class Give>
    void mend(view const& v, Give give) {
        for (;;) {
            join(grown_);
            over_.clear();
            for (auto const& one : grown_) overdrawn(one);
            if (over_.empty()) return;
            // the last in order leave in thought until all is well: the last to leave is the first who fails
            behind_.clear();
            auto moved = std::vector<rank>{};
            order_.each_backwards([&](rank const& who) {
                auto const& one = of(who.job);
                behind_.push_back(who.job);
                auto const from = std::max(one.at, v.now());
                auto const first = std::partition_point(over_.begin(), over_.end(), [&](stretch const& of) {
                    return of.model != one.model ? of.model < one.model : of.until <= from;
                });
                if (first == over_.end() || first->model != one.model || first->from >= one.end) return true;
                pools_[index(one.model)].add(from, one.end, -one.gpus);
                moved.push_back(who);
                for (auto const& before : std::exchange(over_, {})) overdrawn(before);
                return !over_.empty();
            });
            for (auto const& who : moved) {
                auto const& one = of(who.job);
                pools_[index(one.model)].add(std::max(one.at, v.now()), one.end, one.gpus);
            }
            if (moved.empty()) return behind_.clear(); // runs alone take more than there is
            auto const who = moved.back();
            behind_.erase(std::find(behind_.begin(), behind_.end(), who.job), behind_.end());
            drop(v, who.job);
            give(who);
            if (auto const& one = of(who.job); one.as == use::hold)
                grown_.push_back({one.model, one.at, one.end});
            behind_.clear();
        }
    }
    /// The earliest time for the job on a model, as if those behind it held nothing.
    [[nodiscard]] sim_time earliest(view const& v, gpu_model model, std::int64_t gpus, millis length) {
        if (behind_.empty()) return pools_[index(model)].earliest(gpus, length, v.now());
        auto more = std::vector<std::pair<sim_time, std::int64_t>>{};
        for (auto j : behind_)
            if (auto const& one = of(j); one.model == model) {
                more.emplace_back(std::max(one.at, v.now()), one.gpus);
                more.emplace_back(one.end, -one.gpus);
            }
        std::sort(more.begin(), more.end());
        return pools_[index(model)].earliest(gpus, length, v.now(), more);
    }
    /// Until when the job's GPUs last from now on; before now where there are never enough.
    [[nodiscard]] sim_time last(view const& v, std::size_t model, std::int64_t gpus) const noexcept {
        return gpus > pools_[model].capacity() ? sim_time{index(v.now()) - 1}
                                               : pools_[model].first_below(v.now(), gpus);
    }
    /// The first hold in order that fits from now on where its GPUs are not refused(shape, model); no_job if none does.
    template <placement::policy Placement, class Refused>
    [[nodiscard]] rank first_that_fits(view const& v, Placement const& place, Refused refused) const {
        auto best = backlog::no_job;
        for (auto s = std::uint32_t{0}; s != lengths_.size(); ++s) {
            auto const& need = v.request_of(s);
            if (lengths_[s].empty() || !placement::may_fit(place, need, v.free())) continue;
            auto longest = millis{-1};
            for (auto m = std::size_t{0}; m != pools_.size(); ++m) {
                if (!need.accepts(static_cast<gpu_model>(m)) || refused(s, m)) continue;
                auto const until = last(v, m, need.gpus_max);
                longest = std::max(longest, until == never ? index(never) : until - v.now());
                if (until < v.now()) continue;
                auto const* const due = due_[s * pools_.size() + m].first_within(index(until));
                if (due != nullptr) best = std::min(best, *due);
            }
            auto const* const brief = lengths_[s].first_within(longest);
            if (brief != nullptr) best = std::min(best, *brief);
        }
        return best;
    }

private:
    struct stretch {
        gpu_model model;
        sim_time from;
        sim_time until;
    };

    void stretch_to(view const& v, part& one, sim_time end) {
        auto const from = std::max(one.end, v.now());
        if (end > from) {
            pools_[index(one.model)].add(from, end, one.gpus);
            grown_.push_back({one.model, from, end});
        } else if (end < one.end) {
            pools_[index(one.model)].add(end, one.end, -one.gpus);
        }
        one.end = end;
    }
    void list(view const& v, job_id j) {
        auto const shape = std::size_t{v.state(j).shape};
        if (lengths_.size() <= shape) {
            lengths_.resize(shape + 1);
            soonest_.resize(shape + 1);
            due_.resize(lengths_.size() * pools_.size());
        }
        auto const& one = of(j);
        order_.insert({one.key, j}, one.length);
        lengths_[shape].insert({one.key, j}, one.length);
        due_[shape * pools_.size() + index(one.model)].insert({one.key, j}, index(one.at));
    }
    /// In order, those that meet as one.
    static void join(std::vector<stretch>& all) {
        std::sort(all.begin(), all.end(), [](stretch const& x, stretch const& y) {
            return std::pair{x.model, x.from} < std::pair{y.model, y.from};
        });
        auto last = all.begin();
        for (auto one = all.begin(); one != all.end(); ++one)
            if (one->model == last->model && one->from <= last->until)
                last->until = std::max(last->until, one->until);
            else *++last = *one;
        if (last != all.end()) all.erase(last + 1, all.end());
    }
    void overdrawn(stretch const& one) {
        pools_[index(one.model)].each_overdrawn(one.from, one.until, [&](sim_time from, sim_time until) {
            over_.push_back({one.model, from, until});
        });
    }

    std::vector<profile> pools_;           ///< [models]
    std::vector<part> parts_;              ///< [jobs]
    std::uint64_t news_ = 1;               ///< so many
    std::vector<stretch> grown_;           ///< where more is in use than in the last pass
    std::vector<stretch> over_;            ///< where more is in use than there is
    std::vector<job_id> behind_;           ///< in order, of the job that gets another hold
    waiting_line order_;                   ///< the holds
    std::vector<std::set<timed>> soonest_; ///< [shapes] the holds by time
    std::vector<waiting_line> lengths_;    ///< [shapes] the holds, with the length of the run
    std::vector<waiting_line> due_;        ///< [shapes][models] the holds, with their time
};

} // namespace rota::queueing

#endif
