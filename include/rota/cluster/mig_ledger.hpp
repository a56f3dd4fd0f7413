// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLUSTER_MIG_LEDGER_HPP
#define ROTA_CLUSTER_MIG_LEDGER_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <rota/cluster/bitmap.hpp>
#include <rota/cluster/ledger.hpp>
#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_layout.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/config.hpp>
#include <rota/core/units.hpp>

namespace rota::cluster {

/// How the GPUs of one model may be split.
struct mig_rule {
    mig_kind kind = mig_kind::none;
    std::vector<mig_layout> listed; ///< its instances are always part of one of these; empty: any will do
};

/// An instance of a split GPU, and the CPU and memory that go with it.
struct mig_instance {
    node_id node{};
    std::uint8_t gpu = 0;
    std::uint8_t profile = 0; ///< by number, of the mig_device of its model
    std::uint8_t start = 0;   ///< its first memory slice
    std::uint32_t cpu_milli = 0;
    std::uint32_t mem_mib = 0;

    friend bool operator==(mig_instance const&, mig_instance const&) = default;
};

/// A ledger some of whose GPUs are split into instances.
///
/// Meaning   A split GPU is held as a whole in whole(): no job and no share can get it, whatever policy
///           asks. To split and to join are explicit, for they need an idle GPU and take a cluster seconds.
/// Index     per GPU model that can be split: the split GPUs of open nodes by their taken slices; 256 bits
///           a GPU.
/// Undo      as of a ledger: begin(), checkpoint(), rollback(mark), end(), splits and joins included.
class mig_ledger {
public:
    struct mark {
        ledger::mark whole;
        std::size_t split;
    };

    /// Takes a rule for each GPU model, by its number; models without one cannot be split.
    mig_ledger(spec const& cluster, std::vector<mig_rule> rules) : whole_{cluster}, rules_{std::move(rules)} {
        ROTA_EXPECTS(std::all_of(rules_.begin(), rules_.end(), legal_rule),
                     "a listed layout is one of the device");
        rules_.resize(std::max(rules_.size(), cluster.models.size()));
        split_.assign(cluster.nodes.size(), 0);
        auto largest = 1u;
        for (auto const& node : cluster.nodes) {
            ROTA_EXPECTS(index(node.model) < rules_.size(), "a node's model is one of the cluster's");
            largest = std::max<unsigned>(largest, node.gpus);
        }
        shift_ = static_cast<unsigned>(std::bit_width(largest - 1));
        layouts_.resize(cluster.nodes.size() << shift_);
        taken_.assign(layouts_.size(), 0);
        by_taken_.resize(rules_.size() * states);
        how_many_.assign(rules_.size() * states, 0);
        for (auto m = std::size_t{0}; m != rules_.size(); ++m)
            for (auto t = 0u; rules_[m].kind != mig_kind::none && t <= mig_device_of(rules_[m].kind).all();
                 ++t)
                by_taken_[m * states + t] = bitmap(layouts_.size());
    }
    mig_ledger(spec&&, std::vector<mig_rule>) = delete; ///< the spec outlives the ledger

    // --- state
    /// What is left for jobs that want GPUs, or shares of them.
    [[nodiscard]] ledger const& whole() const noexcept { return whole_; }
    [[nodiscard]] std::uint32_t size() const noexcept { return whole_.size(); }
    [[nodiscard]] mig_rule const& rule(gpu_model m) const noexcept { return rules_[index(m)]; }
    [[nodiscard]] mig_rule const& rule(node_id n) const noexcept { return rule(whole_.of(n).model); }
    [[nodiscard]] mig_device const& device(node_id n) const noexcept { return mig_device_of(rule(n).kind); }
    /// Mask of the GPUs that are split.
    [[nodiscard]] std::uint16_t split_gpus(node_id n) const noexcept { return split_[index(n)]; }
    [[nodiscard]] mig_layout const& layout(node_id n, int gpu) const noexcept { return layouts_[at(n, gpu)]; }
    /// Its memory slices that are taken.
    [[nodiscard]] std::uint8_t taken(node_id n, int gpu) const noexcept { return taken_[at(n, gpu)]; }
    [[nodiscard]] node_id node_of(std::uint32_t number) const noexcept { return node_id{number >> shift_}; }
    [[nodiscard]] int gpu_of(std::uint32_t number) const noexcept {
        return static_cast<int>(number & ((1u << shift_) - 1u));
    }

