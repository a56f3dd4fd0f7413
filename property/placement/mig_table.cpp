// SPDX-License-Identifier: BSL-1.0
// The look-ups of MIG against the rules spelled out: every state, and every sequence of up to six requests on one GPU.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/placement/mig_table.hpp>

#include "../tally.hpp"
#include "mig_rules.hpp"

namespace {

using namespace rota;
using namespace mig_rules;
using cluster::mig_kind;
using cluster::mig_layout;

auto told = tally{};

void every_state(char const* name, mig_device const& on, placement::mig_weights const& weigh,
                 placement::mig_table const& table) {
    for (auto mask = 0u; mask != 1u << on.slices; ++mask) {
        auto const taken = of_mask(mask);
        auto const where = std::string{name} + ", state " + std::to_string(mask);
        told.check(table.fragmentation(mask) == fragments(on, weigh, taken), where + ": fragmentation");
        for (auto p = 0; p != on.profiles; ++p) {
            auto const start = best(on, weigh, p, taken, starts(on, p, taken));
            auto const here = where + ", " + on.of[p].name;
            told.check(table.fits(p, mask) == !starts(on, p, taken).empty(), here + ": fits");
            if (start < 0) {
                told.check(table.best_start(p, mask) == placement::mig_table::nowhere, here + ": nowhere");
                continue;
            }
            told.check(table.best_start(p, mask) == start, here + ": best start");
            told.check(table.drop(p, mask) ==
                           fragments(on, weigh, taken) - fragments(on, weigh, with(on, p, start, taken)),
                       here + ": drop");
        }
    }
}

/// All of them have room together, by trying every way to lay them.
bool room(mig_device const& on, std::vector<int> const& asked, std::size_t from, slices const& taken) {
    if (from == asked.size()) return true;
    for (auto s : starts(on, asked[from], taken))
        if (room(on, asked, from + 1, with(on, asked[from], s, taken))) return true;
    return false;
}

/// Lays requests one after the other, never moving one, and counts the sequences that lie as a whole.
class sequences {
public:
    enum class rule { least_fragmentation, lowest, highest };

    sequences(mig_device const& on, placement::mig_table const& table, std::size_t most)
        : on_{&on}, table_{&table}, most_{most} {}

    void run() {
        auto asked = std::vector<int>{};
        walk(asked, {mig_layout{}, mig_layout{}, mig_layout{}}, {true, true, true});
    }
    [[nodiscard]] int possible() const { return possible_; }
    [[nodiscard]] int laid(rule by) const { return laid_[static_cast<std::size_t>(by)]; }

private:
    using layouts = std::array<mig_layout, 3>; ///< one for each rule

    void walk(std::vector<int>& asked, layouts const& before, std::array<bool, 3> const& whole) {
        if (asked.size() == most_) return;
        for (auto p = 0; p != on_->profiles; ++p) {
            asked.push_back(p);
            auto after = before;
            auto all = whole;
            for (auto by = std::size_t{0}; by != after.size(); ++by) {
                auto const taken = of_mask(after[by].taken(*on_));
                auto const open = starts(*on_, p, taken);
                auto const fits = table_->fits(p, after[by].taken(*on_));
                told.check(fits == !open.empty(), "a request fits where a start is open");
                if (open.empty()) {
                    all[by] = false;
                    continue;
                }
                auto const start = by == 0   ? int{table_->best_start(p, after[by].taken(*on_))}
                                   : by == 1 ? open.front()
                                             : open.back();
                told.check(std::find(open.begin(), open.end(), start) != open.end() &&
                               after[by].fits(*on_, p, start),
                           "it lies at an open start");
                after[by] = after[by].with(p, start);
                told.check(legal(after[by], *on_), "what lies there is a layout");
                auto compute = 0;
                for (auto begin : after[by].begins)
                    if (begin != 0) compute += on_->of[begin - 1].compute;
                told.check(compute <= on_->compute, "compute slices are enough");
            }
            auto sorted = asked;
            std::sort(sorted.begin(), sorted.end());
            auto [known, fresh] = room_.try_emplace(sorted, false);
            if (fresh) known->second = room(*on_, sorted, 0, {});
            possible_ += known->second;
            for (auto by = std::size_t{0}; by != all.size(); ++by) {
                laid_[by] += all[by];
                told.check(!all[by] || known->second, "nothing lies that has no room");
            }
            walk(asked, after, all);
            asked.pop_back();
        }
    }

    mig_device const* on_;
    placement::mig_table const* table_;
    std::size_t most_;
    std::map<std::vector<int>, bool> room_;
    int possible_ = 0;
    std::array<int, 3> laid_{};
};

void every_sequence(char const* name, mig_kind kind) {
    auto all = sequences{cluster::mig_device_of(kind), placement::mig_table_of(kind), 6};
    all.run();
    auto const best = all.laid(sequences::rule::least_fragmentation);
    std::printf("%s: of %d sequences with room, laid whole: %d at the best start, %d at the lowest, %d at "
                "the highest\n",
                name, all.possible(), best, all.laid(sequences::rule::lowest),
                all.laid(sequences::rule::highest));
    told.check(best >= all.laid(sequences::rule::lowest), "the best start lays no fewer than the lowest");
    told.check(best >= all.laid(sequences::rule::highest), "the best start lays no fewer than the highest");
}

/// Parts of a layout are those of which something was taken away, and only those.
void parts() {
    auto const& on = cluster::mig_device_of(mig_kind::a100);
    auto const whole = mig_layout{}.with(cluster::mig_a100::four, 0).with(cluster::mig_a100::two, 4);
    told.check(legal(whole, on) && whole.taken(on) == 0b0011'1111, "4g and 2g");
    told.check(whole.without(0).part_of(whole) && whole.without(4).part_of(whole), "part of itself");
    told.check(!whole.part_of(whole.without(0)), "not the other way round");
    told.check(!mig_layout{}.with(cluster::mig_a100::one_double, 4).part_of(whole),
               "another profile at the same slice");
    told.check(!whole.fits(on, cluster::mig_a100::two, 4) && !whole.fits(on, cluster::mig_a100::one, 7),
               "neither twice nor where it may not begin");
    auto crossed = mig_layout{}.with(cluster::mig_a100::three, 0).with(cluster::mig_a100::one, 3);
    told.check(!legal(crossed, on), "an instance inside another");
    told.check(!legal(mig_layout{}.with(cluster::mig_a100::two, 6), on), "where it may not begin");
}

} // namespace

int main() {
    for (auto kind : {mig_kind::a100, mig_kind::a30}) {
        auto const* name = kind == mig_kind::a100 ? "a100" : "a30";
        auto const& on = cluster::mig_device_of(kind);
        every_state(name, on, {}, placement::mig_table_of(kind));
        auto const weigh = placement::mig_weights{{7, 0, 3, 5, 1, 2}};
        every_state(name, on, weigh, placement::mig_table{on, weigh});
        every_sequence(name, kind);
    }
    parts();
    return told.end();
}
