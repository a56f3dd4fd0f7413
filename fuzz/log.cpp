// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/verify/check.hpp>
#include <rota/verify/report.hpp>

#include "require.hpp"
#include "twice.hpp"

namespace {

/// The bytes are a log's text: an error with its place, or a log that prints and reads back equal; whatever it says,
/// it can be judged.
void run(std::uint8_t const* data, std::size_t size, outcome& told) {
    namespace log = rota::log;
    auto const text = std::string_view{reinterpret_cast<char const*>(data), size};
    auto const read = log::from_text(text);
    if (auto const* wrong = std::get_if<log::text_error>(&read)) {
        require(wrong->line >= 1 && wrong->column >= 1 && !wrong->message.empty(),
                "an error has a place and a text");
        told.add(wrong->message);
        return;
    }
    auto const& schedule = std::get<log::schedule>(read);
    auto const printed = log::to_text(schedule);
    auto const again = log::from_text(printed);
    require(std::holds_alternative<log::schedule>(again), "what is printed can be read");
    require(std::get<log::schedule>(again) == schedule, "and is the same log");
    require(log::to_text(std::get<log::schedule>(again)) == printed, "and prints the same text");

    auto cluster = rota::cluster::uniform(2, 2, 4, 8'000, 8'192);
    cluster.mig = {rota::cluster::mig_kind::a100};
    auto jobs = rota::job::workload{};
    jobs.specs.resize(4);
    jobs.works.resize(4);
    told.add(rota::verify::text(
        rota::verify::check_log({cluster, jobs, {}, {}, static_cast<rota::claim>(255), {}, schedule})));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return twice(run, data, size);
}
