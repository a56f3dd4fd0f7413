// SPDX-License-Identifier: BSL-1.0
#include "source_file.hpp"

#include <utility>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/options.hpp>

#include "console.hpp"
#include "failure.hpp"

namespace cli {

rota::trace::source source_file(std::string const& path, whole_file const& what) {
    auto how = rota::trace::limits{};
    how.text_bytes = what.text_bytes;
    how.stop = interrupted;
    auto from = rota::trace::from_file(path, how, what.may_begin);
    stop_if_signalled();
    if (from) return std::move(*from);
    auto why = rota::trace::text(from.error());
    why.pop_back(); // its line end
    refuse(std::move(why));
}

} // namespace cli
