// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_CHANGE_LOG_HPP
#define ROTA_PLACEMENT_CHANGE_LOG_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <rota/core/units.hpp>

namespace rota::placement {

/// Which nodes have changed since each of several readers looked last, every node once.
///
/// Cost      a change is one entry; two entries a node are kept at most, whatever the readers do.
class change_log {
public:
    explicit change_log(std::uint32_t nodes) : last_(nodes, 0) {}

    /// A reader that has seen all there is.
    std::uint32_t add_reader() {
        read_.push_back(entries_.size());
        return static_cast<std::uint32_t>(read_.size() - 1);
    }
    void changed(node_id n) {
        if (entries_.size() >= 2 * last_.size() + 64) drop_superseded();
        entries_.push_back(index(n));
        last_[index(n)] = entries_.size();
    }
    /// At least as many as there are nodes to read.
    [[nodiscard]] std::size_t unread(std::uint32_t reader) const noexcept {
        return entries_.size() - read_[reader];
    }
    /// Calls visit(node) for each node that has changed since this reader read.
    template <class Visit>
    void read(std::uint32_t reader, Visit visit) {
        for (auto i = read_[reader]; i != entries_.size(); ++i)
            if (last_[entries_[i]] == i + 1) visit(node_id{entries_[i]}); // else it comes again
        read_[reader] = entries_.size();
    }

private:
    void drop_superseded() {
        auto moved = std::vector<std::size_t>(entries_.size() + 1);
        auto kept = std::size_t{0};
        for (auto i = std::size_t{0}; i != entries_.size(); ++i) {
            moved[i] = kept;
            if (last_[entries_[i]] != i + 1) continue;
            entries_[kept++] = entries_[i];
            last_[entries_[i]] = kept;
        }
        moved[entries_.size()] = kept;
        entries_.resize(kept);
        for (auto& at : read_) at = moved[at];
    }

    std::vector<std::uint32_t> entries_; ///< nodes, in the order of their changes
    std::vector<std::size_t> last_;      ///< of each node: 1 + its last position in entries_, or 0
    std::vector<std::size_t> read_;      ///< of each reader: entries that it has seen
};

} // namespace rota::placement

#endif
