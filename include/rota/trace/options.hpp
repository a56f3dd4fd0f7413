// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_OPTIONS_HPP
#define ROTA_TRACE_OPTIONS_HPP

#include <cstddef>
#include <cstdint>
#include <string>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/trace/record.hpp>
#include <rota/trace/repair.hpp>

namespace rota::trace {

/// What a wrong row does to the reading.
enum class on_error : std::uint8_t {
    strict,  ///< refuses the whole input: nothing is half-read
    collect, ///< drops the row, lists and counts it
};

/// What becomes of a row that asks for no GPU.
enum class zero_gpus : std::uint8_t {
    drop,   ///< dropped and counted as `zero_gpus`
    refuse, ///< E-ZEROGPU
};

/// Which field of an SWF row counts as GPUs; the other one stands in where it is unknown.
enum class swf_processors : std::uint8_t { allocated, requested };

/// Sizes beyond which input is refused.
struct limits {
    std::size_t text_bytes = std::size_t{4} << 30; ///< of the unpacked text, where its jobs are held
    std::size_t gzip_ratio =
        256; ///< unpacked to packed, beyond 64 MiB: a file that says the same again and again
    std::size_t line_bytes = std::size_t{1} << 20;
    std::size_t field_bytes = std::size_t{64} << 10;
    millis horizon_ms = millis{300} * 366 * 86'400'000; ///< of a submit time, a duration and their sum
    bool (*stop)() = nullptr; ///< asked between two reads of a file; where true, the rest is not wanted: E-IO
};

/// How to read. The defaults refuse whatever they do not understand.
struct options {
    trace::on_error on_error = on_error::strict;
    std::size_t error_limit = 20; ///< errors kept, as many warnings, as many notes; the rest are counted
    bool allow_empty = false;     ///< an input without jobs is an empty workload
    bool strict_order = false;    ///< rows out of submission order are an error
    trace::zero_gpus zero_gpus = zero_gpus::drop;
    trace::swf_processors swf_processors = swf_processors::allocated;
    trace::repairs repairs{};
    trace::limits limits{};
    std::string map{};                      ///< of the generic CSV reader, see csv_map.hpp
    cluster::spec const* cluster = nullptr; ///< where known: GPU models by name, and W-INFEASIBLE
    /// Where it is set, jobs go there one by one instead of into the workload, in the order of their rows and on
    /// their own clock, and rows that are dropped are counted, not listed. If the reading is refused in the end,
    /// what was given counts for nothing.
    record_sink each{};
    bool any_id = false; ///< with `each`: an id may come again, so that none has to be remembered
};

} // namespace rota::trace

#endif
