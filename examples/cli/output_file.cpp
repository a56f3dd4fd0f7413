// SPDX-License-Identifier: BSL-1.0
#include "output_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "failure.hpp"

namespace cli {

namespace fs = std::filesystem;

namespace {

/// The descriptor that /dev/stdout, /dev/fd/N or the like names; -1 for any other path.
int descriptor_of(fs::path const& path) {
    auto ignored = std::error_code{};
    auto const folder = fs::canonical(path.parent_path(), ignored);
    if (ignored || folder != fs::canonical("/proc/self/fd", ignored)) return -1;
    auto const name = path.filename().string();
    auto number = -1;
    auto const [end, why] = std::from_chars(name.data(), name.data() + name.size(), number);
    return why == std::errc{} && end == name.data() + name.size() ? number : -1;
}

} // namespace

output_file::output_file(std::string path) : path_{std::move(path)} {
    auto const refuse_path = [this](std::string const& why) {
        refuse(fmt::format("cannot write '{}': {}", path_, why));
    };
    if (path_.empty()) refuse_path("the name is empty");
    auto ignored = std::error_code{};
    auto resolved = fs::path{path_}; // a link may point at what is not there yet
    for (auto hops = 0; hops != 40 && fs::is_symlink(resolved, ignored); ++hops) {
        if (auto const open_already = descriptor_of(resolved); open_already >= 0) {
            // a pipe has no other name, and what was redirected to a file goes where its other output goes
            file_ = fcntl(open_already, F_DUPFD_CLOEXEC, 0);
            if (file_ < 0) refuse_path(std::strerror(errno));
            return;
        }
        resolved = resolved.parent_path() / fs::read_symlink(resolved, ignored);
    }
    target_ = resolved.string();
    auto const status = fs::status(target_, ignored);
    if (fs::is_directory(status)) refuse_path("it is a folder");
    if (fs::exists(status) && access(target_.c_str(), W_OK) != 0) refuse_path(std::strerror(errno));
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        file_ = open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    } else {
        auto const place = fs::path{target_};
        auto const beside =
            place.parent_path() / fmt::format(".{}.{}.tmp", place.filename().string(), getpid());
        file_ = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file_ >= 0) temporary_ = beside.string();
        else if (errno == EEXIST) refuse_path("it is named as an output twice");
    }
    if (file_ < 0) refuse_path(std::strerror(errno));
}

output_file::output_file(output_file&& other) noexcept
    : path_{std::move(other.path_)}, target_{std::move(other.target_)},
      temporary_{std::exchange(other.temporary_, {})}, file_{std::exchange(other.file_, -1)} {}

output_file::~output_file() {
    if (file_ >= 0) close(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void output_file::write(std::string_view text) {
    while (!text.empty()) {
        auto const written = ::write(file_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(fmt::format("cannot write '{}': {}", path_, std::strerror(errno)));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void output_file::commit() {
    auto const closed = close(std::exchange(file_, -1));
    if (closed != 0 || (!temporary_.empty() && std::rename(temporary_.c_str(), target_.c_str()) != 0))
        fail(fmt::format("cannot write '{}': {}", path_, std::strerror(errno)));
    temporary_.clear();
}

void make_folder(std::string const& path) {
    auto why = std::error_code{};
    fs::create_directories(path, why);
    if (!why && !fs::is_directory(path, why)) why = std::make_error_code(std::errc::not_a_directory);
    if (why) refuse(fmt::format("cannot make the folder '{}': {}", path, why.message()));
}

} // namespace cli
