// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_API_HPP
#define ROTA_KUBERNETES_API_HPP

#include <concepts>
#include <string>
#include <vector>

namespace rota::kubernetes {

/// What an API server answers.
struct answer {
    int status = 0; ///< of HTTP; 0: no answer in time, and nobody knows what became of it
    std::string body;

    [[nodiscard]] bool good() const noexcept { return status >= 200 && status < 300; }
    /// Nothing is known of the effect, or it may be otherwise a moment later.
    [[nodiscard]] bool unknown() const noexcept { return status == 0 || status == 429 || status >= 500; }
};

/// What a watch has shown since it was last asked.
struct watch_news {
    std::vector<std::string> lines; ///< an event each
    bool closed = false;            ///< there will be no more
    int status = 200;               ///< of a closed one; 0: the server was not reached
};

/// A way to an API server. A target is a path with its query.
///
/// Meaning   watch: opens a stream of events, whose read() returns what has arrived by now.
///           None of them blocks for ever; read does not block at all.
template <class A>
concept api = requires(A& a, typename A::stream& s, std::string const& text) {
    { a.get(text) } -> std::same_as<answer>;
    { a.post(text, text) } -> std::same_as<answer>;
    { a.del(text, text) } -> std::same_as<answer>;
    { a.watch(text) } -> std::same_as<typename A::stream>;
    { s.read() } -> std::same_as<watch_news>;
};

} // namespace rota::kubernetes

#endif
