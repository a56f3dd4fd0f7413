// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_BUFFER_HPP
#define ROTA_CUDA_BUFFER_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cuda_runtime_api.h>

#include <rota/core/config.hpp>
#include <rota/cuda/check.hpp>

namespace rota::cuda {

/// Memory of the device for values that are their bytes. It grows, and never shrinks.
///
/// Throws    error: no device, or no memory for so many bytes.
template <class T>
class buffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    buffer() = default;
    explicit buffer(std::span<T const> from, cudaStream_t stream = nullptr) { upload(from, stream); }
    buffer(buffer&& other) noexcept
        : data_{std::exchange(other.data_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
    buffer& operator=(buffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~buffer() { static_cast<void>(cudaFree(data_)); } // it can only repeat what a call before it said

    [[nodiscard]] T* data() const noexcept { return data_; }

    /// Room for so many values. What was there is lost where there was less.
    void reserve(std::size_t size) {
        if (size <= size_) return;
        auto const room = std::max(size, 2 * size_);
        auto fresh = buffer{};
        auto* data = static_cast<void*>(nullptr);
        auto const code = cudaMalloc(&data, room * sizeof(T));
        if (code != cudaSuccess)
            check(code, ("cudaMalloc of " + std::to_string(room * sizeof(T)) + " bytes").c_str());
        fresh.data_ = static_cast<T*>(data);
        fresh.size_ = room;
        *this = std::move(fresh);
    }
    /// Returns once `from` may change.
    void upload(std::span<T const> from, cudaStream_t stream = nullptr) {
        reserve(from.size());
        if (from.empty()) return;
        check(cudaMemcpyAsync(data_, from.data(), from.size_bytes(), cudaMemcpyHostToDevice, stream),
              "cudaMemcpyAsync to the device");
        check(cudaStreamSynchronize(stream), "cudaStreamSynchronize after an upload");
    }
    /// The first values, once all work of the stream is done.
    /// Expects   as many are there.
    [[nodiscard]] std::vector<T> download(std::size_t size, cudaStream_t stream = nullptr) const {
        ROTA_EXPECTS(size <= size_, "what is downloaded is there");
        auto to = std::vector<T>(size);
        if (size == 0) return to;
        check(cudaMemcpyAsync(to.data(), data_, size * sizeof(T), cudaMemcpyDeviceToHost, stream),
              "cudaMemcpyAsync from the device");
        check(cudaStreamSynchronize(stream), "cudaStreamSynchronize after a download");
        return to;
    }

private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace rota::cuda

#endif
