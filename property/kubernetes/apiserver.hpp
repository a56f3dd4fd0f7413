// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_APISERVER_HPP
#define ROTA_PROPERTY_KUBERNETES_APISERVER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <rota/core/units.hpp>
#include <rota/kubernetes/api.hpp>

/// An API server in memory: pods, nodes and PodGroups as JSON, with the verbs that a scheduler needs.
///
/// Follows registry/core/pod/storage of Kubernetes 1.2x: what a binding and a deletion are refused for, with which words;
/// resource versions, lists in pages, watches with bookmarks, versions that have been compacted away.
class apiserver {
public:
    using json = nlohmann::json;
    enum class kind : std::uint8_t { nodes, pods, groups };
    struct happening {
        std::uint64_t version;
        kind of;
        rota::sim_time at;
        std::string line;
    };

    rota::sim_time now{};
    std::size_t page_max = 500;
    bool binds_by_uid = true; ///< 1.20 binds whatever has the name
    bool has_groups = true;   ///< who answers for PodGroups is there

    [[nodiscard]] std::map<std::string, json>& all(kind of) { return objects_[static_cast<std::size_t>(of)]; }
    [[nodiscard]] std::map<std::string, json>& pods() { return all(kind::pods); }
    [[nodiscard]] std::map<std::string, json>& nodes() { return all(kind::nodes); }
    [[nodiscard]] std::vector<happening> const& history() const noexcept { return history_; }
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
    [[nodiscard]] std::uint64_t oldest() const noexcept { return oldest_; }
    /// Watches from before now are gone.
    void compact() { oldest_ = version_; }

