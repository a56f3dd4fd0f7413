// SPDX-License-Identifier: BSL-1.0
// Sizes and numbers that a trace should not have: what is read stays exact and memory stays bounded, or the input is refused
// at its place.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>
#include <zlib.h>

#include "samples.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/fifo.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/native_writer.hpp>

#include "../../bench/live_bytes.hpp"
#include "../cases.hpp"
#include "../tally.hpp"

namespace {

namespace trace = rota::trace;
namespace live = bench::live_bytes;

auto result = tally{};

trace::reading read(std::string_view format, std::string text, trace::options const& how = csv_options()) {
    auto const from = trace::from_bytes("input", std::move(text), how.limits);
    return from ? trace::read(format, *from, how) : trace::refusal(from.error());
}
std::string code(trace::reading const& got) {
    return got.diagnostics.empty() ? std::string{} : got.diagnostics.front().code;
}

/// What reading took at its peak, beyond what lived before.
struct measured {
    trace::reading got;
    std::int64_t peak = 0;
};
measured measure(std::string_view format, std::string text, trace::options const& how = csv_options()) {
    auto const before = live::peak = live::now;
    auto out = measured{read(format, std::move(text), how)};
    out.peak = live::peak - before;
    return out;
}

constexpr auto mib = std::int64_t{1} << 20;

void long_lines() {
    auto const letters =
        cases_wanted(10'000) < 1'000 ? std::string_view{"x\""} : std::string_view{"x1,| \"-{["};
    for (auto const& one : samples()) {
        auto const name = std::string{one.format};
        auto const plain = read(one.format, one.text());
        auto const head =
            static_cast<std::uint64_t>(std::count(one.header.begin(), one.header.end(), '\n')) + 1;
        for (auto const at : {std::size_t{0}, std::size_t{2}, std::size_t{5}}) {
            auto const with = [&](std::string line) {
                auto spoilt = one;
                spoilt.rows.insert(spoilt.rows.begin() + static_cast<std::ptrdiff_t>(at), std::move(line));
                return measure(one.format, spoilt.text());
            };
            auto const place = name + ", row " + std::to_string(at);
            auto const blank = with(std::string(std::size_t{mib}, ' '));
            result.check(blank.got.ok() && blank.got.workload == plain.workload,
                         place + ": a blank line of 1 MiB");
            for (auto const letter : letters) {
                auto line = std::string(std::size_t{mib} - 1, letter);
                if (letter == ' ') line.back() = 'x';
                auto const filled = with(line);
                auto near = !filled.got.ok();
                for (auto const& why : filled.got.diagnostics) near = near && why.line >= head;
                result.check(near && filled.got.workload.size() == 0 && filled.got.tally.balanced() &&
                                 text(filled.got.diagnostics).size() < 10'000 && filled.peak < 64 * mib,
                             place + ": a line of 1 MiB of '" + letter + "' took " +
                                 std::to_string(filled.peak / mib) + " MiB");
                auto const longer = with(line + "xx");
                result.check(code(longer.got) == "E-LINELEN" &&
                                 longer.got.diagnostics.front().line == head + at + 1 &&
                                 longer.peak < 64 * mib,
                             place + ": a line of more than 1 MiB of '" + letter + "': " + code(longer.got));
            }
        }
        if (one.format == "swf") continue; // its header is comments
        auto const header =
            measure(one.format, one.header + std::string(std::size_t{mib} + 1, 'x') + "\n1\n");
        result.check(code(header.got) == "E-LINELEN" && header.peak < 64 * mib, name + ": a long header");
    }
}

/// A gzip file of `size` equal bytes.
std::string packed(std::size_t size, char letter) {
    auto stream = z_stream{};
    auto out = std::string{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
    auto block = std::string(std::size_t{1} << 16, letter);
    auto room = std::string(std::size_t{1} << 16, '\0');
    for (auto last = false; !last;) {
        auto const some = std::min(size, block.size());
        size -= some;
        last = size == 0;
        stream.next_in = reinterpret_cast<Bytef*>(block.data());
        stream.avail_in = static_cast<uInt>(some);
        do {
            stream.next_out = reinterpret_cast<Bytef*>(room.data());
            stream.avail_out = static_cast<uInt>(room.size());
            deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
            out.append(room, 0, room.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    }
    deflateEnd(&stream);
    return out;
}

void bombs() {
    auto const bomb = packed(std::size_t{256} << 20, '\n');
    auto const got = measure("swf", bomb);
    result.check(code(got.got) == "E-SIZE" &&
                     got.got.diagnostics.front().message.find("gzip") != std::string::npos,
                 "256 MiB in a gzip file of " + std::to_string(bomb.size()) + " bytes: " + code(got.got));
    result.check(got.peak < 256 * mib, "and it took " + std::to_string(got.peak / mib) + " MiB");
    auto const twice = measure("swf", bomb + bomb + bomb + bomb);
    result.check(code(twice.got) == "E-SIZE" && twice.peak < 1024 * mib, "members add up");
    auto small = csv_options();
    small.limits.text_bytes = std::size_t{mib};
    auto const limited = measure("swf", bomb, small);
    result.check(code(limited.got) == "E-SIZE" && limited.peak < 8 * mib,
                 "a limit of 1 MiB took " + std::to_string(limited.peak / mib) + " MiB");
    auto const sound = measure("rota", packed(std::size_t{32} << 20, '\n'));
    result.check(code(sound.got) != "E-SIZE", "32 MiB of blank lines are a text");
}

/// Every number within a workload is one, and a cluster can run it.
bool sane(rota::job::workload const& jobs) {
    auto good = true;
    for (auto j = std::size_t{0}; j != jobs.size(); ++j) {
        auto const& spec = jobs.specs[j];
        auto const end = rota::checked_add(index(spec.submit), jobs.works[j].duration_ms);
        good = good && index(spec.submit) >= 0 && jobs.works[j].duration_ms >= 0 && end &&
               spec.limit_ms >= 0 && spec.need.gpus_min >= 1 && spec.need.gpus_min <= spec.need.gpus_max &&
               spec.need.milli >= 1 && spec.need.milli <= 1000 &&
               (j == 0 || jobs.specs[j - 1].submit <= spec.submit);
    }
    if (!good) return false;
    auto rigid = jobs; // as FIFO takes them
    for (auto& spec : rigid.specs) spec.need.gpus_max = spec.need.gpus_min;
    auto const cluster = rota::cluster::uniform(1, 8, 16, 1'000'000, 4'000'000);
    auto host = rota::simulation::simulator{cluster, rigid};
    if (host.run([] { return rota::system::fifo<>{}; }) != rota::simulation::simulator::ending::complete)
        return false;
    for (auto j = std::size_t{0}; j != jobs.size(); ++j)
        good = good && host.results()[j].finish >= jobs.specs[j].submit;
    return good;
}

/// In place of each run of digits, anywhere in a sound input: the numbers at which arithmetic turns.
void edges() {
    constexpr auto numbers = std::to_array<std::string_view>(
        {"0", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740992",
         "9007199254740993", "9223372036854775", "9223372036854776", "9223372036854775807",
         "9223372036854775808", "18446744073709551616", "1000000000000000000000000000000", "-1",
         "-9223372036854775808", "0.000000000000000000000000000001"});
    auto exact = 0;
    for (auto const& one : samples()) {
        auto const text = one.text();
        auto const head =
            static_cast<std::uint64_t>(std::count(one.header.begin(), one.header.end(), '\n')) + 1;
        auto taken = 0;
        auto refused = 0;
        auto line = std::uint64_t{1};
        auto const digit = [&](std::size_t i) {
            return std::isdigit(static_cast<unsigned char>(text[i])) != 0;
        };
        for (auto at = std::size_t{0}; at != text.size(); line += text[at++] == '\n') {
            if (!digit(at) || (at != 0 && digit(at - 1))) continue;
            auto until = at;
            while (until != text.size() && digit(until)) ++until;
            for (auto const number : numbers) {
                auto const changed = text.substr(0, at) + std::string{number} + text.substr(until);
                auto const got = read(one.format, changed);
                auto const where =
                    std::string{one.format} + ", offset " + std::to_string(at) + ", " + std::string{number};
                auto near = got.ok() || line <= head; // a header means something to every row
                for (auto const& why : got.diagnostics)
                    near = near || why.line <= head || (why.line + 1 >= line && why.line <= line + 1);
                if (!near || !got.tally.balanced() || got.ok() == (got.workload.size() == 0))
                    result.check(false, where + ": " + trace::text(got.diagnostics));
                ++(got.ok() ? taken : refused);
                if (!got.ok()) continue;
                auto const written = trace::write_native(got.workload);
                auto const again = read("rota", written);
                if (!again.ok() || !(again.workload == got.workload))
                    result.check(false, where + ": reads back as another");
                if (!sane(got.workload)) result.check(false, where + ": no sane workload\n" + written);
                exact +=
                    one.format == "rota" && number.size() > 9 && written.find(number) != std::string::npos;
            }
        }
        result.check(taken > 10 && refused > 10, std::string{one.format} + ": " + std::to_string(taken) +
                                                     " taken, " + std::to_string(refused) + " refused");
    }
    result.check(exact > 10, "large numbers stay what they are");

    // each of them fits, and their sum does not
    auto many = std::string{"#rota-workload 1\nsubmit_ms,gpus,duration_ms\n"};
    for (auto i = 0; i != 20'000; ++i) many += "0,1,9000000000000\n";
    auto const sum = read("rota", many);
    result.check(code(sum) == "E-SUM" && sum.diagnostics.front().line > 1000, "sums that wrap: " + code(sum));
}

/// A file of so many rows, which is gone with the test.
class many_rows_file {
public:
    explicit many_rows_file(std::int64_t rows)
        : path_{(std::filesystem::temp_directory_path() / ("rota_rows_" + std::to_string(::getpid())))
                    .string()} {
        auto out = std::ofstream{path_};
        out << "#rota-workload 1\nsubmit_ms,gpus,duration_ms\n";
        for (auto i = std::int64_t{0}; i != rows; ++i) out << i << (i % 1000 == 999 ? ",1,x\n" : ",1,60\n");
    }
    ~many_rows_file() {
        auto none = std::error_code{};
        std::filesystem::remove(path_, none);
    }
    [[nodiscard]] std::string const& path() const { return path_; }

private:
    std::string path_;
};

/// What is read one by one takes the same memory however much there is; the text is not held in any case.
void streamed(std::int64_t rows) {
    constexpr auto a_row = std::int64_t{400};
    auto const file = many_rows_file{rows};
    auto how = csv_options();
    how.on_error = trace::on_error::collect;
    auto taken = std::int64_t{0};
    how.each = [&](trace::record const&) { ++taken; };
    auto const before = live::peak = live::now;
    auto const got = trace::read_file("rota", file.path(), how);
    auto const peak = live::peak - before;
    result.check(got.ok() && taken == rows - rows / 1000 && got.tally.of("E-NUMBER") == got.tally.dropped,
                 "rows one by one");
    result.check(peak < 2 * mib, "rows one by one took " + std::to_string(peak) + " bytes");
    std::printf("%lld rows one by one: %lld bytes in all\n", static_cast<long long>(rows),
                static_cast<long long>(peak));
    how.each = {};
    live::peak = live::now;
    auto const held = trace::read_file("rota", file.path(), how);
    auto const all = live::peak - before;
    result.check(held.ok() && held.workload.size() == static_cast<std::size_t>(taken) &&
                     all < rows * a_row + 8 * mib,
                 "a workload from a file took " + std::to_string(all / rows) + " bytes a row");

    // a line without an end is gone past, not held
    auto const line = file.path() + ".line";
    std::ofstream{line} << std::string(std::size_t{32} << 20, '1');
    live::peak = live::now;
    auto const long_line = trace::read_file("swf", line, csv_options());
    result.check(code(long_line) == "E-LINELEN" && live::peak - live::now < 12 * mib,
                 "a line of 32 MiB took " + std::to_string((live::peak - live::now) / mib) + " MiB");
    std::filesystem::remove(line);
}

/// Memory grows with the rows and with nothing else.
void many_rows(std::int64_t rows) {
    constexpr auto a_row = std::int64_t{400}; // bytes: job and work, doubled while the tables grow
    auto const text_of = [](std::int64_t n) {
        auto text = std::string{"#rota-workload 1\nsubmit_ms,gpus,duration_ms\n"};
        text.reserve(static_cast<std::size_t>(n) * 16 + 64);
        for (auto i = std::int64_t{0}; i != n; ++i) (text += std::to_string(i)) += ",1,60\n";
        return text;
    };
    auto text = text_of(rows);
    auto const size = static_cast<std::int64_t>(text.size());
    auto const all = measure("rota", std::move(text));
    result.check(all.got.ok() && all.got.workload.size() == static_cast<std::size_t>(rows),
                 "all rows are jobs");
    result.check(all.peak < size + rows * a_row + 8 * mib,
                 "a row took " + std::to_string((all.peak - size) / rows) + " bytes");
    std::printf("%lld rows: %lld bytes of text, %lld bytes a row besides\n", static_cast<long long>(rows),
                static_cast<long long>(size), static_cast<long long>(all.peak / rows));

    // rows that are dropped leave nothing but a count behind
    auto bad = std::string{"#rota-workload 1\nsubmit_ms,gpus,duration_ms\n0,1,1\n"};
    for (auto i = std::int64_t{0}; i != rows; ++i) bad += "x,1,60\n";
    auto how = csv_options();
    how.on_error = trace::on_error::collect;
    auto const dropped = measure("rota", std::move(bad), how);
    result.check(dropped.got.ok() && dropped.got.tally.dropped == static_cast<std::uint64_t>(rows) &&
                     dropped.got.diagnostics.size() < 30,
                 "all rows but one are dropped");
    result.check(dropped.peak < rows * 128 + 8 * mib,
                 "a dropped row took " + std::to_string(dropped.peak / rows) + " bytes");
}

} // namespace

/// hostile [ROWS]: so many rows instead of 200,000.
int main(int count, char** arguments) {
    long_lines();
    bombs();
    edges();
    streamed(count > 1 ? std::strtoll(arguments[1], nullptr, 10) : 200'000);
    many_rows(count > 1 ? std::strtoll(arguments[1], nullptr, 10) : 200'000);
    return result.end();
}
