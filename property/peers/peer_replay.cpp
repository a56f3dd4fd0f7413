// SPDX-License-Identifier: BSL-1.0
// Runs the policies of a known simulator, quirks included, and writes its per-job results.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <CLI/CLI.hpp>

#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/reading.hpp>
#include <rota/trace/source.hpp>
#include <rota/trace/tiresias.hpp>

#include "law_file.hpp"
#include "peer.hpp"

namespace {

rota::trace::source opened(std::string const& path) {
    auto from = rota::trace::from_file(path);
    if (!from) throw peers::refusal{rota::trace::text(from.error())};
    return *from;
}

rota::trace::reading sound(rota::trace::reading got) {
    if (!got.ok()) throw peers::refusal{rota::trace::text(got.diagnostics)};
    return got;
}

/// Writes beside the file and renames, so that no half file stays behind.
void write(std::string const& path, std::string const& text) {
    auto const part = path + ".part";
    auto* const file = std::fopen(part.c_str(), "wb");
    if (file == nullptr) throw peers::refusal{part + ": cannot be written"};
    auto const all = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    auto why = std::error_code{};
    if (std::fclose(file) == 0 && all) std::filesystem::rename(part, path, why);
    if (!all || why) {
        std::filesystem::remove(part, why);
        throw peers::refusal{path + ": cannot be written in full"};
    }
}

} // namespace

int main(int argc, char** argv) {
    auto app =
        CLI::App{"Replays the policies of a known cluster simulator, with all its quirks, on rota's engine "
                 "and writes one row for each job that finishes.",
                 "peer_replay"};
    auto peer = std::string{};
    auto trace = std::string{};
    auto cluster = std::string{};
    auto out = std::string{};
    auto law = std::string{};
    auto from = peers::input{};
    app.add_option("--peer", peer, "tiresias, helios, lucid or blox")->required();
    app.add_option("--policy", from.policy, "as the peer names it")->required();
    app.add_option("--trace", trace, "jobs in Tiresias's columns")->required();
    app.add_option("--cluster", cluster, "cluster in Tiresias's columns")->required();
    app.add_option(
           "--placement", from.placement,
           "tiresias: count, yarn; helios and lucid: consolidate, random; blox: scattered, consolidated")
        ->required();
    app.add_option("--round", from.round_s,
                   "seconds: blox (300), lucid's tiresias (60); the others have none")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
    app.add_option("--gittins-law", law,
                   "samples of the law that tiresias's gittins policies use "
                   "(traces/tiresias/yarn-gput1000.csv)");
    app.add_option("--out", out, "results, as CSV")->required();
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& wrong) {
        return app.exit(wrong) == 0 ? 0 : 2;
    }
    try {
        from.jobs = sound(rota::trace::read_tiresias(opened(trace))).workload;
        from.cluster = *sound(rota::trace::read_cluster_spec(opened(cluster))).cluster;
        if (peer == "tiresias" && peers::tiresias_needs_law(from.policy)) {
            auto const samples = peers::read_law(law.empty() ? peers::find_law(trace) : law);
            if (!samples) throw peers::refusal{rota::trace::text(samples.error())};
            from.law = *samples;
        }
        if (from.round_s != 0 && peer != "blox" && !(peer == "lucid" && from.policy == "tiresias"))
            throw peers::refusal{"--round is for blox and for lucid's tiresias: " + peer + " " + from.policy +
                                 " has no rounds"};
        write(out, peers::to_csv(peers::run_peer(peer, from)));
    } catch (peers::refusal const& why) {
        auto text = std::string_view{why.what()};
        while (text.ends_with('\n')) text.remove_suffix(1);
        std::fprintf(stderr, "peer_replay: %.*s\n", static_cast<int>(text.size()), text.data());
        return 2;
    } catch (std::exception const& bug) {
        std::fprintf(stderr, "peer_replay: %s\n", bug.what());
        return 1;
    }
}
