// SPDX-License-Identifier: BSL-1.0
#include "drive_log.hpp"

#include <chrono>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "console.hpp"

namespace cli {

namespace {

std::string time_now() {
    using namespace std::chrono;
    auto const ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    auto const seconds = static_cast<std::time_t>(ms / 1'000);
    auto parts = std::tm{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms % 1'000);
}

/// In quotes where a reader would not know its end.
std::string word_of(std::string const& text) {
    if (!text.empty() && text.find_first_of(" \"=\n\t\\") == std::string::npos) return text;
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

void drive_log::line(std::string_view event, std::initializer_list<field> fields) const {
    if (json_) {
        auto out = nlohmann::ordered_json{{"time", time_now()}, {"event", event}};
        for (auto const& [key, value] : fields) out[std::string{key}] = value;
        return print(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
    }
    auto out = fmt::format("time={} event={}", time_now(), event);
    for (auto const& [key, value] : fields) out += fmt::format(" {}={}", key, word_of(value));
    print(out + '\n');
}

} // namespace cli
