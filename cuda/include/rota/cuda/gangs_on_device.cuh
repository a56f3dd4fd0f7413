// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANGS_ON_DEVICE_CUH
#define ROTA_CUDA_GANGS_ON_DEVICE_CUH

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/core/config.hpp>
#include <rota/cuda/buffer.hpp>
#include <rota/cuda/check.hpp>
#include <rota/cuda/device_block.cuh>
#include <rota/cuda/flat_tree.hpp>
#include <rota/cuda/gang_choice.hpp>
#include <rota/cuda/gang_rooms.hpp>
#include <rota/cuda/gang_row.hpp>
#include <rota/cuda/stream.hpp>
#include <rota/placement/domain_rule.hpp>

namespace rota::cuda {

namespace detail {

template <class Rooms>
__global__ void sum_up(__grid_constant__ Rooms const on, std::uint32_t level) {
    auto block = device_block{};
    on.sum_up(block, level, blockIdx.x, gridDim.x);
}

template <class Update>
__global__ void store_nodes(gang_node* to, Update const* updates, std::uint32_t count) {
    auto const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) to[updates[i].position] = updates[i].now;
}

template <class Rooms>
__global__ void follow_updates(__grid_constant__ Rooms const on, gang_update const* updates,
                               std::uint32_t count) {
    auto block = device_block{};
    on.follow(block, updates, count, blockIdx.x, gridDim.x);
}

template <class Choice>
__global__ void decide(__grid_constant__ Choice const choice, gang_asked gang, gang_part* parts,
                       gang_answer* answer) {
    extern __shared__ __align__(16) unsigned char memory[];
    auto block = device_block{};
    choice.decide(block, memory, gang, parts, *answer);
}

template <class Rooms>
__global__ void follow_answer(__grid_constant__ Rooms const on, gang_part const* parts,
                              gang_answer const* answer) {
    auto block = device_block{};
    on.follow(block, parts, answer->parts, blockIdx.x, gridDim.x);
}

} // namespace detail

/// The device on which a batch of gangs runs: what every domain has room for, and the kernels. For each gang of a
/// queue one block decides, and a grid of them brings the sums up to date; nothing waits for the host in between.
///
/// The current device when it is made; one thread at a time.
/// Throws    error, from every member: no device, no memory, or what the driver says of a kernel.
class gangs_on_device {
public:
    /// Expects   threads <= 512, of a block.
    explicit gangs_on_device(unsigned threads = 512) : threads_{threads} {
        ROTA_EXPECTS(threads != 0 && threads <= 512, "a block of the kernels has up to 512 threads");
        auto device = 0;
        check(cudaGetDevice(&device), "cudaGetDevice");
        check(cudaDeviceGetAttribute(&processors_, cudaDevAttrMultiProcessorCount, device),
              "cudaDeviceGetAttribute");
    }

    void lay(flat_tree_arrays const& tree) {
        above_.upload(tree.above, stream_.get());
        below_.upload(tree.below, stream_.get());
        tree_ = tree.view(above_.data(), below_.data());
        nodes_.reserve(tree_.size(0));
        children_.reserve(tree_.size(0));
    }
    void update(std::span<gang_update const> nodes) {
        if (nodes.empty()) return;
        updates_.upload(nodes, stream_.get());
        auto const count = static_cast<std::uint32_t>(nodes.size());
        detail::store_nodes<<<(count + 255) / 256, 256, 0, stream_.get()>>>(nodes_.data(), updates_.data(),
                                                                            count);
        check(cudaGetLastError(), "launch of store_nodes");
        if (count_ == 0) return;
        detail::follow_updates<<<blocks(count), threads_, 0, stream_.get()>>>(rooms(), updates_.data(),
                                                                              count);
        check(cudaGetLastError(), "launch of follow_updates");
    }
    void sum_up(std::span<gang_row const> rows) {
        rows_.upload(rows, stream_.get());
        count_ = static_cast<std::uint32_t>(rows.size());
        sums_.reserve(std::size_t{tree_.domains()} * count_);
        for (auto const& row : rows)
            for (auto& list : entered_) list.reserve(row.pods);
        for (auto level = std::uint32_t{0}; level <= tree_.top; ++level) {
            detail::sum_up<<<blocks(tree_.size(level)), threads_, 0, stream_.get()>>>(rooms(), level);
            check(cudaGetLastError(), "launch of sum_up");
        }
    }
    /// Expects   rows; so many parts for the whole queue.
    [[nodiscard]] std::pair<std::vector<gang_answer>, std::vector<gang_part>>
    place(std::span<gang_asked const> queue, std::uint32_t parts) {
        answers_.reserve(queue.size());
        parts_.reserve(parts);
        auto const choice = gang_choice{rooms(), children_.data(), {entered_[0].data(), entered_[1].data()}};
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto* const to = parts_.data() + queue[i].out;
            auto const pods = (i + 1 == queue.size() ? parts : queue[i + 1].out) - queue[i].out;
            detail::decide<<<1, threads_, gang_choice::bytes(threads_), stream_.get()>>>(choice, queue[i], to,
                                                                                         answers_.data() + i);
            check(cudaGetLastError(), "launch of decide");
            detail::follow_answer<<<blocks(pods), threads_, 0, stream_.get()>>>(rooms(), to,
                                                                                answers_.data() + i);
            check(cudaGetLastError(), "launch of follow_answer");
        }
        return {answers_.download(queue.size(), stream_.get()), parts_.download(parts, stream_.get())};
    }

private:
    [[nodiscard]] gang_rooms rooms() const noexcept {
        return {tree_, rows_.data(), count_, nodes_.data(), sums_.data()};
    }
    /// For so many of something and all rows: a pair a thread, as far as eight blocks a multiprocessor go.
    [[nodiscard]] unsigned blocks(std::uint32_t size) const noexcept {
        auto const wanted = (std::size_t{size} * count_ + threads_ - 1) / threads_;
        auto const most = 8 * static_cast<std::size_t>(processors_);
        return static_cast<unsigned>(std::clamp<std::size_t>(wanted, 1, most));
    }

    unsigned threads_;
    int processors_ = 0;
    stream stream_;
    flat_tree tree_;
    std::uint32_t count_ = 0; ///< of rows
    buffer<std::uint32_t> above_;
    buffer<std::uint32_t> below_;
    buffer<gang_node> nodes_;
    buffer<gang_row> rows_;
    buffer<std::uint32_t> sums_;
    buffer<placement::domain_part> children_;
    buffer<gang_part> entered_[2];
    buffer<gang_update> updates_;
    buffer<gang_answer> answers_;
    buffer<gang_part> parts_;
};

} // namespace rota::cuda

#endif
