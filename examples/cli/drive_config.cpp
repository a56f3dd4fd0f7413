// SPDX-License-Identifier: BSL-1.0
#include "drive_config.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/place.hpp>
#include <rota/trace/reading.hpp>

#include "failure.hpp"
#include "registry.hpp"
#include "source_file.hpp"

namespace cli {

namespace {

/// What is wrong with a file, place by place.
class complaints {
public:
    complaints(std::string const& path, std::string_view text) : path_{path}, text_{text} {}

    void add(toml::source_position at, std::string_view code, std::string message) {
        constexpr auto limit = std::size_t{20};
        if (all_.size() == limit) return;
        auto what =
            rota::trace::diagnose(rota::trace::severity::error, path_, text_,
                                  {at.line == 0 ? 1 : at.line, byte_of(at)}, code, std::move(message));
        auto const earlier = [](auto const& a, auto const& b) { return a.byte < b.byte; };
        all_.insert(std::upper_bound(all_.begin(), all_.end(), what, earlier), std::move(what));
    }
    /// Ends the command where there were any.
    void tell() {
        if (all_.empty()) return;
        auto message = rota::trace::text(all_);
        message.pop_back();
        refuse(std::move(message));
    }

private:
    /// A column counts code points.
    [[nodiscard]] std::size_t byte_of(toml::source_position at) const {
        auto byte = std::size_t{0};
        for (auto line = toml::source_index{1}; line < at.line && byte < text_.size(); ++line)
            byte = std::min(text_.find('\n', byte), text_.size() - 1) + 1;
        for (auto column = toml::source_index{1}; column < at.column && byte < text_.size(); ++column) do
                ++byte;
            while (byte < text_.size() && !rota::trace::starts_code_point(text_[byte]));
        return byte;
    }

    std::string const& path_;
    std::string_view text_;
    std::vector<rota::trace::diagnostic> all_;
};

/// One table of the file; what it holds is read key by key, and what is left over is an error.
class section {
public:
    section(complaints& wrong, std::string name, toml::table const& in,
            std::initializer_list<std::string_view> keys)
        : wrong_{wrong}, name_{std::move(name)}, in_{in} {
        auto const known = std::vector<std::string_view>(keys);
        for (auto const& [key, value] : in_) {
            auto const word = std::string_view{key.str()};
            auto found = false;
            for (auto const one : known) found = found || one == word;
            if (!found)
                wrong_.add(key.source().begin, "E-KEY",
                           fmt::format("read key '{}' in {}, expected {}", word, name_,
                                       rota::trace::one_of(word, known)));
        }
    }

