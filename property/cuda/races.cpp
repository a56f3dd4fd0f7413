// SPDX-License-Identifier: BSL-1.0
// A block's threads as threads of the host, which meet at barriers as those of a device do: the lists are the same
// for every interleaving, and -fsanitize=thread finds no race.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/question.hpp>

#include "../placement/worlds.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

/// What the threads of a block share besides its memory.
struct meeting {
    explicit meeting(unsigned threads) : all{static_cast<std::ptrdiff_t>(threads)} {}
    std::barrier<> all;
    std::atomic<bool> found[3] = {};
};

/// One thread's view of its block.
class thread_of_block {
public:
    thread_of_block(meeting& at, unsigned thread, unsigned threads)
        : at_{&at}, thread_{thread}, threads_{threads} {}

    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    template <class F>
    void each(F const& what) {
        what(thread_);
        at_->all.arrive_and_wait();
    }
    template <class F>
    [[nodiscard]] bool any(F const& what) {
        auto& found = at_->found[turn_];
        turn_ = (turn_ + 1) % 3;
        // relaxed: only the barrier, one as on a device, puts threads in order
        if (what(thread_)) found.store(true, std::memory_order_relaxed);
        at_->all.arrive_and_wait();
        auto const got = found.load(std::memory_order_relaxed);
        at_->found[(turn_ + 1) % 3].store(
            false, std::memory_order_relaxed); // that of the turn before: all have read it
        return got;
    }
    [[nodiscard]] unsigned next(unsigned& counter) noexcept {
        return std::atomic_ref{counter}.fetch_add(1, std::memory_order_relaxed);
    }

private:
    meeting* at_;
    unsigned thread_;
    unsigned threads_;
    unsigned turn_ = 0;
};

} // namespace

int main() {
    using key = cuda::packed_key<0, 9'999>;
    using from = cuda::listed_keys<key>;
    auto told = tally{};
    auto draw = rota::random{4};
    for (auto i = 0; i != 40; ++i) {
        auto const threads = worlds::one_of<unsigned>(draw, {2, 3, 4, 8});
        auto const keep = worlds::one_of<unsigned>(draw, {1, 3, 8});
        auto const requests = static_cast<std::uint32_t>(1 + draw.below(3));
        auto const size = static_cast<std::uint32_t>(draw.below(120));
        auto lists = std::vector<key>{};
        for (auto r = 0u; r != requests; ++r)
            for (auto n = 0u; n != size; ++n)
                lists.push_back(key::of(static_cast<std::int64_t>(i % 2 == 0 ? n : draw.below(10'000)), n));
        auto got = std::vector<key>(std::size_t{requests} * keep);
        auto const asked = cuda::question<from, key>{
            {lists.data(), size}, requests, keep, {.threads = threads, .tile = requests}, got.data()};
        auto memory = std::vector<unsigned char>(asked.bytes());
        auto at = meeting{threads};
        auto running = std::vector<std::thread>{};
        for (auto t = 0u; t != threads; ++t)
            running.emplace_back([&, t] {
                auto block = thread_of_block{at, t, threads};
                asked.answer(block, memory.data(), 0, 0);
            });
        for (auto& one : running) one.join();
        auto good = true;
        for (auto r = 0u; r != requests; ++r) {
            auto const first = lists.begin() + static_cast<std::ptrdiff_t>(std::size_t{r} * size);
            auto want = std::vector<key>(first, first + size);
            std::sort(want.begin(), want.end());
            want.resize(keep, key::none());
            for (auto k = 0u; k != keep; ++k)
                good = good && got[std::size_t{r} * keep + k].bits == want[k].bits;
        }
        told.check(good, "least keys by threads, case " + std::to_string(i));
    }
    return told.end();
}
