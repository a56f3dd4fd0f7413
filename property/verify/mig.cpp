// SPDX-License-Identifier: BSL-1.0
// Instances of split GPUs, from the workload to the laws: schedulers keep every law with them, logs that break S1 are
// told, and replay files say what a trial asks for.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <variant>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/intents.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/mig_fit.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/tiresias_l.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/premises.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/traits.hpp>
#include <rota/verify/world.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

using namespace rota;

namespace {

mig_size a100(char const* name) { return cluster::mig_size_named(name); }

/// One node of two A100 and one V100, and three jobs: 3g.4/8, 3g.4/8 and half a GPU.
struct case_of_two {
    case_of_two() {
        on = cluster::uniform(1, 2, 2);
        on.models = {"a100", "v100"};
        on.nodes[1].model = gpu_model{1};
        on.mig = {cluster::mig_kind::a100};
        jobs.specs.resize(3);
        jobs.works.resize(3);
        jobs.specs[0].need = jobs.specs[1].need = placement::instances(a100("3g.4/8"));
        jobs.specs[2].need.milli = jobs.specs[2].need.milli_min = 500;
    }
    cluster::spec on;
    job::workload jobs;
};

/// The first law that two starts at once break, and what is said of it.
std::string judged(std::string_view first, std::string_view second, std::uint32_t other = 1) {
    auto const world = case_of_two{};
    auto const who = std::to_string(other);
    auto text = std::string{"#rota-log 1\n0 submit 0.0 #0 - 1\n0 submit " + who +
                            ".0 #0 - 1\n0 start 0.1 #1 ordered 0 "};
    ((text += first) += "\n0 start " + who + ".1 #2 ordered 0 ") += second;
    text += "\n1 finish 0.1 #1 - 0\n1 finish " + who + ".1 #2 - 0\n";
    auto const read = log::from_text(text);
    if (!std::holds_alternative<log::schedule>(read)) return std::get<log::text_error>(read).message;
    auto given = verify::premises{};
    given.complete = false;
    auto const told =
        verify::check_log({world.on, world.jobs, {}, {}, claim::none, given, std::get<log::schedule>(read)});
    if (auto const broken = told.broken())
        return std::string{verify::text_of(*broken).code} + ": " + verify::text(told);
    return "holds";
}

void bad_logs(tally& told) {
    auto const says = [&](std::string const& got, char const* code, char const* what) {
        told.check(got.starts_with(code) && got.find(what) != std::string::npos, got + " for " + what);
    };
    told.check(judged("n0:1@3g.4/8+0/0/0", "n0:1@3g.4/8+4/0/0") == "holds", "two halves of a GPU");
    told.check(judged("n0:1@3g.4/8+0/0/0", "n0:2@3g.4/8+0/0/0") == "holds", "two GPUs");
    told.check(judged("n0:1@3g.4/8+0/0/0", "n0:2@500/0/0", 2) == "holds", "a share beside, on another GPU");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:1@3g.4/8+0/0/0"), "S1", "a memory slice in two instances");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:1@3g.4/8+2/0/0"), "S1", "an instance where none may begin");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:1@500/0/0", 2), "S1", "instances beside a whole or a share");
    says(judged("n0:2@3g.4/8+0/0/0", "n1:1@3g.4/8+0/0/0"), "S1",
         "instances that its model cannot be split into");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:1@2g.2/8+4/0/0"), "S2", "not the instance it asked for");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:2@500/0/0"), "S2", "not the instance it asked for");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:2@3g.4/8+0/0/0", 2), "S2", "not the instance it asked for");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:4@3g.4/8+0/0/0"), "S0", "a GPU that does not exist");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:2@2g.2/4+0/0/0"), "S1",
         "instances that its model cannot be split into");
    says(judged("n0:1@3g.4/8+0/0/0", "n0:1@1001/0/0", 2), "S0", "a share outside 1 .. 1000");
}

