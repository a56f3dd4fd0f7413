// SPDX-License-Identifier: BSL-1.0
// What is taken of a node's CPU and memory beside these books' jobs: only where others run, for a round too much where a start
// is not confirmed, and never what somebody holds here.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/backend.hpp>
#include <rota/live/leave_others.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

#include "../tally.hpp"

int main() {
    namespace live = rota::live;
    auto told = tally{};
    auto const cluster = rota::cluster::uniform(1, 2, 4, 16'000, 1'000);
    auto log = rota::log::schedule{};
    auto books = rota::books{cluster, rota::tenant_tree{}, rota::recorder{log}};
    auto spec = rota::job::spec{};
    spec.need = rota::job::gang(2);
    spec.need.cpu_milli = 2'000;
    spec.need.mem_mib = 100;
    auto const id = books.submit(spec);
    auto const first = rota::node_id{0};
    books.want().begin_pass();
    auto const put = books.want().put(id, rota::cluster::placement{{first, 3, rota::whole_gpu, 4'000, 200}});
    told.check(put == rota::answer::accepted && books.commit(), "a start is sent");

    auto seen = live::snapshot{};
    seen.up = {true, true};
    seen.jobs.resize(2);
    seen.jobs[0].id = "ours";
    seen.jobs[0].state = live::job_state::running;
    seen.jobs[1].id = "theirs";
    seen.jobs[1].state = live::job_state::running;
    auto const left = [&](std::uint32_t cpu, std::uint32_t mem) {
        auto now = seen;
        now.taken = {{first, 0, rota::whole_gpu, cpu, mem},
                     {rota::node_id{1}, 0, rota::whole_gpu, 5'000, 50}};
        live::leave_others(now, books, [&](live::job_status const& one) {
            return one.id == "ours" ? std::optional{id} : std::nullopt;
        });
        return now.taken;
    };
    auto const is = [](rota::cluster::slice const& one, std::uint32_t cpu, std::uint32_t mem) {
        return one.cpu_milli == cpu && one.mem_mib == mem;
    };
    told.check(is(left(9'000, 500)[0], 0, 0), "nobody else is there");
    seen.jobs[1].beside = {first};
    told.check(is(left(9'000, 500)[0], 9'000, 500) && is(left(9'000, 500)[1], 0, 0),
               "a start that is not confirmed counts as another's");
    books.order_done(books.at(id).op, rota::order_kind::start, id, books.now());
    told.check(is(left(9'000, 500)[0], 5'000, 300), "what ours has is ours");
    told.check(is(left(1'000, 100)[0], 0, 0), "never less than nothing");
    seen.jobs[0].state = live::job_state::completed;
    told.check(is(left(9'000, 500)[0], 9'000, 500), "what has ended is not in what was taken");
    seen.jobs[1].state = live::job_state::completed;
    told.check(is(left(9'000, 500)[0], 0, 0), "and they have gone");

    // the books
    auto const room = [&](std::uint32_t cpu, std::uint32_t mem) {
        auto const& free = books.want().free().state();
        return free.cpu_milli(first) == cpu && free.mem_mib(first) == mem &&
               books.held().cpu_milli(first) == cpu && books.held().mem_mib(first) == mem;
    };
    auto const tell = [&](std::uint32_t cpu, std::uint32_t mem) {
        books.inbox.clear();
        books.node(first, true, {}, {first, 0, rota::whole_gpu, cpu, mem});
        return books.inbox.size();
    };
    told.check(room(12'000, 800) && tell(5'000, 300) == 1 && room(7'000, 500), "others have some of it");
    told.check(tell(5'000, 300) == 0 && log.records.back().kind == rota::log::kind::node_up, "said once");
    told.check(rota::log::to_text(log).ends_with("node_up 0.0 #0 - 0 n0:0@0/5000/300\n"), "and in the log");
    told.check(tell(99'000, 9'000) == 1 && room(0, 0), "what is held here they cannot have");
    told.check(tell(5'000, 300) == 1 && room(7'000, 500), "less again");
    books.node(first, false);
    told.check(room(12'000, 800) && !books.want().free().open(first),
               "of a closed node nobody is said to have any");
    told.check(tell(5'000, 300) == 1 && room(7'000, 500), "until it is open again");
    told.check(books.want().free().validate(), "the ledger agrees with itself");
    return told.end();
}
