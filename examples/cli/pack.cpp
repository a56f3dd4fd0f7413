// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rota/packing/curve.hpp>
#include <rota/packing/experiment.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/uniform_draw.hpp>
#include <rota/report/spread.hpp>
#include <rota/report/table.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/openb_pods.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "inputs.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "source_file.hpp"

namespace cli {

namespace packing = rota::packing;
namespace placement = rota::placement;
namespace trace = rota::trace;

namespace {

/// A policy of the study by the name it has there.
struct policy {
    std::string_view name;
    std::vector<packing::step> (*run)(packing::experiment const&, packing::arrivals const&,
                                      std::uint64_t seed);
};

template <class Scorer>
std::vector<packing::step> scored(packing::experiment const& of, packing::arrivals const& order,
                                  std::uint64_t) {
    if constexpr (requires { Scorer{of.target()}; }) return of.run(order, Scorer{of.target()});
    else return of.run(order, Scorer{});
}
std::vector<packing::step> drawn(packing::experiment const& of, packing::arrivals const& order,
                                 std::uint64_t seed) {
    return of.run(order, placement::uniform_draw{seed});
}

constexpr auto policies = std::to_array<policy>({{"fgd", scored<placement::fgd>},
                                                 {"fgd_exact", scored<placement::fgd_exact>},
                                                 {"best_fit", scored<placement::least_remaining>},
                                                 {"dot_product", scored<placement::least_aligned>},
                                                 {"gpu_packing", scored<placement::gpu_packing>},
                                                 {"gpu_clustering", scored<placement::gpu_clustering>},
                                                 {"random", drawn}});

policy policy_named(std::string const& word) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : policies) {
        if (one.name == word) return one;
        names.push_back(one.name);
    }
    refuse(fmt::format("--policy: read '{}', expected {}", word, trace::one_of(word, names)));
}

/// The load in thousandths of the cluster.
std::int64_t tune_of(std::string const& text) {
    auto const got = trace::decimal(text, 1000);
    if (!got.ok() || got.rounded || got.value < 0 || got.value > 100'000)
        refuse(fmt::format("--tune: read '{}', expected 0 to 100 in thousandths, such as 1.3", text));
    return got.value;
}

/// The first seed and how many there are.
std::pair<std::uint64_t, std::size_t> seeds_of(std::string const& text) {
    auto const dots = text.find("..");
    auto const reads = [&](std::size_t from, std::size_t to, std::uint64_t& value) {
        auto const [end, why] = std::from_chars(text.data() + from, text.data() + to, value);
        return why == std::errc{} && end == text.data() + to;
    };
    auto first = std::uint64_t{};
    auto last = std::uint64_t{};
    auto const sound = dots == text.npos ? reads(0, text.size(), first)
                                         : reads(0, dots, first) && reads(dots + 2, text.size(), last);
    if (dots == text.npos) last = first;
    if (!sound || last < first || last - first >= 10'000)
        refuse(fmt::format("--seeds: read '{}', expected SEED or FIRST..LAST such as 42..51, at most 10000",
                           text));
    return {first, static_cast<std::size_t>(last - first + 1)};
}

packing::experiment read_experiment(pack_options const& asked, std::int64_t load) {
    auto const nodes_from = source_file(asked.nodes, {.text_bytes = trace::cluster_text_bytes});
    auto const nodes = trace::read_openb_nodes(nodes_from);
    tell(asked.nodes, nodes);
    auto const& cluster = *nodes.cluster;
    auto how = trace::options{};
    how.cluster = &cluster;
    auto const pods_from = source_file(asked.pods);
    auto pods = trace::read_openb_pods(pods_from, how);
    tell(asked.pods, pods.said);
    if (cluster.gpus() == 0) refuse(fmt::format("{}: read no GPU, expected at least one", asked.nodes));
    auto made = packing::experiment(cluster, std::move(pods.pods));
    auto asked_milli = std::int64_t{0};
    for (auto const& one : made.pods()) asked_milli += one.total_milli();
    if (load == 0) return made;
    if (asked_milli == 0)
        refuse(fmt::format("{}: read no pod that asks for a GPU, expected one to bring about --tune {}",
                           asked.pods, asked.tune));
    auto const arrivals = static_cast<double>(made.pods().size()) *
                          static_cast<double>(made.capacity_milli()) / 1000 * static_cast<double>(load) /
                          static_cast<double>(asked_milli);
    if (arrivals > 2e7)
        refuse(fmt::format("--tune: {} would take about {:.0f} pods, expected at most 20000000", asked.tune,
                           arrivals));
    return made;
}

/// One number of each seed's curve at that percent; nothing where not every seed has it.
std::optional<rota::report::spread> at(std::vector<packing::curve> const& curves, std::size_t percent,
                                       double packing::point::* what) {
    auto values = std::vector<double>{};
    for (auto const& one : curves) {
        if (percent >= one.size() || !one[percent]) return std::nullopt;
        values.push_back(*one[percent].*what);
    }
    return rota::report::spread_of(values);
}

} // namespace

int pack(pack_options const& asked) {
    auto const how = policy_named(asked.policy);
    auto const load = tune_of(asked.tune);
    auto const [first, count] = seeds_of(asked.seeds);
    auto file = std::optional<output_file>{};
    if (!asked.file.empty()) file.emplace(asked.file);
    auto const of = read_experiment(asked, load);
    auto curves = std::vector<packing::curve>{};
    auto csv = std::string{"policy,seed,arrived_percent,allocated_percent,fragment_percent_of_all,"
                           "fragment_percent_of_idle\n"};
    for (auto i = std::size_t{0}; i != count; ++i) {
        stop_if_signalled();
        auto const seed = first + i;
        auto const steps = how.run(of, of.draw(load, seed), seed);
        curves.push_back(packing::curve_of(steps, of.capacity_milli(), of.target().weight));
        for (auto p = std::size_t{0}; p != curves.back().size(); ++p)
            if (auto const& here = curves.back()[p])
                csv += fmt::format("{},{},{},{:.4f},{:.4f},{:.4f}\n", how.name, seed, p, here->allocated,
                                   here->fragment, here->fragment_of_idle);
    }
    stop_if_signalled();
    if (file) {
        file->write(csv);
        file->commit();
    }

    auto last = std::size_t{0};
    for (auto const& one : curves) last = std::max(last, one.size());
    auto table =
        rota::report::table({"arrived %", "allocated %", "+-", "fragment %", "+-", "of idle %", "+-"});
    auto const step = last <= 401 ? std::size_t{5} : (last / 80 + 4) / 5 * 5;
    for (auto p = std::size_t{0}; p < last; ++p) {
        if (p % step != 0 && p + 1 != last) continue;
        auto const allocated = at(curves, p, &packing::point::allocated);
        auto const fragment = at(curves, p, &packing::point::fragment);
        auto const of_idle = at(curves, p, &packing::point::fragment_of_idle);
        if (!allocated || !fragment || !of_idle) continue;
        auto const number = [](double value) { return fmt::format("{:.2f}", value); };
        table.add({fmt::format("{}", p), number(allocated->mean), number(allocated->deviation),
                   number(fragment->mean), number(fragment->deviation), number(of_idle->mean),
                   number(of_idle->deviation)});
    }
    print(fmt::format(
        "{} on {} GPUs, {} pods tuned to {}, {} seed{} from {}: mean and deviation over the seeds\n\n{}",
        how.name, of.capacity_milli() / 1000, of.pods().size(), asked.tune, count, count == 1 ? "" : "s",
        first, table.text()));
    return 0;
}

} // namespace cli
