// SPDX-License-Identifier: BSL-1.0
// The laws as a test of doctest.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "newest_first.hpp"

TEST_CASE("newest first keeps its laws") {
    auto const broken = broken_laws(its_claims);
    CHECK_MESSAGE(broken.empty(), broken);
}

TEST_CASE("newest first is FIFO" * doctest::skip()) { // it is not: this is what a failure looks like
    auto const broken = broken_laws(rota::claim::strict_fifo);
    CHECK_MESSAGE(broken.empty(), broken);
}
