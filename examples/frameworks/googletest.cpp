// SPDX-License-Identifier: BSL-1.0
// The laws as a test of GoogleTest; link gtest_main.
#include <gtest/gtest.h>

#include "newest_first.hpp"

TEST(NewestFirst, KeepsItsLaws) {
    auto const broken = broken_laws(its_claims);
    EXPECT_TRUE(broken.empty()) << broken;
}

TEST(NewestFirst, DISABLED_IsFifo) { // it is not: this is what a failure looks like
    auto const broken = broken_laws(rota::claim::strict_fifo);
    EXPECT_TRUE(broken.empty()) << broken;
}
