// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_JOB_TABLE_HPP
#define ROTA_CONTRACT_JOB_TABLE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/placement_pool.hpp>
#include <rota/core/chunked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>

namespace rota {

/// What is known of one job besides what it asked for. Its placements are the table's.
///
/// After the instant of its end only `over` is.
struct job_state {
    job::spec const* spec = nullptr;
    std::int64_t attained = 0;     ///< GPU-milli x ms up to accrues_from; ask view::attained for now
    sim_time accrues_from = never; ///< since when it does useful work; never while it does none
    sim_time since = never;        ///< its last start or move was confirmed; the pause after it is not work
    sim_time eligible{};           ///< when it may start (again)
    sim_time promised = never;     ///< by when it will start, if its scheduler said so
    std::uint32_t incarnation = 0; ///< starts sent so far
    std::uint32_t preemptions = 0;
    std::uint32_t op = 0;      ///< of the order in flight or the last one sent
    std::uint32_t decided = 0; ///< of the last order decided
    std::uint32_t slot = 0;    ///< position among the active jobs
    std::uint32_t seen = 0;    ///< last netting that looked at it
    std::uint32_t intent = 0;  ///< placements: 0 is the empty one
    std::uint32_t held = 0;
    std::uint32_t shape = 0; ///< jobs with equal requests have equal shapes; dense from 0
    tenant_id tenant{};      ///< of the spec, which nobody need fetch when the job ends
    order_kind flight = order_kind::none;
    stop_mode mode = stop_mode::graceful;
    std::uint8_t rejected = 0; ///< a log::cause: a rejection is staged
    bool over = false;
    bool blocked = false; ///< a start or move waits for devices to be released
};

/// All jobs by their handle, the active ones as a list, and their placements.
///
/// Of a job that has ended, only that is kept once everybody has been told of its end.
class job_table {
public:
    job_table() { jobs_.grow().over = true; }

    /// The spec must stay where it is until the job has ended.
    job_id add(job::spec const& spec) {
        auto const id = static_cast<job_id>(row_of_.size());
        if (free_.empty()) {
            row_of_.push_back(static_cast<std::uint32_t>(jobs_.size()));
            jobs_.grow();
        } else {
            row_of_.push_back(free_.back());
            free_.pop_back();
        }
        auto& fresh = at(id) = {};
        fresh.spec = &spec;
        fresh.shape = shape_of(spec.need);
        fresh.tenant = spec.tenant;
        fresh.slot = static_cast<std::uint32_t>(active_.size());
        active_.push_back(id);
        return id;
    }
    /// The job has ended: it leaves the active list, its state stays readable until ended jobs are forgotten.
    void retire(job_id id) {
        auto& gone = at(id);
        gone.over = true;
        active_[gone.slot] = active_.back();
        at(active_[gone.slot]).slot = gone.slot;
        active_.pop_back();
        retired_.push_back(id);
    }
    /// Of those that have ended only that is remembered: everybody has been told.
    void forget_retired() {
        for (auto id : retired_) {
            free_.push_back(row_of_[index(id)]);
            row_of_[index(id)] = forgotten;
        }
        retired_.clear();
    }
    void reserve(std::size_t jobs) { row_of_.reserve(jobs); }

    [[nodiscard]] std::size_t size() const noexcept { return row_of_.size(); }
    [[nodiscard]] job_state const& at(job_id id) const noexcept { return jobs_[row_of_[index(id)]]; }
    [[nodiscard]] job_state& at(job_id id) noexcept { return jobs_[row_of_[index(id)]]; }
    /// A number that no other job has until everybody has been told that this one has ended; 0 from then on. For
    /// tables of one's own, which then need be no longer than rows().
    [[nodiscard]] std::uint32_t row(job_id id) const noexcept { return row_of_[index(id)]; }
    [[nodiscard]] std::size_t rows() const noexcept { return jobs_.size(); }
    [[nodiscard]] std::span<job_id const> active() const noexcept { return active_; }

