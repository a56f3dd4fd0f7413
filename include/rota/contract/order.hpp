// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_ORDER_HPP
#define ROTA_CONTRACT_ORDER_HPP

#include <cstdint>

#include <rota/core/units.hpp>

namespace rota {

enum class order_kind : std::uint8_t { none, start, stop, move };

/// How a job is stopped: it saves its state first, or it loses what it did since its last checkpoint.
enum class stop_mode : std::uint8_t { graceful, kill };

/// What an executor is told to do. The devices of a start or a move are books::sent(job).
struct order {
    std::uint32_t op = 0; ///< numbers decisions; the key of the answer
    job_id job{};
    std::uint32_t incarnation = 0;
    order_kind kind{};
    stop_mode mode{};
};

} // namespace rota

#endif
