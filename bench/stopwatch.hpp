// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_STOPWATCH_HPP
#define ROTA_BENCH_STOPWATCH_HPP

#include <chrono>

namespace bench {

/// Of a clock that only goes forward.
inline double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What a call takes.
template <class Call>
double seconds(Call call) {
    auto const from = now_s();
    call();
    return now_s() - from;
}

} // namespace bench

#endif
