// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PLACEMENT_PRIORITY_BANDS_HPP
#define ROTA_PLACEMENT_PRIORITY_BANDS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <rota/core/config.hpp>
#include <rota/core/units.hpp>
#include <rota/job/pod.hpp>
#include <rota/placement/engine.hpp>
#include <rota/placement/node_state.hpp>
#include <rota/placement/seat.hpp>
#include <rota/placement/state_scorer.hpp>
#include <rota/placement/state_table.hpp>

namespace rota::placement {

/// Where a pod lies, and who has to leave first.
struct banded_seat {
    seat where;
    int below = 0; ///< pods of lower bands than this have to leave the node, or as many as are in the way

    friend bool operator==(banded_seat const&, banded_seat const&) = default;
};

/// Finds nodes for pods of several bands of priority: where nobody has to leave, else where only the lowest
/// band has to, and so on up to the pod's own; among nodes of one such step the scorer decides.
///
/// A table and an engine for each step show what would be free without the bands below it, so that a score is
/// of what the node would be, and any engine will do.
/// Cost      a change of a pod of band b is b + 1 changes; a question asks the engines one after the other.
/// Source    the Kubernetes scheduler's preemption, which takes the node whose most important victim is the
/// least important; a counter for each priority as in H. Zhao et al., "HiveD: Sharing a GPU Cluster for Deep
/// Learning with Guarantees", OSDI 2020.
template <pod_scorer Scorer, template <class> class Engine>
class priority_bands {
    static_assert(engine<Engine<Scorer>>);

public:
    /// Expects   bands > 0; the nodes have no pods of any band yet.
    priority_bands(std::vector<node_state> const& nodes, int bands, Scorer score = {}) : score_{score} {
        ROTA_EXPECTS(bands > 0, "a pod has a band");
        views_.assign(static_cast<std::size_t>(bands), state_table(nodes));
        engines_.reserve(views_.size());
        for (auto const& view : views_) engines_.emplace_back(view, score);
    }
    priority_bands(priority_bands const&) = delete;
    priority_bands& operator=(priority_bands const&) = delete;

    std::uint32_t add(job::pod const& need) {
        requests_.push_back(need);
        for (auto& one : engines_) static_cast<void>(one.add(need));
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    /// Expects   0 <= band, and below the number of bands; 0 is the least important.
    [[nodiscard]] std::optional<banded_seat> best(std::uint32_t request, int band) {
        for (auto v = 0; v <= band; ++v)
            if (auto const n = engines_[at(v)].best(request))
                return banded_seat{{*n, score_.pick(views_[at(v)][*n], requests_[request])}, v};
        return {};
    }
    /// Expects   room for the pod: who has to leave has been given back.
    void take(std::uint32_t request, seat where, int band) {
        for (auto v = 0; v <= band; ++v) {
            views_[at(v)].take(where.node, requests_[request], where.gpus);
            engines_[at(v)].changed(where.node);
        }
    }
    /// Expects   that the pod was taken there, with this band.
    void give(std::uint32_t request, seat where, int band) {
        for (auto v = 0; v <= band; ++v) {
            views_[at(v)].give(where.node, requests_[request], where.gpus);
            engines_[at(v)].changed(where.node);
        }
    }
    void set_open(node_id n, bool open) {
        for (auto v = std::size_t{0}; v != views_.size(); ++v) {
            views_[v].set_open(n, open);
            engines_[v].changed(n);
        }
    }
    /// What is free if all pods of bands below this one leave.
    [[nodiscard]] state_table const& without(int below) const noexcept { return views_[at(below)]; }

private:
    static constexpr std::size_t at(int v) noexcept { return static_cast<std::size_t>(v); }

    [[no_unique_address]] Scorer score_;
    std::vector<state_table> views_;
    std::vector<Engine<Scorer>> engines_;
    std::vector<job::pod> requests_;
};

} // namespace rota::placement

#endif
