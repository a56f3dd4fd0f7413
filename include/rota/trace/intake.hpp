// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_INTAKE_HPP
#define ROTA_TRACE_INTAKE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/trace/diagnostic.hpp>
#include <rota/trace/feasible.hpp>
#include <rota/trace/options.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/reading.hpp>
#include <rota/trace/record.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/walk.hpp>

namespace rota::trace {

/// Whether the submit times become spans since the first one.
enum class clock_start : std::uint8_t { as_given, first_submit };

/// Gathers what a reader finds: counts every row, keeps diagnostics up to the limit, drops bad rows, refuses
/// repeated ids, sums and sorts, and makes the reading.
///
/// For each line: begin_row, then any of bad, repairable, drop, then end_row; or blank, or comment.
class intake {
public:
    intake(source const& from, options const& how)
        : from_{from}, how_{how},
          walk_{from, how.limits,
                how.each ? std::numeric_limits<std::size_t>::max() : how.limits.text_bytes} {
        if (how.cluster != nullptr) possible_.emplace(*how.cluster);
    }
    intake(source const&&, options const&) = delete; ///< both outlive the intake
    template <class From>
    intake(From&&, options const&&) = delete;

    [[nodiscard]] options const& how() const noexcept { return how_; }

    /// The lines, to be walked over by the reader.
    [[nodiscard]] walk& rows() noexcept { return walk_; }

    /// Counts towards the tally under `what`.
    void count(std::string_view what, std::uint64_t more = 1) { out_.tally.count(what, more); }

    /// Says something without consequence for the row.
    void say(severity level, place at, std::string_view code, std::string message) {
        if (level == severity::error) ++errors_;
        if (said_[static_cast<std::size_t>(level)]++ >= how_.error_limit) {
            ++unsaid_;
            return;
        }
        walk_.say(out_.diagnostics, level, at, code, std::move(message));
    }
    /// An error no row can be blamed for: the input is refused in every mode.
    void fatal(place at, std::string_view code, std::string message) {
        say(severity::error, at, code, std::move(message));
        out_.refused = true;
    }

    void blank() { ++out_.tally.rows_in, ++out_.tally.blank; }
    void comment() { ++out_.tally.rows_in, ++out_.tally.comment; }
    void begin_row(place at) {
        ++out_.tally.rows_in;
        row_ = at;
        reason_ = {};
        wrong_ = false;
    }

    /// The row has an error: strict refuses the input, collect drops the row.
    void bad(place at, std::string_view code, std::string message) {
        say(severity::error, at, code, std::move(message));
        if (!wrong_) reason_ = code;
        wrong_ = true;
    }
    /// The row has an error that `by` drops instead, where the options allow it.
    void repairable(repair by, place at, std::string_view code, std::string message) {
        if (how_.repairs.has(by)) drop(name(by));
        else bad(at, code, std::move(message));
    }
    /// The row is left out by a declared policy.
    void drop(std::string_view why) {
        if (reason_.empty()) reason_ = why;
    }
    [[nodiscard]] bool row_stands() const noexcept { return reason_.empty(); }

    /// Says E-DUPID where `id` was met before, and where.
    void unique(std::string_view id, place at) {
        if (how_.each && how_.any_id) return;
        auto const [seen, fresh] = ids_.try_emplace(std::string{id}, at);
        if (fresh) return;
        auto const first = seen->second;
        repairable(repair::duplicate_id, at, "E-DUPID",
                   "read id " + shown(id) + " again, expected an id not used before (line " +
                       std::to_string(first.line) + ")");
        if (wrong_ && from_.lasts())
            say(severity::note, first, "E-DUPID", "read id " + shown(id) + " here first");
    }

    /// Ends the row without a job: it was kept for another purpose, or dropped.
    void end_row() {
        if (row_stands()) {
            ++out_.tally.kept;
            return;
        }
        ++out_.tally.dropped;
        out_.tally.count(reason_);
        if (!how_.each) out_.dropped.push_back({row_.line, reason_});
    }
    /// Ends the row with a job, which is kept if nothing was wrong.
    void end_row(record const& job) {
        if (row_stands() && !job.id.empty()) unique(job.id, job.at);
        if (row_stands()) total(job);
        end_row();
        if (!row_stands()) return;
        if (job.work.duration_ms == 0) count("zero_duration");
        if (job.spec.submit < above_ && !unsorted_) {
            unsorted_ = row_;
            walk_.keep(walk_.here());
        }
        above_ = job.spec.submit;
        first_ = std::min(first_, above_);
        if (how_.each) {
            how_.each(job);
        } else {
            auto& work = out_.workload;
            work.specs.push_back(job.spec);
            work.works.push_back(job.work);
            if (!job.id.empty()) work.names.emplace_back(job.id);
        }
        if (possible_) judge(job.spec.need);
    }

    /// The number of a person, by order of first appearance.
    [[nodiscard]] user_id user(std::string_view name) {
        auto const next = static_cast<std::uint32_t>(users_.size());
        return user_id{users_.try_emplace(std::string{name}, next).first->second};
    }
    /// The tenant of that name below the root, made at its first appearance.
    [[nodiscard]] tenant_id tenant(std::string_view name, place at) {
        auto& all = out_.workload.tenants;
        auto const known = tenants_.find(std::string{name});
        if (known != tenants_.end()) return tenant_id{known->second};
        if (all.size() > std::numeric_limits<std::uint16_t>::max()) {
            bad(at, "E-OVERFLOW", "read tenant number 65536 " + shown(name) + ", expected at most 65535");
            return {};
        }
        auto const id = static_cast<std::uint16_t>(all.size());
        tenants_.emplace(name, id);
        all.push_back({.parent = {}, .weight = 1, .nominal_milli = 0, .name = std::string{name}});
        return tenant_id{id};
    }

