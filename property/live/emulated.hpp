// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_LIVE_EMULATED_HPP
#define ROTA_PROPERTY_LIVE_EMULATED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/node_change.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/backend.hpp>

/// What goes wrong between the host and Slurm.
struct weather {
    double lost = 0;             ///< a verb has no effect and no answer
    double late = 0;             ///< a verb has no answer and takes effect up to 20 s later
    double refused = 0;          ///< a verb is refused for no reason, now and then after it was done
    double deaf = 0;             ///< a poll has no answer
    double requeued_by_hand = 0; ///< a tick: an operator requeues a run
    double cancelled = 0;        ///< a tick: a user cancels a job, wherever it is
    double others = 0;           ///< a tick: whoever else takes CPU and memory of a node, or gives it back
    bool splits = false;         ///< of a gang that lies unevenly Slurm chooses the split
};

/// A Slurm in memory, tick by tick: controller, nodes and jobs, and the truth about every run.
///
/// Follows what was measured of the real one: starts happen at the controller's own beat of a second, a requeued run
/// is COMPLETING for a while and pending afterwards, a lost node requeues its jobs unheld, a requeued job waits. What
/// breaks a real one, starting a job too soon after its requeue or stopping a run that is too young, is counted.
class emulated {
public:
    static constexpr rota::millis tick_ms = 250;
    struct run { ///< what really happened
        std::size_t job;
        std::uint32_t number;
        std::vector<rota::live::part> where;
        rota::sim_time from;
        rota::sim_time until = rota::never; ///< its devices were free again
    };

    emulated(rota::cluster::spec const& cluster, rota::job::workload const& jobs,
             std::vector<rota::cluster::node_change> changes, weather how, std::uint64_t seed)
        : cluster_{&cluster}, jobs_{&jobs}, changes_{std::move(changes)}, how_{how}, random_{seed},
          up_(cluster.nodes.size(), true), beside_(up_.size()), told_up_(up_), known_up_(up_) {}

    [[nodiscard]] std::vector<run> const& runs() const noexcept { return runs_; }
    /// The changes of nodes that a poll has shown, in the order in which a host hears of them.
    [[nodiscard]] std::vector<rota::cluster::node_change> const& told() const noexcept { return told_; }
    [[nodiscard]] rota::live::job_state state(std::size_t number) const { return all_[number].state; }
    [[nodiscard]] std::size_t submitted() const noexcept { return all_.size(); }
    /// Every job has ended, apart from those that the caller gives up.
    [[nodiscard]] std::size_t ended() const noexcept {
        return static_cast<std::size_t>(std::count_if(
            all_.begin(), all_.end(), [](auto const& j) { return rota::live::is_over(j.state); }));
    }
    [[nodiscard]] bool overbooked() const noexcept { return overbooked_; }
    /// What a real Slurm would have answered with a failed or a hanging job.
    [[nodiscard]] std::uint64_t hasty() const noexcept { return hasty_; }

    void advance(rota::sim_time to) {
        for (; now_ < to; now_ = now_ + tick_ms) tick();
    }
    /// No more mishaps from now on.
    void calm_down() {
        how_ = {};
        beside_.assign(beside_.size(), {});
    }

