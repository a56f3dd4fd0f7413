// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <fmt/format.h>

#include <rota/trace/native_writer.hpp>

#include "console.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"

namespace cli {

int generate(generate_options const& asked) {
    auto file = output_file{asked.file};
    auto const jobs = generated_workload(asked);
    stop_if_signalled();
    file.write(rota::trace::write_native(jobs));
    stop_if_signalled();
    file.commit();
    auto const last_s = static_cast<double>(index(jobs.specs.back().submit)) / 1000;
    say(fmt::format("{}: {} jobs of {}, seed {}, submitted over {:.2f} days", asked.file, jobs.size(),
                    asked.preset, asked.seed, last_s / 86'400));
    return 0;
}

} // namespace cli
