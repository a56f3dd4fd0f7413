// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_TRACE_GOLDEN_HPP
#define ROTA_PROPERTY_TRACE_GOLDEN_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <rota/trace/formats.hpp>

namespace golden {

inline std::string bytes_of(std::filesystem::path const& path) {
    auto file = std::ifstream{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The options that the words of a bad input's name ask for: `what[.word...].format`.
inline rota::trace::options options_for(std::string const& name) {
    auto const says = [&](std::string_view word) {
        return name.find('.' + std::string{word} + '.') != name.npos;
    };
    auto how = rota::trace::options{};
    if (says("collect")) how.on_error = rota::trace::on_error::collect;
    if (says("allow_empty")) how.allow_empty = true;
    if (says("strict_order")) how.strict_order = true;
    if (says("refuse_zero")) how.zero_gpus = rota::trace::zero_gpus::refuse;
    if (says("repair"))
        how.repairs = {rota::trace::repair::negative_submit, rota::trace::repair::negative_duration,
                       rota::trace::repair::negative_wait, rota::trace::repair::wrong_order,
                       rota::trace::repair::duplicate_id};
    how.limits.line_bytes = says("short_lines") ? 64 : how.limits.line_bytes;
    how.limits.field_bytes = says("short_lines") ? 20 : how.limits.field_bytes;
    how.map = says("iso")       ? "id=id,submit=submit:iso,duration=duration:s,gpus=gpus"
              : says("share")   ? "id=id,submit=submit:s,duration=duration:s,gpus=gpus:fraction"
              : says("badunit") ? "id=id,submit=submit:w,duration=duration:s,gpus=gpus"
              : says("badkey")  ? "id=id,submitted=submit:s,duration=duration:s,gpus=gpus"
                                : "id=id,submit=submit:s,duration=duration:s,gpus=gpus";
    return how;
}

/// What a reader says of a file: its diagnostics and its tally.
inline std::string said(std::filesystem::path const& path) {
    static auto const cluster = rota::cluster::uniform(1, 2, 8);
    auto const name = path.filename().string();
    auto how = options_for(name);
    if (name.find(".16gpus.") != name.npos) how.cluster = &cluster;
    auto const from = rota::trace::from_bytes(name, bytes_of(path), how.limits);
    auto const got = from ? rota::trace::read(std::string_view{name}.substr(name.rfind('.') + 1), *from, how)
                          : rota::trace::refusal(from.error());
    return text(got.diagnostics) + (got.ok() ? "read: " : "refused: ") + text(got.tally) + '\n';
}

} // namespace golden

#endif
