// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_JOB_MAPPING_HPP
#define ROTA_SLURM_JOB_MAPPING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/besides.hpp>
#include <rota/slurm/counted.hpp>
#include <rota/slurm/gres.hpp>
#include <rota/slurm/hostlist.hpp>
#include <rota/slurm/only_slurm.hpp>
#include <rota/slurm/site.hpp>
#include <rota/trace/number.hpp>

namespace rota::slurm {

/// A job in Slurm's own words; what it does not say is empty.
struct job_row {
    std::string_view id; ///< 17, 17_3 or 17+1
    live::job_state state{};
    std::uint32_t restarts = 0;
    millis limit_ms = 0; ///< 0: none
    std::string_view account;
    user_id user = unknown_user; ///< as the system numbers him: a journal speaks of him after a restart, too
    std::int64_t nice = 0;
    std::string_view qos{};
    std::string_view features;
    bool depends = false; ///< on other jobs, still
    std::int64_t node_count = 0;
    std::string_view per_node; ///< generic resources, gres:gpu:2
    std::string_view per_job;
    std::string_view per_task{};
    std::string_view per_socket{};
    std::string_view node_list; ///< of its run, n[1,3]
    std::vector<int> split{};   ///< GPUs on each node of that list, where it is said
    std::string_view comment{}; ///< a user's own words: only `rota:gpus=2-8` is understood
    std::int64_t tmp_mib = 0;   ///< of temporary disk, on each node
    only_slurm asks{};
    besides wants{};
    bool behind = false;  ///< it pends for the sake of others, for whom Slurm keeps nodes
    bool refused = false; ///< held, since Slurm cannot start it so, or as many of its array run as may
};

/// What Slurm's words about a job mean on the nodes of a cluster.
///
/// Expects   a cluster whose nodes have names, and that outlives it.
class job_mapping {
public:
    explicit job_mapping(cluster::spec const& cluster, site const& names = {})
        : cluster_{&cluster}, qos_{names.qos} {
        for (auto n = std::uint32_t{0}; n != cluster.names.size(); ++n)
            nodes_.emplace(cluster.names[n], node_id{n});
        for (auto const& one : names.accounts)
            tenants_.emplace(one, static_cast<tenant_id>(tenants_.size() + 1));
        for (auto const& node : cluster.nodes) largest_ = std::max(largest_, int{node.gpus});
    }

    [[nodiscard]] std::unordered_map<std::string, node_id> const& nodes() const noexcept { return nodes_; }

    /// From now on CPU and memory are mapped, as far as Slurm gives them out.
    void count(counted const& how) { counted_ = how; }

