// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_REPAIR_HPP
#define ROTA_TRACE_REPAIR_HPP

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <rota/trace/nearest.hpp>
#include <rota/trace/result.hpp>

namespace rota::trace {

/// A defect whose rows may be dropped on demand. Each use is counted under the repair's name.
enum class repair : std::uint8_t {
    negative_submit,
    negative_duration,
    negative_wait,
    wrong_order,
    duplicate_id
};

inline constexpr auto repair_names =
    std::to_array<std::string_view>({"negative_submit=drop", "negative_duration=drop", "negative_wait=drop",
                                     "wrong_order=drop", "duplicate_id=drop"});

[[nodiscard]] constexpr std::string_view name(repair what) noexcept {
    return repair_names[static_cast<std::size_t>(what)];
}

/// The repair a user names, such as `negative_wait=drop`.
[[nodiscard]] inline result<repair> repair_named(std::string_view text) {
    for (auto i = std::size_t{0}; i != repair_names.size(); ++i)
        if (text == repair_names[i]) return static_cast<repair>(i);
    auto why = diagnostic{};
    why.file = "<repair>";
    why.code = "E-ENUM";
    why.message = "read '" + std::string{text} + "', expected " + one_of(text, repair_names);
    why.source_line = std::string{text};
    return why;
}

/// The repairs a user asked for.
class repairs {
public:
    constexpr repairs() = default;
    constexpr repairs(std::initializer_list<repair> wanted) {
        for (auto const one : wanted) add(one);
    }

    constexpr void add(repair one) noexcept { mask_ |= 1u << static_cast<unsigned>(one); }
    [[nodiscard]] constexpr bool has(repair one) const noexcept {
        return (mask_ >> static_cast<unsigned>(one) & 1u) != 0;
    }

private:
    std::uint32_t mask_ = 0;
};

} // namespace rota::trace

#endif
