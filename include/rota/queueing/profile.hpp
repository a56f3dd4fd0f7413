// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_PROFILE_HPP
#define ROTA_QUEUEING_PROFILE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <rota/core/boxed.hpp>
#include <rota/core/units.hpp>

namespace rota::queueing {

/// How many GPUs of a pool are free at every time to come: a step function of integers, in blocks of steps.
///
/// Free GPUs may be negative, where more was added than there is.
/// Cost      a change or the end of a stretch O(blocks + steps of a block).
class profile {
public:
    explicit profile(std::int64_t capacity) : capacity_{capacity} {
        blocks_.emplace_back();
        sums_.push_back({sim_time{std::numeric_limits<std::int64_t>::min()}, 0, capacity, capacity});
        blocks_.front()->at[0] = sums_.front().from;
        blocks_.front()->free[0] = capacity;
    }

    [[nodiscard]] std::int64_t capacity() const noexcept { return capacity_; }
    void set_capacity(std::int64_t capacity) noexcept {
        for (auto& one : sums_) raise(one, capacity - capacity_);
        capacity_ = capacity;
    }
    /// Nothing before `now` is changed or asked any more.
    void advance(sim_time now) {
        now_ = now;
        auto past = std::size_t{0}; // blocks
        while (past + 1 != sums_.size() && sums_[past + 1].from <= now) ++past;
        blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(past));
        sums_.erase(sums_.begin(), sums_.begin() + static_cast<std::ptrdiff_t>(past));
    }
    /// `gpus` more in use over [from, until), as far as that is to come; less if negative.
    void add(sim_time from, sim_time until, std::int64_t gpus) {
        from = std::max(from, now_);
        if (from >= until) return;
        step(from);
        if (until != never) step(until);
        auto const [first, i] = find(from);
        auto const [last, k] = until == never ? where{sums_.size(), 0} : find(until);
        if (first == last) {
            change(first, i, k, gpus);
        } else {
            change(first, i, blocks_[first]->size, gpus);
            for (auto b = first + 1; b != last; ++b) raise(sums_[b], -gpus);
            if (last != sums_.size()) change(last, 0, k, gpus);
        }
        if (until != never) merge(until);
        merge(from);
    }
    /// The first time >= from at which fewer than `gpus` are free; never if there is none.
    [[nodiscard]] sim_time first_below(sim_time from, std::int64_t gpus) const noexcept {
        return first(
            from, [gpus](std::int64_t free) { return free < gpus; },
            [gpus](summary const& one) { return one.least + one.more < gpus; });
    }
    [[nodiscard]] sim_time first_at_least(sim_time from, std::int64_t gpus) const noexcept {
        return first(
            from, [gpus](std::int64_t free) { return free >= gpus; },
            [gpus](summary const& one) { return one.most + one.more >= gpus; });
    }
    /// The earliest time >= from at which `gpus` are free for `length`; never if there is none.
    [[nodiscard]] sim_time earliest(std::int64_t gpus, millis length, sim_time from) const noexcept {
        if (gpus > capacity_) return never;
        for (auto at = from;;) {
            auto const until = length == 0 ? never : first_below(at, gpus);
            if (until >= at + length) return at;
            at = first_at_least(until, gpus);
            if (at == never) return never;
        }
    }
    /// The same, with so many more GPUs free from each of these times on: ascending, the sums are not negative.
    /// Cost      O(steps).
    [[nodiscard]] sim_time
    earliest(std::int64_t gpus, millis length, sim_time from,
             std::vector<std::pair<sim_time, std::int64_t>> const& more) const noexcept {
        if (gpus > capacity_) return never;
        if (length == 0) return from;
        auto [b, i] = find(from);
        auto next = more.begin();
        auto extra = std::int64_t{0};
        for (auto at = from, now = from;;) {
            for (; next != more.end() && next->first <= now; ++next) extra += next->second;
            auto const enough = blocks_[b]->free[i] + sums_[b].more + extra >= gpus;
            auto const last = i + 1 == blocks_[b]->size;
            auto const step = !last                   ? blocks_[b]->at[i + 1]
                              : b + 1 != sums_.size() ? sums_[b + 1].from
                                                      : never;
            now = next == more.end() ? step : std::min(step, next->first);
            if (!enough) at = now;
            else if (now >= at + length) return at;
            if (now == never) return never;
            if (now != step) continue;
            b += last;
            i = last ? 0 : i + 1;
        }
    }
    /// Calls visit(from, until) for every stretch of that time in which more is in use than there is.
    template <class Visit>
    void each_overdrawn(sim_time from, sim_time until, Visit visit) const {
        while ((from = first_below(from, 0)) < until) {
            auto const end = std::min(until, first_at_least(from, 0));
            visit(from, end);
            from = end;
        }
    }
    [[nodiscard]] bool fits(std::int64_t gpus, millis length, sim_time at) const noexcept {
        return earliest(gpus, length, at) == at;
    }

private:
    static constexpr std::size_t room = 64;

