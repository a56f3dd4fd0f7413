// SPDX-License-Identifier: BSL-1.0
// What a compiler does not check: which room may include which, what device-clean rooms may use, guards,
// licence lines, lengths, sources of policies, and that every public header is used by something that runs.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using names = std::vector<std::string>;

/// The architecture: a room includes itself and the rooms in its row.
std::map<std::string, names> const may_include{
    {"core", {}},
    {"cluster", {"core"}},
    {"job", {"core"}},
    {"log", {"core", "cluster", "job"}},
    {"placement", {"core", "cluster", "job"}},
    {"trace", {"core", "cluster", "job"}},
    {"packing", {"core", "cluster", "job", "placement"}},
    {"contract", {"core", "cluster", "job", "log", "placement"}},
    {"estimate", {"core", "cluster", "job", "log", "contract"}},
    {"queueing", {"core", "cluster", "job", "log", "contract", "estimate", "placement"}},
    {"preemption", {"core", "cluster", "job", "log", "contract", "estimate", "placement", "queueing"}},
    {"scheduler",
     {"core", "cluster", "job", "log", "contract", "estimate", "placement", "queueing", "preemption"}},
    {"system",
     {"core", "cluster", "job", "log", "contract", "estimate", "placement", "queueing", "preemption",
      "scheduler"}},
    {"simulation",
     {"core", "cluster", "job", "log", "contract", "estimate", "placement", "queueing", "preemption"}},
    {"live", {"core", "cluster", "job", "log", "contract"}},
    {"slurm", {"core", "cluster", "job", "trace", "live"}},
    {"kubernetes", {"core", "cluster", "job", "trace", "live"}},
    {"verify",
     {"core", "cluster", "job", "log", "contract", "estimate", "simulation", "placement", "queueing",
      "preemption"}},
    {"report", {"core", "cluster", "job", "log", "simulation", "trace"}},
};

names const device_clean{"core", "cluster", "job", "placement"};
names const host_only{"<range/",   "<boost/",   "<chrono>",  "<iostream>",  "<sstream>",
                      "<fstream>", "<ostream>", "<istream>", "<iosfwd>",    "<regex>",
                      "<thread>",  "<mutex>",   "<future>",  "<filesystem>"};

/// Rooms of policies: each header names the publication it follows.
names const policy_rooms{"estimate", "queueing", "placement", "preemption", "system"};
/// Parts of these rooms that are no policies.
std::set<std::string> const no_policy{
    "estimate/concepts.hpp",          "estimate/size_law.hpp",
    "placement/allocation.hpp",       "placement/buddy_cells.hpp",
    "placement/by_domain.hpp",        "placement/by_mig.hpp",
    "placement/by_score.hpp",         "placement/cell_chain.hpp",
    "placement/composition.hpp",      "placement/concepts.hpp",
    "placement/domain_rule.hpp",      "placement/domain_sums.hpp",
    "placement/explain.hpp",          "placement/feasible.hpp",
    "placement/fragmentation.hpp",    "placement/fragmentation_drop.hpp",
    "placement/gang_planner.hpp",     "placement/gpu_subsets.hpp",
    "placement/kind_search.hpp",      "placement/may_fit.hpp",
    "placement/mig_explain.hpp",      "placement/mig_fit.hpp",
    "placement/mig_request.hpp",      "placement/mig_scorer.hpp",
    "placement/mig_table.hpp",        "placement/node_fit.hpp",
    "placement/node_state.hpp",       "placement/of_state.hpp",
    "placement/outcome.hpp",          "placement/quota_cells.hpp",
    "placement/remembered.hpp",       "placement/state_scorer.hpp",
    "placement/target_view.hpp",      "placement/target_workload.hpp",
    "placement/topology_gang.hpp",    "placement/torus.hpp",
    "placement/turned_away.hpp",      "placement/virtual_cluster.hpp",
    "preemption/by_rank.hpp",         "preemption/concepts.hpp",
    "preemption/minimal_victims.hpp", "queueing/backlog.hpp",
    "queueing/concepts.hpp",          "queueing/deficits.hpp",
    "queueing/departures.hpp",        "queueing/holds.hpp",
    "queueing/node_residents.hpp",    "queueing/price_tree.hpp",
    "queueing/profile.hpp",           "queueing/rack_bounds.hpp",
    "queueing/residents.hpp",         "queueing/shape_table.hpp",
    "queueing/tournament.hpp",        "queueing/waiting_line.hpp",
    "queueing/wake_filter.hpp",       "system/concepts.hpp",
};

