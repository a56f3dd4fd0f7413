// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_ACCESS_HPP
#define ROTA_PROPERTY_KUBERNETES_ACCESS_HPP

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "operator.hpp"
#include "scenarios.hpp"
#include "session.hpp"

#include <rota/kubernetes/find_cluster.hpp>
#include <rota/kubernetes/http.hpp>

namespace on_kubernetes {

/// As the service account that make_account has made.
[[nodiscard]] inline kubernetes::http_settings account() {
    return {.url = cluster_operator::variable("MINI_URL"),
            .token_file = cluster_operator::variable("MINI_CONTROL_PLANE") + "/rota.token",
            .ca_file = cluster_operator::variable("MINI_CA"),
            .cert_file = {},
            .key_file = {}};
}

/// That of examples/kubernetes_rights.yaml, with a token of its own.
inline bool make_account() {
    auto users = cluster_operator{};
    auto rights_text = cluster_operator::text_of(cluster_operator::variable("ROTA_SOURCE") +
                                                 "/examples/kubernetes_rights.yaml");
    auto const paths = std::array<std::string, 3>{"/api/v1/namespaces/kube-system/serviceaccounts",
                                                  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
                                                  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"};
    for (auto const& path : paths) {
        auto const end = rights_text.find("\n---\n");
        check(users.post(path, rights_text.substr(0, end), "application/yaml").status == 201,
              "rights at " + path);
        rights_text.erase(0, end == rights_text.npos ? end : end + 5);
    }
    auto const token = users.post("/api/v1/namespaces/kube-system/serviceaccounts/rota/token",
                                  {{"apiVersion", "authentication.k8s.io/v1"},
                                   {"kind", "TokenRequest"},
                                   {"spec", {{"expirationSeconds", 3'600}}}});
    if (!check(token.status == 201, "a token of the account: " + token.body.dump())) return false;
    std::ofstream{account().token_file} << token.body["status"]["token"].get<std::string>() << '\n';
    return true;
}

/// Who may not, and who is not whom he says, is told so; who may, is heard.
inline void rights(kubernetes::http& server) {
    auto const secrets = server.get("/api/v1/secrets");
    check(secrets.status == 403, "no other rights: " + secrets.body);
    check(server.post("/api/v1/namespaces/mini/pods", pod_of("p", {}).dump()).status == 403,
          "no pods are made");
    check(server.del("/api/v1/nodes/n1", "{}").status == 403, "no nodes are deleted");
    auto why = std::string{};
    auto wrong = account();
    wrong.token_file = cluster_operator::variable("MINI_CONTROL_PLANE") + "/wrong.token";
    std::ofstream{wrong.token_file} << "nonsense\n";
    auto nobody = kubernetes::http{wrong};
    auto found = kubernetes::find_cluster(nobody, why).has_value();
    check(!found && why == "list of /api/v1/nodes: 401 Unauthorized", "a token that is none: " + why);
    wrong = account();
    wrong.ca_file = "/etc/ssl/certs/ca-certificates.crt";
    auto stranger = kubernetes::http{wrong};
    found = kubernetes::find_cluster(stranger, why).has_value();
    check(!found && why == "list of /api/v1/nodes: no answer in time",
          "a server that nobody vouches for: " + why);
}

/// The token and TLS are kubectl's affair, as docs/kubernetes.md has it.
inline void go_through_a_proxy(stage const& on) {
    auto const folder = cluster_operator::variable("MINI_CONTROL_PLANE");
    auto const said = folder + "/proxy.out";
    auto const command = "cd " + folder +
                         " && exec kubectl --server=" + cluster_operator::variable("MINI_URL") +
                         " --certificate-authority=" + cluster_operator::variable("MINI_CA") +
                         " --token=$(cat rota.token) --kubeconfig=/dev/null proxy --port=0 >proxy.out 2>&1 &";
    if (std::system("command -v kubectl >/dev/null") != 0)
        return void(std::puts("  no kubectl here: not tried"));
    check(std::system(command.c_str()) == 0, "kubectl proxy begins");
    auto url = std::string{};
    soon("it says where it listens", 10, [&] {
        auto const text = cluster_operator::text_of(said);
        auto const at = text.find("127.0.0.1:");
        if (at != text.npos && text.back() == '\n')
            url = "http://" + text.substr(at, text.find('\n', at) - at);
        return !url.empty();
    });
    auto server =
        kubernetes::http{{.url = url, .token_file = {}, .ca_file = {}, .cert_file = {}, .key_file = {}}};
    auto why = std::string{};
    auto const cluster = kubernetes::find_cluster(server, why);
    if (!check(cluster && cluster->gpus() == 12, "the cluster through it: " + why)) return;
    auto s = session<fifo>{*cluster, server, *on.nodes};
    s.submit("through", {.pods = 2, .gpus = 4});
    s.wait("a gang runs to its end", 30, [&] { return s.idle(1); });
    s.check_places("through", 4);
    s.check_laws();
}

} // namespace on_kubernetes

#endif
