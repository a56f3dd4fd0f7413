// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_PRESETS_HPP
#define ROTA_TRACE_PRESETS_HPP

#include <array>
#include <optional>
#include <string_view>

#include <rota/trace/preset.hpp>

namespace rota::trace {

namespace detail {

inline constexpr weighted_size helios_venus_gpus[] = {
    {1, 5186}, {2, 554}, {3, 16},  {4, 725}, {6, 16},  {7, 20},  {8, 2473}, {16, 415}, {24, 90},
    {32, 272}, {40, 29}, {48, 25}, {56, 17}, {64, 23}, {80, 15}, {120, 15}, {128, 38}, {160, 18}};
inline constexpr weighted_size itp2021_gpus[] = {{1, 8317}, {2, 214}, {4, 342},
                                                 {8, 1011}, {16, 55}, {32, 51}};
inline constexpr weighted_size philly_gpus[] = {{1, 9317}, {2, 221}, {4, 227}, {8, 200}, {16, 24}};
inline constexpr weighted_size pai2020_gpus[] = {
    {1, 7701}, {2, 308},  {3, 150}, {4, 141}, {5, 171}, {6, 24},   {8, 120}, {10, 401}, {12, 80}, {15, 42},
    {16, 92},  {20, 213}, {25, 63}, {30, 93}, {40, 70}, {50, 144}, {60, 17}, {80, 18},  {100, 37}};
inline constexpr weighted_size openb_gpus[] = {{1, 5729}, {2, 24}, {4, 24}, {8, 70}};
inline constexpr weighted_size openb_milli[] = {{110, 78},   {160, 240}, {220, 201}, {230, 455},
                                                {320, 1066}, {370, 153}, {460, 416}, {470, 2437},
                                                {550, 234},  {590, 244}, {650, 822}, {810, 3502}};

} // namespace detail

/// Helios Venus, 125,214 GPU jobs.
///
/// The source clamps run times at 48 h; the fit is censored there, and this law goes on to 30 days.
/// Source    fitted; trace: Q. Hu, P. Sun, S. Yan, Y. Wen, T. Zhang, "Characterization and prediction of
///           deep learning workloads in large-scale GPU datacenters", SC 2021.
inline constexpr auto helios_venus = preset{
    .name = "helios_venus",
    .gpus = detail::helios_venus_gpus,
    .durations = {{
        {{{0.0154, 0.001, 0.185}, {0.3039, 4.786, 0.776}, {0.6807, 6.133, 2.734}}},
        {{{0.176, 4.869, 0.491}, {0.6485, 4.908, 2.197}, {0.1755, 10.897, 1.426}}},
        {{{0.1892, 5.099, 0.306}, {0.7041, 5.42, 2.199}, {0.1067, 11.035, 0.998}}},
        {{{0.1357, 1.804, 0.959}, {0.6201, 5.242, 1.331}, {0.2442, 10.331, 1.554}}},
    }},
    .arrivals = {.burst_probability = 0.1795,
                 .burst_gap_s = 1.4,
                 .gap_s = 162.61,
                 .short_probability = 0.9138,
                 .short_gap = 0.7481,
                 .long_gap = 3.6714,
                 .hour = {0.898, 0.658, 0.599, 0.384, 0.268, 0.205, 0.187, 0.224, 0.374, 0.796, 1.295, 1.474,
                          1.164, 1.298, 1.559, 1.656, 1.734, 1.733, 1.282, 1.313, 1.344, 1.364, 1.149, 1.039},
                 .weekday = {1.057, 1.098, 1.268, 1.194, 0.942, 0.676, 0.766},
                 .day_sigma = 0.418,
                 .day_lag1 = 0.428},
    .burst_same_gpus = 0.766,
    .burst_duration_spearman = 0.597,
    .cancelled = 0.272,
    .failed = 0.202,
};

/// Microsoft ITP 2021, 69,351 jobs.
///
/// The source holds no run under 600 s; the fit is truncated there, and so is this law.
/// No outcomes were published: those of Helios stand in.
/// Source    fitted; trace: D. Gu et al., "ElasticFlow: an elastic serverless training platform for
///           distributed deep learning", ASPLOS 2023.
inline constexpr auto itp2021 = preset{
    .name = "itp2021",
    .gpus = detail::itp2021_gpus,
    .durations = {{
        {{{0.2719, 7.269, 0.672}, {0.5874, 9.349, 0.463}, {0.1407, 9.774, 1.092}}},
        {{{0.0668, 6.631, 0.185}, {0.2577, 8.141, 0.185}, {0.6756, 9.175, 1.806}}},
        {{{0.2305, 6.686, 1.297}, {0.0677, 9.542, 0.185}, {0.7018, 10.254, 1.299}}},
        {{{0.4752, 7.497, 1.414}, {0.477, 11.301, 0.678}, {0.0478, 12.799, 0.376}}},
    }},
    .duration_s_min = 600.0,
    .tail = short_tail::truncated,
    .arrivals = {.burst_probability = 0.3978,
                 .burst_gap_s = 1.36,
                 .gap_s = 122.85,
                 .short_probability = 0.8381,
                 .short_gap = 0.4113,
                 .long_gap = 4.0471,
                 .hour = {1.113, 1.152, 1.355, 1.26,  1.431, 1.079, 0.857, 0.945, 0.888, 0.913, 0.87,  0.864,
                          0.754, 0.895, 0.776, 0.705, 0.768, 0.832, 0.882, 1.091, 0.902, 1.217, 1.246, 1.204},
                 .weekday = {1.024, 1.165, 1.138, 1.169, 0.729, 0.931, 0.844},
                 .day_sigma = 0.421,
                 .day_lag1 = 0.537},
    .burst_same_gpus = 0.966,
    .burst_duration_spearman = 0.789,
    .cancelled = 0.221,
    .failed = 0.155,
};

/// Microsoft Philly, 82,247 jobs.
///
/// Source    fitted; trace: M. Jeon et al., "Analysis of large-scale multi-tenant GPU clusters for DNN
///           training workloads", USENIX ATC 2019.
inline constexpr auto philly = preset{
    .name = "philly",
    .gpus = detail::philly_gpus,
    .durations = {{
        {{{0.1903, 4.169, 0.185}, {0.5937, 7.21, 1.956}, {0.216, 7.613, 0.514}}},
        {{{0.3056, 2.893, 0.339}, {0.2774, 5.01, 1.76}, {0.417, 10.967, 1.344}}},
        {{{0.3189, 6.222, 1.577}, {0.2486, 9.631, 0.783}, {0.4325, 12.198, 0.819}}},
        {{{0.0415, 5.823, 0.185}, {0.4753, 6.48, 2.517}, {0.4832, 11.633, 0.975}}},
    }},
    .arrivals = {.burst_probability = 0.4147,
                 .burst_gap_s = 2.13,
                 .gap_s = 192.66,
                 .short_probability = 0.6828,
                 .short_gap = 0.2972,
                 .long_gap = 2.5129,
                 .hour = {1.273, 0.983, 1.118, 1.102, 0.699, 1.151, 1.671, 2.087, 1.118, 1.014, 1.032, 0.868,
                          0.748, 0.704, 0.637, 0.648, 0.88,  0.667, 0.8,   0.727, 1.015, 0.916, 1.132, 1.009},
                 .weekday = {0.867, 1.041, 1.111, 1.256, 1.47, 0.634, 0.62},
                 .day_sigma = 0.783,
                 .day_lag1 = 0.491},
    .burst_same_gpus = 0.98,
    .burst_duration_spearman = 0.793,
    .cancelled = 0.09,
    .failed = 0.305,
};

/// Alibaba PAI 2020, 60,105 tasks.
///
/// The source clamps run times at 48 h; the fit is censored there, and this law goes on to 30 days.
/// No outcomes could be had: those of Helios stand in.
/// Source    fitted; trace: Q. Weng et al., "MLaaS in the wild: workload analysis and scheduling in
///           large-scale heterogeneous GPU clusters", NSDI 2022.
inline constexpr auto pai2020 = preset{
    .name = "pai2020",
    .gpus = detail::pai2020_gpus,
    .durations = {{
        {{{0.2164, 3.645, 0.469}, {0.3554, 5.638, 0.851}, {0.4282, 8.312, 1.355}}},
        {{{0.0946, 4.055, 0.253}, {0.5871, 5.858, 1.299}, {0.3184, 8.556, 1.637}}},
        {{{0.2122, 4.457, 0.379}, {0.1413, 5.661, 0.492}, {0.6465, 8.381, 1.542}}},
        {{{0.2935, 5.496, 0.9}, {0.0746, 7.263, 0.274}, {0.6319, 8.442, 1.364}}},
    }},
    .arrivals = {.burst_probability = 0.191,
                 .burst_gap_s = 1.92,
                 .gap_s = 112.92,
                 .short_probability = 0.6399,
                 .short_gap = 0.7024,
                 .long_gap = 1.5288,
                 .hour = {0.637, 0.836, 0.927, 0.978, 1.217, 0.926, 0.836, 1.171, 1.285, 1.056, 0.996, 1.006,
                          1.1,   1.038, 1.134, 1.13,  0.947, 0.928, 0.868, 0.682, 0.7,   1.503, 1.102, 0.996},
                 .weekday = {0.841, 0.855, 1.045, 1.046, 1.07, 1.129, 1.015},
                 .day_sigma = 0.274,
                 .day_lag1 = 0.469},
    .burst_same_gpus = 0.849,
    .burst_duration_spearman = 0.663,
    .cancelled = 0.221,
    .failed = 0.155,
};

/// Alibaba openb 2023, 6,186 scheduled GPU pods.
///
/// 43.57 % of the GPU pods share a GPU; pods without a GPU (13.4 %) are left out, since a job here holds one.
/// Bursts were not fitted: the fastest of the three exponentials of the raw gaps is the burst gap, the other
/// two are the rest, and the jobs of a burst have nothing else in common. Gangs of two GPUs and more use the
/// fit of all pods. The day factor and the outcomes are those of Helios.
/// Source    fitted; trace: Q. Weng et al., "Beware of fragmentation: scheduling GPU-sharing workloads with
///           fragmentation gradient descent", USENIX ATC 2023.
inline constexpr auto openb = preset{
    .name = "openb",
    .gpus = detail::openb_gpus,
    .sharing = 0.4357,
    .milli = detail::openb_milli,
    .durations = {{
        {{{0.199, 4.661, 0.817}, {0.7529, 6.843, 1.543}, {0.0481, 9.457, 2.422}}},
        {{{0.2019, 4.658, 0.825}, {0.7413, 6.839, 1.531}, {0.0568, 9.34, 2.405}}},
        {{{0.2019, 4.658, 0.825}, {0.7413, 6.839, 1.531}, {0.0568, 9.34, 2.405}}},
        {{{0.2019, 4.658, 0.825}, {0.7413, 6.839, 1.531}, {0.0568, 9.34, 2.405}}},
    }},
    .arrivals = {.burst_probability = 0.0948,
                 .burst_gap_s = 3.26,
                 .gap_s = 426.27,
                 .short_probability = 0.7737,
                 .short_gap = 0.5183,
                 .long_gap = 2.6467,
                 .hour = {1.518, 1.349, 1.047, 1.258, 1.229, 0.917, 0.838, 0.978, 0.719, 0.434, 0.66,  0.606,
                          0.452, 0.443, 0.404, 0.805, 0.891, 1.26,  1.631, 1.382, 1.04,  1.278, 1.266, 1.596},
                 .weekday = {0.53, 0.772, 1.187, 0.988, 1.09, 1.293, 1.14},
                 .day_sigma = 0.418,
                 .day_lag1 = 0.428},
    .cancelled = 0.221,
    .failed = 0.155,
};

/// All of them. helios_venus is the default of the generator.
inline constexpr auto presets = std::array{helios_venus, itp2021, philly, pai2020, openb};

/// The preset of that name, or nothing.
[[nodiscard]] constexpr std::optional<preset> find_preset(std::string_view name) noexcept {
    for (auto const& one : presets)
        if (one.name == name) return one;
    return std::nullopt;
}

} // namespace rota::trace

#endif
