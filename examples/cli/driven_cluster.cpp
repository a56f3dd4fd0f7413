// SPDX-License-Identifier: BSL-1.0
#include "driven_cluster.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "failure.hpp"

namespace cli {

namespace {

using rota::slurm::command_result;

/// What a client of Slurm prints; ends the command where it prints nothing.
std::string asked(rota::slurm::runner const& run, std::vector<std::string> const& argv) {
    auto got = run(argv);
    if (got.how == command_result::end::exited && got.code == 0) return std::move(got.out);
    while (got.err.ends_with('\n')) got.err.pop_back();
    fail(fmt::format("{} {}: {}", argv[0], argv[1],
                     got.how == command_result::end::timed_out     ? "no answer in time"
                     : got.how == command_result::end::not_started ? "it does not start; is Slurm installed?"
                                                                   : got.err));
}

/// 22.05 of `slurm 22.05.8`, as 2205; 0 where there is none.
int release_of(std::string_view text) {
    auto const from = text.find_first_of("0123456789");
    if (from == text.npos) return 0;
    auto year = 0;
    auto month = 0;
    auto const* const end = text.data() + text.size();
    auto const [dot, why] = std::from_chars(text.data() + from, end, year);
    if (why != std::errc{} || dot == end || *dot != '.') return 0;
    if (std::from_chars(dot + 1, end, month).ec != std::errc{}) return 0;
    return year * 100 + month;
}

/// The value of `KEY = value` in what `scontrol show config` prints.
std::string_view value_of(std::string_view config, std::string_view key) {
    while (!config.empty()) {
        auto const end = std::min(config.find('\n'), config.size());
        auto row = config.substr(0, end);
        config.remove_prefix(std::min(end + 1, config.size()));
        auto const equals = row.find('=');
        if (equals == row.npos || row.substr(0, row.find_first_of(" =")) != key) continue;
        row.remove_prefix(equals + 1);
        row.remove_prefix(std::min(row.find_first_not_of(' '), row.size()));
        return row;
    }
    return {};
}

} // namespace

std::string check_slurm(rota::slurm::runner const& run) {
    constexpr auto oldest = 2205;
    auto const here = asked(run, {"scontrol", "--version"});
    if (release_of(here) < oldest)
        fail(fmt::format("scontrol --version says '{}': clients of Slurm 22.05 or newer are needed",
                         here.substr(0, here.find('\n'))));
    auto const config = asked(run, {"scontrol", "show", "config"});
    auto const there = value_of(config, "SLURM_VERSION");
    if (release_of(there) < oldest)
        fail(fmt::format("the controller is of version '{}': Slurm 22.05 or newer is needed", there));
    // root, SlurmUser and operators may release and requeue what others have submitted
    auto const owner = value_of(config, "SlurmUser");
    auto const me = std::to_string(::geteuid());
    if (::geteuid() == 0 || owner.find('(' + me + ')') != owner.npos) return std::string{there};
    auto const level = run({"sacctmgr", "--noheader", "--parsable2", "show", "user", "where", "user=" + me,
                            "format=AdminLevel"});
    if (level.out.starts_with("Operator") || level.out.starts_with("Administrator"))
        return std::string{there};
    fail(
        fmt::format("user {} may not drive this cluster: be root, SlurmUser ({}), or have Slurm's AdminLevel "
                    "Operator",
                    me, owner));
}

} // namespace cli
