// SPDX-License-Identifier: BSL-1.0
// Draws against the fitted laws. Bounds follow from the sample size: 1.63 / sqrt(n) is the 1 % point of the
// Kolmogorov-Smirnov distance, four standard deviations bound a rate. Seeds are fixed, so a pass is a pass.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <rapidcheck.h>

#include <rota/trace/generator.hpp>

#include "../cases.hpp"
#include "../tally.hpp"

namespace {

using namespace rota;

struct fits : tally {
    void below(double value, double bound, std::string const& what) {
        check(value < bound, what + ": " + std::to_string(value) + ", bound " + std::to_string(bound));
    }
    /// `hits` of `n` against a probability; `spread` widens the deviation for dependent draws.
    void rate(double hits, double n, double probability, std::string const& what, double spread = 1.0) {
        auto const deviation = std::sqrt(probability * (1.0 - probability) / n);
        below(std::abs(hits / n - probability), 4.0 * deviation * spread + 1e-9, what);
    }
} result;

double ks_bound(std::size_t n) { return 1.63 / std::sqrt(static_cast<double>(n)); }

/// sup |F_n - F|; `model` is right-continuous, `before` its limit from the left.
double ks(std::vector<double> sample, std::function<double(double)> const& model,
          std::function<double(double)> const& before) {
    std::ranges::sort(sample);
    auto const n = static_cast<double>(sample.size());
    auto worst = 0.0;
    for (auto i = std::size_t{0}; i != sample.size();) {
        auto next = i;
        while (next != sample.size() && sample[next] == sample[i]) ++next;
        worst = std::max({worst, std::abs(static_cast<double>(next) / n - model(sample[i])),
                          std::abs(static_cast<double>(i) / n - before(sample[i]))});
        i = next;
    }
    return worst;
}

/// KS distance of counted positions from weights.
double ks_counts(std::vector<double> const& counts, std::vector<double> const& weights) {
    auto const all = std::accumulate(counts.begin(), counts.end(), 0.0);
    auto const total = std::accumulate(weights.begin(), weights.end(), 0.0);
    auto worst = 0.0;
    auto seen = 0.0;
    auto expected = 0.0;
    for (auto i = std::size_t{0}; i != counts.size(); ++i) {
        seen += counts[i] / all;
        expected += weights[i] / total;
        worst = std::max(worst, std::abs(seen - expected));
    }
    return worst;
}

/// The fitted mixture, from another library's normal law.
double mixture_cdf(trace::lognormal_mixture const& law, double seconds) {
    auto sum = 0.0;
    auto total = 0.0;
    for (auto const& part : law) {
        sum += part.weight * boost::math::cdf(boost::math::normal{part.mu, part.sigma}, std::log(seconds));
        total += part.weight;
    }
    return sum / total;
}

/// The preset without bursts and with a constant rate: its draws are independent.
trace::preset independent(trace::preset from) {
    from.arrivals.burst_probability = 0.0;
    from.arrivals.hour.fill(1.0);
    from.arrivals.weekday.fill(1.0);
    from.arrivals.day_sigma = 0.0;
    return from;
}

trace::generator_settings untimed(trace::preset const& from, std::size_t jobs = 100'000) {
    auto asked = trace::generator_settings{};
    asked.preset = from;
    asked.jobs = jobs;
    asked.target.reset();
    return asked;
}

std::vector<double> gaps_s(job::workload const& jobs) {
    auto gaps = std::vector<double>{};
    for (auto i = std::size_t{1}; i < jobs.size(); ++i)
        gaps.push_back(static_cast<double>(jobs.specs[i].submit - jobs.specs[i - 1].submit) / 1000.0);
    return gaps;
}

/// Durations of each class; `spread` is the inflation of the KS bound.
void durations(trace::preset const& from, job::workload const& jobs, double spread, std::string const& what) {
    auto const s_max = trace::generator_settings{}.duration_s_max;
    for (auto size = std::size_t{0}; size != 4; ++size) {
        auto sample = std::vector<double>{};
        for (auto i = std::size_t{0}; i != jobs.size(); ++i)
            if (trace::duration_class(jobs.specs[i].need.gpus_min) == size)
                sample.push_back(static_cast<double>(jobs.works[i].duration_ms) / 1000.0);
        if (sample.size() < 50) continue; // openb has no gang of more than eight
        auto const& law = from.durations[size];
        auto const cut =
            from.tail == trace::short_tail::truncated ? mixture_cdf(law, from.duration_s_min) : 0.0;
        auto const model = [&](double s) {
            return s >= s_max ? 1.0 : (mixture_cdf(law, s) - cut) / (1.0 - cut);
        };
        auto const before = [&](double s) {
            return s <= from.duration_s_min ? 0.0 : (mixture_cdf(law, s) - cut) / (1.0 - cut);
        };
        result.below(ks(sample, model, before), ks_bound(sample.size()) * spread,
                     what + " durations, class " + std::to_string(size));
    }
}

void demand(trace::preset const& from, job::workload const& jobs, int gpus_max, std::string const& what) {
    auto whole = std::map<int, double>{};
    auto part = std::map<int, double>{};
    for (auto const& one : jobs.specs) one.need.whole() ? ++whole[one.need.gpus_min] : ++part[one.need.milli];
    auto const against = [&](std::map<int, double> seen, std::span<trace::weighted_size const> table,
                             int most, std::string const& of) {
        auto counts = std::vector<double>{};
        auto weights = std::vector<double>{};
        auto n = 0.0;
        for (auto const& entry : table) {
            if (entry.size > most) continue;
            n += seen[entry.size];
            counts.push_back(seen[entry.size]);
            weights.push_back(entry.weight);
            seen.erase(entry.size);
        }
        result.check(seen.empty(), what + of + " outside the table");
        result.below(ks_counts(counts, weights), ks_bound(static_cast<std::size_t>(n)), what + of);
    };
    against(whole, from.gpus, gpus_max, " GPUs");
    auto shared = 0.0;
    for (auto const& [milli, count] : part) shared += count;
    result.rate(shared, static_cast<double>(jobs.size()), from.sharing, what + " share of a GPU");
    if (shared > 0) against(part, from.milli, whole_gpu, " milli");
}

void independent_draws(trace::preset const& fitted) {
    auto const name = std::string{fitted.name};
    auto const from = independent(fitted);
    auto const jobs = trace::generate(untimed(from));
    auto const n = static_cast<double>(jobs.size());

    durations(from, jobs, 1.0, name);
    demand(from, jobs, 65535, name);
    auto clipped = untimed(from);
    clipped.gpus_max = 8;
    demand(from, trace::generate(clipped), 8, name + " up to 8");

    auto const& gap = from.arrivals;
    auto const hyperexponential = [&](double s) {
        auto const p = gap.short_probability;
        return p * -std::expm1(-s / gap.gap_s / gap.short_gap) +
               (1.0 - p) * -std::expm1(-s / gap.gap_s / gap.long_gap);
    };
    result.below(ks(gaps_s(jobs), hyperexponential, hyperexponential), ks_bound(jobs.size() - 1),
                 name + " gaps");

    auto users = std::vector<double>(100);
    auto tenants = std::vector<double>(15);
    auto tenant_of = std::map<user_id, tenant_id>{};
    auto ends = std::map<job::outcome, double>{};
    auto log_run = std::map<job::outcome, double>{};
    auto class_ends = std::map<job::outcome, double>{};
    auto one_tenant = true;
    for (auto i = std::size_t{0}; i != jobs.size(); ++i) {
        auto const& one = jobs.specs[i];
        ++users[index(one.user)];
        ++tenants[index(one.tenant) - 1u];
        one_tenant = one_tenant && tenant_of.try_emplace(one.user, one.tenant).first->second == one.tenant;
        ++ends[jobs.works[i].ends];
        if (one.need.gpus_min != 1) continue;
        ++class_ends[jobs.works[i].ends];
        log_run[jobs.works[i].ends] += std::log(static_cast<double>(jobs.works[i].duration_ms));
    }
    auto user_law = std::vector<double>{};
    for (auto rank = 1; rank <= 100; ++rank) user_law.push_back(std::pow(rank, -1.15));
    result.below(ks_counts(users, user_law), ks_bound(jobs.size()), name + " users");
    result.check(one_tenant, name + ": each user has one tenant");
    auto tenant_law = std::vector<double>{};
    for (auto rank = 1; rank <= 15; ++rank) tenant_law.push_back(std::pow(rank, -1.75));
    result.below(ks_counts(tenants, tenant_law), ks_bound(jobs.size()) + 0.01, // users are not divisible
                 name + " tenants");
    result.rate(ends[job::outcome::cancelled], n, from.cancelled, name + " cancelled");
    result.rate(ends[job::outcome::failed], n, from.failed, name + " failed");
    auto const mean = [&](job::outcome end) { return log_run[end] / class_ends[end]; };
    result.check(mean(job::outcome::failed) < mean(job::outcome::completed) &&
                     mean(job::outcome::completed) < mean(job::outcome::cancelled),
                 name + ": the short fail, the long are cancelled");
}

/// Bursts leave the law of one job alone; n draws are worth n (1 - b) / (1 + b) at least.
void marginals_under_bursts(trace::preset const& from) {
    auto const b = from.arrivals.burst_probability;
    auto const spread = std::sqrt((1.0 + b) / (1.0 - b));
    auto const jobs = trace::generate(untimed(from));
    durations(from, jobs, spread, std::string{from.name} + " in bursts");
    auto counts = std::vector<double>(from.gpus.size());
    auto weights = std::vector<double>{};
    for (auto const& entry : from.gpus) {
        for (auto const& one : jobs.specs)
            counts[weights.size()] += one.need.whole() && one.need.gpus_min == entry.size;
        weights.push_back(entry.weight);
    }
    result.below(ks_counts(counts, weights), ks_bound(jobs.size()) * spread / std::sqrt(1.0 - from.sharing),
                 std::string{from.name} + " GPUs in bursts");
}

std::vector<double> ranks(std::vector<double> const& sample) {
    auto order = std::vector<std::size_t>(sample.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order,
                      [&](auto a, auto b) { return std::pair{sample[a], a} < std::pair{sample[b], b}; });
    auto rank = std::vector<double>(sample.size());
    for (auto i = std::size_t{0}; i != order.size(); ++i) rank[order[i]] = static_cast<double>(i);
    return rank;
}

double correlation(std::vector<double> const& x, std::vector<double> const& y) {
    auto const n = static_cast<double>(x.size());
    auto const mean = [n](auto const& v) { return std::accumulate(v.begin(), v.end(), 0.0) / n; };
    auto const mx = mean(x);
    auto const my = mean(y);
    auto xy = 0.0;
    auto xx = 0.0;
    auto yy = 0.0;
    for (auto i = std::size_t{0}; i != x.size(); ++i) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
    }
    return xy / std::sqrt(xx * yy);
}

