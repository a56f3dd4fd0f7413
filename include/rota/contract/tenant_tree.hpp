// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_TENANT_TREE_HPP
#define ROTA_CONTRACT_TENANT_TREE_HPP

#include <cstdint>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>

namespace rota {

/// A tenant and what its subtree uses, counted by intent: decisions inside one pass see their own effect.
struct tenant_state {
    tenant_id parent{};
    std::int32_t weight = 1;
    std::int64_t nominal_milli = 0; ///< GPU-milli that are its own
    std::int64_t used_milli = 0;    ///< GPU-milli of the subtree
    std::int64_t used_cpu_milli = 0;

    friend bool operator==(tenant_state const&, tenant_state const&) = default;
};

/// The tenants of a cluster. Node 0 is the root; a parent comes before its children.
class tenant_tree {
public:
    tenant_tree() : nodes_(1) {}
    explicit tenant_tree(std::vector<job::tenant> const& tenants) {
        for (auto const& one : tenants) {
            ROTA_EXPECTS(nodes_.empty() || index(one.parent) < nodes_.size(),
                         "a parent comes before its children");
            nodes_.push_back(
                {.parent = one.parent, .weight = one.weight, .nominal_milli = one.nominal_milli});
        }
        if (nodes_.empty()) nodes_.emplace_back();
    }

    [[nodiscard]] tenant_state const& of(tenant_id t) const noexcept { return nodes_[index(t)]; }
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
    void set_nominal(tenant_id t, std::int64_t nominal_milli) noexcept {
        nodes_[index(t)].nominal_milli = nominal_milli;
    }

    void charge(tenant_id t, cluster::placement const& p) noexcept { add(t, p, +1); }
    void discharge(tenant_id t, cluster::placement const& p) noexcept { add(t, p, -1); }

    friend bool operator==(tenant_tree const&, tenant_tree const&) = default;

private:
    void add(tenant_id t, cluster::placement const& p, int sign) noexcept {
        auto milli = std::int64_t{0};
        auto cpu = std::int64_t{0};
        for (auto const& part : p) {
            milli += std::int64_t{sign} * part.count() * part.share();
            cpu += std::int64_t{sign} * part.cpu_milli;
        }
        for (;; t = nodes_[index(t)].parent) {
            nodes_[index(t)].used_milli += milli;
            nodes_[index(t)].used_cpu_milli += cpu;
            if (index(t) == 0) return;
        }
    }

    std::vector<tenant_state> nodes_;
};

} // namespace rota

#endif
