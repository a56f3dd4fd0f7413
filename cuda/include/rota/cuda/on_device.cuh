// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_ON_DEVICE_CUH
#define ROTA_CUDA_ON_DEVICE_CUH

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/core/config.hpp>
#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/device_block.cuh>
#include <rota/cuda/key.hpp>
#include <rota/cuda/node_columns.hpp>
#include <rota/cuda/question.hpp>
#include <rota/cuda/stream.hpp>
#include <rota/job/pod.hpp>

namespace rota::cuda {

namespace detail {

template <class Question>
__global__ void answer(__grid_constant__ Question const asked) { // read where it lies, not copied
    extern __shared__ __align__(16) unsigned char memory[];
    auto block = device_block{};
    asked.answer(block, memory, blockIdx.x, blockIdx.y);
}

template <class Update>
__global__ void store(node_columns to, Update const* updates, std::uint32_t count) {
    auto const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) to.store(updates[i]);
}

} // namespace detail

/// The device on which a batch runs: the nodes' states, and the kernels.
///
/// The current device when it is made; one thread at a time. A scorer's tables lie in the memory of the device.
/// Throws    error, from every member: no device, no memory, or what the driver says of a kernel.
template <class Scorer>
class on_device {
public:
    using scorer_type = Scorer;
    using key_type = key<Scorer>;

    /// With no shape: blocks of 256 threads, four requests a block, parts enough for four blocks a
    /// multiprocessor.
    explicit on_device(Scorer score, std::optional<grid_shape> shape = {}) : score_{score}, shape_{shape} {
        auto device = 0;
        check(cudaGetDevice(&device), "cudaGetDevice");
        check(cudaDeviceGetAttribute(&processors_, cudaDevAttrMultiProcessorCount, device),
              "cudaDeviceGetAttribute");
        check(cudaDeviceGetAttribute(&bytes_max_, cudaDevAttrMaxSharedMemoryPerBlock, device),
              "cudaDeviceGetAttribute");
    }

    void resize(std::uint32_t nodes) {
        words_.reserve(nodes * node_words);
        nodes_ = nodes;
    }
    void update(std::span<node_update const> nodes) {
        if (nodes.empty()) return;
        updates_.upload(nodes, stream_.get());
        auto const count = static_cast<std::uint32_t>(nodes.size());
        detail::store<<<(count + 255) / 256, 256, 0, stream_.get()>>>(columns(), updates_.data(), count);
        check(cudaGetLastError(), "launch of store");
    }
    /// Expects   at least one of each: node, request, key to keep.
    [[nodiscard]] std::vector<key_type> least(std::span<job::pod const> needs, unsigned keep) {
        auto const requests = static_cast<std::uint32_t>(needs.size());
        auto const shape = shape_ ? *shape_ : shape_for(requests, keep);
        needs_.upload(needs, stream_.get());
        lists_.reserve(std::size_t{requests} * shape.parts * keep);
        using scores = node_keys<Scorer, key_type>;
        launch(question<scores, key_type>{
            {score_, columns(), needs_.data()}, requests, keep, shape, lists_.data()});
        auto const size = std::size_t{requests} * keep;
        if (shape.parts == 1) return lists_.download(size, stream_.get());
        merged_.reserve(size);
        launch(question<listed_keys<key_type>, key_type>{{lists_.data(), shape.parts * keep},
                                                         requests,
                                                         keep,
                                                         {.threads = shape.threads, .parts = 1, .tile = 1},
                                                         merged_.data()});
        return merged_.download(size, stream_.get());
    }

private:
    [[nodiscard]] node_columns columns() const noexcept { return {words_.data(), nodes_}; }
    template <class Question>
    void launch(Question const& asked) const {
        ROTA_EXPECTS(asked.tiles() <= 65'535, "a grid is that high");
        ROTA_EXPECTS(asked.bytes() <= static_cast<std::size_t>(bytes_max_), "the lists fit a block's memory");
        detail::answer<<<dim3(asked.shape.parts, asked.tiles()), asked.shape.threads, asked.bytes(),
                         stream_.get()>>>(asked);
        check(cudaGetLastError(), "launch of answer");
    }
    [[nodiscard]] grid_shape shape_for(std::uint32_t requests, unsigned keep) const noexcept {
        auto shape = grid_shape{.threads = 256, .parts = 1, .tile = std::min(requests, 4u)};
        auto const bytes = [&] {
            return question<listed_keys<key_type>, key_type>{{}, requests, keep, shape, nullptr}.bytes();
        };
        while (shape.tile > 1 && bytes() > static_cast<std::size_t>(bytes_max_) / 2) shape.tile /= 2;
        auto const tiles = (requests + shape.tile - 1) / shape.tile;
        auto const wanted = (4 * static_cast<unsigned>(processors_) + tiles - 1) / tiles;
        auto const useful = std::max(nodes_ / (4 * shape.threads), 1u); // a part is worth its sorting
        shape.parts = std::clamp(wanted, 1u, useful);
        return shape;
    }

    Scorer score_;
    std::optional<grid_shape> shape_;
    int processors_ = 0;
    int bytes_max_ = 0;
    stream stream_;
    std::uint32_t nodes_ = 0;
    buffer<std::uint32_t> words_;
    buffer<node_update> updates_;
    buffer<job::pod> needs_;
    buffer<key_type> lists_;  ///< of each part
    buffer<key_type> merged_; ///< of each request
};

} // namespace rota::cuda

#endif