/// One endless burst shows how its jobs resemble their predecessors.
void bursts(trace::preset const& fitted) {
    auto const name = std::string{fitted.name};
    auto from = fitted;
    from.arrivals.burst_probability = 1.0;
    auto jobs = trace::generate(untimed(from));
    auto const pairs = static_cast<double>(jobs.size() - 1);
    auto const exponential = [&](double s) { return -std::expm1(-s / from.arrivals.burst_gap_s); };
    auto const ms = 1.0 / (1000.0 * from.arrivals.burst_gap_s); // the probability that rounding moves
    result.below(ks(gaps_s(jobs), exponential, exponential), ks_bound(jobs.size() - 1) + ms,
                 name + " burst gaps");
    auto same = 0.0;
    auto one_user = true;
    for (auto i = std::size_t{1}; i != jobs.size(); ++i) {
        same += jobs.specs[i].need == jobs.specs[i - 1].need;
        one_user = one_user && jobs.specs[i].user == jobs.specs[i - 1].user;
    }
    result.check(one_user, name + ": a burst has one user");
    if (from.burst_same_gpus > 0.0)
        result.rate(same, pairs, from.burst_same_gpus, name + " same GPUs in bursts", 2.0);

    static constexpr trace::weighted_size eight[] = {{8, 1}};
    from.gpus = eight;
    from.sharing = 0.0;
    from.duration_s_min = 1e-3; // no ties
    from.tail = trace::short_tail::clamped;
    jobs = trace::generate(untimed(from));
    auto runs = std::vector<double>{};
    for (auto const& one : jobs.works) runs.push_back(static_cast<double>(one.duration_ms));
    auto const rank = ranks(runs);
    auto const found = correlation({rank.begin(), rank.end() - 1}, {rank.begin() + 1, rank.end()});
    result.below(std::abs(found - from.burst_duration_spearman), 4.0 / std::sqrt(pairs),
                 name + " rank correlation in bursts");

    from = independent(fitted);
    from.arrivals.burst_probability = fitted.arrivals.burst_probability;
    from.arrivals.burst_gap_s = 0.0; // a burst shows as one moment
    auto together = 0.0;
    for (auto const gap : gaps_s(trace::generate(untimed(from)))) together += gap == 0.0;
    result.rate(together, pairs, fitted.arrivals.burst_probability, name + " burst probability");
}

