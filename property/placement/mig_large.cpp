// SPDX-License-Identifier: BSL-1.0
// A request for thousands of instances costs about what as many requests for one do.
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <variant>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/placement/by_mig.hpp>
#include <rota/placement/mig_packing.hpp>
#include <rota/placement/mig_request.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using instances = std::vector<cluster::mig_instance>;

constexpr auto count = std::uint16_t{4'000};

template <class Act>
double seconds(Act act) {
    auto const before = std::clock();
    act();
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

} // namespace

int main() {
    auto told = tally{};
    auto const nodes = cluster::uniform(1, 500, 8, 64'000, 524'288);
    auto free = cluster::mig_ledger{nodes, {{cluster::mig_kind::a100, {}}}};
    for (auto n = std::uint32_t{0}; n != free.size(); ++n)
        for (auto g = 0; g != 8; ++g) free.split(node_id{n}, g);
    auto const policy = placement::by_mig<placement::mig_packing>{};
    auto need = placement::mig_request{.profile = cluster::mig_a100::three, .cpu_milli = 2'000};

    auto one_by_one = instances{};
    auto const small = seconds([&] {
        auto in_use = free;
        for (auto i = std::uint16_t{0}; i != count; ++i) {
            auto const got = std::get<instances>(policy.place(need, in_use));
            in_use.take(got.front());
            one_by_one.push_back(got.front());
        }
    });
    need.count = count;
    auto at_once = instances{};
    auto large = 1e9;
    for (auto i = 0; i != 3; ++i)
        large = std::min(large, seconds([&] { at_once = std::get<instances>(policy.place(need, free)); }));
    told.check(at_once == one_by_one, "they lie where they would one by one");
    told.check(large < 20 * std::max(small, 1e-3), "and cost no more by an order of magnitude");
    return told.end();
}
