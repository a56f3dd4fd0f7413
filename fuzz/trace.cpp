// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/native_writer.hpp>
#include <rota/trace/openb_pods.hpp>

#include "require.hpp"

namespace {

namespace trace = rota::trace;

void consistent(trace::reading const& got) {
    require(got.tally.balanced(), "each row is kept, dropped, blank or a comment");
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
}

} // namespace

/// The first byte selects the reader and the options, the rest is the input.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    auto const choice = data[0];
    auto how = trace::options{};
    how.limits.text_bytes = std::size_t{1} << 20;
    how.allow_empty = (choice & 0x10) != 0;
    how.map = "id=id,submit=t:iso,start=t:iso,duration=d,end=e:iso,gpus=g:fraction,mem=m:gib,cpu=c,tenant=q,"
              "limit=l:h";
    if ((choice & 0x20) != 0) how.on_error = trace::on_error::collect;
    if ((choice & 0x40) != 0)
        how.repairs = {trace::repair::negative_submit, trace::repair::negative_duration,
                       trace::repair::negative_wait, trace::repair::wrong_order, trace::repair::duplicate_id};
    auto const bytes = std::string{reinterpret_cast<char const*>(data + 1), size - 1};
    auto const from = trace::from_bytes("input", bytes, how.limits);
    if (!from) {
        require(!text(from.error()).empty(), "has a printed form");
        return 0;
    }
    auto const reader = unsigned{choice} & 0x0fu;
    if (reader >= trace::formats.size()) {
        if (reader == 9) consistent(trace::read_cluster_spec(*from, how));
        if (reader == 10) consistent(trace::read_openb_nodes(*from, how));
        if (reader == 11) static_cast<void>(trace::read_cluster_shorthand(bytes.substr(0, 12)));
        if (reader == 12) static_cast<void>(trace::read_csv_map(bytes));
        if (reader == 13) {
            auto const got = trace::read_openb_pods(*from, how);
            consistent(got.said);
            require(got.pods.size() == got.said.tally.kept, "kept rows are the pods");
            for (auto const& one : got.pods)
                require(one.gpus == 0 ? one.milli == 0 : one.milli >= 1 && one.milli <= rota::whole_gpu,
                        "a pod has a share of each of its GPUs");
        }
        return 0;
    }
    auto const got = trace::formats[reader].read(*from, how);
    consistent(got);
    require(got.tally.kept == got.workload.size(), "kept rows are the jobs");
    if (!got.ok()) return 0;
    auto lenient = trace::options{};
    lenient.allow_empty = true;
    auto const written = trace::from_bytes("written", trace::write_native(got.workload));
    require(static_cast<bool>(written), "the native form is a text");
    auto const again = trace::read_native(*written, lenient);
    require(again.ok() && again.workload == got.workload, "the native form reads back equal");
    return 0;
}
