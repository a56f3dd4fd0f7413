// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_INPUT_FILE_HPP
#define ROTA_TRACE_INPUT_FILE_HPP

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/place.hpp>

namespace rota::trace {

/// What a file was when it was named. One that is not regular, a pipe, can be read once.
struct file_stamp {
    bool regular = false;
    std::uintmax_t size = 0;
    std::filesystem::file_time_type written{};

    friend bool operator==(file_stamp const&, file_stamp const&) = default;
};

[[nodiscard]] inline file_stamp stamp_of(std::string const& path) {
    namespace fs = std::filesystem;
    auto none = std::error_code{};
    auto now = file_stamp{.regular = fs::is_regular_file(path, none)};
    if (!now.regular) return now;
    now.size = fs::file_size(path, none);
    now.written = fs::last_write_time(path, none);
    return now;
}

/// The bytes of a file from front to back.
///
/// Errors    E-IO with the path and the system's reason: missing, unreadable, a directory, changed since its
///           stamp was taken; stopped.
class input_file {
public:
    /// `stop`, where there is one, is asked at each read, also of one that a signal has ended.
    input_file(std::string path, file_stamp as, bool (*stop)() = nullptr)
        : path_{std::move(path)}, as_{as}, stop_{stop} {
        if (auto none = std::error_code{}; !as_.regular && std::filesystem::is_directory(path_, none)) {
            refuse("read a directory, expected a file");
            return;
        }
        file_.reset(std::fopen(path_.c_str(), "rb"));
        if (!file_) refuse("read " + system(errno) + ", expected a file that can be opened");
    }

    /// Reads up to `room` bytes; 0 at the end, and where why() says what went wrong.
    [[nodiscard]] std::size_t read(char* into, std::size_t room) {
        if (why_) return 0;
        auto const got = std::fread(into, 1, room, file_.get());
        read_ += got;
        if (stop_ != nullptr && stop_()) {
            refuse("read a part, as it was stopped there, expected to read on");
            return 0;
        }
        if (std::ferror(file_.get()) != 0) {
            refuse("read " + system(errno) + ", expected a file that can be read");
            return 0;
        }
        if (got == 0 && as_.regular && (read_ != as_.size || stamp_of(path_) != as_))
            refuse("read a file that changed meanwhile, expected one that stays as it is");
        return got;
    }

    [[nodiscard]] std::optional<diagnostic> const& why() const noexcept { return why_; }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
    };

    static std::string system(int number) {
        return "'" + std::generic_category().message(number) + "' (errno " + std::to_string(number) + ")";
    }
    void refuse(std::string message) {
        why_ = diagnose(severity::error, path_, {}, {}, "E-IO", std::move(message));
    }

    std::string path_;
    file_stamp as_;
    bool (*stop_)();
    std::unique_ptr<std::FILE, closer> file_;
    std::uintmax_t read_ = 0;
    std::optional<diagnostic> why_;
};

} // namespace rota::trace

#endif
