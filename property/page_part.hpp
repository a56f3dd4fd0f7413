// SPDX-License-Identifier: BSL-1.0
// The part of a page that a test program has made.
#ifndef ROTA_PROPERTY_PAGE_PART_HPP
#define ROTA_PROPERTY_PAGE_PART_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "tally.hpp"

/// Between the lines '<!-- NAME: made by PROGRAM --write -->' and '<!-- NAME: end -->' the page says what `made` says; `write`
/// puts it there first.
inline void check_page(tally& to, std::filesystem::path const& page, std::string const& name,
                       std::string const& program, std::string_view made, bool write) {
    auto in = std::ifstream{page, std::ios::binary};
    auto text = std::string{std::istreambuf_iterator<char>{in}, {}};
    auto const begin = "<!-- " + name + ": made by " + program + " --write -->\n\n";
    auto const end = "\n<!-- " + name + ": end -->\n";
    auto const from = text.find(begin);
    auto const last = text.find(end);
    if (!to.check(from != text.npos && last != text.npos, "the page has the marks of " + name)) return;
    auto const at = from + begin.size();
    if (write) {
        text.replace(at, last - at, made);
        std::ofstream{page, std::ios::binary} << text;
    }
    to.check(std::string_view{text}.substr(at, text.find(end) - at) == made,
             "the page says what this program says of " + name);
}

#endif
