// SPDX-License-Identifier: BSL-1.0
// A driver that waits is woken through a socket, at once and however often it is rung; a full, dead, missing or foreign
// socket blocks nobody.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tally.hpp"

#include <rota/live/patience.hpp>
#include <rota/live/wake_up.hpp>

namespace {

namespace fs = std::filesystem;
using clock_type = std::chrono::steady_clock;
using rota::live::wake_up;
using std::chrono::milliseconds;

auto const at_once = rota::live::patience{0};

/// Whether it was rung, and how long that took.
auto waited(wake_up const& on, rota::millis ms) {
    auto const from = clock_type::now();
    auto const rung = on.wait(ms);
    return std::pair{rung, clock_type::now() - from};
}

void sounds(tally& t, std::string const& path) {
    auto why = std::string{};
    auto const one = wake_up::listen(path, why);
    if (!t.check(one.has_value(), why)) return;
    auto const [none, slept] = waited(*one, 50);
    t.check(!none && slept >= milliseconds{50}, "nobody rings: the time is up");
    t.check(wake_up::ring(path).empty() && waited(*one, 60'000).first, "rung before the wait");
    for (auto i = 0; i != 5'000; ++i)
        if (!wake_up::ring(path).empty()) t.check(false, "a full socket takes one more");
    auto const [many, drained] = waited(*one, 60'000);
    t.check(many && drained < milliseconds{10'000} && !one->wait(0), "however often, it is woken once");

    auto late = std::thread{[&] {
        std::this_thread::sleep_for(milliseconds{100});
        static_cast<void>(wake_up::ring(path));
    }};
    auto const [rung, took] = waited(*one, 60'000);
    late.join();
    t.check(rung && took >= milliseconds{50} && took < milliseconds{30'000}, "rung while it waits");

    auto const waiter = ::getpid();
    std::signal(SIGUSR1, [](int) {});
    auto const child = ::fork();
    if (child == 0) {
        ::poll(nullptr, 0, 200);
        ::kill(waiter, SIGUSR1);
        ::_exit(0);
    }
    auto const [woken, until] = waited(*one, 60'000);
    ::waitpid(child, nullptr, 0);
    t.check(!woken && until < milliseconds{30'000}, "a signal ends the wait");
    t.check(!wake_up::listen(path, why, at_once) && why == "another driver listens there", "one listener");
    t.check(!one->wait(0), "which does not hear of the other");
}

void lives(tally& t, std::string const& path) {
    auto why = std::string{};
    t.check(wake_up::ring(path) == "No such file or directory", "a listener that has left takes it along");
    auto const child = ::fork();
    if (child == 0) {
        auto const one = wake_up::listen(path, why);
        ::_exit(one.has_value() ? 0 : 1);
    }
    auto status = 0;
    ::waitpid(child, &status, 0);
    t.check(status == 0 && fs::is_socket(path), "one that was killed does not");
    t.check(wake_up::ring(path) == "nobody listens there", "nobody hears");
    auto next = wake_up::listen(path, why);
    t.check(next.has_value() && wake_up::ring(path).empty() && next->wait(60'000), "the next one takes over");
    auto const rights = fs::status(path).permissions();
    t.check((rights & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none, "nobody else's");

    auto const copy = ::fork(); // of one that dies as it is about to start a client
    if (copy == 0) {
        ::poll(nullptr, 0, 300);
        ::_exit(0);
    }
    auto const name = path + ".away"; // a death leaves the name
    fs::rename(path, name);
    next.reset();
    fs::rename(name, path);
    t.check(!wake_up::listen(path, why, at_once), "its copy listens");
    t.check(wake_up::listen(path, why, rota::live::patience{60'000}).has_value(), "for a moment");
    ::waitpid(copy, nullptr, 0);
}

void refuses(tally& t, fs::path const& folder) {
    auto why = std::string{};
    auto const file = (folder / "file").string();
    std::ofstream{file} << "mine";
    t.check(!wake_up::listen(file, why) && why == "there is a file that is no socket" &&
                fs::file_size(file) == 4,
            "a file stays what it is");
    t.check(!wake_up::listen((folder / "no" / "where").string(), why) && !why.empty(), "no such folder");
    auto const long_one = (folder / std::string(200, 'x')).string();
    t.check(!wake_up::listen(long_one, why) && why == "a socket's path has from 1 to 107 bytes", "too long");
    t.check(!wake_up::ring(long_one).empty() && !wake_up::ring("").empty(), "for both");
}

} // namespace

int main() {
    auto t = tally{};
    auto const folder = fs::temp_directory_path() / ("rota-wake-up-" + std::to_string(::getpid()));
    fs::create_directory(folder);
    sounds(t, (folder / "socket").string());
    lives(t, (folder / "socket").string());
    refuses(t, folder);
    fs::remove_all(folder);
    return t.end();
}
