// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_EVENT_HEAP_HPP
#define ROTA_SIMULATION_EVENT_HEAP_HPP

#include <cstddef>
#include <vector>

namespace rota::simulation {

/// A heap with four children a node, for small values with a total order `before`: the least is at the top.
///
/// Entries are never searched: whoever changes his mind pushes again, skips what is out of date, and has it swept out
/// where there is much of it.
template <class Entry>
class event_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] Entry const& top() const noexcept { return entries_.front(); }

    void push(Entry const& fresh) {
        entries_.push_back(fresh);
        rise(entries_.size() - 1, fresh);
    }
    void pop() {
        auto const last = entries_.back();
        entries_.pop_back();
        auto const size = entries_.size();
        if (size == 0) return;
        auto i = std::size_t{0}; // the hole sinks to the bottom, where the last entry mostly belongs
        auto first = std::size_t{1};
        for (; first + 4 <= size;
             first = 4 * i + 1) { // without a branch on the data: two pairs, their winners
            auto const a = first + entries_[first + 1].before(entries_[first]);
            auto const b = first + 2 + entries_[first + 3].before(entries_[first + 2]);
            auto const least = entries_[b].before(entries_[a]) ? b : a;
            entries_[i] = entries_[least];
            i = least;
        }
        if (first < size) {
            auto least = first;
            for (auto k = first + 1; k < size; ++k)
                if (entries_[k].before(entries_[least])) least = k;
            entries_[i] = entries_[least];
            i = least;
        }
        rise(i, last);
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Leaves those for which counts(entry) holds.
    template <class Counts>
    void sweep(Counts counts) {
        auto kept = std::size_t{0};
        for (auto i = std::size_t{0}; i != entries_.size(); ++i)
            if (auto const one = entries_[i]; counts(one)) rise(kept++, one);
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(kept), entries_.end());
    }

private:
    /// Puts the entry at i, or above.
    void rise(std::size_t i, Entry const& fresh) {
        for (; i != 0 && fresh.before(entries_[(i - 1) / 4]); i = (i - 1) / 4)
            entries_[i] = entries_[(i - 1) / 4];
        entries_[i] = fresh;
    }

    std::vector<Entry> entries_;
};

} // namespace rota::simulation

#endif
