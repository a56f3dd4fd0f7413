// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVEN_CLUSTER_HPP
#define ROTA_CLI_DRIVEN_CLUSTER_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/command.hpp>

#include "slurm_way.hpp"

namespace cli {

/// Ends the command unless this user may drive that Slurm, and its version is known to fit.
void check_slurm(controller const& of, rota::slurm::runner const& run);

/// A Slurm cluster, and how often and for how long it was spoken to. A verb without an answer is the last of its round:
/// who waits for a silent Slurm once has waited long enough.
class driven_cluster {
public:
    enum verb : std::size_t { poll_, start_, hold_, save_, requeue_ };
    static constexpr auto verb_names =
        std::to_array<std::string_view>({"poll", "start", "hold", "save", "requeue"});
    struct account {
        std::uint64_t said = 0;
        std::uint64_t refused = 0;
        std::uint64_t unanswered = 0;
        double seconds = 0;
    };

    /// A dry run is about the jobs that Slurm would start, too.
    driven_cluster(slurm_way& to, bool dry) noexcept : to_{&to}, dry_{dry} {}

    [[nodiscard]] account const& of(std::size_t which) const noexcept { return accounts_[which]; }
    /// Jobs that wait and cannot be driven, each with why, as of the last poll that was answered.
    [[nodiscard]] std::map<std::string, std::string> const& left_alone() const noexcept { return left_; }

    std::optional<rota::live::snapshot> poll() {
        silent_ = false;
        return timed(poll_, [&](account& its) {
            auto got = to_->poll();
            its.unanswered += !got;
            if (got) note_left(got->jobs);
            return got;
        });
    }
    rota::live::reply start(std::string const& job, rota::cluster::placement const& where) {
        return say(start_, [&] { return to_->start(job, where); });
    }
    std::vector<rota::live::reply> start_all(std::vector<rota::live::wanted_start> const& all) {
        if (silent_) return std::vector<rota::live::reply>(all.size(), rota::live::reply::unknown);
        return timed(start_, [&](account& its) {
            auto got = to_->start_all(all);
            its.said += got.size() - 1;
            for (auto const one : got) note(its, one);
            return got;
        });
    }
    rota::live::reply hold(std::string const& job) {
        return say(hold_, [&] { return to_->hold(job); });
    }
    rota::live::reply save(std::string const& job) {
        return say(save_, [&] { return to_->save(job); });
    }
    rota::live::reply requeue(std::string const& job) {
        return say(requeue_, [&] { return to_->requeue(job); });
    }

private:
    template <class Do>
    std::invoke_result_t<Do&, account&> timed(verb which, Do what) {
        using clock = std::chrono::steady_clock;
        auto& its = accounts_[which];
        auto const from = clock::now();
        auto got = what(its);
        its.seconds += std::chrono::duration<double>(clock::now() - from).count();
        ++its.said;
        return got;
    }
    template <class Do>
    rota::live::reply say(verb which, Do what) {
        if (silent_) return rota::live::reply::unknown;
        return timed(which, [&](account& its) {
            auto const got = what();
            note(its, got);
            return got;
        });
    }
    void note_left(std::vector<rota::live::job_status> const& jobs) {
        using rota::live::job_state;
        left_.clear();
        for (auto const& one : jobs) {
            auto const waits = one.state == job_state::held || (dry_ && one.state == job_state::pending);
            if (waits && !one.unmapped.empty()) left_.emplace(one.id, one.unmapped);
        }
    }
    void note(account& its, rota::live::reply got) noexcept {
        silent_ = silent_ || got == rota::live::reply::unknown;
        its.refused += got == rota::live::reply::refused;
        its.unanswered += got == rota::live::reply::unknown;
    }

    slurm_way* to_;
    bool dry_;
    bool silent_ = false; ///< since the last poll
    std::array<account, verb_names.size()> accounts_{};
    std::map<std::string, std::string> left_;
};

} // namespace cli

#endif
