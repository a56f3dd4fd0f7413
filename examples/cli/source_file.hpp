// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_EXAMPLES_CLI_SOURCE_FILE_HPP
#define ROTA_EXAMPLES_CLI_SOURCE_FILE_HPP

#include <string>

#include <rota/trace/source.hpp>

namespace cli {

/// A file as a whole; ends the command where it cannot be read, or a signal comes meanwhile.
[[nodiscard]] rota::trace::source source_file(std::string const& path);

} // namespace cli

#endif
