// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_FIND_CLUSTER_HPP
#define ROTA_SLURM_FIND_CLUSTER_HPP

#include <optional>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/slurm/command.hpp>
#include <rota/slurm/count_besides.hpp>
#include <rota/slurm/sinfo.hpp>

namespace rota::slurm {

/// The cluster that a partition is made of, as sinfo shows it, with as much CPU and memory as Slurm gives out. Nothing where it
/// does not, with `complaint` set.
template <class Run = runner>
[[nodiscard]] std::optional<cluster::spec> find_cluster(std::string const& partition, std::string& complaint,
                                                        Run const& run = Run{}) {
    auto const got =
        run({"sinfo", "--noheader", "--Node", "--partition=" + partition, "-O", std::string{sinfo_format}});
    auto const rows = read_sinfo(got.out);
    auto made = rows ? cluster_of(*rows) : std::nullopt;
    if (got.how != command_result::end::exited || got.code != 0 || !made || made->nodes.empty()) {
        complaint = got.err.empty() ? "sinfo shows no node with GPUs" : got.err;
        return std::nullopt;
    }
    if (!count_besides(partition, *made, complaint, run)) return std::nullopt;
    return made;
}

} // namespace rota::slurm

#endif
