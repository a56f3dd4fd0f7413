// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_SYSTEMS_HPP
#define ROTA_CLI_SYSTEMS_HPP

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/estimate/concepts.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/concepts.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/outcome.hpp>

#include "console.hpp"
#include "registry.hpp"

namespace cli {

/// Any placement but `consolidated`, whose type the queues know how to use.
class any_placement {
public:
    /// first_fit.
    any_placement();
    template <rota::placement::policy P>
    explicit any_placement(std::in_place_type_t<P>, P placement)
        : held_{std::make_shared<model<P>>(std::move(placement))} {}

    [[nodiscard]] rota::placement::outcome place(rota::job::request const& need,
                                                 rota::cluster::ledger const& free) const {
        if (stops_) stop_if_signalled(); // a pass may place for minutes
        return held_->place(need, free);
    }
    /// From now on a signal ends the command in the next placement.
    void stop_on_signal() noexcept { stops_ = true; }

private:
    struct base {
        virtual ~base() = default;
        [[nodiscard]] virtual rota::placement::outcome place(rota::job::request const&,
                                                             rota::cluster::ledger const&) const = 0;
    };
    template <class P>
    struct model final : base {
        explicit model(P p) : placement{std::move(p)} {}
        [[nodiscard]] rota::placement::outcome place(rota::job::request const& need,
                                                     rota::cluster::ledger const& free) const override {
            return placement.place(need, free);
        }
        P placement;
    };

    std::shared_ptr<base const> held_; // placements are pure
    bool stops_ = false;
};

/// The placement of that name other than `consolidated`.
[[nodiscard]] any_placement placement_named(setting const& in);

/// use(placement), with the one that the setting names: consolidated by its own type.
template <class Use>
[[nodiscard]] any_scheduler with_placement(setting const& in, Use use) {
    if (in.placement.empty() || in.placement == "consolidated") return use(rota::placement::consolidated{});
    auto named = placement_named(in);
    if (in.simulated) named.stop_on_signal();
    return use(std::move(named));
}

/// Any estimator. A copy is an estimator of its own.
class any_estimator {
public:
    template <rota::estimate::estimator E>
    explicit any_estimator(std::in_place_type_t<E>, E estimator)
        : held_{std::make_unique<model<E>>(std::move(estimator))} {}

    void on(rota::event const& happened, rota::view const& v) { held_->on(happened, v); }
    [[nodiscard]] rota::millis remaining_ms(rota::view const& v, rota::job_id j) const {
        return held_->remaining_ms(v, j);
    }
    [[nodiscard]] std::int64_t rate(rota::view const& v, rota::job_id j, int gpus, rota::gpu_model on) const {
        return held_->rate(v, j, gpus, on);
    }

private:
    struct base {
        virtual ~base() = default;
        virtual void on(rota::event const&, rota::view const&) = 0;
        [[nodiscard]] virtual rota::millis remaining_ms(rota::view const&, rota::job_id) const = 0;
        [[nodiscard]] virtual std::int64_t rate(rota::view const&, rota::job_id, int,
                                                rota::gpu_model) const = 0;
    };
    template <class E>
    struct model final : base {
        explicit model(E e) : estimator{std::move(e)} {}
        void on(rota::event const& happened, rota::view const& v) override {
            rota::estimate::tell(estimator, happened, v);
        }
        [[nodiscard]] rota::millis remaining_ms(rota::view const& v, rota::job_id j) const override {
            return estimator.remaining_ms(v, j);
        }
        [[nodiscard]] std::int64_t rate(rota::view const& v, rota::job_id j, int gpus,
                                        rota::gpu_model on) const override {
            return estimator.rate(v, j, gpus, on);
        }
        E estimator;
    };

    std::unique_ptr<base> held_;
};

/// The parameter `estimate` and those that go with it.
[[nodiscard]] std::vector<parameter> estimate_parameters(std::string standard);
/// The estimator they name.
[[nodiscard]] any_estimator estimator_named(arguments const& values, setting const& in);
/// What they make of the scheduler's claims.
[[nodiscard]] any_scheduler claiming(any_scheduler made, arguments const& values);

/// Appends the schedulers of each kind: queues that never stop a job, those that do, and all others.
void add_queues(std::vector<entry>& to);
void add_preemptive(std::vector<entry>& to);
void add_other_kinds(std::vector<entry>& to);

} // namespace cli

#endif
