// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/feasible.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/native_writer.hpp>
#include <rota/trace/openb_pods.hpp>
#include <rota/trace/repair.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

namespace trace = rota::trace;

/// A file in memory with these bytes, for as long as the next one is not asked for.
int file_of(std::string const& bytes) {
    static auto const file = memfd_create("input", 0);
    require(file >= 0 && // its pages stay from one to the next
                pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
                ftruncate(file, static_cast<off_t>(bytes.size())) == 0,
            "a file in memory");
    return file;
}

/// Returns the native form of the jobs.
std::string consistent(trace::reading const& got, outcome& told) {
    auto const said = text(got.diagnostics);
    auto const counts = text(got.tally);
    auto native = trace::write_native(got.workload);
    told.add(said);
    told.add(counts);
    told.add(native);
    require(got.tally.balanced(), "each row is kept, dropped, blank or a comment");
    require(got.tally.records() == got.tally.kept + got.tally.dropped, "records are kept or dropped");
    for (auto const& one : got.tally.counts)
        require(got.tally.of(one.name) == one.count, "a count has a name");
    require(counts.starts_with("rows_in "), "the tally has a printed form");
    require(said.empty() == got.diagnostics.empty(), "so have all diagnostics");
    require(got.dropped.size() <= got.tally.dropped, "dropped rows are counted");
    for (auto const& why : got.diagnostics) {
        require(why.line >= 1 && why.column >= 1 && !why.code.empty() && !why.message.empty(),
                "has a position");
        require(!text(why).empty(), "has a printed form");
    }
    auto const errors = std::any_of(got.diagnostics.begin(), got.diagnostics.end(), [](auto const& why) {
        return why.level == trace::severity::error || why.code == "N-LIMIT";
    });
    require(got.ok() || (errors && got.workload.size() == 0 && !got.cluster),
            "refused with an error, nothing half-read");
    return native;
}

/// Read piece by piece from a file, whatever the size of the pieces, they come to the same. `bytes`: of the whole text;
/// pieces are of one byte unless a packed file is of many thousands.
void in_pieces(trace::reading const& whole, std::size_t bytes, trace::format const& by,
               std::string const& path, trace::options const& how) {
    for (auto const size : {1 + bytes / 4096, std::size_t{4096}}) {
        auto const got = by.read(trace::in_pieces(path, size), how);
        // of a line that is too long to be held only the place is said
        auto const gone = got.diagnostics.size() == 1 && got.diagnostics.front().code == "E-UTF8" &&
                          got.diagnostics.front().column > how.limits.line_bytes;
        auto const alike = [&] { // in their printed form
            auto const of_the_whole = text(whole.diagnostics);
            auto const said = text(got.diagnostics);
            return said == of_the_whole || (gone && of_the_whole.starts_with(said));
        };
        require(got.diagnostics == whole.diagnostics || alike(), "pieces say what the whole says");
        require(got.workload == whole.workload && got.tally == whole.tally && got.refused == whole.refused &&
                    got.models == whole.models && got.cluster == whole.cluster &&
                    got.origin_ms == whole.origin_ms && got.dropped.size() == whole.dropped.size(),
                "pieces are the whole");
    }
    auto apart = how;
    auto jobs = std::uint64_t{0};
    apart.each = [&](trace::record const&) { ++jobs; };
    auto const got = by.read(trace::in_pieces(path, 4096), apart);
    require(got.refused == whole.refused &&
                (got.refused || (got.tally == whole.tally && jobs == got.tally.kept)),
            "one by one they are as many");
}

/// What bit 7 of the first byte asks for: a cluster that is known, low limits, and other meanings of columns.
rota::cluster::spec const& known_cluster() {
    static auto const made = [] {
        auto two = rota::cluster::uniform(1, 2, 4, 8'000, 1'000);
        two.models = {"T4", "P100"};
        two.nodes.back().model = rota::gpu_model{1};
        return two;
    }();
    return made;
}

