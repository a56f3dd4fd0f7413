// SPDX-License-Identifier: BSL-1.0
// What makes rota-libslurm of the rest of the tool.
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include <rota/libslurm/client.hpp>
#include <rota/libslurm/find_cluster.hpp>
#include <rota/libslurm/in_time.hpp>
#include <rota/libslurm/state.hpp>
#include <rota/slurm/site.hpp>

#include "failure.hpp"
#include "slurm_way.hpp"

namespace cli {

std::unique_ptr<slurm_way> open_slurm(rota::cluster::spec const& cluster, std::string const& partition,
                                      rota::slurm::site const& names, rota::millis timeout_ms) {
    return std::make_unique<slurm_through<rota::libslurm::client>>(cluster, partition, names, timeout_ms);
}

controller ask_controller(rota::millis timeout_ms) {
    struct answer {
        int error = SLURM_SUCCESS;
        controller said{};
    };
    auto call = rota::libslurm::in_time{timeout_ms};
    auto const got = call([] {
        static_cast<void>(rota::libslurm::load({})); // reads slurm.conf
        slurm_conf_t* all = nullptr;
        if (slurm_load_ctl_conf(0, &all) != SLURM_SUCCESS) return answer{rota::libslurm::last_error()};
        auto const text = [](char const* word) { return std::string{word == nullptr ? "" : word}; };
        auto out = answer{};
        out.said.version = text(all->version);
        out.said.owner = fmt::format("{}({})", text(all->slurm_user_name), all->slurm_user_id);
        out.said.name = text(all->cluster_name);
        out.said.state = text(all->state_save_location);
        slurm_free_ctl_conf(all);
        return out;
    });
    if (!got || got->error != SLURM_SUCCESS)
        fail(fmt::format("Slurm: {}", got ? slurm_strerror(got->error) : "no answer in time"));
    return got->said;
}

std::string slurm_way_name() { return "libslurm"; }

std::optional<rota::cluster::spec> find_slurm(std::string const& partition, std::string& complaint,
                                              rota::millis timeout_ms) {
    return rota::libslurm::find_cluster(partition, complaint, timeout_ms);
}

} // namespace cli
