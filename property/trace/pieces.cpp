// SPDX-License-Identifier: BSL-1.0
// A text that stays in its file and is read piece by piece comes to what the whole text comes to, whatever the size of the
// pieces, byte for byte; and jobs that are taken one by one are the workload's.
#include <algorithm>
#include <array>
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
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/formats.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

namespace trace = rota::trace;
namespace fs = std::filesystem;

auto told = tally{};

/// A file that is gone with the test. In memory, where there is such a folder: a disk is waited for whenever a file is
/// written over.
class scratch {
public:
    scratch()
        : path_{(fs::is_directory("/dev/shm") ? fs::path{"/dev/shm"} : fs::temp_directory_path()) /
                ("rota_pieces_" + std::to_string(::getpid()))} {}
    ~scratch() {
        auto none = std::error_code{};
        fs::remove(path_, none);
    }
    std::string with(std::string const& bytes) const {
        auto out = std::ofstream{path_, std::ios::binary};
        out << bytes;
        return path_.string();
    }

private:
    fs::path path_;
};
auto const file = scratch{};

std::string packed(std::string const& text) {
    auto out = std::string(compressBound(static_cast<uLong>(text.size())) + 64, '\0');
    auto stream = z_stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

bool same(trace::reading const& a, trace::reading const& b) {
    auto const rows = [](trace::dropped_row const& x, trace::dropped_row const& y) {
        return x.line == y.line && x.why == y.why;
    };
    return text(a.diagnostics) == text(b.diagnostics) && a.tally == b.tally && a.workload == b.workload &&
           a.models == b.models && a.origin_ms == b.origin_ms && a.refused == b.refused &&
           a.cluster == b.cluster &&
           std::equal(a.dropped.begin(), a.dropped.end(), b.dropped.begin(), b.dropped.end(), rows);
}

/// Reads the bytes as a whole and in pieces of these sizes.
void compare(std::string_view format, std::string const& bytes, trace::options const& how,
             std::string const& what, std::vector<std::size_t> const& sizes = {1, 2, 3, 7, 64, 4096}) {
    auto const path = file.with(bytes);
    auto const from = trace::from_bytes(path, bytes, how.limits);
    auto const whole = from ? trace::read(format, *from, how) : trace::refusal(from.error());
    for (auto const size : sizes) {
        auto const got = trace::read(format, trace::in_pieces(path, size), how);
        if (same(got, whole)) continue;
        told.check(false, what + ", pieces of " + std::to_string(size) +
                              "\nwhole:  " + text(whole.diagnostics) + text(whole.tally) +
                              "\npieces: " + text(got.diagnostics) + text(got.tally));
        return;
    }
    told.check(true, what);
}

/// Every sample, sound and spoilt, plain and packed.
void formats() {
    for (auto const& one : samples()) {
        auto const name = std::string{one.format};
        auto how = csv_options();
        auto lenient = how;
        lenient.on_error = trace::on_error::collect;
        for (auto const* const end : {"\n", "\r\n", "\r", "\n\n", "\r\r\n"}) {
            auto const text = one.text(end);
            compare(one.format, text, how, name);
            compare(one.format, "\xef\xbb\xbf" + text, how, name + " with a byte order mark");
            compare(one.format, packed(text), how, name + " packed");
            compare(one.format, packed(text.substr(0, 60)) + packed(text.substr(60)) + std::string(9, '\0'),
                    how, name + " packed in two members");
        }
        auto twice = one;
        twice.rows.insert(twice.rows.end(), one.rows.begin(), one.rows.end());
        compare(one.format, twice.text(), how, name + ": ids again");
        compare(one.format, twice.text(), lenient, name + ": ids again, the other rows");
        auto strict = how;
        strict.strict_order = true;
        compare(one.format, twice.text(), strict, name + ": out of order");
        auto const text = one.text();
        for (auto at = std::size_t{0}; at < text.size();
             at += (at < 40 ? 8 : 104) / in_proportion<std::size_t>(8))
            for (auto const byte : std::string_view{"\0\r\n\"x\xc3\xef\xff", 8}) {
                auto changed = text;
                changed[at] = byte;
                compare(one.format, changed, (at & 1) != 0 ? how : lenient,
                        name + ": byte " + std::to_string(at) + " changed", {1, 5, 256});
            }
        for (auto at = std::size_t{0}; at < text.size(); at += 17)
            compare(one.format, text.substr(0, at), how, name + " cut short", {1, 4096});
        auto const gzip = packed(text);
        for (auto at = std::size_t{0}; at < gzip.size(); at += 56 / in_proportion<std::size_t>(8)) {
            auto changed = gzip;
            changed[at] = static_cast<char>(changed[at] ^ 0x10);
            compare(one.format, changed, how, name + ": damaged gzip", {1, 4096});
            compare(one.format, gzip.substr(0, at), how, name + ": gzip cut short", {1, 4096});
            compare(one.format, gzip + gzip.substr(0, at), how, name + ": second member cut short",
                    {1, 4096});
        }
        for (auto const& early : {gzip.substr(0, gzip.size() - 9), gzip + gzip.substr(0, 5), gzip + "x"}) {
            auto const got = trace::read(one.format, trace::in_pieces(file.with(early), 64), how);
            told.check(got.diagnostics.size() == 1 && got.diagnostics.front().code == "E-FORMAT",
                       name + ": no whole gzip file");
        }
        compare(one.format, gzip + "x", how, name + ": text behind gzip");
        compare(one.format, gzip + "\x1f", how, name + ": half a member");
        compare(one.format, gzip + std::string(3, '\0') + "x", how, name + ": text behind padding");
    }
}

/// Lines, texts and files beyond their limits.
void limits() {
    for (auto const& one : samples()) {
        auto const name = std::string{one.format};
        auto how = csv_options();
        how.limits.line_bytes = 200;
        how.limits.field_bytes = 100;
        for (auto const& filler :
             {std::string(9000, 'x'), std::string(9000, ' '), std::string(4295, ' '), std::string(4296, '1'),
              std::string(4297, ','), std::string(6000, ' ') + "x", "#" + std::string(9000, ' '),
              "# " + std::string(9000, 'x'), ";" + std::string(9000, 'x'),
              "\xc3\xa4" + std::string(300, 'x') + "\xc3\xa4\xc3\xa4" + std::string(5000, 'y')})
            for (auto const* const end : {"\n", "\r\n", "\r"})
                for (auto const at : {std::size_t{0}, one.rows.size()}) {
                    auto spoilt = one;
                    spoilt.rows.insert(spoilt.rows.begin() + static_cast<std::ptrdiff_t>(at), filler);
                    compare(one.format, spoilt.text(end), how, name + ": a long line",
                            {1, 100, 4096, 100'000});
                    auto lenient = how;
                    lenient.on_error = trace::on_error::collect;
                    compare(one.format, spoilt.text(end), lenient, name + ": a long line left out",
                            {3, 5000});
                }
        auto plain = csv_options();
        auto const text = one.text();
        for (auto const most : {std::size_t{0}, std::size_t{1}, text.size() - 1, text.size()}) {
            plain.limits.text_bytes = most;
            compare(one.format, text, plain, name + ": a text of " + std::to_string(most));
            compare(one.format, packed(text), plain, name + ": a packed text of " + std::to_string(most));
        }
    }
    auto how = csv_options();
    compare("swf", packed(std::string(std::size_t{80} << 20, '\n')), how, "a bomb", {1 << 18});
    how.limits.line_bytes = 200;
    auto const far = std::string(9000, '1') + '\xff' + std::string(9000, '1');
    auto const got = trace::read("swf", trace::in_pieces(file.with(far), 64), how);
    told.check(trace::text(got.diagnostics)
                   .ends_with(":1:9001: error[E-UTF8]: read byte 0xff at offset 9000, expected UTF-8 text\n"),
               "far along a line that is not held: " + text(got.diagnostics));
    for (auto const* const other :
         {"version https://git-lfs.github.com/spec/v1\n", "PK\x03\x04", "\xff\xfe", "BZh9", ""})
        compare("swf", other, csv_options(), "another kind of file");
    auto tar = std::string(300, 'x');
    tar.replace(257, 5, "ustar");
    compare("swf", tar, csv_options(), "an archive");
}

/// Jobs one by one are the jobs of the workload, before it sorts them and moves its clock.
void one_by_one() {
    for (auto const& one : samples()) {
        auto const name = std::string{one.format};
        auto const path = file.with(one.text());
        auto how = csv_options();
        auto const all = trace::read(one.format, trace::in_pieces(path), how);
        auto jobs = rota::job::workload{};
        how.each = [&](trace::record const& job) {
            jobs.specs.push_back(job.spec);
            jobs.works.push_back(job.work);
            if (!job.id.empty()) jobs.names.emplace_back(job.id);
        };
        for (auto const any : {false, true}) {
            jobs = {};
            how.any_id = any;
            auto const got = trace::read(one.format, trace::in_pieces(path, 64), how);
            for (auto& spec : jobs.specs) {
                spec.submit = rota::sim_time{index(spec.submit) - got.origin_ms};
                if (spec.deadline != rota::never)
                    spec.deadline = rota::sim_time{index(spec.deadline) - got.origin_ms};
            }
            jobs.tenants = got.workload.tenants;
            told.check(got.ok() && got.workload.size() == 0 && jobs == all.workload &&
                           got.tally == all.tally && got.origin_ms == all.origin_ms && got.dropped.empty(),
                       name + ": one by one");
        }
        auto again = one;
        again.rows.push_back(one.rows.front());
        auto taken = std::size_t{0};
        how.each = [&](trace::record const&) { ++taken; };
        how.any_id = false;
        auto const twice = trace::read(one.format, trace::in_pieces(file.with(again.text())), how);
        auto const nameless = one.format == "philly";
        told.check(twice.ok() == nameless && (nameless || twice.diagnostics.front().code == "E-DUPID"),
                   name + ": an id again");
        how.any_id = true;
        taken = 0;
        auto const any = trace::read(one.format, trace::in_pieces(file.with(again.text())), how);
        told.check(any.ok() && taken == any.tally.kept && any.tally.kept == all.tally.kept + 1 &&
                       any.diagnostics.back().code == "W-UNSORTED" && any.origin_ms == all.origin_ms &&
                       text(any.diagnostics).find("given as they come") != std::string::npos,
                   name + ": any id, any order");
    }
    auto how = csv_options();
    how.limits.text_bytes = 20; // guards what is held
    how.each = [](trace::record const&) {};
    told.check(trace::read("csv", trace::in_pieces(file.with(samples()[8].text())), how).ok(),
               "a text may be of any length where its jobs are not held");
}

/// A pipe is read once.
void pipes() {
    for (auto const& one : samples()) {
        auto const text = one.text();
        auto ends = std::to_array({-1, -1});
        if (pipe(ends.data()) != 0 ||
            write(ends[1], text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            std::abort();
        close(ends[1]);
        auto const got =
            trace::read_file(one.format, "/proc/self/fd/" + std::to_string(ends[0]), csv_options());
        close(ends[0]);
        auto const whole = trace::read_file(one.format, file.with(text), csv_options());
        told.check(got.workload == whole.workload && got.ok() == whole.ok(),
                   std::string{one.format} + " from a pipe");
    }
    auto const nodes = std::string{"sn,cpu_milli,memory_mib,gpu,model\nn0,64000,262144,2,P100\n"};
    auto const there = trace::read_cluster(file.with(nodes));
    told.check(there.ok() && there.cluster->gpus() == 2, "a cluster from a file");
}

/// A file that changes between two looks at it is refused.
void changes() {
    auto const from = trace::in_pieces(file.with(samples()[0].text()), 16);
    static_cast<void>(file.with(samples()[0].text() + "9,1,90,1,x,1,1\n"));
    auto const got = trace::read("tiresias", from);
    told.check(!got.ok() && got.diagnostics.size() == 1 && got.diagnostics.front().code == "E-IO" &&
                   got.tally == trace::tally{},
               "a file that changed: " + text(got.diagnostics));
    auto const gone = trace::read("tiresias", trace::in_pieces("/no/such/file"));
    told.check(!gone.ok() && gone.diagnostics.front().code == "E-IO", "a file that is not there");
}

auto reads_left = 0;

/// Whoever does not want the rest ends the reading, at any of its reads, and has nothing of it.
void stops() {
    auto how = csv_options();
    how.limits.stop = +[] { return reads_left-- == 0; };
    auto const name = file.with(samples()[0].text());
    auto ends = 0;
    for (auto after = 0; ends == 0 && after != 10'000; ++after) {
        reads_left = after;
        auto const got = trace::read("tiresias", trace::in_pieces(name, 16), how);
        if (reads_left >= 0) ++ends; // it was read before
        told.check(got.ok() == (ends != 0), "stopped at read " + std::to_string(after));
        told.check(got.ok() || (got.diagnostics.size() == 1 && got.diagnostics.front().code == "E-IO" &&
                                got.workload.specs.empty()),
                   "which says so: " + text(got.diagnostics));
    }
    told.check(ends == 1, "not stopped");
    reads_left = 0;
    auto const whole = trace::from_file(name, how.limits);
    told.check(!whole && whole.error().code == "E-IO", "a file as a whole");
}

} // namespace

int main() {
    formats();
    limits();
    one_by_one();
    pipes();
    changes();
    stops();
    return told.end();
}
