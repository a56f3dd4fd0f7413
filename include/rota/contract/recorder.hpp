// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CONTRACT_RECORDER_HPP
#define ROTA_CONTRACT_RECORDER_HPP

#include <rota/cluster/placement.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>

namespace rota {

/// Where books writes the schedule log: a schedule, or nowhere.
class recorder {
public:
    recorder() = default;
    explicit recorder(log::schedule& to) noexcept : to_{&to} {}

    [[nodiscard]] bool on() const noexcept { return to_ != nullptr; }
    void add(log::record what, cluster::placement const* where = nullptr) {
        if (to_ == nullptr) return;
        if (where != nullptr) to_->add(what, *where);
        else to_->add(what);
    }

private:
    log::schedule* to_ = nullptr;
};

} // namespace rota

#endif
