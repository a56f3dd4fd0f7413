// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include <fmt/format.h>

#include <rota/trace/native_writer.hpp>

#include "console.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"

namespace cli {

int import_sacct(import_sacct_options const& asked) {
    auto file = output_file{asked.file};
    auto const got = read_workload(asked.input);
    auto const& jobs = got.workload;
    file.write(rota::trace::write_native(jobs));
    stop_if_signalled();
    file.commit();
    auto largest = 0;
    for (auto const& spec : jobs.specs) largest = std::max(largest, int{spec.need.gpus_max});
    auto const last_s = jobs.size() == 0 ? 0.0 : static_cast<double>(index(jobs.specs.back().submit)) / 1000;
    say(fmt::format(
        "{}: {} jobs of {} accounts, the largest on {} GPUs, submitted over {:.2f} days; its time 0 is "
        "{}.{:03} s after 1970",
        asked.file, jobs.size(), jobs.tenants.size() - 1, largest, last_s / 86'400, got.origin_ms / 1000,
        got.origin_ms % 1000));
    return 0;
}

} // namespace cli
