// SPDX-License-Identifier: BSL-1.0
// Tasks that an array's own limit keeps back: which of them may be driven, and whom Slurm is asked about.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/live/backend.hpp>
#include <rota/slurm/array_limits.hpp>

#include "../tally.hpp"

namespace {

namespace live = rota::live;
using live::job_state;
using rota::slurm::array_limits;
using words = std::vector<std::string>;

auto told = tally{};

std::vector<live::job_status> queue(std::vector<std::pair<std::string, job_state>> const& said) {
    auto made = std::vector<live::job_status>{};
    for (auto const& [id, state] : said) {
        auto& one = made.emplace_back();
        one.id = id;
        one.state = state;
    }
    return made;
}
/// Those that may be driven, of jobs that are held.
std::string offered(array_limits const& limits, std::vector<live::job_status> jobs) {
    limits.keep_back(jobs);
    auto out = std::string{};
    for (auto const& one : jobs)
        if (one.state == job_state::held && one.unmapped.empty()) (out += out.empty() ? "" : " ") += one.id;
    return out;
}
std::string record(std::string_view array, std::string_view task, std::string_view throttle) {
    return "JobId=9 ArrayJobId=" + std::string{array} + " ArrayTaskId=" + std::string{task} + ' ' +
           std::string{throttle} + "JobName=wrap UserId=root(0)\n";
}

void turns() {
    auto limits = array_limits{};
    limits.set("5", 2);
    constexpr auto held = job_state::held;
    auto const are = [&](std::vector<std::pair<std::string, job_state>> const& said, std::string_view which) {
        auto const got = offered(limits, queue(said));
        told.check(got == which, "offered: " + got + ", expected: " + std::string{which});
    };
    are({{"4", held}, {"5_1", held}, {"5_2", held}, {"5_3", held}, {"6_1", held}, {"6_2", held}},
        "4 5_1 5_2 6_1 6_2");
    are({{"5_1", job_state::running}, {"5_2", held}, {"5_3", held}}, "5_2");
    are({{"5_1", held}, {"5_2", job_state::running}, {"5_3", held}}, "5_1"); // it was stopped
    are({{"5_1", job_state::completed}, {"5_2", held}, {"5_3", held}, {"5_4", held}}, "5_2 5_3");
    are({{"5_1", held}, {"5_7", job_state::pending}, {"5_8", job_state::completing}}, "");
    auto waits = queue({{"5_1", held}, {"5_2", held}, {"5_3", held}});
    waits[0].unmapped = "it waits for other jobs"; // it may for long
    told.check(offered(limits, waits) == "5_2 5_3", "who cannot run is not next");
    limits.keep_back(waits);
    told.check(waits[0].unmapped == "it waits for other jobs" && waits[2].unmapped.empty(), "and says why");
}

void questions() {
    auto limits = array_limits{};
    auto const asks = [&](std::vector<live::job_status> const& jobs, std::int64_t now, words const& whom,
                          std::string_view what) { told.check(limits.due(jobs, now) == whom, what); };
    constexpr auto held = job_state::held;
    auto const jobs = queue({{"3", held},
                             {"5_1", held},
                             {"5_2", held},
                             {"5_3", held},
                             {"6_4", held},
                             {"7_1", held},
                             {"7_2", held}});
    asks(jobs, 100, {"5_1", "7_1"}, "an array of one task needs no limit");
    limits.learn({"5_1", "7_1"},
                 record("5", "1", "ArrayTaskThrottle=1 ") + record("7", "1", "") +
                     record("6", "4", "ArrayTaskThrottle=1 "),
                 100);
    told.check(offered(limits, jobs) == "3 5_1 6_4 7_1 7_2", "what it says holds for what was asked");
    asks(jobs, 159, {}, "asked once");
    asks(jobs, 160, {"5_1"}, "and where tasks wait again, once a minute");
    asks(jobs, 40, {"5_1"}, "or when the clock was put back");
    limits.learn({"5_1"}, record("5", "1", "ArrayTaskThrottle=3 "), 160);
    told.check(offered(limits, jobs) == "3 5_1 5_2 5_3 6_4 7_1 7_2", "a limit that has risen");
    asks(jobs, 1'000, {}, "nobody waits");
    asks(queue({{"3", held}}), 1'001, {}, "no array");
    asks(jobs, 1'002, {"5_1", "7_1"}, "whose number is given out again");
    limits.learn({"5_1", "7_1"},
                 record("5", "1", "ArrayTaskThrottle=1 ") + record("5", "2", "ArrayTaskThrottle=2 "), 1'002);
    told.check(offered(limits, jobs) == "3 5_1 5_2 5_3 6_4 7_1 7_2",
               "two records that differ: one is a user's");
    limits.learn(
        {"5_1"},
        "JobId=9 JobName=x ArrayJobId=5 ArrayTaskThrottle=1 \nslurm_load_jobs error: Invalid job id\n" +
            record("5", "1", "ArrayTaskThrottle=x "),
        1'003);
    told.check(offered(limits, jobs) == "3 5_1 5_2 5_3 6_4 7_1 7_2", "words of users, errors, and no number");
}

} // namespace

int main() {
    turns();
    questions();
    return told.end();
}
