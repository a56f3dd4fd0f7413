// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_BITMAP_HPP
#define ROTA_CLUSTER_BITMAP_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rota::cluster {

/// A set of small integers that finds its next member in a few loads: two levels of 64-bit words.
class bitmap {
public:
    static constexpr std::uint32_t none = 0xffffffffu;

    explicit bitmap(std::size_t size = 0) : words_{(size + 63) / 64}, bits_(words_ + (words_ + 63) / 64) {}

    void insert(std::uint32_t i) noexcept {
        bits_[i >> 6] |= std::uint64_t{1} << (i & 63);
        bits_[words_ + (i >> 12)] |= std::uint64_t{1} << (i >> 6 & 63);
    }
    void erase(std::uint32_t i) noexcept {
        // whether a word is empty now is a coin's toss: no branch
        auto const rest = bits_[i >> 6] &= ~(std::uint64_t{1} << (i & 63));
        bits_[words_ + (i >> 12)] &= ~(std::uint64_t{rest == 0} << (i >> 6 & 63));
    }
    [[nodiscard]] bool contains(std::uint32_t i) const noexcept {
        return (bits_[i >> 6] >> (i & 63) & 1) != 0;
    }

    /// The smallest member, or none.
    [[nodiscard]] std::uint32_t first() const noexcept {
        for (auto block = words_; block != bits_.size(); ++block)
            if (bits_[block] != 0) return first_of(block);
        return none;
    }
    /// The smallest member >= from, or none.
    [[nodiscard]] std::uint32_t next(std::uint32_t from) const noexcept {
        auto word = std::size_t{from >> 6};
        if (word >= words_) return none;
        if (auto const here = bits_[word] >> (from & 63); here != 0)
            return from + static_cast<std::uint32_t>(std::countr_zero(here));
        ++word;
        for (auto block = word >> 6; words_ + block < bits_.size(); ++block, word = block << 6)
            if (auto const there = bits_[words_ + block] >> (word & 63); there != 0) {
                word += static_cast<std::size_t>(std::countr_zero(there));
                return static_cast<std::uint32_t>(word * 64 +
                                                  static_cast<std::size_t>(std::countr_zero(bits_[word])));
            }
        return none;
    }

    friend bool operator==(bitmap const&, bitmap const&) = default;

private:
    [[nodiscard]] std::uint32_t first_of(std::size_t block) const noexcept {
        auto const word = (block - words_) * 64 + static_cast<std::size_t>(std::countr_zero(bits_[block]));
        return static_cast<std::uint32_t>(word * 64 +
                                          static_cast<std::size_t>(std::countr_zero(bits_[word])));
    }

    std::size_t words_;
    std::vector<std::uint64_t> bits_; ///< [words_] of members, then a bit for each of them that is not 0
};

} // namespace rota::cluster

#endif
