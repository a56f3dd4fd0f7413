// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_ARRAY_LIMITS_HPP
#define ROTA_SLURM_ARRAY_LIMITS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/core/take_until.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/value_of.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// How many tasks of an array may run at once, `--array=0-99%2`, and which of them wait for that.
///
/// Expects   jobs in the order of their numbers, as `job_mapping::sort` has them.
class array_limits {
public:
    /// A task each of the arrays that nothing is known of, and of those that keep tasks back, once a minute: their
    /// limits may be changed. Whatever has no tasks left is forgotten.
    [[nodiscard]] std::vector<std::string> due(std::vector<live::job_status> const& jobs, std::time_t now) {
        auto out = std::vector<std::string>{};
        auto still = std::map<std::string, limit, std::less<>>{};
        each_array(jobs, [&](std::string_view array, auto first, auto last) {
            auto const left = std::count_if(first, last, [](auto const& one) { return !is_over(one.state); });
            auto const known = all_.find(array);
            if (known != all_.end()) still.insert(*known);
            else if (left < 2) return;
            auto const young = [now](limit const& one) { // the clock may have been put back
                return one.asked <= now && now < one.asked + again_s;
            };
            auto const stands = known != all_.end() && (known->second.most == 0 ||
                                                        left <= known->second.most || young(known->second));
            if (!stands) out.push_back(first->id);
        });
        all_ = std::move(still);
        return out;
    }
    /// Takes what `scontrol --oneliner show job` says of the tasks that were due.
    ///
    /// Meaning   A record may hold words of users, and so may what looks like one: where two of them say different things
    ///           about an array it has no limit here, and Slurm sees to it alone.
    void learn(std::vector<std::string> const& asked, std::string_view records, std::time_t now) {
        for (auto const& task : asked) set(array_of(task), 0, now);
        auto said = std::map<std::string_view, std::int64_t>{};
        while (!records.empty()) {
            auto const row = take_until(records, '\n');
            auto const numbers = row.substr(0, row.find(" JobName="));
            auto const array = only_value_of(numbers, "ArrayJobId");
            if (!row.starts_with("JobId=") || !array) continue;
            auto const most = trace::whole(only_value_of(numbers, "ArrayTaskThrottle").value_or("0"));
            auto const [its, first] = said.try_emplace(*array, most.ok() ? most.value : 0);
            if (!first && (!most.ok() || most.value != its->second)) its->second = 0;
        }
        for (auto const& [array, most] : said)
            if (auto const known = all_.find(array); known != all_.end() && known->second.asked == now)
                known->second.most = most;
    }
    /// 0: as many as there are.
    void set(std::string_view array, std::int64_t most, std::time_t now = 0) {
        all_.insert_or_assign(std::string{array}, limit{most, now});
    }
    /// Leaves as many held tasks of an array, in the order of their numbers, as may run beside those that are not held.
    void keep_back(std::vector<live::job_status>& jobs) const {
        each_array(jobs, [this](std::string_view array, auto first, auto last) {
            auto const known = all_.find(array);
            if (known == all_.end() || known->second.most == 0) return;
            auto left = known->second.most - std::count_if(first, last, [](auto const& one) {
                            return !is_over(one.state) && one.state != live::job_state::held;
                        });
            for (auto task = first; task != last; ++task)
                if (task->state == live::job_state::held && task->unmapped.empty() && --left < 0)
                    task->unmapped = "as many of its array run or are next as may";
        });
    }
    /// The number before the bar of 17_3; empty where there is none.
    [[nodiscard]] static std::string_view array_of(std::string_view job) noexcept {
        auto const bar = job.find('_');
        return bar == job.npos ? std::string_view{} : job.substr(0, bar);
    }

private:
    struct limit {
        std::int64_t most = 0;
        std::time_t asked = 0;
    };
    static constexpr auto again_s = std::time_t{60};

    template <class Jobs, class Do>
    static void each_array(Jobs& jobs, Do what) {
        for (auto first = jobs.begin(); first != jobs.end();) {
            auto const array = array_of(first->id);
            auto const last = std::find_if(first + 1, jobs.end(),
                                           [array](auto const& one) { return array_of(one.id) != array; });
            if (!array.empty()) what(array, first, last);
            first = last;
        }
    }

    std::map<std::string, limit, std::less<>> all_; ///< by the array's number
};

} // namespace rota::slurm

#endif
