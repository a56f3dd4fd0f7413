// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_PLACEMENT_HPP
#define ROTA_CLUSTER_PLACEMENT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

namespace detail {

/// Without -mpopcnt std::popcount is a library call, too slow for the decision path: a table of bytes.
inline constexpr auto bits_of_byte = [] {
    auto bits = std::array<std::uint8_t, 256>{};
    for (auto i = 1u; i != 256; ++i) bits[i] = static_cast<std::uint8_t>(bits[i / 2] + i % 2);
    return bits;
}();

} // namespace detail

/// GPUs in a mask.
[[nodiscard]] constexpr int gpus_in(std::uint16_t mask) noexcept {
    return detail::bits_of_byte[mask & 255u] + detail::bits_of_byte[mask >> 8];
}

/// What slice::milli says of an instance on each of the GPUs: the share in the low ten bits, the memory slice at
/// which it begins, and the profile, from 1 on, in the high three.
/// Expects   a size, and start < mig_slices_max.
[[nodiscard]] constexpr std::uint16_t instance_milli(mig_size size, int start) noexcept {
    auto const one = mig_entry_of(size);
    return static_cast<std::uint16_t>(one.milli | start << 10 | (one.profile + 1) << 13);
}

/// Some GPUs of one node, as a mask, with the same share of each, and the CPU and memory that go with them.
struct slice {
    node_id node{};
    std::uint16_t gpus = 0;          ///< bit g set: GPU g
    std::uint16_t milli = whole_gpu; ///< of each GPU, 1 .. 1000; above that an instance: instance_milli
    std::uint32_t cpu_milli = 0;     ///< for the whole slice
    std::uint32_t mem_mib = 0;       ///< for the whole slice

    [[nodiscard]] int count() const noexcept { return gpus_in(gpus); }
    /// Thousandths of each GPU.
    [[nodiscard]] int share() const noexcept { return milli & 0x3ff; }
    /// The size of the instances; 0 where there are none.
    [[nodiscard]] mig_size mig() const noexcept {
        for (auto i = std::size_t{1}; milli >> 13 != 0 && i != mig_sizes.size(); ++i)
            if (mig_sizes[i].profile + 1 == milli >> 13 && mig_sizes[i].milli == share())
                return static_cast<mig_size>(i);
        return {};
    }
    /// The memory slice at which an instance begins.
    [[nodiscard]] int start() const noexcept { return milli >> 10 & 7; }
    /// The memory slices of each GPU that the instances take; 0 for none, and where they may not begin.
    [[nodiscard]] std::uint8_t memory_slices() const noexcept { return mig_mask(mig(), start()); }
    /// They have a device in common, or a part of one.
    [[nodiscard]] bool meets(slice const& b) const noexcept {
        if (node != b.node || (gpus & b.gpus) == 0) return false;
        return milli <= whole_gpu || b.milli <= whole_gpu || (memory_slices() & b.memory_slices()) != 0;
    }

    friend bool operator==(slice const&, slice const&) = default;
};

/// Which devices a gang gets: a value that says nothing about who or when.
///
/// Names each node once. Holds one slice inline; only gangs over several nodes allocate.
class placement {
public:
    placement() = default;
    explicit placement(slice one) noexcept : one_{one}, size_{1} {}
    placement(placement const& other) { *this = other; }
    placement(placement&& other) noexcept
        : one_{other.one_}, more_{std::move(other.more_)}, size_{std::exchange(other.size_, 0)},
          room_{std::exchange(other.room_, 0)} {}
    placement& operator=(placement const& other) {
        if (this == &other) return *this;
        if (other.size_ > 1 && room_ < other.size_) grow(other.size_);
        one_ = other.one_;
        if (other.size_ > 1) std::copy_n(other.more_.get(), other.size_, more_.get());
        size_ = other.size_;
        return *this;
    }
    placement& operator=(placement&& other) noexcept {
        one_ = other.one_;
        more_ = std::move(other.more_);
        size_ = std::exchange(other.size_, 0);
        room_ = std::exchange(other.room_, 0);
        return *this;
    }
    ~placement() = default;