    // --- index
    /// Split GPUs of open nodes of the model, with exactly these memory slices taken: by a number that rises
    /// with the node, then with the GPU; see node_of, gpu_of.
    [[nodiscard]] bitmap const& with_taken(gpu_model m, unsigned taken) const noexcept {
        return by_taken_[index(m) * states + taken];
    }
    [[nodiscard]] std::uint32_t count_with(gpu_model m, unsigned taken) const noexcept {
        return how_many_[index(m) * states + taken];
    }

    /// The operator lets a GPU of that node be split so.
    [[nodiscard]] bool permits(node_id n, mig_layout const& wanted) const noexcept {
        auto const& listed = rule(n).listed;
        return listed.empty() || std::any_of(listed.begin(), listed.end(), [&wanted](mig_layout const& one) {
                   return wanted.part_of(one);
               });
    }
    [[nodiscard]] bool may_split(node_id n, int gpu) const noexcept {
        return rule(n).kind != mig_kind::none && (whole_.state().whole(n) >> gpu & 1u) != 0;
    }
    /// The GPU is split, and the slices, the CPU and the memory are free. Says nothing of `open`.
    [[nodiscard]] bool fits(mig_instance const& one) const noexcept {
        if (index(one.node) >= size() || one.gpu >= gpus_per_node_max ||
            (split_gpus(one.node) >> one.gpu & 1u) == 0)
            return false;
        auto const& now = layout(one.node, one.gpu);
        return now.fits(device(one.node), one.profile, one.start) &&
               permits(one.node, now.with(one.profile, one.start)) && whole_.state().fits(beside(one));
    }

    // --- changes
    /// Expects may_split(n, gpu).
    void split(node_id n, int gpu) {
        ROTA_EXPECTS(may_split(n, gpu), "only an idle GPU of a kind that can be split is");
        whole_.take(all_of(n, gpu));
        note({step::splitting, {.node = n, .gpu = static_cast<std::uint8_t>(gpu)}});
    }
    /// Expects a split GPU without instances.
    void join(node_id n, int gpu) {
        ROTA_EXPECTS((split_gpus(n) >> gpu & 1u) != 0 && taken(n, gpu) == 0,
                     "only an empty split GPU is joined");
        whole_.give(all_of(n, gpu));
        note({step::joining, {.node = n, .gpu = static_cast<std::uint8_t>(gpu)}});
    }
    /// Expects fits(one).
    void take(mig_instance const& one) {
        ROTA_EXPECTS(fits(one), "a memory slice is never given out twice");
        whole_.take(beside(one));
        note({step::taking, one});
    }
    /// Expects that it was taken.
    void give(mig_instance const& one) {
        ROTA_EXPECTS((split_gpus(one.node) >> one.gpu & 1u) != 0 &&
                         layout(one.node, one.gpu).has(one.profile, one.start),
                     "an instance is never given back twice");
        whole_.give(beside(one));
        note({step::giving, one});
    }
    /// Expects whole().fits(p).
    void take(placement const& p) { whole_.take(p); }
    void give(placement const& p) {
        for (auto const& part : p) {
            ROTA_EXPECTS((part.gpus & split_gpus(part.node)) == 0, "a split GPU is joined, not given back");
            whole_.give(part);
        }
    }
    void set_open(node_id n, bool open) {
        if (whole_.open(n) == open) return;
        for (auto left = unsigned{split_gpus(n)}; left != 0; left &= left - 1)
            list(n, std::countr_zero(left), open);
        whole_.set_open(n, open);
    }

    // --- transaction
    void begin() noexcept {
        whole_.begin();
        journalling_ = true;
        journal_.clear();
    }
    void end() noexcept {
        whole_.end();
        journalling_ = false;
        journal_.clear();
    }
    [[nodiscard]] mark checkpoint() const noexcept { return {whole_.checkpoint(), journal_.size()}; }
    /// Undoes, newest first, what happened since the mark. Marks nest.
    void rollback(mark to) {
        whole_.rollback(to.whole);
        for (; journal_.size() > to.split; journal_.pop_back()) apply(journal_.back(), true);
    }

