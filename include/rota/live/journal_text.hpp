// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_JOURNAL_TEXT_HPP
#define ROTA_LIVE_JOURNAL_TEXT_HPP

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/contract/order.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/link.hpp>
#include <rota/live/retold_books.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

inline constexpr std::string_view journal_header = "#rota-journal 1\n";
inline constexpr std::string_view group_end = "end\n";

/// Appends `WORD number number ...` and the end of the line.
inline void append_words(std::string& to, std::string_view word,
                         std::initializer_list<std::int64_t> numbers) {
    to += word;
    for (auto const number : numbers) log::detail::append_number(to += ' ', number);
    to += '\n';
}

/// Appends the line of a journal that a job has come with: `job NAME submit run ...`.
inline void append_job(std::string& to, std::string_view name, std::uint32_t run, job::spec const& spec) {
    auto const& need = spec.need;
    ROTA_EXPECTS(!need.split(), "no backend starts a job in an instance of a GPU");
    (to += "job ") += name;
    append_words(to, {},
                 {index(spec.submit), run, index(spec.tenant), index(spec.user), spec.priority, spec.limit_ms,
                  index(spec.deadline), spec.state_mib, need.gpus_min, need.gpus_max, need.milli,
                  need.milli_min, need.cpu_milli, need.mem_mib, need.models,
                  static_cast<std::int64_t>(need.span)});
}

/// The numbers of a journal in one that speaks of another cluster. Empty: they stay what they are.
struct renumbering {
    std::vector<node_id> nodes{};        ///< [old nodes]; those without one hold nothing
    std::vector<std::uint32_t> models{}; ///< [old models] the bit of its new number, 0 where it is gone
    std::vector<bool> left_out{};        ///< [jobs]

    [[nodiscard]] cluster::placement of(cluster::placement const& where) const {
        auto out = cluster::placement{};
        for (auto part : where) {
            if (!nodes.empty()) part.node = nodes[index(part.node)];
            out.add(part);
        }
        return out;
    }
    [[nodiscard]] job::spec of(job::spec spec) const {
        if (models.empty() || spec.need.models == ~std::uint32_t{0}) return spec;
        auto bits = std::uint32_t{0};
        for (auto m = std::size_t{0}; m != models.size(); ++m)
            if ((spec.need.models >> m & 1u) != 0) bits |= models[m];
        spec.need.models = bits;
        return spec;
    }
};

/// The group of lines with which a short journal begins: how books stand, without the jobs that are over and gone.
///
/// Meaning   Told to fresh books, it gives these, with the jobs numbered anew, in their order. A job is `job`, its
///           intent as an order, what it holds as a start, and the rest as `stands`; `closed` is a node, `waits` a
///           job whose start waits for devices, `gone` one that is over though the manager knows it still. `stood`
///           ends it; `run` follows for a job that was requeued just now, and `node_up` for a
///           node of which others have CPU or memory.
/// Expects   books at rest, between two rounds; the link of each job.
[[nodiscard]] inline std::string journal_standing(retold_books const& of, std::vector<link> const& links,
                                                  renumbering const& as_now = {}) {
    auto to = std::string{"stand 0\n"};
    auto jobs = std::vector<job_id>{};
    for (auto i = std::uint32_t{0}; i != links.size(); ++i)
        if ((!of.at(job_id{i}).over || links[i].known) && (as_now.left_out.empty() || !as_now.left_out[i]))
            jobs.push_back(job_id{i});
    auto const number = [&jobs](job_id id) {
        return std::lower_bound(jobs.begin(), jobs.end(), id) - jobs.begin();
    };
    for (auto n = std::uint32_t{0}; as_now.nodes.empty() && n != of.held().size(); ++n)
        if (!of.want().free().open(node_id{n})) append_words(to, "closed", {n});
    for (auto id : jobs) {
        auto const& its = links[index(id)];
        if (of.at(id).over) {
            append_words((to += "gone ") += its.name, {}, {its.run});
            continue;
        }
        auto const as = of.standing_of(id);
        auto places = log::schedule{};
        auto what = log::record{.at = of.now(),
                                .value = static_cast<std::int64_t>(as.mode),
                                .job = static_cast<std::uint32_t>(number(id)),
                                .incarnation = as.incarnation,
                                .op = as.decided,
                                .kind = log::kind::order};
        append_job(to, its.name, its.run, as_now.of(*of.at(id).spec));
        places.add(what, as_now.of(as.intent));
        log::append_line(to, places, places.records.back());
        what.kind = log::kind::start;
        what.op = as.op;
        what.value = as.attained;
        places.add(what, as_now.of(as.held));
        log::append_line(to += '\n', places, places.records.back());
        append_words(to += '\n', "stands",
                     {number(id), index(as.accrues_from), index(as.since), index(as.eligible),
                      index(as.promised), as.preemptions, static_cast<std::int64_t>(as.flight)});
    }
    for (auto id : of.waiting_for_devices()) append_words(to, "waits", {number(id)});
    append_words(to, "stood", {index(of.now()), of.ops()});
    for (auto id : jobs)
        if (!of.at(id).over && links[index(id)].ready > of.now())
            append_words(to, "run", {number(id), links[index(id)].run});
    for (auto n = std::uint32_t{0}; as_now.nodes.empty() && n != of.held().size(); ++n) {
        auto const others = of.others(node_id{n});
        if ((others.cpu_milli | others.mem_mib) == 0) continue;
        auto place = log::schedule{};
        place.add({.at = of.now(), .kind = log::kind::node_up},
                  cluster::placement{{node_id{n}, 0, 0, others.cpu_milli, others.mem_mib}});
        log::append_line(to, place, place.records.back());
        to += '\n';
    }
    return to += group_end;
}

} // namespace rota::live

#endif
