// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/ledger.hpp>
#include <rota/core/units.hpp>
#include <rota/estimate/noisy.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/estimate/user_history.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/job/pod.hpp>
#include <rota/job/request.hpp>
#include <rota/placement/anchor_fragmentation.hpp>
#include <rota/placement/balanced_domains.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/placement/by_domain.hpp>
#include <rota/placement/by_score.hpp>
#include <rota/placement/dot_product.hpp>
#include <rota/placement/fewest_hops.hpp>
#include <rota/placement/fgd.hpp>
#include <rota/placement/first_fit.hpp>
#include <rota/placement/of_state.hpp>
#include <rota/placement/outcome.hpp>
#include <rota/placement/random.hpp>
#include <rota/placement/remembered.hpp>
#include <rota/placement/spread_out.hpp>
#include <rota/placement/target_view.hpp>
#include <rota/placement/target_workload.hpp>
#include <rota/placement/tightest_domain.hpp>
#include <rota/placement/worst_fit.hpp>

#include "systems.hpp"

namespace cli {

namespace {

template <class P>
any_placement hold(setting const&) {
    return any_placement{std::in_place_type<P>, P{}};
}
template <class Rule>
any_placement hold_domains(setting const& in) {
    using by_rule = rota::placement::by_domain<Rule>;
    return any_placement{std::in_place_type<by_rule>, by_rule{in.cluster}};
}
any_placement hold_random(setting const& in) {
    return any_placement{std::in_place_type<rota::placement::random>,
                         rota::placement::random{rota::placement::drawn{in.seed}}};
}

/// FGD against the pods that this workload consists of.
class fragmentation_descent {
public:
    explicit fragmentation_descent(setting const& in)
        : target_{made_of(in)}, descent_{scorer(target_->view())} {}

    [[nodiscard]] rota::placement::outcome place(rota::job::request const& need,
                                                 rota::cluster::ledger const& free) const {
        return descent_.place(need, free);
    }

private:
    using scored = rota::placement::remembered<rota::placement::fgd>;
    static scored scorer(rota::placement::target_view target) { return scored{rota::placement::fgd{target}}; }
    /// A gang as the pod that it is on a node.
    static std::shared_ptr<rota::placement::target_workload const> made_of(setting const& in) {
        auto largest = 1;
        for (auto const& node : in.cluster.nodes) largest = std::max<int>(largest, node.gpus);
        auto pods = std::vector<rota::job::pod>{};
        for (auto const& one : in.workload.specs)
            pods.push_back(rota::placement::pod_of(one.need, std::min<int>(one.need.gpus_max, largest)));
        if (pods.empty()) pods.push_back({.gpus = 1, .milli = rota::whole_gpu});
        return std::make_shared<rota::placement::target_workload const>(
            pods, rota::placement::popularity{.cpu_milli_of_none = 0});
    }

