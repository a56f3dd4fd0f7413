// SPDX-License-Identifier: BSL-1.0
// One source for the host and the device: nvcc takes every header of the device-clean rooms, and a kernel
// draws, adds times and divides as the host does, bit for bit.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <cuda_runtime_api.h>

#include <every_device_clean.hpp>

namespace {

struct answer {
    std::uint64_t draw = 0;
    std::uint64_t below = 0;
    double unit = 0;
    std::int64_t later = 0;
    std::int64_t rounded = 0;

    friend bool operator==(answer const&, answer const&) = default;
};

ROTA_HOST_DEVICE answer asked(std::uint64_t seed) {
    auto random = rota::random{seed};
    auto said = answer{};
    said.draw = random();
    said.below = random.below(1250);
    said.unit = random.unit();
    said.later = rota::index(rota::sim_time{static_cast<std::int64_t>(said.below)} + rota::millis{60'000});
    said.rounded = rota::divide_up(static_cast<std::int64_t>(said.draw >> 1), 7);
    return said;
}

__global__ void ask(answer* answers, std::uint32_t count) {
    auto const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) answers[i] = asked(i);
}

bool done(cudaError_t code) {
    if (code == cudaSuccess) return true;
    std::printf("cuda: %s\n", cudaGetErrorString(code));
    return false;
}

} // namespace

int main() {
    auto devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::printf("skipped: no device\n");
        return 77;
    }
    constexpr auto count = std::uint32_t{100'000};
    answer* there = nullptr;
    if (!done(cudaMalloc(&there, count * sizeof(answer)))) return 1;
    ask<<<(count + 255) / 256, 256>>>(there, count);
    auto here = std::vector<answer>(count);
    if (!done(cudaGetLastError()) ||
        !done(cudaMemcpy(here.data(), there, count * sizeof(answer), cudaMemcpyDeviceToHost)))
        return 1;
    auto failed = std::uint32_t{0};
    for (auto i = std::uint32_t{0}; i != count; ++i) failed += here[i] == asked(i) ? 0 : 1;
    if (!done(cudaFree(there))) return 1;
    std::printf("%u passed, %u failed\n", count - failed, failed);
    return failed != 0;
}
