// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_REFLECTOR_HPP
#define ROTA_KUBERNETES_REFLECTOR_HPP

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <rota/kubernetes/api.hpp>
#include <rota/kubernetes/objects.hpp>

namespace rota::kubernetes {

/// A copy of one kind of objects that an API server has: listed once, and watched from that version on.
///
/// Meaning   A watch that closes is opened again where it stopped; one whose version has been forgotten (410) begins
///           with a new list. What was deleted meanwhile is then missing, and nobody says so.
template <class Object, api A>
class reflector {
public:
    explicit reflector(std::string path) : path_{std::move(path)} {}

    /// By uid.
    [[nodiscard]] std::map<std::string, Object> const& all() const noexcept { return all_; }
    [[nodiscard]] std::string const& complaint() const noexcept { return complaint_; }
    /// How often it has listed.
    [[nodiscard]] int lists() const noexcept { return lists_; }

    /// The next refresh lists.
    void forget() { version_.clear(); }

    /// Takes in what is new; seen(object) for every state of an object, in order. False where the server is not heard.
    template <class Seen>
    [[nodiscard]] bool refresh(A& server, Seen&& seen) {
        for (auto tries = 0; tries != 3; ++tries) {
            if (version_.empty() && !list(server, seen)) return false;
            if (!stream_) {
                complaint_.clear();
                stream_.emplace(server.watch(path_ +
                                             "?watch=true&allowWatchBookmarks=true&timeoutSeconds=240" +
                                             "&resourceVersion=" + version_));
            }
            auto const news = stream_->read();
            for (auto const& line : news.lines)
                if (!version_.empty()) take(line, seen);
            if (news.closed || version_.empty()) stream_.reset();
            if (news.closed && news.status == 410) version_.clear();
            else if (news.closed && news.status != 200) return fails("watch", news.status, {});
            if (stream_) return true;
        }
        return !version_.empty(); // it closes and closes: what it has said by now is what is known
    }

private:
    template <class Seen>
    [[nodiscard]] bool list(A& server, Seen& seen) {
        auto fresh = std::map<std::string, Object>{};
        auto more = std::string{};
        auto version = std::string{};
        do {
            auto const got =
                server.get(path_ + "?limit=500" + (more.empty() ? std::string{} : "&continue=" + more));
            if (!got.good())
                return fails("list", got.status, got.body); // an expired token, too: from the start
            auto part = read_list<Object>(got.body);
            if (!part) return fails("list", got.status, R"({"message":"no list"})");
            for (auto& one : part->items) {
                seen(one);
                auto uid = one.uid;
                fresh.insert_or_assign(std::move(uid), std::move(one));
            }
            more = std::move(part->more);
            version = std::move(part->version);
        } while (!more.empty());
        all_ = std::move(fresh);
        version_ = std::move(version);
        stream_.reset();
        ++lists_;
        return true;
    }
    template <class Seen>
    void take(std::string const& line, Seen& seen) {
        auto got = read_event<Object>(line);
        if (!got || got->what == change::error) return version_.clear(); // 410, or what only a list can mend
        version_ = std::move(got->version);
        if (got->what == change::bookmark) return;
        auto uid = got->object.uid;
        if (got->what == change::deleted) {
            all_.erase(uid);
        } else {
            seen(got->object);
            all_.insert_or_assign(std::move(uid), std::move(got->object));
        }
    }
    bool fails(std::string const& what, int status, std::string const& body) {
        auto const words = read_message(body);
        complaint_ = what + " of " + path_ + ": " +
                     (status == 0 ? "no answer in time" : std::to_string(status) + " " + words);
        return false;
    }

    std::string path_;
    std::string version_; ///< up to which all is known; empty: a list is due
    std::map<std::string, Object> all_;
    std::optional<typename A::stream> stream_;
    std::string complaint_;
    int lists_ = 0;
};

} // namespace rota::kubernetes

#endif
