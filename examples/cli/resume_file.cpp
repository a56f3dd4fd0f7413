// SPDX-License-Identifier: BSL-1.0
#include "resume_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rota/core/config.hpp>
#include <rota/log/text.hpp>
#include <rota/trace/native_writer.hpp>
#include <rota/trace/place.hpp>

#include "console.hpp"
#include "failure.hpp"
#include "output_file.hpp"
#include "source_file.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;

constexpr auto first_line = std::string_view{"#rota-resume 1"};
constexpr auto nothing_hashed = std::uint64_t{0xcbf29ce484222325};

/// FNV-1a: it may go on where it stopped.
std::uint64_t hashed(std::string_view text, std::uint64_t from = nothing_hashed) {
    for (auto const c : text) from = (from ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return from;
}

std::string hash_of(rota::cluster::spec const& cluster) {
    auto text = fmt::format("{}\n{}\n", fmt::join(cluster.models, ","), fmt::join(cluster.names, ","));
    for (auto const& one : cluster.nodes)
        text += fmt::format("{} {} {} {} {} {}\n", one.gpus, index(one.model), one.cpu_milli, one.mem_mib,
                            index(one.rack), index(one.spine));
    return fmt::format("{:016x}", hashed(text));
}

std::string text_of(world_options const& world) {
    return fmt::format(
        "seed {} placement {} cost {} save {} restore {} round {} launch {} latency {} "
        "start-failure {} crash-mean {} checkpoint {} outages {} drains {} others {} quotas {}",
        world.seed, world.placement.empty() ? "-" : world.placement, world.cost, world.save_s,
        world.restore_s, world.round_s, world.launch_s, world.latency_s, world.start_failure,
        world.crash_mean_h, world.checkpoint_s, fmt::join(world.outages, ","), fmt::join(world.drains, ","),
        fmt::join(world.others, ","), fmt::join(world.quotas, ","));
}

template <class Number>
bool number(std::string_view text, Number& to, int base) {
    auto const [end, why] = std::from_chars(text.data(), text.data() + text.size(), to, base);
    return why == std::errc{} && end == text.data() + text.size();
}

} // namespace

resume_file::resume_file(std::string path) : path_{std::move(path)}, now_{0, nothing_hashed} {
    auto ignored = std::error_code{};
    if (!fs::exists(path_, ignored)) return;
    if (!fs::is_regular_file(path_, ignored)) // another is put in its place when the run has come further
        refuse(fmt::format("cannot read '{}': it is no file with text", path_));
    auto lines = std::istringstream{source_file(path_, short_file).text};
    auto line = std::string{};
    if (!std::getline(lines, line) || line != first_line)
        refuse(fmt::format("{}:1:1: error[E-RESUME]: read {}, expected '{}': it is left as it is", path_,
                           rota::trace::shown(line), first_line));
    auto came_to = position{};
    auto sound = 0;
    auto count = 1;
    for (; std::getline(lines, line); ++count) {
        auto const space = std::min(line.find(' '), line.size() - (line.empty() ? 0 : 1));
        auto const name = line.substr(0, space);
        auto const value = std::string_view{line}.substr(std::min(space + 1, line.size()));
        if (name == "records" || name == "log") {
            if (name == "log" ? !number(value, came_to.hash, 16) : !number(value, came_to.records, 10))
                refuse(fmt::format("{}:{}:{}: error[E-RESUME]: read {}, expected a number", path_, count + 1,
                                   space + 2, rota::trace::shown(value)));
            sound |= name == "log" ? 2 : 1;
        } else run_.emplace_back(name, value);
    }
    if (sound != 3)
        refuse(fmt::format("{}:{}:1: error[E-RESUME]: read the end of the text, expected before it one line "
                           "'records NUMBER' and one line 'log HASH'; remove the file to run without it",
                           path_, count + 1));
    before_ = came_to;
}

void resume_file::begin(inputs const& in, chosen const& scheduler, world_options const& world) {
    auto const run = decltype(run_){
        {"version", fmt::format("{}.{}.{}", ROTA_VERSION_MAJOR, ROTA_VERSION_MINOR, ROTA_VERSION_PATCH)},
        {"workload", fmt::format("{:016x}", hashed(rota::trace::write_native(in.jobs)))},
        {"cluster", hash_of(in.cluster)},
        {"scheduler", scheduler.label},
        {"world", text_of(world)},
    };
    if (!before_) {
        run_ = run;
        save(); // what cannot be written fails now
        return;
    }
    for (auto const& [name, value] : run) {
        auto was = std::string{"nothing"};
        for (auto const& [old_name, old_value] : run_)
            if (old_name == name) was = old_value;
        if (was != value)
            refuse(fmt::format("'{}' is of another run: its {} was '{}' and is '{}'; "
                               "give the same inputs, or remove the file to start anew",
                               path_, name, was, value));
    }
    run_ = run;
    say(fmt::format("{}: the run starts over; it had come to {} records", path_, before_->records));
}

void resume_file::reached(rota::log::schedule const& log) {
    check(log);
    auto const now = std::chrono::steady_clock::now();
    if (before_ || (signalled() == 0 && now - saved_ < std::chrono::milliseconds{100})) return;
    saved_ = now;
    save();
}

void resume_file::ended(rota::log::schedule const& log) {
    check(log);
    if (before_)
        fail(fmt::format("'{}' is of another run: that log had {} records and this one ends after {}", path_,
                         before_->records, log.records.size()));
}

void resume_file::remove() {
    auto why = std::error_code{};
    if (!fs::remove(path_, why) && why) fail(fmt::format("cannot remove '{}': {}", path_, why.message()));
}

void resume_file::check(rota::log::schedule const& log) {
    auto line = std::string{};
    for (;; ++now_.records) {
        if (before_ && before_->records == now_.records) {
            if (before_->hash != now_.hash)
                fail(fmt::format("'{}' is of another run: this log differs among the first {} records", path_,
                                 now_.records));
            if (now_.records != 0)
                say(fmt::format("{}: the first {} records are the same", path_, now_.records));
            before_.reset();
        }
        if (now_.records == log.records.size()) return;
        line.clear();
        rota::log::append_line(line, log, log.records[now_.records]);
        line += '\n';
        now_.hash = hashed(line, now_.hash);
    }
}

void resume_file::save() {
    auto text = fmt::format("{}\n", first_line);
    for (auto const& [name, value] : run_) text += fmt::format("{} {}\n", name, value);
    text += fmt::format("records {}\nlog {:016x}\n", now_.records, now_.hash);
    auto file = output_file{path_};
    file.write(text);
    file.commit();
}

} // namespace cli
