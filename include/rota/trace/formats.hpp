// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_FORMATS_HPP
#define ROTA_TRACE_FORMATS_HPP

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <rota/trace/csv_mapped.hpp>
#include <rota/trace/helios.hpp>
#include <rota/trace/itp.hpp>
#include <rota/trace/native.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/philly.hpp>
#include <rota/trace/sacct.hpp>
#include <rota/trace/swf.hpp>
#include <rota/trace/tiresias.hpp>

namespace rota::trace {

/// A form of workload that can be read, by name.
struct format {
    std::string_view name;
    std::string_view about;
    reading (*read)(source const&, options const&);
};

inline constexpr auto formats =
    std::to_array<format>({{"rota", "rota's own CSV, as `rota generate` writes it", read_native},
                           {"tiresias", "jobs of the Tiresias simulator and its relatives", read_tiresias},
                           {"philly", "Microsoft Philly as a CSV", read_philly},
                           {"helios", "SenseTime Helios: cluster_log, or its converted form", read_helios},
                           {"itp", "Microsoft ITP (ElasticFlow), with or without deadlines", read_itp},
                           {"openb", "pods of Alibaba's openb trace", read_openb},
                           {"swf", "Standard Workload Format 2.2", read_swf},
                           {"sacct", "Slurm's accounting, as `sacct --parsable2` prints it", read_sacct},
                           {"csv", "any CSV, with options::map naming its columns and units", read_csv}});

/// The format of that name. Errors: E-ENUM with the allowed list and the nearest.
[[nodiscard]] inline result<format> format_named(std::string_view name) {
    auto names = std::array<std::string_view, formats.size()>{};
    for (auto i = std::size_t{0}; i != formats.size(); ++i) {
        if (formats[i].name == name) return formats[i];
        names[i] = formats[i].name;
    }
    return diagnose(severity::error, "<format>", name, {}, "E-ENUM",
                    "read " + shown(name) + ", expected " + one_of(name, names));
}

/// Reads a source in the format of that name.
[[nodiscard]] inline reading read(std::string_view name, source const& from, options const& how = {}) {
    auto const got = format_named(name);
    return got ? got->read(from, how) : refusal(got.error());
}

/// Reads a file, plain or gzip, in the format of that name; its text is not held.
[[nodiscard]] inline reading read_file(std::string_view name, std::string const& path,
                                       options const& how = {}) {
    auto const got = format_named(name);
    if (!got) return refusal(got.error());
    return got->read(in_pieces(path), how);
}

} // namespace rota::trace

#endif
