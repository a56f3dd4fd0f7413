// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_VERIFY_DECODER_HPP
#define ROTA_VERIFY_DECODER_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/node_change.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/random.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/job/work.hpp>
#include <rota/placement/feasible.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/simulation/conditions.hpp>
#include <rota/verify/feature.hpp>
#include <rota/verify/trial.hpp>
#include <rota/verify/world.hpp>

namespace rota::verify {

namespace detail {

using simulation::add_by_time;

/// Bytes one by one, then zeros.
class byte_source {
public:
    explicit byte_source(std::span<std::uint8_t const> bytes) noexcept : bytes_{bytes} {}
    [[nodiscard]] unsigned next() noexcept { return at_ < bytes_.size() ? bytes_[at_++] : 0u; }
    /// The next byte, modulo n.
    [[nodiscard]] unsigned below(unsigned n) noexcept { return next() % n; }

private:
    std::span<std::uint8_t const> bytes_;
    std::size_t at_ = 0;
};

/// Turns bytes into a trial, field by field.
class decoder {
public:
    decoder(std::span<std::uint8_t const> bytes, feature allowed) : in_{bytes}, allowed_{allowed} {}

    [[nodiscard]] trial read() {
        auto const first = in_.next();
        auto const low = in_.next();
        auto const high = in_.next();
        under_ = static_cast<world>(first | (high >> 7) << 8);
        features_ = static_cast<feature>(low | high << 8) & allowed_;
        unit_ = calm(under_) ? 1 : 4'000;
        read_cluster();
        read_conditions();
        auto const jobs = 1 + in_.below(20);
        if (on(feature::tenants))
            made_.jobs.tenants = {{},
                                  {tenant_id{0}, 1, made_.cluster.gpus() * 500, {}},
                                  {tenant_id{0}, 2, 1'000, {}},
                                  {tenant_id{1}, 1, 1'000, {}}};
        auto const empty = cluster::ledger(made_.cluster);
        for (auto j = 0u; j != jobs; ++j) read_job(empty);
        if (has(under_, world::capacity)) read_changes();
        heal();
        return std::move(made_);
    }

private:
    [[nodiscard]] bool on(feature one) const noexcept { return (features_ & one) != feature::none; }
    [[nodiscard]] millis units(unsigned n) const noexcept { return static_cast<millis>(n) * unit_; }

    void read_cluster() {
        auto const nodes = 1 + in_.below(4);
        auto const shape = in_.next();
        auto const gpus = 1u << (shape & 3u);
        for (auto n = 0u; n != nodes; ++n) {
            auto const few_gpus = (shape & 4u) != 0 && n % 2 == 1;
            made_.cluster.nodes.push_back(
                {.gpus = static_cast<std::uint8_t>(few_gpus ? (gpus + 1) / 2 : gpus),
                 .model = gpu_model{on(feature::models) && n >= nodes / 2 && n != 0},
                 .cpu_milli = 8'000,
                 .mem_mib = 8'192,
                 .rack = static_cast<rack_id>((shape & 8u) != 0 ? n / 2 : 0),
                 .spine = {}});
        }
        if (on(feature::models)) made_.cluster.models = {"first", "second"};
        if (on(feature::instances))
            made_.cluster.mig = {(shape & 16u) != 0 ? cluster::mig_kind::a30 : cluster::mig_kind::a100};
    }
    void read_conditions() {
        auto& under = made_.under;
        under.seed = 1 + in_.next();
        under.log_orders = true;
        under.spurious_pass = true;
        auto const knob = std::array{in_.next(), in_.next(), in_.next(), in_.next()};
        if (has(under_, world::costly)) {
            auto const save = static_cast<millis>(knob[0] & 7u) * 700;
            auto const restore = static_cast<millis>(knob[0] >> 3) * 300 + 1;
            if (knob[0] % 3 == 0) under.cost = preemption::cost_by_size{{restore, 2 * restore, 3 * restore}};
            else if (knob[0] % 3 == 1) under.cost = preemption::cost_by_state{.unknown_mib = 3'000};
            else under.cost = preemption::fixed_cost{save, restore};
        }
        if (has(under_, world::slow)) {
            under.latency_ms_max = 1 + static_cast<millis>(knob[1]) * 20;
            under.launch_ms = static_cast<millis>(knob[1] & 3u) * 900;
            under.round_ms = knob[1] % 8 == 7 ? 7'000 : 0;
        }
        if (has(under_, world::failing)) {
            under.start_failure = 0.1 + 0.1 * (knob[2] & 3u);
            under.backoff_ms = 1 + static_cast<millis>(knob[2] >> 2) * 100;
        }
        if (has(under_, world::late)) {
            under.late_ms_max = static_cast<millis>(knob[3]) * 40;
            under.repeat = 0.3;
            under.requeue_ms = static_cast<millis>(knob[3] & 3u) * 2'000;
        }
        if (has(under_, world::crashes)) {
            under.crash_mean_ms = units(8 + in_.below(32));
            under.checkpoint_every_ms = units(in_.below(4));
            if (under.checkpoint_every_ms == 0) under.crash_mean_ms = units(400); // or the longest never end
        }
        if (has(under_, world::replaced))
            for (auto at = sim_time{}, last = at + units(60); at < last;) {
                at = at + units(1 + in_.below(40));
                under.new_scheduler.push_back(at);
            }
        under.moves_in_place = !has(under_, world::by_stop);
        if (has(under_, world::outages)) {
            auto const count = 1 + in_.below(3);
            for (auto i = 0u; i != count; ++i) {
                auto const node = node_id{in_.below(static_cast<unsigned>(made_.cluster.nodes.size()))};
                auto const down = sim_time{units(in_.below(30))};
                add_by_time(under.node_changes, {down, node, cluster::node_state::down});
                add_by_time(under.node_changes,
                            {down + units(1 + in_.below(8)), node, cluster::node_state::up});
            }
        }
    }
    /// Four bytes a spell: a node is drained, others take some of it, or a tenant's quota is another one.
    void read_changes() {
        static constexpr auto cpu = std::array<std::uint32_t, 4>{8'000, 2'000, 5'500, 0};
        static constexpr auto mem = std::array<std::uint32_t, 4>{8'192, 0, 3'000, 6'144};
        static constexpr auto nominal = std::array<std::int64_t, 4>{0, 500, 2'000, 5'000};
        auto& under = made_.under;
        for (auto left = in_.below(4); left != 0; --left) {
            auto const what = in_.next();
            auto const where = in_.next();
            auto const from = sim_time{units(in_.below(30))};
            auto const until = from + units(1 + in_.below(8));
            if (what % 4 == 3) {
                auto const t = static_cast<tenant_id>(where % made_.jobs.tenants.size());
                add_by_time(under.quota_changes, {from, t, nominal[what >> 2 & 3u]});
                if ((what & 16u) != 0)
                    add_by_time(under.quota_changes, {until, t, made_.jobs.tenants[index(t)].nominal_milli});
                continue;
            }
            using enum cluster::node_state;
            auto const node = node_id{static_cast<std::uint32_t>(where % made_.cluster.nodes.size())};
            if (what % 4 == 0) add_by_time(under.node_changes, {from, node, drained});
            else add_by_time(under.node_changes, {from, node, up, cpu[what >> 2 & 3u], mem[what >> 4 & 3u]});
            add_by_time(under.node_changes, {until, node, up});
        }
    }
    /// Whatever overlaps, in the end every node is there for these jobs alone.
    void heal() {
        auto& all = made_.under.node_changes;
        if (all.empty()) return;
        for (auto n = std::uint32_t{0}; n != made_.cluster.nodes.size(); ++n)
            all.push_back({sim_time{units(40)}, node_id{n}, cluster::node_state::up});
    }
    /// Six bytes a job.
    void read_job(cluster::ledger const& empty) {
        auto const when = in_.next();
        auto const size = in_.next();
        auto const length = in_.next();
        auto const who = in_.next();
        auto const amounts = in_.next();
        auto const extras = in_.next();
        at_ = at_ + ((when & 0x80u) != 0 ? 0 : units(when % 6)); // ties on purpose
        auto spec = job::spec{};
        auto work = job::work{};
        spec.submit = at_;
        spec.need = read_need(size, length, amounts, extras, empty);
        static constexpr auto durations = std::array<millis, 8>{1, 1, 2, 3, 5, 8, 20, 0};
        work.duration_ms = durations[length & 7u] * unit_;
        if (on(feature::endings)) {
            if (length >> 5 == 5) work.ends = job::outcome::failed;
            if (length >> 5 == 6) work.ends = job::outcome::cancelled;
            if (length >> 5 == 7) work.ends = job::outcome::timed_out;
        }
        if (!spec.need.rigid()) work.knee = static_cast<std::uint16_t>(1 + (extras & 3u));
        if (on(feature::models))
            work.model_rate = {1000, std::uint16_t((length & 8u) != 0 ? 250 : 800), 1000, 1000};
        spec.limit_ms = std::max<millis>(1, work.duration_ms);
        if (on(feature::limits)) spec.limit_ms = std::max<millis>(1, work.duration_ms * (1 + (who >> 6)) / 2);
        if (on(feature::priorities)) spec.priority = static_cast<std::int32_t>(who & 3u);
        if (on(feature::tenants)) spec.tenant = static_cast<tenant_id>(1 + (who >> 2 & 3u) % 3);
        spec.user = user_id{who >> 4 & 3u};
        spec.state_mib = (extras & 16u) != 0 ? 500 : 0;
        if (on(feature::deadlines) && (extras & 1u) != 0)
            spec.deadline = at_ + work.duration_ms + units(extras >> 1 & 15u);
        made_.jobs.specs.push_back(spec);
        made_.jobs.works.push_back(work);
    }
    [[nodiscard]] job::request read_need(unsigned size, unsigned length, unsigned amounts, unsigned extras,
                                         cluster::ledger const& empty) const {
        static constexpr auto sizes = std::array{1, 1, 1, 2, 2, 3, 4, 8};
        auto const total = made_.cluster.gpus();
        if (on(feature::infeasible) && size == 255) return job::gang(static_cast<int>(total) + 1);
        auto need = job::gang(
            on(feature::gangs) ? static_cast<int>(std::min<std::int64_t>(sizes[size & 7u], total)) : 1);
        if (on(feature::spans)) need.span = static_cast<job::span>(size >> 3 & 3u);
        if (on(feature::models) && (extras & 0xc0u) != 0xc0u && (extras & 0xc0u) != 0)
            need.models = extras >> 6;
        if (on(feature::fractions) && need.gpus_max == 1) {
            static constexpr auto shares = std::array<std::uint16_t, 4>{1000, 500, 300, 250};
            need.milli = need.milli_min = shares[amounts & 3u];
            if ((amounts & 4u) != 0) need.milli_min = static_cast<std::uint16_t>(need.milli / 2);
        }
        if (on(feature::instances) && (extras & 32u) != 0) {
            auto const kind = made_.cluster.mig.front();
            auto const which = (length >> 3) % cluster::mig_device_of(kind).profiles;
            need.mig = cluster::mig_size_of(kind, static_cast<int>(which));
            need.milli = need.milli_min = cluster::mig_entry_of(need.mig).milli;
        }
        if (on(feature::host)) {
            need.cpu_milli = (amounts >> 3 & 3u) * 1'000;
            need.mem_mib = (amounts >> 5 & 3u) * 1'024;
        }
        if (on(feature::elastic)) {
            auto largest = need;
            largest.gpus_min = largest.gpus_max =
                static_cast<std::uint16_t>(std::min<std::int64_t>(total, need.gpus_max + (extras >> 2 & 3u)));
            if (placement::feasible(largest, empty)) need.gpus_max = largest.gpus_max;
        }
        return placement::feasible(need, empty) ? need : job::gang(1);
    }

    byte_source in_;
    feature allowed_;
    world under_{};
    feature features_{};
    millis unit_ = 1;
    sim_time at_{};
    trial made_;
};

} // namespace detail

/// Any bytes are a valid trial: ranges are taken modulo, what is missing is zero. Byte 0 and the high bit of byte 2 are
/// the world, bytes 1 and 2 the features; the cluster, the conditions, six bytes a job and the changes of capacity follow.
[[nodiscard]] inline trial decode(std::span<std::uint8_t const> bytes, feature allowed = feature::all) {
    return detail::decoder(bytes, allowed).read();
}

/// The world that those bytes begin with.
/// Expects   three bytes or more.
[[nodiscard]] inline world world_in(std::span<std::uint8_t const> bytes) noexcept {
    return static_cast<world>(bytes[0] | (bytes[2] >> 7) << 8);
}
/// Makes it another one.
/// Expects   three bytes or more.
inline void put_world(std::span<std::uint8_t> bytes, world under) noexcept {
    auto const bits = static_cast<unsigned>(under);
    bytes[0] = static_cast<std::uint8_t>(bits);
    bytes[2] = static_cast<std::uint8_t>((bytes[2] & 0x7fu) | (bits >> 8) << 7);
}

/// The trial that the seed draws, in the given world.
[[nodiscard]] inline trial draw(std::uint64_t seed, world under, feature allowed = feature::all) {
    auto bytes = std::vector<std::uint8_t>(160);
    auto random = rota::random(seed);
    auto const fill = [&](std::size_t from) {
        for (auto i = from; i != bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(random.below(256));
    };
    fill(0);
    if (seed / 2 % 2 == 0) // many a promise can be judged only where most features are absent
        for (auto i : {1u, 2u}) bytes[i] &= static_cast<std::uint8_t>(random.below(256));
    bytes.resize(176);
    fill(160); // last: without changes of capacity a trial is what it was in suite 2
    put_world(bytes, under);
    return decode(bytes, allowed);
}

} // namespace rota::verify

#endif
