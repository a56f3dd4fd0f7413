// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_OBJECTS_HPP
#define ROTA_KUBERNETES_OBJECTS_HPP

// The only header of the room that knows JSON. Whoever includes it needs nlohmann-json.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <rota/kubernetes/node.hpp>
#include <rota/kubernetes/pod.hpp>
#include <rota/trace/date.hpp>

namespace rota::kubernetes {

inline constexpr std::string_view gpu_resource = "nvidia.com/gpu";
/// Label of the nodes that GPU feature discovery has looked at, and of the pods that choose among them.
inline constexpr std::string_view gpu_product = "nvidia.com/gpu.product";
/// Label of the pods of a gang: the PodGroup of the coscheduling plugin.
inline constexpr std::string_view group_label = "scheduling.x-k8s.io/pod-group";
/// Annotation or label of the pods of a gang where there is no PodGroup: how many they are.
inline constexpr std::string_view size_label = "rota.dev/gang-size";
/// Annotation that a pod gets with its binding: the number of the run.
inline constexpr std::string_view run_label = "rota.dev/run";

/// A page of a list, or the whole of it.
template <class Object>
struct page {
    std::string version; ///< resourceVersion
    std::string more;    ///< the token for the next page; empty: there is none
    std::vector<Object> items;
};

enum class change : std::uint8_t { added, modified, deleted, bookmark, error };

/// A line of a watch.
template <class Object>
struct event_line {
    change what{};
    std::string version; ///< of the object or the bookmark
    Object object{};     ///< unless it is a bookmark or an error
    int code = 0;        ///< of an error
};

namespace detail {

using json = nlohmann::json;

/// What stands at this path; null where nothing does.
template <class... Keys>
[[nodiscard]] json const& at(json const& from, Keys... keys) {
    static auto const nothing = json{};
    auto const* here = &from;
    for (auto const key : {std::string_view{keys}...}) {
        if (!here->is_object()) return nothing;
        auto const found = here->find(key);
        if (found == here->end()) return nothing;
        here = &*found;
    }
    return *here;
}
[[nodiscard]] inline std::string text(json const& from) {
    return from.is_string() ? from.get<std::string>() : std::string{};
}
/// A whole number, written as one or as text; nothing where it is neither or out of bounds.
[[nodiscard]] inline std::optional<std::int64_t> whole(json const& from, std::int64_t most) {
    auto out = std::int64_t{-1};
    if (from.is_number_unsigned() && from.get<std::uint64_t>() <= static_cast<std::uint64_t>(most))
        out = from.get<std::int64_t>();
    else if (from.is_string()) {
        auto const& digits = from.get_ref<std::string const&>();
        auto const end = digits.data() + digits.size();
        auto const [stop, error] = std::from_chars(digits.data(), end, out);
        if (error != std::errc{} || stop != end) return std::nullopt;
    }
    if (out < 0 || out > most) return std::nullopt;
    return out;
}

/// GPUs of a container; nothing where the number is none.
[[nodiscard]] inline std::optional<int> gpus_of(json const& container) {
    for (auto const* const which : {"requests", "limits"})
        if (auto const& said = at(container, "resources", which, gpu_resource); !said.is_null()) {
            auto const got = whole(said, 10'000);
            return got ? std::optional{static_cast<int>(*got)} : std::nullopt;
        }
    return 0;
}
/// The containers run together, those of the beginning one after the other before them.
inline void read_gpus(json const& from, pod& out) {
    auto const read = [&](auto const* which, auto add) {
        for (auto const& one : at(from, "spec", which)) {
            auto const got = gpus_of(one);
            if (got) out.gpus = add(out.gpus, *got);
            else out.unmapped = "its GPUs are no number";
        }
    };
    read("containers", [](int a, int b) { return std::min(a + b, 10'000); });
    read("initContainers", [](int a, int b) { return std::max(a, b); });
}
[[nodiscard]] inline pod_phase phase_of(json const& status) {
    auto const word = text(at(status, "phase"));
    if (word == "Running") return pod_phase::running;
    if (word == "Succeeded") return pod_phase::succeeded;
    if (word != "Failed") return pod_phase::pending;
    for (auto const& one : at(status, "conditions"))
        if (text(at(one, "type")) == "DisruptionTarget" && text(at(one, "status")) == "True")
            return pod_phase::evicted;
    // containers that fail leave the pod itself without a reason: there are dozens why a kubelet turns one away or stops it
    auto const why = text(at(status, "reason"));
    return why.empty()                 ? pod_phase::failed
           : why == "DeadlineExceeded" ? pod_phase::timed_out
                                       : pod_phase::evicted;
}
inline void read_wishes(json const& spec, pod& out) {
    for (auto const& [key, value] : at(spec, "nodeSelector").items()) {
        if (key == gpu_product) out.model = text(value);
        else out.unmapped = "it selects its nodes by " + key;
    }
    for (auto const* const wish : {"affinity", "topologySpreadConstraints", "resourceClaims"})
        if (!at(spec, wish).empty()) out.unmapped = std::string{"it has "} + wish;
}

[[nodiscard]] inline bool read(json const& from, pod& out) {
    auto const& about = at(from, "metadata");
    auto const& spec = at(from, "spec");
    out = {};
    out.space = text(at(about, "namespace"));
    out.name = text(at(about, "name"));
    out.uid = text(at(about, "uid"));
    if (out.name.empty() || out.uid.empty() || out.space.empty() || !spec.is_object()) return false;
    if (auto const born = trace::date_ms(text(at(about, "creationTimestamp")), true))
        out.created = static_cast<std::uint32_t>(std::min<std::int64_t>(*born / 1'000, 0xffffffff));
    out.group = text(at(about, "labels", group_label));
    for (auto const* const where : {"labels", "annotations"})
        if (auto const size = whole(at(about, where, size_label), 65'535))
            out.group_size = static_cast<int>(*size);
    out.run = static_cast<std::uint32_t>(whole(at(about, "annotations", run_label), 0xffffffff).value_or(0));
    for (auto const& owner : at(about, "ownerReferences"))
        out.controlled = out.controlled || at(owner, "controller") == true;
    out.terminating = !at(about, "deletionTimestamp").is_null();
    out.grace_s = whole(at(about, "deletionGracePeriodSeconds"), 1'000'000'000).value_or(0);
    out.scheduler = text(at(spec, "schedulerName"));
    out.node = text(at(spec, "nodeName"));
    out.gated = !at(spec, "schedulingGates").empty();
    if (auto const& said = at(spec, "priority"); said.is_number_integer())
        out.priority = static_cast<std::int32_t>(std::clamp<std::int64_t>(
            said.get<std::int64_t>(), -2'147'483'647, std::numeric_limits<std::int32_t>::max()));
    out.limit_ms = whole(at(spec, "activeDeadlineSeconds"), 1'000'000'000'000).value_or(0) * 1'000;
    read_wishes(spec, out);
    read_gpus(from, out);
    out.phase = phase_of(at(from, "status"));
    return true;
}
[[nodiscard]] inline bool read(json const& from, node& out) {
    auto const& about = at(from, "metadata");
    out = {};
    out.name = text(at(about, "name"));
    out.uid = text(at(about, "uid"));
    if (out.name.empty() || out.uid.empty()) return false;
    out.gpus = static_cast<int>(whole(at(from, "status", "allocatable", gpu_resource), 10'000).value_or(0));
    out.model = text(at(about, "labels", gpu_product));
    for (auto const& one : at(from, "status", "conditions"))
        if (text(at(one, "type")) == "Ready") out.ready = text(at(one, "status")) == "True";
    out.open = out.ready;
    if (at(from, "spec", "unschedulable") == true) out.open = false;
    for (auto const& taint : at(from, "spec", "taints")) // that of the GPUs themselves keeps others away
        if (text(at(taint, "effect")) != "PreferNoSchedule" && text(at(taint, "key")) != gpu_resource)
            out.open = false;
    return true;
}

[[nodiscard]] inline json parse(std::string_view body) { return json::parse(body, nullptr, false); }

} // namespace detail

/// One object; nothing where it is none of its kind.
template <class Object>
[[nodiscard]] std::optional<Object> read_object(std::string_view body) {
    auto out = Object{};
    if (!detail::read(detail::parse(body), out)) return std::nullopt;
    return out;
}
/// The answer to a list; nothing where it is none.
template <class Object>
[[nodiscard]] std::optional<page<Object>> read_list(std::string_view body) {
    auto const from = detail::parse(body);
    auto out = page<Object>{detail::text(detail::at(from, "metadata", "resourceVersion")),
                            detail::text(detail::at(from, "metadata", "continue")),
                            {}};
    auto const& items = detail::at(from, "items");
    if (out.version.empty() || !(items.is_array() || items.is_null())) return std::nullopt;
    for (auto const& one : items)
        if (!detail::read(one, out.items.emplace_back())) return std::nullopt;
    return out;
}
/// A line of a watch; nothing where it is none.
template <class Object>
[[nodiscard]] std::optional<event_line<Object>> read_event(std::string_view line) {
    auto const from = detail::parse(line);
    auto const word = detail::text(detail::at(from, "type"));
    auto const& object = detail::at(from, "object");
    auto out = event_line<Object>{};
    if (word == "ERROR") {
        out.what = change::error;
        out.code = static_cast<int>(detail::whole(detail::at(object, "code"), 999).value_or(500));
        return out;
    }
    out.version = detail::text(detail::at(object, "metadata", "resourceVersion"));
    if (out.version.empty()) return std::nullopt;
    out.what = word == "ADDED"      ? change::added
               : word == "MODIFIED" ? change::modified
               : word == "DELETED"  ? change::deleted
                                    : change::bookmark;
    if (out.what == change::bookmark) return word == "BOOKMARK" ? std::optional{out} : std::nullopt;
    if (!detail::read(object, out.object)) return std::nullopt;
    return out;
}
/// The size of the gang that a PodGroup stands for; nothing where it says none.
[[nodiscard]] inline std::optional<int> read_group_size(std::string_view body) {
    auto const got = detail::whole(detail::at(detail::parse(body), "spec", "minMember"), 65'535);
    return got && *got > 0 ? std::optional{static_cast<int>(*got)} : std::nullopt;
}
/// What a Status says in words.
[[nodiscard]] inline std::string read_message(std::string_view body) {
    return detail::text(detail::at(detail::parse(body), "message"));
}

/// The body that binds this very pod to a node, for this run of its gang.
[[nodiscard]] inline std::string binding(pod const& one, std::string const& node, std::uint32_t run) {
    return detail::json{{"apiVersion", "v1"},
                        {"kind", "Binding"},
                        {"metadata",
                         {{"name", one.name},
                          {"namespace", one.space},
                          {"uid", one.uid},
                          {"annotations", {{run_label, std::to_string(run)}}}}},
                        {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}}}}
        .dump();
}
/// The body that deletes this very pod, with its own grace where none is given.
[[nodiscard]] inline std::string deletion(pod const& one, std::optional<std::int64_t> grace_s = {}) {
    auto out =
        detail::json{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", one.uid}}}};
    if (grace_s) out["gracePeriodSeconds"] = *grace_s;
    return out.dump();
}

} // namespace rota::kubernetes

#endif
