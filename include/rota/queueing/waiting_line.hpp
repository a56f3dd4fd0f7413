// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_WAITING_LINE_HPP
#define ROTA_QUEUEING_WAITING_LINE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include <rota/core/boxed.hpp>
#include <rota/core/units.hpp>

namespace rota::queueing {

/// A job's place in a line: by key, then in the order of submission.
struct rank {
    std::int64_t key = 0;
    job_id job{};

    friend constexpr bool operator==(rank const&, rank const&) = default;
    friend constexpr bool operator<(rank const& a, rank const& b) noexcept {
        return a.key != b.key ? a.key < b.key : a.job < b.job;
    }
};

/// Waiting jobs in order, each with the longest time it may run: sorted blocks with the least such time a
/// block.
///
/// Cost      insert and erase O(block + number of blocks); the first job that ends within a time O(blocks +
/// block).
class waiting_line {
public:
    [[nodiscard]] bool empty() const noexcept { return blocks_.empty() || blocks_.front()->size == 0; }
    /// Expects !empty().
    [[nodiscard]] rank const& front() const noexcept { return *blocks_.front()->begin(); }

    void insert(rank const& where, millis limit_ms) {
        if (blocks_.empty()) {
            add_block(0);
            return put(0, 0, where, limit_ms);
        }
        auto b = block_of(where);
        if (blocks_[b]->size == capacity) b = split(b, where);
        put(b, position(*blocks_[b], where), where, limit_ms);
    }
    /// Expects the job to be in the line at that rank.
    void erase(rank const& where) {
        auto const b = where == front() ? 0 : block_of(where); // the head leaves most often
        auto& one = *blocks_[b];
        auto const at = position(one, where);
        auto const limit = one.limits()[at];
        if (at == 0) {
            ++one.from;
        } else {
            std::copy(one.begin() + at + 1, one.end(), one.begin() + at);
            std::copy(one.limits() + at + 1, one.limits() + one.size, one.limits() + at);
        }
        if (--one.size == 0) {
            if (blocks_.size() == 1) { // the next job will want it
                one.from = 0;
                least_[0] = std::numeric_limits<millis>::max();
                return;
            }
            spare_.push_back(std::move(blocks_[b]));
            blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(b));
            first_.erase(first_.begin() + static_cast<std::ptrdiff_t>(b));
            least_.erase(least_.begin() + static_cast<std::ptrdiff_t>(b));
            return;
        }
        first_[b] = *one.begin();
        if (limit == least_[b] &&
            std::find(one.limits(), one.limits() + one.size, limit) == one.limits() + one.size)
            least_[b] = one.least();
    }
    /// The first job, in order, that may run no longer than `within`; null if there is none.
    [[nodiscard]] rank const* first_within(millis within) const noexcept {
        for (std::size_t b = 0; b != least_.size(); ++b) {
            if (least_[b] > within || blocks_[b]->size == 0) continue;
            auto at = std::size_t{0};
            while (blocks_[b]->limits()[at] > within) ++at;
            return blocks_[b]->begin() + at;
        }
        return nullptr;
    }
    /// Calls visit(rank, limit_ms) in order.
    template <class Visit>
    void each(Visit visit) const {
        for (auto const& one : blocks_)
            for (std::size_t i = 0; i != one->size; ++i) visit(one->begin()[i], one->limits()[i]);
    }
    /// Calls visit(rank) from the last job on until it returns false.
    template <class Visit>
    void each_backwards(Visit visit) const {
        for (auto b = blocks_.rbegin(); b != blocks_.rend(); ++b)
            for (auto i = (*b)->size; i != 0; --i)
                if (!visit((*b)->begin()[i - 1])) return;
    }
    /// Gives every job the key and the limit that stand(job, its limit by reference) says. Blocks in which all
    /// jobs are settled(job) are left alone until a job comes in: their keys and limits change no more.
    /// Cost      O(jobs not settled), and a sort where the order changes.
    template <class Stand, class Settled>
    void rank_anew(Stand stand, Settled settled) {
        auto in_order = true;
        auto const* before = static_cast<rank const*>(nullptr);
        for (std::size_t b = 0; b != blocks_.size(); ++b) {
            auto& one = *blocks_[b];
            if (one.settled) {
                in_order &= before == nullptr || *before < *one.begin();
                before = one.end() - 1;
                continue;
            }
            one.settled = true;
            for (std::size_t i = 0; i != one.size; ++i) {
                auto& where = one.begin()[i];
                where.key = stand(where.job, one.limits()[i]);
                one.settled = one.settled && settled(where.job);
                in_order &= before == nullptr || *before < where;
                before = &where;
            }
            first_[b] = *one.begin();
            least_[b] = one.least();
        }
        if (!in_order) sort();
    }
    void clear() noexcept {
        blocks_.clear();
        first_.clear();
        least_.clear();
    }

private:
    static constexpr std::size_t capacity = 128;

