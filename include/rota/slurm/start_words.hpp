// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_START_WORDS_HPP
#define ROTA_SLURM_START_WORDS_HPP

#include <bit>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/job/request.hpp>
#include <rota/live/backend.hpp>

namespace rota::slurm {

/// How a job of that need asks for its GPUs, `gres:gpu:a100:`, but for their number.
[[nodiscard]] inline std::string gpus_in_words(job::request const& need, cluster::spec const& cluster) {
    auto const model = static_cast<std::size_t>(std::countr_zero(need.models));
    auto const of_a_type = std::has_single_bit(need.models) && model < cluster.models.size();
    return "gres:gpu:" + (of_a_type ? cluster.models[model] + ':' : std::string{});
}

/// What a start has to say of a job besides its nodes.
class start_words {
public:
    /// The jobs as the last poll has shown them.
    void learn(std::vector<live::job_status> const& jobs, cluster::spec const& cluster) {
        again_.clear();
        elastic_.clear();
        for (auto const& one : jobs) {
            if (one.restarts != 0) again_.insert(one.id);
            auto const& need = one.asked.need;
            if (need.gpus_min != need.gpus_max) elastic_.emplace(one.id, gpus_in_words(need, cluster));
        }
    }
    /// It was requeued before: it starts now, else it waits for its credential to expire.
    [[nodiscard]] bool again(std::string const& job) const { return again_.contains(job); }
    /// The GPUs of the job, where they are open until it starts; otherwise nothing.
    [[nodiscard]] std::string size(std::string const& job, cluster::placement const& where) const {
        auto const kind = elastic_.find(job);
        return kind == elastic_.end() ? std::string{} : kind->second + std::to_string(where.gpus());
    }

private:
    std::unordered_set<std::string> again_;
    std::unordered_map<std::string, std::string>
        elastic_; ///< how their GPUs are asked for, without the number
};

} // namespace rota::slurm

#endif
