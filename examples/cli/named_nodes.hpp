// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_NAMED_NODES_HPP
#define ROTA_CLI_NAMED_NODES_HPP

#include <ranges>
#include <string>

#include <fmt/format.h>

#include <rota/cluster/spec.hpp>

namespace cli {

/// What is held on which nodes, by their names in the manager and with the number of their GPUs; `-`: nothing.
[[nodiscard]] std::string named_nodes(rota::cluster::spec const& cluster,
                                      std::ranges::range auto const& parts) {
    auto out = std::string{};
    for (auto const& one : parts) {
        auto const gpus = [&] {
            if constexpr (requires { one.count(); }) return one.count();
            else return one.gpus;
        }();
        out += fmt::format("{}{}:{}", out.empty() ? "" : ",", cluster.names[index(one.node)], gpus);
    }
    return out.empty() ? "-" : out;
}

} // namespace cli

#endif
