// SPDX-License-Identifier: BSL-1.0
#include "dry_run.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/live/shadow.hpp>

#include "console.hpp"
#include "driven_cluster.hpp"
#include "named_nodes.hpp"

namespace cli {

void dry_run(drive_session& in) {
    using shadow = rota::live::shadow<driven_cluster>;
    auto host = shadow{in.cluster, rota::tenant_tree{in.config.tenants}, in.backend};
    auto before = std::map<std::string, shadow::remark>{};
    auto const from = steady_ms();
    while (signalled() == 0) {
        if (drive_session::asked_to_reload()) static_cast<void>(in.reload());
        auto const got = host.round(rota::sim_time{steady_ms() - from}, in.schedulers.make(in.config));
        in.heard(got.has_value());
        in.say_left([](std::string const&) { return false; });
        auto wants = std::map<std::string, shadow::remark>{};
        for (auto const& one : got.value_or(std::vector<shadow::remark>{})) {
            using deed = shadow::deed;
            static constexpr auto names =
                std::to_array<std::string_view>({"would_start", "would_stop", "would_move", "would_reject",
                                                 "slurm_started", "slurm_requeued", "slurm_ended"});
            auto const name = names[static_cast<std::size_t>(one.what)];
            auto const where = named_nodes(in.cluster, one.where);
            if (one.what < deed::started) {
                wants.emplace(one.job, one);
                auto const was = before.find(one.job);
                if (was == before.end() || !(was->second == one))
                    in.log.line(name, {{"job", one.job}, {"nodes", where}});
            } else {
                auto const wanted = before.find(one.job);
                in.log.line(name, {{"job", one.job},
                                   {"nodes", where},
                                   {"wanted", wanted == before.end()
                                                  ? std::string{"-"}
                                                  : named_nodes(in.cluster, wanted->second.where)}});
            }
        }
        if (got) before = std::move(wants);
        in.rest(in.pace_ms());
    }
    in.log.line("stopped", {{"signal", std::to_string(signalled())}});
}

} // namespace cli
