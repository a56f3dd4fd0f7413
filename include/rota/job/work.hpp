// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_JOB_WORK_HPP
#define ROTA_JOB_WORK_HPP

#include <array>
#include <cstdint>

#include <rota/core/units.hpp>
#include <rota/job/request.hpp>

namespace rota::job {

/// How a run ends by itself.
enum class outcome : std::uint8_t { completed, failed, cancelled, timed_out, rejected, unfinished };

/// What the world knows of a job and no policy sees: how much there is to do, how fast, and how it ends.
///
/// Rates are thousandths of the reference rate: gpus_min GPUs of a model whose entry is 1000.
struct work {
    millis duration_ms = 1; ///< useful run time at the reference rate; 0 is allowed
    std::array<std::uint16_t, 4> model_rate{1000, 1000, 1000,
                                            1000}; ///< models from 3 on share the last entry
    std::uint16_t knee = 0; ///< 0: more GPUs do not help; else linear to `knee` GPUs, half as good beyond
    outcome ends = outcome::completed; ///< failed and cancelled runs end after duration_ms too

    /// Rate on `gpus` GPUs of `model`, each with `milli`.
    [[nodiscard]] std::int64_t rate(request const& asked, int gpus, int milli,
                                    gpu_model model) const noexcept {
        auto const speed = [this](int g) { return g <= knee ? 2 * g : knee + g; };
        auto const scaled = knee == 0 || gpus == asked.gpus_min
                                ? std::int64_t{1000}
                                : std::int64_t{1000} * speed(gpus) / speed(asked.gpus_min);
        auto const at = index(model) < model_rate.size() ? index(model) : model_rate.size() - 1;
        auto const whole = scaled * model_rate[at] / 1000;
        return milli == asked.milli ? whole : whole * milli / asked.milli; // a division takes long
    }

    friend bool operator==(work const&, work const&) = default;
};

} // namespace rota::job

#endif
