// SPDX-License-Identifier: BSL-1.0
#include "registry.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include <rota/trace/nearest.hpp>

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

void check_number(std::string_view text, parameter const& of, std::string const& label) {
    auto const value = whole_number(text);
    if (!value || *value < of.least || *value > of.most)
        refuse(fmt::format("scheduler '{}': read {}='{}', expected {} from {} to {}", label, of.key, text,
                           of.form == parameter::kind::list ? "whole numbers joined by '/', each"
                                                            : "a whole number",
                           of.least, of.most));
}

void check_value(std::string const& text, parameter const& of, std::string const& label) {
    if (of.form == parameter::kind::whole) return check_number(text, of, label);
    if (of.form == parameter::kind::list) {
        auto const parts = split(text, '/');
        for (auto const& part : parts) check_number(part, of, label);
        for (auto i = std::size_t{1}; i < parts.size(); ++i)
            if (*whole_number(parts[i - 1]) >= *whole_number(parts[i]))
                refuse(fmt::format("scheduler '{}': read {}='{}', expected rising numbers", label, of.key,
                                   text));
        return;
    }
    if (std::find(of.words.begin(), of.words.end(), text) == of.words.end())
        refuse(fmt::format("scheduler '{}': read {}='{}', expected {}", label, of.key, text,
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
    auto const colon = std::min(text.find(':'), text.size());
    auto const name = text.substr(0, colon);
    auto const found = std::find_if(registry().begin(), registry().end(),
                                    [&](entry const& one) { return one.name == name; });
    if (found == registry().end()) {
        auto names = std::vector<std::string>{};
        for (auto const& one : registry()) names.push_back(one.name);
        refuse(fmt::format("unknown scheduler '{}', expected {}", name, rota::trace::one_of(name, names)));
    }
    auto values = std::map<std::string, std::string>{};
    if (colon != text.size()) {
        for (auto const& part : split(std::string_view{text}.substr(colon + 1), ',')) {
            auto const equals = part.find('=');
            if (equals == std::string::npos)
                refuse(fmt::format("scheduler '{}': read '{}', expected key=value", text, part));
            auto const key = part.substr(0, equals);
            auto const what = std::find_if(found->parameters.begin(), found->parameters.end(),
                                           [&](parameter const& one) { return one.key == key; });
            if (what == found->parameters.end()) {
                auto keys = std::vector<std::string>{};
                for (auto const& one : found->parameters) keys.push_back(one.key);
                refuse(fmt::format("scheduler '{}': unknown key '{}', expected {}", text, key,
                                   keys.empty() ? "none: it has no parameters"
                                                : rota::trace::one_of(key, keys)));
            }
            check_value(part.substr(equals + 1), *what, text);
            if (!values.emplace(key, part.substr(equals + 1)).second)
                refuse(fmt::format("scheduler '{}': read key '{}' again, expected it once", text, key));
        }
    }
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

void check_placement(std::string const& name) {
    auto names = std::vector<std::string_view>{};
    for (auto const& one : placements()) {
        if (one.name == name) return;
        names.push_back(one.name);
    }
    refuse(fmt::format("unknown placement '{}', expected {}", name, rota::trace::one_of(name, names)));
}

} // namespace cli