    // --- what the host sees and says
    std::optional<rota::live::snapshot> poll() {
        using rota::live::job_state;
        if (random_.chance(how_.deaf)) return std::nullopt;
        auto out = rota::live::snapshot{};
        for (auto i = std::size_t{0}; i != all_.size(); ++i) {
            auto const& j = all_[i];
            auto one = rota::live::job_status{.id = std::to_string(i + 1),
                                              .state = j.state,
                                              .restarts = j.restarts,
                                              .where = j.where,
                                              .asked = jobs_->specs[i],
                                              .unmapped = {}};
            if (j.state == job_state::pending && j.on_hold) one.state = job_state::held;
            out.jobs.push_back(std::move(one));
        }
        out.up = up_;
        for (auto n = std::uint32_t{0}; n != up_.size(); ++n) {
            auto const node = rota::node_id{n};
            auto& taken = out.taken.emplace_back(beside_[n]);
            for (auto i = std::size_t{0}; i != all_.size(); ++i)
                if (all_[i].state == job_state::running || all_[i].state == job_state::completing)
                    for (auto const& part : all_[i].where)
                        if (part.node == node) {
                            auto const gpus = static_cast<std::uint32_t>(part.gpus);
                            taken.cpu_milli += jobs_->specs[i].need.cpu_milli * gpus;
                            taken.mem_mib += jobs_->specs[i].need.mem_mib * gpus;
                        }
            if ((beside_[n].cpu_milli | beside_[n].mem_mib) == 0) continue;
            auto& one = out.jobs.emplace_back();
            one.id = "beside" + std::to_string(n);
            one.state = job_state::running;
            one.beside = {node};
            one.unmapped = "it asks for no GPU";
        }
        for (auto const which : {true, false})
            for (auto n = std::size_t{0}; n != up_.size(); ++n)
                if (up_[n] != told_up_[n] && up_[n] == which)
                    told_.push_back(
                        {now_, rota::node_id{static_cast<std::uint32_t>(n)},
                         which ? rota::cluster::node_state::up : rota::cluster::node_state::down});
        told_up_ = up_;
        return out;
    }
    /// What the polls have shown so far will not be forgotten.
    void all_known() {
        known_ = told_.size();
        known_up_ = told_up_;
    }
    /// Whoever polled is gone, and with him what he knew since.
    void forget_unknown() {
        told_.resize(known_);
        told_up_ = known_up_;
    }
    rota::live::reply start(std::string const& id, rota::cluster::placement const& where) {
        auto asked = std::vector<rota::live::part>{};
        for (auto const& part : where) asked.push_back({part.node, part.count()});
        return say(id, [asked](job& j, rota::sim_time now) {
            if (j.state != rota::live::job_state::pending) return false;
            j.asked = asked;
            j.on_hold = false;
            if (j.restarts != 0) j.begin = now; // StartTime=now
            return true;
        });
    }
    rota::live::reply hold(std::string const& id) {
        return say(id, [](job& j, rota::sim_time) {
            if (rota::live::is_over(j.state)) return false;
            j.on_hold = true; // of a running job: when it is requeued
            return true;
        });
    }
    rota::live::reply save(std::string const& id) {
        return say(id, [](job& j, rota::sim_time) {
            if (j.state != rota::live::job_state::running) return false;
            j.saved = j.left;
            return true;
        });
    }
    rota::live::reply requeue(std::string const& id) {
        return say(id, [this](job& j, rota::sim_time) {
            if (j.state != rota::live::job_state::running) return false;
            hasty_ += now_ < runs_[j.run].from + 500;
            leave(j, rota::live::job_state::pending);
            j.on_hold = true;
            return true;
        });
    }

private:
    struct job {
        rota::live::job_state state = rota::live::job_state::pending;
        rota::live::job_state becomes{}; ///< when it has completed
        bool on_hold = true;
        std::uint32_t restarts = 0;
        std::vector<rota::live::part> asked;
        std::vector<rota::live::part> where;
        rota::sim_time begin{};
        rota::sim_time requeued{};
        rota::sim_time free_at{}; ///< while completing
        std::int64_t left = 0;    ///< ms x thousandths of the reference rate
        std::int64_t saved = 0;
        std::int64_t rate = 0;
        std::size_t run = 0;
    };
    using effect = std::function<bool(job&, rota::sim_time)>;
    struct word {
        rota::sim_time at;
        std::size_t job;
        effect what;
    };

