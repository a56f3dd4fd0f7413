// SPDX-License-Identifier: BSL-1.0
// One scheduler, one trial, told and kept in different ways: the log must be the same, byte for byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/settle.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/contract/view.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/empirical_law.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/worst_fit.hpp>
#include <rota/simulation/simulator.hpp>
#include <rota/system/afs_l.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/conservative.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/edf_admission.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/gavel_max_min.hpp>
#include <rota/system/las.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/quota_drf.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/slurm_like.hpp>
#include <rota/system/srsf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_g.hpp>
#include <rota/system/tiresias_l.hpp>
#include <rota/verify/decoder.hpp>
#include <rota/verify/suite.hpp>
#include <rota/verify/trial.hpp>
#include <rota/verify/world.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

namespace system = rota::system;
namespace verify = rota::verify;
using rota::estimate::oracle;
using rota::simulation::simulator;

/// Any scheduler as a value: a copy is its state.
class value {
public:
    template <rota::scheduling_policy S>
    explicit value(std::in_place_t, S scheduler) : held_{std::make_unique<model<S>>(std::move(scheduler))} {}
    value(value const& other) : held_{other.held_->copy()} {}
    value& operator=(value const& other) {
        held_ = other.held_->copy();
        return *this;
    }
    value(value&&) = default;
    value& operator=(value&&) = default;
    ~value() = default;

    void on(rota::event const& happened, rota::view const& v) { held_->on(happened, v); }
    void decide(rota::view const& v, rota::actions& a) { held_->decide(v, a); }

private:
    struct base {
        base() = default;
        base(base const&) = delete;
        base& operator=(base const&) = delete;
        virtual ~base() = default;
        virtual void on(rota::event const& happened, rota::view const& v) = 0;
        virtual void decide(rota::view const& v, rota::actions& a) = 0;
        [[nodiscard]] virtual std::unique_ptr<base> copy() const = 0;
    };
    template <class S>
    struct model final : base {
        explicit model(S scheduler) : one{std::move(scheduler)} {}
        void on(rota::event const& happened, rota::view const& v) override { one.on(happened, v); }
        void decide(rota::view const& v, rota::actions& a) override { one.decide(v, a); }
        [[nodiscard]] std::unique_ptr<base> copy() const override { return std::make_unique<model>(one); }
        S one;
    };
    std::unique_ptr<base> held_;
};

enum class treatment : std::uint8_t {
    none,
    saved, ///< before each call it is copied, destroyed, and restored from the copy
    forked, ///< each pass is decided by the scheduler and by a copy of it; one of them is undone and thrown away
    entangled ///< in the middle of a pass, another simulation with a scheduler of its kind runs to its end
};
constexpr auto names = std::array<std::string_view, 4>{"none", "saved", "forked", "entangled"};

struct subject {
    std::string name;
    value (*make)(simulator const&);
};

std::string run(subject const& of, verify::trial const& what, treatment how);

class treated {
public:
    treated(value scheduler, treatment how, subject const& of)
        : one_{std::move(scheduler)}, how_{how}, of_{&of} {}

    void on(rota::event const& happened, rota::view const& v) {
        save_and_restore();
        one_.on(happened, v);
    }
    void decide(rota::view const& v, rota::actions& a) {
        save_and_restore();
        if (++passes_ == 5 && how_ == treatment::entangled)
            run(*of_, verify::draw(99, verify::world::costly), treatment::none);
        if (how_ == treatment::forked) {
            auto copy = one_;
            auto const before = a.checkpoint();
            copy.decide(v, a);
            a.rollback(before);
            auto undone = one_;
            one_.decide(v, a);
            if (passes_ % 2 == 0) { // the copy that saw nothing of this pass until now goes on
                a.rollback(before);
                undone.decide(v, a);
                one_ = std::move(undone);
            }
            return;
        }
        one_.decide(v, a);
    }

private:
    void save_and_restore() {
        if (how_ != treatment::saved) return;
        auto const copy = one_;
        one_ = value{std::in_place, system::fifo<>{}}; // the object that was copied is gone
        one_ = copy;
    }

    value one_;
    treatment how_;
    subject const* of_;
    std::uint64_t passes_ = 0;
};

std::string run(subject const& of, verify::trial const& what, treatment how) {
    auto log = rota::log::schedule{};
    auto host = simulator{what.cluster, what.jobs, what.under, rota::recorder{log}};
    auto turns = 0;
    host.run([&] { return treated{of.make(host), how, of}; },
             [&](simulator const&) { return ++turns < 20; }); // of 4096 instants: some worlds have no end
    return rota::log::to_text(log);
}

