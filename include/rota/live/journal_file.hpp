// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_JOURNAL_FILE_HPP
#define ROTA_LIVE_JOURNAL_FILE_HPP

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rota/live/patience.hpp>

namespace rota::live {

/// A journal on disk, written by one program at a time. POSIX.
class journal_file {
public:
    journal_file(journal_file const&) = delete;
    journal_file(journal_file&& other) noexcept
        : file_{std::exchange(other.file_, -1)}, path_{std::move(other.path_)}, sound_{other.sound_} {}
    journal_file& operator=(journal_file const&) = delete;
    journal_file& operator=(journal_file&& other) noexcept {
        std::swap(file_, other.file_);
        std::swap(path_, other.path_);
        std::swap(sound_, other.sound_);
        return *this;
    }
    ~journal_file() {
        if (file_ >= 0) ::close(file_);
    }

    /// Opens it, and makes it where there is none. Nothing where that fails, or another program holds it until the
    /// patience ends; `why` says.
    [[nodiscard]] static std::optional<journal_file> open(std::string const& path, std::string& why,
                                                          patience const& waits = patience{}) {
        for (;;) {
            auto made = journal_file{path, O_APPEND};
            if (!made.mine()) {
                auto const held = made.file_ >= 0 && errno == EWOULDBLOCK;
                why = held ? "another driver writes it" : std::strerror(errno);
                if (held && waits.more()) continue;
                return std::nullopt;
            }
            struct stat here{};
            struct stat there{};
            auto const same = ::fstat(made.file_, &here) == 0 && ::stat(path.c_str(), &there) == 0 &&
                              here.st_dev == there.st_dev && here.st_ino == there.st_ino;
            if (same) return made;
        } // its writer has just put another in its place
    }
    /// Puts another text in its place, at once or not at all: who dies meanwhile leaves the one or the other. False: the
    /// old one goes on.
    [[nodiscard]] bool replace(std::string_view text) {
        auto const beside = path_ + ".new"; // what a death has left there is of no use
        auto fresh = journal_file{beside, O_APPEND | O_TRUNC};
        if (!fresh.mine() || !fresh.write(text) || ::rename(beside.c_str(), path_.c_str()) != 0) {
            ::unlink(beside.c_str());
            return false;
        }
        std::swap(file_, fresh.file_);
        auto const slash = path_.rfind('/');
        auto const folder = slash == path_.npos ? std::string{"."} : path_.substr(0, slash + 1);
        auto const names = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        sound_ = names >= 0 && ::fsync(names) == 0; // else the old one may come back: nothing more is written
        if (names >= 0) ::close(names);
        return true;
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
        return sound_ && ::fdatasync(file_) == 0;
    }

private:
    journal_file(std::string path, int how)
        : file_{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | how, 0640)}, path_{std::move(path)} {}
    /// Open, and nobody else's.
    [[nodiscard]] bool mine() const noexcept { return file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0; }

    int file_;
    std::string path_;
    bool sound_ = true;
};

} // namespace rota::live

#endif
