// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIBSLURM_IN_TIME_HPP
#define ROTA_LIBSLURM_IN_TIME_HPP

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include <rota/core/units.hpp>

namespace rota::libslurm {

/// Runs calls that may hang in a thread of its own, one after the other, and waits for each so long and no longer.
///
/// Meaning   A call that takes longer runs on, and what it returns is dropped. The next one waits for it within its own
///           time, and never begins if that is over.
/// Expects   calls that own what they use. The end of this object waits for the call under way.
class in_time {
public:
    explicit in_time(millis timeout_ms) : timeout_ms_{timeout_ms}, thread_{[this] { work(); }} {}
    in_time(in_time const&) = delete;
    in_time& operator=(in_time const&) = delete;
    ~in_time() {
        {
            auto const lock = std::lock_guard{mutex_};
            over_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

    template <class Do>
    [[nodiscard]] std::optional<std::invoke_result_t<Do&>> operator()(Do what) {
        using result = std::invoke_result_t<Do&>;
        auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds{timeout_ms_};
        auto task = std::make_shared<std::packaged_task<result()>>(std::move(what));
        auto got = task->get_future();
        {
            auto lock = std::unique_lock{mutex_};
            if (!changed_.wait_until(lock, until, [this] { return !busy_; })) return std::nullopt;
            busy_ = true;
            next_ = [task = std::move(task)] { (*task)(); };
        }
        changed_.notify_all();
        if (got.wait_until(until) != std::future_status::ready) return std::nullopt;
        return got.get();
    }

private:
    void work() {
        auto lock = std::unique_lock{mutex_};
        for (;;) {
            changed_.wait(lock, [this] { return over_ || next_; });
            if (over_) return;
            auto now = std::exchange(next_, {});
            lock.unlock();
            now();
            now = {}; // with what nobody waits for any more
            lock.lock();
            busy_ = false;
            changed_.notify_all();
        }
    }

    millis timeout_ms_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> next_;
    bool busy_ = false; ///< a call is under way, or is the next
    bool over_ = false;
    std::thread thread_; ///< the last member: it begins when all else is there
};

} // namespace rota::libslurm

#endif
