// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_SLURM_WAY_HPP
#define ROTA_CLI_SLURM_WAY_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/live/backend.hpp>
#include <rota/slurm/site.hpp>

namespace cli {

/// A backend of Slurm, whichever: `rota` speaks through Slurm's clients, `rota-libslurm` through libslurm.
class slurm_way {
public:
    virtual ~slurm_way() = default;
    virtual std::optional<rota::live::snapshot> poll() = 0;
    virtual rota::live::reply start(std::string const& job, rota::cluster::placement const& where) = 0;
    virtual std::vector<rota::live::reply> start_all(std::vector<rota::live::wanted_start> const& all) = 0;
    virtual rota::live::reply hold(std::string const& job) = 0;
    virtual rota::live::reply save(std::string const& job) = 0;
    virtual rota::live::reply requeue(std::string const& job) = 0;
    [[nodiscard]] virtual std::string complaint() const = 0;
};

/// The way of this program; it is linked with one of them.
[[nodiscard]] std::unique_ptr<slurm_way> open_slurm(rota::cluster::spec const& cluster,
                                                    std::string const& partition,
                                                    rota::slurm::site const& names, rota::millis timeout_ms);
/// What is to be known of a controller before anything else.
struct controller {
    std::string version; ///< 22.05.8
    std::string owner;   ///< SlurmUser, slurm(64030)
    std::string clients; ///< the version of Slurm's clients, where they are needed
    std::string name;    ///< of the cluster
    std::string state;   ///< where it keeps its own: no two clusters of a name keep it in one place
};
/// Ends the command where it does not answer.
[[nodiscard]] controller ask_controller(rota::millis timeout_ms);
/// The name of this way.
[[nodiscard]] std::string slurm_way_name();
/// The cluster that a partition is made of. Nothing where it is not to be found, with `complaint` set.
[[nodiscard]] std::optional<rota::cluster::spec> find_slurm(std::string const& partition,
                                                            std::string& complaint, rota::millis timeout_ms);

/// That way through a backend.
template <rota::live::backend Client>
class slurm_through final : public slurm_way {
public:
    template <class... Arguments>
    explicit slurm_through(Arguments&&... of) : client_{std::forward<Arguments>(of)...} {}

    std::optional<rota::live::snapshot> poll() override { return client_.poll(); }
    rota::live::reply start(std::string const& job, rota::cluster::placement const& where) override {
        return client_.start(job, where);
    }
    /// One after the other where the backend takes no more; none behind one that is not answered.
    std::vector<rota::live::reply> start_all(std::vector<rota::live::wanted_start> const& all) override {
        if constexpr (rota::live::batch_backend<Client>) {
            return client_.start_all(all);
        } else {
            auto out = std::vector<rota::live::reply>(all.size(), rota::live::reply::unknown);
            for (auto i = std::size_t{0}; i != all.size(); ++i) {
                out[i] = client_.start(all[i].job, all[i].where);
                if (out[i] == rota::live::reply::unknown) break;
            }
            return out;
        }
    }
    rota::live::reply hold(std::string const& job) override { return client_.hold(job); }
    rota::live::reply save(std::string const& job) override { return client_.save(job); }
    rota::live::reply requeue(std::string const& job) override { return client_.requeue(job); }
    [[nodiscard]] std::string complaint() const override { return client_.complaint(); }

private:
    Client client_;
};

} // namespace cli

#endif
