// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_VERDICT_HPP
#define ROTA_VERIFY_VERDICT_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace rota::verify {

/// A law that was never exercised has not been shown to hold: it is a hole in the test.
enum class standing : std::uint8_t { not_exercised, holds, broken };

/// How one law fared, and the first place where it broke.
struct verdict {
    static constexpr std::size_t whole_log = std::numeric_limits<std::size_t>::max();

    std::uint64_t checked = 0;      ///< times that its premises were met
    std::size_t record = whole_log; ///< of the log, 0-based
    std::string story;              ///< empty unless broken

    [[nodiscard]] standing stands() const noexcept {
        if (!story.empty()) return standing::broken;
        return checked == 0 ? standing::not_exercised : standing::holds;
    }
};

} // namespace rota::verify

#endif
