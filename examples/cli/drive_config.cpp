// SPDX-License-Identifier: BSL-1.0
#include "drive_config.hpp"

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <rota/trace/nearest.hpp>

#include "failure.hpp"

namespace cli {

namespace {

[[noreturn]] void refuse_at(std::string const& path, toml::source_position at, std::string_view why) {
    refuse(fmt::format("{}:{}:{}: error[E-CONFIG]: {}", path, at.line, at.column, why));
}

/// One table of the file; what it holds is read key by key, and what is left over is an error.
class section {
public:
    section(std::string const& path, std::string name, toml::table const& in,
            std::initializer_list<std::string_view> keys)
        : path_{path}, name_{std::move(name)}, in_{in} {
        auto const known = std::vector<std::string_view>(keys);
        for (auto const& [key, value] : in_) {
            auto const word = std::string_view{key.str()};
            auto found = false;
            for (auto const one : known) found = found || one == word;
            if (!found)
                refuse_at(path_, key.source().begin,
                          fmt::format("unknown key '{}' in {}, expected {}", word, name_,
                                      rota::trace::one_of(word, known)));
        }
    }

    void text(std::string_view key, std::string& to, bool required = false) const {
        auto const* const node = in_.get(key);
        if (node == nullptr && required)
            refuse_at(path_, in_.source().begin, fmt::format("{} needs '{}'", name_, key));
        if (node == nullptr) return;
        if (!node->is_string() || (required && node->ref<std::string>().empty()))
            wrong(key, *node, "a string in quotes");
        to = node->ref<std::string>();
    }
    template <class Number>
    void whole(std::string_view key, Number& to, std::int64_t least, std::int64_t most) const {
        auto const* const node = in_.get(key);
        if (node == nullptr) return;
        auto const value = node->value_exact<std::int64_t>();
        if (!value || *value < least || *value > most)
            wrong(key, *node, fmt::format("a whole number from {} to {}", least, most));
        to = static_cast<Number>(*value);
    }
    /// Seconds, whole or not.
    void seconds(std::string_view key, rota::millis& to, double least) const {
        auto const* const node = in_.get(key);
        if (node == nullptr) return;
        constexpr auto most = 86'400.0;
        auto const value = node->is_number() ? node->value<double>().value_or(-1) : -1;
        if (!(value >= least && value <= most))
            wrong(key, *node, fmt::format("seconds from {} to {}", least, most));
        to = static_cast<rota::millis>(std::llround(value * 1'000));
    }
    void word(std::string_view key, std::string& to, std::vector<std::string_view> const& words) const {
        text(key, to);
        for (auto const one : words)
            if (one == to) return;
        wrong(key, *in_.get(key), rota::trace::one_of(to, words));
    }
    [[nodiscard]] toml::node const* get(std::string_view key) const { return in_.get(key); }
    [[noreturn]] void wrong(std::string_view key, toml::node const& at, std::string_view expected) const {
        refuse_at(path_, at.source().begin, fmt::format("{}.{}: expected {}", name_, key, expected));
    }

private:
    std::string const& path_;
    std::string name_;
    toml::table const& in_;
};

toml::table const& table_of(std::string const& path, toml::table const& in, std::string_view name) {
    static auto const none = toml::table{};
    auto const* const node = in.get(name);
    if (node == nullptr) return none;
    if (!node->is_table())
        refuse_at(path, node->source().begin, fmt::format("'{}' is expected to be a table", name));
    return *node->as_table();
}

void read_tenants(std::string const& path, section const& root, drive_config& to) {
    to.tenants.push_back({.parent = {}, .name = "root"});
    auto const* const node = root.get("tenant");
    if (node == nullptr) return;
    if (!node->is_array_of_tables()) root.wrong("tenant", *node, "tables, [[tenant]] each");
    for (auto const& one : *node->as_array()) {
        auto const in = section{path, "tenant", *one.as_table(), {"account", "gpus", "weight"}};
        auto fresh = rota::job::tenant{};
        auto gpus = std::int64_t{0};
        in.text("account", fresh.name, true);
        in.whole("gpus", gpus, 0, 1'000'000);
        in.whole("weight", fresh.weight, 1, 1'000'000);
        fresh.nominal_milli = gpus * rota::whole_gpu;
        for (auto const& other : to.accounts)
            if (other == fresh.name) in.wrong("account", *in.get("account"), "every account once");
        to.accounts.push_back(fresh.name);
        to.tenants.push_back(std::move(fresh));
    }
}

} // namespace

drive_config read_drive_config(std::string const& path) {
    auto out = drive_config{};
    auto file = toml::table{};
    try {
        file = toml::parse_file(path);
    } catch (toml::parse_error const& why) {
        auto const at = why.source().begin;
        if (at.line == 0) refuse(fmt::format("{}: error[E-CONFIG]: {}", path, why.description()));
        refuse_at(path, at, why.description());
    }
    auto const all = section{
        path, "the file", file, {"slurm", "scheduler", "pace", "journal", "log", "metrics", "tenant"}};
    auto const slurm = section{
        path, "slurm", table_of(path, file, "slurm"), {"partition", "timeout_s", "poll_s", "wake_up"}};
    slurm.text("partition", out.partition, true);
    slurm.seconds("timeout_s", out.timeout_ms, 0.1);
    slurm.seconds("poll_s", out.poll_ms, 0.05);
    slurm.text("wake_up", out.wake_up);

    auto const scheduler = section{path,
                                   "scheduler",
                                   table_of(path, file, "scheduler"),
                                   {"name", "placement", "seed", "save_s", "restore_s"}};
    scheduler.text("name", out.scheduler);
    scheduler.text("placement", out.placement);
    scheduler.whole("seed", out.seed, 0, std::numeric_limits<std::int64_t>::max());
    scheduler.seconds("save_s", out.cost.save_ms, 0);
    scheduler.seconds("restore_s", out.cost.restore_ms, 0);

    auto const pace = section{path,
                              "pace",
                              table_of(path, file, "pace"),
                              {"requeued_s", "young_s", "start_s", "repeat_s", "save_s", "backoff_s"}};
    pace.seconds("requeued_s", out.pace.requeued_ms, 2);
    pace.seconds("young_s", out.pace.young_ms, 0.5);
    pace.seconds("start_s", out.pace.start_ms, 1);
    pace.seconds("repeat_s", out.pace.repeat_ms, 0.1);
    pace.seconds("save_s", out.pace.save_ms, 0);
    pace.seconds("backoff_s", out.pace.backoff_ms, 0.1);

    auto const journal = section{path, "journal", table_of(path, file, "journal"), {"file", "compact_kib"}};
    journal.text("file", out.journal);
    journal.whole("compact_kib", out.compact_kib, 0, 1'000'000'000);
    auto format = std::string{"words"};
    auto const log = section{path, "log", table_of(path, file, "log"), {"format"}};
    if (log.get("format") != nullptr) log.word("format", format, {"words", "json"});
    out.json = format == "json";
    auto const metrics = section{path, "metrics", table_of(path, file, "metrics"), {"address", "port"}};
    metrics.text("address", out.address);
    metrics.whole("port", out.port, 0, 65'535);
    read_tenants(path, all, out);
    return out;
}

} // namespace cli
