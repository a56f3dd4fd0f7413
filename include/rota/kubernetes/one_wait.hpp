// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_ONE_WAIT_HPP
#define ROTA_KUBERNETES_ONE_WAIT_HPP

#include <string>

#include <rota/kubernetes/api.hpp>

namespace rota::kubernetes {

/// A way to an API server on which a round waits for no more than one answer that does not come.
///
/// Meaning   After a word without an answer all further ones of the round are not said, and have no answer either. A
///           server that takes calls and answers none would else cost a time-out for every pod.
template <api A>
class one_wait {
public:
    explicit one_wait(A& server) noexcept : server_{&server} {}

    /// Words are said again; the way itself, for lists and watches.
    A& begin_round() noexcept {
        deaf_ = false;
        return *server_;
    }
    [[nodiscard]] answer get(std::string const& target) {
        return say([&] { return server_->get(target); });
    }
    [[nodiscard]] answer post(std::string const& target, std::string const& body) {
        return say([&] { return server_->post(target, body); });
    }
    [[nodiscard]] answer del(std::string const& target, std::string const& body) {
        return say([&] { return server_->del(target, body); });
    }

private:
    template <class Word>
    answer say(Word word) {
        auto got = deaf_ ? answer{} : word();
        deaf_ = got.status == 0;
        return got;
    }

    A* server_;
    bool deaf_ = false;
};

} // namespace rota::kubernetes

#endif
