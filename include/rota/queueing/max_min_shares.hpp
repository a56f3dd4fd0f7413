// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_MAX_MIN_SHARES_HPP
#define ROTA_QUEUEING_MAX_MIN_SHARES_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/queueing/lp.hpp>

namespace rota::queueing {

/// Who could run how fast where. Shape: gang [jobs], rate [jobs x models], capacity [models].
struct rate_table {
    std::vector<std::int64_t> gang;              ///< GPU-milli of each job, > 0
    std::vector<std::vector<std::int64_t>> rate; ///< of each whole gang; 0: it cannot run there
    std::vector<std::int64_t> capacity;          ///< GPU-milli of each model
};

/// Shares of time, or why there are none: both are empty unless status is optimal.
struct time_shares {
    lp_status status = lp_status::optimal;
    std::vector<std::vector<std::int64_t>> share; ///< [jobs x models] thousandths of the time, rounded down
    std::vector<double> level; ///< [jobs] rate over the rate under equal shares of every model
};

/// Max-min fair shares of time over GPU models: nobody's rate can rise without lowering that of one who is
/// worse off.
///
/// The rate of a job counts relative to what it would be if its time were spread over the models as the
/// capacity is. Levels are raised together until some job can rise no more (its price is positive in every
/// optimum); it is held there and the others go on, so the levels are unique. Among all shares of these
/// levels those with the least GPU time are taken, ties by position. One model needs no solver.
/// Cost      at most jobs + 1 linear programs of jobs x models columns.
/// Source    D. Narayanan et al., "Heterogeneity-aware cluster scheduling policies for deep learning
///           workloads" (Gavel), OSDI 2020, sections 4.1 and 4.3. differs: time fairness, rates are not
///           multiplied by the size of the gang; bottlenecks from prices instead of a mixed integer program.
template <lp_solver Solver>
[[nodiscard]] time_shares max_min_shares(rate_table const& table, Solver const& solver) {
    auto const jobs = table.gang.size();
    auto const models = table.capacity.size();
    auto result = time_shares{};
    result.level.assign(jobs, 0.0);
    result.share.assign(jobs, std::vector<std::int64_t>(models));

    auto total = 0.0;
    for (auto capacity : table.capacity) total += static_cast<double>(capacity);
    auto relative = std::vector<std::vector<double>>(jobs, std::vector<double>(models));
    auto rising = std::vector<bool>(jobs);
    auto asked = std::int64_t{0};
    for (auto j = std::size_t{0}; j != jobs; ++j) {
        auto equal = 0.0;
        for (auto k = std::size_t{0}; k != models; ++k)
            equal += static_cast<double>(table.rate[j][k]) * static_cast<double>(table.capacity[k]) / total;
        for (auto k = std::size_t{0}; equal > 0 && k != models; ++k)
            if (table.capacity[k] > 0) relative[j][k] = static_cast<double>(table.rate[j][k]) / equal;
        rising[j] = equal > 0;
        if (rising[j]) asked += table.gang[j];
    }
    if (asked == 0) return result;
    auto const runs = rising;
    if (models == 1) {
        auto const share = std::min<std::int64_t>(1000, 1000 * table.capacity[0] / asked);
        for (auto j = std::size_t{0}; j != jobs; ++j)
            if (runs[j]) {
                result.share[j][0] = share;
                result.level[j] =
                    std::min(1.0, static_cast<double>(table.capacity[0]) / static_cast<double>(asked));
            }
        return result;
    }

    // one row a job for its level, one for its time, one a model; the last column is the common level
    auto program = linear_program{};
    auto column = std::vector<std::vector<std::size_t>>(jobs, std::vector<std::size_t>(models));
    program.rows.resize(2 * jobs + models);
    for (auto j = std::size_t{0}; j != jobs; ++j) {
        program.rows[jobs + j].at_most = 1.0;
        for (auto k = std::size_t{0}; k != models; ++k) {
            if (relative[j][k] <= 0) continue;
            auto const c = column[j][k] = program.gain.size();
            program.gain.push_back(0.0);
            program.rows[j].terms.push_back({c, -relative[j][k]});
            program.rows[jobs + j].terms.push_back({c, 1.0});
            program.rows[2 * jobs + k].terms.push_back(
                {c, static_cast<double>(table.gang[j]) / static_cast<double>(table.capacity[k])});
        }
    }
    for (auto k = std::size_t{0}; k != models; ++k) program.rows[2 * jobs + k].at_most = 1.0;
    auto const common = program.gain.size();
    program.gain.push_back(1.0);
    for (auto j = std::size_t{0}; j != jobs; ++j)
        if (rising[j]) program.rows[j].terms.push_back({common, 1.0});

    auto const slack = 1.0 - 1e-9; // a level that was reached stays reachable in spite of rounding
    while (std::find(rising.begin(), rising.end(), true) != rising.end()) {
        auto const solved = solver.solve(program);
        if (solved.status != lp_status::optimal) return {solved.status, {}, {}};
        auto dearest = 0.0;
        for (auto j = std::size_t{0}; j != jobs; ++j)
            if (rising[j]) dearest = std::max(dearest, solved.price[j]);
        for (auto j = std::size_t{0}; j != jobs; ++j) {
            if (!rising[j] || solved.price[j] < std::min(dearest, 1e-7)) continue;
            rising[j] = false;
            result.level[j] = solved.x[common];
            program.rows[j].terms.pop_back();
            program.rows[j].at_most = -result.level[j] * slack;
        }
    }
    for (auto j = std::size_t{0}; j != jobs; ++j)
        for (auto k = std::size_t{0}; k != models; ++k)
            if (relative[j][k] > 0) {
                auto const tie =
                    1e-4 * static_cast<double>((j + 1) * (k + 1)) / static_cast<double>(jobs * models);
                program.gain[column[j][k]] =
                    -(1.0 + tie) * static_cast<double>(table.gang[j]) / static_cast<double>(table.gang[0]);
            }
    program.gain[common] = -1.0;
    auto const solved = solver.solve(program);
    if (solved.status != lp_status::optimal) return {solved.status, {}, {}};
    for (auto j = std::size_t{0}; j != jobs; ++j)
        for (auto k = std::size_t{0}; k != models; ++k)
            if (relative[j][k] > 0)
                result.share[j][k] = std::clamp<std::int64_t>(
                    std::llround(std::floor(solved.x[column[j][k]] * 1000 + 1e-3)), 0, 1000);
    return result;
}

} // namespace rota::queueing

#endif
