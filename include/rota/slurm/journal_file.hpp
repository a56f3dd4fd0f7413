// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_JOURNAL_FILE_HPP
#define ROTA_SLURM_JOURNAL_FILE_HPP

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rota::slurm {

/// A journal on disk, written by one program at a time. POSIX.
class journal_file {
public:
    journal_file(journal_file const&) = delete;
    journal_file(journal_file&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
    journal_file& operator=(journal_file const&) = delete;
    journal_file& operator=(journal_file&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    ~journal_file() {
        if (file_ >= 0) ::close(file_);
    }

    /// Opens it, and makes it where there is none. Nothing where that fails, or another program holds it; `why` says.
    [[nodiscard]] static std::optional<journal_file> open(std::string const& path, std::string& why) {
        auto made = journal_file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640)};
        if (made.file_ >= 0 && ::flock(made.file_, LOCK_EX | LOCK_NB) == 0) return made;
        why = made.file_ >= 0 && errno == EWOULDBLOCK ? "another driver writes it" : std::strerror(errno);
        return std::nullopt;
    }

    /// All of it; nothing where it cannot be read.
    [[nodiscard]] std::optional<std::string> text() const {
        struct stat is{};
        if (::fstat(file_, &is) != 0) return std::nullopt;
        auto out = std::string(static_cast<std::size_t>(is.st_size), '\0');
        for (auto done = std::size_t{0}; done != out.size();) {
            auto const got = ::pread(file_, out.data() + done, out.size() - done, static_cast<off_t>(done));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return std::nullopt;
            done += static_cast<std::size_t>(got);
        }
        return out;
    }
    /// Leaves so many bytes of it.
    [[nodiscard]] bool cut(std::size_t size) const {
        return ::ftruncate(file_, static_cast<off_t>(size)) == 0 && ::fdatasync(file_) == 0;
    }
    /// Appends, and returns when it is on the disk. False: it is not known to be, and nothing may follow from it.
    [[nodiscard]] bool write(std::string_view group) const {
        while (!group.empty()) {
            auto const put = ::write(file_, group.data(), group.size());
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return false;
            group.remove_prefix(static_cast<std::size_t>(put));
        }
        return ::fdatasync(file_) == 0;
    }

private:
    explicit journal_file(int file) noexcept : file_{file} {}

    int file_;
};

} // namespace rota::slurm

#endif