    void text(std::string_view key, std::string& to, bool required = false) const {
        auto const* const node = in_.get(key);
        if (node == nullptr && required)
            wrong_.add(in_.source().begin, "E-KEY",
                       fmt::format("read {} without '{}', expected it", name_, key));
        if (node == nullptr) return;
        if (!node->is_string()) return wrong(key, *node, "E-TYPE", "a string in quotes");
        if (required && node->ref<std::string>().empty()) return wrong(key, *node, "E-RANGE", "a name");
        to = node->ref<std::string>();
    }
    template <class Number>
    void whole(std::string_view key, Number& to, std::int64_t least, std::int64_t most) const {
        auto const* const node = in_.get(key);
        if (node == nullptr) return;
        auto const value = node->value_exact<std::int64_t>();
        if (!value || *value < least || *value > most)
            return wrong(key, *node, value ? "E-RANGE" : "E-TYPE",
                         fmt::format("a whole number from {} to {}", least, most));
        to = static_cast<Number>(*value);
    }
    /// Seconds, whole or not.
    void seconds(std::string_view key, rota::millis& to, double least) const {
        auto const* const node = in_.get(key);
        if (node == nullptr) return;
        constexpr auto most = 86'400.0;
        auto const value = node->is_number() ? node->value<double>().value_or(-1) : -1;
        if (!(value >= least && value <= most))
            return wrong(key, *node, node->is_number() ? "E-RANGE" : "E-TYPE",
                         fmt::format("seconds from {} to {}", least, most));
        to = static_cast<rota::millis>(std::llround(value * 1'000));
    }
    void flag(std::string_view key, bool& to) const {
        auto const* const node = in_.get(key);
        if (node == nullptr) return;
        if (!node->is_boolean()) return wrong(key, *node, "E-TYPE", "true or false");
        to = node->ref<bool>();
    }
    void word(std::string_view key, std::string& to, std::vector<std::string_view> const& words) const {
        text(key, to);
        for (auto const one : words)
            if (one == to) return;
        wrong(key, *in_.get(key), "E-ENUM", rota::trace::one_of(to, words));
    }
    /// A text that such a check lets pass: it refuses what it would refuse on the command line, too.
    template <class Check>
    void checked(std::string_view key, std::string& to, Check check) const {
        text(key, to);
        auto const* const node = in_.get(key);
        if (node == nullptr || !node->is_string()) return;
        try {
            check(to);
        } catch (failure const& why) {
            auto const first = why.message.substr(0, why.message.find('\n'));
            auto const place = first.find("]: "); // on the command line
            wrong(key, *node, "E-ENUM", "another: " + first.substr(place == first.npos ? 0 : place + 3));
        }
    }
    [[nodiscard]] toml::node const* get(std::string_view key) const { return in_.get(key); }
    /// Says what stands there and what should.
    void wrong(std::string_view key, toml::node const& at, std::string_view code,
               std::string_view expected) const {
        auto read = std::ostringstream{};
        if (at.is_string()) read << at.ref<std::string>();
        else at.visit([&](auto const& what) { read << what; });
        wrong_.add(at.source().begin, code,
                   fmt::format("read {} for {}.{}, expected {}", rota::trace::shown(read.str()), name_, key,
                               expected));
    }

private:
    complaints& wrong_;
    std::string name_;
    toml::table const& in_;
};

toml::table const& table_of(complaints& wrong, toml::table const& in, std::string_view name) {
    static auto const none = toml::table{};
    auto const* const node = in.get(name);
    if (node == nullptr) return none;
    if (!node->is_table()) {
        wrong.add(node->source().begin, "E-TYPE",
                  fmt::format("read a value for '{}', expected a table [{}]", name, name));
        return none;
    }
    return *node->as_table();
}

void read_tenants(complaints& wrong, section const& root, drive_config& to) {
    to.tenants.push_back({.parent = {}, .name = "root"});
    auto const* const node = root.get("tenant");
    if (node == nullptr) return;
    if (!node->is_array_of_tables()) return root.wrong("tenant", *node, "E-TYPE", "tables, [[tenant]] each");
    for (auto const& one : *node->as_array()) {
        auto const in = section{wrong, "tenant", *one.as_table(), {"account", "gpus", "weight"}};
        auto fresh = rota::job::tenant{};
        auto gpus = std::int64_t{0};
        in.text("account", fresh.name, true);
        auto const blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
        if (std::any_of(fresh.name.begin(), fresh.name.end(), blank)) // a line of the journal names them all
            in.wrong("account", *in.get("account"), "E-RANGE", "a name without blanks");
        in.whole("gpus", gpus, 0, 1'000'000);
        in.whole("weight", fresh.weight, 1, 1'000'000);
        fresh.nominal_milli = gpus * rota::whole_gpu;
        for (auto const& other : to.names.accounts)
            if (other == fresh.name) in.wrong("account", *in.get("account"), "E-DUPID", "every account once");
        to.names.accounts.push_back(fresh.name);
        to.tenants.push_back(std::move(fresh));
    }
}

void read_qos(complaints& wrong, section const& root, drive_config& to) {
    auto const* const node = root.get("qos");
    if (node == nullptr) return;
    if (!node->is_array_of_tables()) return root.wrong("qos", *node, "E-TYPE", "tables, [[qos]] each");
    for (auto const& one : *node->as_array()) {
        auto const in = section{wrong, "qos", *one.as_table(), {"name", "priority"}};
        auto name = std::string{};
        auto priority = std::int32_t{0};
        in.text("name", name, true);
        in.whole("priority", priority, -1'000'000, 1'000'000);
        if (!to.names.qos.emplace(name, priority).second)
            in.wrong("name", *in.get("name"), "E-DUPID", "every QOS once");
    }
}

} // namespace

drive_config read_drive_config(std::string const& path) {
    auto out = drive_config{};
    auto const from = source_file(path, short_file);
    auto wrong = complaints{path, from.text};
    auto file = toml::table{};
    try {
        file = toml::parse(from.text, path);
    } catch (toml::parse_error const& why) {
        auto const again = why.description().find("redefine") != std::string_view::npos;
        wrong.add(why.source().begin, again ? "E-DUPKEY" : "E-TOML",
                  fmt::format("read what is no TOML: {}, expected {}", why.description(),
                              again ? "each key once" : "a file as https://toml.io says"));
        wrong.tell();
    }
    auto const all =
        section{wrong,
                "the file",
                file,
                {"slurm", "scheduler", "pace", "journal", "laws", "log", "metrics", "tenant", "qos"}};
    auto const slurm = section{
        wrong, "slurm", table_of(wrong, file, "slurm"), {"partition", "timeout_s", "poll_s", "wake_up"}};
    slurm.text("partition", out.partition, true);
    slurm.seconds("timeout_s", out.timeout_ms, 0.1);
    slurm.seconds("poll_s", out.poll_ms, 0.05);
    slurm.text("wake_up", out.wake_up);

    auto const scheduler = section{wrong,
                                   "scheduler",
                                   table_of(wrong, file, "scheduler"),
                                   {"name", "placement", "seed", "save_s", "restore_s"}};
    scheduler.checked("name", out.scheduler, [](auto const& name) { static_cast<void>(choose(name)); });
    scheduler.checked("placement", out.placement, [](auto const& name) {
        if (!name.empty()) check_placement(name);
    });
    scheduler.whole("seed", out.seed, 0, std::numeric_limits<std::int64_t>::max());
    scheduler.seconds("save_s", out.cost.save_ms, 0);
    scheduler.seconds("restore_s", out.cost.restore_ms, 0);

    auto const pace = section{wrong,
                              "pace",
                              table_of(wrong, file, "pace"),
                              {"requeued_s", "young_s", "start_s", "repeat_s", "save_s", "backoff_s"}};
    pace.seconds("requeued_s", out.pace.requeued_ms, 2);
    pace.seconds("young_s", out.pace.young_ms, 0.5);
    pace.seconds("start_s", out.pace.start_ms, 1);
    pace.seconds("repeat_s", out.pace.repeat_ms, 0.1);
    pace.seconds("save_s", out.pace.save_ms, 0);
    pace.seconds("backoff_s", out.pace.backoff_ms, 0.1);

    auto const journal = section{wrong, "journal", table_of(wrong, file, "journal"), {"file", "compact_kib"}};
    journal.text("file", out.journal);
    journal.whole("compact_kib", out.compact_kib, 0, 1'000'000'000);
    section{wrong, "laws", table_of(wrong, file, "laws"), {"judge"}}.flag("judge", out.judge);
    auto format = std::string{"words"};
    auto const log = section{wrong, "log", table_of(wrong, file, "log"), {"format"}};
    if (log.get("format") != nullptr) log.word("format", format, {"words", "json"});
    out.json = format == "json";
    auto const metrics = section{wrong, "metrics", table_of(wrong, file, "metrics"), {"address", "port"}};
    metrics.text("address", out.address);
    metrics.whole("port", out.port, 0, 65'535);
    read_tenants(wrong, all, out);
    read_qos(wrong, all, out);
    wrong.tell();
    return out;
}

} // namespace cli
