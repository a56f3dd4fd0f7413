// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LOG_TEXT_HPP
#define ROTA_LOG_TEXT_HPP

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/take_until.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>

namespace rota::log {

inline constexpr std::string_view text_header = "#rota-log 1";

namespace detail {

template <class Number>
void append_number(std::string& to, Number value, int base = 10) {
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
    to.append(digits, end);
}

/// Gathers words and numbers and appends them to a text at once: one by one that is most of what a log's text costs.
class line_writer {
public:
    explicit line_writer(std::string& to) noexcept : to_{&to} {}

    /// Expects   no more than the names of kinds, causes and sizes have.
    void word(std::string_view text) {
        if (text.size() > room()) flush();
        used_ += text.copy(buffer_.data() + used_, room());
    }
    template <class Number>
    void number(std::string_view before, Number value, int base = 10) {
        word(before);
        if (room() < digits_max) flush();
        auto* const at = buffer_.data() + used_;
        used_ += static_cast<std::size_t>(std::to_chars(at, at + digits_max, value, base).ptr - at);
    }

    /// Appends what is still gathered.
    void flush() {
        to_->append(buffer_.data(), used_);
        used_ = 0;
    }

private:
    static constexpr std::size_t digits_max = 24;

    [[nodiscard]] std::size_t room() const noexcept { return buffer_.size() - used_; }

    std::string* to_;
    std::array<char, 256> buffer_;
    std::size_t used_ = 0;
};

} // namespace detail

/// Appends one line without its end: `time kind job.incarnation #op cause value [nNODE:MASK@MILLI/CPU/MEM
/// ...]`; of instances `nNODE:MASK@SIZE+START/CPU/MEM`, as in n0:1@3g.4/8+4/0/0.
///
/// The mask is hexadecimal, all else decimal; times are milliseconds. The same record always gives the same
/// bytes.
inline void append_line(std::string& to, schedule const& of, record const& what) {
    auto line = detail::line_writer(to);
    line.number("", index(what.at));
    line.word(" ");
    line.word(kind_names[static_cast<std::size_t>(what.kind)]);
    line.number(" ", what.job);
    line.number(".", what.incarnation);
    line.number(" #", what.op);
    line.word(" ");
    line.word(cause_names[static_cast<std::size_t>(what.why)]);
    line.number(" ", what.value);
    for (auto const& part : of.devices(what)) {
        line.number(" n", index(part.node));
        line.number(":", std::uint32_t{part.gpus}, 16);
        line.word("@");
        if (part.mig() == mig_size{}) {
            line.number("", part.milli);
        } else {
            line.word(cluster::mig_profile_of(part.mig()).name);
            line.number("+", part.start());
        }
        line.number("/", part.cpu_milli);
        line.number("/", part.mem_mib);
    }
    line.flush();
}

[[nodiscard]] inline std::string line(schedule const& of, record const& what) {
    auto text = std::string{};
    append_line(text, of, what);
    return text;
}

/// The whole log as text: the header line, then one line a record, each ended by '\n'.
[[nodiscard]] inline std::string to_text(schedule const& log) {
    auto text = std::string{text_header};
    text.reserve(64 * log.records.size() + 16);
    text += '\n';
    for (auto const& what : log.records) {
        append_line(text, log, what);
        text += '\n';
    }
    return text;
}

/// Where a log text stops being one. Line and column are 1-based.
struct text_error {
    std::size_t line = 0;
    std::size_t column = 0;
    std::string message; ///< what was read, what was expected
};

namespace detail {

/// Reads one line from left to right; the first thing that is not as expected stays as the error.
class line_reader {
public:
    explicit line_reader(std::string_view text) : text_{text} {}

