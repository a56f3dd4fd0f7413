// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_SQUEUE_HPP
#define ROTA_SLURM_SQUEUE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
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

/// What squeue is asked for, as `Name:|` each: nothing is cut short, and no field holds text that a user can write.
inline constexpr auto squeue_fields = std::to_array<std::string_view>(
    {"JobArrayID", "State", "PriorityLong", "RestartCnt", "TimeLimit", "Account", "UserName", "Nice",
     "Feature", "Dependency", "NumNodes", "tres-per-node", "tres-per-job", "NodeList"});

/// `5:00`, `2:03:04`, `1-02:03:04` in ms; 0 for UNLIMITED and whatever else is no span of time.
[[nodiscard]] inline millis read_time_limit(std::string_view text) {
    auto const number = [](std::string_view digits) {
        auto const got = trace::whole(digits);
        return got.ok() && got.value >= 0 && got.value < 1'000'000'000 ? got.value : -1;
    };
    auto days = std::int64_t{0};
    if (auto const dash = text.find('-'); dash != text.npos) {
        days = number(text.substr(0, dash));
        text.remove_prefix(dash + 1);
    }
    auto seconds = std::int64_t{0};
    auto parts = 0;
    for (auto more = true; more; ++parts) {
        auto const colon = text.find(':');
        auto const part = number(text.substr(0, colon));
        if (part < 0 || parts == 3) return 0;
        seconds = seconds * 60 + part;
        more = colon != text.npos;
        if (more) text.remove_prefix(colon + 1);
    }
    return days < 0 || parts < 2 ? 0 : (days * 86'400 + seconds) * 1'000;
}

/// Reads what squeue prints, row by row, into the state of jobs on the nodes of a cluster.
///
/// Expects   a cluster whose nodes have names, and that outlives it.
class squeue_reader {
public:
    /// Shape: accounts are the tenants 1, 2, ...; the jobs of all others are the root's.
    explicit squeue_reader(cluster::spec const& cluster, std::vector<std::string> const& accounts = {})
        : cluster_{&cluster} {
        for (auto n = std::uint32_t{0}; n != cluster.names.size(); ++n)
            nodes_.emplace(cluster.names[n], node_id{n});
        for (auto const& one : accounts) tenants_.emplace(one, static_cast<tenant_id>(tenants_.size() + 1));
        for (auto const& node : cluster.nodes) largest_ = std::max(largest_, int{node.gpus});
    }

    [[nodiscard]] std::unordered_map<std::string, node_id> const& nodes() const noexcept { return nodes_; }

    /// The jobs in the order of their numbers; nothing where a row is not what was asked for.
    [[nodiscard]] std::optional<std::vector<live::job_status>> read(std::string_view text) {
        auto all = std::vector<std::pair<std::pair<std::int64_t, std::int64_t>, live::job_status>>{};
        while (!text.empty()) {
            auto const end = std::min(text.find('\n'), text.size());
            auto row = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (row.empty()) continue;
            auto cells = fields{};
            for (auto& one : cells) {
                auto const bar = row.find('|');
                if (bar == row.npos) return std::nullopt;
                one = row.substr(0, bar);
                row.remove_prefix(bar + 1);
            }
            auto one = status_of(cells);
            if (!row.empty() || !one) return std::nullopt;
            auto const number = number_of(one->id);
            all.emplace_back(number, std::move(*one));
        }
        std::stable_sort(all.begin(), all.end(),
                         [](auto const& a, auto const& b) { return a.first < b.first; });
        auto out = std::vector<live::job_status>{};
        out.reserve(all.size());
        for (auto& one : all) out.push_back(std::move(one.second));
        return out;
    }

private:
    enum field : std::size_t {
        id,
        state,
        priority,
        restarts,
        limit,
        account,
        user,
        nice,
        feature,
        dependency,
        node_count,
        per_node,
        per_job,
        node_list
    };
    using fields = std::array<std::string_view, squeue_fields.size()>;

    /// 17, 17_3 and 17+1 in the order of submission.
    static std::pair<std::int64_t, std::int64_t> number_of(std::string_view id) {
        auto const bar = id.find('_');
        auto const task = bar == id.npos ? trace::number{} : trace::whole(id.substr(bar + 1));
        return {trace::whole(id.substr(0, id.find_first_not_of("0123456789"))).value, task.value};
    }
    static std::optional<live::job_state> state_of(std::string_view word, bool on_hold) {
        using pair = std::pair<std::string_view, live::job_state>;
        static constexpr auto words = std::to_array<pair>({{"RUNNING", live::job_state::running},
                                                           {"SUSPENDED", live::job_state::running},
                                                           {"CONFIGURING", live::job_state::completing},
                                                           {"COMPLETING", live::job_state::completing},
                                                           {"STOPPED", live::job_state::running},
                                                           {"SIGNALING", live::job_state::running},
                                                           {"STAGE_OUT", live::job_state::completing},
                                                           {"RESIZING", live::job_state::completing},
                                                           {"COMPLETED", live::job_state::completed},
                                                           {"FAILED", live::job_state::failed},
                                                           {"BOOT_FAIL", live::job_state::failed},
                                                           {"OUT_OF_MEMORY", live::job_state::failed},
                                                           {"PREEMPTED", live::job_state::failed},
                                                           {"CANCELLED", live::job_state::cancelled},
                                                           {"REVOKED", live::job_state::cancelled},
                                                           {"TIMEOUT", live::job_state::timed_out},
                                                           {"DEADLINE", live::job_state::timed_out},
                                                           {"NODE_FAIL", live::job_state::node_failed}});
        if (word == "PENDING" || word == "REQUEUED" || word == "REQUEUE_HOLD" || word == "REQUEUE_FED" ||
            word == "SPECIAL_EXIT" || word == "RESV_DEL_HOLD")
            return on_hold ? live::job_state::held : live::job_state::pending;
        auto const known =
            std::find_if(words.begin(), words.end(), [&](auto const& one) { return one.first == word; });
        if (known == words.end()) return std::nullopt;
        return known->second;
    }
    std::optional<live::job_status> status_of(fields const& said) {
        auto const is = state_of(said[state], said[priority] == "0");
        auto const again = trace::whole(said[restarts]);
        auto const count = trace::whole(said[node_count]);
        auto const each = read_gres(said[per_node]);
        auto const whole = read_gres(said[per_job]);
        if (!is || said[id].empty() || !again.ok() || again.value < 0 || !count.ok() || count.value < 0 ||
            count.value > static_cast<std::int64_t>(hosts_max))
            return std::nullopt;
        auto out = live::job_status{};
        out.id = said[id];
        out.state = *is;
        out.restarts = static_cast<std::uint32_t>(again.value);
        if (!each || !whole) out.unmapped = "its GPUs are of several types or no number";
        else place(out, said[node_list], *each, *whole);
        out.asked.limit_ms = read_time_limit(said[limit]);
        auto const tenant = tenants_.find(std::string{said[account]});
        if (tenant != tenants_.end()) out.asked.tenant = tenant->second;
        out.asked.user =
            user_id{users_.try_emplace(std::string{said[user]}, static_cast<std::uint32_t>(users_.size()))
                        .first->second};
        auto const kind = trace::whole(said[nice]);
        if (kind.ok() && kind.value > -1'000'000'000 && kind.value < 1'000'000'000)
            out.asked.priority = static_cast<std::int32_t>(-kind.value);
        if (each && whole) ask(out, *each, *whole, static_cast<int>(count.value), said[feature]);
        if (said[dependency] != "(null)" && !said[dependency].empty())
            out.unmapped = "it waits for other jobs";
        if (said[id].find_first_not_of("0123456789_") != said[id].npos)
            out.unmapped = "it is a component, or tasks not yet apart";
        return out;
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
             std::string_view feature_word) const {
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
        auto const word = feature_word == "(null)" ? std::string_view{} : feature_word;
        auto const& wanted = type.empty() ? word : type;
        if (wanted.empty()) return;
        auto const& models = cluster_->models;
        auto const model = std::find(models.begin(), models.end(), wanted);
        if (model == models.end() || (!type.empty() && !word.empty()))
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
