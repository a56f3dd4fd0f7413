// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_REQUEST_HPP
#define ROTA_JOB_REQUEST_HPP

#include <cstdint>

#include <rota/core/units.hpp>

namespace rota::job {

/// How far a gang may be spread.
enum class span : std::uint8_t {
    anywhere, ///< any nodes; the placement policy decides
    compact,  ///< as few nodes as its size allows
    one_node, ///< a single node
    one_rack, ///< as few nodes as its size allows, all in one rack
};

inline constexpr std::uint32_t any_model = 0xffffffffu;

/// What a job asks for. A gang: it gets all of it or nothing.
///
/// Rigid when gpus_min == gpus_max, elastic otherwise; a share of one GPU when milli < 1000, a share that may
/// shrink when milli_min < milli; instances of split GPUs, one a GPU, where `mig` names their size.
struct request {
    std::uint16_t gpus_min = 1;
    std::uint16_t gpus_max = 1;
    std::uint16_t milli = whole_gpu;     ///< of each GPU
    std::uint16_t milli_min = whole_gpu; ///< <= milli
    std::uint32_t cpu_milli = 0;         ///< a GPU
    std::uint32_t mem_mib = 0;           ///< a GPU
    std::uint32_t models = any_model;    ///< bit m set: GPU model m will do
    job::span span = job::span::anywhere;
    mig_size mig{}; ///< then milli and milli_min are what the size is of a GPU: cluster::mig_entry_of

    [[nodiscard]] constexpr bool whole() const noexcept { return milli == whole_gpu && mig == mig_size{}; }
    [[nodiscard]] constexpr bool split() const noexcept { return mig != mig_size{}; }
    [[nodiscard]] constexpr bool rigid() const noexcept { return gpus_min == gpus_max; }
    [[nodiscard]] constexpr bool accepts(gpu_model model) const noexcept {
        return (models >> index(model) & 1u) != 0;
    }

    friend bool operator==(request const&, request const&) = default;
};

/// A rigid gang of whole GPUs.
[[nodiscard]] constexpr request gang(int gpus, job::span how = span::anywhere) noexcept {
    auto asked = request{};
    asked.gpus_min = asked.gpus_max = static_cast<std::uint16_t>(gpus);
    asked.span = how;
    return asked;
}

} // namespace rota::job

#endif