/// Jobs by hour of the day and by weekday over whole weeks. Counts of a renewal process deviate as its
/// squared coefficient of variation says.
void rhythm(trace::preset const& fitted) {
    auto from = fitted;
    from.arrivals.burst_probability = 0.0;
    from.arrivals.day_sigma = 0.0;
    auto const& gap = from.arrivals;
    auto const mean = gap.short_probability * gap.short_gap + (1.0 - gap.short_probability) * gap.long_gap;
    auto const square = 2.0 * (gap.short_probability * gap.short_gap * gap.short_gap +
                               (1.0 - gap.short_probability) * gap.long_gap * gap.long_gap);
    auto const cv2 = square / (mean * mean) - 1.0;
    auto const jobs = trace::generate(untimed(from));
    constexpr auto week = std::int64_t{7} * 24;
    auto const weeks = index(jobs.specs.back().submit) / 3'600'000 / week;
    auto hours = std::vector<double>(24);
    auto days = std::vector<double>(7);
    auto n = 0.0;
    for (auto const& one : jobs.specs) {
        auto const hour = index(one.submit) / 3'600'000;
        if (hour >= weeks * week) break;
        ++n;
        ++hours[static_cast<std::size_t>(hour % 24)];
        ++days[static_cast<std::size_t>(hour / 24 % 7)];
    }
    auto const against = [&](std::vector<double> const& counts, auto const& factors, char const* what) {
        auto const total = std::accumulate(factors.begin(), factors.end(), 0.0);
        for (auto i = std::size_t{0}; i != counts.size(); ++i)
            result.rate(counts[i], n, factors[i] / total, std::string{from.name} + what + std::to_string(i),
                        std::sqrt(cv2));
    };
    against(hours, gap.hour, " hour ");
    against(days, gap.weekday, " weekday ");
}