    rota::live::reply say(std::string const& id, effect what) {
        auto const i = static_cast<std::size_t>(std::stoul(id)) - 1;
        if (random_.chance(how_.refused)) {
            if (random_.chance(0.3)) (void)what(all_[i], now_);
            return rota::live::reply::refused;
        }
        if (random_.chance(how_.lost)) return rota::live::reply::unknown;
        if (random_.chance(how_.late)) {
            words_.push_back({now_ + static_cast<rota::millis>(random_.below(20'000)), i, std::move(what)});
            return rota::live::reply::unknown;
        }
        return what(all_[i], now_) ? rota::live::reply::done : rota::live::reply::refused;
    }
    void tick() {
        using rota::live::job_state;
        for (; all_.size() != jobs_->size() && jobs_->specs[all_.size()].submit <= now_;) {
            auto& fresh = all_.emplace_back();
            fresh.left = fresh.saved = jobs_->works[all_.size() - 1].duration_ms * 1000;
        }
        for (auto& one : words_)
            if (one.at <= now_) one.what(all_[one.job], now_);
        std::erase_if(words_, [this](word const& one) { return one.at <= now_; });
        for (; next_change_ != changes_.size() && changes_[next_change_].at <= now_; ++next_change_)
            strike(changes_[next_change_]);
        for (auto i = std::size_t{0}; i != all_.size(); ++i) {
            auto& j = all_[i];
            if (j.state == job_state::running) {
                j.left -= j.rate * tick_ms;
                if (j.left <= 0) leave(j, end_of(i));
                else if (random_.chance(how_.requeued_by_hand)) leave(j, job_state::pending);
            }
            if (!rota::live::is_over(j.state) && random_.chance(how_.cancelled)) {
                if (j.state == job_state::running) leave(j, job_state::cancelled);
                else if (j.state == job_state::pending) j.state = job_state::cancelled;
            }
            if (j.state == job_state::completing && j.free_at <= now_) settle(j);
        }
        for (auto n = std::uint32_t{0}; n != up_.size() && how_.others > 0; ++n)
            if (random_.chance(how_.others)) come_or_go(rota::node_id{n});
        if (index(now_) % 1'000 == 0)
            for (auto i = std::size_t{0}; i != all_.size(); ++i) try_start(i);
    }
    /// Whoever else has some of what is free, or nothing.
    void come_or_go(rota::node_id n) {
        auto& its = beside_[index(n)];
        auto const had = (its.cpu_milli | its.mem_mib) != 0;
        its = {.node = n, .gpus = 0};
        if (had) return;
        auto cpu = std::int64_t{};
        auto mem = std::int64_t{};
        (void)free_gpus(n, &cpu, &mem);
        its.cpu_milli = static_cast<std::uint32_t>(random_.below(static_cast<std::uint64_t>(cpu) + 1));
        its.mem_mib = static_cast<std::uint32_t>(random_.below(static_cast<std::uint64_t>(mem) + 1));
    }
    [[nodiscard]] rota::live::job_state end_of(std::size_t i) const {
        using rota::live::job_state;
        switch (jobs_->works[i].ends) {
        case rota::job::outcome::cancelled: return job_state::cancelled;
        case rota::job::outcome::failed: return job_state::failed;
        case rota::job::outcome::timed_out: return job_state::timed_out;
        default: return job_state::completed;
        }
    }
    /// The run is over; its devices are free a little later.
    void leave(job& j, rota::live::job_state then) {
        j.state = rota::live::job_state::completing;
        j.becomes = then;
        j.free_at = now_ + static_cast<rota::millis>(random_.below(4)) * 500;
        if (then != rota::live::job_state::pending) return;
        ++j.restarts;
        j.requeued = now_;
        j.left = j.saved;
        j.begin = now_ + 6'000;
    }
    void settle(job& j) {
        j.state = j.becomes;
        runs_[j.run].until = now_;
        if (j.state == rota::live::job_state::pending) j.where.clear();
    }
    void strike(rota::cluster::node_change const& what) {
        using rota::live::job_state;
        up_[index(what.node)] = what.to == rota::cluster::node_state::up;
        if (up_[index(what.node)]) return;
        for (auto& j : all_) {
            auto const here = std::any_of(j.where.begin(), j.where.end(),
                                          [&](auto const& part) { return part.node == what.node; });
            if (!here || (j.state != job_state::running && j.state != job_state::completing)) continue;
            if (j.state == job_state::running) leave(j, job_state::pending);
            settle(j);
        }
    }
    [[nodiscard]] int free_gpus(rota::node_id n, std::int64_t* cpu, std::int64_t* mem) const {
        auto const& node = cluster_->nodes[index(n)];
        auto gpus = int{node.gpus};
        *cpu = std::int64_t{node.cpu_milli} - beside_[index(n)].cpu_milli;
        *mem = std::int64_t{node.mem_mib} - beside_[index(n)].mem_mib;
        for (auto i = std::size_t{0}; i != all_.size(); ++i) {
            auto const& j = all_[i];
            if (j.state != rota::live::job_state::running && j.state != rota::live::job_state::completing)
                continue;
            for (auto const& part : j.where)
                if (part.node == n) {
                    gpus -= part.gpus;
                    *cpu -= std::int64_t{jobs_->specs[i].need.cpu_milli} * part.gpus;
                    *mem -= std::int64_t{jobs_->specs[i].need.mem_mib} * part.gpus;
                }
        }
        return gpus;
    }
    [[nodiscard]] bool fits(std::size_t i, std::vector<rota::live::part> const& where) const {
        auto const& need = jobs_->specs[i].need;
        return std::all_of(where.begin(), where.end(), [&](auto const& part) {
            auto cpu = std::int64_t{};
            auto mem = std::int64_t{};
            auto const gpus = free_gpus(part.node, &cpu, &mem);
            return part.gpus >= 1 && up_[index(part.node)] && gpus >= part.gpus &&
                   cpu >= std::int64_t{need.cpu_milli} * part.gpus &&
                   mem >= std::int64_t{need.mem_mib} * part.gpus;
        });
    }
    void try_start(std::size_t i) {
        auto& j = all_[i];
        if (j.state != rota::live::job_state::pending || j.on_hold || j.begin > now_ || j.asked.empty())
            return;
        auto where = j.asked;
        if (how_.splits && where.size() == 2 && where[0].gpus != where[1].gpus) {
            std::swap(where[0].gpus, where[1].gpus);
            if (!fits(i, where)) where = j.asked;
        }
        if (!fits(i, where)) return;
        auto rate = std::numeric_limits<std::int64_t>::max();
        auto gpus = 0;
        for (auto const& part : where) gpus += part.gpus;
        for (auto const& part : where)
            rate = std::min(rate, jobs_->works[i].rate(jobs_->specs[i].need, gpus, rota::whole_gpu,
                                                       cluster_->nodes[index(part.node)].model));
        j.state = rota::live::job_state::running;
        j.where = where;
        j.rate = std::max<std::int64_t>(rate, 1);
        hasty_ += j.restarts != 0 && now_ < j.requeued + 2'000;
        j.run = runs_.size();
        runs_.push_back({i, j.restarts, where, now_});
        for (auto const& part : where) {
            auto cpu = std::int64_t{};
            auto mem = std::int64_t{};
            overbooked_ = overbooked_ || free_gpus(part.node, &cpu, &mem) < 0 || cpu < 0 || mem < 0;
        }
    }

    rota::cluster::spec const* cluster_;
    rota::job::workload const* jobs_;
    std::vector<rota::cluster::node_change> changes_;
    weather how_;
    rota::random random_;
    rota::sim_time now_{};
    std::vector<job> all_; ///< [submitted]
    std::vector<run> runs_;
    std::vector<word> words_;
    std::vector<bool> up_;
    std::vector<rota::cluster::slice> beside_; ///< [nodes] what others have
    std::vector<bool> told_up_;
    std::vector<rota::cluster::node_change> told_;
    std::vector<bool> known_up_;
    std::size_t known_ = 0;
    std::size_t next_change_ = 0;
    std::uint64_t hasty_ = 0;
    bool overbooked_ = false;
};

#endif
