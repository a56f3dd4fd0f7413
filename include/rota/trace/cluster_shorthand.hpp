// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_CLUSTER_SHORTHAND_HPP
#define ROTA_TRACE_CLUSTER_SHORTHAND_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/result.hpp>

namespace rota::trace {

inline constexpr std::int64_t racks_max = 65536;
inline constexpr std::int64_t nodes_max = std::int64_t{1} << 24;
inline constexpr auto cluster_shorthands =
    std::string_view{"NODESxGPUS such as 1250x8, or RACKSxNODESxGPUS such as 32x16x8"};

/// True where the text is digits and 'x' alone up to a colon, if any: a shorthand, sound or not, rather than a file's
/// name.
[[nodiscard]] constexpr bool is_cluster_shorthand(std::string_view text) noexcept {
    auto const sizes = text.substr(0, text.find(':'));
    return sizes.find('x') != std::string_view::npos &&
           sizes.find_first_not_of("0123456789x") == std::string_view::npos;
}

/// A cluster from `NxG` (nodes, GPUs of each, one rack) or `RxNxG` (racks, nodes of each, GPUs of each); with `:a100`
/// or `:a30` behind it, of GPUs that can be split into instances as these can.
///
/// Errors    E-CLUSTER (another form), E-RANGE (a zero), E-OVERFLOW (over 16 GPUs a node, 65536 racks, 2^24
/// nodes), E-ENUM (GPUs that nobody knows how to split).
[[nodiscard]] inline result<cluster::spec> read_cluster_shorthand(std::string_view text) {
    auto const colon = std::min(text.find(':'), text.size());
    auto const sizes = text.substr(0, colon);
    auto const model = text.substr(std::min(colon + 1, text.size()));
    auto const refuse = [&](std::size_t at, std::string_view code, std::string message) {
        return diagnose(severity::error, "<cluster>", text, {1, at}, code, std::move(message));
    };
    auto parts = std::array<std::int64_t, 3>{};
    auto starts = std::array<std::size_t, 3>{};
    auto count = std::size_t{0};
    for (auto at = std::size_t{0};;) {
        auto const cut = sizes.find('x', at);
        auto const digits = sizes.substr(at, cut == std::string_view::npos ? cut : cut - at);
        auto const got = whole(digits);
        if (count == parts.size() || got.why == number::fault::syntax || digits.front() == '-')
            return refuse(at, "E-CLUSTER",
                          "read " + shown(text) + ", expected " + std::string{cluster_shorthands});
        if (got.ok() && got.value == 0)
            return refuse(at, "E-RANGE", "read " + shown(digits) + ", expected at least 1");
        if (!got.ok() || got.value > nodes_max)
            return refuse(at, "E-OVERFLOW",
                          "read " + shown(digits) + ", expected at most " + std::to_string(nodes_max));
        starts[count] = at;
        parts[count++] = got.value;
        if (cut == std::string_view::npos) break;
        at = cut + 1;
    }
    if (count < 2)
        return refuse(0, "E-CLUSTER",
                      "read " + shown(text) + ", expected " + std::string{cluster_shorthands});
    auto const gpus = parts[count - 1];
    auto const nodes = parts[count - 2];
    auto const racks = count == 3 ? parts[0] : 1;
    auto const too_many = [&](std::size_t part, std::int64_t most, std::string_view of) {
        return refuse(starts[part], "E-OVERFLOW",
                      "read " + std::to_string(parts[part]) + ", expected at most " + std::to_string(most) +
                          std::string{of});
    };
    if (gpus > cluster::gpus_per_node_max)
        return too_many(count - 1, cluster::gpus_per_node_max, " GPUs a node");
    if (racks > racks_max) return too_many(0, racks_max, " racks");
    if (racks * nodes > nodes_max) return too_many(count - 2, nodes_max / racks, " nodes a rack");
    constexpr auto const& kinds = cluster::mig_kind_names;
    auto const found = std::find(kinds.begin() + 1, kinds.end(), model);
    if (colon != text.size() && found == kinds.end())
        return refuse(colon + 1, "E-ENUM", "read " + shown(model) + ", expected a100 or a30");
    auto made = cluster::uniform(static_cast<std::uint32_t>(racks), static_cast<std::uint32_t>(nodes),
                                 static_cast<std::uint8_t>(gpus));
    if (colon == text.size()) return made;
    made.models = {std::string{model}};
    made.mig = {static_cast<cluster::mig_kind>(found - kinds.begin())};
    return made;
}

} // namespace rota::trace

#endif
