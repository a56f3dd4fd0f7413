// SPDX-License-Identifier: BSL-1.0
// What a batch costs on a device, beside the ceilings of that device and the engines of the host, measured in one
// run, as tables in Markdown. With the environment's ROTA_BENCH_SMOKE all is small and measures nothing.
//
// A batch: 64 nodes change, then every distinct request is asked for its node. A cell is wall time from the first
// notice to the last answer, uploads and downloads among it; the least of several batches. The program ends with an
// error where two engines find different nodes. No two nodes are alike, so that no engine finds few states.
//
//   of alone      keys a second, of those of a kernel that makes the same keys and no lists
//   ops a key     integer operations that the device does, at its measured ceiling, in the time of such a key
//   of the copy   the nodes' bytes, read once a batch, of those that a copy moves
//
// `scan` is asked for as many requests as half a second allows, and scaled up; an engine of the host that would take
// longer than 20 s to score all pairs once is left out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/cuda/batch.hpp>
#include <rota/cuda/batch_candidates.hpp>
#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/node_columns.hpp>
#include <rota/cuda/on_device.cuh>
#include <rota/cuda/question.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/block_minimum.hpp>
#include <rota/placement/exact_wave.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/fragmentation.hpp>
#include <rota/placement/least_aligned.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/pal.hpp>
#include <rota/placement/scan.hpp>
#include <rota/placement/simd_scan.hpp>
#include <rota/placement/state_memo.hpp>
#include <rota/placement/state_table.hpp>
#include <rota/placement/sum_scorer.hpp>
#include <rota/placement/target_view.hpp>
#include <rota/placement/target_workload.hpp>

#include "../bench/markdown.hpp"
#include "../bench/processor.hpp"
#include "../bench/stopwatch.hpp"

