// SPDX-License-Identifier: BSL-1.0
#include "metrics_server.hpp"

#include <csignal>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

#include "failure.hpp"

namespace cli {

struct metrics_server::body {
    std::mutex mutex;
    std::string page;
    httplib::Server server;
    std::thread thread;
};

metrics_server::metrics_server(std::string const& address, std::uint16_t port) {
    if (port == 0) return;
    body_ = std::make_unique<body>();
    auto& its = *body_;
    its.server.new_task_queue = [] { return new httplib::ThreadPool(2); };
    // who keeps a connection and says nothing keeps a thread, and the driver from its end
    its.server.set_keep_alive_max_count(1);
    its.server.set_keep_alive_timeout(1);
    its.server.set_read_timeout(1);
    its.server.set_write_timeout(1);
    its.server.Get("/metrics", [&its](httplib::Request const&, httplib::Response& answer) {
        auto const lock = std::lock_guard{its.mutex};
        answer.set_content(its.page, "text/plain; version=0.0.4");
    });
    if (!its.server.bind_to_port(address.c_str(), port))
        refuse(fmt::format("metrics: nobody can listen on {}:{}", address, port));
    auto all = sigset_t{};
    auto before = sigset_t{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the driver's
    its.thread = std::thread{[&its] { its.server.listen_after_bind(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

metrics_server::~metrics_server() {
    if (!body_) return;
    while (!body_->server.is_running()) std::this_thread::yield(); // a stop before the start is not heard
    body_->server.stop();
    body_->thread.join();
}

void metrics_server::publish(std::string page) {
    if (!body_) return;
    auto const lock = std::lock_guard{body_->mutex};
    body_->page = std::move(page);
}

} // namespace cli
