// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_FEATURE_HPP
#define ROTA_VERIFY_FEATURE_HPP

#include <cstdint>

namespace rota::verify {

/// What the jobs of a trial may be, each switched off at random: a bug often needs a feature to be absent.
enum class feature : std::uint16_t {
    none = 0,
    fractions = 1, ///< a share of a GPU, which may shrink
    elastic = 2,   ///< gpus_min < gpus_max
    models = 4,    ///< two GPU models, jobs that accept one of them
    deadlines = 8, ///< some jobs have one
    tenants = 16,  ///< a tree of four with quotas
    host = 32,     ///< CPU and memory
    spans = 64,    ///< gangs that must not be spread
    priorities = 128,
    limits = 256,      ///< limits that are too long or too short
    endings = 512,     ///< runs that fail, time out or are cancelled
    gangs = 1024,      ///< more than one GPU
    infeasible = 2048, ///< some jobs that no cluster holds
    all = 4095,
    instances = 4096, ///< of split GPUs: only for whoever asks, not every scheduler knows of them
};

[[nodiscard]] constexpr feature operator|(feature a, feature b) noexcept {
    return static_cast<feature>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr feature operator&(feature a, feature b) noexcept {
    return static_cast<feature>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
[[nodiscard]] constexpr feature without(feature all, feature less) noexcept {
    return static_cast<feature>(static_cast<unsigned>(all) & ~static_cast<unsigned>(less));
}

} // namespace rota::verify

#endif
