// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_TRACE_RESULT_HPP
#define ROTA_TRACE_RESULT_HPP

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>
#include <variant>

#include <rota/core/config.hpp>
#include <rota/trace/diagnostic.hpp>

namespace rota::trace {

/// What value() throws: the diagnostic, with its printed form as what().
class error : public std::runtime_error {
public:
    explicit error(diagnostic what) : std::runtime_error{text(what)}, about{std::move(what)} {}

    diagnostic about;
};

/// A value, or why there is none. Spelled as std::expected<T, diagnostic>.
template <class T>
class result {
public:
    result(T value) : held_{std::in_place_index<0>, std::move(value)} {}
    result(diagnostic why) : held_{std::in_place_index<1>, std::move(why)} {}

    [[nodiscard]] explicit operator bool() const noexcept { return held_.index() == 0; }
    [[nodiscard]] bool has_value() const noexcept { return held_.index() == 0; }

    [[nodiscard]] T& operator*() noexcept { return *pointer(); }
    [[nodiscard]] T const& operator*() const noexcept { return *pointer(); }
    [[nodiscard]] T* operator->() noexcept { return pointer(); }
    [[nodiscard]] T const* operator->() const noexcept { return pointer(); }

    [[nodiscard]] diagnostic const& error() const noexcept {
        ROTA_EXPECTS(!has_value(), "a result with a value has no error to look at");
        return *std::get_if<1>(&held_);
    }

    /// The value. Throws trace::error where there is none (stops the program under -fno-exceptions).
    [[nodiscard]] T& value() {
        if (!has_value()) refuse();
        return *pointer();
    }
    [[nodiscard]] T const& value() const {
        if (!has_value()) refuse();
        return *pointer();
    }

private:
    [[nodiscard]] T* pointer() noexcept {
        ROTA_EXPECTS(has_value(), "a result with an error has no value to look at");
        return std::get_if<0>(&held_);
    }
    [[nodiscard]] T const* pointer() const noexcept {
        ROTA_EXPECTS(has_value(), "a result with an error has no value to look at");
        return std::get_if<0>(&held_);
    }
    [[noreturn]] void refuse() const {
#if defined(__cpp_exceptions)
        throw trace::error{error()};
#else
        std::fputs(text(error()).c_str(), stderr);
        std::abort();
#endif
    }

    std::variant<T, diagnostic> held_;
};

} // namespace rota::trace

#endif
