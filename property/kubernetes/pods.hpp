// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_PODS_HPP
#define ROTA_PROPERTY_KUBERNETES_PODS_HPP

#include <string>

#include <nlohmann/json.hpp>

/// Nodes and pods as an API server gives them, with what is usually there besides.
namespace pods {

[[nodiscard]] inline nlohmann::json node(std::string const& name, int gpus) {
    auto out = nlohmann::json::parse(R"({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": "", "labels": {"beta.kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"},
            "annotations": {"node.alpha.kubernetes.io/ttl": "0"}},
        "spec": {"podCIDR": "10.244.1.0/24", "podCIDRs": ["10.244.1.0/24"]},
        "status": {
            "capacity": {"cpu": "96", "ephemeral-storage": "1855391Mi", "memory": "1056758296Ki", "pods": "110"},
            "allocatable": {"cpu": "95600m", "ephemeral-storage": "1709928480", "memory": "1055709720Ki", "pods": "110"},
            "conditions": [
                {"type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory"},
                {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}],
            "nodeInfo": {"kubeletVersion": "v1.20.2", "operatingSystem": "linux"}}})");
    out["metadata"]["name"] = name;
    out["status"]["capacity"]["nvidia.com/gpu"] = std::to_string(gpus);
    out["status"]["allocatable"]["nvidia.com/gpu"] = std::to_string(gpus);
    return out;
}

/// One of a group of `size` where there is a group.
[[nodiscard]] inline nlohmann::json pod(std::string const& name, int gpus, std::string const& group = {},
                                        int size = 0, std::string const& scheduler = "rota") {
    auto out = nlohmann::json::parse(R"({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "", "namespace": "ns", "labels": {}, "annotations": {}},
        "spec": {
            "containers": [{"name": "main", "image": "train:1", "imagePullPolicy": "IfNotPresent",
                "resources": {"limits": {}, "requests": {"cpu": "8", "memory": "64Gi"}},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
            "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "priority": 0, "preemptionPolicy": "PreemptLowerPriority",
            "restartPolicy": "Never", "securityContext": {}, "serviceAccount": "default", "serviceAccountName": "default",
            "terminationGracePeriodSeconds": 30,
            "tolerations": [{"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists",
                "tolerationSeconds": 300}]},
        "status": {"phase": "Pending", "qosClass": "Burstable"}})");
    out["metadata"]["name"] = name;
    out["spec"]["schedulerName"] = scheduler;
    for (auto const* const which : {"limits", "requests"})
        out["spec"]["containers"][0]["resources"][which]["nvidia.com/gpu"] = std::to_string(gpus);
    if (!group.empty()) out["metadata"]["labels"]["scheduling.x-k8s.io/pod-group"] = group;
    if (size != 0) out["metadata"]["annotations"]["rota.dev/gang-size"] = std::to_string(size);
    return out;
}

} // namespace pods

#endif
