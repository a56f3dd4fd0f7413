// SPDX-License-Identifier: BSL-1.0
#include "metrics_server.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <rota/live/patience.hpp>

#include "failure.hpp"

namespace cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

/// One thread for all clients: each has so long to ask and to listen, however slowly it does, and is left then.
struct metrics_server::body {
    static constexpr auto patience = std::chrono::seconds{2};
    static constexpr auto clients_max = 32;

    /// One that has connected, as long as something of it is under way.
    class client : public std::enable_shared_from_this<client> {
    public:
        client(body& of, tcp::socket socket) : of_{of}, stream_{std::move(socket)} { ++of_.clients; }
        client(client const&) = delete;
        client& operator=(client const&) = delete;
        ~client() {
            if (of_.clients-- == clients_max && !of_.world.stopped()) of_.accept();
        }
        void serve() {
            stream_.expires_after(patience);
            http::async_read(stream_, heard_, asked_,
                             [self = shared_from_this()](error_code wrong, std::size_t) {
                                 if (!wrong) self->answer();
                             });
        }

    private:
        void answer() {
            auto const path = std::string_view{asked_.target()};
            auto const reads = asked_.method() == http::verb::get || asked_.method() == http::verb::head;
            auto const known = path.substr(0, path.find('?')) == "/metrics";
            said_.result(!reads  ? http::status::method_not_allowed
                         : known ? http::status::ok
                                 : http::status::not_found);
            said_.set(http::field::content_type, "text/plain; version=0.0.4");
            said_.keep_alive(false);
            if (reads && known) {
                auto const lock = std::lock_guard{of_.mutex};
                said_.body() = of_.page;
            }
            said_.prepare_payload();
            if (asked_.method() == http::verb::head) said_.body().clear(); // its length is said all the same
            http::async_write(stream_, said_, [self = shared_from_this()](error_code, std::size_t) {
                auto ignored = error_code{};
                self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            });
        }

        body& of_;
        beast::tcp_stream stream_;
        beast::flat_buffer heard_{8'192};
        http::request<http::empty_body> asked_;
        http::response<http::string_body> said_;
    };

    std::mutex mutex;
    std::string page;
    int clients = 0;
    asio::io_context world{1}; ///< with it clients go whose answers are under way
    tcp::acceptor listens{world};
    std::thread thread;

    [[nodiscard]] bool listen_at(std::string const& address, std::uint16_t port) {
        auto wrong = error_code{};
        auto const all = tcp::resolver{world}.resolve(
            address, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service, wrong);
        auto const waits = rota::live::patience{};
        do
            for (auto const& at : all) {
                listens.open(at.endpoint().protocol(), wrong);
                // what a former driver has said to its clients is no obstacle
                if (!wrong) listens.set_option(tcp::acceptor::reuse_address{true}, wrong);
                if (!wrong) listens.bind(at.endpoint(), wrong);
                if (!wrong) listens.listen(asio::socket_base::max_listen_connections, wrong);
                if (!wrong) return true;
                auto ignored = error_code{};
                listens.close(ignored);
            }
        while (!all.empty() && waits.more());
        return false;
    }
    /// The next client; while there are as many as may be, one of those who go asks for it.
    void accept() {
        listens.async_accept([this](error_code wrong, tcp::socket socket) {
            if (!wrong) std::make_shared<client>(*this, std::move(socket))->serve();
            else std::this_thread::sleep_for(patience / 20); // no file is left, perhaps
            if (clients < clients_max) accept();
        });
    }
};

metrics_server::metrics_server(std::string const& address, std::uint16_t port) {
    if (port == 0) return;
    body_ = std::make_unique<body>();
    auto& its = *body_;
    if (!its.listen_at(address, port))
        refuse(fmt::format("metrics: nobody can listen on {}:{}", address, port));
    its.accept();
    auto all = sigset_t{};
    auto before = sigset_t{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the driver's
    its.thread = std::thread{[&its] { its.world.run(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

metrics_server::~metrics_server() {
    if (!body_) return;
    body_->world.stop();
    body_->thread.join();
}

void metrics_server::publish(std::string page) {
    if (!body_) return;
    auto const lock = std::lock_guard{body_->mutex};
    body_->page = std::move(page);
}

} // namespace cli
