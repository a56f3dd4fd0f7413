// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_SETTLE_HPP
#define ROTA_CONTRACT_SETTLE_HPP

#include <cstdint>
#include <utility>
#include <vector>

#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/view.hpp>

namespace rota {

/// One instant of one host: facts are delivered, orders are sent, and the scheduler decides again until a
/// pass follows no event and changes nothing.
class instant {
public:
    std::uint32_t passes_max = 10'000; ///< a scheduler that does not settle within them is broken (law L7)
    bool spurious_pass = false;        ///< decide once more at the end, which must change nothing (law L2)

    /// Passes that changed something although nothing had happened.
    [[nodiscard]] std::uint32_t restless() const noexcept { return restless_; }
    [[nodiscard]] std::uint64_t passes() const noexcept { return passes_; }

    /// send(order): hands an order to the executor, which may answer at once. False: it does not settle.
    template <scheduling_policy S, class Send>
    [[nodiscard]] bool settle(books& state, S& scheduler, Send&& send) {
        auto const seen = view(state.want());
        auto may = actions(state.want());
        auto asked = !spurious_pass ||
                     (state.inbox.empty() && state.outbox.empty()); // nothing is known to have happened
        auto changed = false;
        for (auto pass = std::uint32_t{0}; pass != passes_max; ++pass) {
            auto news = changed;
            while (!state.inbox.empty() || !state.outbox.empty()) {
                batch_.swap(state.inbox);
                for (auto const& happened : batch_) scheduler.on(happened, seen);
                news |= !batch_.empty();
                batch_.clear();
                orders_.swap(state.outbox);
                for (auto const& what : orders_) send(what);
                orders_.clear();
                if (state.inbox.empty() && state.outbox.empty()) state.untangle();
            }
            if (!news && std::exchange(asked, true)) return true;
            state.want().begin_pass();
            scheduler.decide(seen, may);
            changed = state.commit();
            ++passes_;
            if (!news && (changed || !state.outbox.empty())) ++restless_;
            state.untangle();
        }
        return false;
    }

private:
    std::vector<event> batch_;
    std::vector<order> orders_;
    std::uint64_t passes_ = 0;
    std::uint32_t restless_ = 0;
};

} // namespace rota

#endif
