// SPDX-License-Identifier: BSL-1.0
#include "console.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

#include "failure.hpp"

namespace cli {

namespace {

std::sig_atomic_t volatile signal_that_came = 0;

/// Where nobody reads stderr, nothing is lost but the words.
void to_stderr(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void remember(int signal) { signal_that_came = signal; }

} // namespace

void print(std::string_view text) {
    auto const written = std::fwrite(text.data(), 1, text.size(), stdout);
    if ((written != text.size() || std::fflush(stdout) != 0) && errno != EPIPE)
        fail(fmt::format("cannot write to stdout: {}", std::strerror(errno)));
}

void say(std::string_view line) { to_stderr(fmt::format("{}\n", line)); }

void catch_signals() {
    struct sigaction how{};
    how.sa_handler = remember;
    how.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &how, nullptr);
    sigaction(SIGTERM, &how, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file over the limit of its user is a write that fails
}

void end_on_signals() {
    for (auto const one : {SIGINT, SIGTERM}) std::signal(one, SIG_DFL);
    stop_if_signalled(); // it came before
}

int signalled() noexcept { return signal_that_came; }
bool interrupted() { return signalled() != 0; }

void stop_if_signalled() {
    if (interrupted()) throw failure{128 + signalled(), "interrupted: no unfinished file is left behind"};
}

progress::progress(std::size_t simulations)
    : simulations_{simulations}, terminal_{isatty(STDERR_FILENO) == 1} {}

progress::~progress() { clear(); }

void progress::begin(std::string_view name) {
    name_ = name;
    last_ = {};
    show(0);
}

void progress::show(double share) {
    auto const now = std::chrono::steady_clock::now();
    if (!terminal_ || now - last_ < std::chrono::milliseconds{100}) return;
    last_ = now;
    constexpr auto width = 30;
    auto const all = (static_cast<double>(done_) + share) / static_cast<double>(simulations_);
    auto const filled = static_cast<int>(all * width);
    to_stderr(fmt::format("\r\033[K[{:#<{}}{:.<{}}] {}/{} {} {:.0f} %", "", filled, "", width - filled,
                          done_ + 1, simulations_, name_, 100 * share));
    std::fflush(stderr);
}

void progress::end(std::string_view result) {
    ++done_;
    clear();
    to_stderr(fmt::format("[{}/{}] {}: {}\n", done_, simulations_, name_, result));
}

void progress::clear() const {
    if (terminal_) to_stderr("\r\033[K");
}

} // namespace cli
