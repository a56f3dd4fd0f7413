// SPDX-License-Identifier: BSL-1.0
#include "metrics_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rota/live/patience.hpp>

#include "drive_session.hpp"
#include "failure.hpp"

namespace cli {

namespace {

/// The answer to what a client has said; nothing where more is to come.
std::string answer_to(std::string_view said, std::string_view page) {
    constexpr auto most = std::size_t{8'192};
    auto const whole = said.find("\r\n\r\n") != said.npos || said.find("\n\n") != said.npos;
    if (!whole && said.size() < most) return {};
    auto const line = said.substr(0, said.find_first_of("\r\n"));
    auto const method = line.substr(0, line.find(' '));
    auto const rest = line.substr(std::min(method.size() + 1, line.size()));
    auto const path = rest.substr(0, rest.find_first_of(" ?"));
    auto const known = path == "/metrics";
    auto const reads = method == "GET" || method == "HEAD";
    auto const code = !whole   ? "431 Request Header Fields Too Large"
                      : !reads ? "405 Method Not Allowed"
                      : !known ? "404 Not Found"
                               : "200 OK";
    auto const body = code == std::string_view{"200 OK"} ? page : std::string_view{};
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n"
                       "Connection: close\r\n\r\n{}",
                       code, body.size(), method == "HEAD" ? std::string_view{} : body);
}

} // namespace

/// One thread for all clients: each has so long to ask and to listen, however slowly it does, and is left then.
struct metrics_server::body {
    struct client {
        int socket;
        std::int64_t until_ms;
        std::string said{};
        std::string answer{}; ///< what of it is not sent yet
    };
    static constexpr auto patience_ms = std::int64_t{2'000};
    static constexpr auto clients_max = std::size_t{32};

    std::mutex mutex;
    std::string page;
    int listens = -1;
    std::array<int, 2> ends{-1, -1}; ///< a byte ends the thread
    std::vector<client> clients;
    std::thread thread;

    ~body() {
        for (auto const& one : clients) ::close(one.socket);
        for (auto const one : {listens, ends[0], ends[1]})
            if (one >= 0) ::close(one);
    }
    [[nodiscard]] bool listen_at(std::string const& address, std::uint16_t port) {
        auto how = addrinfo{};
        how.ai_socktype = SOCK_STREAM;
        how.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
        addrinfo* all = nullptr;
        if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &how, &all) != 0) return false;
        auto const freed = std::unique_ptr<addrinfo, void (*)(addrinfo*)>{all, ::freeaddrinfo};
        auto const waits = rota::live::patience{};
        do
            for (auto const* at = all; at != nullptr; at = at->ai_next) {
                auto const kind = at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
                listens = ::socket(at->ai_family, kind, at->ai_protocol);
                auto const yes = 1; // what a former driver has said to its clients is no obstacle
                if (listens >= 0) ::setsockopt(listens, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
                if (listens >= 0 && ::bind(listens, at->ai_addr, at->ai_addrlen) == 0 &&
                    ::listen(listens, 32) == 0)
                    return true;
                if (listens >= 0) ::close(std::exchange(listens, -1));
            }
        while (waits.more());
        return false;
    }
    void serve() {
        for (;;) {
            auto waits = std::vector<pollfd>{{ends[0], POLLIN, 0}};
            auto const open = clients.size() < clients_max; // the others wait for one to be left
            waits.push_back({open ? listens : -1, POLLIN, 0});
            auto first = std::int64_t{-1};
            for (auto const& one : clients) {
                auto const events = one.answer.empty() ? POLLIN : POLLOUT;
                waits.push_back({one.socket, static_cast<short>(events), 0});
                first = first < 0 ? one.until_ms : std::min(first, one.until_ms);
            }
            auto const left = first < 0 ? first : std::max<std::int64_t>(first - steady_ms(), 0);
            ::poll(waits.data(), waits.size(), static_cast<int>(left));
            if (waits[0].revents != 0) return;
            for (auto i = std::size_t{0}; i != clients.size(); ++i) {
                auto& one = clients[i];
                auto const goes_on = waits[i + 2].revents == 0 || tend(one);
                if (goes_on && steady_ms() < one.until_ms) continue;
                ::close(std::exchange(one.socket, -1));
            }
            std::erase_if(clients, [](client const& one) { return one.socket < 0; });
            if (waits[1].revents == 0) continue;
            auto const fresh = ::accept4(listens, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fresh >= 0) clients.push_back({fresh, steady_ms() + patience_ms});
        }
    }
    /// Hears or says some more; false where there is nothing left to do.
    [[nodiscard]] bool tend(client& one) {
        if (one.answer.empty()) {
            auto bytes = std::array<char, 4'096>{};
            auto const count = ::recv(one.socket, bytes.data(), bytes.size(), 0);
            if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
            one.said.append(bytes.data(), static_cast<std::size_t>(count));
            auto const lock = std::lock_guard{mutex};
            one.answer = answer_to(one.said, page);
            if (one.answer.empty()) return true;
        }
        auto const count = ::send(one.socket, one.answer.data(), one.answer.size(), MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        one.answer.erase(0, static_cast<std::size_t>(count));
        return !one.answer.empty();
    }
};

metrics_server::metrics_server(std::string const& address, std::uint16_t port) {
    if (port == 0) return;
    body_ = std::make_unique<body>();
    auto& its = *body_;
    if (!its.listen_at(address, port) || ::pipe2(its.ends.data(), O_CLOEXEC) != 0)
        refuse(fmt::format("metrics: nobody can listen on {}:{}", address, port));
    auto all = sigset_t{};
    auto before = sigset_t{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the driver's
    its.thread = std::thread{[&its] { its.serve(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

metrics_server::~metrics_server() {
    if (!body_) return;
    while (::write(body_->ends[1], "x", 1) < 0 && errno == EINTR) continue;
    body_->thread.join();
}

void metrics_server::publish(std::string page) {
    if (!body_) return;
    auto const lock = std::lock_guard{body_->mutex};
    body_->page = std::move(page);
}

} // namespace cli
