// SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include <rota/cluster/spec.hpp>

int main() {
    auto const cluster = rota::cluster::uniform(1, 2, 8);
    std::printf("%d GPUs\n", static_cast<int>(cluster.gpus()));
}
