// SPDX-License-Identifier: BSL-1.0
// A workload in which every job asks for CPU of its own: what a score costs, and what is kept of the scores.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <new>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/remembered.hpp>
#include <rota/placement/target_workload.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto held = std::size_t{0}; ///< bytes
auto most = std::size_t{0};

/// Kinds of pods that differ in CPU alone, but for six shares and sizes.
placement::target_workload kinds(std::uint32_t count) {
    auto pods = std::vector<job::pod>{};
    for (auto i = std::uint32_t{0}; i != count; ++i) {
        auto const gpus = static_cast<std::uint16_t>(i % 6 < 3 ? 1 : 1u << (i % 6 - 2));
        auto const milli = static_cast<std::uint16_t>(i % 6 < 3 ? 250 * (i % 6 + 1) : 1'000);
        pods.push_back({.cpu_milli = 1 + i * (64'000 / count), .gpus = gpus, .milli = milli});
    }
    return placement::target_workload{pods, {.percent = 100}};
}

/// CPU time of some thousands of scores, the least of several tries, and what they add up to.
std::clock_t scored(placement::target_workload const& target, std::int64_t& sum) {
    auto const score = placement::fgd{target.view()};
    auto least = std::numeric_limits<std::clock_t>::max();
    for (auto round = 0; round != 5; ++round) {
        auto const from = std::clock();
        for (auto i = std::uint32_t{0}; i != 4'000; ++i) {
            auto on = placement::node_state{
                .cpu_milli = 32'000 + 7 * i, .milli = {1000, 1000, 700, 400}, .gpus = 4};
            on.milli[3] = static_cast<std::uint16_t>(200 + i % 700);
            sum += score.score(on, {.cpu_milli = 4 * i, .gpus = 1, .milli = 200});
        }
        least = std::min(least, std::clock() - from);
    }
    return least;
}

} // namespace

// Not inlined: g++ 12 takes the pair of new and free for a mistake.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    auto* const got = static_cast<std::size_t*>(std::malloc(bytes + 16));
    if (got == nullptr) throw std::bad_alloc{};
    *got = bytes;
    most = std::max(most, held += bytes);
    return got + 16 / sizeof(std::size_t);
}
[[gnu::noinline]] void operator delete(void* what) noexcept {
    if (what == nullptr) return;
    auto* const got = static_cast<std::size_t*>(what) - 16 / sizeof(std::size_t);
    held -= *got;
    std::free(got);
}
[[gnu::noinline]] void operator delete(void* what, std::size_t) noexcept { ::operator delete(what); }

int main() {
    auto told = tally{};
    auto sum = std::int64_t{0};
    auto const few = kinds(60);
    auto const many = kinds(30'000);
    told.check(many.kinds().size() == 30'000, "each a kind of its own");
    auto const costs_few = scored(few, sum);
    auto const costs_many = scored(many, sum);
    told.check(sum != 0 && costs_many < 20 * std::max<std::clock_t>(costs_few, 100),
               "500 times the kinds are not 20 times the work");

    auto const cluster = cluster::uniform(1, 100, 8, 64'000);
    auto const free = cluster::ledger{cluster};
    auto const remembers = std::size_t{10'000};
    auto const known = placement::remembered<placement::fgd>{placement::fgd{few.view()}, remembers};
    auto const before = held;
    most = held;
    for (auto i = std::uint32_t{0}; i != 2'000; ++i) {
        auto need = job::gang(1);
        need.cpu_milli = i;
        for (auto n = std::uint32_t{0}; n != free.size(); ++n) sum += known(need, free, node_id{n}, 1);
    }
    told.check(most - before < 3 * 16 * remembers, "what is kept of scores has a bound");
    return told.end();
}
