// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_START_LIST_HPP
#define ROTA_LIVE_START_LIST_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>

namespace rota::live {

/// Starts that a host has decided on and not yet said.
class start_list {
public:
    void add(job_id id, std::string const& name, cluster::placement const& where) {
        ids_.push_back(id);
        wanted_.push_back({name, where});
    }
    /// Says them, at once where the manager takes many; refused(job) for each that it refuses.
    template <backend B, class Refused>
    void say(B& manager, Refused refused) {
        if constexpr (batch_backend<B>) {
            auto const got = wanted_.empty() ? std::vector<reply>{} : manager.start_all(wanted_);
            for (auto i = std::size_t{0}; i != got.size(); ++i)
                if (got[i] == reply::refused) refused(ids_[i]);
        } else {
            for (auto i = std::size_t{0}; i != ids_.size(); ++i)
                if (manager.start(wanted_[i].job, wanted_[i].where) == reply::refused) refused(ids_[i]);
        }
        ids_.clear();
        wanted_.clear();
    }

private:
    std::vector<job_id> ids_; ///< [starts]
    std::vector<wanted_start> wanted_;
};

} // namespace rota::live

#endif
