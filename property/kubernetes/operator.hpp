// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_OPERATOR_HPP
#define ROTA_PROPERTY_KUBERNETES_OPERATOR_HPP

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <rota/kubernetes/http.hpp>

/// Who may do everything on the control plane of mini_control_plane: users, controllers and kubelets speak through it.
class cluster_operator {
public:
    using json = nlohmann::json;
    struct reply {
        int status = 0; ///< of HTTP; 0: no answer
        json body;
        [[nodiscard]] bool good() const noexcept { return status >= 200 && status < 300; }
    };

    cluster_operator() : client_{variable("MINI_URL")} {
        client_.set_ca_cert_path(variable("MINI_CA").c_str());
        client_.set_keep_alive(true);
        client_.set_connection_timeout(std::chrono::seconds{2});
        client_.set_read_timeout(std::chrono::seconds{10});
        auto token = text_of(variable("MINI_TOKEN"));
        token.erase(token.find_last_not_of('\n') + 1);
        headers_ = {{"Authorization", "Bearer " + token}, {"Accept", "application/json"}};
    }

    ~cluster_operator() {
        auto const quiet = no_sigpipe{};
        client_.stop();
    }
    cluster_operator(cluster_operator const&) = delete;
    cluster_operator& operator=(cluster_operator const&) = delete;

    [[nodiscard]] reply get(std::string const& target) {
        auto const quiet = no_sigpipe{};
        return said(client_.Get(target.c_str(), headers_));
    }
    reply post(std::string const& target, std::string const& body, char const* type = "application/json") {
        auto const quiet = no_sigpipe{};
        return said(client_.Post(target.c_str(), headers_, body, type));
    }
    reply post(std::string const& target, json const& body) { return post(target, body.dump()); }
    /// Lists of the object are merged as their kind says.
    reply patch(std::string const& target, json const& body) {
        auto const quiet = no_sigpipe{};
        return said(
            client_.Patch(target.c_str(), headers_, body.dump(), "application/strategic-merge-patch+json"));
    }
    reply del_text(std::string const& target, std::string const& body) {
        auto const quiet = no_sigpipe{};
        return said(client_.Delete(target.c_str(), headers_, body, "application/json"));
    }
    reply del(std::string const& target, json const& body = json::object()) {
        return del_text(target, body.dump());
    }

    [[nodiscard]] static std::string variable(char const* name) {
        auto const* const value = std::getenv(name);
        return value == nullptr ? std::string{} : value;
    }
    [[nodiscard]] static std::string text_of(std::string const& path) {
        auto in = std::ifstream{path};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

private:
    using no_sigpipe = rota::kubernetes::detail::no_sigpipe;

    static reply said(httplib::Result const& got) {
        if (!got) return {};
        return {got->status, json::parse(got->body, nullptr, false)};
    }

    httplib::Client client_;
    httplib::Headers headers_;
};

#endif
