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
    explicit in_time(millis timeout_ms)
        : timeout_ms_{timeout_ms}, thread_{[shared = shared_] { work(*shared); }} {}
    in_time(in_time const&) = delete;
    in_time& operator=(in_time const&) = delete;
    ~in_time() {
        {
            auto const lock = std::lock_guard{shared_->mutex};
            shared_->over = true;
        }
        shared_->changed.notify_all();
        thread_.join();
    }

    template <class Do>
    [[nodiscard]] std::optional<std::invoke_result_t<Do&>> operator()(Do what) {
        using result = std::invoke_result_t<Do&>;
        auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds{timeout_ms_};
        auto task = std::make_shared<std::packaged_task<result()>>(std::move(what));
        auto got = task->get_future();
        {
            auto lock = std::unique_lock{shared_->mutex};
            if (!shared_->changed.wait_until(lock, until, [this] { return !shared_->busy; }))
                return std::nullopt;
            shared_->busy = true;
            shared_->next = [task = std::move(task)] { (*task)(); };
        }
        shared_->changed.notify_all();
        if (got.wait_until(until) != std::future_status::ready) return std::nullopt;
        return got.get();
    }

private:
    struct state {
        std::mutex mutex;
        std::condition_variable changed;
        std::function<void()> next;
        bool busy = false; ///< a call is under way, or is the next
        bool over = false;
    };

    static void work(state& its) {
        auto lock = std::unique_lock{its.mutex};
        for (;;) {
            its.changed.wait(lock, [&its] { return its.over || its.next; });
            if (its.over) return;
            auto now = std::exchange(its.next, {});
            lock.unlock();
            now();
            now = {}; // with what nobody waits for any more
            lock.lock();
            its.busy = false;
            its.changed.notify_all();
        }
    }

    millis timeout_ms_;
    std::shared_ptr<state> shared_ = std::make_shared<state>();
    std::thread thread_; ///< the last member: it begins when all else is there
};

} // namespace rota::libslurm

#endif
