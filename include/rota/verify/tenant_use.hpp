// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_TENANT_USE_HPP
#define ROTA_VERIFY_TENANT_USE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

/// What the tenants of a workload own and hold, as the log tells it. Where there is no tree, the root is all.
class tenant_use {
public:
    explicit tenant_use(subject const& of)
        : of_{&of}, all_(std::max<std::size_t>(1, of.jobs.tenants.size())) {
        for (auto t = std::size_t{0}; t != of.jobs.tenants.size(); ++t) {
            all_[t].parent = index(of.jobs.tenants[t].parent);
            all_[t].weight = of.jobs.tenants[t].weight;
            all_[t].nominal = of.jobs.tenants[t].nominal_milli;
        }
        for (auto const& node : of.cluster.nodes) {
            gpu_milli_ += std::int64_t{node.gpus} * whole_gpu;
            cpu_milli_ += node.cpu_milli;
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    /// Around the record's being applied.
    void before(log::record const& what, replay const& state) {
        if (what.kind == log::kind::quota && what.job < all_.size()) all_[what.job].nominal = what.value;
        if (log::about_a_job(what.kind)) charge(what.job, state, -1);
    }
    void after(log::record const& what, replay const& state) {
        if (log::about_a_job(what.kind)) charge(what.job, state, +1);
    }

    [[nodiscard]] std::size_t of(std::uint32_t job) const noexcept {
        return index(of_->jobs.specs[job].tenant);
    }
    [[nodiscard]] std::size_t parent(std::size_t t) const noexcept { return all_[t].parent; }
    /// GPU-milli that it owns, without its children's; that its own jobs hold; that its subtree holds.
    [[nodiscard]] std::int64_t nominal(std::size_t t) const noexcept { return all_[t].nominal; }
    [[nodiscard]] std::int64_t own(std::size_t t) const noexcept { return all_[t].own; }
    [[nodiscard]] std::int64_t held(std::size_t t) const noexcept { return all_[t].milli; }
    [[nodiscard]] std::int64_t held_cpu(std::size_t t) const noexcept { return all_[t].cpu; }
    [[nodiscard]] std::int64_t held_mem(std::size_t t) const noexcept { return all_[t].mem; }
    [[nodiscard]] std::int32_t weight(std::size_t t) const noexcept { return all_[t].weight; }
    /// The nominals of the subtree.
    [[nodiscard]] std::int64_t quota(std::size_t t) const {
        auto sum = std::int64_t{0};
        for (auto other = t; other != all_.size(); ++other) // children come later
            if (within(other, t)) sum += all_[other].nominal;
        return sum;
    }
    [[nodiscard]] bool within(std::size_t t, std::size_t subtree) const noexcept {
        while (t > subtree) t = all_[t].parent;
        return t == subtree;
    }
    /// a's next job goes before b's: compared where their paths from the root part, by dominant share over weight.
    [[nodiscard]] bool before(std::size_t a, std::size_t b) const {
        if (a == b) return false;
        auto const up = path(a);
        auto const down = path(b);
        auto const part = std::mismatch(up.begin(), up.end(), down.begin(), down.end());
        if (part.first == up.end()) return true; // one holds the other: its own jobs first
        if (part.second == down.end()) return false;
        auto const x = *part.first;
        auto const y = *part.second;
        auto const left = all_[x].weight;
        auto const right = all_[y].weight;
        if (left <= 0 || right <= 0) return left <= 0 && right <= 0 ? x < y : right <= 0;
        auto const mine = dominant(x) * right;
        auto const theirs = dominant(y) * left;
        return mine != theirs ? mine < theirs : x < y;
    }

private:
    struct tenant {
        std::size_t parent = 0;
        std::int32_t weight = 1;
        std::int64_t nominal = 0;
        std::int64_t own = 0;
        std::int64_t milli = 0;
        std::int64_t cpu = 0;
        std::int64_t mem = 0;
    };

    void charge(std::uint32_t job, replay const& state, int sign) {
        auto const milli = sign * state.held_milli(job);
        auto cpu = std::int64_t{0};
        auto mem = std::int64_t{0};
        for (auto const& part : state.held(job)) {
            cpu += std::int64_t{sign} * part.cpu_milli;
            mem += std::int64_t{sign} * part.mem_mib;
        }
        auto t = of(job);
        all_[t].own += milli;
        for (;; t = all_[t].parent) {
            all_[t].milli += milli;
            all_[t].cpu += cpu;
            all_[t].mem += mem;
            if (t == 0) return;
        }
    }
    /// From the root to the tenant.
    [[nodiscard]] std::vector<std::size_t> path(std::size_t t) const {
        auto all = std::vector<std::size_t>{t};
        for (; t != 0; t = all_[t].parent) all.push_back(all_[t].parent);
        return {all.rbegin(), all.rend()};
    }
    /// The larger of its fractions of the cluster, times both amounts.
    [[nodiscard]] int128 dominant(std::size_t t) const {
        return std::max(int128{all_[t].milli} * std::max<std::int64_t>(cpu_milli_, 1),
                        int128{all_[t].cpu} * gpu_milli_);
    }

    subject const* of_;
    std::vector<tenant> all_; ///< a parent comes before its children
    std::int64_t gpu_milli_ = 0;
    std::int64_t cpu_milli_ = 0;
};

} // namespace rota::verify

#endif
