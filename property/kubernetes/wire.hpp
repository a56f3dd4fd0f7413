// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_WIRE_HPP
#define ROTA_PROPERTY_KUBERNETES_WIRE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apiserver.hpp"

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/kubernetes/api.hpp>

/// What goes wrong between a client and the API server.
struct wire_faults {
    double lost = 0;         ///< a verb has no effect and no answer
    double unheard = 0;      ///< a verb takes effect, and its answer is lost
    double late = 0;         ///< a verb has no answer and takes effect up to 20 s later
    double refused = 0;      ///< a verb is forbidden for no reason
    double deaf = 0;         ///< a list or a look has no answer
    double closes = 0;       ///< a watch is closed when it is read
    double gone = 0;         ///< a watch is told that its version is too old
    rota::millis lag_ms = 0; ///< what happened less than up to this ago, a watch does not show yet
};

/// A way to an API server in memory, with faults, the same for a seed.
class wire {
public:
    wire(apiserver& server, wire_faults how, std::uint64_t seed)
        : server_{&server}, how_{how}, random_{seed} {}
    wire(wire const&) = delete;
    wire& operator=(wire const&) = delete;

    class stream {
    public:
        stream(wire& by, apiserver::kind of, std::uint64_t from) : by_{&by}, of_{of}, from_{from} {}
        [[nodiscard]] rota::kubernetes::watch_news read() {
            auto out = rota::kubernetes::watch_news{};
            auto& server = *by_->server_;
            if (by_->random_.chance(by_->how_.deaf)) return {{}, true, 0};
            if (from_ < server.oldest() || by_->random_.chance(by_->how_.gone)) {
                if (by_->random_.chance(0.3)) return {{}, true, 410};
                out.lines.push_back(apiserver::gone_line(from_, server.oldest()));
                out.closed = true;
                return out;
            }
            auto const lag = by_->lag_;
            auto const& all = server.history();
            for (; next_ != all.size(); ++next_) {
                if (all[next_].version <= from_) continue;
                if (all[next_].at + lag > server.now) break;
                if (all[next_].of == of_) out.lines.push_back(all[next_].line);
                from_ = all[next_].version;
            }
            if (out.lines.empty() && by_->random_.chance(0.1))
                out.lines.push_back(apiserver::bookmark_line(of_, from_));
            out.closed = by_->random_.chance(by_->how_.closes);
            return out;
        }

    private:
        wire* by_;
        apiserver::kind of_;
        std::uint64_t from_;
        std::size_t next_ = 0;
    };

    [[nodiscard]] rota::kubernetes::answer get(std::string const& target) {
        if (random_.chance(how_.deaf)) return {};
        return server_->handle("GET", target, {});
    }
    [[nodiscard]] rota::kubernetes::answer post(std::string const& target, std::string const& body) {
        return say("POST", target, body);
    }
    [[nodiscard]] rota::kubernetes::answer del(std::string const& target, std::string const& body) {
        return say("DELETE", target, body);
    }
    [[nodiscard]] stream watch(std::string const& target) {
        auto const nodes = target.starts_with("/api/v1/nodes?");
        return {*this, nodes ? apiserver::kind::nodes : apiserver::kind::pods,
                std::stoull(apiserver::parameter(target, "resourceVersion"))};
    }
    /// From now on every verb is lost.
    void break_down() noexcept { how_.lost = 1; }
    /// Words that had no effect and no answer.
    [[nodiscard]] int lost() const noexcept { return lost_; }
    /// No more faults from now on.
    void calm_down() noexcept { how_ = {}; }
    /// What was said late is heard.
    void advance() {
        for (auto& one : words_)
            if (one.at <= server_->now) (void)server_->handle(one.verb, one.target, one.body);
        std::erase_if(words_, [this](word const& one) { return one.at <= server_->now; });
        lag_ = static_cast<rota::millis>(random_.below(static_cast<std::uint64_t>(how_.lag_ms) + 1));
    }

private:
    struct word {
        rota::sim_time at;
        char const* verb;
        std::string target;
        std::string body;
    };
    rota::kubernetes::answer say(char const* verb, std::string const& target, std::string const& body) {
        if (random_.chance(how_.refused))
            return {403, R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden",)"
                         R"("message":"admission webhook denied the request","code":403})"};
        if (random_.chance(how_.lost)) {
            ++lost_;
            return {};
        }
        if (random_.chance(how_.late)) {
            words_.push_back(
                {server_->now + static_cast<rota::millis>(random_.below(20'000)), verb, target, body});
            return {};
        }
        auto got = server_->handle(verb, target, body);
        if (random_.chance(how_.unheard)) return {};
        return got;
    }

    apiserver* server_;
    wire_faults how_;
    rota::random random_;
    std::vector<word> words_;
    int lost_ = 0;
    rota::millis lag_ = 0; ///< of all watches alike: what a node's closing follows is shown before it
};

#endif
