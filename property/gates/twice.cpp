// SPDX-License-Identifier: BSL-1.0
// Linked with two units that include every header twice: it is enough that this program exists.
#include <cstdio>

int main() {
    std::printf("%d passed, 0 failed\n", HEADERS);
    return HEADERS == 0;
}
