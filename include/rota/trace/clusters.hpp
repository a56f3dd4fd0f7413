// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CLUSTERS_HPP
#define ROTA_TRACE_CLUSTERS_HPP

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <rota/trace/cluster_shorthand.hpp>
#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/csv.hpp>
#include <rota/trace/diagnostic.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/place.hpp>

namespace rota::trace {

/// What the text of a cluster may hold: a million nodes, each with a line.
inline constexpr std::size_t cluster_text_bytes = std::size_t{64} << 20;

/// Reads the cluster a user names: `1250x8`, `32x16x8`, a Tiresias spec or an openb node list. The header
/// tells the files apart.
///
/// Errors    as of these, E-SIZE beyond cluster_text_bytes; E-IO also where the text is neither of the forms nor the name of a file.
[[nodiscard]] inline reading read_cluster(std::string const& what, options how = {}) {
    if (is_cluster_shorthand(what)) {
        auto got = read_cluster_shorthand(what);
        if (!got) return refusal(got.error());
        auto out = reading{};
        out.cluster = std::move(*got);
        return out;
    }
    auto why = std::error_code{};
    if (std::filesystem::status(what, why).type() == std::filesystem::file_type::not_found)
        return refusal(diagnose(severity::error, what, {}, {}, "E-IO",
                                "read " + shown(what) + ", which is no file, expected the name of one, or " +
                                    std::string{cluster_shorthands}));
    how.limits.text_bytes = std::min(how.limits.text_bytes, cluster_text_bytes);
    auto from = in_pieces(what);
    if (!from.lasts()) {
        auto held = from_file(what, how.limits);
        if (!held) return refusal(held.error());
        from = std::move(*held);
    }
    auto peek = intake{from, how};
    auto const header = csv{peek};
    return header.has("sn") || header.has("model") ? read_openb_nodes(from, how)
                                                   : read_cluster_spec(from, how);
}

} // namespace rota::trace

#endif
