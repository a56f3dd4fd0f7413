// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_NATIVE_HPP
#define ROTA_TRACE_NATIVE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/mig_size.hpp>
#include <rota/core/units.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/native_columns.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

namespace detail {

/// `#tenant,ID,PARENT,WEIGHT,NOMINAL_MILLI,NAME` above the header: ids count up, a parent comes first, the
/// name is the rest of the line.
inline void native_tenant(intake& in, line const& here) {
    auto& all = in.out().workload.tenants;
    auto values = std::array<std::int64_t, 4>{};
    auto at = native_tenant_mark.size();
    for (auto i = std::size_t{0}; i != values.size(); ++i) {
        auto const where = place{here.at.line, here.at.byte + at};
        auto const comma = here.text.find(',', at);
        if (comma == std::string_view::npos)
            return in.fatal(where, "E-TENANT",
                            "read " + shown(here.text) +
                                ", expected #tenant,ID,PARENT,WEIGHT,NOMINAL_MILLI,NAME");
        auto const digits = here.text.substr(at, comma - at);
        auto const got = whole(digits);
        auto const most = i == 2 ? std::int64_t{std::numeric_limits<std::int32_t>::max()}
                          : i == 3
                              ? std::numeric_limits<std::int64_t>::max() >> 16 // all tenants together fit
                              : std::int64_t{std::numeric_limits<std::uint16_t>::max()};
        if (!got.ok() || got.value < 0 || got.value > most)
            return in.fatal(where, "E-TENANT",
                            "read " + shown(digits) + ", expected a whole number from 0 to " +
                                std::to_string(most));
        values[i] = got.value;
        at = comma + 1;
    }
    auto const where = place{here.at.line, here.at.byte + native_tenant_mark.size()};
    auto const root = values[0] == 0;
    if (!(root && all.size() == 1) && static_cast<std::uint64_t>(values[0]) != all.size())
        return in.fatal(where, "E-TENANT",
                        "read tenant " + std::to_string(values[0]) + ", expected " +
                            std::to_string(all.size()));
    if (root ? values[1] != 0 : values[1] >= values[0])
        return in.fatal(where, "E-CYCLE",
                        "read parent " + std::to_string(values[1]) + " of tenant " +
                            std::to_string(values[0]) + ", expected one that comes before it");
    if (!root) all.emplace_back();
    all[static_cast<std::size_t>(values[0])] = {.parent = static_cast<tenant_id>(values[1]),
                                                .weight = static_cast<std::int32_t>(values[2]),
                                                .nominal_milli = values[3],
                                                .name = std::string{here.text.substr(at)}};
}

/// The tenants of a workload are a tree that can be shared out: somebody among the children of a tenant has a
/// weight, and what all of them own fits on the cluster, where it is known.
inline void judge_tenants(intake& in, std::vector<place> const& at) {
    auto const& all = in.out().workload.tenants;
    auto children = std::vector<std::size_t>(all.size()); // the first of each tenant, 0 for none
    auto weighty = std::vector<bool>(all.size());
    auto owned = std::int64_t{0}; // each is below 2^47
    for (auto t = std::size_t{0}; t != all.size(); ++t) owned += all[t].nominal_milli;
    for (auto t = all.size(); t-- > 1;) {
        children[index(all[t].parent)] = t;
        if (all[t].weight != 0) weighty[index(all[t].parent)] = true;
    }
    for (auto t = std::size_t{0}; t != all.size(); ++t)
        if (children[t] != 0 && !weighty[t])
            in.fatal(at[children[t]], "E-WEIGHT",
                     "read weight 0 for every child of tenant " + std::to_string(t) +
                         ", expected one above 0: nobody would have a share");
    if (in.how().cluster == nullptr || at.empty()) return;
    auto const there = in.how().cluster->gpus();
    if (owned > there * whole_gpu)
        in.say(severity::warning, at.front(), "W-QUOTA",
               "read tenants that own " + std::to_string(owned / whole_gpu) +
                   " GPUs together, expected at most the " + std::to_string(there) +
                   " of the cluster; they cannot all have them at once");
}

/// One row of the native form. An empty cell is the column's default.
inline record native_job(intake& in, csv const& rows) {
    auto job = record{};
    auto& spec = job.spec;
    auto& need = spec.need;
    auto const whole_or = [&](std::size_t what, std::int64_t otherwise, std::int64_t least,
                              std::int64_t most) {
        return rows.given(what) ? read_whole(in, rows[what], least, most) : otherwise;
    };
    auto const word_or = [&](std::size_t what, auto const& allowed, std::size_t otherwise) {
        return rows.given(what) ? read_word(in, rows[what], allowed) : otherwise;
    };
    constexpr auto u16 = std::int64_t{std::numeric_limits<std::uint16_t>::max()};
    constexpr auto u32 = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    constexpr auto i64 = std::numeric_limits<std::int64_t>::max();
    auto const narrow = [](std::int64_t value) { return static_cast<std::uint16_t>(value); };
    auto const share = [&](std::size_t what, std::int64_t otherwise, std::int64_t most) {
        auto const milli = whole_or(what, otherwise, std::numeric_limits<std::int64_t>::min(), i64);
        if (in.row_stands() && (milli < 1 || milli > most))
            in.bad(rows[what].at, "E-FRACTION",
                   in_column(rows[what]) + "1 to " + std::to_string(most) + " thousandths of a GPU");
        return narrow(milli);
    };

    job.at = rows[native_column::job_id].at;
    job.id = rows[native_column::job_id].text;
    spec.submit = sim_time{read_whole(in, rows[native_column::submit_ms], 0, i64)};
    job.work.duration_ms = read_whole(in, rows[native_column::duration_ms], 0, i64);
    need.gpus_min = read_gpus(in, rows[native_column::gpus]);
    need.gpus_max = narrow(whole_or(native_column::gpus_max, need.gpus_min, need.gpus_min, u16));
    if (rows.given(native_column::mig))
        need.mig = static_cast<mig_size>(1 + read_word(in, rows[native_column::mig], native_sizes));
    auto const all = need.split() ? std::int64_t{cluster::mig_entry_of(need.mig).milli} : whole_gpu;
    need.milli = share(native_column::milli, all, all);
    if (need.split() && need.milli != all && in.row_stands())
        in.bad(rows[native_column::milli].at, "E-FRACTION",
               in_column(rows[native_column::milli]) + "nothing, or the " + std::to_string(all) +
                   " thousandths of a GPU that " + std::string{rows[native_column::mig].text} + " is");
    need.milli_min = share(native_column::milli_min, need.milli, need.milli);
    need.cpu_milli = static_cast<std::uint32_t>(whole_or(native_column::cpu_milli, 0, 0, u32));
    need.mem_mib = static_cast<std::uint32_t>(whole_or(native_column::mem_mib, 0, 0, u32));
    need.models = static_cast<std::uint32_t>(whole_or(native_column::models, job::any_model, 0, u32));
    need.span = static_cast<job::span>(word_or(native_column::span, native_spans, 0));
    spec.tenant = static_cast<tenant_id>(whole_or(
        native_column::tenant, 0, 0, static_cast<std::int64_t>(in.out().workload.tenants.size()) - 1));
    spec.user = static_cast<user_id>(whole_or(native_column::user, index(unknown_user), 0, u32));
    spec.priority = static_cast<std::int32_t>(whole_or(native_column::priority, 0,
                                                       std::numeric_limits<std::int32_t>::min(),
                                                       std::numeric_limits<std::int32_t>::max()));
    spec.limit_ms = whole_or(native_column::limit_ms, 0, 0, i64);
    spec.deadline = sim_time{
        whole_or(native_column::deadline_ms, index(never), std::numeric_limits<std::int64_t>::min(), i64)};
    spec.state_mib = whole_or(native_column::state_mib, 0, 0, i64);
    for (auto i = std::size_t{0}; i != job.work.model_rate.size(); ++i)
        job.work.model_rate[i] = narrow(whole_or(native_column::rate_0 + i, 1000, 0, u16));
    job.work.knee = narrow(whole_or(native_column::knee, 0, 0, u16));
    job.work.ends = static_cast<job::outcome>(word_or(native_column::outcome, native_outcomes, 0));
    return job;
}

} // namespace detail

