// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_RECORD_HPP
#define ROTA_TRACE_RECORD_HPP

#include <functional>
#include <string_view>

#include <rota/job/spec.hpp>
#include <rota/job/work.hpp>
#include <rota/trace/place.hpp>

namespace rota::trace {

/// One job as a row says it, on the row's own clock.
struct record {
    std::string_view id{}; ///< empty where the source names no jobs
    place at{};            ///< of the id
    job::spec spec{};
    job::work work{};
};

/// Takes jobs one by one as they are read; the id stays until it returns.
using record_sink = std::function<void(record const&)>;

} // namespace rota::trace

#endif
