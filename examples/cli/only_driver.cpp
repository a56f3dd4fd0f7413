// SPDX-License-Identifier: BSL-1.0
#include "only_driver.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rota/live/patience.hpp>

#include "failure.hpp"

namespace cli {

namespace {

/// FNV-1a: a name has room for some 100 bytes, and a path may have more.
std::uint64_t hash_of(std::string_view text) {
    auto out = std::uint64_t{14'695'981'039'346'656'037u};
    for (auto const c : text) out = (out ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    return out;
}

/// Who listens at that name.
std::string holder_of(sockaddr const* name, socklen_t size) {
    auto const asks = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto who = ucred{};
    auto length = socklen_t{sizeof who};
    auto const known = asks >= 0 && ::connect(asks, name, size) == 0 &&
                       ::getsockopt(asks, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0;
    if (asks >= 0) ::close(asks);
    return known ? fmt::format("process {} of user {}", who.pid, who.uid) : std::string{"another process"};
}

} // namespace

only_driver::only_driver(controller const& of, std::string const& partition)
    : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    auto const what = hash_of(of.name + '\n' + of.state + '\n' + partition);
    auto const words = fmt::format("rota-drive-slurm-{:016x}", what);
    auto name = sockaddr_un{};
    name.sun_family = AF_UNIX;
    std::copy(words.begin(), words.end(), name.sun_path + 1); // behind a zero: in no folder
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + words.size());
    auto const* const at = reinterpret_cast<sockaddr const*>(&name);
    auto const wrong = [&] {
        return socket_ >= 0 && ::bind(socket_, at, size) == 0 && ::listen(socket_, 8) == 0 ? 0 : errno;
    };
    auto const waits = rota::live::patience{};
    auto why = wrong();
    while (why == EADDRINUSE && waits.more()) why = wrong();
    if (why == 0) return;
    if (socket_ >= 0) ::close(socket_);
    if (why != EADDRINUSE) fail(fmt::format("a socket to be known by: {}", std::strerror(why)));
    refuse(fmt::format("partition '{}' of cluster '{}': {} drives it already, and two would withdraw each "
                       "other's starts",
                       partition, of.name, holder_of(at, size)));
}

only_driver::~only_driver() { ::close(socket_); }

} // namespace cli
