// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_BACKLOG_HPP
#define ROTA_QUEUEING_BACKLOG_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
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
    [[nodiscard]] bool contains(job_id j) const noexcept {
        return index(j) < shape_of_.size() && shape_of_[index(j)] != absent;
    }

    void insert(view const& v, job_id j, std::int64_t key, millis limit_ms) {
        if (contains(j)) {
            erase(j);
            ++ranked_;
        }
        if (shape_of_.size() <= index(j)) {
            auto const room = v.submitted() + v.submitted() / 2 + 1;
            shape_of_.resize(room, absent);
            key_of_.resize(room);
        }
        auto const shape = v.state(j).shape;
        if (lines_.size() <= shape) {
            lines_.resize(shape + 1u);
            head_.resize(shape + 1u, no_job);
            next_.resize(shape + 1u);
            shut_.resize(shape + 1u, 0);
        }
        shape_of_[index(j)] = shape;
        key_of_[index(j)] = key;
        auto const where = rank{key, j};
        lines_[shape].insert(where, limit_ms);
        ++size_;
        if (!(where < head_[shape])) return;
        head_[shape] = where;
        open(shape); // the bound of a shape is that of its head: a better head may fit
    }
    void erase(job_id j) {
        if (!contains(j)) return;
        auto const shape = shape_of_[index(j)];
        auto const where = rank{key_of_[index(j)], j};
        lines_[shape].erase(where);
        shape_of_[index(j)] = absent;
        --size_;
        if (!(head_[shape] == where)) return;
        head_[shape] = lines_[shape].empty() ? no_job : lines_[shape].front();
        if (!skips_shut_ || shut_[shape] == 0) next_.set(shape, head_[shape]);
    }
    /// Ranks every job anew, see waiting_line::rank_anew; opens every shape.
    template <class Stand, class Settled>
    void rank_anew(Stand stand, Settled settled) {
        ++ranked_;
        for (auto s = std::uint32_t{0}; s != shapes(); ++s) {
            if (lines_[s].empty()) continue;
            lines_[s].rank_anew(
                [&](job_id j, millis& limit_ms) { return key_of_[index(j)] = stand(j, limit_ms); }, settled);
            head_[s] = lines_[s].front();
            open(s);
        }
    }
    void clear() {
        lines_.clear();
        head_.clear();
        next_.clear();
        shut_.clear();
        shut_shapes_ = 0;
        shape_of_.clear();
        size_ = 0;
    }

    /// The first waiting job, without the shut shapes where they are skipped; no_job if there is none.
    [[nodiscard]] rank first() const noexcept { return next_.least(); }
    [[nodiscard]] std::uint32_t shape_of(job_id j) const noexcept { return shape_of_[index(j)]; }
    [[nodiscard]] std::int64_t key_of(job_id j) const noexcept { return key_of_[index(j)]; }

    [[nodiscard]] std::uint32_t shapes() const noexcept { return static_cast<std::uint32_t>(lines_.size()); }
    [[nodiscard]] rank const& head(std::uint32_t shape) const noexcept { return head_[shape]; }
    [[nodiscard]] waiting_line const& line(std::uint32_t shape) const noexcept { return lines_[shape]; }
    [[nodiscard]] bool is_shut(std::uint32_t shape) const noexcept { return shut_[shape] != 0; }
    void shut(std::uint32_t shape) noexcept {
        if (std::exchange(shut_[shape], std::uint8_t{1}) != 0) return;
        ++shut_shapes_;
        ++refusals_;
        if (skips_shut_) next_.set(shape, no_job);
    }
    void open(std::uint32_t shape) noexcept {
        shut_shapes_ -= std::exchange(shut_[shape], std::uint8_t{0});
        next_.set(shape, head_[shape]);
    }
    void open_all() noexcept {
        for (auto s = std::uint32_t{0}; shut_shapes_ != 0; ++s)
            if (is_shut(s)) open(s);
    }
    [[nodiscard]] std::uint32_t shut_shapes() const noexcept { return shut_shapes_; }
    /// Shapes shut so far, again and again.
    [[nodiscard]] std::uint64_t refusals() const noexcept { return refusals_; }
    /// Calls visit(job) for every waiting job, shape by shape.
    template <class Visit>
    void each(Visit visit) const {
        for (auto const& line : lines_) line.each([&](rank const& where, millis) { visit(where.job); });
    }

private:
    static constexpr std::uint32_t absent = 0xffffffffu;

    std::vector<waiting_line> lines_;     ///< [shapes]
    std::vector<rank> head_;              ///< [shapes]
    tournament<rank> next_{no_job};       ///< [shapes] the head, no_job where it is skipped
    std::vector<std::uint8_t> shut_;      ///< [shapes]
    std::vector<std::uint32_t> shape_of_; ///< [jobs]
    std::vector<std::int64_t> key_of_;    ///< [jobs]
    std::size_t size_ = 0;
    std::uint64_t ranked_ = 0;
    std::uint64_t refusals_ = 0;
    std::uint32_t shut_shapes_ = 0;
    bool skips_shut_;
};

} // namespace rota::queueing

#endif
