// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_REGISTRY_HPP
#define ROTA_CLI_REGISTRY_HPP

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/claims.hpp>
#include <rota/contract/concepts.hpp>
#include <rota/contract/event.hpp>
#include <rota/contract/view.hpp>
#include <rota/estimate/oracle.hpp>
#include <rota/job/workload.hpp>
#include <rota/preemption/transition_cost.hpp>

namespace cli {

/// Any scheduler behind two virtual calls, so that the simulator is compiled once for all of them.
class any_scheduler {
public:
    template <rota::scheduling_policy S>
        requires(!std::same_as<S, any_scheduler>)
    explicit any_scheduler(S scheduler) : held_{std::make_unique<model<S>>(std::move(scheduler))} {}

    void on(rota::event const& happened, rota::view const& v) { held_->on(happened, v); }
    void decide(rota::view const& v, rota::actions& a) { held_->decide(v, a); }
    [[nodiscard]] rota::claim claims() const noexcept { return held_->claims() | more_; }
    /// Claims that the type does not know.
    void claim_too(rota::claim more) noexcept { more_ = more_ | more; }

private:
    struct base {
        virtual ~base() = default;
        virtual void on(rota::event const& happened, rota::view const& v) = 0;
        virtual void decide(rota::view const& v, rota::actions& a) = 0;
        [[nodiscard]] virtual rota::claim claims() const noexcept = 0;
    };
    template <class S>
    struct model final : base {
        explicit model(S s) : scheduler{std::move(s)} {}
        void on(rota::event const& happened, rota::view const& v) override { scheduler.on(happened, v); }
        void decide(rota::view const& v, rota::actions& a) override { scheduler.decide(v, a); }
        [[nodiscard]] rota::claim claims() const noexcept override { return rota::claims_of<S>(); }
        S scheduler;
    };

    std::unique_ptr<base> held_;
    rota::claim more_ = rota::claim::none;
};

/// What a user may set of an entry: a whole number, whole numbers joined by '/', or one of some words.
struct parameter {
    enum class kind : std::uint8_t { whole, list, word };

    std::string key;
    std::string standard; ///< as a user would write it
    std::string meaning;
    kind form = kind::whole;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int32_t>::max();
    std::vector<std::string> words{};
};

/// Sound values of an entry's parameters: what the user gave, the defaults elsewhere.
class arguments {
public:
    explicit arguments(std::map<std::string, std::string> texts) : texts_{std::move(texts)} {}

    [[nodiscard]] std::int64_t whole(std::string const& key) const;
    [[nodiscard]] std::vector<std::int64_t> list(std::string const& key) const;
    [[nodiscard]] std::string const& word(std::string const& key) const { return texts_.at(key); }
    [[nodiscard]] bool on(std::string const& key) const { return word(key) == "on"; }

private:
    std::map<std::string, std::string> texts_;
};

/// The world a scheduler is made for. Only a clairvoyant one uses `truth`.
struct setting {
    std::string placement; ///< empty: the entry's own
    std::uint64_t seed = 1;
    rota::job::workload const& workload;
    rota::cluster::spec const& cluster;
    rota::preemption::transition_cost cost{};
    rota::estimate::oracle truth;
    bool simulated = false; ///< a signal may end the command within a pass
};

/// A scheduler that can be named on the command line.
struct entry {
    std::string name;
    std::string about;
    std::string source;
    std::vector<parameter> parameters;
    bool in_panel = true; ///< of `compare` and `quickstart` by default
    any_scheduler (*make)(arguments const&, setting const&);
};

/// A placement that can be named on the command line.
struct placement_entry {
    std::string_view name;
    std::string_view header; ///< below rota/
    std::string_view about;
    std::string_view source;
    bool compact = false; ///< a gang that may lie anywhere lies on as few nodes as its size allows
};

/// A scheduler as the user chose it.
struct chosen {
    entry const* what;
    std::string label; ///< as the user wrote it
    arguments values;
};

/// Every entry, in the order of its kind. They do not move.
[[nodiscard]] std::vector<entry> const& registry();
[[nodiscard]] std::vector<placement_entry> const& placements();

/// `NAME` or `NAME:key=value,...`. Ends the command with the nearest match where a name is unknown.
[[nodiscard]] chosen choose(std::string const& text);
/// Such texts joined by commas; a piece `key=value` goes with the scheduler before it.
[[nodiscard]] std::vector<chosen> choose_several(std::string const& text);
/// Every entry of the panel with its defaults.
[[nodiscard]] std::vector<chosen> panel();
/// The placement of that name. Ends the command where there is none.
placement_entry const& check_placement(std::string const& name);

} // namespace cli

#endif
