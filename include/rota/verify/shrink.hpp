// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_SHRINK_HPP
#define ROTA_VERIFY_SHRINK_HPP

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/work.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/liveness.hpp>
#include <rota/verify/run.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

/// The smallest trial found that still breaks the same law.
struct shrunk {
    trial what;
    finding found;
    std::uint32_t steps = 0; ///< trials that were run
};

namespace detail {

template <class Run>
class shrinker {
public:
    shrinker(trial start, law broken, Run run)
        : best_{std::move(start), {}, 0}, law_{broken}, run_{std::move(run)} {
        best_.found = run_(best_.what);
    }

    [[nodiscard]] shrunk smallest() {
        do {
            again_ = false;
            drop_jobs();
            calm_world();
            drop_nodes();
            for (auto j = std::size_t{0}; j != best_.what.jobs.size(); ++j) simplify(j);
            forget();
        } while (again_ && best_.steps < steps_max);
        return std::move(best_);
    }

private:
    static constexpr std::uint32_t steps_max = 5'000;

    bool keep(trial candidate) {
        if (!placeable(candidate) || !heals(candidate)) return false;
        ++best_.steps;
        auto found = run_(std::as_const(candidate));
        if (found.laws.broken() != law_) return false;
        best_.what = std::move(candidate);
        best_.found = std::move(found);
        return again_ = true;
    }
    /// Nobody asks for a gang that may be small enough but is placed at a size that no cluster holds.
    static bool placeable(trial const& t) {
        return std::all_of(t.jobs.specs.begin(), t.jobs.specs.end(), [&](job::spec const& spec) {
            auto most = spec.need;
            most.gpus_min = most.gpus_max;
            return could_ever_run(t.cluster, most) == could_ever_run(t.cluster, spec.need);
        });
    }
    /// In the end every node is as it was: whoever waits on is no counter-example.
    static bool heals(trial const& t) {
        auto well = std::vector<bool>(t.cluster.nodes.size(), true);
        for (auto const& one : t.under.node_changes)
            well[index(one.node)] = one.to == cluster::node_state::up && (one.cpu_milli | one.mem_mib) == 0;
        return std::find(well.begin(), well.end(), false) == well.end();
    }
    /// Tries the trial that `change` makes of the best one; change answers whether it changed anything.
    template <class Change>
    bool attempt(Change change) {
        auto candidate = best_.what;
        return change(candidate) && keep(std::move(candidate));
    }
    void drop_jobs() {
        for (auto size = std::max<std::size_t>(1, best_.what.jobs.size() / 2); size != 0; size /= 2)
            for (auto from = std::size_t{0};
                 from + size <= best_.what.jobs.size() && size != best_.what.jobs.size();) {
                auto const dropped = attempt([&](trial& t) {
                    auto const first = static_cast<std::ptrdiff_t>(from);
                    auto const last = static_cast<std::ptrdiff_t>(from + size);
                    t.jobs.specs.erase(t.jobs.specs.begin() + first, t.jobs.specs.begin() + last);
                    t.jobs.works.erase(t.jobs.works.begin() + first, t.jobs.works.begin() + last);
                    return true;
                });
                if (!dropped) from += size;
            }
    }
    /// Sets one condition to its default.
    template <class T>
    void reset(T simulation::conditions::* knob, T const& to) {
        attempt([&](trial& t) { return !(std::exchange(t.under.*knob, to) == to); });
    }
    template <class T>
    void drop_one_by_one(std::vector<T> simulation::conditions::* all) {
        for (auto i = std::size_t{0}; i < (best_.what.under.*all).size();)
            if (!attempt([&](trial& t) {
                    (t.under.*all).erase((t.under.*all).begin() + static_cast<std::ptrdiff_t>(i));
                    return true;
                }))
                ++i;
    }
    void calm_world() {
        using simulation::conditions;
        attempt([](trial& t) {
            auto const changed = t.under.cost.index() != 0;
            t.under.cost = preemption::no_cost{};
            return changed;
        });
        reset(&conditions::launch_ms, millis{0});
        reset(&conditions::round_ms, millis{0});
        reset(&conditions::latency_ms_max, millis{0});
        reset(&conditions::start_failure, 0.0);
        reset(&conditions::late_ms_max, millis{0});
        reset(&conditions::repeat, 0.0);
        reset(&conditions::requeue_ms, millis{0});
        reset(&conditions::crash_mean_ms, millis{0});
        reset(&conditions::checkpoint_every_ms, millis{0});
        reset(&conditions::moves_in_place, true);
        reset(&conditions::node_changes, {});
        reset(&conditions::quota_changes, {});
        reset(&conditions::new_scheduler, {});
        drop_one_by_one(&conditions::new_scheduler);
        for (auto n = node_id{}; index(n) != best_.what.cluster.nodes.size(); n = node_id{index(n) + 1})
            attempt([n](trial& t) { // all of one node, so that none stays down for ever
                return std::erase_if(t.under.node_changes, [n](auto const& one) { return one.node == n; }) !=
                       0;
            });
        drop_one_by_one(&conditions::node_changes);
        drop_one_by_one(&conditions::quota_changes);
        for (auto i = std::size_t{0}; i != best_.what.under.node_changes.size(); ++i) {
            attempt([i](trial& t) { return std::exchange(t.under.node_changes[i].cpu_milli, 0u) != 0; });
            attempt([i](trial& t) { return std::exchange(t.under.node_changes[i].mem_mib, 0u) != 0; });
        }
    }
    void drop_nodes() {
        while (best_.what.cluster.nodes.size() > 1 && attempt([](trial& t) {
                   t.cluster.nodes.pop_back();
                   std::erase_if(t.under.node_changes,
                                 [&](auto const& one) { return index(one.node) >= t.cluster.nodes.size(); });
                   return true;
               })) {
        }
        for (auto n = std::size_t{0}; n != best_.what.cluster.nodes.size(); ++n)
            while (attempt([n](trial& t) {
                auto& gpus = t.cluster.nodes[n].gpus;
                if (gpus <= 1) return false;
                --gpus;
                return true;
            })) {
            }
    }
    /// What nothing refers to any more.
    void forget() {
        attempt([](trial& t) { return !std::exchange(t.cluster.mig, {}).empty(); });
        attempt([](trial& t) {
            t.cluster.mig.resize(std::min(t.cluster.mig.size(), std::size_t{1}));
            return std::exchange(t.cluster.models, {"gpu"}).size() != 1 && one_model(t);
        });
        attempt([](trial& t) {
            auto const root = std::vector<job::tenant>(1);
            for (auto& spec : t.jobs.specs) spec.tenant = {};
            t.under.quota_changes.clear();
            return std::exchange(t.jobs.tenants, root) != root;
        });
        attempt([](trial& t) {
            auto changed = false;
            for (auto& node : t.cluster.nodes)
                changed |= (std::exchange(node.cpu_milli, 0u) | std::exchange(node.mem_mib, 0u)) != 0;
            return changed;
        });
        reset(&simulation::conditions::seed, std::uint64_t{1});
        reset(&simulation::conditions::backoff_ms, millis{1'000});
        reset(&simulation::conditions::log_orders, false);
        reset(&simulation::conditions::spurious_pass, false);
        attempt([](trial& t) { // the first job comes at 0
            if (t.jobs.specs.empty() || !t.under.node_changes.empty() || !t.under.quota_changes.empty() ||
                !t.under.new_scheduler.empty())
                return false;
            auto const early = index(t.jobs.specs.front().submit);
            for (auto& spec : t.jobs.specs) {
                spec.submit = sim_time{index(spec.submit) - early};
                if (spec.deadline != never) spec.deadline = sim_time{index(spec.deadline) - early};
            }
            return early != 0;
        });
    }
    static bool one_model(trial& t) {
        for (auto& node : t.cluster.nodes) node.model = {};
        for (auto& spec : t.jobs.specs) spec.need.models = job::any_model;
        return true;
    }
    template <class T>
    void lower(std::size_t j, T job::spec::* field, T to) {
        attempt([&](trial& t) { return std::exchange(t.jobs.specs[j].*field, to) != to; });
    }
    template <class T>
    void lower(std::size_t j, T job::request::* field, T to) {
        attempt([&](trial& t) { return std::exchange(t.jobs.specs[j].need.*field, to) != to; });
    }
    void simplify(std::size_t j) {
        auto const before = j == 0 ? sim_time{} : best_.what.jobs.specs[j - 1].submit;
        lower(j, &job::spec::submit, before);
        attempt([j](trial& t) {
            auto const changed = t.jobs.works[j].duration_ms > 1;
            t.jobs.works[j].duration_ms = 1;
            t.jobs.specs[j].limit_ms = 1;
            return changed;
        });
        attempt([j](trial& t) {
            t.jobs.specs[j].limit_ms = std::max<millis>(1, t.jobs.works[j].duration_ms /= 2);
            return t.jobs.works[j].duration_ms > 0;
        });
        attempt([j](trial& t) {
            return std::exchange(t.jobs.works[j].ends, job::outcome::completed) != job::outcome::completed;
        });
        attempt([j](trial& t) {
            auto& need = t.jobs.specs[j].need;
            auto const changed = !(need == job::gang(need.gpus_min));
            need = job::gang(need.gpus_min);
            return changed;
        });
        attempt([j](trial& t) {
            auto& need = t.jobs.specs[j].need;
            auto const changed = !(need == job::gang(need.gpus_max));
            need = job::gang(need.gpus_max);
            return changed;
        });
        attempt([j](trial& t) {
            auto& need = t.jobs.specs[j].need;
            if (need.gpus_min <= 1) return false;
            --need.gpus_min;
            --need.gpus_max;
            return true;
        });
        lower(j, &job::request::cpu_milli, std::uint32_t{0});
        lower(j, &job::request::mem_mib, std::uint32_t{0});
        lower(j, &job::request::models, job::any_model);
        lower(j, &job::request::span, job::span::anywhere);
        lower(j, &job::spec::priority, 0);
        lower(j, &job::spec::tenant, tenant_id{});
        lower(j, &job::spec::deadline, never);
        lower(j, &job::spec::user, unknown_user);
        lower(j, &job::spec::state_mib, std::int64_t{0});
        attempt([j](trial& t) {
            auto& work = t.jobs.works[j];
            auto const plain = job::work{.duration_ms = work.duration_ms, .ends = work.ends};
            return !(std::exchange(work, plain) == plain);
        });
    }

    shrunk best_;
    law law_;
    Run run_;
    bool again_ = false;
};

} // namespace detail

/// Drops jobs in halves and one by one, what goes wrong in the world, and nodes, and makes numbers smaller,
/// while the same law breaks. run(trial const&) -> finding. Expects   the trial to break the law.
template <std::invocable<trial const&> Run>
[[nodiscard]] shrunk shrink(trial what, law broken, Run run) {
    return detail::shrinker<Run>(std::move(what), broken, std::move(run)).smallest();
}

} // namespace rota::verify

#endif