/// A workload in rota's own form: a CSV whose first line is `#rota-workload 1`.
///
/// The columns are those of native_columns.hpp; submit_ms, gpus and duration_ms must be there, an absent
/// column or an empty cell is the default. Times stay as given. Reads back exactly what write_native wrote.
/// Errors    E-FORMAT without the first line, E-TENANT, E-CYCLE, E-WEIGHT, and those of csv and of the values.
[[nodiscard]] inline reading read_native(source const& from, options const& how = {}) {
    auto in = intake{from, how};
    auto rows = csv{in, {.settings = true}};
    auto const& above = rows.preamble();
    if (auto const first = in.rows().first();
        first && (above.empty() || above.front().at.byte != 0 || *first != native_mark))
        in.fatal({}, "E-FORMAT", "read " + shown(*first) + ", expected the first line " + shown(native_mark));
    auto tenants_at = std::vector<place>{};
    for (auto const& here : above)
        if (here.text.starts_with(native_tenant_mark)) {
            detail::native_tenant(in, here);
            tenants_at.resize(in.out().workload.tenants.size(), here.at);
        } else if (here.at.byte != 0 && here.text.size() > 1 && here.text[1] != ' ')
            in.fatal(here.at, "E-KEY",
                     "read " + shown(here.text) +
                         ", expected #tenant,... or a comment that starts with '# '");
    if (!in.out().refused) detail::judge_tenants(in, tenants_at);
    if (in.out().refused || !rows.bind(native_columns)) return in.finish(clock_start::as_given);
    auto const named = rows.has(native_columns.front().name);
    while (rows.next()) {
        auto const job = detail::native_job(in, rows);
        if (named) static_cast<void>(read_id(in, rows[native_column::job_id]));
        in.end_row(job);
    }
    return in.finish(clock_start::as_given);
}

} // namespace rota::trace

#endif