/// The same bytes as a file, by the name of a format. The text up to the first zero byte is that name, or what a user
/// calls a cluster or a repair.
void by_name(std::string const& bytes, trace::options const& how, outcome& told) {
    auto const name = bytes.substr(0, bytes.find('\0'));
    auto const rest = bytes.substr(std::min(name.size() + 1, bytes.size()));
    auto const path = "/proc/self/fd/" + std::to_string(file_of(rest));
    auto const named = trace::format_named(name);
    consistent(trace::read_file(name, path, how), told);
    if (!named) require(!text(named.error()).empty(), "an unknown format is told");
    auto const from = trace::from_file(path, how.limits);
    if (named && from) {
        require(trace::read(name, *from, how).workload == trace::read_file(name, path, how).workload,
                "a file is its bytes");
    } else if (named) {
        require(text(trace::read_file(name, path, how).diagnostics) == text(from.error()),
                "or is refused alike");
    }
    consistent(trace::read_file(name, "/proc/self/fd", how), told);
    consistent(trace::read_file(name, "/proc/self/no such file", how), told);
    auto const repair = trace::repair_named(name);
    require(repair ? trace::name(*repair) == name : !text(repair.error()).empty(),
            "a repair or why it is none");
    static_cast<void>(trace::read_cluster(trace::is_cluster_shorthand(name) ? name.substr(0, 9) : path, how));
}

/// The first byte selects the reader and the options, the rest is the input.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    if (size == 0) return;
    auto const choice = data[0];
    auto how = trace::options{};
    how.limits.text_bytes = std::size_t{1} << 18; // a few KiB of gzip come to more
    how.allow_empty = (choice & 0x10) != 0;
    how.map = "id=id,submit=t:iso,start=t:iso,duration=d,end=e:iso,gpus=g:fraction,mem=m:gib,cpu=c,tenant=q,"
              "limit=l:h";
    if ((choice & 0x20) != 0) how.on_error = trace::on_error::collect;
    if ((choice & 0x40) != 0)
        how.repairs = {trace::repair::negative_submit, trace::repair::negative_duration,
                       trace::repair::negative_wait, trace::repair::wrong_order, trace::repair::duplicate_id};
    if ((choice & 0x80) != 0) {
        how.limits.line_bytes = 256;
        how.limits.field_bytes = 64;
        how.zero_gpus = trace::zero_gpus::refuse;
        how.strict_order = true;
        how.cluster = &known_cluster();
        how.map = "submit=t:us,start=s:us,end=e:us,gpus=g,priority=p,deadline=l:us,cpu=c:milli";
    }
    auto const bytes = std::string{reinterpret_cast<char const*>(data + 1), size - 1};
    auto const reader = unsigned{choice} & 0x0fu;
    auto const path = "/proc/self/fd/" + std::to_string(file_of(bytes));
    auto const from = trace::from_bytes(path, bytes, how.limits);
    if (!from) {
        told.add(text(from.error()));
        require(!text(from.error()).empty(), "has a printed form");
        auto const held = from.error().code == "E-SIZE" ? how.limits.text_bytes : bytes.size();
        in_pieces(trace::refusal(from.error()), held, trace::formats[reader % trace::formats.size()], path,
                  how);
        return;
    }
    if (reader >= trace::formats.size()) {
        if (reader == 9) consistent(trace::read_cluster_spec(*from, how), told);
        if (reader == 10) consistent(trace::read_openb_nodes(*from, how), told);
        if (reader == 11) static_cast<void>(trace::read_cluster_shorthand(bytes.substr(0, 12)));
        if (reader == 12) static_cast<void>(trace::read_csv_map(bytes));
        if (reader == 14) by_name(bytes, how, told);
        if (reader == 13) {
            auto const got = trace::read_openb_pods(*from, how);
            consistent(got.said, told);
            require(got.pods.size() == got.said.tally.kept, "kept rows are the pods");
            for (auto const& one : got.pods)
                require(one.gpus == 0 ? one.milli == 0 : one.milli >= 1 && one.milli <= rota::whole_gpu,
                        "a pod has a share of each of its GPUs");
        }
        return;
    }
    auto const got = trace::formats[reader].read(*from, how);
    auto const native = consistent(got, told);
    in_pieces(got, from->text.size(), trace::formats[reader], path, how);
    require(got.tally.kept == got.workload.size(), "kept rows are the jobs");
    if (!got.ok()) return;
    static auto const known = std::array{trace::feasible{*trace::read_cluster_shorthand("2x4")},
                                         trace::feasible{*trace::read_cluster_shorthand("1x2x8")}};
    for (auto const& on : known) {
        for (auto const& one : got.workload.specs)
            require(!on.obstacle(one.need).empty() || one.need.gpus_min <= 16,
                    "what is too large has an obstacle");
    }
    auto lenient = trace::options{};
    lenient.allow_empty = true;
    auto const written = trace::from_bytes("written", native);
    require(static_cast<bool>(written), "the native form is a text");
    auto const again = trace::read_native(*written, lenient);
    require(again.ok() && again.workload == got.workload, "the native form reads back equal");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
