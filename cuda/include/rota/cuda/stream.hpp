// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_STREAM_HPP
#define ROTA_CUDA_STREAM_HPP

#include <utility>

#include <cuda_runtime_api.h>

#include <rota/cuda/check.hpp>

namespace rota::cuda {

/// A queue of work for the device, in order, independent of other queues.
///
/// Throws    error: no device.
class stream {
public:
    stream() { check(cudaStreamCreateWithFlags(&raw_, cudaStreamNonBlocking), "cudaStreamCreate"); }
    stream(stream&& other) noexcept : raw_{std::exchange(other.raw_, nullptr)} {}
    stream& operator=(stream&& other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~stream() {
        if (raw_ != nullptr) static_cast<void>(cudaStreamDestroy(raw_)); // its work goes on to its end
    }

    [[nodiscard]] cudaStream_t get() const noexcept { return raw_; }
    /// Waits until all work is done.
    void wait() const { check(cudaStreamSynchronize(raw_), "cudaStreamSynchronize"); }

private:
    cudaStream_t raw_ = nullptr;
};

} // namespace rota::cuda

#endif
