// SPDX-License-Identifier: BSL-1.0
#include "option_groups.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>

#include <fmt/format.h>

namespace cli {

std::string not_whole(std::string const& text) {
    auto value = std::uint64_t{};
    auto const last = text.data() + text.size();
    auto const [end, why] = std::from_chars(text.data(), last, value);
    if (why == std::errc{} && end == last) return {};
    return fmt::format("read '{}', expected a whole number from 0 to {}", text,
                       std::numeric_limits<std::uint64_t>::max());
}

void add_strictness(CLI::App& to, input_options& what) {
    to.add_option("--on-error", what.on_error,
                  "strict: a wrong row refuses the input; collect: it is dropped, listed, counted")
        ->capture_default_str()
        ->group("Input");
    to.add_option("--repair", what.repairs,
                  "rows with that defect are dropped: negative_submit=drop, negative_duration=drop, "
                  "negative_wait=drop, wrong_order=drop, duplicate_id=drop; may be repeated")
        ->group("Input");
    to.add_option("--zero-gpus", what.zero_gpus, "rows that ask for no GPU: drop or refuse")
        ->capture_default_str()
        ->group("Input");
    to.add_flag("--allow-empty", what.allow_empty, "an input without jobs is an empty workload, not an error")
        ->group("Input");
    to.add_flag("--strict-order", what.strict_order, "rows out of submission order are an error")
        ->group("Input");
}

void add_format(CLI::App& to, input_options& what) {
    to.add_option("--format", what.format, "rota, tiresias, philly, helios, itp, openb, swf, sacct or csv")
        ->capture_default_str()
        ->group("Input");
    to.add_option("--map", what.map,
                  "columns and units of --format csv: target=column[:unit],..., such as "
                  "id=job_id,submit=submit_time:s,duration=duration:s,gpus=num_gpu; targets: id submit "
                  "duration start "
                  "end gpus user tenant priority limit deadline cpu mem")
        ->group("Input");
    to.add_option("--swf-processors", what.swf_processors,
                  "what counts as GPUs in SWF: allocated or requested")
        ->capture_default_str()
        ->group("Input");
    add_strictness(to, what);
}

void add_input(CLI::App& to, input_options& what) {
    to.add_option("--workload", what.workload, "trace to read, plain or gzip")->required()->group("Input");
    to.add_option("--cluster", what.cluster, cluster_help)->required()->group("Input");
    add_format(to, what);
}

void add_world(CLI::App& to, world_options& what) {
    to.add_option("--seed", what.seed, "of everything that is drawn")
        ->check(not_whole)
        ->capture_default_str()
        ->group("World");
    to.add_option(
          "--placement", what.placement,
          "consolidated (the default), first_fit, best_fit or another one of those that `rota list` names")
        ->group("World");
    to.add_option("--cost", what.cost, "of a stop and a restart: none, fixed, by_size or by_state")
        ->capture_default_str()
        ->group("World");
    to.add_option("--save", what.save_s, "seconds that a stop takes under --cost fixed")
        ->capture_default_str()
        ->group("World");
    to.add_option("--restore", what.restore_s, "seconds that a restart takes under --cost fixed")
        ->capture_default_str()
        ->group("World");
    to.add_option("--round", what.round_s, "seconds between two decisions; 0: at every event")
        ->capture_default_str()
        ->group("World");
    to.add_option("--launch", what.launch_s, "seconds from a start to the first useful work, at every start")
        ->capture_default_str()
        ->group("World");
    to.add_option("--latency", what.latency_s, "an order takes up to so many seconds, drawn")
        ->capture_default_str()
        ->group("World");
    to.add_option("--start-failure", what.start_failure, "probability that a start fails")
        ->capture_default_str()
        ->group("World");
    to.add_option("--crash-mean", what.crash_mean_h,
                  "mean hours to a crash of one running job; 0: jobs never crash")
        ->capture_default_str()
        ->group("World");
    to.add_option("--checkpoint", what.checkpoint_s,
                  "seconds between checkpoints, to which a crashed run falls back; 0: it starts anew")
        ->capture_default_str()
        ->group("World");
    to.add_option("--outage", what.outages,
                  "NODE@DOWN+SECONDS: the node goes away at second DOWN and comes back so much later; may be "
                  "repeated")
        ->group("World");
    to.add_option(
          "--drain", what.drains,
          "NODE@FROM+SECONDS: nothing new is put on the node, what runs there goes on; may be repeated")
        ->group("World");
    to.add_option(
          "--others", what.others,
          "NODE@FROM+SECONDS=CPUS/MIB: others have so much of the node, as far as it is free at second "
          "FROM; may be repeated")
        ->group("World");
    to.add_option("--quota", what.quotas,
                  "TENANT@SECOND=GPUS: from then on so many GPUs are the tenant's own; may be repeated")
        ->group("World");
}

} // namespace cli