    struct block {
        std::size_t from = 0; ///< the first job; earlier ones have left
        std::size_t size = 0;
        bool settled = false; ///< no key or limit in it changes any more
        std::array<rank, capacity> ranks;
        std::array<millis, capacity> limit_ms;

        [[nodiscard]] rank* begin() noexcept { return ranks.data() + from; }
        [[nodiscard]] rank const* begin() const noexcept { return ranks.data() + from; }
        [[nodiscard]] rank* end() noexcept { return begin() + size; }
        [[nodiscard]] rank const* end() const noexcept { return begin() + size; }
        [[nodiscard]] millis* limits() noexcept { return limit_ms.data() + from; }
        [[nodiscard]] millis const* limits() const noexcept { return limit_ms.data() + from; }
        [[nodiscard]] millis least() noexcept { return *std::min_element(limits(), limits() + size); }
        void close_the_gap() noexcept {
            std::copy(begin(), end(), ranks.data());
            std::copy(limits(), limits() + size, limit_ms.data());
            from = 0;
        }
    };

    /// Where a job of that rank stands, or belongs: mostly at one of the ends.
    [[nodiscard]] static std::size_t position(block const& one, rank const& where) noexcept {
        if (one.size == 0 || !(*one.begin() < where)) return 0;
        if (one.begin()[one.size - 1] < where) return one.size;
        return static_cast<std::size_t>(std::lower_bound(one.begin(), one.end(), where) - one.begin());
    }
    [[nodiscard]] std::size_t block_of(rank const& where) const noexcept {
        if (!(where < first_.back())) return first_.size() - 1;
        auto const after = std::upper_bound(first_.begin(), first_.end(), where);
        return after == first_.begin() ? 0 : static_cast<std::size_t>(after - first_.begin()) - 1;
    }
    void add_block(std::size_t at) {
        if (spare_.empty()) spare_.emplace_back();
        spare_.back()->from = spare_.back()->size = 0;
        blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at), std::move(spare_.back()));
        spare_.pop_back();
        first_.insert(first_.begin() + static_cast<std::ptrdiff_t>(at), rank{});
        least_.insert(least_.begin() + static_cast<std::ptrdiff_t>(at), millis{});
    }
    /// Makes room in the full block b; returns the block in which `where` belongs.
    std::size_t split(std::size_t b, rank const& where) {
        // jobs mostly arrive in order: then the new block stays almost empty and the old one full
        auto const in_order = b + 1 == blocks_.size() && blocks_[b]->ranks[capacity - 1] < where;
        auto const keep = in_order ? capacity - 1 : capacity / 2;
        add_block(b + 1);
        auto& left = *blocks_[b];
        auto& right = *blocks_[b + 1];
        std::copy(left.begin() + keep, left.end(), right.begin());
        std::copy(left.limits() + keep, left.limits() + capacity, right.limits());
        right.settled = left.settled;
        right.size = capacity - keep;
        left.size = keep;
        first_[b + 1] = *right.begin();
        least_[b] = left.least();
        least_[b + 1] = right.least();
        return *right.begin() < where ? b + 1 : b;
    }
    /// Puts the jobs back in order, as many in each block as before.
    void sort() {
        auto all = std::vector<std::pair<rank, millis>>{};
        each([&](rank const& where, millis limit_ms) { all.emplace_back(where, limit_ms); });
        std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
        auto next = all.begin();
        for (std::size_t b = 0; b != blocks_.size(); ++b) {
            for (std::size_t i = 0; i != blocks_[b]->size; ++i, ++next)
                std::tie(blocks_[b]->begin()[i], blocks_[b]->limits()[i]) = *next;
            blocks_[b]->settled = false; // others are in it now
            first_[b] = *blocks_[b]->begin();
            least_[b] = blocks_[b]->least();
        }
    }
    void put(std::size_t b, std::size_t at, rank const& where, millis limit_ms) {
        auto& one = *blocks_[b];
        if (one.from + one.size == capacity) one.close_the_gap();
        std::copy_backward(one.begin() + at, one.end(), one.end() + 1);
        std::copy_backward(one.limits() + at, one.limits() + one.size, one.limits() + one.size + 1);
        one.begin()[at] = where;
        one.limits()[at] = limit_ms;
        one.settled = false;
        first_[b] = *one.begin();
        least_[b] = one.size++ == 0 ? limit_ms : std::min(least_[b], limit_ms);
    }

    std::vector<boxed<block>> blocks_;
    std::vector<rank> first_;   ///< of each block
    std::vector<millis> least_; ///< limit of each block
    std::vector<boxed<block>> spare_;
};

} // namespace rota::queueing

#endif