/// ln of the day factors, read off the time that a minute of operation takes at midnight.
void day_factors(trace::preset const& from) {
    auto const model = independent(from).arrivals;
    auto wandering = model;
    wandering.day_sigma = from.arrivals.day_sigma;
    wandering.day_lag1 = from.arrivals.day_lag1;
    auto days = trace::calendar{wandering, 7};
    auto logs = std::vector<double>{};
    constexpr auto day_us = std::int64_t{86'400'000'000};
    constexpr auto minute_us = std::int64_t{60'000'000};
    for (auto day = std::int64_t{0}; day != 20'000; ++day)
        logs.push_back(std::log(static_cast<double>(minute_us) /
                                static_cast<double>(days.after(day * day_us, minute_us) - day * day_us)));
    auto const n = static_cast<double>(logs.size());
    auto const sigma = from.arrivals.day_sigma;
    auto const lag1 = from.arrivals.day_lag1;
    auto const mean = std::accumulate(logs.begin(), logs.end(), 0.0) / n;
    auto variance = 0.0;
    for (auto const x : logs) variance += (x - mean) * (x - mean) / n;
    auto const spread = std::sqrt((1.0 + lag1) / (1.0 - lag1)); // of an autoregression's mean
    auto const name = std::string{from.name} + " day factors: ";
    result.below(std::abs(mean + sigma * sigma / 2.0), 4.0 * sigma * spread / std::sqrt(n), name + "mean");
    result.below(std::abs(std::sqrt(variance) / sigma - 1.0), 4.0 * spread / std::sqrt(2.0 * n),
                 name + "sigma");
    result.below(std::abs(correlation({logs.begin(), logs.end() - 1}, {logs.begin() + 1, logs.end()}) - lag1),
                 4.0 / std::sqrt(n), name + "lag 1");
}

/// A minute of operation may cross hours and days; in pieces it ends at the same moment but for rounding.
void calendar_adds_up() {
    auto whole = trace::calendar{trace::helios_venus.arrivals, 3};
    auto pieces = trace::calendar{trace::helios_venus.arrivals, 3};
    auto at = std::int64_t{0};
    auto stream = rota::random{5};
    auto total = std::int64_t{0};
    for (auto i = 0; i != 10'000; ++i) {
        auto const gap = static_cast<std::int64_t>(stream.below(2'000'000'000));
        total += gap;
        at = pieces.after(at, gap);
    }
    // a piece loses less than 1 us / rate, and the slowest rate of this calendar is above 1 / 100
    result.below(std::abs(static_cast<double>(whole.after(0, total) - at)), 10'000 * 100.0,
                 "calendar adds up");
}

void quantiles(trace::preset const& from) {
    for (auto const& fitted : from.durations) {
        auto const law = trace::duration_law{fitted, 0.01, 1e9, trace::short_tail::clamped};
        auto worst = 0.0;
        for (auto i = 1; i != 20'000; ++i) {
            auto const quantile = i / 20'000.0;
            auto const s = static_cast<double>(law.at(quantile)) / 1000.0;
            if (s > 100.0) worst = std::max(worst, std::abs(mixture_cdf(fitted, s) - quantile));
        }
        result.below(worst, 1e-4, std::string{from.name} + " quantiles"); // of which 2e-5 for 1 ms of 100 s
    }
    auto const law = trace::duration_law{from.durations[0], 1.0, 100.0, trace::short_tail::clamped};
    result.check(law.at(0.0) == 1000 && law.at(1.0) == 100'000, std::string{from.name} + " clamps");
}

void weights() {
    auto const law = trace::weighted{{0, 1, 0, 3, 0}};
    auto stream = rota::random{11};
    auto counts = std::vector<double>(5);
    for (auto i = 0; i != 100'000; ++i) ++counts[law(stream)];
    result.check(counts[0] + counts[2] + counts[4] == 0.0, "a weight of 0 is never drawn");
    result.rate(counts[1], 100'000, 0.25, "a weight of 1 in 4");
}

void campaigns() {
    auto asked = untimed(trace::helios_venus);
    auto const dispersion = [](job::workload const& jobs) {
        auto counts =
            std::vector<double>(static_cast<std::size_t>(index(jobs.specs.back().submit) / 3'600'000));
        for (auto const& one : jobs.specs)
            if (auto const hour = static_cast<std::size_t>(index(one.submit) / 3'600'000);
                hour < counts.size())
                ++counts[hour];
        auto const n = static_cast<double>(counts.size());
        auto const mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
        auto variance = 0.0;
        for (auto const count : counts) variance += (count - mean) * (count - mean) / n;
        return variance / mean;
    };
    auto const without = dispersion(trace::generate(asked));
    asked.campaign_every = 2'000;
    auto const with = dispersion(trace::generate(asked));
    std::printf("hourly index of dispersion, helios_venus: %.1f, with campaigns %.1f\n", without, with);
    result.below(std::abs(without - 18.6), 2.0, "index of dispersion of the burst model");
    result.check(with > 1.5 * without, "campaigns make arrivals burstier");

    auto endless = untimed(independent(trace::helios_venus));
    endless.campaign_every = 1; // one campaign after the other
    auto const jobs = trace::generate(endless);
    auto shortest = jobs.size();
    auto longest = std::size_t{0};
    auto run = std::size_t{1};
    for (auto const gap : gaps_s(jobs)) {
        if (gap < 30.0) {
            ++run;
            continue;
        } // a gap in a campaign has mean 1.4 s
        longest = std::max(longest, run);
        if (run > 1) shortest = std::min(shortest, run);
        run = 1;
    }
    result.check(shortest >= 100, "campaigns have 100 jobs, the shortest " + std::to_string(shortest));
    result.check(longest > 300, "campaigns have a tail, the longest " + std::to_string(longest));
}

std::uint64_t hash(job::workload const& jobs) {
    auto sum = std::uint64_t{14695981039346656037u};
    auto const mix = [&sum](auto value) {
        for (auto rest = static_cast<std::uint64_t>(value), i = std::uint64_t{0}; i != 8; ++i, rest >>= 8)
            sum = (sum ^ (rest & 255u)) * 1099511628211u;
    };
    for (auto i = std::size_t{0}; i != jobs.size(); ++i) {
        auto const& one = jobs.specs[i];
        mix(index(one.submit));
        mix(one.need.gpus_min);
        mix(one.need.milli);
        mix(index(one.user));
        mix(index(one.tenant));
        mix(one.limit_ms);
        mix(jobs.works[i].duration_ms);
        mix(jobs.works[i].ends);
    }
    for (auto const& one : jobs.tenants) {
        mix(one.weight);
        mix(one.nominal_milli);
    }
    return sum;
}

void reproducible() {
    constexpr std::uint64_t golden[] = {0x7d9a1ab28e8e6dd1u, 0xeb476304b05b177fu, 0x73ced2efbe269216u,
                                        0xf1bb80d5a55f5bcfu, 0x1a382c3dce0513a3u};
    for (auto i = std::size_t{0}; i != trace::presets.size(); ++i) {
        auto asked = trace::generator_settings{};
        asked.preset = trace::presets[i];
        auto const jobs = trace::generate(asked);
        auto const name = std::string{asked.preset.name};
        char text[32];
        std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(hash(jobs)));
        result.check(hash(jobs) == golden[i], name + " is what it was: " + text);
        result.check(trace::generate(asked) == jobs, name + ": same seed, same jobs");
        asked.seed = 2;
        auto const other = trace::generate(asked);
        result.check(!(other.specs == jobs.specs) && !(other.works == jobs.works),
                     name + ": other seed, other jobs");
        auto const found = trace::find_preset(name);
        result.check(found && found->name == name, name + " is found");
    }
    result.check(!trace::find_preset("venus"), "an unknown name is nothing");
}

void default_workload() {
    auto const jobs = trace::generate({});
    auto nominal = std::int64_t{0};
    for (auto const& one : jobs.tenants) nominal += one.nominal_milli;
    result.check(jobs.size() == 100'000 && jobs.tenants.size() == 16,
                 "the default has 100,000 jobs, 15 tenants");
    result.check(nominal == 10'000 * 1000, "tenants divide the GPUs");
    auto falling = true;
    for (auto i = std::size_t{2}; i != jobs.tenants.size(); ++i)
        falling = falling && jobs.tenants[i].weight <= jobs.tenants[i - 1].weight;
    result.check(falling, "tenant weights fall");
}

/// Whatever is asked, every job is one that a cluster can be given, and the load is met.
bool settings_are_kept() {
    return rc::check("settings are kept", [] {
        auto asked = trace::generator_settings{};
        asked.preset = trace::presets[*rc::gen::inRange<std::size_t>(0, trace::presets.size())];
        asked.jobs = *rc::gen::inRange<std::size_t>(2, 400);
        asked.seed = *rc::gen::arbitrary<std::uint64_t>();
        asked.gpus_max = *rc::gen::inRange<std::uint16_t>(1, 200);
        asked.people.users = *rc::gen::inRange<std::uint32_t>(1, 50);
        asked.people.tenants = *rc::gen::inRange<std::uint16_t>(1, 20);
        asked.duration_s_max = 86400.0 * *rc::gen::inRange(1, 30);
        asked.campaign_every = *rc::gen::element(0u, 0u, 3u, 50u);
        asked.priority_weights.assign(*rc::gen::inRange<std::size_t>(1, 4), 2);
        if (*rc::gen::arbitrary<bool>()) asked.limit_permille.clear();
        auto const gpus = *rc::gen::inRange<std::int64_t>(1, 1000);
        auto const load = *rc::gen::inRange(10, 500) / 100.0;
        asked.target = trace::target_load{.gpus = gpus, .load = load};
        auto const jobs = trace::generate(asked);

        RC_ASSERT(jobs.size() == asked.jobs);
        RC_ASSERT(jobs.works.size() == asked.jobs);
        RC_ASSERT(jobs.tenants.size() == asked.people.tenants + 1u);
        RC_ASSERT(index(jobs.specs.front().submit) == 0);
        auto work = 0.0L;
        auto before = sim_time{};
        for (auto i = std::size_t{0}; i != jobs.size(); ++i) {
            auto const& one = jobs.specs[i];
            auto const& run = jobs.works[i];
            RC_ASSERT(before <= one.submit);
            before = one.submit;
            RC_ASSERT(one.need.rigid() && 1 <= one.need.gpus_min && one.need.gpus_min <= asked.gpus_max);
            RC_ASSERT(1 <= one.need.milli && one.need.milli <= whole_gpu &&
                      one.need.milli_min == one.need.milli);
            RC_ASSERT(one.need.whole() || (one.need.gpus_min == 1 && asked.preset.sharing > 0.0));
            RC_ASSERT(index(one.user) < asked.people.users);
            RC_ASSERT(1 <= index(one.tenant) && index(one.tenant) <= asked.people.tenants);
            RC_ASSERT(0 <= one.priority &&
                      static_cast<std::size_t>(one.priority) < asked.priority_weights.size());
            RC_ASSERT((asked.limit_permille.empty() ? one.limit_ms == 0 : one.limit_ms >= run.duration_ms));
            RC_ASSERT(asked.preset.duration_s_min * 1000.0 <= static_cast<double>(run.duration_ms));
            RC_ASSERT(static_cast<double>(run.duration_ms) <= asked.duration_s_max * 1000.0);
            RC_ASSERT(run.ends == job::outcome::completed || run.ends == job::outcome::failed ||
                      run.ends == job::outcome::cancelled);
            work += static_cast<long double>(run.duration_ms) * one.need.gpus_min * one.need.milli;
        }
        auto const span_ms = static_cast<double>(jobs.specs.back().submit - jobs.specs.front().submit);
        auto const capacity = 1000.0 * static_cast<double>(gpus) * span_ms;
        if (static_cast<double>(work) / static_cast<double>(gpus) / load >= 1e6) // a span of a second, in us
            RC_ASSERT(std::abs(static_cast<double>(work) / capacity / load - 1.0) < 0.01);
    });
}

} // namespace

int main() {
    for (auto const& one : trace::presets) {
        independent_draws(one);
        marginals_under_bursts(one);
        bursts(one);
        rhythm(one);
        day_factors(one);
        quantiles(one);
        if (cases_wanted(10'000) < 1'000) break; // where few are asked for, each takes seconds
    }
    calendar_adds_up();
    weights();
    campaigns();
    default_workload();
    reproducible();
    result.check(settings_are_kept(), "settings are kept");
    return result.end();
}
