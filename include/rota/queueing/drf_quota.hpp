// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_DRF_QUOTA_HPP
#define ROTA_QUEUEING_DRF_QUOTA_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/contract/view.hpp>
#include <rota/core/checked.hpp>
#include <rota/core/units.hpp>

namespace rota::queueing {

/// Who is served next in a tenant tree, and from whom it may take back what is its own.
///
/// Order: the tenant with the least dominant share goes first, compared below the root first, then one level
/// down; ties to the lower id. The dominant share is the larger of the GPU and the CPU fraction of the whole
/// cluster, divided by the weight. Quota: a tenant owns its nominal, a subtree the nominals in it; idle quota
/// is anybody's. What is counted is intent: a stop counts when it is decided, not when the devices are back.
/// Source    A. Ghodsi et al., "Dominant resource fairness", NSDI 2011 (progressive filling); quota, cohorts
///           and reclaim as in Kueue (kueue.sigs.k8s.io, "Cluster Queue" and "Preemption").
///           differs: shares of inner tenants are plain sums, without the rescaling of hierarchical DRF
///           (A. A. Bhattacharya et al., SoCC 2013); memory is not counted.
class drf_quota {
public:
    /// Reads the quotas, and the first time the cluster. At the start of a pass.
    void refresh(view const& v) {
        if (gpu_milli_ == 0)
            for (auto const& node : v.free().layout().nodes) {
                gpu_milli_ += std::int64_t{node.gpus} * whole_gpu;
                cpu_milli_ += node.cpu_milli;
            }
        quota_.assign(v.tenants(), 0);
        for (auto t = v.tenants(); t-- != 0;) { // a parent comes before its children
            auto const& one = v.tenant(tenant(t));
            quota_[t] += one.nominal_milli;
            if (t != 0) quota_[index(one.parent)] += quota_[t];
        }
    }
    /// a is served before b.
    [[nodiscard]] bool before(view const& v, tenant_id a, tenant_id b) const {
        auto [x, y] = branches(v, a, b);
        if (x == y) return depth(v, a) < depth(v, b); // one holds the other: its own jobs first
        auto const& s = v.tenant(x);
        auto const& t = v.tenant(y);
        if (s.weight <= 0 || t.weight <= 0) // who has no weight waits until the others are served
            return s.weight <= 0 && t.weight <= 0 ? x < y : t.weight <= 0;
        auto const left = dominant(s) * t.weight;
        auto const right = dominant(t) * s.weight;
        return left != right ? left < right : x < y;
    }
    /// The largest subtree in which the tenant may take back devices for that many GPU-milli more: its own
    /// nominal covers them, and so does the quota of every tenant on the way. Nothing where it would borrow.
    [[nodiscard]] std::optional<tenant_id> reach(view const& v, tenant_id who,
                                                 std::int64_t more_milli) const {
        if (own_use(v, who) + more_milli > v.tenant(who).nominal_milli) return std::nullopt;
        while (index(who) != 0 && v.tenant(who).used_milli + more_milli <= quota_[index(who)])
            who = v.tenant(who).parent;
        return who;
    }
    /// Neither the owner, nor a tenant between it and those whom it shares with the claimant, falls below its
    /// quota if the claimant takes that much from it.
    [[nodiscard]] bool may_take(view const& v, tenant_id claimant, tenant_id reach, tenant_id owner,
                                std::int64_t milli) const {
        if (owner == claimant || !within(v, owner, reach)) return false;
        if (own_use(v, owner) - milli < v.tenant(owner).nominal_milli) return false;
        for (auto t = owner; !within(v, claimant, t); t = v.tenant(t).parent)
            if (v.tenant(t).used_milli - milli < quota_[index(t)]) return false;
        return true;
    }

private:
    static tenant_id tenant(std::size_t t) noexcept { return static_cast<tenant_id>(t); }

    [[nodiscard]] int128 dominant(tenant_state const& t) const noexcept {
        auto const gpu = int128{t.used_milli} * std::max<std::int64_t>(cpu_milli_, 1);
        return std::max(gpu, int128{t.used_cpu_milli} * gpu_milli_);
    }
    /// What the tenant's own jobs use, without its children's.
    [[nodiscard]] static std::int64_t own_use(view const& v, tenant_id t) {
        auto use = v.tenant(t).used_milli;
        for (auto child = index(t) + std::size_t{1}; child < v.tenants(); ++child)
            if (v.tenant(tenant(child)).parent == t) use -= v.tenant(tenant(child)).used_milli;
        return use;
    }
    [[nodiscard]] static int depth(view const& v, tenant_id t) {
        auto steps = 0;
        for (; index(t) != 0; t = v.tenant(t).parent) ++steps;
        return steps;
    }
    [[nodiscard]] static bool within(view const& v, tenant_id t, tenant_id subtree) {
        while (index(t) > index(subtree)) t = v.tenant(t).parent;
        return t == subtree;
    }
    /// The ancestors of a and b just below the one that they share; that one where it is a or b itself.
    [[nodiscard]] static std::pair<tenant_id, tenant_id> branches(view const& v, tenant_id a, tenant_id b) {
        auto below_a = a;
        auto below_b = b;
        while (a != b) // ids fall on the way up
            if (index(a) > index(b)) {
                below_a = a;
                a = v.tenant(a).parent;
            } else {
                below_b = b;
                b = v.tenant(b).parent;
            }
        if (below_a == a || below_b == b) return {a, a};
        return {below_a, below_b};
    }

    std::int64_t gpu_milli_ = 0; ///< of all nodes, up or down
    std::int64_t cpu_milli_ = 0;
    std::vector<std::int64_t> quota_; ///< [tenants] nominals of the subtree
};

} // namespace rota::queueing

#endif
