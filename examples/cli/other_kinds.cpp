// SPDX-License-Identifier: BSL-1.0
#include <utility>

#include <fmt/format.h>

#include <rota/system/afs_l.hpp>
#include <rota/system/edf_admission.hpp>
#include <rota/system/gang_time_slicing.hpp>
#include <rota/system/gavel_max_min.hpp>
#include <rota/system/hived.hpp>
#include <rota/system/quota_drf.hpp>

#include "failure.hpp"
#include "linear_programs.hpp"
#include "systems.hpp"

namespace cli {

namespace {

any_scheduler make_quota_drf(arguments const&, setting const& in) {
    return with_placement(in, []<class P>(P place) {
        auto made = rota::system::quota_drf<P>{};
        made.place = std::move(place);
        return any_scheduler{std::move(made)};
    });
}
any_scheduler make_hived(arguments const&, setting const& in) {
    return with_placement(in, []<class P>(P place) {
        auto made = rota::system::hived<P>{};
        made.place = std::move(place);
        return any_scheduler{std::move(made)};
    });
}
any_scheduler make_gang_time_slicing(arguments const& values, setting const& in) {
    return with_placement(in, [&]<class P>(P place) {
        auto made = rota::system::gang_time_slicing<P>{};
        made.slices.quantum_ms = 1000 * values.whole("quantum_s");
        made.place = std::move(place);
        return any_scheduler{std::move(made)};
    });
}
any_scheduler make_gavel_max_min(arguments const& values, setting const& in) {
    if (!linear_programs::solved && in.cluster.models.size() > 1)
        refuse(fmt::format(
            "gavel_max_min: the cluster has {} GPU models, and this program was built without CLP",
            in.cluster.models.size()));
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{rota::system::gavel_max_min<any_estimator, linear_programs, P>{
            estimator_named(values, in), linear_programs{}, std::move(place),
            1000 * values.whole("quantum_s")}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_afs_l(arguments const& values, setting const& in) {
    auto made = with_placement(in, [&]<class P>(P place) {
        return any_scheduler{
            rota::system::afs_l<any_estimator, P>{estimator_named(values, in), std::move(place)}};
    });
    return claiming(std::move(made), values);
}
any_scheduler make_edf_admission(arguments const& values, setting const& in) {
    return with_placement(in, [&]<class P>(P place) {
        auto made = rota::system::edf_admission<P>{};
        made.margin_ms = 1000 * values.whole("margin_s");
        made.place = std::move(place);
        return any_scheduler{std::move(made)};
    });
}

std::vector<parameter> gavel_parameters() {
    auto all = estimate_parameters("limit");
    all.insert(all.begin(), {.key = "quantum_s",
                             .standard = "360",
                             .meaning = "a lease: useful time that is not cut",
                             .least = 1});
    return all;
}

} // namespace

void add_other_kinds(std::vector<entry>& to) {
    to.push_back({.name = "quota_drf",
                  .about = "tenants by dominant share, within quotas that are lent and taken back",
                  .source = "Ghodsi et al., Dominant resource fairness, NSDI 2011; cohorts of Kueue",
                  .parameters = {},
                  .make = make_quota_drf});
    to.push_back({.name = "gang_time_slicing",
                  .about = "every job the same share of the time, its whole gang at a time",
                  .source = "Ousterhout, ICDCS 1982; Xiao et al., Gandiva, OSDI 2018",
                  .parameters = {{.key = "quantum_s",
                                  .standard = "60",
                                  .meaning = "a lease: useful time that is not cut",
                                  .least = 1}},
                  .in_panel = false,
                  .make = make_gang_time_slicing});
    to.push_back(
        {.name = "hived",
         .about = "each tenant's quota as cells of its own; jobs of negative priority visit what is idle",
         .source = "Zhao et al., HiveD, OSDI 2020",
         .parameters = {},
         .in_panel = false,
         .make = make_hived});
    to.push_back({.name = "gavel_max_min",
                  .about = "max-min fair time shares over the GPU models, made whole by leases",
                  .source = "Narayanan et al., Gavel, OSDI 2020",
                  .parameters = gavel_parameters(),
                  .in_panel = false,
                  .make = make_gavel_max_min});
    to.push_back({.name = "afs_l",
                  .about = "elastic jobs get the GPUs that shorten the mean most; rigid ones go by length",
                  .source = "Hwang et al., Elastic resource sharing (AFS-L), NSDI 2021",
                  .parameters = estimate_parameters("oracle"),
                  .in_panel = false,
                  .make = make_afs_l});
    to.push_back(
        {.name = "edf_admission",
         .about = "admits a job if a window before its deadline can be reserved, rejects it otherwise",
         .source = "Liu, Layland, JACM 1973; admission as in Gu et al., ElasticFlow, ASPLOS 2023",
         .parameters = {{.key = "margin_s",
                         .standard = "0",
                         .meaning = "what the world may add to a run: launching, latency"}},
         .in_panel = false,
         .make = make_edf_admission});
}

} // namespace cli
