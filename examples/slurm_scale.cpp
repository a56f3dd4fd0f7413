// SPDX-License-Identifier: BSL-1.0
// One round of decisions on a large Slurm: how long rota takes, what its verbs take, and when they are seen to hold.
// `slurm_scale live JOBS` on the cluster of property/slurm/mini_cluster, `slurm_scale made NODES JOBS` on the text that
// Slurm's clients would print.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/live/host.hpp>
#include <rota/log/schedule.hpp>
#include <rota/slurm/client.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/find_cluster.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/tiresias_l.hpp>

namespace {

namespace live = rota::live;
namespace slurm = rota::slurm;
using clock_type = std::chrono::steady_clock;
using words = std::vector<std::string>;

double ms_since(clock_type::time_point from) {
    return std::chrono::duration<double, std::milli>(clock_type::now() - from).count();
}

/// Sizes of the jobs, a tenth of them each, ten jobs in turn.
constexpr int sizes[] = {16, 8, 8, 32, 1, 2, 4, 64, 8, 8};
constexpr auto in_turn = 10;

/// What Slurm's clients print of nodes of eight GPUs, none of them in use, and jobs that are held.
struct text_of_slurm {
    std::string squeue;
    std::string sinfo;
};

text_of_slurm make_text(int nodes, int jobs) {
    auto made = text_of_slurm{};
    for (auto n = 1; n <= nodes; ++n)
        made.sinfo += "n" + std::to_string(n) + "|idle|gpu:8|main|0/64/0/64|0|\n";
    for (auto j = 0; j != jobs; ++j)
        made.squeue +=
            std::to_string(j + 1) +
            "|PENDING|0|0|UNLIMITED|None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/"
            "A|1|1|(null)|0|0|"
            "normal|(null)|(null)|1|N/A|gres:gpu:" +
            std::to_string(sizes[static_cast<std::size_t>(j / in_turn) % std::size(sizes)]) + "|N/A|N/A||\n";
    return made;
}

/// Runs the clients of Slurm, or answers for them, and notes what each command took.
struct timed {
    struct notes {
        text_of_slurm text; ///< empty: of a Slurm that lives
        std::map<std::string, std::vector<double>> ms{};
    };
    notes* to;

    slurm::command_result operator()(words const& argv, std::string const& input = {}) const {
        auto const from = clock_type::now();
        auto got = slurm::command_result{slurm::command_result::end::exited, 0, {}, {}};
        if (to->text.sinfo.empty()) got = slurm::runner{60'000}(argv, input);
        else if (argv[0] == "squeue" && argv.back().ends_with("NodeList:|")) got.out = to->text.squeue;
        else if (argv[0] == "sinfo") got.out = to->text.sinfo;
        to->ms[argv[0] == "scontrol"
                   ? argv[0] + ' ' + (argv.size() > 1 ? argv[1] : input.substr(0, input.find(' ')))
                   : argv[0]]
            .push_back(ms_since(from));
        return got;
    }
    [[nodiscard]] double sum() const {
        auto all = 0.0;
        for (auto const& [what, took] : to->ms)
            for (auto const one : took) all += one;
        return all;
    }
};

/// A scheduler, and how long it thinks: as the clock has it, which on a busy machine counts others, too, and what its decision
/// took of the processor.
template <class S>
struct thinking {
    S scheduler;
    double ms = 0;
    double cpu_ms = 0;

    void on(rota::event const& happened, rota::view const& v) {
        auto const from = clock_type::now();
        scheduler.on(happened, v);
        ms += ms_since(from);
    }
    void decide(rota::view const& v, rota::actions& may) {
        auto const cpu_from = std::clock();
        auto const from = clock_type::now();
        scheduler.decide(v, may);
        ms += ms_since(from);
        cpu_ms += 1e3 * static_cast<double>(std::clock() - cpu_from) / CLOCKS_PER_SEC;
    }
};

template <class S>
class driver {
public:
    driver(rota::cluster::spec const& cluster, timed::notes& notes)
        : run_{&notes}, client_{cluster, "main", {}, run_},
          host_{cluster, rota::tenant_tree{}, client_, {}, rota::recorder{log_}} {}

