// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_CAPACITY_HPP
#define ROTA_SLURM_CAPACITY_HPP

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <rota/slurm/value_of.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// A node's CPUs and memory, as far as jobs may have them.
struct capacity {
    std::int64_t cpus = 0;
    std::int64_t mib = 0;
    std::int64_t a_core = 1;   ///< CPUs of a core
    std::int64_t a_socket = 1; ///< CPUs of a socket
    std::int64_t tmp_mib = 0;  ///< temporary disk

    friend bool operator==(capacity const&, capacity const&) = default;
};

/// The number that a text is, and `otherwise` where it is none: UNLIMITED, N/A, (null).
[[nodiscard]] inline std::int64_t number_or(std::string_view text, std::int64_t otherwise) {
    auto const got = trace::whole(text);
    return got.ok() && got.value >= 0 ? got.value : otherwise;
}

/// `100M`, `3G` in MiB; -1 for whatever else is no memory.
[[nodiscard]] inline std::int64_t read_mib(std::string_view text) {
    static constexpr auto units = std::string_view{"MGTP"};
    auto const unit = text.empty() ? text.npos : units.find(text.back());
    auto const number = number_or(text.substr(0, text.size() - (unit != text.npos ? 1 : 0)), -1);
    auto const shift = unit == text.npos ? 0 : 10 * static_cast<int>(unit);
    return number < 0 || number > std::numeric_limits<std::int64_t>::max() >> shift ? -1 : number << shift;
}

/// A node of so many CPUs, on so many sockets of so many cores.
[[nodiscard]] constexpr capacity capacity_of(std::int64_t cpus, std::int64_t sockets, std::int64_t cores,
                                             std::int64_t open_cpus, std::int64_t open_mib) noexcept {
    auto const at_least_one = [](std::int64_t n) { return std::max<std::int64_t>(n, 1); };
    auto const a_socket = at_least_one(cpus / at_least_one(sockets));
    return {.cpus = open_cpus,
            .mib = at_least_one(open_mib),
            .a_core = at_least_one(a_socket / at_least_one(cores)),
            .a_socket = a_socket};
}

/// Reads a node from the record that `scontrol --oneliner show node` prints of it; nothing where that is none.
[[nodiscard]] inline std::optional<capacity> read_capacity(std::string_view record) {
    auto const number = [record](std::string_view key, std::int64_t otherwise) {
        return number_or(only_value_of(record, key).value_or(std::string_view{}), otherwise);
    };
    auto const cpus = number("CPUTot", -1);
    auto const mib = number("RealMemory", -1);
    if (cpus < 0 || mib < 0) return std::nullopt;
    auto out = capacity_of(cpus, number("Sockets", 1), number("CoresPerSocket", 1), number("CPUEfctv", cpus),
                           mib - number("MemSpecLimit", 0));
    out.tmp_mib = number("TmpDisk", 0);
    return out;
}

} // namespace rota::slurm

#endif
