// SPDX-License-Identifier: BSL-1.0
// What the tests of every framework have in common: a scheduler, and what the verifier says of it.
#include "newest_first.hpp"

#include <cstdint>

#include <rota/queueing/greedy.hpp>
#include <rota/scheduler/scheduler.hpp>
#include <rota/verify/replay_writer.hpp>
#include <rota/verify/story.hpp>
#include <rota/verify/suite.hpp>

namespace {

struct newest_first {
    [[nodiscard]] std::int64_t key(rota::view const&, rota::job_id j) const noexcept {
        return -std::int64_t{index(j)}; // ids grow in the order of submission
    }
};
using mine = rota::scheduler<rota::queueing::greedy<newest_first, rota::queueing::skip_ahead>>;

} // namespace

rota::claim const its_claims = mine::claims;

std::string broken_laws(rota::claim claims) {
    namespace verify = rota::verify;
    auto const found = verify::run_suite("newest first", [](auto const&) { return mine{}; }, claims,
                                         {.cases = 1'000, .shrinks = 1});
    if (found.failures == 0) return {};
    auto text = verify::text(found);
    for (auto const& one : found.shrunk)
        text += verify::story(one.smallest.what, one.found) + '\n' + to_text(one.smallest);
    return text;
}
