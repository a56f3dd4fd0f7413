// SPDX-License-Identifier: BSL-1.0
// A scheduler that shares no code with rota, in any language: all that it did is print its log.
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <variant>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>
#include <rota/verify/timeline.hpp>

/// Its list of free GPUs gets back what a job that has ended held, twice: once at the end, once by a clean-up.
constexpr auto printed = std::string_view{"0 submit 0.0 #0 - 2\n"
                                          "0 submit 1.0 #0 - 2\n"
                                          "0 submit 2.0 #0 - 1\n"
                                          "0 start 0.1 #1 - 0 n0:3@1000/0/0\n"
                                          "0 start 1.1 #2 - 0 n1:3@1000/0/0\n"
                                          "4 finish 0.1 #1 - 0\n"
                                          "4 submit 3.0 #0 - 2\n"
                                          "4 start 2.1 #3 - 0 n0:1@1000/0/0\n"
                                          "6 start 3.1 #4 - 0 n0:3@1000/0/0\n"
                                          "8 finish 1.1 #2 - 0\n"
                                          "9 finish 2.1 #3 - 0\n"
                                          "9 finish 3.1 #4 - 0\n"};

int main() {
    namespace verify = rota::verify;
    auto const cluster = rota::cluster::uniform(1, 2, 2); // two nodes of two GPUs
    auto jobs = rota::job::workload{};
    struct asked {
        std::int64_t at;
        int gpus;
        rota::millis run;
    };
    for (auto const& one : {asked{0, 2, 4}, asked{0, 2, 8}, asked{0, 1, 5}, asked{4, 2, 3}}) {
        auto spec = rota::job::spec{};
        spec.submit = rota::sim_time{one.at};
        spec.need = rota::job::gang(one.gpus);
        jobs.specs.push_back(spec);
        jobs.works.push_back({.duration_ms = one.run});
    }
    auto const read = rota::log::from_text(printed);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&read)) {
        std::printf("line %zu, column %zu: %s\n", wrong->line, wrong->column, wrong->message.c_str());
        return 1;
    }
    auto const& log = std::get<rota::log::schedule>(read);
    auto const what = verify::subject{.cluster = cluster,
                                      .jobs = jobs,
                                      .node_changes = {},
                                      .quota_changes = {},
                                      .claims = rota::claim::non_preemptive,
                                      .given = {},
                                      .log = log};
    auto const found = verify::check_log(what);
    std::printf("%s", verify::timeline(what).c_str());
    auto const broken = found.broken();
    if (broken) std::printf("%s", verify::explain(*broken, found.of(*broken), log).c_str());
    return broken == verify::law::devices_once ? 0 : 1;
}

// Output:
//   ms           |0 |4 |6   |8   |9
//   node 0 GPU 0 |0 |2 |2+3 |2+3 |.
//   node 0 GPU 1 |0 |. |3   |3   |.
//   node 1 GPU 0 |1 |1 |1   |.   |.
//   node 1 GPU 1 |1 |1 |1   |.   |.
//   waiting      |2 |3 |    |    |
// S1 broken: no GPU is held beyond its thousand thousandths
//   line 10: 6 start 3.1 #4 - 0 n0:3@1000/0/0
//   node 0, GPU 0: 2000 milli held
