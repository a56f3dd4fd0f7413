// SPDX-License-Identifier: BSL-1.0
// The scorers of a node's state are one source for host and device: every state and pod gets the same score and the
// same GPUs on both. Without a device: compiled, and reported as skipped.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/core/random.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/balanced_allocation.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fgd_exact.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/gpu_clustering.hpp>
#include <rota/placement/gpu_packing.hpp>
#include <rota/placement/kai_ladder.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/least_allocated.hpp>
#include <rota/placement/least_remaining.hpp>
#include <rota/placement/most_allocated.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/requested_to_capacity.hpp>
#include <rota/placement/target_view.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tiers.hpp>
#include <rota/placement/uniform_draw.hpp>
#include <rota/placement/weighted.hpp>

namespace {

using namespace rota;

int passed = 0;
int failed = 0;

void check(bool good, char const* what) {
    ++(good ? passed : failed);
    if (!good) std::printf("FAILED: %s\n", what);
}

bool sound(cudaError_t answer, char const* what) {
    if (answer == cudaSuccess) return true;
    std::printf("FAILED: %s: %s\n", what, cudaGetErrorString(answer));
    ++failed;
    return false;
}

/// What is asked of one state for one pod.
struct answer {
    std::int64_t score = 0;
    std::int64_t fragment = 0;
    std::uint16_t gpus = 0;
    bool fits = false;
};

template <class Scorer>
ROTA_HOST_DEVICE answer ask(Scorer const& score, placement::node_state const& on, job::pod const& need,
                            placement::target_view target) {
    auto made = answer{};
    made.fits = placement::fits(on, need);
    if (!made.fits) return made;
    made.gpus = score.pick(on, need);
    made.score = score.score(on, need);
    made.fragment = placement::fragment(placement::with(on, need, made.gpus), target);
    return made;
}

/// A draw as a scorer: its node among seven, and its GPUs.
struct drawn {
    placement::uniform_draw draw;
    ROTA_HOST_DEVICE std::int64_t score(placement::node_state const& on, job::pod const&) const noexcept {
        return draw.node(on.cpu_milli, 7);
    }
    ROTA_HOST_DEVICE std::uint16_t pick(placement::node_state const& on,
                                        job::pod const& need) const noexcept {
        return draw.pick(on.mem_mib, on, need);
    }
};

template <class Scorer>
__global__ void ask_all(Scorer score, placement::node_state const* states, job::pod const* pods,
                        std::size_t count, placement::target_view target, answer* out) {
    auto const i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    if (i < count) out[i] = ask(score, states[i], pods[i], target);
}

job::pod some_pod(rota::random& draw) {
    auto need = job::pod{};
    std::uint16_t const gpus[] = {0, 1, 1, 1, 2, 4, 8};
    std::uint16_t const shares[] = {110, 460, 500, 810, 1000};
    need.gpus = gpus[draw.below(7)];
    need.milli = need.gpus == 0   ? std::uint16_t{0}
                 : need.gpus == 1 ? shares[draw.below(5)]
                                  : std::uint16_t{1000};
    need.cpu_milli = static_cast<std::uint32_t>(1'000 * draw.below(16));
    if (draw.below(4) == 0) need.models = 1u << draw.below(2);
    return need;
}

placement::node_state some_state(rota::random& draw) {
    auto on = placement::node_state{};
    on.gpus = static_cast<std::uint8_t>(1 + draw.below(8));
    on.model = gpu_model{static_cast<std::uint8_t>(draw.below(2))};
    on.cpu_milli = static_cast<std::uint32_t>(draw.below(96'000));
    on.mem_mib = static_cast<std::uint32_t>(draw.below(1'000'000));
    for (auto g = 0; g != on.gpus; ++g)
        on.milli[g] = static_cast<std::uint16_t>(draw.below(2) == 0 ? 1000 : draw.below(1001));
    for (auto& count : on.held) count = static_cast<std::uint16_t>(draw.below(2));
    on.cpu_milli_of = on.cpu_milli + static_cast<std::uint32_t>(draw.below(96'000));
    on.mem_mib_of = on.mem_mib + static_cast<std::uint32_t>(draw.below(1'000'000));
    return on;
}

template <class T>
class on_device {
public:
    explicit on_device(std::vector<T> const& from) : size_{from.size()} {
        good_ = sound(cudaMalloc(&data_, size_ * sizeof(T)), "memory") &&
                sound(cudaMemcpy(data_, from.data(), size_ * sizeof(T), cudaMemcpyHostToDevice), "upload");
    }
    on_device(on_device const&) = delete;
    on_device& operator=(on_device const&) = delete;
    ~on_device() { cudaFree(data_); }

    [[nodiscard]] T* data() const { return data_; }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::vector<T> back() const {
        auto to = std::vector<T>(size_);
        sound(cudaMemcpy(to.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost), "download");
        return to;
    }

private:
    T* data_ = nullptr;
    std::size_t size_;
    bool good_ = false;
};

struct world {
    std::vector<placement::node_state> states;
    std::vector<job::pod> pods;
    placement::target_view target;
    on_device<placement::node_state> device_states{states};
    on_device<job::pod> device_pods{pods};
    placement::target_view device_target;
};

/// The scorer over the host's steps, and the same over the device's.
template <class Scorer>
void same(world const& in, Scorer const& here, Scorer const& there, char const* what) {
    auto const out = on_device<answer>{std::vector<answer>(in.states.size())};
    if (!out.good()) return;
    auto const blocks = static_cast<unsigned>((in.states.size() + 255) / 256);
    ask_all<<<blocks, 256>>>(there, in.device_states.data(), in.device_pods.data(), in.states.size(),
                             in.device_target, out.data());
    if (!sound(cudaGetLastError(), what) || !sound(cudaDeviceSynchronize(), what)) return;
    auto const got = out.back();
    auto equal = true;
    for (auto i = std::size_t{0}; i != got.size(); ++i) {
        auto const want = ask(here, in.states[i], in.pods[i], in.target);
        equal = equal && got[i].fits == want.fits && got[i].score == want.score && got[i].gpus == want.gpus &&
                got[i].fragment == want.fragment;
    }
    check(equal, what);
}

} // namespace

int main() {
    auto devices = 0;
    if (auto const answer = cudaGetDeviceCount(&devices); answer != cudaSuccess || devices == 0) {
        std::printf("skipped: no device (%s)\n", cudaGetErrorString(answer));
        return 77;
    }
    auto draw = rota::random{1};
    auto expected = std::vector<job::pod>{};
    for (auto i = 0; i != 500; ++i) expected.push_back(some_pod(draw));
    auto const kinds = placement::target_workload(expected);
    auto const device_steps = on_device<placement::target_step>{kinds.steps()};
    auto states = std::vector<placement::node_state>{};
    auto pods = std::vector<job::pod>{};
    for (auto i = 0; i != 200'000; ++i) {
        states.push_back(some_state(draw));
        pods.push_back(some_pod(draw));
    }
    auto device_target = kinds.view();
    device_target.steps = device_steps.data();
    auto const in =
        world{.states = states, .pods = pods, .target = kinds.view(), .device_target = device_target};
    if (!device_steps.good() || !in.device_states.good() || !in.device_pods.good()) return 1;

    using namespace placement;
    same(in, fgd{in.target}, fgd{device_target}, "fgd");
    same(in, fgd_exact{in.target}, fgd_exact{device_target}, "fgd_exact");
    same(in, gpu_packing{}, gpu_packing{}, "gpu_packing");
    same(in, gpu_clustering{}, gpu_clustering{}, "gpu_clustering");
    same(in, least_remaining{}, least_remaining{}, "least_remaining");
    same(in, least_aligned{}, least_aligned{}, "least_aligned");
    same(in, least_allocated{}, least_allocated{}, "least_allocated");
    same(in, most_allocated{}, most_allocated{}, "most_allocated");
    same(in, requested_to_capacity{}, requested_to_capacity{}, "requested_to_capacity");
    same(in, balanced_allocation{}, balanced_allocation{}, "balanced_allocation");
    same(in, kai_ladder<kai_order::pack>{}, kai_ladder<kai_order::pack>{}, "kai_ladder, pack");
    same(in, kai_ladder<kai_order::spread>{}, kai_ladder<kai_order::spread>{}, "kai_ladder, spread");
    using both = weighted<balanced_allocation, 2, fgd, -1>;
    same(in, both{{}, fgd{in.target}}, both{{}, fgd{device_target}}, "weighted");
    same(in, tiers{most_allocated{}, balanced_allocation{}}, tiers{most_allocated{}, balanced_allocation{}},
         "tiers");
    same(in, drawn{{.seed = 3}}, drawn{{.seed = 3}}, "uniform_draw");
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
