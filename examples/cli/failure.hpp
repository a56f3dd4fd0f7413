// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_FAILURE_HPP
#define ROTA_CLI_FAILURE_HPP

#include <string>
#include <utility>

namespace cli {

/// Ends the command: what to say on stderr, and the exit code. 1: the work failed, 2: the user asked for
/// something wrong or gave bad input, 128 + n: signal n.
struct failure {
    int code;
    std::string message; ///< without line end; empty: all has been said
};

[[noreturn]] inline void refuse(std::string message) { throw failure{2, std::move(message)}; }
[[noreturn]] inline void fail(std::string message) { throw failure{1, std::move(message)}; }

} // namespace cli

#endif
