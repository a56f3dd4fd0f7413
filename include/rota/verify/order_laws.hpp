// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_ORDER_LAWS_HPP
#define ROTA_VERIFY_ORDER_LAWS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rota/contract/claims.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/verify/fits.hpp>
#include <rota/verify/instant_of_log.hpp>
#include <rota/verify/law.hpp>
#include <rota/verify/ranking.hpp>
#include <rota/verify/replay.hpp>
#include <rota/verify/report.hpp>
#include <rota/verify/subject.hpp>

namespace rota::verify {

namespace detail {

/// Who waits and who runs, in the order that is claimed.
class standings {
public:
    using place = std::pair<std::int64_t, std::uint32_t>; ///< key, job

    standings(subject const& of, ranking const& by)
        : of_{&of}, by_{&by}, shapes_{shapes_of(of.jobs)}, key_(of.jobs.size()) {
        for (auto shape : shapes_) waiting_.resize(std::max(waiting_.size(), shape + 1));
    }

    /// After the record was applied.
    void note(log::record const& what, replay const& state) {
        if (!log::about_a_job(what.kind)) return;
        auto const j = what.job;
        auto& line = waiting_[shapes_[j]];
        auto& key = key_[j];
        auto const waits = state.job(j).waits();
        if (waits && !key) {
            key = by_->key(j, what.at, state); // it stands still while the job waits
            line.insert({*key, j});
        } else if (!waits && key) {
            line.erase({*key, j});
            key.reset();
        }
        if (state.job(j).run != nullptr) running_.insert(j);
        else running_.erase(j);
    }
    /// The first that waits, of each shape.
    [[nodiscard]] std::vector<place> first_of_each() const {
        auto all = std::vector<place>{};
        for (auto const& line : waiting_)
            if (!line.empty()) all.push_back(*line.begin());
        return all;
    }
    /// A job that waits and would fit if the running jobs behind it gave way.
    [[nodiscard]] std::optional<std::uint32_t> kept_out(sim_time now, replay const& state, room_now& room) {
        auto asking = first_of_each();
        if (asking.empty()) return {};
        auto behind = std::vector<place>{};
        for (auto j : running_) behind.emplace_back(by_->key(j, now, state), j);
        std::sort(behind.begin(), behind.end(), std::greater{});
        std::sort(asking.begin(), asking.end(), std::greater{}); // whoever comes later in it moves more aside
        room.forget();
        auto next = behind.begin();
        for (auto const& [key, j] : asking) {
            for (; next != behind.end() && next->first > key; ++next)
                room.give_back(state.held(next->second));
            if (room.fits(of_->jobs.specs[j].need)) return j;
        }
        return {};
    }
    [[nodiscard]] std::size_t shape(std::uint32_t j) const noexcept { return shapes_[j]; }

private:
    subject const* of_;
    ranking const* by_;
    std::vector<std::size_t> shapes_;
    std::vector<std::set<place>> waiting_;         ///< [shapes]
    std::vector<std::optional<std::int64_t>> key_; ///< [jobs] of those who wait
    std::set<std::uint32_t> running_;
};

} // namespace detail

/// P5 and P6 for orders in which every job has a key. Premises: immediate, and those of the order.
///
/// P5 is asked at the end of every instant, and where keys grow in silence at the ms before the next one too. P6 only
/// at instants at which nobody is stopped or moved and all news stands before all decisions.
inline void check_orders_of_jobs(subject const& of, report& to) {
    auto by = ranking(of, of.claims);
    auto const keeps = has(of.claims, claim::order_kept);
    if (!of.given.immediate || !by.known()) return;
    auto all = detail::standings(of, by);
    auto state = replay(of);
    auto room = room_now(of, state);
    auto const& records = of.log.records;
    auto const refuse = [&](std::size_t at, std::uint32_t job, char const* why) {
        to.breaks(law::order_kept, at, "job " + std::to_string(job) + why);
    };
    auto full = std::vector<std::size_t>(of.jobs.size(), 0); // [shapes] the instant in which it has no room
    for (auto from = std::size_t{0}; from != records.size();) {
        auto const now = instant_from(of.log, from);
        auto const at = records[from].at;
        if (keeps && by.sinks() && from != 0 && at - records[from - 1].at > 1)
            if (auto const out = all.kept_out(sim_time{index(at) - 1}, state, room))
                refuse(from, *out, " waited until then, where it fits if those behind it give way");
        auto const plain = now.stops + now.moves == 0 && now.news_first && now.in_order;
        for (auto i = from; i != now.end; ++i) {
            auto const& what = records[i];
            if (plain && what.kind == log::kind::start) {
                to.exercised(law::in_turn);
                auto const mine = std::pair{by.key(what.job, at, state), what.job};
                room.forget();
                for (auto const& one : all.first_of_each()) {
                    auto& known = full[all.shape(one.second)];
                    if (!(one < mine) || known == now.end) continue;
                    if (!room.fits(of.jobs.specs[one.second].need)) known = now.end;
                    else
                        to.breaks(law::in_turn, i,
                                  "job " + std::to_string(one.second) + " is before it and fits");
                }
            }
            by.count(what, state);
            state.apply(what);
            all.note(what, state);
        }
        if (keeps) {
            to.exercised(law::order_kept);
            if (auto const out = all.kept_out(at, state, room))
                refuse(now.end - 1, *out, " waits, and fits if those behind it give way");
        }
        from = now.end;
    }
}

} // namespace rota::verify

#endif
