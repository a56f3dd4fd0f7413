// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_HTTP_HPP
#define ROTA_KUBERNETES_HTTP_HPP

// The only header of the room that knows HTTP. Whoever includes it needs cpp-httplib, compiled as its package says
// (pkg-config cpp-httplib), with OpenSSL for https.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <ctime>
#include <fstream>
#include <ios>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>

#include <rota/core/units.hpp>
#include <rota/kubernetes/api.hpp>

namespace rota::kubernetes {

namespace detail {

/// In this thread a connection that the other side has closed is an error and no signal, as long as it lives: OpenSSL
/// writes its farewell without asking that of the kernel.
class no_sigpipe {
public:
    no_sigpipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        auto waiting = sigset_t{};
        sigpending(&waiting);
        waited_ = sigismember(&waiting, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~no_sigpipe() {
        auto const at_once = timespec{};
        while (!waited_ && sigtimedwait(&pipe_, nullptr, &at_once) == -1 && errno == EINTR) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    no_sigpipe(no_sigpipe const&) = delete;
    no_sigpipe& operator=(no_sigpipe const&) = delete;

private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool waited_ = false; ///< one that is not ours
};

} // namespace detail

/// How to reach an API server, and as whom.
struct http_settings {
    std::string url;        ///< scheme, host and port
    std::string token_file; ///< a service account's; read again for every request, since it is renewed
    std::string ca_file;    ///< who vouches for the server
    std::string cert_file;  ///< who we are, where there is no token
    std::string key_file;
    millis timeout_ms = 5'000;
    millis silence_ms = 300'000; ///< a watch that says nothing for so long is closed
};

/// An API server behind HTTP. A watch is a thread that reads.
class http {
public:
    class stream {
    public:
        stream(http_settings const& how, std::string target) : its_{std::make_shared<shared>(how)} {
            reader_ = std::thread{[its = its_, target = std::move(target)] { its->run(target); }};
        }
        stream(stream&&) = default;
        stream(stream const&) = delete;
        stream& operator=(stream&&) = delete;
        stream& operator=(stream const&) = delete;
        ~stream() {
            if (!reader_.joinable()) return; // moved from
            auto const quiet = detail::no_sigpipe{};
            {
                auto const lock = std::lock_guard{its_->mutex};
                its_->stopping = true;
            }
            while (!its_->over()) { // a stop before the connection is not heard
                its_->from.stop();
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
            reader_.join();
        }
        [[nodiscard]] watch_news read() {
            auto const lock = std::lock_guard{its_->mutex};
            auto out = watch_news{std::move(its_->lines), its_->closed, its_->status};
            its_->lines.clear();
            return out;
        }

    private:
        struct shared {
            explicit shared(http_settings const& how)
                : settings{how}, from{how.url, how.cert_file, how.key_file} {
                prepare(from, settings, settings.silence_ms);
            }
            void run(std::string const& target) {
                auto const quiet = detail::no_sigpipe{};
                auto rest = std::string{};
                auto const got = from.Get(
                    target.c_str(), headers(settings),
                    [this](httplib::Response const& begun) {
                        auto const lock = std::lock_guard{mutex};
                        status = begun.status;
                        return !stopping;
                    },
                    [this, &rest](char const* data, std::size_t count) {
                        rest.append(data, count);
                        auto const lock = std::lock_guard{mutex};
                        for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
                            if (status == 200 && end != 0) lines.push_back(rest.substr(0, end));
                            rest.erase(0, end + 1);
                        }
                        return !stopping;
                    });
                auto const lock = std::lock_guard{mutex};
                closed = true;
                if (!got && status == unheard)
                    status = 0; // one that breaks off later has closed where it was
            }
            [[nodiscard]] bool over() {
                auto const lock = std::lock_guard{mutex};
                return closed;
            }

            static constexpr int unheard = -1;
            http_settings settings;
            httplib::Client from;
            std::mutex mutex;
            std::vector<std::string> lines;
            bool closed = false;
            bool stopping = false;
            int status = unheard;
        };
        std::shared_ptr<shared> its_;
        std::thread reader_;
    };

    explicit http(http_settings how)
        : how_{std::move(how)}, client_{how_.url, how_.cert_file, how_.key_file} {
        prepare(client_, how_, how_.timeout_ms);
        client_.set_keep_alive(true);
    }
    ~http() {
        auto const quiet = detail::no_sigpipe{};
        client_.stop();
    }
    http(http const&) = delete;
    http& operator=(http const&) = delete;

    [[nodiscard]] answer get(std::string const& target) {
        auto const quiet = detail::no_sigpipe{};
        return said(client_.Get(target.c_str(), headers(how_)));
    }
    [[nodiscard]] answer post(std::string const& target, std::string const& body) {
        auto const quiet = detail::no_sigpipe{};
        return said(client_.Post(target.c_str(), headers(how_), body, json));
    }
    [[nodiscard]] answer del(std::string const& target, std::string const& body) {
        auto const quiet = detail::no_sigpipe{};
        return said(client_.Delete(target.c_str(), headers(how_), body, json));
    }
    [[nodiscard]] stream watch(std::string const& target) { return stream{how_, target}; }

private:
    static constexpr auto json = "application/json";

    static void prepare(httplib::Client& one, http_settings const& how, millis patience_ms) {
        one.set_connection_timeout(std::chrono::milliseconds{how.timeout_ms});
        one.set_write_timeout(std::chrono::milliseconds{how.timeout_ms});
        one.set_read_timeout(std::chrono::milliseconds{patience_ms});
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
        if (!how.ca_file.empty()) one.set_ca_cert_path(how.ca_file.c_str());
#endif
    }
    static httplib::Headers headers(http_settings const& how) {
        auto out = httplib::Headers{{"Accept", json}};
        if (how.token_file.empty()) return out;
        auto in = std::ifstream{how.token_file};
        auto token = std::string(std::size_t{1} << 16, '\0'); // what is longer is no token
        in.read(token.data(), static_cast<std::streamsize>(token.size()));
        token.resize(static_cast<std::size_t>(in.gcount()));
        while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
        out.emplace("Authorization", "Bearer " + token);
        return out;
    }
    static answer said(httplib::Result const& got) {
        if (!got) return {};
        return {got->status, got->body};
    }

    http_settings how_;
    httplib::Client client_;
};

static_assert(api<http>);

} // namespace rota::kubernetes

#endif
