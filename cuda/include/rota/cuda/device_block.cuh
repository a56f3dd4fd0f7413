// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_DEVICE_BLOCK_CUH
#define ROTA_CUDA_DEVICE_BLOCK_CUH

namespace rota::cuda {

/// The threads of a block on the device: what `host_block` stands for on the host.
class device_block {
public:
    __device__ device_block() : thread_{threadIdx.x}, threads_{blockDim.x} {}

    [[nodiscard]] __host__ __device__ unsigned threads() const noexcept { return threads_; }
    template <class F>
    __host__ __device__ void each(F const& what) {
        what(thread_);
#if defined(__CUDA_ARCH__)
        __syncthreads();
#endif
    }
    template <class F>
    [[nodiscard]] __host__ __device__ bool any(F const& what) {
        auto const mine = what(thread_);
#if defined(__CUDA_ARCH__)
        return __syncthreads_or(mine) != 0;
#else
        return mine;
#endif
    }
    [[nodiscard]] __host__ __device__ unsigned next(unsigned& counter) noexcept { return add(counter, 1); }
    [[nodiscard]] __host__ __device__ unsigned add(unsigned& sum, unsigned more) noexcept {
#if defined(__CUDA_ARCH__)
        return atomicAdd(&sum, more);
#else
        auto const had = sum;
        sum += more;
        return had;
#endif
    }

private:
    unsigned thread_;
    unsigned threads_;
};

} // namespace rota::cuda

#endif