    [[nodiscard]] live::job_status read(job_row const& said) {
        auto const each = read_gres(said.per_node);
        auto const whole = read_gres(said.per_job);
        auto const part = read_gres(said.per_task);
        auto const socket = read_gres(said.per_socket);
        auto const clear = each && whole && part && socket;
        auto out = live::job_status{};
        out.id = said.id;
        out.state = said.state;
        out.restarts = said.restarts;
        out.behind = said.behind;
        out.refused = said.refused;
        out.idle = said.state < live::job_state::running;
        if (!clear) out.unmapped = "its GPUs are of several types or no number";
        auto const finer = !clear || each->shares || part->gpus + socket->gpus != 0;
        place(out, said, each.value_or(gres{}), whole.value_or(gres{}), finer);
        out.asked.limit_ms = said.limit_ms;
        auto const tenant = tenants_.find(std::string{said.account});
        if (tenant != tenants_.end()) out.asked.tenant = tenant->second;
        out.asked.user = said.user;
        auto priority = -said.nice;
        if (auto const its = qos_.find(std::string{said.qos}); its != qos_.end()) priority += its->second;
        constexpr auto most = std::int64_t{1'000'000'000};
        out.asked.priority = static_cast<std::int32_t>(std::clamp(priority, -most, most));
        if (clear && whole->gpus == 0 && part->gpus + socket->gpus != 0)
            out.unmapped = "it asks for GPUs by task or socket";
        else if (clear && each->shares) out.unmapped = "it asks for shares of GPUs";
        else if (clear) ask(out, said, *each, *whole);
        auto asks = said.asks;
        asks.disk = said.tmp_mib > counted_.tmp_mib_min;
        // with several CPUs a task the number of nodes is a guess of Slurm's
        asks.more_nodes = said.wants.cpus_a_task <= 1 &&
                          said.node_count > (out.asked.need.gpus_max + largest_ - 1) / largest_;
        // what its first start has left there is not its user's
        if (said.restarts != 0) asks.later = asks.nodes = asks.more_nodes = false;
        if (said.state >= live::job_state::running) asks.more_nodes = false;
        if (clear && takes_whole_nodes(*each, *whole)) asks.alone = false;
        if (out.unmapped.empty()) out.unmapped = asks.reason();
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
    /// `rota:gpus=2-8`; 0 and 0 of a comment that is not meant for us, nothing of one that is and says something else.
    static std::optional<std::pair<int, int>> range(std::string_view comment) {
        if (!comment.starts_with("rota:")) return std::pair{0, 0};
        static constexpr auto word = std::string_view{"rota:gpus="};
        auto const dash = comment.find('-');
        if (!comment.starts_with(word) || dash == comment.npos) return std::nullopt;
        auto const least = trace::whole(comment.substr(word.size(), dash - word.size()));
        auto const most = trace::whole(comment.substr(dash + 1));
        if (!least.ok() || !most.ok() || least.value < 1 || most.value < least.value ||
            most.value > std::numeric_limits<std::uint16_t>::max())
            return std::nullopt;
        return std::pair{static_cast<int>(least.value), static_cast<int>(most.value)};
    }
    static std::pair<std::int64_t, std::int64_t> number_of(std::string_view id) {
        auto const bar = id.find('_');
        auto const task = bar == id.npos ? trace::number{} : trace::whole(id.substr(bar + 1));
        return {trace::whole(id.substr(0, id.find_first_not_of("0123456789"))).value, task.value};
    }
    /// Where its run is: with no GPU of a node where only Slurm knows how they are spread. What is asked for otherwise than
    /// by job or node is `finer`.
    void place(live::job_status& out, job_row const& said, gres const& each, gres const& whole,
               bool finer) const {
        auto const names = expand_hosts(said.node_list);
        if (!names || out.state < live::job_state::running) return;
        if (!finer && each.gpus + whole.gpus == 0) {
            for (auto const& name : *names)
                if (auto const node = nodes_.find(name); node != nodes_.end())
                    out.beside.push_back(node->second);
            return;
        }
        auto room = 0;
        for (auto const& name : *names)
            if (auto const node = nodes_.find(name); node != nodes_.end())
                room += cluster_->nodes[index(node->second)].gpus;
        for (auto i = std::size_t{0}; i != names->size(); ++i) {
            auto const node = nodes_.find((*names)[i]);
            if (node == nodes_.end()) continue;
            auto gpus = 0;
            if (said.split.size() == names->size()) gpus = said.split[i];
            else if (each.gpus != 0) gpus = each.gpus;
            else if (names->size() == 1) gpus = whole.gpus;
            else if (whole.gpus == room) gpus = cluster_->nodes[index(node->second)].gpus;
            out.where.push_back({node->second, gpus});
        }
    }
    /// Nobody else has GPUs where it runs.
    [[nodiscard]] bool takes_whole_nodes(gres const& each, gres const& whole) const {
        return each.gpus == largest_ || (whole.gpus != 0 && whole.gpus % largest_ == 0);
    }
    /// A gang on one node, on whole nodes, or as many GPUs of whichever nodes; its size may be a range.
    void ask(live::job_status& out, job_row const& said, gres const& each, gres const& whole) const {
        constexpr auto most = std::int64_t{std::numeric_limits<std::uint16_t>::max()};
        auto const gpus = each.gpus != 0 ? each.gpus * std::min(said.node_count, most + 1) : whole.gpus;
        auto const feature = said.features;
        auto const sizes = range(said.comment);
        auto& need = out.asked.need;
        if (gpus == 0) out.unmapped = "it asks for no GPU";
        else if (each.gpus != 0 && whole.gpus != 0) out.unmapped = "it asks for GPUs in two ways";
        else if (gpus > most) out.unmapped = "it asks for too many GPUs";
        else if (each.gpus != 0 && said.node_count > 1 && each.gpus != largest_)
            out.unmapped = "it asks for several nodes in part";
        else if (!sizes) out.unmapped = "its comment is not rota:gpus=LEAST-MOST";
        else if (sizes->second != 0 && (each.gpus != 0 || gpus < sizes->first || gpus > sizes->second))
            out.unmapped = "its comment gives a range of GPUs without --gpus in it";
        if (!out.unmapped.empty()) return;
        auto const size = sizes->second != 0 ? sizes->second : static_cast<int>(gpus);
        need = job::gang(size, size <= largest_ ? job::span::one_node : job::span::compact);
        if (sizes->second != 0) need.gpus_min = static_cast<std::uint16_t>(sizes->first);
        auto wants = said.wants;
        wants.alone = said.asks.alone;
        out.unmapped = map_besides(wants, counted_, need);
        if (!out.unmapped.empty()) return;
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
    counted counted_;
    std::map<std::string, std::int32_t> qos_;
    int largest_ = 1;
    std::unordered_map<std::string, node_id> nodes_;
    std::unordered_map<std::string, tenant_id> tenants_;
};

} // namespace rota::slurm

#endif
