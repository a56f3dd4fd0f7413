// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_PATIENCE_HPP
#define ROTA_LIVE_PATIENCE_HPP

#include <chrono>
#include <thread>

#include <rota/core/units.hpp>

namespace rota::live {

/// How long a driver tries again to get what one driver alone may hold.
///
/// Meaning   A driver that is killed while it starts a client is outlived by a copy of itself, for a moment: until that
///           has become the client or hears of the death it holds every file and socket of the dead one. Whoever takes
///           the place at once would be told that there is another driver.
class patience {
public:
    explicit patience(millis ms = 2'000)
        : until_{std::chrono::steady_clock::now() + std::chrono::milliseconds{ms}} {}

    /// Waits a little and says that another try is due; false where the time is up.
    [[nodiscard]] bool more() const {
        if (std::chrono::steady_clock::now() >= until_) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return true;
    }

private:
    std::chrono::steady_clock::time_point until_;
};

} // namespace rota::live

#endif
