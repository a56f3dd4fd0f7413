// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_WAKE_UP_HPP
#define ROTA_LIVE_WAKE_UP_HPP

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <rota/core/units.hpp>
#include <rota/live/patience.hpp>

namespace rota::live {

/// A local socket at which whoever knows that something has happened wakes a driver between two rounds. POSIX.
///
/// Meaning   What has happened is not said: the next poll shows it. A word that gets lost costs the time to that poll.
class wake_up {
public:
    wake_up(wake_up const&) = delete;
    wake_up(wake_up&& other) noexcept
        : socket_{std::exchange(other.socket_, -1)}, path_{std::move(other.path_)} {}
    wake_up& operator=(wake_up const&) = delete;
    wake_up& operator=(wake_up&& other) noexcept {
        std::swap(socket_, other.socket_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~wake_up() {
        if (socket_ < 0) return;
        ::unlink(path_.c_str());
        ::close(socket_);
    }

    /// Listens there; what a dead listener has left is taken over. Nothing where that fails, or another listens there
    /// until the patience ends; `why` says.
    ///
    /// Only programs of the same user, and root's, reach it.
    [[nodiscard]] static std::optional<wake_up> listen(std::string const& path, std::string& why,
                                                       patience const& waits = patience{}) {
        auto const at = address_of(path, why);
        if (!at) return std::nullopt;
        struct stat is{};
        if (::lstat(path.c_str(), &is) == 0) {
            why = "there is a file that is no socket";
            if (!S_ISSOCK(is.st_mode)) return std::nullopt;
            why = "another driver listens there";
            while (is_heard(*at))
                if (!waits.more()) return std::nullopt;
            ::unlink(path.c_str());
        }
        auto const before = ::umask(0177);
        auto const made = make();
        auto const bound =
            made >= 0 && ::bind(made, reinterpret_cast<sockaddr const*>(&*at), sizeof *at) == 0;
        auto const error = errno;
        ::umask(before);
        if (bound) return wake_up{made, path};
        if (made >= 0) ::close(made);
        why = std::strerror(error);
        return std::nullopt;
    }

    /// Until somebody rings, a signal comes, or the time is up. True: somebody has rung, however often.
    [[nodiscard]] bool wait(millis at_most) const {
        auto waits = pollfd{socket_, POLLIN, 0};
        if (::poll(&waits, 1, static_cast<int>(at_most)) <= 0) return false;
        auto rung = false;
        for (auto byte = char{}; ::recv(socket_, &byte, 1, MSG_DONTWAIT) >= 0;) rung = true;
        return rung;
    }

    /// Wakes whoever listens there; never waits. What is wrong, or nothing.
    [[nodiscard]] static std::string ring(std::string const& path) {
        auto why = std::string{};
        auto const at = address_of(path, why);
        if (!at) return why;
        auto const from = make();
        auto const put = from < 0 ? -1
                                  : ::sendto(from, "!", 1, MSG_DONTWAIT,
                                             reinterpret_cast<sockaddr const*>(&*at), sizeof *at);
        auto const error = put == 1 ? 0 : errno;
        if (from >= 0) ::close(from);
        if (error == 0 || error == EAGAIN || error == ENOBUFS)
            return {}; // full: it has been rung often enough
        return error == ECONNREFUSED ? "nobody listens there" : std::strerror(error);
    }

private:
    wake_up(int socket, std::string path) noexcept : socket_{socket}, path_{std::move(path)} {}
    [[nodiscard]] static int make() noexcept { return ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }
    /// Somebody listens there; nothing is said.
    [[nodiscard]] static bool is_heard(sockaddr_un const& at) noexcept {
        auto const asks = make();
        auto const heard =
            asks >= 0 && ::connect(asks, reinterpret_cast<sockaddr const*>(&at), sizeof at) == 0;
        if (asks >= 0) ::close(asks);
        return heard;
    }
    [[nodiscard]] static std::optional<sockaddr_un> address_of(std::string const& path, std::string& why) {
        auto at = sockaddr_un{};
        at.sun_family = AF_UNIX;
        why = "a socket's path has from 1 to " + std::to_string(sizeof at.sun_path - 1) + " bytes";
        if (path.empty() || path.size() >= sizeof at.sun_path) return std::nullopt;
        std::memcpy(at.sun_path, path.c_str(), path.size() + 1);
        return at;
    }

    int socket_;
    std::string path_;
};

} // namespace rota::live

#endif
