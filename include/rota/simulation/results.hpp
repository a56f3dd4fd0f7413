// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_RESULTS_HPP
#define ROTA_SIMULATION_RESULTS_HPP

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include <rota/core/chunked.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/work.hpp>
#include <rota/simulation/result.hpp>

namespace rota::simulation {

/// What became of every job, to be read like a std::vector<result>, or as one.
///
/// Keeps 32 bytes a job, and 24 more for those that have overhead, lost work or interruptions.
class results {
    struct kept {
        sim_time first_start = never;
        sim_time finish = never;
        millis run_ms = 0;
        std::uint32_t preemptions = 0;
        std::uint32_t outcome : 3 = static_cast<std::uint32_t>(job::outcome::unfinished);
        std::uint32_t rare : 29 = 0; ///< place in rare_ + 1; 0: all of it is 0
    };

public:
    static constexpr auto bytes_a_job = sizeof(kept); ///< without what is rare
    static_assert(bytes_a_job == 32);

    /// Over values that are put together where they are read.
    class iterator {
    public:
        using iterator_concept = std::random_access_iterator_tag;
        using iterator_category = std::input_iterator_tag; // values are no references
        using value_type = result;
        using difference_type = std::ptrdiff_t;
        using reference = result;
        using pointer = void;

        iterator() = default;
        iterator(results const& of, std::size_t at) noexcept
            : of_{&of}, at_{static_cast<difference_type>(at)} {}
        [[nodiscard]] result operator*() const noexcept { return (*this)[0]; }
        [[nodiscard]] result operator[](difference_type by) const noexcept {
            return (*of_)[static_cast<std::size_t>(at_ + by)];
        }
        iterator& operator+=(difference_type by) noexcept { return at_ += by, *this; }
        iterator& operator-=(difference_type by) noexcept { return at_ -= by, *this; }
        iterator& operator++() noexcept { return *this += 1; }
        iterator& operator--() noexcept { return *this -= 1; }
        iterator operator++(int) noexcept { return ++at_, *this - 1; }
        iterator operator--(int) noexcept { return --at_, *this + 1; }
        friend iterator operator+(iterator a, difference_type by) noexcept { return a += by; }
        friend iterator operator+(difference_type by, iterator a) noexcept { return a += by; }
        friend iterator operator-(iterator a, difference_type by) noexcept { return a -= by; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.at_ - b.at_; }
        friend bool operator==(iterator const&, iterator const&) = default;
        friend auto operator<=>(iterator const&, iterator const&) = default;

    private:
        results const* of_ = nullptr;
        difference_type at_ = 0;
    };

    explicit results(std::size_t jobs) : kept_(jobs) {
        ROTA_EXPECTS(jobs < most, "results of at most 2^29 - 1 jobs");
    }

    [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }
    [[nodiscard]] result operator[](std::size_t i) const noexcept {
        auto const& one = kept_[i];
        auto const rest = one.rare != 0 ? rare_[one.rare - 1u] : rare{};
        return {.first_start = one.first_start,
                .finish = one.finish,
                .run_ms = one.run_ms,
                .overhead_ms = rest.overhead_ms,
                .lost_ms = rest.lost_ms,
                .preemptions = one.preemptions,
                .interruptions = rest.interruptions,
                .outcome = static_cast<job::outcome>(one.outcome)};
    }
    [[nodiscard]] bool empty() const noexcept { return kept_.empty(); }
    [[nodiscard]] result front() const noexcept { return (*this)[0]; }
    [[nodiscard]] result back() const noexcept { return (*this)[size() - 1]; }
    [[nodiscard]] iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return {*this, size()}; }
    operator std::vector<result>() const { return {begin(), end()}; }

    // --- for whoever keeps them
    [[nodiscard]] bool started(job_id j) const noexcept { return kept_[index(j)].first_start != never; }
    void starts(job_id j, sim_time now) noexcept {
        if (!started(j)) kept_[index(j)].first_start = now;
    }
    /// A run is over that held devices for `held`, `overhead` and `lost` of it to no use.
    void add(job_id j, millis held, millis overhead, millis lost) {
        kept_[index(j)].run_ms += held;
        if ((overhead | lost) == 0) return;
        auto& rest = rare_of(j);
        rest.overhead_ms += overhead;
        rest.lost_ms += lost;
    }
    void preempt(job_id j) noexcept { ++kept_[index(j)].preemptions; }
    void interrupt(job_id j) { ++rare_of(j).interruptions; }
    void conclude(job_id j, sim_time now, job::outcome how) noexcept {
        kept_[index(j)].finish = now;
        kept_[index(j)].outcome = static_cast<std::uint32_t>(how) & 7u;
    }
    /// It will be written soon, and nobody has looked at it for long.
    void prefetch(job_id j) const noexcept { __builtin_prefetch(&kept_[index(j)], 1); }

private:
    struct rare {
        millis overhead_ms = 0;
        millis lost_ms = 0;
        std::uint32_t interruptions = 0;
    };

    [[nodiscard]] rare& rare_of(job_id j) {
        auto& one = kept_[index(j)];
        if (one.rare == 0) {
            rare_.grow();
            one.rare = static_cast<std::uint32_t>(rare_.size()) & (most - 1);
        }
        return rare_[one.rare - 1u];
    }

    static constexpr auto most = std::size_t{1} << 29;

    std::vector<kept> kept_; ///< [jobs]
    chunked<rare> rare_;
};

} // namespace rota::simulation

#endif
