// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_TAKE_UNTIL_HPP
#define ROTA_CORE_TAKE_UNTIL_HPP

#include <algorithm>
#include <string_view>

namespace rota {

/// Takes what stands before the first `end` off a text, and that one with it; all of it where there is none.
constexpr std::string_view take_until(std::string_view& text, char end) noexcept {
    auto const taken = text.substr(0, text.find(end));
    text.remove_prefix(std::min(taken.size() + 1, text.size()));
    return taken;
}

} // namespace rota

#endif
