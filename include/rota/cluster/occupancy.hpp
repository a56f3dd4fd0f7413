// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_OCCUPANCY_HPP
#define ROTA_CLUSTER_OCCUPANCY_HPP

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// What is free of every node: whole GPUs, thousandths of each GPU, CPU and memory. Counts only, no search.
///
/// Shape     one entry a node; thousandths are [nodes x GPUs of the largest node].
/// Expects   the spec outlives it and does not change.
class occupancy {
public:
    explicit occupancy(spec const& cluster) : spec_{&cluster} {
        for (auto const& node : cluster.nodes) stride_ = std::max<std::uint32_t>(stride_, node.gpus);
        whole_.reserve(cluster.nodes.size());
        for (auto const& node : cluster.nodes) {
            ROTA_EXPECTS(node.gpus <= gpus_per_node_max, "a node has at most 16 GPUs");
            whole_.push_back(static_cast<std::uint16_t>((1u << node.gpus) - 1u));
            cpu_milli_.push_back(node.cpu_milli);
            mem_mib_.push_back(node.mem_mib);
        }
        shared_.assign(whole_.size(), 0);
        milli_.assign(whole_.size() * stride_, 0);
        open_ = bitmap(whole_.size());
        for (auto n = std::uint32_t{0}; n != size(); ++n) open_.insert(n);
        if (!cluster.mig.empty()) split_.assign(milli_.size(), 0);
    }

    explicit occupancy(spec&&) = delete;

    [[nodiscard]] spec const& layout() const noexcept { return *spec_; }
    [[nodiscard]] node const& of(node_id n) const noexcept { return spec_->nodes[index(n)]; }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(whole_.size()); }

    /// Mask of the GPUs that nobody holds a share of.
    [[nodiscard]] std::uint16_t whole(node_id n) const noexcept { return whole_[index(n)]; }
    [[nodiscard]] int whole_count(node_id n) const noexcept { return gpus_in(whole_[index(n)]); }
    [[nodiscard]] int free_milli(node_id n, int gpu) const noexcept {
        if ((whole_[index(n)] >> gpu & 1) != 0) return whole_gpu;
        return milli_[index(n) * stride_ + static_cast<std::uint32_t>(gpu)];
    }
    /// Of all GPUs of the node together.
    [[nodiscard]] std::int64_t free_milli(node_id n) const noexcept {
        auto sum = std::int64_t{0};
        for (auto g = 0; g != of(n).gpus; ++g) sum += free_milli(n, g);
        return sum;
    }
    /// The memory slices of the GPU that instances have; 0: it is not split, and may be where nobody holds it.
    [[nodiscard]] std::uint8_t taken_slices(node_id n, int gpu) const noexcept {
        return split_.empty() ? std::uint8_t{0}
                              : split_[index(n) * stride_ + static_cast<std::uint32_t>(gpu)];
    }
    /// Mask of the GPUs on which nobody holds those memory slices, nor the GPU, nor a share of it.
    /// Expects   a model that can be split.
    [[nodiscard]] std::uint16_t with_slices(node_id n, std::uint8_t slices) const noexcept {
        auto open = std::uint32_t{whole_[index(n)]};
        for (auto g = 0; g != of(n).gpus; ++g)
            if (auto const taken = taken_slices(n, g); taken != 0 && (taken & slices) == 0) open |= 1u << g;
        return static_cast<std::uint16_t>(open);
    }
    [[nodiscard]] std::uint32_t cpu_milli(node_id n) const noexcept { return cpu_milli_[index(n)]; }
    [[nodiscard]] std::uint32_t mem_mib(node_id n) const noexcept { return mem_mib_[index(n)]; }
    [[nodiscard]] bool open(node_id n) const noexcept { return open_.contains(index(n)); }
    [[nodiscard]] bool open(placement const& p) const noexcept {
        return closed_ == 0 ||
               std::all_of(p.begin(), p.end(), [this](slice const& part) { return open(part.node); });
    }
    /// Some GPU of the node is held in part.
    [[nodiscard]] bool shared(node_id n) const noexcept { return shared_[index(n)] != 0; }

    /// The devices exist and are free. Says nothing of `open`.
    [[nodiscard]] bool fits(slice const& part) const noexcept {
        auto const n = index(part.node);
        if (n >= whole_.size()) return false;
        if ((part.cpu_milli | part.mem_mib) != 0 &&
            (cpu_milli_[n] < part.cpu_milli || mem_mib_[n] < part.mem_mib))
            return false;
        if (part.milli == whole_gpu) return (part.gpus & ~whole_[n]) == 0;
        return fits_in_part(part);
    }
    [[nodiscard]] bool fits(placement const& p) const noexcept {
        for (auto const& part : p)
            if (!fits(part)) return false;
        return true;
    }

    /// Expects fits(part).
    void take(slice const& part) noexcept {
        ROTA_EXPECTS(fits(part), "a device is never given out twice");
        apply<-1>(part);
    }
    /// Expects that part was taken.
    void give(slice const& part) noexcept { apply<+1>(part); }
    void take(placement const& p) noexcept {
        for (auto const& part : p) take(part);
    }
    void give(placement const& p) noexcept {
        for (auto const& part : p) give(part);
    }
    void set_open(node_id n, bool open) noexcept {
        closed_ += std::uint32_t{this->open(n)} - std::uint32_t{open};
        if (open) open_.insert(index(n));
        else open_.erase(index(n));
    }

    /// No GPU is split and held, whole or in part.
    [[nodiscard]] bool sound() const noexcept {
        for (auto n = std::uint32_t{0}; n != size(); ++n)
            for (auto g = 0; g != of(node_id{n}).gpus; ++g)
                if (taken_slices(node_id{n}, g) != 0 &&
                    (((whole_[n] | shared_[n]) >> g & 1) != 0 || free_milli(node_id{n}, g) != 0))
                    return false;
        return true;
    }

    friend bool operator==(occupancy const& a, occupancy const& b) noexcept {
        return a.whole_ == b.whole_ && a.shared_ == b.shared_ && a.milli_ == b.milli_ &&
               a.split_ == b.split_ && a.cpu_milli_ == b.cpu_milli_ && a.mem_mib_ == b.mem_mib_ &&
               a.open_ == b.open_;
    }

