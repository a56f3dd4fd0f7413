// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_COMMAND_LINE_HPP
#define ROTA_BENCH_COMMAND_LINE_HPP

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "schedulers.hpp"

namespace bench {

/// Arguments of a program that prints tables: `--key value`, and the schedulers wanted, if not all.
class command_line {
public:
    /// `values`: the keys that are known, with their defaults. A wrong argument ends the program with 2.
    command_line(int count, char** arguments, std::map<std::string, std::string> values)
        : values_{std::move(values)} {
        auto known = std::vector<std::string>{};
        each_scheduler([&](char const* name, auto) { known.emplace_back(name); });
        for (auto i = 1; i < count; ++i) {
            auto const what = std::string{arguments[i]};
            if (values_.contains(what) && i + 1 < count) values_[what] = arguments[++i];
            else if (std::find(known.begin(), known.end(), what) != known.end()) wanted_.push_back(what);
            else refuse(arguments[0], what, known);
        }
    }

    [[nodiscard]] std::string const& operator[](std::string const& key) const { return values_.at(key); }
    [[nodiscard]] int number(std::string const& key) const {
        auto const& text = values_.at(key);
        auto got = 0;
        auto const end = text.data() + text.size();
        if (std::from_chars(text.data(), end, got).ptr == end && got > 0) return got;
        std::fprintf(stderr, "%s: read '%s', expected a number of at least 1\n", key.c_str(), text.c_str());
        std::exit(2);
    }
    [[nodiscard]] bool wants(std::string const& scheduler) const {
        return wanted_.empty() || std::find(wanted_.begin(), wanted_.end(), scheduler) != wanted_.end();
    }

private:
    [[noreturn]] void refuse(char const* program, std::string const& what,
                             std::vector<std::string> const& known) const {
        std::fprintf(stderr, "%s: read '%s', expected\n ", program, what.c_str());
        for (auto const& [key, value] : values_)
            std::fprintf(stderr, " [%s %s]", key.c_str(), value.empty() ? "..." : value.c_str());
        for (auto const& name : known) std::fprintf(stderr, " [%s]", name.c_str());
        std::fputc('\n', stderr);
        std::exit(2);
    }

    std::map<std::string, std::string> values_;
    std::vector<std::string> wanted_;
};

} // namespace bench

#endif