/// Engines find the node that a policy wants, and what they are made of.
std::set<std::string> const engines{
    "placement/automatic.hpp",    "placement/block_minimum.hpp", "placement/bucket_index.hpp",
    "placement/candidates.hpp",   "placement/change_log.hpp",    "placement/count_order.hpp",
    "placement/domain_index.hpp", "placement/domain_order.hpp",  "placement/domain_search.hpp",
    "placement/engine.hpp",       "placement/exact_wave.hpp",    "placement/free_columns.hpp",
    "placement/minima.hpp",       "placement/power_of_d.hpp",    "placement/relaxed_wave.hpp",
    "placement/scan.hpp",         "placement/score_cache.hpp",   "placement/seat.hpp",
    "placement/simd_scan.hpp",    "placement/state_kind.hpp",    "placement/state_memo.hpp",
    "placement/state_table.hpp",  "placement/sum_scorer.hpp",
};

constexpr auto lines_max = std::size_t{300};

// Written in halves so that this file may contain them.
names const never_said{std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"};
names const never_paths{std::string("/wo") + "rk/", std::string("/ho") + "me/", std::string("/ro") + "ot/"};

bool contains(names const& all, std::string const& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// "placement" of "placement/best_fit.hpp".
std::string room_of(std::string const& path) { return path.substr(0, path.find('/')); }

/// What stands between < and > in an #include line; empty in any other line.
std::string included(std::string const& line) {
    auto at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') return {};
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || !starts(std::string_view{line}.substr(at), "include")) return {};
    auto const open = line.find_first_of("<\"", at);
    auto const close = line.find_first_of(">\"", open == std::string::npos ? open : open + 1);
    return close == std::string::npos ? std::string{} : line.substr(open + 1, close - open - 1);
}

struct source {
    std::string path; ///< relative to the root
    std::vector<std::string> lines;
};

source read(fs::path const& root, fs::path const& path) {
    auto one = source{path.lexically_relative(root).generic_string(), {}};
    auto in = std::ifstream(path);
    for (auto line = std::string{}; std::getline(in, line);) one.lines.push_back(line);
    return one;
}

std::vector<source> sources(fs::path const& root) {
    auto all = std::vector<source>{};
    for (auto const* folder : {"include", "property", "examples", "fuzz", "bench", "cuda", "libslurm"}) {
        if (!fs::is_directory(root / folder)) continue;
        for (auto const& entry : fs::recursive_directory_iterator(root / folder)) {
            auto const kind = entry.path().extension();
            if (kind == ".hpp" || kind == ".cpp" || kind == ".cuh" || kind == ".cu" || kind == ".sh")
                all.push_back(read(root, entry.path()));
        }
    }
    std::sort(all.begin(), all.end(), [](source const& a, source const& b) { return a.path < b.path; });
    return all;
}

class findings {
public:
    void say(source const& where, std::size_t line, std::string const& what) {
        std::printf("%s:%zu: %s\n", where.path.c_str(), line, what.c_str());
        bad_.insert(where.path);
    }
    [[nodiscard]] std::size_t files() const { return bad_.size(); }

private:
    std::set<std::string> bad_;
};

/// The path below its include root, "placement/best_fit.hpp" or "property/jobs.hpp"; empty for what users do
/// not get.
std::string public_name(source const& one) {
    auto const at = one.path.find("include/rota/");
    auto const kind = fs::path{one.path}.extension();
    if (at == std::string::npos || (kind != ".hpp" && kind != ".cuh")) return {};
    return one.path.substr(at + std::string_view{"include/rota/"}.size());
}

void check_every(source const& one, findings& found) {
    auto licensed = false;
    for (auto i = std::size_t{0}; i != one.lines.size(); ++i) {
        auto const& line = one.lines[i];
        if (i < 2 && line.find("SPDX-License-Identifier: BSL-1.0") != std::string::npos) licensed = true;
        for (auto const& word : never_said)
            if (line.find(word) != std::string::npos) found.say(one, i + 1, "says " + word);
        for (auto const& path : never_paths)
            if (line.find(path) != std::string::npos) found.say(one, i + 1, "names a path of one machine");
    }
    if (!licensed) found.say(one, 1, "has no '// SPDX-License-Identifier: BSL-1.0' as its first line");
}

void check_public(source const& one, std::string const& name, findings& found) {
    auto guard = "ROTA_" + name;
    for (auto& c : guard)
        c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(std::toupper(c)) : '_';
    auto const has = [&one](std::string const& line) {
        return std::find(one.lines.begin(), one.lines.end(), line) != one.lines.end();
    };
    if (!has("#ifndef " + guard) || !has("#define " + guard)) found.say(one, 2, "its guard is not " + guard);
    if (one.lines.size() > lines_max)
        found.say(one, one.lines.size(), "is longer than " + std::to_string(lines_max) + " lines");
}

void check_room(source const& one, std::string const& name, findings& found) {
    auto const room = room_of(name);
    auto const row = may_include.find(room);
    if (row == may_include.end())
        return found.say(one, 1, "no room '" + room + "' in the table of this test");
    auto const clean = contains(device_clean, room);
    auto has_source = false;
    for (auto i = std::size_t{0}; i != one.lines.size(); ++i) {
        auto const& line = one.lines[i];
        if (line.find("Source") != std::string::npos) has_source = true;
        auto const to = included(line);
        if (to.empty()) continue;
        if (line.find('"') != std::string::npos) found.say(one, i + 1, "includes by relative path: " + to);
        if (starts(to, "rota/")) {
            auto const target = room_of(to.substr(5));
            if (target != room && !contains(row->second, target))
                found.say(one, i + 1, room + " must not include " + target);
        }
        if (to == "boost/pfr.hpp" || to == "range/v3/all.hpp") found.say(one, i + 1, "includes all of " + to);
        for (auto const& header : host_only)
            if (clean && starts("<" + to + ">", header))
                found.say(one, i + 1, "room " + room + " is device-clean and must not include " + to);
    }
    if (contains(policy_rooms, room) && !no_policy.contains(name) && !engines.contains(name) && !has_source)
        found.say(one, 1, "is a policy and has no Source line");
}

/// Every public header is included by a program of the tree, directly or through another header.
void check_reached(std::vector<source> const& all, findings& found) {
    auto header = std::map<std::string, source const*>{};
    auto todo = std::vector<source const*>{};
    for (auto const& one : all)
        if (auto const name = public_name(one); !name.empty()) header["rota/" + name] = &one;
        else todo.push_back(&one);
    auto reached = std::set<source const*>{};
    while (!todo.empty()) {
        auto const* one = todo.back();
        todo.pop_back();
        for (auto const& line : one->lines)
            if (auto const to = header.find(included(line)); to != header.end())
                if (reached.insert(to->second).second) todo.push_back(to->second);
    }
    for (auto const& [name, one] : header)
        if (!reached.contains(one))
            found.say(*one, 1, "is included by no test, example, benchmark or fuzzer");
}

void check_version(std::vector<source> const& all, std::string const& version, findings& found) {
    for (auto const& one : all) {
        if (one.path != "include/rota/core/config.hpp") continue;
        auto said = std::string{};
        for (auto const& line : one.lines)
            if (starts(line, "#define ROTA_VERSION_"))
                said += (said.empty() ? "" : ".") + line.substr(line.rfind(' ') + 1);
        if (said != version) found.say(one, 1, "says version " + said + ", the build says " + version);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: layers ROOT VERSION\n");
        return 2;
    }
    auto const all = sources(argv[1]);
    auto found = findings{};
    for (auto const& one : all) {
        check_every(one, found);
        auto const name = public_name(one);
        if (name.empty()) continue;
        check_public(one, name, found);
        if (starts(one.path, "include/")) check_room(one, name, found);
    }
    check_reached(all, found);
    check_version(all, argv[2], found);
    std::printf("%zu passed, %zu failed\n", all.size() - found.files(), found.files());
    return found.files() != 0 || all.empty() ? 1 : 0;
}
