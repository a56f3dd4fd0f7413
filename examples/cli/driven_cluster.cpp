// SPDX-License-Identifier: BSL-1.0
#include "driven_cluster.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "failure.hpp"

namespace cli {

namespace {

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

} // namespace

void check_slurm(controller const& of, rota::slurm::runner const& run) {
    constexpr auto oldest = 2205;
    if (!of.clients.empty() && release_of(of.clients) < oldest)
        fail(fmt::format("scontrol --version says '{}': clients of Slurm 22.05 or newer are needed",
                         of.clients));
    if (release_of(of.version) < oldest)
        fail(fmt::format("the controller is of version '{}': Slurm 22.05 or newer is needed", of.version));
    // root, SlurmUser and operators may release and requeue what others have submitted
    auto const me = std::to_string(::geteuid());
    if (::geteuid() == 0 || of.owner.find('(' + me + ')') != of.owner.npos) return;
    auto const level = run({"sacctmgr", "--noheader", "--parsable2", "show", "user", "where", "user=" + me,
                            "format=AdminLevel"});
    if (level.out.starts_with("Operator") || level.out.starts_with("Administrator")) return;
    fail(
        fmt::format("user {} may not drive this cluster: be root, SlurmUser ({}), or have Slurm's AdminLevel "
                    "Operator",
                    me, of.owner));
}

} // namespace cli
