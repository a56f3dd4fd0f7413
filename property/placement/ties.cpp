// SPDX-License-Identifier: BSL-1.0
// Which node and which GPU: the tightest or the loosest by hand, and of equal ones the lowest number.
#include <cstdint>
#include <string>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/consolidated.hpp>
#include <rota/placement/dot_product.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/worst_fit.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};

/// On four equal nodes, with the first one taken, the gang lies on the next ones.
template <class Policy>
void lowest(std::string const& name, Policy const& policy) {
    auto const cluster = cluster::uniform(1, 4, 4, 16'000, 65'536);
    for (auto const cpu : {0u, 1'000u})
        for (auto const gpus : {1, 4, 8}) {
            auto free = cluster::ledger(cluster);
            free.take(cluster::slice{.node = node_id{0}, .gpus = 15});
            auto need = job::gang(gpus);
            need.cpu_milli = cpu;
            auto const where = policy.place(need, free);
            auto good = static_cast<bool>(where) && where->size() == (gpus == 8 ? 2u : 1u);
            for (auto const& part : good ? *where : cluster::placement{})
                good = good && index(part.node) <= (gpus == 8 ? 2u : 1u);
            told.check(good, name + ": " + std::to_string(gpus) + " GPUs, " + std::to_string(cpu) + " CPU");
        }
}

/// Nodes of four with 4, 2 and 1 of them free.
template <class Policy>
void chooses(std::string const& name, Policy const& policy, std::uint32_t for_one, std::uint32_t for_two) {
    auto const cluster = cluster::uniform(1, 3, 4, 16'000, 65'536);
    auto free = cluster::ledger(cluster);
    free.take(cluster::slice{.node = node_id{1}, .gpus = 3, .cpu_milli = 2'000});
    free.take(cluster::slice{.node = node_id{2}, .gpus = 7, .cpu_milli = 3'000});
    for (auto const cpu : {0u, 1'000u})
        for (auto const gpus : {1, 2}) {
            auto need = job::gang(gpus);
            need.cpu_milli = cpu;
            auto const where = policy.place(need, free);
            auto const good =
                static_cast<bool>(where) && index(where->front().node) == (gpus == 1 ? for_one : for_two);
            told.check(good, name + " chooses another node for " + std::to_string(gpus) + " GPUs, " +
                                 std::to_string(cpu) + " CPU");
        }
}

/// GPUs of one node with 1000, 500 and 300 thousandths free.
void a_share_goes_where_it_is_tight() {
    auto const cluster = cluster::uniform(1, 1, 3);
    auto free = cluster::ledger(cluster);
    free.take(cluster::slice{.node = node_id{0}, .gpus = 2, .milli = 500});
    free.take(cluster::slice{.node = node_id{0}, .gpus = 4, .milli = 700});
    for (auto const milli : {250, 300, 400, 500, 600}) {
        auto need = job::gang(1);
        need.milli = need.milli_min = static_cast<std::uint16_t>(milli);
        auto const where = placement::best_fit{}.place(need, free);
        auto const wanted = milli <= 300 ? 4 : milli <= 500 ? 2 : 1;
        auto const good = static_cast<bool>(where) && where->front().gpus == wanted;
        told.check(good, "a share of " + std::to_string(milli) + " goes to another GPU than the tightest");
    }
}

} // namespace

int main() {
    chooses("best fit", placement::best_fit{}, 2, 1);
    chooses("worst fit", placement::worst_fit{}, 0, 0);
    chooses("first fit", placement::first_fit{}, 0, 0);
    a_share_goes_where_it_is_tight();
    lowest("best fit", placement::best_fit{});
    lowest("worst fit", placement::worst_fit{});
    lowest("first fit", placement::first_fit{});
    lowest("consolidated", placement::consolidated{});
    lowest("dot product", placement::dot_product{});
    return told.end();
}
