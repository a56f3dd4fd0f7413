// SPDX-License-Identifier: BSL-1.0
// The laws as a test of Catch2, version 2.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "newest_first.hpp"

TEST_CASE("newest first keeps its laws") {
    auto const broken = broken_laws(its_claims);
    INFO(broken);
    CHECK(broken.empty());
}

TEST_CASE("newest first is FIFO", "[.]") { // it is not: this is what a failure looks like
    auto const broken = broken_laws(rota::claim::strict_fifo);
    INFO(broken);
    CHECK(broken.empty());
}
