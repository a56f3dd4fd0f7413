// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_REPLAY_READER_HPP
#define ROTA_VERIFY_REPLAY_READER_HPP

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/take_until.hpp>
#include <rota/core/units.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/replay_fields.hpp>

namespace rota::verify {

namespace detail {

/// Words of one line from left to right; the first thing that is not as expected stays as the error.
class word_reader {
public:
    explicit word_reader(std::string_view row) : row_{row} {}

    /// The next word, empty at the end of the line.
    std::string_view word() {
        while (at_ < row_.size() && row_[at_] == ' ') ++at_;
        begin_ = at_;
        at_ = std::min(row_.find(' ', at_), row_.size());
        return row_.substr(begin_, at_ - begin_);
    }
    /// What is left of the line.
    std::string_view rest() {
        word();
        at_ = row_.size();
        return row_.substr(begin_);
    }
    /// Refuses the last word, or its part from `skip` on.
    void refuse(std::string const& expected, std::size_t skip = 0) {
        if (failed()) return;
        auto const read = row_.substr(std::min(begin_ + skip, row_.size()), at_ - begin_ - skip);
        error_ = read.empty() ? "the line ends" : "read '" + std::string{read.substr(0, 40)} + "'";
        error_ += ", expected " + expected;
        column_ = begin_ + skip + 1;
    }
    [[nodiscard]] bool failed() const noexcept { return !error_.empty(); }
    [[nodiscard]] std::size_t column() const noexcept { return column_; }
    [[nodiscard]] std::string const& error() const noexcept { return error_; }

    /// Position in names of the last word, or of its part from `skip` on.
    template <std::size_t N>
    std::size_t name(std::array<std::string_view, N> const& names, std::size_t skip = 0) {
        auto const found =
            std::find(names.begin(), names.end(), row_.substr(begin_ + skip, at_ - begin_ - skip));
        if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
        auto all = std::string{};
        for (auto one : names) (all += all.empty() ? "" : ", ") += one;
        refuse(N == 1 ? all : "one of " + all, skip);
        return 0;
    }
    /// The last word, or its part from `skip` on, as a number.
    std::int64_t number(range const& of, std::size_t skip = 0) {
        auto value = std::int64_t{};
        auto const* const end = row_.data() + at_;
        auto const [stop, error] = std::from_chars(row_.data() + begin_ + skip, end, value);
        if (error == std::errc{} && stop == end && of.low <= value && value <= of.high) return value;
        refuse("a number from " + std::to_string(of.low) + " to " + std::to_string(of.high), skip);
        return of.low;
    }
    double probability(std::size_t skip) {
        auto value = 0.0;
        auto const* const end = row_.data() + at_;
        auto const [stop, error] = std::from_chars(row_.data() + begin_ + skip, end, value);
        if (error == std::errc{} && stop == end && 0.0 <= value && value <= 1.0) return value;
        refuse("a probability from 0 to 1", skip);
        return 0.0;
    }
    /// Every `key=value` to the end of the line. visit(f) gives f each field that there is.
    template <class Visit>
    void fields(Visit visit) {
        auto seen = std::vector<std::string_view>{};
        for (auto text = word(); !text.empty() && !failed(); text = word()) {
            auto const key = text.substr(0, text.find('='));
            auto const skip = key.size() + 1;
            auto keys = std::string{};
            auto known = false;
            visit([&](std::string_view name, auto& field, auto const&... of) {
                (keys += keys.empty() ? "" : ", ") += name;
                if (name != key) return;
                known = true;
                if (key.size() == text.size()) refuse("'=' after " + std::string{key}, key.size());
                else read(field, skip, of...);
            });
            if (!known) refuse("one of " + keys);
            if (std::find(seen.begin(), seen.end(), key) != seen.end()) refuse("each key once");
            seen.push_back(key);
        }
    }

private:
    template <class T>
    void read(T& field, std::size_t skip, range const& of) {
        if constexpr (std::is_same_v<T, sim_time>) {
            if (row_.substr(begin_ + skip, at_ - begin_ - skip) == "never") {
                field = never;
                return;
            }
        }
        field = static_cast<T>(number(of, skip));
    }
    template <class T, std::size_t N>
    void read(T& field, std::size_t skip, std::array<std::string_view, N> const& names) {
        field = static_cast<T>(name(names, skip));
    }
    void read(double& field, std::size_t skip) { field = probability(skip); }

