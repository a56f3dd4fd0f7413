// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include <rota/log/text.hpp>
#include <rota/verify/counter_example.hpp>
#include <rota/verify/replay_reader.hpp>
#include <rota/verify/replay_writer.hpp>

#include "twice.hpp"

namespace {

/// A replay file: refused at a place in the text, or written again as a text that reads as itself.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    auto const text = std::string(reinterpret_cast<char const*>(data), size);
    auto const read = rota::verify::counter_example_of(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&read)) {
        if (wrong->line == 0 || wrong->column == 0 || wrong->message.empty()) std::abort();
        told.add(wrong->message);
        return;
    }
    auto const again = to_text(std::get<rota::verify::counter_example>(read));
    told.add(again);
    auto const back = rota::verify::counter_example_of(again);
    if (!std::holds_alternative<rota::verify::counter_example>(back)) std::abort();
    if (to_text(std::get<rota::verify::counter_example>(back)) != again) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
