// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_JOB_MAPPING_HPP
#define ROTA_SLURM_JOB_MAPPING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/gres.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// A job in Slurm's own words; what it does not say is empty.
struct job_row {
    std::string_view id; ///< 17, 17_3 or 17+1
    live::job_state state{};
    std::uint32_t restarts = 0;
    millis limit_ms = 0; ///< 0: none
    std::string_view account;
    std::string_view user;
    std::int64_t nice = 0;
    std::string_view features;
    bool depends = false; ///< on other jobs, still
    int node_count = 0;
    std::string_view per_node; ///< generic resources, gres:gpu:2
    std::string_view per_job;
    std::string_view node_list; ///< of its run, n[1,3]
};

/// What Slurm's words about a job mean on the nodes of a cluster.
///
/// Expects   a cluster whose nodes have names, and that outlives it.
class job_mapping {
public:
    /// Shape: accounts are the tenants 1, 2, ...; the jobs of all others are the root's.
    explicit job_mapping(cluster::spec const& cluster, std::vector<std::string> const& accounts = {})
        : cluster_{&cluster} {
        for (auto n = std::uint32_t{0}; n != cluster.names.size(); ++n)
            nodes_.emplace(cluster.names[n], node_id{n});
        for (auto const& one : accounts) tenants_.emplace(one, static_cast<tenant_id>(tenants_.size() + 1));
        for (auto const& node : cluster.nodes) largest_ = std::max(largest_, int{node.gpus});
    }

    [[nodiscard]] std::unordered_map<std::string, node_id> const& nodes() const noexcept { return nodes_; }

    [[nodiscard]] live::job_status read(job_row const& said) {
        auto const each = read_gres(said.per_node);
        auto const whole = read_gres(said.per_job);
        auto out = live::job_status{};
        out.id = said.id;
        out.state = said.state;
        out.restarts = said.restarts;
        if (!each || !whole) out.unmapped = "its GPUs are of several types or no number";
        else place(out, said.node_list, *each, *whole);
        out.asked.limit_ms = said.limit_ms;
        auto const tenant = tenants_.find(std::string{said.account});
        if (tenant != tenants_.end()) out.asked.tenant = tenant->second;
        out.asked.user =
            user_id{users_.try_emplace(std::string{said.user}, static_cast<std::uint32_t>(users_.size()))
                        .first->second};
        if (said.nice > -1'000'000'000 && said.nice < 1'000'000'000)
            out.asked.priority = static_cast<std::int32_t>(-said.nice);
        if (each && whole) ask(out, *each, *whole, said.node_count, said.features);
        if (said.depends) out.unmapped = "it waits for other jobs";
        if (said.id.find_first_not_of("0123456789_") != said.id.npos)
            out.unmapped = "it is a component, or tasks not yet apart";
        return out;
    }

    /// 17, 17_3 and 17+1 in the order of submission.
    static void sort(std::vector<live::job_status>& jobs) {
        auto keys = std::vector<std::pair<std::pair<std::int64_t, std::int64_t>, std::size_t>>{};
        keys.reserve(jobs.size());
        for (auto i = std::size_t{0}; i != jobs.size(); ++i) keys.emplace_back(number_of(jobs[i].id), i);
        std::sort(keys.begin(), keys.end());
        auto sorted = std::vector<live::job_status>{};
        sorted.reserve(jobs.size());
        for (auto const& [key, i] : keys) sorted.push_back(std::move(jobs[i]));
        jobs = std::move(sorted);
    }

private:
    static std::pair<std::int64_t, std::int64_t> number_of(std::string_view id) {
        auto const bar = id.find('_');
        auto const task = bar == id.npos ? trace::number{} : trace::whole(id.substr(bar + 1));
        return {trace::whole(id.substr(0, id.find_first_not_of("0123456789"))).value, task.value};
    }
    /// Where its run is: as many GPUs on each of its nodes.
    void place(live::job_status& out, std::string_view list, gres const& each, gres const& whole) const {
        auto const names = expand_hosts(list);
        if (!names || names->empty() || out.state < live::job_state::running) return;
        auto const gpus = each.gpus != 0 ? each.gpus : whole.gpus / static_cast<int>(names->size());
        for (auto const& name : *names)
            if (auto const node = nodes_.find(name); node != nodes_.end())
                out.where.push_back({node->second, gpus});
    }
    /// A gang that lies evenly: on one node, or on whole nodes.
    void ask(live::job_status& out, gres const& each, gres const& whole, int count,
             std::string_view feature) const {
        auto const gpus = each.gpus != 0 ? each.gpus * count : whole.gpus;
        auto& need = out.asked.need;
        if (gpus == 0) out.unmapped = "it asks for no GPU";
        else if (each.gpus != 0 && whole.gpus != 0) out.unmapped = "it asks for GPUs in two ways";
        else if (gpus > std::numeric_limits<std::uint16_t>::max()) out.unmapped = "it asks for too many GPUs";
        else if (each.gpus != 0 && count > 1 && each.gpus != largest_)
            out.unmapped = "it asks for several nodes in part";
        else if (each.gpus == 0 && gpus > largest_ && gpus % largest_ != 0)
            out.unmapped = "its GPUs would lie unevenly";
        if (!out.unmapped.empty()) return;
        need = job::gang(gpus, gpus <= largest_ ? job::span::one_node : job::span::compact);
        auto const type = each.gpus != 0 ? each.type : whole.type;
        auto const& wanted = type.empty() ? feature : type;
        if (wanted.empty()) return;
        auto const& models = cluster_->models;
        auto const model = std::find(models.begin(), models.end(), wanted);
        if (model == models.end() || (!type.empty() && !feature.empty()))
            out.unmapped = "it asks for nodes of a kind that is no model of GPU";
        else need.models = 1u << (model - models.begin());
    }

    cluster::spec const* cluster_;
    int largest_ = 1;
    std::unordered_map<std::string, node_id> nodes_;
    std::unordered_map<std::string, tenant_id> tenants_;
    std::unordered_map<std::string, std::uint32_t> users_;
};

} // namespace rota::slurm

#endif
