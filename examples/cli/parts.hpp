// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_PARTS_HPP
#define ROTA_CLI_PARTS_HPP

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What a program may set of a policy: a member, an argument of its constructor or of its template.
struct knob {
    std::string_view key;
    std::string standard; ///< empty: there is none, it must be given
    std::string_view meaning;
};

/// A policy that schedulers are made of.
struct part {
    std::string_view name;
    std::string_view header; ///< below rota/
    std::string_view about;
    std::string_view source;
    std::vector<knob> knobs{};
};

/// Parts that stand for each other, or nearly.
struct kind_of_part {
    std::string_view title;
    std::vector<part> parts;
};

[[nodiscard]] std::vector<kind_of_part> const& kinds_of_parts();

} // namespace cli

#endif