    std::string_view row_;
    std::string error_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    std::size_t column_ = 0;
};

/// Reads line after line into a counter-example.
class replay_reader {
public:
    /// Reads what a line of this kind says.
    void read(std::string_view kind, word_reader& in) {
        auto& what = made_.what;
        auto& under = what.under;
        if (kind == "suite") {
            in.word();
            made_.suite = static_cast<unsigned>(in.number({1, 1'000'000}));
        } else if (kind == "scheduler") {
            made_.scheduler = in.rest();
            if (made_.scheduler.empty()) in.refuse("a name");
        } else if (kind == "claims") {
            for (auto name = in.word(); !name.empty() && !in.failed(); name = in.word())
                made_.claims = made_.claims | static_cast<claim>(1u << in.name(claim_names));
        } else if (kind == "known") {
            in.fields([&](auto f) { fields_of_traits(made_.known, f); });
        } else if (kind == "breaks") {
            static constexpr auto codes = [] {
                auto all = std::array<std::string_view, laws>{};
                for (auto i = std::size_t{0}; i != laws; ++i) all[i] = law_texts[i].code;
                return all;
            }();
            in.word();
            made_.broken = static_cast<law>(in.name(codes));
        } else if (kind == "models") {
            in.word();
            what.cluster.models.resize(static_cast<std::size_t>(in.number({1, cluster::models_max})), "gpu");
        } else if (kind == "mig") {
            for (auto name = in.word(); !name.empty() && !in.failed(); name = in.word()) {
                what.cluster.mig.push_back(static_cast<cluster::mig_kind>(in.name(cluster::mig_kind_names)));
                if (what.cluster.mig.size() > what.cluster.models.size())
                    in.refuse("no more kinds than models");
            }
        } else if (kind == "node") {
            auto& node = what.cluster.nodes.emplace_back();
            in.fields([&](auto f) { fields_of_node(node, what.cluster.models.size(), f); });
        } else if (kind == "tenant") {
            if (std::exchange(tenants_, tenants_ + 1) == 0) what.jobs.tenants.clear();
            auto& tenant = what.jobs.tenants.emplace_back();
            in.fields([&](auto f) { fields_of_tenant(tenant, tenants_ - 1, f); });
        } else if (kind == "job") {
            auto job = job_line{};
            auto const before = what.jobs.specs.empty() ? sim_time{} : what.jobs.specs.back().submit;
            job.spec.submit = before;
            in.fields([&](auto f) { fields_of_job(job, before, what.jobs.tenants.size(), f); });
            what.jobs.specs.push_back(job.spec);
            what.jobs.works.push_back(job.work);
        } else if (kind == "world") {
            in.fields([&](auto f) { fields_of_world(under, f); });
        } else if (kind == "cost") {
            in.word();
            under.cost = usual_cost(in.name(cost_names));
            in.fields([&](auto f) { fields_of_cost(under.cost, f); });
        } else if (kind == "outage") {
            auto const before = under.node_changes.empty() ? sim_time{} : under.node_changes.back().at;
            auto& change = under.node_changes.emplace_back();
            change.at = before;
            in.fields([&](auto f) { fields_of_node_change(change, before, what.cluster.nodes.size(), f); });
        } else if (kind == "quota") {
            auto const before = under.quota_changes.empty() ? sim_time{} : under.quota_changes.back().at;
            auto& change = under.quota_changes.emplace_back();
            change.at = before;
            in.fields([&](auto f) { fields_of_quota_change(change, before, what.jobs.tenants.size(), f); });
        } else if (kind == "new_scheduler") {
            auto const before = under.new_scheduler.empty() ? sim_time{} : under.new_scheduler.back();
            auto& at = under.new_scheduler.emplace_back(before);
            in.fields([&](auto f) { fields_of_replacement(at, before, f); });
        }
    }
    [[nodiscard]] counter_example made() && { return std::move(made_); }

private:
    counter_example made_;
    std::size_t tenants_ = 0;
};

struct line_kind {
    std::string_view name;
    bool once;
    bool needed;
};
inline constexpr std::array<line_kind, 15> line_kinds{{{"suite", true, true},
                                                       {"scheduler", true, true},
                                                       {"claims", true, false},
                                                       {"known", true, false},
                                                       {"breaks", true, true},
                                                       {"models", true, false},
                                                       {"mig", true, false},
                                                       {"node", false, true},
                                                       {"tenant", false, false},
                                                       {"job", false, true},
                                                       {"world", true, false},
                                                       {"cost", true, false},
                                                       {"outage", false, false},
                                                       {"quota", false, false},
                                                       {"new_scheduler", false, false}}};

} // namespace detail

/// Reads what to_text writes: the counter-example, or the first place where the text is not one.
///
/// Meaning   Line kinds come in the order in which to_text writes them. Empty lines and, after the header,
///           lines that begin with '#' are skipped; CR before LF is accepted.
[[nodiscard]] inline std::variant<counter_example, log::text_error>
counter_example_of(std::string_view text) {
    auto reader = detail::replay_reader{};
    auto number = std::size_t{0};
    auto reached = std::size_t{0};
    auto seen = std::array<bool, detail::line_kinds.size()>{};
    while (!text.empty() || number == 0) {
        ++number;
        auto row = take_until(text, '\n');
        if (row.ends_with('\r')) row.remove_suffix(1);
        if (auto const stray = row.find('\r');
            stray != row.npos) // it would end a name, and read back as none
            return log::text_error{number, stray + 1,
                                   "read a CR inside a line, expected one at its end alone"};
        if (number == 1 && row != replay_header)
            return log::text_error{1, 1, "expected '" + std::string{replay_header} + "'"};
        if (row.empty() || row.front() == '#') continue;
        auto in = detail::word_reader(row);
        auto names = std::array<std::string_view, detail::line_kinds.size()>{};
        for (auto i = std::size_t{0}; i != names.size(); ++i) names[i] = detail::line_kinds[i].name;
        auto const name = in.word();
        auto const kind = in.name(names);
        if (kind < reached) in.refuse("no such line after '" + std::string{names[reached]} + "'");
        if (seen[kind] && detail::line_kinds[kind].once) in.refuse("one such line");
        if (!in.failed()) reader.read(name, in);
        if (!in.failed() && !in.word().empty()) in.refuse("the end of the line");
        if (in.failed()) return log::text_error{number, in.column(), in.error()};
        seen[kind] = true;
        reached = kind;
    }
    for (auto i = std::size_t{0}; i != seen.size(); ++i)
        if (detail::line_kinds[i].needed && !seen[i])
            return log::text_error{number + 1, 1,
                                   "the text ends, expected a line '" +
                                       std::string{detail::line_kinds[i].name} + "'"};
    return std::move(reader).made();
}

} // namespace rota::verify

#endif