    /// One round, and a line of the table; jobs that run after it.
    std::size_t round(char const* name) {
        auto const outside = run_.sum();
        auto const starts = log_.records.size();
        scheduler_.ms = scheduler_.cpu_ms = 0;
        auto const from = clock_type::now();
        auto const got = host_.round(rota::sim_time{now_ms()}, scheduler_);
        auto const all = ms_since(from);
        auto ordered = std::size_t{0};
        for (auto i = starts; i != log_.records.size(); ++i)
            ordered += log_.records[i].kind == rota::log::kind::order;
        if (name != nullptr)
            std::printf("| `%s` | %zu | %zu | %.1f | %.1f | %.1f | %.0f |%s\n", name, host_.specs().size(),
                        ordered, scheduler_.ms, scheduler_.cpu_ms, all - (run_.sum() - outside),
                        run_.sum() - outside, got == decltype(host_)::outcome::ran ? "" : " no answer");
        return static_cast<std::size_t>(
            std::count_if(log_.records.begin(), log_.records.end(),
                          [](auto const& r) { return r.kind == rota::log::kind::start; }));
    }
    [[nodiscard]] rota::log::schedule const& log() const noexcept { return log_; }
    [[nodiscard]] std::int64_t now_ms() const { return static_cast<std::int64_t>(ms_since(born_)); }

private:
    clock_type::time_point born_ = clock_type::now();
    timed run_;
    slurm::client<timed> client_;
    rota::log::schedule log_;
    live::host<slurm::client<timed>> host_;
    thinking<S> scheduler_{S{}};
};

void say_head() {
    std::puts(
        "| scheduler | jobs | starts | decisions ms | CPU of decide ms | rota in all ms | clients ms |");
    std::puts("|---|---|---|---|---|---|---|");
}

template <class S>
void on_text(rota::cluster::spec const& cluster, text_of_slurm const& text, char const* name) {
    auto notes = timed::notes{text};
    auto one = driver<S>{cluster, notes};
    one.round(name);
    one.round((std::string{name} + ", again").c_str());
}

void say_spread(std::string const& what, std::vector<double> took) {
    if (took.empty()) return;
    std::sort(took.begin(), took.end());
    std::printf("| %s | %zu | %.0f | %.0f | %.0f |\n", what.c_str(), took.size(), took[took.size() / 2],
                took[took.size() * 95 / 100], took.back());
}

int on_slurm(int jobs) {
    auto const run = slurm::runner{600'000};
    auto from = clock_type::now();
    for (auto left = jobs, at = 0; left > 0; left -= in_turn, ++at) {
        auto const gpus = sizes[static_cast<std::size_t>(at) % std::size(sizes)];
        auto const got = run({"sbatch", "--hold", "--parsable", "--output=/dev/null", "--chdir=/tmp",
                              "--array=1-" + std::to_string(std::min(left, in_turn)),
                              gpus > 8 ? "--gres=gpu:8" : "--gres=gpu:" + std::to_string(gpus),
                              "--nodes=" + std::to_string(std::max(gpus / 8, 1)), "--wrap=sleep 30"});
        if (got.code != 0) return std::printf("sbatch: %s\n", got.err.c_str()), 1;
    }
    std::printf("%d jobs submitted in %.1f s\n\n", jobs, ms_since(from) / 1'000);
    auto why = std::string{};
    auto const cluster = slurm::find_cluster("main", why, run);
    if (!cluster) return std::printf("%s\n", why.c_str()), 1;
    auto notes = timed::notes{{}};
    auto one = driver<rota::system::easy<>>{*cluster, notes};
    std::printf("%zu nodes\n\n", cluster->nodes.size());
    say_head();
    one.round("easy");
    auto const ordered = static_cast<std::size_t>(
        std::count_if(one.log().records.begin(), one.log().records.end(),
                      [](auto const& r) { return r.kind == rota::log::kind::order; }));
    from = clock_type::now();
    one.round("easy, again");
    while (one.round(nullptr) < ordered && ms_since(from) < 60'000)
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    std::puts("\n| | times | median ms | 95 % ms | most ms |\n|---|---|---|---|---|");
    for (auto const& [what, took] : notes.ms) say_spread("`" + what + "`", took);
    auto at = std::map<std::uint32_t, std::int64_t>{};
    auto seen = std::vector<double>{};
    for (auto const& r : one.log().records)
        if (r.kind == rota::log::kind::order) at.emplace(r.job, index(r.at));
        else if (r.kind == rota::log::kind::start && at.contains(r.job))
            seen.push_back(static_cast<double>(index(r.at) - at[r.job]));
    say_spread("from the round's begin to a start that is seen", seen);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    auto const what = argc > 1 ? std::string_view{argv[1]} : std::string_view{};
    if (what == "live" && argc == 3) return on_slurm(std::stoi(argv[2]));
    if (what != "made" || argc != 4) {
        std::puts("slurm_scale live JOBS | slurm_scale made NODES JOBS");
        return 2;
    }
    auto const nodes = std::stoi(argv[2]);
    auto const text = make_text(nodes, std::stoi(argv[3]));
    auto cluster = rota::cluster::uniform(1, static_cast<std::uint32_t>(nodes), 8);
    for (auto n = 1; n <= nodes; ++n) cluster.names.push_back("n" + std::to_string(n));
    say_head();
    on_text<rota::system::fifo<>>(cluster, text, "fifo");
    on_text<rota::system::easy<>>(cluster, text, "easy");
    on_text<rota::system::quota_drf<>>(cluster, text, "quota_drf");
    on_text<rota::system::tiresias_l<>>(cluster, text, "tiresias_l");
    return 0;
}
