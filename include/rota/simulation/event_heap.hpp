// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_EVENT_HEAP_HPP
#define ROTA_SIMULATION_EVENT_HEAP_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

namespace rota::simulation {

/// A heap with four children a node, for small values with a total order `before`: the least is at the top.
///
/// Entries are never searched: whoever changes his mind pushes again and skips what is out of date.
template <class Entry>
class event_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] Entry const& top() const noexcept { return entries_.front(); }

    void push(Entry const& fresh) {
        auto i = entries_.size();
        entries_.push_back(fresh);
        for (; i != 0 && fresh.before(entries_[(i - 1) / 4]); i = (i - 1) / 4)
            entries_[i] = entries_[(i - 1) / 4];
        entries_[i] = fresh;
    }
    void pop() {
        auto const last = entries_.back();
        entries_.pop_back();
        auto const size = entries_.size();
        if (size == 0) return;
        auto i = std::size_t{0};
        for (;;) {
            auto const first = 4 * i + 1;
            if (first >= size) break;
            auto least = first;
            if (first + 4 <= size) { // without a branch on the data: two pairs, then their winners
                auto const a = first + entries_[first + 1].before(entries_[first]);
                auto const b = first + 2 + entries_[first + 3].before(entries_[first + 2]);
                least = entries_[b].before(entries_[a]) ? b : a;
            } else {
                for (auto k = first + 1; k < size; ++k)
                    if (entries_[k].before(entries_[least])) least = k;
            }
            if (!entries_[least].before(last)) break;
            entries_[i] = entries_[least];
            i = least;
        }
        entries_[i] = last;
    }
    void reserve(std::size_t n) { entries_.reserve(n); }

private:
    std::vector<Entry> entries_;
};

} // namespace rota::simulation

#endif
