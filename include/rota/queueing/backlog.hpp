// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_BACKLOG_HPP
#define ROTA_QUEUEING_BACKLOG_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/tournament.hpp>
#include <rota/queueing/waiting_line.hpp>

namespace rota::queueing {

/// The waiting jobs, one line a shape: jobs with equal requests fit or do not fit together.
///
/// A shut shape is known not to fit. Where jobs may be skipped, its jobs are until it is opened.
/// Cost      the first of all lines: O(1); what changes the head of a line: O(log shapes).
class backlog {
public:
    static constexpr rank no_job{std::numeric_limits<std::int64_t>::max(), job_id{0xffffffffu}};

    explicit backlog(bool skips_shut) noexcept : skips_shut_{skips_shut} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Changes when the key of a waiting job may have changed.
    [[nodiscard]] std::uint64_t ranked() const noexcept { return ranked_; }
    [[nodiscard]] bool contains(view const& v, job_id j) const noexcept {
        auto const row = v.row(j);
        return row < waits_.size() && waits_[row] != 0;
    }

    void insert(view const& v, job_id j, std::int64_t key, millis limit_ms) {
        if (contains(v, j)) {
            erase(v, j);
            ++ranked_;
        }
        auto const row = v.row(j);
        if (waits_.size() <= row) {
            waits_.resize(v.rows());
            key_of_.resize(v.rows());
        }
        auto const shape = v.state(j).shape;
        if (lines_.size() <= shape) {
            lines_.resize(shape + 1u);
            head_.resize(shape + 1u, no_job);
            next_.resize(shape + 1u);
            shut_.resize(shape / 64u + 1u, 0);
            used_.resize(shape / 64u + 1u, 0);
        }
        waits_[row] = 1;
        key_of_[row] = key;
        auto const where = rank{key, j};
        lines_[shape].insert(where, limit_ms);
        used_[shape / 64] |= bit(shape);
        ++size_;
        if (!(where < head_[shape])) return;
        head_[shape] = where;
        open(shape); // the bound of a shape is that of its head: a better head may fit
    }
    void erase(view const& v, job_id j) {
        if (!contains(v, j)) return;
        auto const row = v.row(j);
        auto const shape = v.state(j).shape;
        auto const where = rank{key_of_[row], j};
        lines_[shape].erase(where);
        waits_[row] = 0;
        --size_;
        if (!(head_[shape] == where)) return;
        auto const last = lines_[shape].empty();
        head_[shape] = last ? no_job : lines_[shape].front();
        if (last) used_[shape / 64] &= ~bit(shape);
        if (!skips_shut_ || !is_shut(shape)) next_.set(shape, head_[shape]);
    }
    /// Ranks every job anew, see waiting_line::rank_anew; opens every shape.
    template <class Stand, class Settled>
    void rank_anew(view const& v, Stand stand, Settled settled) {
        ++ranked_;
        for (auto s = std::uint32_t{0}; s != shapes(); ++s) {
            if (lines_[s].empty()) continue;
            lines_[s].rank_anew(
                [&](job_id j, millis& limit_ms) { return key_of_[v.row(j)] = stand(j, limit_ms); }, settled);
            head_[s] = lines_[s].front();
            open(s);
        }
    }
    void clear() {
        lines_.clear();
        head_.clear();
        next_.clear();
        shut_.clear();
        used_.clear();
        shut_shapes_ = 0;
        waits_.clear();
        size_ = 0;
    }

    /// The first waiting job, without the shut shapes where they are skipped; no_job if there is none.
    [[nodiscard]] rank first() const noexcept { return next_.least(); }
    /// Expects contains(v, j).
    [[nodiscard]] std::int64_t key_of(view const& v, job_id j) const noexcept { return key_of_[v.row(j)]; }

    [[nodiscard]] std::uint32_t shapes() const noexcept { return static_cast<std::uint32_t>(lines_.size()); }
    [[nodiscard]] rank const& head(std::uint32_t shape) const noexcept { return head_[shape]; }
    [[nodiscard]] waiting_line const& line(std::uint32_t shape) const noexcept { return lines_[shape]; }
    [[nodiscard]] bool is_shut(std::uint32_t shape) const noexcept {
        return (shut_[shape / 64] & bit(shape)) != 0;
    }
    void shut(std::uint32_t shape) noexcept {
        if (is_shut(shape)) return;
        shut_[shape / 64] |= bit(shape);
        ++shut_shapes_;
        ++refusals_;
        if (skips_shut_) next_.set(shape, no_job);
    }
    void open(std::uint32_t shape) noexcept {
        shut_shapes_ -= is_shut(shape);
        shut_[shape / 64] &= ~bit(shape);
        next_.set(shape, head_[shape]);
    }
    void open_all() noexcept {
        for (auto s = std::uint32_t{0}; shut_shapes_ != 0; ++s)
            if (is_shut(s)) open(s);
    }
    [[nodiscard]] std::uint32_t shut_shapes() const noexcept { return shut_shapes_; }
    /// Calls visit(shape) for the shut shapes in which somebody waits, ascending; it may open that shape.
    template <class Visit>
    void each_shut(Visit visit) const {
        each_used([this](std::size_t w) { return shut_[w]; }, visit);
    }
    /// The same for the others; it may shut that shape.
    template <class Visit>
    void each_open(Visit visit) const {
        each_used([this](std::size_t w) { return ~shut_[w]; }, visit);
    }
    /// Shapes shut so far, again and again.
    [[nodiscard]] std::uint64_t refusals() const noexcept { return refusals_; }
    /// Calls visit(job) for every waiting job, shape by shape.
    template <class Visit>
    void each(Visit visit) const {
        for (auto const& line : lines_) line.each([&](rank const& where, millis) { visit(where.job); });
    }

private:
    [[nodiscard]] static constexpr std::uint64_t bit(std::uint32_t shape) noexcept {
        return std::uint64_t{1} << (shape % 64);
    }
    /// of(w): which of the shapes from 64 w on are asked for, as bits.
    template <class Of, class Visit>
    void each_used(Of of, Visit& visit) const {
        for (auto w = std::size_t{0}; w != used_.size(); ++w)
            for (auto left = used_[w] & of(w); left != 0; left &= left - 1)
                visit(static_cast<std::uint32_t>(64 * w) +
                      static_cast<std::uint32_t>(std::countr_zero(left)));
    }

    std::vector<waiting_line> lines_;  ///< [shapes]
    std::vector<rank> head_;           ///< [shapes]
    tournament<rank> next_{no_job};    ///< [shapes] the head, no_job where it is skipped
    std::vector<std::uint64_t> shut_;  ///< a bit a shape
    std::vector<std::uint64_t> used_;  ///< a bit a shape: somebody waits
    std::vector<std::uint8_t> waits_;  ///< [rows]
    std::vector<std::int64_t> key_of_; ///< [rows]
    std::size_t size_ = 0;
    std::uint64_t ranked_ = 0;
    std::uint64_t refusals_ = 0;
    std::uint32_t shut_shapes_ = 0;
    bool skips_shut_;
};

} // namespace rota::queueing

#endif
