// SPDX-License-Identifier: BSL-1.0
// A block's threads as threads of the host, which meet at barriers as those of a device do: lists and gangs are the
// same for every interleaving, and -fsanitize=thread finds no race.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include <rota/core/random.hpp>
#include <rota/cuda/gangs_on_host.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/question.hpp>

#include "../placement/worlds.hpp"
#include "../tally.hpp"
#include "gang_streams.hpp"

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
    [[nodiscard]] unsigned next(unsigned& counter) noexcept { return add(counter, 1); }
    [[nodiscard]] unsigned add(unsigned& sum, unsigned more) noexcept {
        return std::atomic_ref{sum}.fetch_add(more, std::memory_order_relaxed);
    }

private:
    meeting* at_;
    unsigned thread_;
    unsigned threads_;
    unsigned turn_ = 0;
};

/// The blocks of a grid, all threads at once.
class blocks_at_once {
public:
    blocks_at_once(unsigned threads, unsigned blocks) : threads_{threads}, blocks_{blocks} {}

    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    [[nodiscard]] unsigned size() const noexcept { return blocks_; }
    template <class F>
    void run(unsigned blocks, F const& what) const {
        auto meetings = std::deque<meeting>{};
        auto running = std::vector<std::thread>{};
        for (auto b = 0u; b != blocks; ++b) {
            auto& at = meetings.emplace_back(threads_);
            for (auto t = 0u; t != threads_; ++t)
                running.emplace_back([&at, &what, b, t, threads = threads_] {
                    auto block = thread_of_block{at, t, threads};
                    what(block, b);
                });
        }
        for (auto& one : running) one.join();
    }

private:
    unsigned threads_;
    unsigned blocks_;
};

void least_keys(tally& told) {
    using key = cuda::packed_key<0, 9'999>;
    using from = cuda::listed_keys<key>;
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
        blocks_at_once{threads, 1}.run(
            1, [&](auto& block, unsigned) { asked.answer(block, memory.data(), 0, 0); });
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
}

void gangs(tally& told) {
    auto all_seen = gang_streams::seen{};
    for (auto seed = std::uint32_t{1}; seed != 25; ++seed) {
        auto draw = rota::random{seed};
        auto const grid = blocks_at_once{worlds::one_of<unsigned>(draw, {2, 3, 4, 8}),
                                         worlds::one_of<unsigned>(draw, {1, 2, 3})};
        auto const nodes = gang_streams::between(draw, 1, 60);
        auto const wrong =
            gang_streams::stream(draw, nodes, cuda::gangs_on_host<blocks_at_once>{grid}, 5, all_seen);
        told.check(wrong.empty(), "gangs by threads, seed " + std::to_string(seed) + ": " + wrong);
    }
    told.check(all_seen.on_many > 50, "gangs lie on many nodes");
}

} // namespace

int main() {
    auto told = tally{};
    least_keys(told);
    gangs(told);
    return told.end();
}
