// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_LIVE_BYTES_HPP
#define ROTA_BENCH_LIVE_BYTES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace bench::live_bytes {

/// What new has given and delete has not taken back, as the allocator rounds it; for programs of one thread.
inline std::int64_t now = 0;
/// The most that `now` has been since somebody set it.
inline std::int64_t peak = 0;

inline void* taken(void* block) {
    if (block == nullptr) return nullptr;
    now += static_cast<std::int64_t>(malloc_usable_size(block));
    peak = std::max(peak, now);
    return block;
}
inline void* take(std::size_t bytes) noexcept { return taken(std::malloc(bytes == 0 ? 1 : bytes)); }
inline void* take(std::size_t bytes, std::align_val_t at) noexcept {
    auto const unit = static_cast<std::size_t>(at);
    return taken(std::aligned_alloc(unit, (std::max(bytes, std::size_t{1}) + unit - 1) / unit * unit));
}
inline void* or_throw(void* block) {
    if (block == nullptr) throw std::bad_alloc{};
    return block;
}
inline void give(void* block) noexcept {
    if (block != nullptr) now -= static_cast<std::int64_t>(malloc_usable_size(block));
    std::free(block);
}

} // namespace bench::live_bytes

// They replace the global ones, so one source of a program includes this header. The forms for arrays call
// these.
void* operator new(std::size_t n) { return bench::live_bytes::or_throw(bench::live_bytes::take(n)); }
void* operator new(std::size_t n, std::align_val_t at) {
    return bench::live_bytes::or_throw(bench::live_bytes::take(n, at));
}
void* operator new(std::size_t n, std::nothrow_t const&) noexcept { return bench::live_bytes::take(n); }
void* operator new(std::size_t n, std::align_val_t at, std::nothrow_t const&) noexcept {
    return bench::live_bytes::take(n, at);
}
void operator delete(void* block) noexcept { bench::live_bytes::give(block); }
void operator delete(void* block, std::size_t) noexcept { bench::live_bytes::give(block); }
void operator delete(void* block, std::align_val_t) noexcept { bench::live_bytes::give(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { bench::live_bytes::give(block); }
void operator delete(void* block, std::nothrow_t const&) noexcept { bench::live_bytes::give(block); }
void operator delete(void* block, std::align_val_t, std::nothrow_t const&) noexcept {
    bench::live_bytes::give(block);
}

#endif