private:
    template <int Sign>
    void apply(slice const& part) noexcept {
        auto const n = index(part.node);
        if (part.milli == whole_gpu) {
            ROTA_EXPECTS(Sign < 0 || ((whole_[n] | shared_[n]) & part.gpus) == 0,
                         "a device is never given back twice");
            whole_[n] = static_cast<std::uint16_t>(whole_[n] ^ part.gpus);
        } else {
            apply_in_part(part, Sign);
        }
        if ((part.cpu_milli | part.mem_mib) == 0) return;
        cpu_milli_[n] += static_cast<std::uint32_t>(Sign) * part.cpu_milli;
        mem_mib_[n] += static_cast<std::uint32_t>(Sign) * part.mem_mib;
        ROTA_EXPECTS(cpu_milli_[n] <= of(part.node).cpu_milli && mem_mib_[n] <= of(part.node).mem_mib,
                     "CPU and memory are never given back twice");
    }
    void share(node_id n, int gpu, int change) noexcept {
        auto const bit = 1u << gpu;
        auto const now = free_milli(n, gpu) + change;
        ROTA_EXPECTS(0 <= now && now <= whole_gpu, "a device is never given back twice");
        auto const set = [bit](std::uint16_t& mask, bool on) {
            mask = static_cast<std::uint16_t>(on ? mask | bit : mask & ~bit);
        };
        set(whole_[index(n)], now == whole_gpu);
        set(shared_[index(n)], 0 < now && now < whole_gpu);
        milli_[index(n) * stride_ + static_cast<std::uint32_t>(gpu)] =
            static_cast<std::uint16_t>(now % whole_gpu);
    }

    // out of line: whole GPUs are most of what there is
    [[nodiscard]] [[gnu::noinline]] bool fits_in_part(slice const& part) const noexcept {
        if ((part.gpus >> of(part.node).gpus) != 0) return false;
        if (part.milli > whole_gpu) {
            auto const slices = part.memory_slices();
            return slices != 0 && mig_entry_of(part.mig()).kind == spec_->mig_of(of(part.node).model) &&
                   (part.gpus & ~with_slices(part.node, slices)) == 0;
        }
        for (auto left = std::uint32_t{part.gpus}; left != 0; left &= left - 1)
            if (free_milli(part.node, std::countr_zero(left)) < part.milli) return false;
        return true;
    }
    [[gnu::noinline]] void apply_in_part(slice const& part, int sign) noexcept {
        if (part.milli > whole_gpu) return split(part, sign < 0);
        for (auto left = std::uint32_t{part.gpus}; left != 0; left &= left - 1)
            share(part.node, std::countr_zero(left), sign * part.milli);
    }
    void split(slice const& part, [[maybe_unused]] bool taken) noexcept {
        auto const slices = part.memory_slices();
        for (auto left = std::uint32_t{part.gpus}; left != 0; left &= left - 1) {
            auto const gpu = static_cast<std::uint32_t>(std::countr_zero(left));
            auto& mask = split_[index(part.node) * stride_ + gpu];
            ROTA_EXPECTS(taken || (mask & slices) == slices, "an instance is never given back twice");
            mask = static_cast<std::uint8_t>(mask ^ slices);
            auto& whole = whole_[index(part.node)];
            whole = static_cast<std::uint16_t>(mask == 0 ? whole | 1u << gpu : whole & ~(1u << gpu));
        }
    }

    spec const* spec_;
    std::uint32_t stride_ = 1;
    std::vector<std::uint16_t> whole_;  ///< [nodes] bit g: nobody holds any of GPU g
    std::vector<std::uint16_t> shared_; ///< [nodes] bit g: GPU g is held in part
    std::vector<std::uint16_t> milli_;  ///< of the GPUs held in part; 0 elsewhere
    std::vector<std::uint8_t> split_;   ///< bit s: memory slice s is taken; empty where no GPU can be split
    std::vector<std::uint32_t> cpu_milli_;
    std::vector<std::uint32_t> mem_mib_;
    bitmap open_;              ///< a bit a node, so that it stays near
    std::uint32_t closed_ = 0; ///< nodes that are not open
};

/// What `other` has is what p lacks: a GPU, or CPU or memory of a node that has too little left.
[[nodiscard]] inline bool competes(placement const& other, placement const& p,
                                   occupancy const& free) noexcept {
    for (auto const& a : other)
        for (auto const& b : p)
            if (a.node == b.node &&
                (a.meets(b) || (a.cpu_milli != 0 && free.cpu_milli(a.node) < b.cpu_milli) ||
                 (a.mem_mib != 0 && free.mem_mib(a.node) < b.mem_mib)))
                return true;
    return false;
}

} // namespace rota::cluster

#endif
