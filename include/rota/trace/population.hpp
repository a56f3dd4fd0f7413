// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_POPULATION_HPP
#define ROTA_TRACE_POPULATION_HPP

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <rota/core/checked.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/weighted.hpp>

namespace rota::trace {

/// Who submits: users by a Zipf law of their jobs, each of one tenant, and the tenants under the root.
class population {
public:
    /// Sizes and Zipf exponents; those of tenants by the jobs they bring and by the GPUs they are entitled
    /// to.
    struct shape {
        std::uint32_t users = 100; ///< user 0 submits most
        double user_exponent = 1.15;
        std::uint16_t tenants = 15; ///< children of the root
        double job_exponent = 1.75;
        double weight_exponent = 1.1;
    };

    /// Expects   at least one user and one tenant.
    explicit population(shape const& asked)
        : entitled_{zipf(1, asked.tenants, asked.weight_exponent)},
          users_{zipf(1, asked.users, asked.user_exponent)},
          tenant_of_{assign(zipf(1, asked.users, asked.user_exponent),
                            zipf(1, asked.tenants, asked.job_exponent))} {}

    [[nodiscard]] user_id draw(random& from) const noexcept {
        return user_id{static_cast<std::uint32_t>(users_(from))};
    }

    [[nodiscard]] tenant_id tenant_of(user_id user) const noexcept { return tenant_of_[index(user)]; }

    /// The root and its children, which divide `gpus` among them; weights are shares in 10,000.
    [[nodiscard]] std::vector<job::tenant> tree(std::int64_t gpus) const {
        auto total = int128{0};
        for (auto const weight : entitled_) total += weight;
        auto made = std::vector<job::tenant>(1);
        auto upto = int128{0};
        for (auto const weight : entitled_) {
            auto const before = upto * gpus * whole_gpu / total;
            upto += weight;
            made.push_back(
                {.parent = {},
                 .weight =
                     std::max<std::int32_t>(1, static_cast<std::int32_t>(int128{weight} * 10'000 / total)),
                 .nominal_milli = static_cast<std::int64_t>(upto * gpus * whole_gpu / total - before),
                 .name = "tenant" + std::to_string(made.size())});
        }
        return made;
    }

private:
    /// The tenant of each user: from the busiest user on, the one furthest below its share of the jobs.
    static std::vector<tenant_id> assign(std::vector<std::uint64_t> const& users,
                                         std::vector<std::uint64_t> const& tenants) {
        auto const total = [](auto const& weights) {
            return static_cast<double>(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
        };
        auto missing = std::vector<double>{};
        for (auto const weight : tenants) missing.push_back(static_cast<double>(weight) / total(tenants));
        auto of_user = std::vector<tenant_id>{};
        for (auto const weight : users) {
            auto const neediest = std::ranges::max_element(missing);
            *neediest -= static_cast<double>(weight) / total(users);
            of_user.push_back(tenant_id{static_cast<std::uint16_t>(neediest - missing.begin() + 1)});
        }
        return of_user;
    }

    std::vector<std::uint64_t> entitled_;
    weighted users_;
    std::vector<tenant_id> tenant_of_;
};

} // namespace rota::trace

#endif