    struct block { ///< steps: so many are free from then on, not counting what is more in the whole block
        std::array<sim_time, room> at;
        std::array<std::int64_t, room> free;
        std::size_t size = 1;
    };
    struct summary {
        sim_time from;
        std::int64_t more;
        std::int64_t least; ///< without `more`
        std::int64_t most;
    };
    struct where {
        std::size_t block;
        std::size_t step;
    };

    static void raise(summary& one, std::int64_t by) noexcept { one.more += by; }
    /// The step in force at that time.
    [[nodiscard]] where find(sim_time at) const noexcept {
        auto const after = std::upper_bound(sums_.begin(), sums_.end(), at,
                                            [](sim_time t, summary const& one) { return t < one.from; });
        auto const b = static_cast<std::size_t>(after - sums_.begin()) - 1;
        auto const* const begin = blocks_[b]->at.data();
        return {b,
                static_cast<std::size_t>(std::upper_bound(begin, begin + blocks_[b]->size, at) - begin) - 1};
    }
    void count(std::size_t b) noexcept {
        auto const [least, most] =
            std::minmax_element(blocks_[b]->free.begin(), blocks_[b]->free.begin() + blocks_[b]->size);
        sums_[b].least = *least;
        sums_[b].most = *most;
    }
    void change(std::size_t b, std::size_t from, std::size_t until, std::int64_t gpus) noexcept {
        for (auto i = from; i != until; ++i) blocks_[b]->free[i] -= gpus;
        if (from != until) count(b);
    }
    /// Makes a step at that time, if there is none.
    void step(sim_time at) {
        auto [b, i] = find(at);
        if (blocks_[b]->at[i] == at) return;
        if (blocks_[b]->size == room) {
            auto upper = boxed<block>{};
            std::copy(blocks_[b]->at.begin() + room / 2, blocks_[b]->at.end(), upper->at.begin());
            std::copy(blocks_[b]->free.begin() + room / 2, blocks_[b]->free.end(), upper->free.begin());
            upper->size = blocks_[b]->size = room / 2;
            auto const next = static_cast<std::ptrdiff_t>(b) + 1;
            sums_.insert(sums_.begin() + next, {upper->at[0], sums_[b].more, 0, 0});
            blocks_.insert(blocks_.begin() + next, std::move(upper));
            count(b);
            count(b + 1);
            if (i >= room / 2) {
                ++b;
                i -= room / 2;
            }
        }
        auto& one = *blocks_[b];
        std::copy_backward(one.at.begin() + i + 1, one.at.begin() + one.size, one.at.begin() + one.size + 1);
        std::copy_backward(one.free.begin() + i, one.free.begin() + one.size,
                           one.free.begin() + one.size + 1);
        one.at[i + 1] = at;
        ++one.size;
    }
    /// Drops the step at that time if it changes nothing.
    void merge(sim_time at) {
        auto const [b, i] = find(at);
        auto& one = *blocks_[b];
        if (one.at[i] != at || (b == 0 && i == 0)) return;
        auto const before = i != 0 ? one.free[i - 1] + sums_[b].more
                                   : blocks_[b - 1]->free[blocks_[b - 1]->size - 1] + sums_[b - 1].more;
        if (before != one.free[i] + sums_[b].more) return;
        if (one.size == 1) {
            blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(b));
            sums_.erase(sums_.begin() + static_cast<std::ptrdiff_t>(b));
            return;
        }
        std::copy(one.at.begin() + i + 1, one.at.begin() + one.size, one.at.begin() + i);
        std::copy(one.free.begin() + i + 1, one.free.begin() + one.size, one.free.begin() + i);
        --one.size;
        sums_[b].from = one.at[0];
        count(b);
    }
    template <class Is, class May>
    [[nodiscard]] sim_time first(sim_time from, Is is, May may) const noexcept {
        auto [b, i] = find(from);
        for (; b != sums_.size(); ++b, i = 0) {
            if (!may(sums_[b])) continue;
            for (; i != blocks_[b]->size; ++i)
                if (is(blocks_[b]->free[i] + sums_[b].more)) return std::max(from, blocks_[b]->at[i]);
        }
        return never;
    }

    std::int64_t capacity_;
    sim_time now_{std::numeric_limits<std::int64_t>::min()};
    std::vector<boxed<block>> blocks_;
    std::vector<summary> sums_; ///< [blocks]
};

} // namespace rota::queueing

#endif