    void add(slice more) {
        if (size_ == 0) {
            one_ = more;
        } else {
            if (room_ <= size_) grow(size_ < 4 ? 8 : 2 * size_);
            if (size_ == 1) more_[0] = one_;
            more_[size_] = more;
        }
        ++size_;
    }
    void clear() noexcept { size_ = 0; }

    [[nodiscard]] slice const* begin() const noexcept { return size_ > 1 ? more_.get() : &one_; }
    [[nodiscard]] slice const* end() const noexcept { return begin() + size_; }
    [[nodiscard]] slice const& front() const noexcept { return *begin(); }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    [[nodiscard]] int gpus() const noexcept {
        auto sum = 0;
        for (auto const& part : *this) sum += part.count();
        return sum;
    }
    /// GPU-milli held while the placement holds.
    [[nodiscard]] std::int64_t total_milli() const noexcept {
        auto sum = std::int64_t{0};
        for (auto const& part : *this) sum += std::int64_t{part.count()} * part.share();
        return sum;
    }
    [[nodiscard]] std::int64_t cpu_milli() const noexcept {
        auto sum = std::int64_t{0};
        for (auto const& part : *this) sum += part.cpu_milli;
        return sum;
    }
    /// Each node stands in one slice: a placement that says less is no answer to anybody.
    [[nodiscard]] bool names_once() const {
        auto const not_before = [](slice const& a, slice const& b) { return !(a.node < b.node); };
        if (std::adjacent_find(begin(), end(), not_before) == end()) return true; // as most policies answer
        auto nodes = std::vector<node_id>{};
        for (auto const& part : *this) nodes.push_back(part.node);
        std::sort(nodes.begin(), nodes.end());
        return std::adjacent_find(nodes.begin(), nodes.end()) == nodes.end();
    }
    [[nodiscard]] bool touches(node_id node) const noexcept {
        return std::any_of(begin(), end(), [node](slice const& part) { return part.node == node; });
    }
    [[nodiscard]] bool overlaps(placement const& other) const noexcept {
        for (auto const& a : *this)
            for (auto const& b : other)
                if (a.meets(b)) return true;
        return false;
    }

    friend bool operator==(placement const& a, placement const& b) noexcept {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    void grow(std::uint32_t room) {
        auto larger = std::make_unique<slice[]>(room);
        if (size_ > 1) std::copy_n(more_.get(), size_, larger.get());
        more_ = std::move(larger);
        room_ = room;
    }

    slice one_{};
    std::unique_ptr<slice[]> more_;
    std::uint32_t size_ = 0;
    std::uint32_t room_ = 0;
};

/// What `a` holds beyond `b`, device by device: what a move from b to a must acquire or, turned round, gives
/// back.
[[nodiscard]] inline placement difference(placement const& a, placement const& b) {
    auto rest = placement{};
    for (auto const& part : a) {
        auto cpu = std::int64_t{part.cpu_milli};
        auto mem = std::int64_t{part.mem_mib};
        for (auto const& other : b)
            if (other.node == part.node) {
                cpu -= other.cpu_milli;
                mem -= other.mem_mib;
            }
        auto left = slice{.node = part.node,
                          .gpus = 0,
                          .milli = 0,
                          .cpu_milli = static_cast<std::uint32_t>(std::max(cpu, std::int64_t{0})),
                          .mem_mib = static_cast<std::uint32_t>(std::max(mem, std::int64_t{0}))};
        auto said = false;
        for (auto g = 0; g != gpus_per_node_max; ++g) {
            if ((part.gpus >> g & 1) == 0) continue;
            auto milli = int{part.milli};
            for (auto const& other : b) {
                if (other.node != part.node || (other.gpus >> g & 1) == 0) continue;
                if (part.milli <= whole_gpu) milli -= other.share();
                else if (other.milli == part.milli) milli = 0; // equal instances meet in all or in nothing
            }
            if (milli <= 0) continue;
            left.gpus = static_cast<std::uint16_t>(1u << g);
            left.milli = static_cast<std::uint16_t>(milli);
            rest.add(left);
            said = true;
            left.cpu_milli = left.mem_mib = 0; // carried by the first device only
        }
        if (!said && (left.cpu_milli != 0 || left.mem_mib != 0)) rest.add(left);
    }
    return rest;
}

} // namespace rota::cluster

#endif
