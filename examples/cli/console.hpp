// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_CONSOLE_HPP
#define ROTA_CLI_CONSOLE_HPP

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// Writes to stdout. A reader who has gone away (a closed pipe) is no error; a full disk ends the command.
void print(std::string_view text);

/// Writes a line to stderr.
void say(std::string_view line);

/// Ctrl-C and SIGTERM set a flag instead of ending the program; a second one ends it. SIGPIPE and SIGXFSZ are
/// ignored: the write fails instead.
void catch_signals();
/// From here on Ctrl-C and SIGTERM end the program at once: for commands that write no file.
void end_on_signals();
/// The signal that came, 0 while none has.
[[nodiscard]] int signalled() noexcept;
[[nodiscard]] bool interrupted();
/// Ends the command where a signal came.
void stop_if_signalled();

/// How far the simulations are, on stderr: a bar that moves on a terminal, otherwise one line a simulation.
class progress {
public:
    explicit progress(std::size_t simulations);
    progress(progress const&) = delete;
    progress& operator=(progress const&) = delete;
    ~progress();

    void begin(std::string_view name);
    /// `share`: of the simulation that runs, 0 .. 1.
    void show(double share);
    void end(std::string_view result);

private:
    void clear() const;

    std::size_t simulations_;
    std::size_t done_ = 0;
    std::string name_;
    std::chrono::steady_clock::time_point last_{};
    bool terminal_;
};

} // namespace cli

#endif
