// SPDX-License-Identifier: BSL-1.0
#include "registry.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <rota/trace/diagnostic.hpp>
#include <rota/trace/nearest.hpp>
#include <rota/trace/number.hpp>
#include <rota/trace/place.hpp>

#include "failure.hpp"
#include "systems.hpp"

namespace cli {

namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
    auto value = std::int64_t{};
    auto const [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (why != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string> split(std::string_view text, char by) {
    auto out = std::vector<std::string>{};
    for (auto at = std::size_t{0};;) {
        auto const end = std::min(text.find(by, at), text.size());
        out.emplace_back(text.substr(at, end - at));
        if (end == text.size()) return out;
        at = end + 1;
    }
}

/// What is wrong with a scheduler as the user wrote it: everything, place by place.
class parameter_complaints {
public:
    explicit parameter_complaints(std::string_view text) : text_{text} {}

    void add(std::size_t at, std::string_view code, std::string message) {
        all_ += rota::trace::text(rota::trace::diagnose(rota::trace::severity::error, "<scheduler>", text_,
                                                        {1, at}, code, std::move(message)));
    }
    /// Ends the command where there were any.
    void tell() {
        if (all_.empty()) return;
        all_.pop_back();
        refuse(std::move(all_));
    }

private:
    std::string_view text_;
    std::string all_;
};

void check_number(std::string_view text, std::size_t at, parameter const& of, parameter_complaints& wrong) {
    auto const value = rota::trace::whole(text);
    if (value.ok() && value.value >= of.least && value.value <= of.most) return;
    wrong.add(
        at,
        value.why == rota::trace::number::fault::syntax ? "E-NUMBER"
        : value.ok() && value.value < of.least          ? "E-RANGE"
                                                        : "E-OVERFLOW",
        fmt::format("read {} in {}, expected {} from {} to {}", rota::trace::shown(text), of.key,
                    of.form == parameter::kind::list ? "whole numbers joined by '/', each" : "a whole number",
                    of.least, of.most));
}

void check_value(std::string_view text, std::size_t at, parameter const& of, parameter_complaints& wrong) {
    if (of.form == parameter::kind::whole) return check_number(text, at, of, wrong);
    if (of.form == parameter::kind::list) {
        auto before = std::optional<std::int64_t>{};
        for (auto const& part : split(text, '/')) {
            check_number(part, at, of, wrong);
            auto const value = whole_number(part);
            if (before && value && *before >= *value)
                wrong.add(at, "E-ORDER",
                          fmt::format("read '{}' after '{}' in {}, expected rising numbers", *value, *before,
                                      of.key));
            before = value;
            at += part.size() + 1;
        }
        return;
    }
    if (std::find(of.words.begin(), of.words.end(), text) == of.words.end())
        wrong.add(at, "E-ENUM",
                  fmt::format("read {} in {}, expected {}", rota::trace::shown(text), of.key,
                              rota::trace::one_of(text, of.words)));
}

} // namespace

std::int64_t arguments::whole(std::string const& key) const { return *whole_number(texts_.at(key)); }

std::vector<std::int64_t> arguments::list(std::string const& key) const {
    auto out = std::vector<std::int64_t>{};
    for (auto const& part : split(texts_.at(key), '/')) out.push_back(*whole_number(part));
    return out;
}

std::vector<entry> const& registry() {
    static auto const all = [] {
        auto out = std::vector<entry>{};
        for (auto const add : {add_queues, add_preemptive, add_other_kinds}) add(out);
        return out;
    }();
    return all;
}

chosen choose(std::string const& text) {
    auto wrong = parameter_complaints{text};
    auto const colon = std::min(text.find(':'), text.size());
    auto const name = text.substr(0, colon);
    auto const found = std::find_if(registry().begin(), registry().end(),
                                    [&](entry const& one) { return one.name == name; });
    if (found == registry().end()) {
        auto names = std::vector<std::string>{};
        for (auto const& one : registry()) names.push_back(one.name);
        wrong.add(
            0, "E-ENUM",
            fmt::format("read unknown scheduler '{}', expected {}", name, rota::trace::one_of(name, names)));
        wrong.tell();
    }
    auto values = std::map<std::string, std::string>{};
    if (colon != text.size()) {
        auto at = colon + 1;
        for (auto const& part : split(std::string_view{text}.substr(colon + 1), ',')) {
            auto const here = std::exchange(at, at + part.size() + 1);
            auto const equals = part.find('=');
            auto const key = part.substr(0, equals);
            auto const what = std::find_if(found->parameters.begin(), found->parameters.end(),
                                           [&](parameter const& one) { return one.key == key; });
            if (equals == std::string::npos) {
                wrong.add(here, "E-KEY",
                          fmt::format("read {}, expected key=value", rota::trace::shown(part)));
            } else if (what == found->parameters.end()) {
                auto keys = std::vector<std::string>{};
                for (auto const& one : found->parameters) keys.push_back(one.key);
                wrong.add(here, "E-KEY",
                          fmt::format("read unknown key {}, expected {}", rota::trace::shown(key),
                                      keys.empty() ? "none: it has no parameters"
                                                   : rota::trace::one_of(key, keys)));
            } else {
                check_value(std::string_view{part}.substr(equals + 1), here + equals + 1, *what, wrong);
                if (!values.emplace(key, part.substr(equals + 1)).second)
                    wrong.add(here, "E-DUPKEY",
                              fmt::format("read key {} again, expected it once", rota::trace::shown(key)));
            }
        }
    }
    wrong.tell();
    for (auto const& one : found->parameters) values.emplace(one.key, one.standard);
    return {&*found, text, arguments{std::move(values)}};
}

std::vector<chosen> choose_several(std::string const& text) {
    auto texts = std::vector<std::string>{};
    for (auto const& part : split(text, ',')) {
        auto const equals = part.find('=');
        if (!texts.empty() && equals != std::string::npos && equals < part.find(':'))
            texts.back() += ',' + part;
        else texts.push_back(part);
    }
    auto out = std::vector<chosen>{};
    for (auto const& one : texts) {
        for (auto const& before : out)
            if (before.label == one) refuse(fmt::format("scheduler '{}' is named twice", one));
        out.push_back(choose(one));
    }
    return out;
}

std::vector<chosen> panel() {
    auto out = std::vector<chosen>{};
    for (auto const& one : registry())
        if (one.in_panel) out.push_back(choose(one.name));
    return out;
}

placement_entry const& check_placement(std::string const& name) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : placements()) {
        if (one.name == name) return one;
        names.push_back(one.name);
    }
    refuse(fmt::format("unknown placement '{}', expected {}", name, rota::trace::one_of(name, names)));
}

} // namespace cli
