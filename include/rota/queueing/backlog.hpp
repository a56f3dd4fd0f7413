// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_BACKLOG_HPP
#define ROTA_QUEUEING_BACKLOG_HPP

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
/// A shut shape is known not to fit: its jobs are skipped until it is opened.
/// Cost      the head of all open lines: O(1); what changes a head: O(log shapes).
class backlog {
public:
    static constexpr rank no_job{std::numeric_limits<std::int64_t>::max(), job_id{0xffffffffu}};

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool contains(job_id j) const noexcept {
        return index(j) < shape_of_.size() && shape_of_[index(j)] != absent;
    }

    void insert(view const& v, job_id j, std::int64_t key, millis limit_ms) {
        if (contains(j)) erase(j);
        if (shape_of_.size() <= index(j)) {
            auto const room = v.submitted() + v.submitted() / 2 + 1;
            shape_of_.resize(room, absent);
            key_of_.resize(room);
        }
        auto const shape = v.state(j).shape;
        if (lines_.size() <= shape) {
            lines_.resize(shape + 1u);
            head_.resize(shape + 1u);
            open_head_.resize(shape + 1u);
            shut_.resize(shape + 1u, 0);
        }
        shape_of_[index(j)] = shape;
        key_of_[index(j)] = key;
        auto const where = rank{key, j};
        lines_[shape].insert(where, limit_ms);
        ++size_;
        if (!(where < head_[shape])) return;
        head_.set(shape, where);
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
        head_.set(shape, lines_[shape].empty() ? no_job : lines_[shape].front());
        if (shut_[shape] == 0) open_head_.set(shape, head_[shape]);
    }
    void clear() {
        lines_.clear();
        head_.clear();
        open_head_.clear();
        shut_.clear();
        shape_of_.clear();
        size_ = 0;
    }

    /// The first waiting job, shut or not; no_job if none waits.
    [[nodiscard]] rank first() const noexcept { return head_.least(); }
    /// The first waiting job of an open shape; no_job if there is none.
    [[nodiscard]] rank first_open() const noexcept { return open_head_.least(); }
    [[nodiscard]] std::uint32_t shape_of(job_id j) const noexcept { return shape_of_[index(j)]; }
    [[nodiscard]] std::int64_t key_of(job_id j) const noexcept { return key_of_[index(j)]; }

    [[nodiscard]] std::uint32_t shapes() const noexcept { return static_cast<std::uint32_t>(lines_.size()); }
    [[nodiscard]] rank const& head(std::uint32_t shape) const noexcept { return head_[shape]; }
    [[nodiscard]] waiting_line const& line(std::uint32_t shape) const noexcept { return lines_[shape]; }
    [[nodiscard]] bool is_shut(std::uint32_t shape) const noexcept { return shut_[shape] != 0; }
    void shut(std::uint32_t shape) noexcept {
        shut_[shape] = 1;
        open_head_.set(shape, no_job);
    }
    void open(std::uint32_t shape) noexcept {
        shut_[shape] = 0;
        open_head_.set(shape, head_[shape]);
    }
    /// Calls visit(job) for every waiting job, shape by shape.
    template <class Visit>
    void each(Visit visit) const {
        for (auto const& line : lines_) line.each([&](rank const& where, millis) { visit(where.job); });
    }

private:
    static constexpr std::uint32_t absent = 0xffffffffu;

    std::vector<waiting_line> lines_;     ///< [shapes]
    tournament<rank> head_{no_job};       ///< [shapes]
    tournament<rank> open_head_{no_job};  ///< [shapes] no_job where shut
    std::vector<std::uint8_t> shut_;      ///< [shapes]
    std::vector<std::uint32_t> shape_of_; ///< [jobs]
    std::vector<std::int64_t> key_of_;    ///< [jobs]
    std::size_t size_ = 0;
};

} // namespace rota::queueing

#endif
