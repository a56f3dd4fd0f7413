// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_CHECK_HPP
#define ROTA_CUDA_CHECK_HPP

#include <stdexcept>
#include <string>

#include <cuda_runtime_api.h>

namespace rota::cuda {

/// A call that the driver refused: which, and what it said.
class error : public std::runtime_error {
public:
    error(cudaError_t code, std::string const& call)
        : std::runtime_error{call + ": " + (lacks_device(code) ? "no device: " : "") +
                             cudaGetErrorString(code) + " (" + cudaGetErrorName(code) + ")"},
          code_{code} {}

    [[nodiscard]] cudaError_t code() const noexcept { return code_; }
    [[nodiscard]] bool no_device() const noexcept { return lacks_device(code_); }
    [[nodiscard]] bool out_of_memory() const noexcept { return code_ == cudaErrorMemoryAllocation; }

    [[nodiscard]] static bool lacks_device(cudaError_t code) noexcept {
        return code == cudaErrorNoDevice || code == cudaErrorInsufficientDriver;
    }

private:
    cudaError_t code_;
};

/// Throws    error, where a call was refused. The next call is not blamed for it.
inline void check(cudaError_t code, char const* call) {
    if (code == cudaSuccess) return;
    static_cast<void>(cudaGetLastError());
    throw error{code, call};
}

/// How many devices there are; none where there is no driver.
/// Throws    error, where there is a driver that does not answer.
[[nodiscard]] inline int devices() {
    auto count = 0;
    auto const code = cudaGetDeviceCount(&count);
    if (error::lacks_device(code)) {
        static_cast<void>(cudaGetLastError());
        return 0;
    }
    check(code, "cudaGetDeviceCount");
    return count;
}

} // namespace rota::cuda

#endif
