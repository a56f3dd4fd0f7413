// SPDX-License-Identifier: BSL-1.0
#include "inputs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rota/cluster/node_change.hpp>
#include <rota/core/take_until.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/generator.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/presets.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "registry.hpp"

namespace cli {

namespace trace = rota::trace;
using rota::millis;
using rota::sim_time;

namespace {

template <std::size_t N>
std::size_t position(std::string const& option, std::string const& word,
                     std::array<std::string_view, N> const& allowed) {
    auto const found = std::find(allowed.begin(), allowed.end(), word);
    if (found == allowed.end())
        refuse(fmt::format("{}: read '{}', expected {}", option, word, trace::one_of(word, allowed)));
    return static_cast<std::size_t>(found - allowed.begin());
}

trace::options reader_options(input_options const& asked) {
    constexpr auto strictness = std::array<std::string_view, 2>{"strict", "collect"};
    constexpr auto zero = std::array<std::string_view, 2>{"drop", "refuse"};
    constexpr auto processors = std::array<std::string_view, 2>{"allocated", "requested"};
    auto how = trace::options{};
    how.limits.stop = interrupted;
    how.on_error = static_cast<trace::on_error>(position("--on-error", asked.on_error, strictness));
    how.zero_gpus = static_cast<trace::zero_gpus>(position("--zero-gpus", asked.zero_gpus, zero));
    how.swf_processors =
        static_cast<trace::swf_processors>(position("--swf-processors", asked.swf_processors, processors));
    for (auto const& one : asked.repairs) {
        auto const got = trace::repair_named(one);
        if (!got) refuse("--repair: " + got.error().message);
        how.repairs.add(*got);
    }
    how.allow_empty = asked.allow_empty;
    how.strict_order = asked.strict_order;
    how.map = asked.map;
    return how;
}

/// The cluster a user names; what its reader says is printed.
rota::cluster::spec cluster_of(std::string const& what) {
    auto how = trace::options{};
    how.limits.stop = interrupted;
    auto where = trace::read_cluster(what, how);
    tell(what, where, !trace::is_cluster_shorthand(what));
    return std::move(*where.cluster);
}

millis whole_ms(std::string_view option, double amount, double unit_ms) {
    auto const ms = amount * unit_ms;
    if (!(ms >= 0 && ms <= 1e13))
        refuse(fmt::format("{}: read {}, expected a time from 0 to 300 years", option, amount));
    if (ms > 0 && ms < 1)
        refuse(fmt::format("{}: read {}, expected 0 or at least one millisecond", option, amount));
    return static_cast<millis>(std::llround(ms));
}

double probability(std::string_view option, double value) {
    if (!(value >= 0 && value < 1))
        refuse(fmt::format("{}: read {}, expected 0 or more and below 1", option, value));
    return value;
}

/// The whole numbers between those signs, such as 3, 7200 and 600 of 3@7200+600. None where the text is another.
template <std::size_t N>
std::optional<std::array<std::int64_t, N>> numbers_of(std::string_view text,
                                                      std::array<char, N> const& signs) {
    constexpr auto most = std::int64_t{10'000'000'000}; // of seconds about 300 years
    auto all = std::array<std::int64_t, N>{};
    for (auto i = std::size_t{0}; i != N; ++i) {
        auto const length = signs[i] == 0 ? text.size() : text.find(signs[i]);
        if (length == text.npos) return std::nullopt;
        auto const [end, why] = std::from_chars(text.data(), text.data() + length, all[i]);
        if (why != std::errc{} || end != text.data() + length || all[i] < 0 || all[i] > most)
            return std::nullopt;
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return all;
}

[[noreturn]] void refuse_word(std::string_view option, std::string_view text, std::string_view expected) {
    refuse(fmt::format("{}: read '{}', expected {}", option, text, expected));
}

/// What is the matter with a node for a while.
void add_spell(rota::simulation::conditions& world, std::string_view option, std::int64_t node,
               std::int64_t from_s, std::int64_t span_s, rota::cluster::node_change what) {
    constexpr auto nodes_max = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    if (node > nodes_max)
        refuse(fmt::format("{}: read node {}, expected one below {}", option, node, nodes_max));
    what.at = sim_time{1000 * from_s};
    what.node = static_cast<rota::node_id>(node);
    rota::simulation::add_by_time(world.node_changes, what);
    rota::simulation::add_by_time(
        world.node_changes, {sim_time{1000 * (from_s + span_s)}, what.node, rota::cluster::node_state::up});
}

void read_node_changes(world_options const& asked, rota::simulation::conditions& world) {
    using enum rota::cluster::node_state;
    for (auto const& text : asked.outages) {
        auto const got = numbers_of(text, std::array{'@', '+', '\0'});
        if (!got || (*got)[2] == 0) refuse_word("--outage", text, "NODE@DOWN+SECONDS such as 3@7200+600");
        add_spell(world, "--outage", (*got)[0], (*got)[1], (*got)[2], {.to = down});
    }
    for (auto const& text : asked.drains) {
        auto const got = numbers_of(text, std::array{'@', '+', '\0'});
        if (!got || (*got)[2] == 0) refuse_word("--drain", text, "NODE@FROM+SECONDS such as 3@7200+600");
        add_spell(world, "--drain", (*got)[0], (*got)[1], (*got)[2], {.to = drained});
    }
    for (auto const& text : asked.others) {
        auto const got = numbers_of(text, std::array{'@', '+', '=', '/', '\0'});
        constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
        if (!got || (*got)[2] == 0 || (*got)[3] > most / 1000 || (*got)[4] > most)
            refuse_word("--others", text, "NODE@FROM+SECONDS=CPUS/MIB such as 3@7200+600=16/65536");
        add_spell(world, "--others", (*got)[0], (*got)[1], (*got)[2],
                  {.to = up,
                   .cpu_milli = static_cast<std::uint32_t>((*got)[3] * 1000),
                   .mem_mib = static_cast<std::uint32_t>((*got)[4])});
    }
}

} // namespace

void tell(std::string const& name, trace::reading const& got, bool of_rows) {
    stop_if_signalled();
    if (auto const text = trace::text(got.diagnostics); !text.empty())
        say(std::string_view{text}.substr(0, text.size() - 1));
    if (of_rows) say(fmt::format("{}: {}", name, trace::text(got.tally)));
    if (!got.ok()) throw failure{2, ""};
}

void check_options(input_options const& asked) {
    auto const how = reader_options(asked);
    if (auto const got = trace::format_named(asked.format); !got) refuse("--format: " + got.error().message);
    if (asked.format == "csv") {
        if (asked.map.empty())
            refuse("--format csv needs --map, such as "
                   "id=job_id,submit=submit_time:s,duration=duration:s,gpus=num_gpu");
        if (auto const got = trace::read_csv_map(how.map); !got) {
            auto text = trace::text(got.error());
            text.pop_back();
            throw failure{2, std::move(text)};
        }
    } else if (!asked.map.empty()) {
        refuse("--map goes with --format csv alone");
    }
}

inputs read_inputs(input_options const& asked) {
    check_options(asked);
    auto how = reader_options(asked);
    auto out = inputs{.cluster = cluster_of(asked.cluster),
                      .jobs = {},
                      .cluster_name = asked.cluster,
                      .workload_name = asked.workload,
                      .format = asked.format};
    how.cluster = &out.cluster;
    auto what = trace::read_file(asked.format, asked.workload, how);
    tell(asked.workload, what);
    out.jobs = std::move(what.workload);
    strip_uncounted(out.cluster, out.jobs);
    return out;
}

trace::reading read_workload(input_options const& asked) {
    check_options(asked);
    auto got = trace::read_file(asked.format, asked.workload, reader_options(asked));
    tell(asked.workload, got);
    return got;
}

trace::reading walk_workload(input_options const& asked, bool any_id, trace::record_sink each) {
    check_options(asked);
    auto how = reader_options(asked);
    auto cluster = rota::cluster::spec{};
    if (!asked.cluster.empty()) {
        cluster = cluster_of(asked.cluster);
        how.cluster = &cluster;
    }
    how.each = std::move(each);
    how.any_id = any_id;
    auto got = trace::read_file(asked.format, asked.workload, how);
    tell(asked.workload, got);
    return got;
}

void strip_uncounted(rota::cluster::spec const& cluster, rota::job::workload& jobs) {
    auto const strip = [&](auto of_node, auto of_request, std::string_view what) {
        if (std::any_of(cluster.nodes.begin(), cluster.nodes.end(),
                        [&](auto const& n) { return n.*of_node != 0; }))
            return;
        auto stripped = std::size_t{0};
        for (auto& spec : jobs.specs) {
            stripped += spec.need.*of_request != 0;
            spec.need.*of_request = 0;
        }
        if (stripped != 0)
            say(fmt::format(
                "note: the cluster does not say how much {0} its nodes have, so the {0} that {1} jobs ask "
                "for is left out",
                what, stripped));
    };
    strip(&rota::cluster::node::cpu_milli, &rota::job::request::cpu_milli, "CPU");
    strip(&rota::cluster::node::mem_mib, &rota::job::request::mem_mib, "memory");
}

rota::simulation::conditions world_of(world_options const& asked) {
    constexpr auto costs = std::array<std::string_view, 4>{"none", "fixed", "by_size", "by_state"};
    auto world = rota::simulation::conditions{};
    world.seed = asked.seed;
    auto const cost = position("--cost", asked.cost, costs);
    auto const standard = world_options{};
    if (asked.cost != "fixed" && (asked.save_s != standard.save_s || asked.restore_s != standard.restore_s))
        refuse(fmt::format("--save and --restore belong to --cost fixed, read --cost {}", asked.cost));
    switch (cost) {
    case 1:
        world.cost = rota::preemption::fixed_cost{.save_ms = whole_ms("--save", asked.save_s, 1000),
                                                  .restore_ms = whole_ms("--restore", asked.restore_s, 1000)};
        break;
    case 2: world.cost = rota::preemption::cost_by_size{}; break;
    case 3: world.cost = rota::preemption::cost_by_state{}; break;
    default: break;
    }
    world.round_ms = whole_ms("--round", asked.round_s, 1000);
    world.launch_ms = whole_ms("--launch", asked.launch_s, 1000);
    world.latency_ms_max = whole_ms("--latency", asked.latency_s, 1000);
    world.start_failure = probability("--start-failure", asked.start_failure);
    world.crash_mean_ms = whole_ms("--crash-mean", asked.crash_mean_h, 3'600'000);
    world.checkpoint_every_ms = whole_ms("--checkpoint", asked.checkpoint_s, 1000);
    read_node_changes(asked, world);
    if (!asked.placement.empty()) check_placement(asked.placement);
    return world;
}

std::optional<rota::tenant_id> tenant_named(rota::job::workload const& jobs, std::string_view name) {
    auto const& all = jobs.tenants;
    auto const at = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.name == name; });
    if (name.empty() || at == all.end()) return std::nullopt;
    return static_cast<rota::tenant_id>(at - all.begin());
}

std::vector<std::string_view> tenant_names(rota::job::workload const& jobs) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : jobs.tenants)
        if (!one.name.empty()) names.push_back(one.name);
    return names;
}

