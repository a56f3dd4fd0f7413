// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_QUEUEING_NODE_RESIDENTS_HPP
#define ROTA_QUEUEING_NODE_RESIDENTS_HPP

#include <array>
#include <cstdint>

#include <rota/cluster/placement.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/queueing/price_tree.hpp>

namespace rota::queueing {

/// The jobs that hold whole GPUs of one node, the largest rank first.
class node_residents {
public:
    struct resident {
        price_tree::price rank;
        job_id job;
        std::int32_t gpus;
    };

    [[nodiscard]] resident const* begin() const noexcept { return slots_.data(); }
    [[nodiscard]] resident const* end() const noexcept { return begin() + size_; }

    void insert(resident const& come) noexcept {
        ROTA_EXPECTS(size_ < slots_.size(), "a node has room for as many jobs as GPUs");
        auto i = size_++;
        for (; i != 0 && come.rank > slots_[i - 1].rank; --i) slots_[i] = slots_[i - 1];
        slots_[i] = come;
    }
    void erase(job_id job) noexcept {
        auto i = std::uint32_t{0};
        while (i != size_ && slots_[i].job != job) ++i;
        ROTA_EXPECTS(i != size_, "only a resident leaves");
        for (--size_; i < size_; ++i) slots_[i] = slots_[i + 1];
    }

private:
    std::array<resident, cluster::gpus_per_node_max> slots_;
    std::uint32_t size_ = 0;
};

} // namespace rota::queueing

#endif
