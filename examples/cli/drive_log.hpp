// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_DRIVE_LOG_HPP
#define ROTA_CLI_DRIVE_LOG_HPP

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace cli {

/// What a driver does, a line each on stdout: `time=... event=... key=value` or the same as JSON.
class drive_log {
public:
    using field = std::pair<std::string_view, std::string>;

    explicit drive_log(bool json) noexcept : json_{json} {}
    void as_json(bool json) noexcept { json_ = json; }
    void line(std::string_view event, std::initializer_list<field> fields) const;

private:
    bool json_;
};

} // namespace cli

#endif