void settle_world(world_options const& asked, inputs const& in, rota::simulation::conditions& world) {
    for (auto const& one : world.node_changes)
        if (index(one.node) >= in.cluster.nodes.size())
            refuse(fmt::format("--outage, --drain, --others: read node {}, expected one below {}",
                               index(one.node), in.cluster.nodes.size()));
    for (auto const& text : asked.quotas) {
        auto const at = text.rfind('@');
        auto const got = at == text.npos
                             ? std::nullopt
                             : numbers_of(std::string_view{text}.substr(at + 1), std::array{'=', '\0'});
        if (!got) refuse_word("--quota", text, "TENANT@SECOND=GPUS such as vision@86400=64");
        auto const name = std::string_view{text}.substr(0, at);
        auto const tenant = tenant_named(in.jobs, name);
        if (!tenant) {
            auto const names = tenant_names(in.jobs);
            refuse_word("--quota", name,
                        names.empty() ? "no quota: the workload names no tenants"
                                      : trace::one_of(name, names));
        }
        rota::simulation::add_by_time(world.quota_changes,
                                      {sim_time{1000 * (*got)[0]}, *tenant, (*got)[1] * rota::whole_gpu});
    }
}

rota::job::workload generated_workload(generate_options const& asked) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : trace::presets) names.push_back(one.name);
    auto const preset = trace::find_preset(asked.preset);
    if (!preset)
        refuse(fmt::format("unknown preset '{}', expected {}", asked.preset,
                           trace::one_of(asked.preset, names)));
    constexpr auto jobs_max = std::uint64_t{10'000'000};
    if (asked.jobs == 0 || asked.jobs > jobs_max)
        refuse(fmt::format("--jobs: read {}, expected 1 to {}", asked.jobs, jobs_max));
    auto const least =
        std::min_element(preset->gpus.begin(), preset->gpus.end(), [](auto const& a, auto const& b) {
            return a.size < b.size;
        })->size;
    if (asked.gpus_max < least || asked.gpus_max > 65'535)
        refuse(fmt::format("--gpus-max: read {}, expected {} to 65535", asked.gpus_max, least));
    if (asked.priorities == 0 || asked.priorities > 1'000)
        refuse(fmt::format("--priorities: read {}, expected 1 to 1000", asked.priorities));
    if (asked.load.has_value() != asked.gpus.has_value())
        refuse("--load and --gpus go together: so much of the work that so many GPUs can do");
    auto how = trace::generator_settings{};
    how.preset = *preset;
    how.jobs = static_cast<std::size_t>(asked.jobs);
    how.seed = asked.seed;
    how.gpus_max = static_cast<std::uint16_t>(asked.gpus_max);
    how.priority_weights.assign(static_cast<std::size_t>(asked.priorities), 1);
    how.target.reset();
    if (!asked.load) return trace::generate(how);

    if (!(*asked.load >= 0.001 && *asked.load <= 1000))
        refuse(fmt::format("--load: read {}, expected 0.001 to 1000", *asked.load));
    if (*asked.gpus == 0 || *asked.gpus > 100'000'000)
        refuse(fmt::format("--gpus: read {}, expected 1 to 100000000", *asked.gpus));
    if (asked.jobs < 2) refuse("--load: a load needs a time between two jobs; --jobs 2 is the least");
    auto const drawn = trace::generate(how);
    auto work_us = 0.0; // GPU-milli x ms
    for (auto j = std::size_t{0}; j != drawn.size(); ++j)
        work_us += static_cast<double>(drawn.works[j].duration_ms) * drawn.specs[j].need.gpus_min *
                   drawn.specs[j].need.milli;
    auto const span_years = work_us / (static_cast<double>(*asked.gpus) * *asked.load) / 1e6 / 86'400 / 366;
    if (span_years > 250)
        refuse(fmt::format("--load: {} jobs at that load would come over {:.0f} years, expected at most 250",
                           asked.jobs, span_years));
    how.target = trace::target_load{static_cast<std::int64_t>(*asked.gpus), *asked.load};
    return trace::generate(how);
}

rota::claim claims_named(std::string_view text) {
    auto all = rota::claim::none;
    while (!text.empty()) {
        auto const name = rota::take_until(text, ',');
        if (name == "none") continue;
        auto const found = std::find(rota::claim_names.begin(), rota::claim_names.end(), name);
        if (found == rota::claim_names.end())
            refuse(fmt::format("unknown claim '{}', expected none or {}", name,
                               rota::trace::one_of(name, rota::claim_names)));
        all = all | static_cast<rota::claim>(1u << (found - rota::claim_names.begin()));
    }
    return all;
}

} // namespace cli
