// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SIMULATION_NEWS_HPP
#define ROTA_SIMULATION_NEWS_HPP

#include <cstdint>
#include <optional>

#include <rota/contract/order.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/simulation/event_heap.hpp>

namespace rota::simulation {

/// News on its way from the world to the books, by the time at which it arrives, then in the order of its making.
class news {
public:
    enum class kind : std::uint8_t { confirmation, failure, end, interruption, crash };
    struct item {
        sim_time at{};
        news::kind kind{};
        order about{};
        log::cause why{};
        bool repeated = false;
        sim_time when = never; ///< what a repeated confirmation said the first time
        std::uint32_t number = 0;

        [[nodiscard]] bool before(item const& b) const noexcept {
            return at != b.at ? at < b.at : number < b.number;
        }
    };

    void send(item one) {
        one.number = ++sent_;
        under_way_.push(one);
    }
    [[nodiscard]] sim_time next() const noexcept { return under_way_.empty() ? never : under_way_.top().at; }
    [[nodiscard]] std::optional<item> pop(sim_time now) {
        if (next() > now || under_way_.empty()) return std::nullopt;
        auto const first = under_way_.top();
        under_way_.pop();
        return first;
    }

private:
    event_heap<item> under_way_;
    std::uint32_t sent_ = 0;
};

} // namespace rota::simulation

#endif
