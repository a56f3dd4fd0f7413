// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_OUTPUT_FILE_HPP
#define ROTA_CLI_OUTPUT_FILE_HPP

#include <string>
#include <string_view>

namespace cli {

/// A file that appears under its name only when it is whole.
///
/// Opens a temporary file beside it at once, so that what cannot be written fails before any work is done;
/// commit() gives it its name, and without that it is removed. What is no regular file (a pipe, /dev/null), or
/// is open already (/dev/stdout, /dev/fd/3), is written directly.
class output_file {
public:
    /// Ends the command with code 2 where that file cannot be written.
    explicit output_file(std::string path);
    output_file(output_file&& other) noexcept;
    output_file(output_file const&) = delete;
    output_file& operator=(output_file const&) = delete;
    ~output_file();

    /// Ends the command with code 1 where it fails.
    void write(std::string_view text);
    void commit();

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
    std::string target_;    ///< the path without links
    std::string temporary_; ///< empty: written directly
    int file_ = -1;
};

/// Makes the folder and those above it. Ends the command with code 2 where that fails.
void make_folder(std::string const& path);

} // namespace cli

#endif