namespace {

using namespace rota;
using bench::now_s;
using bench::seconds;

bool const smoke = std::getenv("ROTA_BENCH_SMOKE") != nullptr;
auto const sizes =
    smoke ? std::vector<std::uint32_t>{500} : std::vector<std::uint32_t>{12'500, 125'000, 1'000'000};
auto const request_counts =
    smoke ? std::vector<std::uint32_t>{3} : std::vector<std::uint32_t>{20, 100, 1'000};
auto const host_limit_s = smoke ? 1.0 : 20.0; ///< that an engine of the host may take to score all pairs
constexpr auto changes = 64;
constexpr auto keep = 64u;

/// The least time of a launch, in s, on the device's own clock.
template <class Launch>
double least_s(Launch launch) {
    cudaEvent_t from{};
    cudaEvent_t to{};
    cuda::check(cudaEventCreate(&from), "cudaEventCreate");
    cuda::check(cudaEventCreate(&to), "cudaEventCreate");
    auto least = std::numeric_limits<double>::infinity();
    for (auto i = 0; i != (smoke ? 2 : 8); ++i) {
        cuda::check(cudaEventRecord(from), "cudaEventRecord");
        launch();
        cuda::check(cudaGetLastError(), "launch");
        cuda::check(cudaEventRecord(to), "cudaEventRecord");
        cuda::check(cudaEventSynchronize(to), "cudaEventSynchronize");
        auto ms = 0.0f;
        cuda::check(cudaEventElapsedTime(&ms, from, to), "cudaEventElapsedTime");
        if (i != 0) least = std::min(least, static_cast<double>(ms) / 1'000); // the first warms up
    }
    cuda::check(cudaEventDestroy(from), "cudaEventDestroy");
    cuda::check(cudaEventDestroy(to), "cudaEventDestroy");
    return least;
}

__global__ void copy(uint4 const* from, uint4* to, std::size_t count) {
    auto const step = std::size_t{gridDim.x} * blockDim.x;
    for (auto i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) to[i] = from[i];
}

constexpr auto chains = 8;
constexpr auto links = 2'048;

/// chains x links x 2 operations a thread, an addition and an exclusive or.
__global__ void add_and_xor(std::uint32_t* out) {
    std::uint32_t a[chains];
    std::uint32_t b[chains];
    for (auto c = 0; c != chains; ++c) {
        a[c] = threadIdx.x + static_cast<unsigned>(c);
        b[c] = blockIdx.x * 3 + static_cast<unsigned>(c);
    }
    for (auto i = 0; i != links; ++i)
#pragma unroll
        for (auto c = 0; c != chains; ++c) {
            a[c] += b[c];
            b[c] ^= a[c];
        }
    auto all = std::uint32_t{0};
    for (auto c = 0; c != chains; ++c) all += a[c] + b[c];
    out[blockIdx.x * blockDim.x + threadIdx.x] = all;
}

/// The least key of each node over all requests: keys, and nothing of lists.
template <class Scorer>
__global__ void keys_alone(__grid_constant__ cuda::node_keys<Scorer, cuda::key<Scorer>> const from,
                           std::uint32_t requests, cuda::key<Scorer>* out) {
    auto const n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= from.items()) return;
    auto const one = from.item(n);
    auto least = cuda::key<Scorer>::none();
    for (auto r = std::uint32_t{0}; r != requests; ++r)
        if (auto const key = from.key(one, n, r); key < least) least = key;
    out[n] = least;
}

struct ceilings {
    double copied = 0;     ///< bytes read and written a second
    double operations = 0; ///< integer operations a second
};

int attribute(cudaDeviceAttr which) {
    auto device = 0;
    auto value = 0;
    cuda::check(cudaGetDevice(&device), "cudaGetDevice");
    cuda::check(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
    return value;
}

ceilings machine() {
    auto device = 0;
    cuda::check(cudaGetDevice(&device), "cudaGetDevice");
    auto about = cudaDeviceProp{};
    cuda::check(cudaGetDeviceProperties(&about, device), "cudaGetDeviceProperties");
    auto driver = 0;
    auto runtime = 0;
    cuda::check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
    cuda::check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
    auto const processors = about.multiProcessorCount;
    std::printf(
        "%s, sm_%d%d, %d multiprocessors, at most %d MHz, memory %d MHz, L2 %d MiB, driver %d, runtime %d; "
        "host: one core of %s\n",
        about.name, about.major, about.minor, processors, attribute(cudaDevAttrClockRate) / 1'000,
        attribute(cudaDevAttrMemoryClockRate) / 1'000, about.l2CacheSize >> 20, driver, runtime,
        bench::processor().c_str());
    auto got = ceilings{};
    auto const words = std::size_t{1} << (smoke ? 16 : 26); // of 16 bytes
    auto from = cuda::buffer<uint4>{};
    auto to = cuda::buffer<uint4>{};
    from.reserve(words);
    to.reserve(words);
    cuda::check(cudaMemset(from.data(), 1, words * sizeof(uint4)), "cudaMemset");
    auto const blocks = static_cast<unsigned>(processors) * 8;
    auto const copying = least_s([&] { copy<<<blocks, 256>>>(from.data(), to.data(), words); });
    got.copied = 2.0 * static_cast<double>(words * sizeof(uint4)) / copying;
    auto sums = cuda::buffer<std::uint32_t>{};
    sums.reserve(std::size_t{blocks} * 256);
    auto const adding = least_s([&] { add_and_xor<<<blocks, 256>>>(sums.data()); });
    got.operations = 2.0 * chains * links * 256 * blocks / adding;
    std::printf(
        "\nCeilings of this run: copy %s GB/s, read and written; integer additions and exclusive ors %s T/s, "
        "%s a clock and multiprocessor at the highest clock\n",
        bench::rounded(got.copied / 1e9).c_str(), bench::rounded(got.operations / 1e12).c_str(),
        bench::rounded(got.operations / processors / attribute(cudaDevAttrClockRate) / 1e3).c_str());
    return got;
}

/// Nodes of 8 GPUs, each with a state of its own, and of as many kinds as there are.
placement::state_table unlike_nodes(std::uint32_t size) {
    auto draw = rota::random{7};
    auto states = std::vector<placement::node_state>(size);
    for (auto n = std::uint32_t{0}; n != size; ++n) {
        auto& on = states[n];
        on.gpus = 8;
        on.kind = static_cast<std::uint16_t>(n);
        on.cpu_milli_of = 96'000;
        on.mem_mib_of = 786'432;
        on.cpu_milli = static_cast<std::uint32_t>(draw.below(96'000));
        on.mem_mib = static_cast<std::uint32_t>(draw.below(786'432));
        for (auto g = 0; g != on.gpus; ++g) {
            auto const how = draw.below(3);
            on.milli[g] = static_cast<std::uint16_t>(how == 0 ? 0 : how == 1 ? whole_gpu : draw.below(1'000));
        }
    }
    return placement::state_table{states};
}

std::vector<job::pod> mixed(std::uint32_t count) {
    auto made = std::vector<job::pod>{};
    for (auto i = std::uint32_t{0}; i != count; ++i) {
        auto const gpus = i % 10 == 9 ? 0u : i % 10 == 8 ? 4u : i % 10 == 7 ? 2u : 1u;
        made.push_back({.cpu_milli = std::max(gpus, 1u) * (2'000 + 8 * i),
                        .mem_mib = 16'384,
                        .gpus = static_cast<std::uint16_t>(gpus),
                        .milli = static_cast<std::uint16_t>(gpus == 0    ? 0
                                                            : i % 10 < 4 ? 200 + 150 * (i % 10)
                                                                         : 1'000)});
    }
    return made;
}

using answers = std::vector<std::optional<node_id>>;

void must_agree(bool same, char const* what) {
    if (same) return;
    std::fprintf(stderr, "%s finds other nodes\n", what);
    std::exit(1);
}

/// What a batch costs an engine of the host.
template <class Engine>
class on_the_host {
public:
    template <class Scorer>
    on_the_host(char const* name, placement::state_table const& nodes, Scorer const& score,
                std::vector<job::pod> const& requests)
        : name_{name}, engine_{nodes, score} {
        for (auto const& need : requests) static_cast<void>(engine_.add(need));
    }
    void batch(std::vector<node_id> const& touched, answers const& want, bool counts) {
        auto got = answers(want.size());
        auto const s = seconds([&] {
            for (auto const n : touched) engine_.changed(n);
            for (auto r = std::uint32_t{0}; r != got.size(); ++r) got[r] = engine_.best(r);
        });
        must_agree(got == want, name_);
        if (counts) least_s_ = std::min(least_s_, s);
    }
    [[nodiscard]] double least_s() const { return least_s_; }

private:
    char const* name_;
    Engine engine_;
    double least_s_ = std::numeric_limits<double>::infinity();
};

std::string in_us(double s) {
    return s == std::numeric_limits<double>::infinity() ? "" : bench::rounded(s * 1e6);
}

/// Keys a second without lists.
template <class Scorer>
double keys_a_second(placement::state_table const& nodes, Scorer const& there,
                     std::vector<job::pod> const& requests) {
    auto words = std::vector<std::uint32_t>(nodes.size() * cuda::node_words);
    auto const columns = cuda::node_columns{words.data(), nodes.size()};
    for (auto n = std::uint32_t{0}; n != nodes.size(); ++n)
        columns.store({n, cuda::resident(nodes, node_id{n})});
    auto const device_words = cuda::buffer<std::uint32_t>{words};
    auto const needs = cuda::buffer<job::pod>{requests};
    auto out = cuda::buffer<cuda::key<Scorer>>{};
    out.reserve(nodes.size());
    auto const count = static_cast<std::uint32_t>(requests.size());
    auto const s = least_s([&] {
        keys_alone<Scorer><<<(nodes.size() + 255) / 256, 256>>>(
            {there, {device_words.data(), nodes.size()}, needs.data()}, count, out.data());
    });
    return static_cast<double>(nodes.size()) * count / s;
}

/// Takes and gives on so many nodes drawn at random.
class load {
public:
    std::vector<node_id> change(placement::state_table& nodes, std::vector<job::pod> const& requests) {
        auto touched = std::vector<node_id>{};
        while (touched.size() != changes) {
            auto const n = node_id{static_cast<std::uint32_t>(draw_.below(nodes.size()))};
            if (std::find(touched.begin(), touched.end(), n) != touched.end()) continue;
            auto const& need = requests[draw_.below(requests.size())];
            if (!lie_.empty() && draw_.below(2) == 0) {
                auto const& [where, pod, gpus] = lie_.back();
                if (std::find(touched.begin(), touched.end(), where) != touched.end()) continue;
                nodes.give(where, pod, gpus);
                touched.push_back(where);
                lie_.pop_back();
            } else if (nodes.takes(n, need)) {
                lie_.push_back({n, need, placement::tightest(nodes[n], need)});
                nodes.take(n, need, lie_.back().gpus);
                touched.push_back(n);
            }
        }
        return touched;
    }

private:
    struct held {
        node_id node;
        job::pod need;
        std::uint16_t gpus;
    };
    rota::random draw_{11};
    std::vector<held> lie_;
};

template <class Scorer>
void batches(bench::markdown const& out, ceilings const& most, std::uint32_t size, std::uint32_t count,
             Scorer const& here, Scorer const& there) {
    using namespace placement;
    auto nodes = unlike_nodes(size);
    auto const requests = mixed(count);
    auto device = cuda::batch{nodes, cuda::on_device<Scorer>{there}};
    auto by_definition = scan<Scorer>{nodes, here};
    auto all = std::vector<std::uint32_t>{};
    for (auto const& need : requests) {
        all.push_back(device.add(need));
        static_cast<void>(by_definition.add(need));
    }
    auto asked = 0u; // a scan of few requests stands for that of all
    auto scanned = answers{};
    auto const scanning =
        seconds([&] {
            for (auto const from = now_s(); asked != count && (asked == 0 || now_s() - from < 0.5); ++asked)
                scanned.push_back(by_definition.best(asked));
        }) /
        asked * count;
    auto simd = std::unique_ptr<
        on_the_host<std::conditional_t<sum_scorer<Scorer>, simd_scan<Scorer>, scan<Scorer>>>>{};
    auto memo = std::unique_ptr<on_the_host<state_memo<Scorer>>>{};
    auto minimum = std::unique_ptr<on_the_host<block_minimum<Scorer>>>{};
    if constexpr (sum_scorer<Scorer>)
        simd = std::make_unique<on_the_host<simd_scan<Scorer>>>("simd_scan", nodes, here, requests);
    if (scanning < host_limit_s) {
        memo = std::make_unique<on_the_host<state_memo<Scorer>>>("state_memo", nodes, here, requests);
        minimum =
            std::make_unique<on_the_host<block_minimum<Scorer>>>("block_minimum", nodes, here, requests);
    }
    auto stream = load{};
    auto least = std::numeric_limits<double>::infinity();
    for (auto i = 0; i != (smoke ? 2 : 6); ++i) { // the first one sends and scores everything
        auto const touched = i == 0 ? std::vector<node_id>{} : stream.change(nodes, requests);
        auto found = std::vector<candidate_list>{};
        auto const s = seconds([&] {
            for (auto const n : touched) device.changed(n);
            found = device.top(all, keep);
        });
        if (i != 0) least = std::min(least, s);
        auto want = answers(count);
        for (auto r = std::uint32_t{0}; r != count; ++r)
            if (!found[r].best.empty()) want[r] = node_id{found[r].best.front().node};
        if (i == 0) must_agree(std::equal(scanned.begin(), scanned.end(), want.begin()), "the device");
        if (simd) simd->batch(touched, want, i != 0);
        if (memo) memo->batch(touched, want, i != 0);
        if (minimum) minimum->batch(touched, want, i != 0);
    }
    auto const pairs = static_cast<double>(size) * count;
    auto const alone = keys_a_second(nodes, there, requests);
    out.row({bench::grouped(size) + " x " + bench::grouped(count), in_us(least),
             bench::rounded(pairs / least / 1e9), bench::rounded(pairs / least / alone),
             bench::rounded(most.operations / alone),
             bench::rounded(static_cast<double>(size) * sizeof(cuda::resident_node) / least / most.copied),
             in_us(scanning), simd ? in_us(simd->least_s()) : "", memo ? in_us(memo->least_s()) : "",
             minimum ? in_us(minimum->least_s()) : ""});
}

template <class Scorer>
void waves(bench::markdown const& out, std::uint32_t size, std::uint32_t count, Scorer const& here,
           Scorer const& there) {
    constexpr auto long_lists = 256u;
    auto const requests = mixed(count);
    auto nodes = unlike_nodes(size);
    auto host_nodes = nodes;
    using lists = cuda::batch_candidates<cuda::on_device<Scorer>>;
    auto on_device = placement::exact_wave<Scorer, lists>{
        nodes, here, lists{nodes, cuda::on_device<Scorer>{there}, long_lists}};
    auto on_host = placement::exact_wave<Scorer>{host_nodes, here, long_lists};
    for (auto const& need : requests) {
        static_cast<void>(on_device.add(need));
        static_cast<void>(on_host.add(need));
    }
    auto draw = rota::random{5};
    auto queue = std::vector<std::uint32_t>(smoke ? 40 : 2'048);
    for (auto& r : queue) r = static_cast<std::uint32_t>(draw.below(count));
    static_cast<void>(on_device.place({})); // sends the nodes
    auto got = std::vector<std::optional<placement::seat>>{};
    auto const device_s = seconds([&] { got = on_device.place(queue); });
    auto const pods = static_cast<double>(queue.size());
    auto host = std::string{};
    auto by_definition = placement::scan<Scorer>{host_nodes, here};
    static_cast<void>(by_definition.add(requests[0]));
    auto const one_s = seconds([&] { static_cast<void>(by_definition.best(0)); });
    if (one_s * count < host_limit_s) {
        auto want = std::vector<std::optional<placement::seat>>{};
        host = in_us(seconds([&] { want = on_host.place(queue); }) / pods);
        must_agree(got == want, "the device's wave");
    }
    out.row({bench::grouped(size) + " x " + bench::grouped(count), in_us(device_s / pods),
             bench::rounded(pods / static_cast<double>(on_device.rounds() - 1)), host});
}

template <class Scorer>
void tables(char const* name, ceilings const& most, Scorer const& here, Scorer const& there) {
    std::printf("\n`%s`, nodes x distinct requests: us a batch; on the device with lists of %u\n\n", name,
                keep);
    auto const out = bench::markdown{{"us", "device", "G keys/s", "of alone", "ops a key", "of the copy",
                                      "`scan`", "`simd_scan`", "`state_memo`", "`block_min.`"}};
    for (auto const size : sizes)
        for (auto const count : request_counts) batches(out, most, size, count, here, there);
    std::printf("\n`%s`, a queue in waves: us a pod\n\n", name);
    auto const queues = bench::markdown{{"us a pod", "device", "pods a round", "host"}};
    for (auto const size : sizes)
        for (auto const count : request_counts) waves(queues, size, count, here, there);
}

} // namespace

int main() {
    if (cuda::devices() == 0) {
        std::printf("skipped: no device\n");
        return 77;
    }
    auto const most = machine();
    auto const kinds = placement::target_workload(mixed(20));
    auto const device_steps = cuda::buffer<placement::target_step>{kinds.steps()};
    auto device_view = kinds.view();
    device_view.steps = device_steps.data();
    auto draw = rota::random{3};
    auto paces = std::vector<std::uint16_t>((std::size_t{1} << 16) * cluster::gpus_per_node_max);
    for (auto& milli : paces)
        milli = static_cast<std::uint16_t>(draw.below(10) == 0 ? 1'500 : 950 + draw.below(100));
    auto const device_paces = cuda::buffer<std::uint16_t>{paces};

    using namespace placement;
    tables("least_aligned", most, least_aligned{}, least_aligned{});
    tables("pal, a kind a node", most, pal{{paces.data()}}, pal{{device_paces.data()}});
    tables("fgd", most, fgd{kinds.view()}, fgd{device_view});
    return 0;
}
