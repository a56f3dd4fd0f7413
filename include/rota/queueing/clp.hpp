// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_CLP_HPP
#define ROTA_QUEUEING_CLP_HPP

#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

#include <coin/Clp_C_Interface.h>

#include <rota/queueing/lp.hpp>

namespace rota::queueing {

/// Solves with CLP. Whoever includes this links libClp; nothing else in rota does.
///
/// Source    COIN-OR linear programming (CLP), J. Forrest et al., https://github.com/coin-or/Clp: primal
/// simplex.
struct clp {
    [[nodiscard]] lp_solution solve(linear_program const& p) const {
        auto const columns = p.gain.size();
        auto starts = std::vector<int>(columns + 1);
        for (auto const& row : p.rows)
            for (auto const& term : row.terms) ++starts[term.column + 1];
        for (auto c = std::size_t{0}; c != columns; ++c) starts[c + 1] += starts[c];
        auto rows = std::vector<int>(static_cast<std::size_t>(starts[columns]));
        auto factors = std::vector<double>(rows.size());
        auto at = starts;
        for (auto r = std::size_t{0}; r != p.rows.size(); ++r)
            for (auto const& term : p.rows[r].terms) {
                auto const slot = static_cast<std::size_t>(at[term.column]++);
                rows[slot] = static_cast<int>(r);
                factors[slot] = term.factor;
            }
        auto const lower = std::vector<double>(columns, 0.0);
        auto const upper = std::vector<double>(columns, unlimited);
        auto const least = std::vector<double>(p.rows.size(), -unlimited);
        auto most = std::vector<double>{};
        for (auto const& row : p.rows) most.push_back(row.at_most);

        auto const model =
            std::unique_ptr<Clp_Simplex, void (*)(Clp_Simplex*)>(Clp_newModel(), Clp_deleteModel);
        Clp_setLogLevel(model.get(), 0);
        Clp_loadProblem(model.get(), static_cast<int>(columns), static_cast<int>(p.rows.size()),
                        starts.data(), rows.data(), factors.data(), lower.data(), upper.data(), p.gain.data(),
                        least.data(), most.data());
        Clp_setOptimizationDirection(model.get(), -1); // maximise
        Clp_primal(model.get(), 0);
        auto answer = lp_solution{};
        switch (Clp_status(model.get())) {
        case 0: answer.status = lp_status::optimal; break;
        case 1: answer.status = lp_status::infeasible; return answer;
        case 2: answer.status = lp_status::unbounded; return answer;
        default: answer.status = lp_status::gave_up; return answer;
        }
        auto const* x = Clp_primalColumnSolution(model.get());
        auto const* price = Clp_dualRowSolution(model.get());
        answer.x.assign(x, x + columns);
        answer.price.assign(price, price + p.rows.size());
        return answer;
    }

private:
    static constexpr double unlimited = std::numeric_limits<double>::max(); // CLP reads it as no bound
};

static_assert(lp_solver<clp>);

} // namespace rota::queueing

#endif
