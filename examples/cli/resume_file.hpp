// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_RESUME_FILE_HPP
#define ROTA_CLI_RESUME_FILE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/log/schedule.hpp>

#include "inputs.hpp"
#include "options.hpp"
#include "registry.hpp"

namespace cli {

/// Notes in a file how far a run has come, so that a run cut short can be repeated and be seen to be the same.
///
/// Meaning   A scheduler may be any object, and nothing can write its state to a disk: the repeated run starts
///           from the beginning. What is noted is all that it is a function of, and the number and the hash of
///           the log's lines so far.
class resume_file {
public:
    /// Ends the command with code 2 where that file exists and is none of these, or cannot be read.
    explicit resume_file(std::string path);

    /// Ends the command with code 2 where the file is of another run than this one.
    void begin(inputs const& in, chosen const& scheduler, world_options const& world);
    /// The log has come so far. Ends the command with code 1 where it differs from the run before.
    void reached(rota::log::schedule const& log);
    /// The log is whole. Ends the command with code 1 where it differs from the run before, or ends sooner.
    void ended(rota::log::schedule const& log);
    /// Once the outputs have their names, nothing is left to repeat.
    void remove();

private:
    struct position {
        std::size_t records = 0;
        std::uint64_t hash = 0; ///< of their lines
    };
    void check(rota::log::schedule const& log);
    void save();

    std::string path_;
    std::vector<std::pair<std::string, std::string>> run_; ///< name and value, as they stand in the file
    std::optional<position> before_;                       ///< where the run before came to; empty: checked
    position now_;
    std::chrono::steady_clock::time_point saved_{};
};

} // namespace cli

#endif
