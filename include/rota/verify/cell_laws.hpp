// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_CELL_LAWS_HPP
#define ROTA_VERIFY_CELL_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/job/request.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/cell_use.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

namespace detail {

/// What guaranteed jobs hold of their tenants' cells, and which of them wait.
class guarantees {
public:
    explicit guarantees(subject const& of)
        : of_{&of}, shapes_{shapes_of(of.jobs)}, least_{of.cluster, of.given.cells, tenants(of)},
          most_{of.cluster, of.given.cells, tenants(of)}, greedy_(tenants(of), 0) {}

    /// Around the record's being applied: sign -1 before, +1 after.
    void count(log::record const& what, replay const& state, int sign) {
        if (!log::about_a_job(what.kind) || of_->jobs.specs[what.job].priority < 0) return;
        auto const j = what.job;
        auto const& need = of_->jobs.specs[j].need;
        auto const t = tenant(j);
        if (auto const parts = state.held(j); !parts.empty()) {
            most_.hold(t, parts, sign);
            if (promised(j)) {
                least_.hold(t, parts, sign);
                held_ += sign;
            }
            auto const modest = [&](auto const& on) { return cell_use::modest(need, on); };
            if (!std::all_of(most_.chains().begin(), most_.chains().end(), modest)) greedy_[t] += sign;
        }
        auto& line = waiting_[{t, shapes_[j]}];
        if (state.job(j).waits()) line.insert(j);
        else line.erase(j);
    }
    /// S10 and W3, now.
    void ask(std::size_t record, report& to) const {
        if (held_ != 0) to.exercised(law::cells_there);
        for (auto const& on : least_.chains())
            for (auto const& one : on.levels)
                if (auto const missing = one.missing(); missing > 0)
                    to.breaks(law::cells_there, record,
                              "the private cells that tenants could still have are " +
                                  std::to_string(missing) + " blocks of " + std::to_string(one.gpus) +
                                  " GPUs short");
        for (auto const& [which, line] : waiting_) {
            auto const t = which.first;
            if (line.empty() || greedy_[t] != 0 || !promised(*line.begin())) continue;
            to.exercised(law::cells_kept);
            auto const free = [t](auto const& one) { return one.promised[t] - one.touched[t]; };
            if (most_.surely_fits(of_->jobs.specs[*line.begin()].need, free))
                to.breaks(law::cells_kept, record,
                          "job " + std::to_string(*line.begin()) + " waits, and the cells of tenant " +
                              std::to_string(t) + " have room for it");
        }
    }

private:
    [[nodiscard]] static std::size_t tenants(subject const& of) {
        return std::max<std::size_t>(1, of.jobs.tenants.size());
    }
    [[nodiscard]] std::size_t tenant(std::uint32_t j) const { return index(of_->jobs.specs[j].tenant); }
    /// Its tenant's cells, empty, hold it whatever they are bound to.
    [[nodiscard]] bool promised(std::uint32_t j) const {
        return most_.surely_fits(of_->jobs.specs[j].need,
                                 [t = tenant(j)](auto const& one) { return one.promised[t]; });
    }

    subject const* of_;
    std::vector<std::size_t> shapes_;
    cell_use least_;                   ///< of the jobs that lie in cells for certain
    cell_use most_;                    ///< of those that may
    std::vector<std::int64_t> greedy_; ///< [tenants] running jobs that take more than their part of a cell
    std::int64_t held_ = 0;            ///< jobs in cells
    std::map<std::pair<std::size_t, std::size_t>, std::set<std::uint32_t>> waiting_; ///< tenant, shape
};

} // namespace detail

/// S10 and W3, at the end of every instant. Premises: immediate; the private cells are told, no quota has changed, every
/// node is open and nobody else has anything of it.
///
/// Guaranteed are jobs whose priority is not negative, and that their tenant's cells can hold. S10: blocks in which
/// nobody else's guaranteed jobs lie suffice for the cells of all tenants at once, at each level. W3: a guaranteed job
/// waits only where its tenant's jobs may lie in all blocks of its cells that are large enough.
/// Source    H. Zhao et al., "HiveD: sharing a GPU cluster for deep learning with guarantees", OSDI 2020, theorem 1.
inline void check_cells(subject const& of, report& to) {
    if (!has(of.claims, claim::cells_kept) || !of.given.immediate || of.given.cells.empty()) return;
    auto all = detail::guarantees(of);
    auto state = replay(of);
    auto away = std::set<std::size_t>{}; // nodes that are closed, or that others have a part of
    auto const& records = of.log.records;
    for (auto i = std::size_t{0}; i != records.size(); ++i) {
        auto const& what = records[i];
        if (what.kind == log::kind::quota) return;
        all.count(what, state, -1);
        state.apply(what);
        all.count(what, state, +1);
        if (what.kind == log::kind::node_down || what.kind == log::kind::node_up)
            for (auto const& part : of.log.devices(what)) {
                auto const n = std::size_t{index(part.node)};
                if (state.open(n) && part.cpu_milli == 0 && part.mem_mib == 0) away.erase(n);
                else away.insert(n);
            }
        auto const last = i + 1 == records.size() || records[i + 1].at != what.at;
        if (last && away.empty()) all.ask(i, to);
    }
}

} // namespace rota::verify

#endif