/// A gang of instances is right where each is of the size, and wrong where it only is as large.
void right_gangs(tally& told) {
    auto const world = case_of_two{};
    auto const want = intents{world.on, tenant_tree{world.jobs.tenants}};
    auto const share = [] {
        auto asked = job::gang(1);
        asked.milli = asked.milli_min = 250;
        return asked;
    }();
    auto const held = [](std::uint16_t milli, std::uint32_t node = 0) {
        return cluster::placement{cluster::slice{.node = node_id{node}, .gpus = 1, .milli = milli}};
    };
    auto const double_one = cluster::instance_milli(a100("1g.2/8"), 2);
    auto const two = cluster::instance_milli(a100("2g.2/8"), 2);
    auto const asked = placement::instances(a100("1g.2/8"));
    told.check(want.right_gang(asked, held(double_one)), "the size that it asked for");
    told.check(!want.right_gang(asked, held(two)), "another size of the same share");
    told.check(!want.right_gang(asked, held(250)), "a share in place of an instance");
    told.check(!want.right_gang(share, held(two)), "an instance in place of a share");
    told.check(want.right_gang(share, held(250)), "a share");
}

template <class S>
void keeps(tally& told, char const* name, verify::traits const& known = {}) {
    auto const asked = verify::suite_options{.cases = in_proportion<std::uint64_t>(700),
                                             .known = known,
                                             .jobs = verify::feature::all | verify::feature::instances};
    auto const found = verify::run_suite(name, [](auto const&) { return S{}; }, claims_of<S>(), asked);
    for (auto const& one : found.shrunk) std::printf("%s\n", verify::to_text(one.smallest).c_str());
    told.check(found.failures == 0, std::string{name} + " " + verify::text(found));
}

void suites(tally& told) {
    constexpr auto scatters = verify::traits{.scatters = true};
    keeps<system::fifo<>>(told, "fifo");
    keeps<system::fifo<placement::first_fit>>(told, "fifo, first fit", scatters);
    keeps<system::best_effort_fifo<>>(told, "best_effort_fifo");
    keeps<system::best_effort_fifo<placement::best_fit>>(told, "best_effort_fifo, best fit", scatters);
    keeps<system::easy<>>(told, "easy");
    keeps<system::conservative<>>(told, "conservative");
    keeps<system::priority_preemptive<>>(told, "priority_preemptive", {.may_thrash = true});
    keeps<system::tiresias_l<>>(told, "tiresias_l", {.may_thrash = true});
}

/// The bytes of a trial mean what they always did, unless instances are asked for; then they come up.
void decoded(tally& told) {
    auto with = 0;
    auto shares = 0;
    for (auto seed = std::uint64_t{1}; seed != 400; ++seed) {
        auto const usual = verify::draw(seed, verify::world::ideal);
        told.check(usual.cluster.mig.empty(), "nothing is split where nobody asks");
        auto const what =
            verify::draw(seed, verify::world::ideal, verify::feature::all | verify::feature::instances);
        auto here = 0;
        for (auto const& spec : what.jobs.specs) here += spec.need.split();
        with += here != 0;
        shares += here != 0 && here != static_cast<int>(what.jobs.size());
        auto const one =
            verify::counter_example{.scheduler = "any", .broken = verify::law::devices_once, .what = what};
        auto const text = verify::to_text(one);
        auto const read = verify::counter_example_of(text);
        auto const* const again = std::get_if<verify::counter_example>(&read);
        told.check(again != nullptr && verify::to_text(*again) == text &&
                       again->what.cluster.mig == what.cluster.mig &&
                       again->what.jobs.specs == what.jobs.specs,
                   "a replay file says which instances");
    }
    told.check(with > 60 && with < 250 && shares > 40, "instances in some trials: " + std::to_string(with));
}

} // namespace

int main() {
    auto told = tally{};
    bad_logs(told);
    right_gangs(told);
    decoded(told);
    suites(told);
    return told.end();
}
