// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_REPLAY_WRITER_HPP
#define ROTA_VERIFY_REPLAY_WRITER_HPP

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/job/quota_change.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_fields.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/trial.hpp>

namespace rota::verify {

namespace detail {

/// One line: a kind, then every field that is not what it is by default.
class line_writer {
public:
    explicit line_writer(std::string_view kind) : text_{kind}, kind_{text_.size()} {}

    /// visit(object, f) gives f each field of an object.
    template <class T, class Visit>
    line_writer& add(T const& one, T const& otherwise, Visit visit) {
        auto usual = std::vector<std::string>{};
        visit(otherwise, [&](auto const&, auto const& field, auto const&... of) {
            usual.push_back(value(field, of...));
        });
        auto next = usual.begin();
        visit(one, [&](std::string_view key, auto const& field, auto const&... of) {
            if (auto const said = value(field, of...); said != *next++)
                (((text_ += ' ') += key) += '=') += said;
        });
        return *this;
    }
    [[nodiscard]] std::string text() const { return text_ + '\n'; }
    [[nodiscard]] bool usual() const noexcept { return text_.size() == kind_; }

private:
    template <class T>
    [[nodiscard]] static std::string value(T const& field, range const&) {
        if constexpr (std::is_same_v<T, sim_time>) {
            if (field == never) return "never";
        }
        if constexpr (std::is_enum_v<T>) return std::to_string(index(field));
        else return std::to_string(field);
    }
    template <class T, std::size_t N>
    [[nodiscard]] static std::string value(T const& field, std::array<std::string_view, N> const& names) {
        return std::string{names[static_cast<std::size_t>(field)]};
    }
    [[nodiscard]] static std::string value(double field) {
        char digits[32]; // the shortest that reads back as the same number
        return {digits, std::to_chars(digits, digits + sizeof digits, field).ptr};
    }

    std::string text_;
    std::size_t kind_;
};

} // namespace detail

/// A trial as lines of a replay file. Names of nodes, models, tenants and jobs are left out: no law reads
/// them.
[[nodiscard]] inline std::string to_text(trial const& what) {
    auto out = std::string{};
    auto const line = [&out](std::string_view kind, auto const& one, auto const& otherwise, auto visit) {
        out += detail::line_writer(kind).add(one, otherwise, visit).text();
    };
    auto const models = what.cluster.models.size();
    auto const nodes = what.cluster.nodes.size();
    auto const tenants = what.jobs.tenants.size();
    if (models != 1) out += "models " + std::to_string(models) + '\n';
    if (!what.cluster.mig.empty()) {
        out += "mig";
        for (auto kind : what.cluster.mig)
            (out += ' ') += cluster::mig_kind_names[static_cast<std::size_t>(kind)];
        out += '\n';
    }
    for (auto const& one : what.cluster.nodes)
        line("node", one, cluster::node{},
             [&](auto& node, auto f) { detail::fields_of_node(node, models, f); });
    if (what.jobs.tenants != std::vector<job::tenant>(1))
        for (auto const& one : what.jobs.tenants)
            line("tenant", one, job::tenant{},
                 [&](auto& tenant, auto f) { detail::fields_of_tenant(tenant, tenants, f); });
    for (auto j = std::size_t{0}; j != what.jobs.size(); ++j)
        line("job", detail::job_line{what.jobs.specs[j], what.jobs.works[j]}, detail::job_line{},
             [&](auto& job, auto f) { detail::fields_of_job(job, sim_time{}, tenants, f); });
    auto const& under = what.under;
    auto world = detail::line_writer("world");
    world.add(under, simulation::conditions{}, [](auto& one, auto f) { detail::fields_of_world(one, f); });
    if (!world.usual()) out += world.text();
    if (under.cost.index() != 0)
        line("cost " + std::string{detail::cost_names[under.cost.index()]}, under.cost,
             detail::usual_cost(under.cost.index()),
             [](auto& cost, auto f) { detail::fields_of_cost(cost, f); });
    for (auto const& one : under.node_changes)
        line("outage", one, cluster::node_change{},
             [&](auto& change, auto f) { detail::fields_of_node_change(change, sim_time{}, nodes, f); });
    for (auto const& one : under.quota_changes)
        line("quota", one, job::quota_change{},
             [&](auto& change, auto f) { detail::fields_of_quota_change(change, sim_time{}, tenants, f); });
    for (auto at : under.new_scheduler)
        line("new_scheduler", at, sim_time{},
             [](auto& when, auto f) { detail::fields_of_replacement(when, sim_time{}, f); });
    return out;
}

/// A replay file: a header with its version, then one line a thing, `kind key=value ...`, where what is left
/// out is as usual.
///
/// Meaning   Times are milliseconds. counter_example_of reads it back.
/// Expects   the scheduler's name to be one line.
[[nodiscard]] inline std::string to_text(counter_example const& one) {
    auto out = std::string{replay_header} + '\n';
    out += "suite " + std::to_string(one.suite) + '\n';
    out += "scheduler " + one.scheduler + '\n';
    out += "claims";
    for (auto i = std::size_t{0}; i != claim_names.size(); ++i)
        if (has(one.claims, static_cast<claim>(1u << i))) (out += ' ') += claim_names[i];
    out += '\n';
    auto known = detail::line_writer("known");
    known.add(one.known, traits{}, [](auto& all, auto f) { detail::fields_of_traits(all, f); });
    if (!known.usual()) out += known.text();
    ((out += "breaks ") += text_of(one.broken).code) += '\n';
    return out + to_text(one.what);
}

} // namespace rota::verify

#endif