    std::shared_ptr<rota::placement::target_workload const> target_; ///< outlives the view of it
    rota::placement::by_score<scored, rota::placement::spread::spill> descent_;
};
any_placement hold_fgd(setting const& in) {
    return any_placement{std::in_place_type<fragmentation_descent>, fragmentation_descent{in}};
}

struct makes_placement {
    placement_entry what;
    any_placement (*make)(setting const&);
};

constexpr auto bin_packing =
    std::string_view{"Johnson, Near-optimal bin packing algorithms, PhD thesis, MIT, 1973"};

constexpr auto made_placements = std::to_array<makes_placement>(
    {{{"first_fit", "placement/first_fit.hpp", "the first node that holds the gang", bin_packing},
      hold<rota::placement::first_fit>},
     {{"best_fit", "placement/best_fit.hpp", "the node that the gang leaves least idle", bin_packing},
      hold<rota::placement::best_fit>},
     {{"worst_fit", "placement/worst_fit.hpp", "the node with most to spare", bin_packing},
      hold<rota::placement::worst_fit>},
     {{"spread_out", "placement/spread_out.hpp", "as evenly over the nodes as can be",
       "LeastAllocated of the Kubernetes scheduler; spread of Docker Swarm"},
      hold<rota::placement::spread_out>},
     {{"random", "placement/random.hpp", "a random node, by --seed",
       "the baseline of Jeon et al., Analysis of large-scale multi-tenant GPU clusters, ATC 2019"},
      hold_random},
     {{"dot_product", "placement/dot_product.hpp", "the node that the demand aligns with best (Tetris)",
       "Grandl et al., Multi-resource packing for cluster schedulers, SIGCOMM 2014, section 3.1"},
      hold<rota::placement::dot_product>},
     {{"dot_product_packing", "placement/dot_product.hpp", "the node that the demand aligns with least",
       "the baseline of Weng et al., Beware of fragmentation, ATC 2023"},
      hold<rota::placement::dot_product_packing>},
     {{"tightest_domain", "placement/tightest_domain.hpp",
       "the node, rack or spine with the least room that holds the gang",
       "Kueue, KEP 2724, Topology aware scheduling (BestFit)", true},
      hold_domains<rota::placement::tightest_domain>},
     {{"balanced_domains", "placement/balanced_domains.hpp",
       "the same, and inside it as few parts as can be of nearly the same size",
       "Kueue, KEP 2724, Topology aware scheduling (balanced placement)", true},
      hold_domains<rota::placement::balanced_domains>},
     {{"fewest_hops", "placement/fewest_hops.hpp",
       "the rack or spine in which the gang lies in the fewest parts",
       "Slurm, Topology guide (topology/tree)", true},
      hold_domains<rota::placement::fewest_hops>},
     {{"anchor_fragmentation", "placement/anchor_fragmentation.hpp",
       "a domain whose next larger one is in use already", "Slurm 26.05 (topology/torus3d)", true},
      hold_domains<rota::placement::anchor_fragmentation>},
     {{"fgd", "placement/fgd.hpp",
       "the node whose fragmentation drops most, against the workload's own kinds of jobs",
       "Weng et al., Beware of fragmentation, ATC 2023"},
      hold_fgd}});

} // namespace

std::vector<placement_entry> const& placements() {
    static auto const all = [] {
        auto out = std::vector<placement_entry>{
            {"consolidated", "placement/consolidated.hpp",
             "as few nodes as the gang's size allows, in one rack where one has room",
             "Gu et al., Tiresias, NSDI 2019, section 3.3", true}};
        for (auto const& one : made_placements) out.push_back(one.what);
        return out;
    }();
    return all;
}

any_placement::any_placement()
    : any_placement{std::in_place_type<rota::placement::first_fit>, rota::placement::first_fit{}} {}

any_placement placement_named(setting const& in) {
    auto const found = std::find_if(made_placements.begin(), made_placements.end(),
                                    [&](auto const& one) { return one.what.name == in.placement; });
    return found->make(in); // checked by check_placement
}

std::vector<parameter> estimate_parameters(std::string standard) {
    return {{.key = "estimate",
             .standard = std::move(standard),
             .meaning = "of run times: the user's limit, the mean of the user's last two, the truth times a "
                        "log-normal error, or the truth",
             .form = parameter::kind::word,
             .words = {"limit", "history", "noisy", "oracle"}},
            {.key = "undeclared_s",
             .standard = "86400",
             .meaning = "taken as the limit of a job that declared none",
             .least = 1},
            {.key = "sigma_milli",
             .standard = "1000",
             .meaning = "of the error of estimate=noisy, in thousandths",
             .most = 10'000}};
}

any_estimator estimator_named(arguments const& values, setting const& in) {
    auto const& name = values.word("estimate");
    auto const limit = rota::estimate::user_limit{.undeclared_ms = 1000 * values.whole("undeclared_s")};
    if (name == "oracle") return any_estimator{std::in_place_type<rota::estimate::oracle>, in.truth};
    if (name == "noisy") {
        using noisy = rota::estimate::noisy<rota::estimate::oracle>;
        auto const sigma = static_cast<double>(values.whole("sigma_milli")) / 1000.0;
        return any_estimator{std::in_place_type<noisy>, noisy{in.truth, sigma, in.seed}};
    }
    if (name == "history") {
        auto history = rota::estimate::user_history{};
        history.limit = limit;
        return any_estimator{std::in_place_type<rota::estimate::user_history>, std::move(history)};
    }
    return any_estimator{std::in_place_type<rota::estimate::user_limit>, limit};
}

any_scheduler claiming(any_scheduler made, arguments const& values) {
    auto const& name = values.word("estimate");
    if (name == "oracle" || name == "noisy") made.claim_too(rota::claim::clairvoyant);
    return made;
}

} // namespace cli
