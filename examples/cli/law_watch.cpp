// SPDX-License-Identifier: BSL-1.0
#include "law_watch.hpp"

#include <chrono>
#include <csignal>
#include <utility>

#include <sys/resource.h>

#include <rota/log/record.hpp>

#include "verdict.hpp"

namespace cli {

bool law_watch::busy() const {
    using namespace std::chrono_literals;
    return under_way_.valid() && under_way_.wait_for(0s) != std::future_status::ready;
}

bool law_watch::due(std::size_t records, std::int64_t now_ms) const noexcept {
    constexpr auto longest_ms = std::int64_t{60'000};
    if (last_ || records <= records_) return false;
    return records - records_ > records_ / 10 || now_ms - began_ms_ >= longest_ms;
}

void law_watch::judge(log_so_far its, std::int64_t now_ms, bool last) {
    last_ = last;
    began_ms_ = now_ms;
    records_ = its.log.records.size();
    auto all = sigset_t{};
    auto before = sigset_t{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the driver's
    under_way_ = std::async(std::launch::async, [cluster = cluster_, its = std::move(its)] {
        static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10)); // of this thread: decisions go first
        auto out = judgement{judge_driven(*cluster, its.jobs, its.claims, its.log), {}};
        for (auto i = std::size_t{0}; i != rota::verify::laws; ++i) {
            auto const which = static_cast<rota::verify::law>(i);
            auto const& why = out.found.of(which);
            if (why.stands() != rota::verify::standing::broken) continue;
            auto one = breach{.which = which, .at = {}, .job = {}, .story = why.story};
            if (why.record < its.log.records.size()) {
                auto const& what = its.log.records[why.record];
                one.at = what.at;
                if (rota::log::about_a_job(what.kind) && what.job < its.names.size())
                    one.job = its.names[what.job];
            }
            out.breaches.push_back(std::move(one));
        }
        return out;
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::vector<law_watch::breach> law_watch::news() {
    if (!under_way_.valid() || busy()) return {};
    auto got = under_way_.get();
    found_ = std::move(got.found);
    std::erase_if(got.breaches, [this](breach const& one) {
        return std::exchange(said_[static_cast<std::size_t>(one.which)], true);
    });
    if (std::exchange(last_, false)) {
        past_.add(std::exchange(found_, {}));
        past_records_ += std::exchange(records_, 0);
        said_ = {};
    }
    return std::move(got.breaches);
}

std::vector<law_watch::breach> law_watch::wait() {
    if (under_way_.valid()) under_way_.wait();
    return news();
}

rota::verify::report law_watch::found() const {
    auto all = past_;
    all.add(found_);
    return all;
}

} // namespace cli
