// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_LAW_WATCH_HPP
#define ROTA_CLI_LAW_WATCH_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/report.hpp>

namespace cli {

/// A driver's log up to a moment, its jobs by their names in the manager, and what its schedulers promised.
struct log_so_far {
    rota::log::schedule log;
    rota::job::workload jobs;
    std::vector<std::string> names;
    rota::claim claims = rota::claim::none;
};

/// Judges a driver's log by the laws while it grows, in a thread of its own and never while the driver waits.
///
/// Meaning   The whole log is judged again when it has grown by a tenth, or after a minute: so all judgements together
///           cost some ten times the last one, less than 0.1 s for 100,000 records. The driver waits for a copy of its
///           log, 1 to 3 ms.
class law_watch {
public:
    /// A law that has broken.
    struct breach {
        rota::verify::law which;
        rota::sim_time at{};
        std::string job; ///< of the record that broke it; empty: it is about none
        std::string story;
    };

    explicit law_watch(rota::cluster::spec const& cluster) noexcept : cluster_{&cluster} {}

    /// A judgement is under way.
    [[nodiscard]] bool busy() const;
    /// A log of so many records is to be judged now.
    [[nodiscard]] bool due(std::size_t records, std::int64_t now_ms) const noexcept;
    /// Begins to judge. `last`: what comes is another log, which begins with how things stood. Expects not to be busy.
    void judge(log_so_far its, std::int64_t now_ms, bool last = false);
    /// What a judgement that has ended has found for the first time.
    [[nodiscard]] std::vector<breach> news();
    /// The same, once the one under way has ended.
    [[nodiscard]] std::vector<breach> wait();

    /// How every law has fared since the driver started.
    [[nodiscard]] rota::verify::report found() const;
    [[nodiscard]] std::uint64_t records() const noexcept { return past_records_ + records_; }

private:
    struct judgement {
        rota::verify::report found;
        std::vector<breach> breaches;
    };

    rota::cluster::spec const* cluster_;
    std::future<judgement> under_way_;
    bool last_ = false;
    std::int64_t began_ms_ = 0;
    rota::verify::report found_; ///< in the log that grows
    std::uint64_t records_ = 0;  ///< of it, judged
    rota::verify::report past_;  ///< in those before
    std::uint64_t past_records_ = 0;
    std::array<bool, rota::verify::laws> said_{}; ///< of this log
};

} // namespace cli

#endif