std::vector<subject> const& everybody() {
    static auto const all = std::vector<subject>{
#define ROTA_SUBJECT(name, ...)                                                                              \
    {name, []([[maybe_unused]] simulator const& s) { return value{std::in_place, __VA_ARGS__}; }}
        ROTA_SUBJECT("fifo", system::fifo<>{}),
        ROTA_SUBJECT("fifo, best fit", system::fifo<rota::placement::best_fit>{}),
        ROTA_SUBJECT("best effort fifo", system::best_effort_fifo<>{}),
        ROTA_SUBJECT("sjf", system::sjf<>{}),
        ROTA_SUBJECT("sjf, clairvoyant", system::sjf<oracle>{s.clairvoyance()}),
        ROTA_SUBJECT("easy", system::easy<>{}),
        ROTA_SUBJECT("easy, clairvoyant", system::easy<oracle>{s.clairvoyance()}),
        ROTA_SUBJECT("conservative", system::conservative<>{rota::estimate::user_limit{.overrun_ms = 1'000}}),
        ROTA_SUBJECT("slurm-like", system::slurm_like<>{}),
        ROTA_SUBJECT("srtf", system::srtf<>{}),
        ROTA_SUBJECT("srtf, clairvoyant", system::srtf<oracle>{s.clairvoyance()}),
        ROTA_SUBJECT("srsf", system::srsf<>{}),
        ROTA_SUBJECT("las", system::las<>{8'000}),
        ROTA_SUBJECT("tiresias-l", system::tiresias_l<>{{12'000, 40'000}}),
        ROTA_SUBJECT("tiresias-g", system::tiresias_g<>{rota::estimate::empirical_law{{1, 3, 8, 20, 4'000}}}),
        ROTA_SUBJECT("priority, preemptive", system::priority_preemptive<>{}),
        ROTA_SUBJECT("quota and drf", system::quota_drf<>{}),
        ROTA_SUBJECT("gang time slicing",
                     [] {
                         auto slicing = system::gang_time_slicing<>{};
                         slicing.slices.quantum_ms = 60'000;
                         return slicing;
                     }()),
        ROTA_SUBJECT("gavel max-min", system::gavel_max_min<>{{}, {}, {}, 60'000}),
        ROTA_SUBJECT("afs-l", system::afs_l<>{}),
        ROTA_SUBJECT("afs-l, clairvoyant", system::afs_l<oracle>{s.clairvoyance()}),
        ROTA_SUBJECT("edf with admission", system::edf_admission<>{}),
#undef ROTA_SUBJECT
    };
    return all;
}

/// What a scheduler may be by mistake: the first of its jobs takes the best place or the worst, as something says
/// that is no part of its state or not of what the contract tells.
enum class mistake : std::uint8_t { lost_in_copies, shared_by_copies, counts_what_it_sees, shared_by_all };

template <mistake Which>
class moody {
public:
    moody() = default;
    moody(moody const& other) : waiting_{other.waiting_}, shared_{other.shared_} {
        if constexpr (Which != mistake::lost_in_copies) mood_ = other.mood_;
    }
    moody& operator=(moody const&) = delete;
    ~moody() = default;

    void on(rota::event const& happened, rota::view const& v) {
        if (!happened.about_a_job()) return;
        std::erase(waiting_, happened.job);
        if (v.waiting(happened.job)) waiting_.push_back(happened.job);
        if constexpr (Which == mistake::counts_what_it_sees) mood_ += static_cast<int>(v.jobs().size());
        if constexpr (Which == mistake::lost_in_copies) ++mood_;
    }
    void decide(rota::view const& v, rota::actions& a) {
        if constexpr (Which == mistake::shared_by_copies) mood_ = (*shared_)++;
        if constexpr (Which == mistake::shared_by_all) {
            static auto everybodys = 0;
            mood_ = everybodys++;
        }
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            auto const best = rota::placement::best_fit{}.place(v.need(*at), v.free());
            auto const worst = rota::placement::worst_fit{}.place(v.need(*at), v.free());
            auto const& where = mood_ % 2 == 0 ? best : worst;
            auto const started = where && a.start(*at, *where) == rota::answer::accepted;
            at = started ? waiting_.erase(at) : at + 1;
        }
    }

private:
    std::vector<rota::job_id> waiting_;
    std::shared_ptr<int> shared_ = std::make_shared<int>();
    int mood_ = 0;
};

/// The first trial in which that treatment changes the log; empty: it never does.
std::string differs(subject const& one, treatment how, std::uint64_t cases) {
    for (auto i = std::uint64_t{0}; i != cases; ++i) {
        auto const under = verify::world_of(i, verify::worlds - 1);
        auto const what = verify::draw(1 + i, under);
        if (run(one, what, treatment::none) != run(one, what, how))
            return "trial " + std::to_string(i) + ", world " + verify::name_of(under);
    }
    return {};
}

void told_and_kept_in_other_ways(tally& result, std::uint64_t cases) {
    for (auto const& one : everybody())
        for (auto how : {treatment::saved, treatment::forked, treatment::entangled}) {
            auto const where = differs(one, how, cases);
            result.check(where.empty(), one.name + ", " + std::string{names[static_cast<std::size_t>(how)]} +
                                            ": another log in " + where);
        }
    auto const planted = [&]<mistake Which>(std::string name, treatment how) {
        auto const one = subject{name, [](simulator const&) { return value{std::in_place, moody<Which>{}}; }};
        result.check(!differs(one, how, cases).empty(),
                     "a scheduler whose state is " + name + " is found out");
    };
    planted.operator()<mistake::lost_in_copies>("lost in copies", treatment::saved);
    planted.operator()<mistake::shared_by_copies>("shared by copies", treatment::forked);
    planted.operator()<mistake::shared_by_all>("shared by all", treatment::entangled);
}

/// What of one instant the scheduler hears when.
enum class telling : std::uint8_t {
    together,     ///< all facts, then their events, then it decides
    told_apart,   ///< each fact with its event, then it decides
    decided_apart ///< each submission with its event, and it decides
};

/// Hears events as soon as they are known; settling tells them a second time.
struct listener {
    void hear(rota::books const& state) {
        for (; heard != state.inbox.size(); ++heard) one.on(state.inbox[heard], rota::view(state.want()));
    }
    void on(rota::event const& happened, rota::view const& v) {
        if (heard != 0) --heard;
        else one.on(happened, v);
    }
    void decide(rota::view const& v, rota::actions& a) { one.decide(v, a); }

    value one;
    std::size_t heard = 0;
};

/// A host that is a value, too: every order is carried out at once, and every job runs for its duration.
struct world {
    world(verify::trial const& of, value told, rota::recorder to)
        : what{&of}, state{of.cluster, rota::tenant_tree{of.jobs.tenants}, to}, scheduler{std::move(told)},
          left(of.jobs.size()), ends(of.jobs.size(), rota::never) {
        for (auto j = std::size_t{0}; j != left.size(); ++j) left[j] = of.jobs.works[j].duration_ms;
    }

    /// One instant; false: nothing happens any more.
    bool step(telling how = telling::together) {
        auto now = std::min(state.next_timer(), *std::min_element(ends.begin(), ends.end()));
        auto const& jobs = what->jobs;
        if (next != jobs.size()) now = std::min(now, jobs.specs[next].submit);
        if (now == rota::never) return false;
        auto const tell = [&] {
            if (how != telling::together) scheduler.hear(state);
        };
        state.set_now(now);
        for (auto j = std::uint32_t{0}; j != ends.size(); ++j)
            if (ends[j] == now) {
                ends[j] = rota::never;
                auto const id = rota::job_id{j};
                state.ended(id, state.at(id).incarnation, rota::log::kind::finish);
                tell();
            }
        state.tick();
        auto settled = true;
        do {
            while (next != jobs.size() && jobs.specs[next].submit == now) {
                state.submit(jobs.specs[next++]);
                tell();
                if (how == telling::decided_apart) break;
            }
            settled = settled && turn.settle(state, scheduler, [this](auto const& sent) { execute(sent); });
        } while (next != jobs.size() && jobs.specs[next].submit == now);
        return settled;
    }
    void execute(rota::order const& sent) {
        auto const j = index(sent.job);
        auto const now = state.now();
        if (sent.kind == rota::order_kind::start) ends[j] = now + left[j];
        if (sent.kind == rota::order_kind::stop) {
            left[j] = ends[j] - now;
            ends[j] = rota::never;
        }
        state.order_done(sent.op, sent.kind, sent.job, now);
    }

    verify::trial const* what;
    rota::books state;
    listener scheduler;
    rota::instant turn;
    std::vector<rota::millis> left;
    std::vector<rota::sim_time> ends;
    std::size_t next = 0;
};

/// Instants of a host: some schedulers may thrash for ever where stops are free.
constexpr auto instants_max = 300;

/// At every instant a copy of the whole host runs to its end; then the log is cut back, and the original goes on.
void hosts_are_values(tally& result, std::uint64_t cases) {
    for (auto const& one : everybody()) {
        if (one.name.find("clairvoyant") != std::string::npos) continue; // their truth is the simulator's
        auto differ = std::string{};
        auto copies = std::uint64_t{0};
        for (auto i = std::uint64_t{0}; i != cases && differ.empty(); ++i) {
            auto const what = verify::draw(1 + i, verify::world::ideal);
            auto const any = simulator{what.cluster, what.jobs};
            auto const run_on = [](world& host, int from) {
                for (auto k = from; k < instants_max && host.step(); ++k) {
                }
            };
            auto whole = rota::log::schedule{};
            auto plain = world{what, one.make(any), rota::recorder{whole}};
            run_on(plain, 0);
            auto const want = to_text(whole);
            auto log = rota::log::schedule{};
            auto original = world{what, one.make(any), rota::recorder{log}};
            for (auto k = 0; k < instants_max && differ.empty(); ++k, ++copies) {
                auto const records = log.records.size();
                auto const slices = log.slices.size();
                auto copy = original;
                run_on(copy, k);
                if (to_text(log) != want)
                    differ = "trial " + std::to_string(i) + ", instant " + std::to_string(k);
                log.records.resize(records);
                log.slices.resize(slices);
                if (!original.step()) break;
            }
            if (to_text(log) != want) differ += " trial " + std::to_string(i) + ", its copies disturbed it";
        }
        result.check(differ.empty() && copies > cases,
                     one.name + " in a copied host: another log in " + differ);
    }
}

/// What a host of that scheduler logs in a trial; of it all, or only starts and ends.
std::string log_of(subject const& one, verify::trial const& what, telling how, bool only_runs) {
    auto const any = simulator{what.cluster, what.jobs};
    auto log = rota::log::schedule{};
    auto host = world{what, one.make(any), rota::recorder{log}};
    for (auto k = 0; k < instants_max && host.step(how); ++k) {
    }
    auto text = std::string{};
    for (auto const& r : log.records)
        if (!only_runs || r.kind == rota::log::kind::start || r.kind == rota::log::kind::finish)
            text += rota::log::line(log, r) + '\n';
    return text;
}

/// The first trial in which that scheduler's log depends on the telling; empty: in none.
std::string hears(subject const& one, telling how, std::uint64_t cases) {
    for (auto i = std::uint64_t{0}; i != cases; ++i) {
        auto const what = verify::draw(1 + i, verify::world::ideal);
        auto const only_runs = how == telling::decided_apart; // jobs are submitted between starts, then
        if (log_of(one, what, telling::together, only_runs) != log_of(one, what, how, only_runs))
            return "trial " + std::to_string(i);
    }
    return {};
}

void batch_or_one_by_one(tally& result, std::uint64_t cases) {
    for (auto const& one : everybody()) {
        if (one.name.find("clairvoyant") != std::string::npos) continue; // their truth is the simulator's
        auto const where = hears(one, telling::told_apart, cases);
        result.check(where.empty(), one.name + ", told one by one: another log in " + where);
        // orders by arrival start whom they can at once: nobody who comes later changes that
        if (one.name.find("fifo") == std::string::npos) continue;
        auto const when = hears(one, telling::decided_apart, cases);
        result.check(when.empty(), one.name + ", deciding one by one: another schedule in " + when);
    }
    auto const counts = subject{
        "", [](simulator const&) { return value{std::in_place, moody<mistake::counts_what_it_sees>{}}; }};
    result.check(!hears(counts, telling::told_apart, cases).empty(),
                 "a count of what is in sight is found out");
    auto const shortest_first = std::find_if(everybody().begin(), everybody().end(),
                                             [](auto const& one) { return one.name == "sjf"; });
    result.check(!hears(*shortest_first, telling::decided_apart, cases).empty(),
                 "the shortest of a batch goes first only where it is one batch");
}

} // namespace

int main() {
    auto const cases = std::max<std::uint64_t>(cases_wanted(9'000) / 30, 10);
    auto result = tally{};
    told_and_kept_in_other_ways(result, cases);
    hosts_are_values(result, cases / 3);
    batch_or_one_by_one(result, cases);
    return result.end();
}
