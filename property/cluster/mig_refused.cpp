// SPDX-License-Identifier: BSL-1.0
// What a caller must not do to a ledger of split GPUs is refused, and nothing has changed.
#include <stdexcept>
#include <string_view>
#include <vector>

inline void obliged(bool kept, char const* why) {
    if (!kept) throw std::logic_error(why);
}
#define ROTA_EXPECTS(condition, why) obliged(static_cast<bool>(condition), why)

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/mig_ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;
using cluster::mig_a100;
using cluster::mig_kind;
using cluster::mig_layout;

auto told = tally{};

template <class Act>
void refused(std::string_view what, cluster::mig_ledger& on, Act act) {
    auto const before = on;
    auto stopped = false;
    try {
        act(on);
    } catch (std::logic_error const&) {
        stopped = true;
    }
    told.check(stopped && on == before && on.validate(), what);
}

constexpr auto node = node_id{0};

} // namespace

int main() {
    auto spec = cluster::uniform(1, 2, 4, 8'000, 8'192);
    spec.models = {"a100", "other"};
    spec.nodes[1].model = gpu_model{1};
    auto const ones = mig_layout{}.with(mig_a100::one, 0).with(mig_a100::one, 6);
    auto on = cluster::mig_ledger(spec, {{mig_kind::a100, {}}});
    auto const share = cluster::placement{cluster::slice{.node = node, .gpus = 8, .milli = 300}};
    auto const three =
        cluster::mig_instance{.node = node, .profile = mig_a100::three, .start = 4, .cpu_milli = 6'000};
    on.take(share);
    on.split(node, 0);
    on.split(node, 1);
    on.take(three);

    refused("a GPU is split twice", on, [](auto& l) { l.split(node, 0); });
    refused("a GPU with a share is split", on, [](auto& l) { l.split(node, 3); });
    refused("a GPU that does not exist is split", on, [](auto& l) { l.split(node, 4); });
    refused("a model without instances is split", on, [](auto& l) { l.split(node_id{1}, 0); });
    refused("a GPU with an instance is joined", on, [](auto& l) { l.join(node, 0); });
    refused("a whole GPU is joined", on, [](auto& l) { l.join(node, 2); });
    refused("a split GPU is given back as a job's", on,
            [](auto& l) { l.give(cluster::placement{cluster::slice{.node = node, .gpus = 2}}); });
    auto const take = [&](std::string_view what, cluster::mig_instance one) {
        told.check(!on.fits(one), what);
        refused(what, on, [&](auto& l) { l.take(one); });
    };
    take("an instance twice", three);
    take("an instance inside another", {.node = node, .profile = mig_a100::two, .start = 4});
    on.take({.node = node, .gpu = 1, .profile = mig_a100::one, .start = 5});
    take("an instance that reaches into another",
         {.node = node, .gpu = 1, .profile = mig_a100::two, .start = 4});
    take("an instance where it may not begin", {.node = node, .profile = mig_a100::two, .start = 1});
    take("a start beyond the memory", {.node = node, .profile = mig_a100::one, .start = 8});
    take("a profile that does not exist", {.node = node, .profile = 6});
    take("an instance of a whole GPU", {.node = node, .gpu = 2, .profile = mig_a100::one});
    take("a GPU beyond all", {.node = node, .gpu = 200, .profile = mig_a100::one});
    take("a node beyond all", {.node = node_id{2}, .profile = mig_a100::one});
    take("more CPU than is left", {.node = node, .gpu = 1, .profile = mig_a100::one, .cpu_milli = 3'000});
    take("more memory than is left", {.node = node, .gpu = 1, .profile = mig_a100::one, .mem_mib = 9'000});
    auto other = three;
    other.profile = mig_a100::two;
    refused("another profile is given back", on, [&](auto& l) { l.give(other); });
    other = three;
    other.start = 0;
    refused("another start is given back", on, [&](auto& l) { l.give(other); });
    other = three;
    other.gpu = 2;
    refused("an instance of a whole GPU is given back", on, [&](auto& l) { l.give(other); });

    auto listed = cluster::mig_ledger(spec, {{mig_kind::a100, {ones}}});
    listed.split(node, 0);
    told.check(listed.fits({.node = node, .profile = mig_a100::one, .start = 6}), "a listed instance fits");
    refused("an instance that is not listed", listed,
            [](auto& l) { l.take({.node = node, .profile = mig_a100::one, .start = 5}); });
    auto bad = false;
    try {
        cluster::mig_ledger(spec, {{mig_kind::a30, {ones}}});
    } catch (std::logic_error const&) {
        bad = true;
    }
    told.check(bad, "a layout of another kind is listed");
    return told.end();
}
