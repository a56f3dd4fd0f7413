// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_COMMAND_HPP
#define ROTA_SLURM_COMMAND_HPP

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <rota/core/units.hpp>

namespace rota::slurm {

/// What became of a command.
struct command_result {
    enum class end : unsigned char {
        exited,
        not_started, ///< no such program, or no resources
        timed_out,   ///< killed, with whatever it had started
    };
    end how = end::not_started;
    int code = 0; ///< of its exit; 128 + n where signal n ended it
    std::string out;
    std::string err;
};

/// Runs a program with these arguments, without a shell, for so long at most. POSIX.
///
/// Meaning   stdin is the input, from a file, so that nobody waits for it to be read. The program has a process
///           group of its own, which is killed when the time is up: the clients of Slurm wait for a dead
///           controller for minutes. It dies with whoever runs it (Linux): a driver that comes back must not find
///           a client of its predecessor still saying what that one wanted.
/// Expects   at least the program's name, looked for in PATH.
class runner {
public:
    explicit runner(millis timeout_ms = 10'000) noexcept : timeout_ms_{timeout_ms} {}

    [[nodiscard]] command_result operator()(std::vector<std::string> const& argv,
                                            std::string const& input = {}) const {
        using clock = std::chrono::steady_clock;
        auto got = command_result{};
        auto const until = clock::now() + std::chrono::milliseconds{timeout_ms_};
        auto pipes = std::array<std::array<int, 2>, 2>{{{-1, -1}, {-1, -1}}};
        auto in = file_of(input);
        auto open = in >= 0;
        for (auto& one : pipes) open = open && ::pipe2(one.data(), O_CLOEXEC) == 0;
        auto const pid = open ? spawn(argv, in, pipes[0][1], pipes[1][1]) : -1;
        close(in);
        for (auto& one : pipes) close(one[1]);
        if (pid > 0) {
            auto const left = [&] {
                return std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
            };
            got.how = command_result::end::exited;
            while ((pipes[0][0] >= 0 || pipes[1][0] >= 0) && got.how == command_result::end::exited)
                if (!read_some(pipes[0][0], got.out, pipes[1][0], got.err, left()))
                    got.how = command_result::end::timed_out;
            while (got.how == command_result::end::exited && !reaped(pid, got, WNOHANG)) {
                if (left() <= 0) got.how = command_result::end::timed_out;
                ::poll(nullptr, 0, 1);
            }
            if (got.how == command_result::end::timed_out) {
                ::kill(-pid, SIGKILL);
                static_cast<void>(reaped(pid, got, 0));
            }
        }
        for (auto& one : pipes) close(one[0]);
        return got;
    }

private:
    static void close(int& file) noexcept {
        if (file >= 0) ::close(file);
        file = -1;
    }
    /// A file without a name that holds the text, read from its beginning; -1 where there is none to be had.
    [[nodiscard]] static int file_of(std::string const& text) {
        if (text.empty()) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        auto* const made = std::tmpfile();
        if (made == nullptr) return -1;
        auto const whole = std::fwrite(text.data(), 1, text.size(), made) == text.size() &&
                           std::fseek(made, 0, SEEK_SET) == 0;
        auto const file = whole ? ::fcntl(::fileno(made), F_DUPFD_CLOEXEC, 0) : -1;
        static_cast<void>(std::fclose(made)); // what was written is whole, or `whole` is false
        return file;
    }
    /// The process that became the program; -1 where it could not.
    [[nodiscard]] static pid_t spawn(std::vector<std::string> const& argv, int in, int out, int err) {
        auto words = std::vector<char*>{};
        for (auto const& word : argv) words.push_back(const_cast<char*>(word.c_str())); // never written to
        words.push_back(nullptr);
        auto told = std::array<int, 2>{-1, -1}; // closed as the program begins, a byte where it does not
        if (::pipe2(told.data(), O_CLOEXEC) != 0) return -1;
        [[maybe_unused]] auto const here = ::getpid();
        auto const pid = ::fork();
        if (pid == 0) { // other threads may hold any lock: nothing but calls that need none
            ::setpgid(0, 0);
            auto bound = true;
#ifdef __linux__
            bound = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == here;
#endif
            if (bound && ::dup2(in, 0) == 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2)
                ::execvp(words[0], words.data());
            static_cast<void>(::write(told[1], "x", 1));
            ::_exit(127);
        }
        close(told[1]);
        auto failed = char{};
        auto count = pid > 0 ? ::read(told[0], &failed, 1) : -1;
        while (pid > 0 && count < 0 && errno == EINTR) count = ::read(told[0], &failed, 1);
        close(told[0]);
        if (count == 0) return pid;
        if (pid > 0) ::waitpid(pid, nullptr, 0);
        return -1;
    }
    /// False where the time was up before anything came.
    [[nodiscard]] static bool read_some(int& out, std::string& to_out, int& err, std::string& to_err,
                                        long long left_ms) {
        if (left_ms <= 0) return false;
        auto waits = std::array<pollfd, 2>{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
        auto const ready = ::poll(waits.data(), waits.size(), static_cast<int>(left_ms));
        if (ready == 0) return false;
        auto const take = [](short events, int& file, std::string& to) {
            if (events == 0) return;
            auto bytes = std::array<char, 65536>{};
            auto const count = ::read(file, bytes.data(), bytes.size());
            if (count > 0) to.append(bytes.data(), static_cast<std::size_t>(count));
            else if (count == 0 || errno != EINTR) close(file);
        };
        if (ready < 0) return errno == EINTR;
        take(waits[0].revents, out, to_out);
        take(waits[1].revents, err, to_err);
        return true;
    }
    [[nodiscard]] static bool reaped(pid_t pid, command_result& got, int how) noexcept {
        auto status = 0;
        auto ended = ::waitpid(pid, &status, how);
        while (ended < 0 && errno == EINTR) ended = ::waitpid(pid, &status, how);
        if (ended == 0) return false;
        got.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
    }

    millis timeout_ms_;
};

} // namespace rota::slurm

#endif
