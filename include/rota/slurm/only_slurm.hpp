// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_ONLY_SLURM_HPP
#define ROTA_SLURM_ONLY_SLURM_HPP

#include <string_view>

namespace rota::slurm {

/// What a job may ask for, besides GPUs, that only Slurm's own scheduler knows how to grant.
struct only_slurm {
    bool later = false;       ///< --begin, and that is still to come
    bool nodes = false;       ///< --nodelist
    bool not_nodes = false;   ///< --exclude
    bool alone = false;       ///< --exclusive, in each of its forms
    bool contiguous = false;  ///< --contiguous
    bool switches = false;    ///< --switches
    bool reservation = false; ///< --reservation
    bool licenses = false;    ///< --licenses
    bool partitions = false;  ///< --partition with several
    bool disk = false;        ///< --tmp, and not every node has as much
    bool more_nodes = false;  ///< --nodes, and its GPUs fit on fewer
    bool one_run = false;     ///< --no-requeue, or it is no batch job: who stops it ends it

    /// Why such a job is left alone; empty where it asks for none of it.
    [[nodiscard]] constexpr std::string_view reason() const noexcept {
        return later         ? "its time to begin is still to come"
               : nodes       ? "it asks for nodes by name"
               : not_nodes   ? "it excludes nodes by name"
               : alone       ? "it wants its nodes to itself"
               : contiguous  ? "it asks for contiguous nodes"
               : switches    ? "it asks for a number of switches"
               : reservation ? "it asks for a reservation"
               : licenses    ? "it asks for licenses"
               : partitions  ? "it may run in several partitions"
               : disk        ? "it asks for more temporary disk than every node has"
               : more_nodes  ? "it asks for more nodes than its GPUs take"
               : one_run     ? "it may not be requeued"
                             : "";
    }
};

} // namespace rota::slurm

#endif
