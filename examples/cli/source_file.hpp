// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_EXAMPLES_CLI_SOURCE_FILE_HPP
#define ROTA_EXAMPLES_CLI_SOURCE_FILE_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include <rota/trace/options.hpp>
#include <rota/trace/source.hpp>

namespace cli {

/// How much a file that is read as a whole may hold, and from what beginning on it is read to its end: trace::from_file.
struct whole_file {
    std::size_t text_bytes = rota::trace::limits{}.text_bytes;
    bool (*may_begin)(std::string_view) = nullptr;
};
/// One that people write, or that says little: a thousand times what any had.
inline constexpr auto short_file = whole_file{.text_bytes = std::size_t{16} << 20};

/// A file as a whole; ends the command where it cannot be read, or a signal comes meanwhile.
[[nodiscard]] rota::trace::source source_file(std::string const& path, whole_file const& what = {});

} // namespace cli

#endif