    [[nodiscard]] reading& out() noexcept { return out_; }

    /// The reading that found nothing but `why`, and nothing wrong with the text.
    [[nodiscard]] reading refuse(diagnostic const& why) { return refusal(text_fault() ? *walk_.why() : why); }

    /// The reading: sorted by submission, ties in file order; W-UNSORTED at the first row out of order.
    [[nodiscard]] reading finish(clock_start start = clock_start::first_submit) {
        if (unsorted_) order();
        if (start == clock_start::first_submit && first_ != never) rebase();
        return finish_rows("job");
    }

    /// The same for an input whose rows are not jobs.
    [[nodiscard]] reading finish_rows(std::string_view what) {
        if (text_fault()) return refusal(*walk_.why());
        if (infeasible_ > 1) count("infeasible", infeasible_);
        if (out_.tally.kept == 0 && !how_.allow_empty && errors_ == 0) {
            auto const lost = out_.tally.dropped;
            fatal(
                {}, "E-EMPTY",
                (lost == 0 ? "read no rows" : "read " + std::to_string(lost) + " rows, all of them dropped") +
                    std::string{", expected at least one "}.append(what));
        }
        if (errors_ != 0 && (how_.on_error == on_error::strict || out_.tally.kept == 0)) out_.refused = true;
        if (unsaid_ != 0) {
            auto const printed = out_.diagnostics.size();
            out_.diagnostics.push_back(diagnose(severity::note, from_.name, {}, {}, "N-LIMIT",
                                                "read " + std::to_string(printed + unsaid_) +
                                                    " diagnostics, printed the first " +
                                                    std::to_string(printed)));
        }
        if (out_.refused) {
            if (out_.tally.kept != 0) out_.tally.count("refused", out_.tally.kept);
            out_.tally.dropped += std::exchange(out_.tally.kept, 0);
            out_.workload = {};
            out_.cluster.reset();
            out_.models.clear();
            out_.origin_ms = 0;
        }
        walk_.look_again(out_.diagnostics);
        return std::move(out_);
    }

private:
    /// Whether something is wrong with the text, if need be beyond where its reader stopped.
    [[nodiscard]] bool text_fault() {
        for (auto rest = line{}; !how_.each && walk_.next(rest);) continue;
        return walk_.why().has_value();
    }
    void total(record const& job) {
        auto const end = checked_add(index(job.spec.submit), job.work.duration_ms);
        if (!end || *end > how_.limits.horizon_ms) {
            bad(row_, "E-HORIZON",
                "read a submit time and a duration that end later than the horizon, expected at most " +
                    std::to_string(how_.limits.horizon_ms) + " ms together");
            return;
        }
        auto const asked = std::int64_t{job.spec.need.gpus_max} * job.spec.need.milli;
        auto const held = checked_multiply(asked, job.work.duration_ms);
        auto const sum = held ? checked_add(sum_, *held) : held;
        if (!sum) {
            bad(row_, "E-SUM",
                "read a job that takes the sum past 2^63 GPU-milli ms (" + std::to_string(sum_) +
                    " before this row), expected a sum that fits");
            return;
        }
        sum_ = *sum;
    }
    void judge(job::request const& need) {
        auto const why = possible_->obstacle(need);
        if (why.empty() || infeasible_++ != 0) return;
        say(severity::warning, row_, "W-INFEASIBLE",
            "read a job no idle cluster of this kind can hold: " + why + "; it will be rejected");
    }
    void order() {
        auto const what = std::string{"read a submit time before that of the row above, "};
        if (how_.strict_order) fatal(*unsorted_, "E-UNSORTED", what + "expected rows in order of submission");
        else
            say(severity::warning, *unsorted_, "W-UNSORTED",
                what + (how_.each ? "expected order; given as they come"
                                  : "expected order; sorted, ties as in the file"));
        auto& work = out_.workload;
        auto sorted = std::vector<std::uint32_t>(work.size());
        std::iota(sorted.begin(), sorted.end(), 0u);
        std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
            return std::pair{work.specs[a].submit, a} < std::pair{work.specs[b].submit, b};
        });
        auto const permute = [&](auto& column) {
            if (column.empty()) return;
            auto moved = std::remove_reference_t<decltype(column)>{};
            moved.reserve(column.size());
            for (auto const i : sorted) moved.push_back(std::move(column[i]));
            column = std::move(moved);
        };
        permute(work.specs);
        permute(work.works);
        permute(work.names);
    }
    void rebase() {
        out_.origin_ms = index(first_);
        for (auto& one : out_.workload.specs) {
            one.submit = sim_time{index(one.submit) - out_.origin_ms};
            if (one.deadline != never) one.deadline = sim_time{index(one.deadline) - out_.origin_ms};
        }
    }

    source const& from_;
    options const& how_;
    walk walk_;
    std::optional<feasible> possible_;
    reading out_;
    place row_{};
    std::string_view reason_{}; ///< why the row is dropped; empty: it stands
    bool wrong_ = false;
    std::optional<place> unsorted_;
    sim_time above_{}; ///< submission of the job above
    sim_time first_ = never;
    std::uint64_t errors_ = 0;
    std::array<std::size_t, 3> said_{}; ///< by severity, so that notes do not hide errors
    std::uint64_t unsaid_ = 0;
    std::uint64_t infeasible_ = 0;
    std::int64_t sum_ = 0;
    std::unordered_map<std::string, place> ids_;
    std::unordered_map<std::string, std::uint32_t> users_;
    std::unordered_map<std::string, std::uint16_t> tenants_;
};

} // namespace rota::trace

#endif
