// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_TRIALS_HPP
#define ROTA_PROPERTY_TRIALS_HPP

#include <cstdint>
#include <ostream>
#include <vector>

#include <rapidcheck.h>

#include <rota/verify/decoder.hpp>
#include <rota/verify/feature.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/trial.hpp>
#include <rota/verify/world.hpp>

namespace rota::property {

/// Trials of a cluster, jobs and mishaps, as the suite draws them: every other one is calm.
///
/// Meaning   `worlds` are bits of what may go wrong, `jobs` what jobs may be. A trial is read from bytes, any bytes are
///           one, and rapidcheck shrinks these.
[[nodiscard]] inline rc::Gen<verify::trial> trials(unsigned worlds = verify::worlds - 1,
                                                   verify::feature jobs = verify::feature::all) {
    using bytes = std::vector<std::uint8_t>;
    return rc::gen::apply(
        [worlds, jobs](bool calm, bool sparse, bytes all) {
            auto const drawn = static_cast<unsigned>(verify::world_in(all));
            // many a promise can be judged only where most features are absent
            for (auto i : {1u, 2u})
                if (sparse) all[i] &= all[all.size() - i];
            verify::put_world(
                all, static_cast<verify::world>(drawn & (calm ? verify::calm_worlds : ~0u) & worlds));
            return verify::decode(all, jobs);
        },
        rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
        rc::gen::container<bytes>(176,
                                  rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint8_t>())));
}

} // namespace rota::property

namespace rota::verify {

/// How rapidcheck prints a trial: its lines of a replay file.
inline void showValue(trial const& what, std::ostream& to) { to << '\n' << to_text(what); }

} // namespace rota::verify

#endif
