// SPDX-License-Identifier: BSL-1.0
#include <rota/live/wake_up.hpp>

#include <fmt/format.h>

#include "failure.hpp"
#include "options.hpp"

namespace cli {

int wake_up(wake_up_options const& asked) {
    if (auto const why = rota::live::wake_up::ring(asked.socket); !why.empty())
        fail(fmt::format("{}: {}", asked.socket, why));
    return 0;
}

} // namespace cli
