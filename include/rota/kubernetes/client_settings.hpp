// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_CLIENT_SETTINGS_HPP
#define ROTA_KUBERNETES_CLIENT_SETTINGS_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <rota/core/units.hpp>

namespace rota::kubernetes {

/// What a client is to do.
struct client_settings {
    std::string scheduler = "rota";  ///< pods whose schedulerName this is are its jobs
    std::vector<std::string> spaces; ///< namespaces that are tenants, in the order of their numbers
    /// The grace of pods whose own grace shall not be waited for. Never 0: that would free GPUs that are in use.
    std::int64_t kill_grace_s = 1;
    millis away_ms = 60'000; ///< how long a job waits for whoever makes its pods, when it has none
    bool recovers = false;   ///< the runs of the first poll are known to the host, from its journal
    bool tends = true;       ///< it takes down what is left of broken gangs; false: it only looks
};

} // namespace rota::kubernetes

#endif
