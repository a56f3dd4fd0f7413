// SPDX-License-Identifier: BSL-1.0
// Facts that a simulated world never tells: news of runs and orders that are long over, at the worst moment.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/cluster/spec.hpp>
#include <rota/contract/actions.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/view.hpp>
#include <rota/job/request.hpp>
#include <rota/job/spec.hpp>
#include <rota/log/record.hpp>

#include "../tally.hpp"

namespace {

using namespace rota;

auto told = tally{};

void check(bool good, std::string_view what) { told.check(good, what); }

/// One job on one node of two GPUs; every order is answered by the test.
struct desk {
    cluster::spec cluster = cluster::uniform(1, 1, 2);
    job::spec spec{.need = job::gang(2)};
    books state{cluster};
    cluster::placement where{cluster::slice{.node = node_id{0}, .gpus = 3}};
    job_id id = state.submit(spec);

    /// Decides for it: to start, or to stop.
    order decide(bool start) {
        state.want().begin_pass();
        auto may = actions(state.want());
        auto const taken = start ? may.start(id, where) : may.preempt(id);
        check(taken == answer::accepted, "a decision is accepted");
        check(state.commit() && state.outbox.size() == 1, "it becomes one order");
        auto const sent = state.outbox.front();
        state.outbox.clear();
        return sent;
    }
    void confirm(order const& what) { state.order_done(what.op, what.kind, id, state.now()); }
    [[nodiscard]] bool runs() const { return state.want().where(id) == phase::running; }
};

void an_older_run_ends_late() {
    auto d = desk{};
    d.confirm(d.decide(true));
    auto const first = d.state.at(d.id).incarnation;
    d.state.interrupted(d.id, first, log::cause::job_error, d.state.now());
    d.confirm(d.decide(true));
    check(d.runs() && d.state.at(d.id).incarnation != first, "it runs again, as another incarnation");
    auto const stale = d.state.stale();
    d.state.ended(d.id, first, log::kind::finish);
    check(d.runs() && d.state.stale() == stale + 1, "the end of the first run does not end the second");
    d.state.interrupted(d.id, first, log::cause::node_down, d.state.now());
    check(d.runs() && d.state.stale() == stale + 2, "nor does its interruption stop it");
    d.state.ended(d.id, first + 1, log::kind::finish);
    check(d.state.at(d.id).over && d.state.want().free().whole_count(node_id{0}) == 2,
          "its own end ends it and frees the node");
    d.state.ended(d.id, first + 1, log::kind::finish);
    check(d.state.stale() == stale + 3, "once");
}

void an_older_order_is_answered_late() {
    auto d = desk{};
    auto const first = d.decide(true);
    d.state.order_failed(first.op, first.kind, d.id, log::cause::launch_error, d.state.now());
    auto const second = d.decide(true);
    auto const stale = d.state.stale();
    d.confirm(first);
    check(!d.runs() && d.state.stale() == stale + 1, "the confirmation of an order that failed is no start");
    d.state.order_failed(first.op, first.kind, d.id, log::cause::launch_error, d.state.now());
    check(d.state.stale() == stale + 2, "nor does it fail twice");
    d.confirm(second);
    check(d.runs(), "the order that is under way starts it");
    auto const stop = d.decide(false);
    d.confirm(second);
    check(d.state.stale() == stale + 3 && d.state.in_flight() == 1, "a start confirmed again stops nothing");
    d.confirm(stop);
    check(d.state.want().where(d.id) == phase::waiting && d.state.in_flight() == 0 &&
              d.state.held() == cluster::occupancy(d.cluster),
          "the stop leaves nothing held");
}

/// A start is accepted for exactly what was asked for, on one model that will do, no further apart than allowed.
void the_wrong_gang_is_refused() {
    auto cluster = cluster::uniform(2, 2, 2, 4'000, 4'096); // nodes 0 and 1 in one rack, 2 and 3 in another
    cluster.models = {"first", "second"};
    cluster.nodes[1].model = gpu_model{1};
    auto const on = [](std::uint32_t node, unsigned gpus) {
        return cluster::slice{.node = node_id{node}, .gpus = static_cast<std::uint16_t>(gpus)};
    };
    auto const asks = [&](job::request const& need, std::vector<cluster::slice> const& parts) {
        auto state = books(cluster);
        state.node(node_id{3}, false);
        auto const spec = job::spec{.need = need};
        auto const id = state.submit(spec);
        auto where = cluster::placement{};
        for (auto const& part : parts) where.add(part);
        state.want().begin_pass();
        return actions(state.want()).start(id, where);
    };
    auto const three = job::gang(3);
    check(asks(three, {on(0, 3), on(2, 1)}) == answer::accepted, "three GPUs of one model");
    check(asks(three, {on(2, 1), on(0, 3)}) == answer::accepted, "in any order");
    check(asks(three, {on(2, 1), on(0, 1), on(2, 1)}) == answer::wrong_gang, "not the same GPU twice");
    check(asks(three, {on(2, 1), on(0, 1), on(2, 2)}) == answer::wrong_gang, "not one node in two parts");
    check(asks(three, {on(0, 3), on(1, 1)}) == answer::wrong_gang, "not of two models");
    check(asks(three, {on(0, 3)}) == answer::wrong_gang, "not one less");
    check(asks(three, {on(0, 3), on(2, 3)}) == answer::wrong_gang, "not one more");
    check(asks(three, {on(0, 3), on(3, 1)}) == answer::closed_node, "not on a closed node");
    check(asks(three, {on(0, 3), on(9, 1)}) == answer::wrong_gang, "not on a node that does not exist");
    check(asks(job::gang(3, job::span::one_rack), {on(0, 3), on(2, 1)}) == answer::wrong_gang,
          "not in two racks");
    check(asks(job::gang(2, job::span::compact), {on(0, 1), on(2, 1)}) == answer::wrong_gang, "not apart");
    auto of_first = job::gang(1);
    of_first.models = 1;
    check(asks(of_first, {on(1, 1)}) == answer::wrong_gang, "not of a model that will not do");
    auto half = job::gang(1);
    half.milli = half.milli_min = 500;
    check(asks(half, {on(0, 1)}) == answer::wrong_gang, "not another share");
    auto fed = job::gang(1);
    fed.cpu_milli = 1'000;
    check(asks(fed, {on(0, 1)}) == answer::wrong_gang, "not without its CPU");
    fed = job::gang(1);
    fed.mem_mib = 1'024;
    check(asks(fed, {on(0, 1)}) == answer::wrong_gang, "not without its memory");
}

} // namespace

int main() {
    the_wrong_gang_is_refused();
    an_older_run_ends_late();
    an_older_order_is_answered_late();
    return told.end();
}
