// SPDX-License-Identifier: BSL-1.0
// expect: deleted
#include <rota/cluster/ledger.hpp>

int main() {
    auto const free = rota::cluster::ledger{rota::cluster::uniform(1, 2, 8)}; // refused
    (void)free;
}
