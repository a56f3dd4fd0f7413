// SPDX-License-Identifier: BSL-1.0
// Defaults are asked of the policies themselves.
#include "parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rota/estimate/exponential_law.hpp>
#include <rota/estimate/noisy.hpp>
#include <rota/estimate/point_law.hpp>
#include <rota/estimate/user_limit.hpp>
#include <rota/preemption/by_migration.hpp>
#include <rota/preemption/transition_cost.hpp>
#include <rota/queueing/las.hpp>
#include <rota/queueing/multifactor.hpp>
#include <rota/queueing/slicer.hpp>

namespace cli {

namespace {

constexpr auto of_run_times = std::string_view{"of run times"};
constexpr auto unit = std::string_view{"GPU-ms of service (gpu_time) or ms of it (time)"};

std::string text(auto const& value) { return fmt::format("{}", value); }

kind_of_part orders() {
    auto const las = rota::queueing::las<>{};
    auto const factors = rota::queueing::multifactor{};
    return {
        "queue orders (rota::queueing; who runs next, ties by submission)",
        {{"fifo", "queueing/fifo.hpp", "in the order of submission", "the baseline of every study"},
         {"priority", "queueing/priority.hpp", "the larger priority first",
          "Verma et al., Large-scale cluster management at Google with Borg, EuroSys 2015, section 2.5"},
         {"sjf",
          "queueing/sjf.hpp",
          "the shortest job first, by its estimated run time in all",
          "Conway, Maxwell, Miller, Theory of scheduling, 1967",
          {{"Estimator", "user_limit", of_run_times}}},
         {"srtf",
          "queueing/srtf.hpp",
          "the shortest remaining time first",
          "Schrage, Operations Research 1968",
          {{"Estimator", "user_limit", of_run_times}}},
         {"srsf",
          "queueing/srsf.hpp",
          "the shortest remaining service first: remaining time x GPUs",
          "Gu et al., Tiresias, NSDI 2019, section 3.1",
          {{"Estimator", "user_limit", of_run_times}}},
         {"las",
          "queueing/las.hpp",
          "the least attained service first, in quanta",
          "Nuyens, Wierman, The foreground-background queue: a survey, Performance Evaluation 2008; "
          "Gu et al., Tiresias, NSDI 2019, section 3.1",
          {{"quantum_ms", text(las.quantum_ms), "of service: jobs within one share a rank"},
           {"Of", "gpu_time", unit}}},
         {"discretised_las",
          "queueing/discretised_las.hpp",
          "levels of attained service, by submission within a level",
          "Gu et al., Tiresias, NSDI 2019, section 3.1",
          {{"thresholds", "", "of service at which a job sinks a level, rising"},
           {"promote", "0", "a job that waited so many times its run time returns to the top; 0: never"},
           {"Of", "gpu_time", unit}}},
         {"gittins",
          "queueing/gittins.hpp",
          "the largest Gittins index first",
          "Gittins, JRSS B 1979; Gu et al., Tiresias, NSDI 2019, section 3.2",
          {{"Law", "empirical_law", "of service"}, {"law", "", "the law itself"}, {"Of", "gpu_time", unit}}},
         {"multifactor",
          "queueing/multifactor.hpp",
          "the largest weighted sum of age, size and class first",
          "SchedMD, Slurm documentation, Multifactor priority plugin",
          {{"age_weight", text(factors.age_weight), "of the time since submission"},
           {"size_weight", text(factors.size_weight), "of the gang's size"},
           {"priority_weight", text(factors.priority_weight), "of the job's class"},
           {"age_max_ms", text(factors.age_max_ms), "the age that counts as 1"},
           {"gpus_max", text(factors.gpus_max), "the size that counts as 1"},
           {"priority_max", text(factors.priority_max), "the class that counts as 1"},
           {"refresh_ms", text(factors.refresh_ms), "between two rankings of the waiting jobs"}}}}};
}

kind_of_part disciplines() {
    return {"disciplines (rota::queueing; who may pass whom)",
            {{"strict", "queueing/disciplines.hpp", "nobody overtakes", "StrictFIFO of Kueue"},
             {"skip_ahead", "queueing/disciplines.hpp", "a job that does not fit lets others pass",
              "BestEffortFIFO of Kueue; fit job first of the Tiresias simulator"},
             {"easy",
              "queueing/easy.hpp",
              "who does not delay the first waiting job may pass it",
              "Lifka, The ANL/IBM SP scheduling system, JSSPP 1995; Mu'alem, Feitelson, IEEE TPDS 2001",
              {{"Estimator", "user_limit", of_run_times}}},
             {"conservative",
              "queueing/conservative.hpp",
              "every job is promised a start when it arrives, and holds never slide forward",
              "Mu'alem, Feitelson, IEEE TPDS 2001",
              {{"Estimator", "user_limit", of_run_times}}}}};
}

kind_of_part other_queueing() {
    auto const slicer = rota::queueing::slicer{};
    return {
        "queueing (rota::queueing; what uses an order and a discipline, and what gives out shares, sizes, "
        "turns)",
        {{"greedy",
          "queueing/greedy.hpp",
          "sort, then place: an order under a discipline",
          "the greedy pass that Tiresias, Helios, Blox, Slurm and Kueue share",
          {{"Order", "fifo", "any queue order"}, {"Discipline", "skip_ahead", "any discipline"}}},
         {"afs_sizes", "queueing/afs.hpp", "elastic sizes by marginal gain",
          "Hwang et al., Elastic resource sharing (AFS-L), NSDI 2021, algorithm 1"},
         {"max_min_shares",
          "queueing/max_min_shares.hpp",
          "max-min fair shares of time over GPU models",
          "Narayanan et al., Gavel, OSDI 2020, sections 4.1 and 4.3",
          {{"solver", "", "of linear programs"}}},
         {"slicer",
          "queueing/slicer.hpp",
          "shares of time made whole by leases",
          "Ousterhout, ICDCS 1982; Narayanan et al., Gavel, OSDI 2020, section 5",
          {{"quantum_ms", text(slicer.quantum_ms), "a lease: useful time that is not cut"},
           {"limit_quanta", text(slicer.limit_quanta), "so many a job is owed at most"}}},
         {"drf_quota", "queueing/drf_quota.hpp",
          "who is served next in a tenant tree, and what may be taken back",
          "Ghodsi et al., Dominant resource fairness, NSDI 2011; cohorts of Kueue"},
         {"reservations", "queueing/reservations.hpp", "who has which devices when",
          "Feitelson, Weil, Utilization and predictability in scheduling the IBM SP2 with backfilling, IPPS "
          "1998"},
         {"no_lp", "queueing/lp.hpp", "for one GPU model, which needs no solver of linear programs",
          "Dantzig, Linear programming and extensions, 1963"},
         {"clp", "queueing/clp.hpp", "linear programs by CLP, which its user links",
          "Forrest et al., COIN-OR linear programming (CLP)"}}};
}

kind_of_part estimators() {
    auto const limit = rota::estimate::user_limit{};
    using noisy = rota::estimate::noisy<rota::estimate::user_limit>;
    auto const noise = noisy{};
    return {"estimators (rota::estimate; estimate=limit|history|noisy|oracle of a scheduler)",
            {{"user_limit",
              "estimate/user_limit.hpp",
              "the declared limit less the time run",
              "Mu'alem, Feitelson, IEEE TPDS 2001",
              {{"overrun_ms", text(limit.overrun_ms), "left of a job that outlives its limit"},
               {"undeclared_ms", text(limit.undeclared_ms), "taken as the limit where none was declared"}}},
             {"user_history",
              "estimate/user_history.hpp",
              "the mean of the user's last two finished jobs, at most the limit",
              "Tsafrir, Etsion, Feitelson, IEEE TPDS 2007, section 3",
              {{"limit", "user_limit", "of a user without history"}}},
             {"noisy",
              "estimate/noisy.hpp",
              "another estimator's total times a log-normal factor, drawn once a job",
              "Dell'Amico, Carra, Michiardi, PSBS, IEEE ToC 2016, section 7",
              {{"base", "", "the other estimator"},
               {"sigma", text(noise.sigma), "of the logarithm"},
               {"seed", text(noise.seed), "of the factors"}}},
             {"oracle", "estimate/oracle.hpp", "the truth, which only a simulator can give",
              "the reference of every study of completion times: Schrage, Operations Research 1968"}}};
}

kind_of_part laws() {
    return {"laws of service (rota::estimate; what gittins believes)",
            {{"empirical_law",
              "estimate/empirical_law.hpp",
              "of observed services, every sample equally likely",
              "Gu et al., Tiresias, NSDI 2019, section 3.2",
              {{"samples", "", "ms or GPU-ms of service, each above 0"}}},
             {"exponential_law",
              "estimate/exponential_law.hpp",
              "memoryless: the index never changes",
              "Gittins, JRSS B 1979",
              {{"mean_ms", text(rota::estimate::exponential_law{}.mean_ms), "of service"}}},
             {"point_law",
              "estimate/point_law.hpp",
              "of a known size: the index is 1 / remaining",
              "Gittins, JRSS B 1979",
              {{"estimate", "", of_run_times},
               {"step_ms", text(rota::estimate::point_law<rota::estimate::user_limit>{}.step_ms),
                "of service between two looks"}}}}};
}

kind_of_part node_scorers() {
    constexpr auto study = std::string_view{"Weng et al., Beware of fragmentation, ATC 2023"};
    constexpr auto gandiva =
        std::string_view{"Xiao et al., Gandiva, OSDI 2018, in the form of Weng et al., ATC 2023"};
    constexpr auto kinds =
        std::string_view{"of pods that are expected: fragmentation is counted against them"};
    return {
        "scorers of a node's state (rota::placement; rota pack --policy)",
        {{"fgd",
          "placement/fgd.hpp",
          "the node whose fragmentation drops most, in a coarse score; as published",
          study,
          {{"target", "", kinds}}},
         {"fgd_exact",
          "placement/fgd_exact.hpp",
          "the same without rounding, as the paper's text has it",
          study,
          {{"target", "", kinds}}},
         {"gpu_packing", "placement/gpu_packing.hpp",
          "shared GPUs first, then free ones of nodes in use, then idle nodes", gandiva},
         {"gpu_clustering", "placement/gpu_clustering.hpp", "nodes whose pods have the same size", gandiva},
         {"least_remaining", "placement/least_remaining.hpp",
          "the node with least CPU and GPU left (best_fit of the study)", study},
         {"least_aligned", "placement/least_aligned.hpp",
          "the smallest product of what is free and what is asked for (dot_product of the study)", study},
         {"uniform_draw",
          "placement/uniform_draw.hpp",
          "a node drawn among those that fit (random of the study)",
          study,
          {{"seed", "", "of the draws"}}}}};
}

kind_of_part more_node_scorers() {
    constexpr auto kubernetes = std::string_view{"the Kubernetes scheduler, NodeResourcesFit"};
    constexpr auto shares = std::string_view{"how much CPU, memory and GPUs count"};
    return {"more scorers of a node's state, and what composes them (rota::placement)",
            {{"least_allocated",
              "placement/least_allocated.hpp",
              "the node of which the smaller share is in use",
              kubernetes,
              {{"weights", "1,1,1", shares}}},
             {"most_allocated",
              "placement/most_allocated.hpp",
              "the node of which the larger share is in use",
              kubernetes,
              {{"weights", "1,1,1", shares}}},
             {"requested_to_capacity",
              "placement/requested_to_capacity.hpp",
              "a score for each share in use, as its user draws it",
              kubernetes,
              {{"shape", "0:0,100:10", "points of percent and score"},
               {"weights", "1,1,1", shares},
               {"zeros_count", "false", "a score of 0 takes part in the mean"}}},
             {"balanced_allocation",
              "placement/balanced_allocation.hpp",
              "the node whose resources are in use to like shares",
              "the Kubernetes scheduler, NodeResourcesBalancedAllocation",
              {{"weights", "1,1,1", "0 leaves a resource out"}}},
             {"kai_ladder",
              "placement/kai_ladder.hpp",
              "shared GPUs first, CPU-only nodes for CPU-only pods, then the fuller or the emptier",
              "KAI-Scheduler",
              {{"order", "", "pack or spread"}}},
             {"pal",
              "placement/pal.hpp",
              "the node whose slowest GPU for the pod is the least slow",
              "Jain et al., PAL, SC 2024",
              {{"table", "", "how slow each GPU is for each class"}, {"class", "0", "of the jobs"}}},
             {"linked",
              "placement/linked.hpp",
              "another scorer's node, and there the GPUs that lie best together",
              "Amaral et al., SC 2017",
              {{"table", "", "of distances between the GPUs of a node"}}},
             {"priority_bands",
              "placement/priority_bands.hpp",
              "where nobody has to leave, else where the least important has to",
              "the Kubernetes scheduler's preemption; Zhao et al., HiveD, OSDI 2020",
              {{"bands", "", "of priority"}}},
             {"weighted", "placement/weighted.hpp", "the weighted sum of two scorers",
              "the Kubernetes scheduler"},
             {"tiers", "placement/tiers.hpp", "one scorer, and another among its equals", "KAI-Scheduler"},
             {"stretched",
              "placement/stretched.hpp",
              "a scorer's range over the nodes that fit, stretched to 0 .. top",
              "the Kubernetes scheduler, NormalizeScore",
              {{"Top", "100", "of the range"}}}}};
}

kind_of_part mig_scorers() {
    return {"scorers of GPUs split into instances (rota::placement::by_mig)",
            {{"mig_gradient", "placement/mig_gradient.hpp",
              "the GPU on which an instance adds the least fragmentation",
              "Weng et al., Beware of fragmentation, ATC 2023, on instances"},
             {"mig_packing", "placement/mig_packing.hpp", "the GPU with most memory slices taken",
              "Volcano, deviceshare"}}};
}

kind_of_part preemptions() {
    return {
        "preemption (rota::preemption; who yields)",
        {{"never", "preemption/never.hpp", "nobody", "run to completion, the default of batch systems"},
         {"by_order", "preemption/by_order.hpp",
          "who has a strictly larger key in the queue's order, the largest first",
          "preemptive SRTF, LAS and Gittins as Gu et al., Tiresias, NSDI 2019, run them"},
         {"by_migration",
          "preemption/by_migration.hpp",
          "nobody stops: running jobs move where free GPUs do not lie together",
          "Xiao et al., Gandiva, OSDI 2018, section 3.3",
          {{"cost", "no_cost", "of a move"},
           {"worth_ms", text(rota::preemption::by_migration{}.worth_ms),
            "of the waiting gang's run that its moves may cost"}}},
         {"priority_classes", "preemption/priority_classes.hpp",
          "who has a strictly lower priority, whatever the queue's order",
          "Verma et al., Large-scale cluster management at Google with Borg, EuroSys 2015, section 2.5"}}};
}

kind_of_part costs() {
    auto const fixed = rota::preemption::fixed_cost{};
    auto const by_size = rota::preemption::cost_by_size{};
    auto const by_state = rota::preemption::cost_by_state{};
    constexpr auto header = std::string_view{"preemption/transition_cost.hpp"};
    return {"costs of a stop and a restart (--cost NAME; rota::preemption)",
            {{"none", header, "stops and restarts are free; the default (no_cost)", "the Tiresias simulator"},
             {"fixed",
              header,
              "the same for every job (fixed_cost; --save and --restore in s)",
              "Qiao et al., Pollux, OSDI 2021",
              {{"save_ms", text(fixed.save_ms), "between a stop and the release of the devices"},
               {"restore_ms", text(fixed.restore_ms), "between a restart and the first useful work"}}},
             {"by_size",
              header,
              "by the GPUs of the gang (cost_by_size)",
              "Hu et al., SC 2021",
              {{"restore_ms", fmt::format("{}", fmt::join(by_size.restore_ms, "/")),
                "of 1 GPU, of up to 8, of more"}}},
             {"by_state",
              header,
              "the checkpoint's bytes through a store, and a launch (cost_by_state)",
              "Rajbhandari et al., ZeRO, SC 2020, for the bytes of a parameter",
              {{"store_mib_s", text(by_state.store_mib_s), "bandwidth of the store for one job"},
               {"launch_ms", text(by_state.launch_ms), "start of container and process"},
               {"unknown_mib", text(by_state.unknown_mib), "taken where the job does not say"}}}}};
}

} // namespace

std::vector<kind_of_part> const& kinds_of_parts() {
    static auto const all = std::vector<kind_of_part>{
        orders(),       disciplines(),       other_queueing(), estimators(),  laws(),
        node_scorers(), more_node_scorers(), mig_scorers(),    preemptions(), costs()};
    return all;
}

} // namespace cli