    /// RFC 3339, in whole seconds, of a clock that began with the year 2026.
    [[nodiscard]] static std::string stamp(rota::sim_time at) {
        auto const s = index(at) / 1'000;
        char text[32];
        std::snprintf(text, sizeof text, "2026-01-%02dT%02d:%02d:%02dZ",
                      static_cast<int>(1 + s / 86'400 % 28), static_cast<int>(s / 3'600 % 24),
                      static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
        return text;
    }
    static std::string key(json const& object) {
        auto const& about = object["metadata"];
        auto const name = about["name"].get<std::string>();
        return about.contains("namespace") ? about["namespace"].get<std::string>() + "/" + name : name;
    }

    // --- what controllers and kubelets do
    void create(kind of, json object) {
        auto& about = object["metadata"];
        char uid[40];
        std::snprintf(uid, sizeof uid, "7b0c%04x-52f1-4d0e-9c3a-%012x", static_cast<unsigned>(uids_ % 0xffff),
                      static_cast<unsigned>(uids_));
        ++uids_;
        about["uid"] = uid;
        about["creationTimestamp"] = stamp(now);
        auto const name = key(object);
        tell(of, "ADDED", object);
        all(of)[name] = std::move(object);
    }
    void modified(kind of, std::string const& name) { tell(of, "MODIFIED", all(of).at(name)); }
    void remove(kind of, std::string const& name) {
        auto const at = all(of).find(name);
        if (at == all(of).end()) return;
        tell(of, "DELETED", at->second);
        all(of).erase(at);
    }
    [[nodiscard]] static bool terminating(json const& pod) {
        return pod["metadata"].contains("deletionTimestamp");
    }
    [[nodiscard]] static std::string phase(json const& pod) { return pod["status"]["phase"]; }
    [[nodiscard]] static bool over(json const& pod) {
        return phase(pod) == "Succeeded" || phase(pod) == "Failed";
    }
    [[nodiscard]] static std::string node_of(json const& pod) { return pod["spec"].value("nodeName", ""); }
    void erase_pod(std::string const& name) {
        if (pods().contains(name)) begin_deletion(name, 0);
    }
    /// As DELETE does it; the pod as it answers. What is gone was told to go before.
    json begin_deletion(std::string const& name, std::optional<std::int64_t> grace) {
        auto& pod = pods().at(name);
        auto& about = pod["metadata"];
        auto const told = terminating(pod);
        auto const before = about.value("deletionGracePeriodSeconds", std::int64_t{0});
        auto s = grace.value_or(pod["spec"].value("terminationGracePeriodSeconds", std::int64_t{30}));
        if (!told && (node_of(pod).empty() || over(pod))) s = 0;
        if (told && (!grace || s >= before)) return pod; // it may only be shortened
        about["deletionGracePeriodSeconds"] = s;
        about["deletionTimestamp"] = stamp(now + s * 1'000);
        modified(kind::pods, name);
        auto out = pod;
        if (s == 0) remove(kind::pods, name);
        return out;
    }

    // --- what it answers
    [[nodiscard]] rota::kubernetes::answer handle(std::string_view verb, std::string const& target,
                                                  std::string const& body) {
        auto const question = target.find('?');
        auto const path = target.substr(0, question);
        if (verb == "GET" && path == "/api/v1/nodes") return list(kind::nodes, "NodeList", target);
        if (verb == "GET" && path == "/api/v1/pods") return list(kind::pods, "PodList", target);
        auto part = std::vector<std::string>{};
        for (auto at = std::size_t{1}; at < path.size();) {
            auto const end = std::min(path.find('/', at), path.size());
            part.push_back(path.substr(at, end - at));
            at = end + 1;
        }
        if (verb == "GET" && part.size() == 7 && part[1] == "scheduling.x-k8s.io" && part[5] == "podgroups")
            return !has_groups ? status(503, "ServiceUnavailable",
                                        "the server is currently unable to handle the request")
                               : show(kind::groups, "podgroups.scheduling.x-k8s.io", part[4], part[6]);
        if (part.size() < 6 || part[0] != "api" || part[2] != "namespaces" || part[4] != "pods")
            return status(404, "NotFound", "the server could not find the requested resource");
        auto const name = part[3] + "/" + part[5];
        if (verb == "GET") return show(kind::pods, "pods", part[3], part[5]);
        auto const said = json::parse(body, nullptr, false);
        if (said.is_discarded()) return status(400, "BadRequest", "the body is no JSON");
        if (verb == "POST" && part.size() == 7 && part[6] == "binding") return bind(name, said);
        if (verb == "DELETE" && part.size() == 6) return erase(name, said);
        return status(404, "NotFound", "the server could not find the requested resource");
    }
    [[nodiscard]] static std::string gone_line(std::uint64_t from, std::uint64_t oldest) {
        return json{{"type", "ERROR"},
                    {"object",
                     {{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", json::object()},
                      {"status", "Failure"},
                      {"message", "too old resource version: " + std::to_string(from) + " (" +
                                      std::to_string(oldest) + ")"},
                      {"reason", "Expired"},
                      {"code", 410}}}}
            .dump();
    }
    [[nodiscard]] static std::string bookmark_line(kind of, std::uint64_t version) {
        return json{
            {"type", "BOOKMARK"},
            {"object",
             {{"kind", of == kind::pods ? "Pod" : "Node"},
              {"apiVersion", "v1"},
              {"metadata", {{"resourceVersion", std::to_string(version)}, {"creationTimestamp", nullptr}}},
              {"spec", json::object()},
              {"status", json::object()}}}}
            .dump();
    }
    /// The value of a parameter of the query; empty where there is none.
    [[nodiscard]] static std::string parameter(std::string const& target, std::string const& name) {
        for (auto const& mark : {"?" + name + "=", "&" + name + "="})
            if (auto const at = target.find(mark); at != target.npos) {
                auto const from = at + mark.size();
                return target.substr(from, std::min(target.find('&', from), target.size()) - from);
            }
        return {};
    }

private:
    void tell(kind of, char const* type, json& object) {
        object["metadata"]["resourceVersion"] = std::to_string(++version_);
        history_.push_back({version_, of, now, json{{"type", type}, {"object", object}}.dump()});
    }
    static rota::kubernetes::answer status(int code, std::string const& reason, std::string const& message) {
        auto out = json{{"kind", "Status"},
                        {"apiVersion", "v1"},
                        {"metadata", json::object()},
                        {"status", code < 300 ? "Success" : "Failure"},
                        {"code", code}};
        if (code >= 300) out["message"] = message, out["reason"] = reason;
        return {code, out.dump()};
    }
    rota::kubernetes::answer list(kind of, char const* name, std::string const& target) {
        auto const from = parameter(target, "continue");
        auto const asked = parameter(target, "limit");
        auto const most = std::min(page_max, asked.empty() ? page_max : std::stoul(asked));
        auto out = json{{"kind", name},
                        {"apiVersion", "v1"},
                        {"metadata", {{"resourceVersion", std::to_string(version_)}}},
                        {"items", json::array()}};
        if (!from.empty() &&
            std::stoull(from.substr(0, from.find('.'))) != version_) // a list is of one moment
            return status(410, "Expired",
                          "The provided continue parameter is too old to display a consistent list");
        auto skip = from.empty() ? std::size_t{0} : std::stoul(from.substr(from.find('.') + 1));
        auto at = std::size_t{0};
        for (auto const& [key, object] : all(of)) {
            if (at++ < skip) continue;
            if (out["items"].size() == most) {
                out["metadata"]["continue"] = std::to_string(version_) + "." + std::to_string(at - 1);
                out["metadata"]["remainingItemCount"] = all(of).size() - at + 1;
                break;
            }
            out["items"].push_back(object);
        }
        return {200, out.dump()};
    }
    static rota::kubernetes::answer not_found(std::string const& what, std::string const& name) {
        return status(404, "NotFound", what + " \"" + name + "\" not found");
    }
    rota::kubernetes::answer show(kind of, std::string const& what, std::string const& space,
                                  std::string const& name) {
        auto const at = all(of).find(space + "/" + name);
        if (at == all(of).end()) return not_found(what, name);
        return {200, at->second.dump()};
    }
    rota::kubernetes::answer bind(std::string const& key, json const& said) {
        auto const name = key.substr(key.find('/') + 1);
        auto const conflict = [&](std::string const& why) {
            return status(409, "Conflict",
                          "Operation cannot be fulfilled on pods/binding \"" + name + "\": " + why);
        };
        if (said["metadata"].value("name", "") != name)
            return status(400, "BadRequest", "name in URL does not match name in Binding object");
        auto const target = said["target"].value("name", "");
        if (target.empty()) return status(500, {}, "target.name: Required value");
        auto const at = pods().find(key);
        if (at == pods().end()) return not_found("pods", name);
        auto& pod = at->second;
        auto const uid = said["metadata"].value("uid", "");
        if (binds_by_uid && !uid.empty() && uid != pod["metadata"]["uid"].get<std::string>())
            return conflict("StorageError: invalid object: Precondition failed: UID");
        if (terminating(pod))
            return conflict("pod " + name + " is being deleted, cannot be assigned to a host");
        if (!node_of(pod).empty())
            return conflict("pod " + name + " is already assigned to node \"" + node_of(pod) + "\"");
        if (pod["spec"].contains("schedulingGates") && !pod["spec"]["schedulingGates"].empty())
            return conflict("pod " + name + " has non-empty .spec.schedulingGates");
        pod["spec"]["nodeName"] = target;
        auto const more = said["metadata"].value("annotations", json::object());
        for (auto const& [word, value] : more.items()) pod["metadata"]["annotations"][word] = value;
        pod["status"]["conditions"] =
            json::array({{{"type", "PodScheduled"}, {"status", "True"}, {"lastTransitionTime", stamp(now)}}});
        modified(kind::pods, key);
        return status(201, {}, {});
    }
    rota::kubernetes::answer erase(std::string const& key, json const& said) {
        auto const at = pods().find(key);
        auto const name = key.substr(key.find('/') + 1);
        if (at == pods().end()) return not_found("pods", name);
        auto const uid = at->second["metadata"]["uid"].get<std::string>();
        if (auto const wanted = said.value("preconditions", json::object()).value("uid", uid); wanted != uid)
            return status(409, "Conflict",
                          "Operation cannot be fulfilled on Pod \"" + name +
                              "\": the UID in the precondition (" + wanted +
                              ") does not match the UID in record (" + uid +
                              "). The object might have been deleted and then recreated");
        auto const grace = said.contains("gracePeriodSeconds")
                               ? std::optional{said["gracePeriodSeconds"].get<std::int64_t>()}
                               : std::nullopt;
        return {200, begin_deletion(key, grace).dump()};
    }

    std::map<std::string, json> objects_[3];
    std::vector<happening> history_;
    std::uint64_t version_ = 1'000;
    std::uint64_t oldest_ = 1'000;
    std::uint64_t uids_ = 1;
};

#endif
