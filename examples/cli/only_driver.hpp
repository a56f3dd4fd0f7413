// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_ONLY_DRIVER_HPP
#define ROTA_CLI_ONLY_DRIVER_HPP

#include <string>

#include "slurm_way.hpp"

namespace cli {

/// As long as this lives, no other program of this machine drives that partition, whatever journal it keeps: two would
/// withdraw each other's starts.
///
/// Meaning   A name of the kernel's, which is free again when its holder has died, however it did.
class only_driver {
public:
    /// Ends the command where another one drives it.
    only_driver(controller const& of, std::string const& partition);
    only_driver(only_driver const&) = delete;
    only_driver& operator=(only_driver const&) = delete;
    ~only_driver();

private:
    int socket_;
};

} // namespace cli

#endif
