// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_READING_HPP
#define ROTA_TRACE_READING_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/diagnostic.hpp>
#include <rota/trace/tally.hpp>

namespace rota::trace {

/// A row that is not in the workload, and why: a policy's name, a repair's, or an error's code.
struct dropped_row {
    std::uint64_t line = 0;
    std::string_view why;
};

/// What a reader hands back: the jobs, the cluster where the input describes one, and what there is to say.
///
/// Where it is refused, workload and cluster are empty: nothing is half-read. Always tally.balanced(), and
/// tally.kept is the number of jobs (of nodes for a cluster).
struct reading {
    job::workload workload;
    std::optional<rota::cluster::spec> cluster;
    std::vector<std::string> models; ///< what the bits of request::models stand for; empty: no model named
    millis origin_ms = 0;            ///< the input's own time of sim_time 0
    trace::tally tally;
    std::vector<diagnostic> diagnostics;
    std::vector<dropped_row> dropped;
    bool refused = false;

    [[nodiscard]] bool ok() const noexcept { return !refused; }
};

/// A reading that found nothing but `why`.
[[nodiscard]] inline reading refusal(diagnostic why) {
    auto out = reading{};
    out.diagnostics.push_back(std::move(why));
    out.refused = true;
    return out;
}

/// All diagnostics in printed form, one after the other.
[[nodiscard]] inline std::string text(std::vector<diagnostic> const& all) {
    auto out = std::string{};
    for (auto const& one : all) out += text(one);
    return out;
}

} // namespace rota::trace

#endif
