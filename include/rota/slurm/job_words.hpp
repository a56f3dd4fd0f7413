// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_JOB_WORDS_HPP
#define ROTA_SLURM_JOB_WORDS_HPP

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/core/take_until.hpp>
#include <rota/slurm/value_of.hpp>

namespace rota::slurm {

/// What squeue is asked for where a job is new: the words that its user may have meant for us. They are the last in a row,
/// and may hold anything, ends of rows too.
inline constexpr auto squeue_comments = std::string_view{"JobArrayID:|,Comment:|"};

/// What squeue is asked for where a job is new, with `-o`: the nodes that it excludes have no name among the fields.
inline constexpr auto squeue_exclusions = std::string_view{"%i|%x"};

/// What Slurm is asked once of every job, since it has no name among squeue's fields, or may hold whatever its user likes.
class job_words {
public:
    struct answers {
        std::string_view comments;   ///< of squeue, to squeue_comments
        std::string_view exclusions; ///< of squeue, to squeue_exclusions
        std::string_view records;    ///< of `scontrol --oneliner show job`; empty: memory is not counted
    };
    struct of_one {
        std::string comment{};
        bool excludes = false; ///< nodes by name
        bool a_node = false;   ///< the memory that it asks for is that of a node, not of a CPU
    };

    [[nodiscard]] bool misses(std::vector<std::string> const& jobs) const {
        return std::any_of(jobs.begin(), jobs.end(), [this](auto const& job) { return !all_.contains(job); });
    }
    /// Takes those of these jobs, and forgets the others'.
    ///
    /// Meaning   Where two rows of comments name the same job one of them is part of a comment, and neither counts; where
    ///           records about a job say different things, the most is taken, which is memory by CPU.
    void learn(std::vector<std::string> const& jobs, answers const& said) {
        auto fresh = std::unordered_map<std::string, of_one>{};
        for (auto const& job : jobs) fresh.emplace(job, of_one{});
        auto twice = std::unordered_map<std::string, int>{};
        each_row(said.comments, [&](std::string_view row) {
            auto const bar = row.find('|');
            if (bar == row.npos || bar + 2 > row.size() || !row.ends_with('|')) return;
            auto const its = fresh.find(std::string{row.substr(0, bar)});
            if (its == fresh.end()) return;
            auto const first = twice[its->first]++ == 0;
            its->second.comment = first ? row.substr(bar + 1, row.size() - bar - 2) : std::string_view{};
        });
        each_row(said.exclusions, [&](std::string_view row) {
            auto const bar = row.find('|');
            if (bar == row.npos || bar + 1 == row.size() || row.substr(bar + 1) == "(null)") return;
            if (auto const its = fresh.find(std::string{row.substr(0, bar)}); its != fresh.end())
                its->second.excludes = true;
        });
        auto by_node = std::unordered_map<std::string, bool>{}; // by number, an array's for all of its tasks
        each_row(said.records, [&](std::string_view row) {
            if (!row.starts_with("JobId=")) return;
            auto const number = row.substr(6, row.find(' ') - 6);
            auto const next = row.substr(std::min(row.find(' '), row.size()));
            auto const array =
                next.starts_with(" ArrayJobId=") ? next.substr(12, next.find(' ', 1) - 12) : number;
            auto const node = only_value_of(row, "MinMemoryNode") && row.find(" MinMemoryCPU=") == row.npos;
            auto const [at, is_new] = by_node.try_emplace(std::string{array}, node);
            if (!is_new) at->second = at->second && node;
        });
        for (auto& [job, its] : fresh) {
            auto const at = by_node.find(job.substr(0, job.find('_')));
            its.a_node = at != by_node.end() && at->second;
        }
        all_ = std::move(fresh);
    }
    /// Null where it was not asked.
    [[nodiscard]] of_one const* of(std::string const& job) const {
        auto const at = all_.find(job);
        return at == all_.end() ? nullptr : &at->second;
    }

private:
    template <class Do>
    static void each_row(std::string_view text, Do what) {
        while (!text.empty()) what(take_until(text, '\n'));
    }

    std::unordered_map<std::string, of_one> all_;
};

} // namespace rota::slurm

#endif
