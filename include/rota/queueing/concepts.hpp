// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_CONCEPTS_HPP
#define ROTA_QUEUEING_CONCEPTS_HPP

#include <concepts>
#include <cstdint>

#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>

namespace rota::queueing {

/// How the key of a running job moves without an event.
enum class drift : std::uint8_t {
    none, ///< not at all, or in steps that stale_at announces
    down, ///< by 1 a ms of useful work: remaining time
    free, ///< otherwise
};

namespace requirement {

template <class O>
concept has_key = requires(O const& o, view const& v, job_id j) { o.key(v, j); };

template <class O>
concept key_is_an_integer = has_key<O> && requires(O const& o, view const& v, job_id j) {
    { o.key(v, j) } -> std::integral;
};

} // namespace requirement

/// Ranks jobs, waiting and running alike: the smaller key first, equal keys in the order of submission.
///
/// Syntax    o.key(view, job) const -> std::int64_t.
///           o.stale_at(view, job) const -> sim_time: optional; when the key steps without an event. never
///           while the job accrues nothing, so it is asked again when a start is confirmed. o.on(event,
///           view): optional; before keys are asked for. o.refresh_ms: optional member; all waiting jobs are
///           ranked anew at multiples of it. o.settled(view, job) const -> bool: optional, beside refresh_ms; the
///           key of the waiting job changes no more. static constexpr drift drift: optional, drift::none by default.
///           o.steady(view, job) const -> bool: optional, beside drift::down; false where the key of the placed job
///           falls by something else.
/// Meaning   Two jobs with equal keys are in no order but that of their ids.
template <class O>
concept order = std::movable<O> && requirement::has_key<O> && requirement::key_is_an_integer<O>;

template <order O>
[[nodiscard]] constexpr drift drift_of() noexcept {
    if constexpr (requires {
                      { O::drift } -> std::convertible_to<drift>;
                  })
        return O::drift;
    else return drift::none;
}
/// The key of the placed job drifts as the order says.
template <order O>
[[nodiscard]] bool steady([[maybe_unused]] O const& by, [[maybe_unused]] view const& v,
                          [[maybe_unused]] job_id j) {
    if constexpr (requires {
                      { by.steady(v, j) } -> std::same_as<bool>;
                  })
        return by.steady(v, j);
    else return true;
}
template <order O>
[[nodiscard]] sim_time stale_at(O const& by, view const& v, job_id j) {
    if constexpr (requires {
                      { by.stale_at(v, j) } -> std::same_as<sim_time>;
                  })
        return by.stale_at(v, j);
    else return never;
}
template <order O>
[[nodiscard]] millis refresh_of(O const& by) noexcept {
    if constexpr (requires {
                      { by.refresh_ms } -> std::convertible_to<millis>;
                  })
        return by.refresh_ms;
    else return 0;
}
template <order O>
[[nodiscard]] bool settled([[maybe_unused]] O const& by, [[maybe_unused]] view const& v,
                           [[maybe_unused]] job_id j) noexcept {
    if constexpr (requires {
                      { by.settled(v, j) } -> std::same_as<bool>;
                  })
        return by.settled(v, j);
    else return false;
}
template <order O>
void tell(O& by, event const& happened, view const& v) {
    if constexpr (requires { by.on(happened, v); }) by.on(happened, v);
}

/// Always true. Fails to compile, naming the first thing that is missing, unless O is an order:
/// static_assert(rota::queueing::explain_order<my_order>());
template <class O>
consteval bool explain_order() {
    if constexpr (!std::movable<O>) static_assert(std::movable<O>, "rota: a queue order must be movable");
    else if constexpr (!requirement::has_key<O>)
        static_assert(requirement::has_key<O>,
                      "rota: a queue order needs `key(rota::view const&, rota::job_id) const`");
    else if constexpr (!requirement::key_is_an_integer<O>)
        static_assert(
            requirement::key_is_an_integer<O>,
            "rota: `key` must return an integer (std::int64_t): doubles do not order the same everywhere");
    return true;
}

} // namespace rota::queueing

#endif
