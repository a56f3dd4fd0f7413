// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_TELL_NODES_HPP
#define ROTA_LIVE_TELL_NODES_HPP

#include <cstdint>

#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/log/record.hpp>

namespace rota::live {

/// Tells books of the nodes that are open, with what others have of them, or of those that are closed.
///
/// Expects   a snapshot that says of every node whether it is drained and what others have.
inline void tell_nodes(journaled_books& to, snapshot const& seen, bool open) {
    for (auto n = std::uint32_t{0}; n != seen.up.size(); ++n)
        if (seen.up[n] == open)
            to.node(node_id{n}, open, seen.drained[n] ? log::cause::drained : log::cause::none,
                    seen.taken[n]);
}

} // namespace rota::live

#endif