    template <class Number>
    Number number(std::string_view what, int base = 10) {
        auto value = Number{};
        auto const* const from = text_.data() + at_;
        auto const* const to = text_.data() + text_.size();
        if (auto const [end, error] = std::from_chars(from, to, value, base); error != std::errc{}) {
            refuse(what);
            return Number{};
        } else {
            at_ += static_cast<std::size_t>(end - from);
        }
        return value;
    }
    template <class Enum, std::size_t N>
    Enum name(std::array<std::string_view, N> const& names, std::string_view what) {
        auto const length = std::min(text_.find(' ', at_), text_.size()) - std::min(at_, text_.size());
        auto const word = text_.substr(std::min(at_, text_.size()), length);
        auto const found = std::find(names.begin(), names.end(), word);
        if (found == names.end()) {
            refuse(what);
            return Enum{};
        }
        at_ += length;
        return static_cast<Enum>(found - names.begin());
    }
    /// Takes the text if it comes next.
    bool take(std::string_view literal) {
        if (!text_.substr(std::min(at_, text_.size())).starts_with(literal)) return false;
        at_ += literal.size();
        return true;
    }
    void expect(std::string_view literal) {
        if (!take(literal)) refuse(literal == " " ? "a space" : "'" + std::string{literal} + "'");
    }
    void refuse(std::string_view expected) {
        if (failed()) return;
        auto const read = text_.substr(std::min(at_, text_.size()), 20);
        error_ = read.empty() ? "the line ends" : "read '" + std::string{read} + "'";
        ((error_ += ", expected ") += expected);
        column_ = at_ + 1;
        at_ = text_.size();
    }
    [[nodiscard]] bool done() const noexcept { return at_ >= text_.size(); }
    [[nodiscard]] bool failed() const noexcept { return !error_.empty(); }
    [[nodiscard]] std::size_t column() const noexcept { return column_; }
    [[nodiscard]] std::string const& error() const noexcept { return error_; }

private:
    std::string_view text_;
    std::string error_;
    std::size_t at_ = 0;
    std::size_t column_ = 0;
};

/// Thousandths of a GPU, or a size of instance and where it begins, as slice::milli says them.
inline std::uint16_t read_share(line_reader& in) {
    auto const before = in;
    auto const milli = in.number<std::uint16_t>("thousandths of a GPU");
    if (!in.take("g")) { // every size is a number of g
        if (cluster::slice{.milli = milli}.mig() == mig_size{}) return milli;
        in = before;
        in.refuse("thousandths of a GPU");
        return 0;
    }
    in = before;
    for (auto i = std::uint8_t{1}; i != cluster::mig_sizes.size(); ++i) {
        auto const size = static_cast<mig_size>(i);
        if (!in.take(cluster::mig_profile_of(size).name)) continue;
        in.expect("+");
        for (auto start = 0; start != cluster::mig_slices_max; ++start)
            if (in.take(std::string_view{"01234567"}.substr(static_cast<std::size_t>(start), 1)))
                return cluster::instance_milli(size, start);
        in.refuse("a memory slice from 0 to 7");
        return 0;
    }
    in.refuse("a size of instance");
    return 0;
}

} // namespace detail

/// Reads what to_text writes: the log, or the first place where the text is not one. Empty lines and lines
/// that begin with '#' are skipped, but no other version's header; CR before LF is accepted.
[[nodiscard]] inline std::variant<schedule, text_error> from_text(std::string_view text) {
    auto log = schedule{};
    for (auto number = std::size_t{1}; !text.empty(); ++number) {
        auto row = take_until(text, '\n');
        if (row.ends_with('\r')) row.remove_suffix(1);
        if (row.starts_with("#rota-log ") && row != text_header)
            return text_error{number, 1,
                              "read '" + std::string{row.substr(0, 20)} + "', expected '" +
                                  std::string{text_header} + "'"};
        if (row.empty() || row.front() == '#') continue;
        auto in = detail::line_reader(row);
        auto what = record{};
        what.at = sim_time{in.number<std::int64_t>("a time in ms")};
        in.expect(" ");
        what.kind = in.name<kind>(kind_names, "a record kind");
        in.expect(" ");
        what.job = in.number<std::uint32_t>("a job");
        in.expect(".");
        what.incarnation = in.number<std::uint32_t>("an incarnation");
        in.expect(" #");
        what.op = in.number<std::uint32_t>("an order's number");
        in.expect(" ");
        what.why = in.name<cause>(cause_names, "a cause");
        in.expect(" ");
        what.value = in.number<std::int64_t>("a value");
        auto where = cluster::placement{};
        while (!in.failed() && !in.done()) {
            auto part = cluster::slice{};
            in.expect(" n");
            part.node = node_id{in.number<std::uint32_t>("a node")};
            in.expect(":");
            part.gpus = in.number<std::uint16_t>("a mask of GPUs", 16);
            in.expect("@");
            part.milli = detail::read_share(in);
            in.expect("/");
            part.cpu_milli = in.number<std::uint32_t>("thousandths of a core");
            in.expect("/");
            part.mem_mib = in.number<std::uint32_t>("memory in MiB");
            where.add(part);
        }
        if (in.failed()) return text_error{number, in.column(), in.error()};
        log.add(what, where);
    }
    return log;
}

} // namespace rota::log

#endif
