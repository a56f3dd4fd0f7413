// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PEERS_PEER_HPP
#define ROTA_PEERS_PEER_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>

#include "record.hpp"

namespace peers {

/// What cannot be replayed, and why, in a sentence for the user.
class refusal : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a peer is run on. Submit times and durations are whole seconds.
struct input {
    rota::job::workload jobs;
    rota::cluster::spec cluster;
    std::string policy;
    std::string placement;
    std::int64_t round_s = 0;      ///< 0: the peer's own
    std::vector<std::int64_t> law; ///< samples of the size law, for the policies that ask for one
};

/// The policy ranks by a size law, which the caller brings.
[[nodiscard]] inline bool tiresias_needs_law(std::string_view policy) noexcept {
    return policy == "dlas-gpu-gittins" || policy == "gittins";
}

/// The rows that the named peer writes for `from`.
///
/// Refuses   unknown names, times that are not whole seconds, placements that the peer itself does not
/// survive.
[[nodiscard]] std::vector<record> run_peer(std::string_view name, input from);

} // namespace peers

#endif
