// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_BITMAPS_HPP
#define ROTA_CLUSTER_BITMAPS_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rota::cluster {

/// Sets of small integers in one piece of memory; each finds its next member in a few loads: two levels of 64-bit
/// words.
class bitmaps {
public:
    static constexpr std::uint32_t none = 0xffffffffu;

    explicit bitmaps(std::size_t sets = 0, std::size_t size = 0)
        : words_{(size + 63) / 64}, stride_{words_ + (words_ + 63) / 64}, bits_(sets * stride_) {}

    void insert(std::size_t set, std::uint32_t i) noexcept {
        auto const at = set * stride_;
        bits_[at + (i >> 6)] |= std::uint64_t{1} << (i & 63);
        bits_[at + words_ + (i >> 12)] |= std::uint64_t{1} << (i >> 6 & 63);
    }
    void erase(std::size_t set, std::uint32_t i) noexcept {
        auto const at = set * stride_;
        // whether a word is empty now is a coin's toss: no branch
        auto const rest = bits_[at + (i >> 6)] &= ~(std::uint64_t{1} << (i & 63));
        bits_[at + words_ + (i >> 12)] &= ~(std::uint64_t{rest == 0} << (i >> 6 & 63));
    }
    [[nodiscard]] bool contains(std::size_t set, std::uint32_t i) const noexcept {
        return (bits_[set * stride_ + (i >> 6)] >> (i & 63) & 1) != 0;
    }
    /// The smallest member, or none.
    [[nodiscard]] std::uint32_t first(std::size_t set) const noexcept { return first_from(set * stride_, 0); }
    /// The smallest member >= from, or none.
    [[nodiscard]] std::uint32_t next(std::size_t set, std::uint32_t from) const noexcept {
        auto const at = set * stride_;
        auto word = std::size_t{from >> 6};
        if (word >= words_) return none;
        if (auto const here = bits_[at + word] >> (from & 63); here != 0)
            return from + static_cast<std::uint32_t>(std::countr_zero(here));
        auto const block = ++word >> 6;
        if (words_ + block == stride_) return none;
        if (auto const there = bits_[at + words_ + block] >> (word & 63); there != 0)
            return first_of(at, word + static_cast<std::size_t>(std::countr_zero(there)));
        return first_from(at, block + 1);
    }

    /// One of the sets, to look at.
    class one {
    public:
        one(bitmaps const& of, std::size_t set) noexcept : of_{&of}, set_{set} {}
        [[nodiscard]] bool contains(std::uint32_t i) const noexcept { return of_->contains(set_, i); }
        [[nodiscard]] std::uint32_t first() const noexcept { return of_->first(set_); }
        [[nodiscard]] std::uint32_t next(std::uint32_t from) const noexcept { return of_->next(set_, from); }

    private:
        bitmaps const* of_;
        std::size_t set_;
    };
    /// Expects   that the sets stay while it is looked at.
    [[nodiscard]] one operator[](std::size_t set) const noexcept { return {*this, set}; }

    friend bool operator==(bitmaps const&, bitmaps const&) = default;

private:
    [[nodiscard]] std::uint32_t first_of(std::size_t at, std::size_t word) const noexcept {
        return static_cast<std::uint32_t>(word * 64 +
                                          static_cast<std::size_t>(std::countr_zero(bits_[at + word])));
    }
    /// From a block of 64 words on.
    [[nodiscard]] std::uint32_t first_from(std::size_t at, std::size_t block) const noexcept {
        for (; words_ + block < stride_; ++block)
            if (auto const there = bits_[at + words_ + block]; there != 0)
                return first_of(at, block * 64 + static_cast<std::size_t>(std::countr_zero(there)));
        return none;
    }

    std::size_t words_;               ///< of the members of a set
    std::size_t stride_;              ///< and a bit for each of them that is not 0
    std::vector<std::uint64_t> bits_; ///< [sets x stride]
};

} // namespace rota::cluster

#endif