    /// Recounts what can be recounted, and asks the rules of every split GPU. True where all agree.
    /// Cost      O(nodes), allocates.
    [[nodiscard]] bool validate() const {
        auto good = whole_.validate();
        auto listed = how_many_;
        for (auto n = std::uint32_t{0}; n != size(); ++n)
            for (auto g = 0; g != whole_.of(node_id{n}).gpus; ++g) {
                auto const& here = layout(node_id{n}, g);
                auto const in = whole_.open(node_id{n}) && (split_gpus(node_id{n}) >> g & 1u) != 0;
                auto const state = index(whole_.of(node_id{n}).model) * states + taken(node_id{n}, g);
                if (in)
                    good = good && by_taken_[state].contains(number(node_id{n}, g)) && listed[state]-- != 0;
                good = good && taken(node_id{n}, g) == here.taken(device(node_id{n}));
                if ((split_gpus(node_id{n}) >> g & 1u) == 0) good = good && here == mig_layout{};
                else
                    good = good && whole_.state().free_milli(node_id{n}, g) == 0 &&
                           legal(here, device(node_id{n})) && permits(node_id{n}, here);
            }
        for (auto i = std::size_t{0}; i != listed.size(); ++i) { // nobody else is in the index
            auto members = std::uint32_t{0};
            for (auto g = by_taken_[i].next(0); g != bitmap::none; g = by_taken_[i].next(g + 1)) ++members;
            good = good && listed[i] == 0 && members == how_many_[i];
        }
        return good;
    }

    /// Equal state and equal index. The journal does not count.
    friend bool operator==(mig_ledger const& a, mig_ledger const& b) noexcept {
        return a.whole_ == b.whole_ && a.split_ == b.split_ && a.layouts_ == b.layouts_ &&
               a.by_taken_ == b.by_taken_;
    }

private:
    struct step {
        enum what : std::uint8_t { splitting, joining, taking, giving };
        what did;
        mig_instance one;
    };

    static bool legal_rule(mig_rule const& rule) {
        return std::all_of(rule.listed.begin(), rule.listed.end(),
                           [&rule](mig_layout const& one) { return legal(one, mig_device_of(rule.kind)); });
    }
    [[nodiscard]] std::uint32_t number(node_id n, int gpu) const noexcept {
        return index(n) << shift_ | static_cast<std::uint32_t>(gpu);
    }
    [[nodiscard]] std::size_t at(node_id n, int gpu) const noexcept { return number(n, gpu); }
    /// Into the index, or out of it.
    void list(node_id n, int gpu, bool in) noexcept {
        auto const state = index(whole_.of(n).model) * states + taken(n, gpu);
        if (in) by_taken_[state].insert(number(n, gpu));
        else by_taken_[state].erase(number(n, gpu));
        how_many_[state] += in ? 1u : ~0u;
    }
    static slice all_of(node_id n, int gpu) noexcept {
        return {.node = n, .gpus = static_cast<std::uint16_t>(1u << gpu)};
    }
    /// The CPU and memory of the instance.
    static slice beside(mig_instance const& one) noexcept {
        return {.node = one.node, .gpus = 0, .cpu_milli = one.cpu_milli, .mem_mib = one.mem_mib};
    }
    void note(step const& last) {
        apply(last, false);
        if (journalling_) journal_.push_back(last);
    }
    /// What is split and how; the rest is the ledger's.
    void apply(step const& last, bool undo) noexcept {
        auto const& one = last.one;
        auto const open = whole_.open(one.node);
        if (last.did == step::splitting || last.did == step::joining) {
            split_[index(one.node)] = static_cast<std::uint16_t>(split_[index(one.node)] ^ 1u << one.gpu);
            if (open) list(one.node, one.gpu, (last.did == step::splitting) != undo);
            return;
        }
        auto const here = at(one.node, one.gpu);
        if (open) list(one.node, one.gpu, false);
        layouts_[here] = (last.did == step::taking) != undo ? layouts_[here].with(one.profile, one.start)
                                                            : layouts_[here].without(one.start);
        taken_[here] = layouts_[here].taken(device(one.node));
        if (open) list(one.node, one.gpu, true);
    }

    static constexpr std::size_t states = 256;

    ledger whole_;
    std::vector<mig_rule> rules_;      ///< [models]
    std::vector<std::uint16_t> split_; ///< [nodes] bit g: GPU g is split
    unsigned shift_ = 0;               ///< numbers of a node are 1 << shift_ apart
    std::vector<mig_layout> layouts_;  ///< [numbers]
    std::vector<std::uint8_t> taken_;  ///< [numbers]
    std::vector<bitmap> by_taken_;     ///< [models x states] of open nodes
    std::vector<std::uint32_t> how_many_;
    std::vector<step> journal_;
    bool journalling_ = false;
};

} // namespace rota::cluster

#endif
