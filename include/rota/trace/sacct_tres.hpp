// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_SACCT_TRES_HPP
#define ROTA_TRACE_SACCT_TRES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <rota/cluster/spec.hpp>
#include <rota/core/checked.hpp>
#include <rota/job/request.hpp>
#include <rota/trace/intake.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/values.hpp>

namespace rota::trace {

/// What a job has of Slurm's trackable resources, on all its nodes together.
struct sacct_tres {
    std::int64_t gpus = 0;
    std::int64_t cpus = 0;
    std::int64_t mem_mib = 0;
    std::string_view type{}; ///< of its GPUs, the first that is named
};

namespace detail {

/// `64G`, `62.50G`, `500M` in MiB, rounded to the nearest; without a letter it is MiB.
[[nodiscard]] inline std::int64_t sacct_memory(intake& in, cell const& what) {
    auto digits = what.text;
    auto const letter = digits.empty() ? ' ' : digits.back();
    auto const lettered = letter == 'K' || letter == 'M' || letter == 'G' || letter == 'T';
    if (lettered) digits.remove_suffix(1);
    auto const got = letter == 'K' ? divided(digits, 1024)
                                   : decimal(digits, letter == 'G'   ? 1024
                                                     : letter == 'T' ? 1024 * 1024
                                                                     : 1);
    if (!sound(in, what, got, "an amount of memory such as 500M or 62.5G")) return 0;
    if (got.value >= 0) return got.value;
    in.bad(what.at, "E-RANGE", in_column(what) + "at least 0");
    return 0;
}

} // namespace detail

/// Reads `cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=64G,node=1`; what is not CPU, memory or GPU is passed over.
/// Without a sum `gres/gpu` the types are summed.
///
/// Errors    E-TRES for an entry without '=', and those of the numbers.
[[nodiscard]] inline sacct_tres read_sacct_tres(intake& in, cell const& what) {
    constexpr auto gpu = std::string_view{"gres/gpu"};
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()} / 1000;
    auto got = sacct_tres{};
    auto typed = std::int64_t{0};
    auto summed = false;
    for (auto at = std::size_t{0}; at < what.text.size();) {
        auto const entry = what.text.substr(at, what.text.find(',', at) - at);
        auto const equals = entry.find('=');
        auto const where = place{what.at.line, what.at.byte + at};
        at += entry.size() + 1;
        if (equals == entry.npos) {
            in.bad(where, "E-TRES", detail::in_column({entry, where, what.name}) + "NAME=AMOUNT");
            continue;
        }
        auto const name = entry.substr(0, equals);
        auto const amount = cell{entry.substr(equals + 1), {where.line, where.byte + equals + 1}, what.name};
        if (name == "cpu") got.cpus = read_whole(in, amount, 0, most);
        if (name == "mem") got.mem_mib = detail::sacct_memory(in, amount);
        if (!name.starts_with(gpu)) continue;
        if (name.size() == gpu.size()) {
            got.gpus = read_whole(in, amount, 0, most);
            summed = true;
        } else if (name[gpu.size()] == ':') {
            typed += read_whole(in, amount, 0, most);
            if (got.type.empty()) got.type = name.substr(gpu.size() + 1);
        }
    }
    if (!summed) got.gpus = typed;
    return got;
}

/// The gang of a job that has `has`, of the type that it `asked` for.
///
/// Errors    E-ZEROGPU or a drop, by options::zero_gpus; E-OVERFLOW above 65535 GPUs or too much for one GPU.
[[nodiscard]] inline job::request sacct_request(intake& in, cell const& what, sacct_tres const& has,
                                                sacct_tres const& asked) {
    constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
    auto need = job::gang(0);
    if (!in.row_stands()) return need;
    if (has.gpus == 0) {
        static_cast<void>(read_gpus(in, {"0", what.at, what.name}));
        return need;
    }
    auto const mem = divide_up(has.mem_mib, has.gpus);
    if (has.gpus > std::numeric_limits<std::uint16_t>::max() || mem > most) {
        in.bad(what.at, "E-OVERFLOW",
               detail::in_column(what) + "at most 65535 GPUs, and at most 4294967295 MiB for each");
        return need;
    }
    need = job::gang(static_cast<int>(has.gpus));
    need.cpu_milli = static_cast<std::uint32_t>(std::min(divide_up(has.cpus * 1000, has.gpus), most));
    need.mem_mib = static_cast<std::uint32_t>(mem);
    if (asked.type.empty()) return need;
    auto const* const on = in.how().cluster;
    if (on == nullptr || on->models.size() < 2) {
        in.count("gpu_type_not_used");
        return need;
    }
    auto const model = static_cast<std::size_t>(std::find(on->models.begin(), on->models.end(), asked.type) -
                                                on->models.begin());
    if (model == on->models.size()) in.count("absent_model");
    need.models = model == on->models.size() ? 0u : 1u << model;
    return need;
}

} // namespace rota::trace

#endif