    [[nodiscard]] cluster::placement const& intent(job_state const& j) const noexcept {
        return pool_.at(j.intent);
    }
    [[nodiscard]] cluster::placement const& intent(job_id id) const noexcept { return intent(at(id)); }
    [[nodiscard]] cluster::placement const& held(job_state const& j) const noexcept {
        return pool_.at(j.held);
    }
    [[nodiscard]] cluster::placement const& held(job_id id) const noexcept { return held(at(id)); }
    /// It holds what is intended for it.
    [[nodiscard]] bool as_intended(job_state const& j) const noexcept {
        return j.intent == j.held || intent(j) == held(j);
    }
    [[nodiscard]] bool as_intended(job_id id) const noexcept { return as_intended(at(id)); }
    void set_intent(job_state& j, cluster::placement const& p) { pool_.assign(j.intent, p); }
    void set_held(job_state& j, cluster::placement const& p) { pool_.assign(j.held, p); }
    void hold_intent(job_state& j) noexcept { pool_.share(j.held, j.intent); }
    void intend_held(job_state& j) noexcept { pool_.share(j.intent, j.held); }
    void clear_intent(job_state& j) noexcept { pool_.clear(j.intent); }
    void clear_held(job_state& j) noexcept { pool_.clear(j.held); }
    /// The placements by number, for whoever keeps numbers of his own.
    [[nodiscard]] placement_pool& pool() noexcept { return pool_; }
    [[nodiscard]] placement_pool const& pool() const noexcept { return pool_; }

    /// The request that all jobs of a shape share, as it can be served.
    [[nodiscard]] job::request const& request_of(std::uint32_t shape) const noexcept {
        return served_[shape];
    }
    /// The same, as they ask for it.
    [[nodiscard]] job::request const& asked_by(std::uint32_t shape) const noexcept { return shapes_[shape]; }
    void serve(std::uint32_t shape, job::request const& need) noexcept { served_[shape] = need; }
    [[nodiscard]] std::size_t shapes() const noexcept { return shapes_.size(); }

private:
    std::uint32_t shape_of(job::request const& need) {
        auto const last = buckets_.size() - 1; // a power of two less one
        auto bucket = hash(need) & last;
        for (; buckets_[bucket] != 0; bucket = (bucket + 1) & last)
            if (shapes_[buckets_[bucket] - 1u] == need) return buckets_[bucket] - 1u;
        shapes_.push_back(need);
        served_.push_back(need);
        buckets_[bucket] = static_cast<std::uint32_t>(shapes_.size());
        if (2 * shapes_.size() > buckets_.size()) { // keep half of the table empty
            buckets_.assign(2 * buckets_.size(), 0);
            for (std::size_t s = 0; s != shapes_.size(); ++s) {
                auto free = hash(shapes_[s]) % buckets_.size();
                while (buckets_[free] != 0) free = (free + 1) % buckets_.size();
                buckets_[free] = static_cast<std::uint32_t>(s + 1);
            }
        }
        return static_cast<std::uint32_t>(shapes_.size() - 1);
    }
    [[nodiscard]] static std::size_t hash(job::request const& r) noexcept {
        auto mixed = std::uint64_t{r.gpus_min} | std::uint64_t{r.gpus_max} << 16 |
                     std::uint64_t{r.milli} << 32 | std::uint64_t{r.milli_min} << 48;
        for (auto more : {std::uint64_t{r.cpu_milli} << 32 | r.mem_mib,
                          std::uint64_t{r.models} << 8 | std::uint64_t{index(r.mig)} << 40 |
                              static_cast<std::uint64_t>(r.span)})
            mixed = (mixed ^ mixed >> 29 ^ more) * 0x9e3779b97f4a7c15u;
        return static_cast<std::size_t>(mixed >> 20);
    }

    static constexpr std::uint32_t forgotten = 0;

    chunked<job_state> jobs_;           ///< [rows] the first stands for whoever is forgotten
    std::vector<std::uint32_t> row_of_; ///< [jobs]
    std::vector<std::uint32_t> free_;   ///< rows
    std::vector<job_id> retired_;
    std::vector<job_id> active_;
    placement_pool pool_;
    std::vector<job::request> shapes_;                                    ///< as jobs ask for them
    std::vector<job::request> served_;                                    ///< [shapes]
    std::vector<std::uint32_t> buckets_ = std::vector<std::uint32_t>(64); ///< open addressing, shape + 1
};

} // namespace rota

#endif
