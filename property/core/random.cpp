// SPDX-License-Identifier: BSL-1.0
// The stream is the one of the published generator, and so the same on every machine.
#include <cstdint>
#include <limits>
#include <string_view>

#include <rota/core/random.hpp>

#include "../tally.hpp"

namespace {

auto result = tally{};
bool check(bool good, std::string_view what) { return result.check(good, what); }

} // namespace

int main() {
    // First outputs of splitmix64.c (S. Vigna, prng.di.unimi.it) for the seed 1234567.
    auto published = rota::random{1234567};
    check(published() == 6457827717110365317u, "first draw");
    check(published() == 3203168211198807973u, "second draw");
    check(published() == 9817491932198370423u, "third draw");
    check(published() == 4593380528125082431u, "fourth draw");
    check(published() == 16408922859458223821u, "fifth draw");

    auto const zero = rota::random{9}.below(0);
    check(zero == 0, "below 0 is 0");
    auto draws = rota::random{1};
    auto inside = true;
    auto sum = 0.0;
    auto hits = 0;
    for (auto i = 0; i != 100'000; ++i) {
        inside = inside && draws.below(7) < 7;
        auto const unit = draws.unit();
        inside = inside && unit >= 0 && unit < 1;
        sum += unit;
        if (draws.chance(0.25)) ++hits;
    }
    check(inside, "draws stay in their range");
    check(sum > 49'500 && sum < 50'500, "units have mean 1/2"); // 5.5 standard deviations
    check(hits > 24'300 && hits < 25'700, "a chance of 1/4 comes in a quarter of the draws");
    check(!rota::random{3}.chance(0) && rota::random{3}.chance(1), "no chance and certainty");
    check(rota::random::max() == std::numeric_limits<std::uint64_t>::max(), "all bits are used");
    return result.end();
}
