// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_CARRY_OVER_HPP
#define ROTA_LIVE_CARRY_OVER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/journal_head.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/link.hpp>
#include <rota/live/recover.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

/// What a journal comes to on a cluster that has changed since: how things stand, in the numbers of the new one.
struct carried_over {
    std::string standing{}; ///< empty: it cannot be carried over
    std::vector<std::string>
        stuck{}; ///< jobs that have GPUs of nodes that are gone, have fewer or have others
};

/// Tells the journal to books of its own cluster, and says how these stand in the numbers of the other: nodes and models are
/// known by their names. A waiting job that the other cluster can never hold is left out, so that the next poll shows it
/// as a new one.
///
/// Expects   tenants that both clusters have under the same numbers, the root before them.
[[nodiscard]] inline std::variant<carried_over, log::text_error>
carry_over(std::string_view journal, cluster::spec const& was, cluster::spec const& is, std::size_t tenants) {
    auto const tree = [tenants] { return tenant_tree{std::vector<job::tenant>(tenants)}; };
    auto specs = std::deque<job::spec>{}; // stay where they are
    auto links = std::vector<link>{};
    auto books = journaled_books{was, tree(), recorder{}, {.moves_in_place = false, .log_orders = true}};
    auto replay = journal_replay{books,
                                 {[&](auto name, auto run, auto const& spec) {
                                      books.submit(name, run, specs.emplace_back(spec));
                                      links.push_back({.name = std::move(name), .run = run});
                                  },
                                  [&](job_id id, std::uint32_t run) {
                                      links[index(id)].run = run;
                                      links[index(id)].ready = books.now() + 1;
                                  }}};
    auto const got = replay.read(journal);
    if (auto const* const wrong = std::get_if<log::text_error>(&got)) return *wrong;

    auto const place = [](auto const& all, auto const& one) {
        return static_cast<std::size_t>(std::find(all.begin(), all.end(), one) - all.begin());
    };
    auto models = was.models;
    auto as_now = renumbering{};
    auto rooms = std::vector<int>{}; // [old nodes] GPUs that are there still
    for (auto n = std::size_t{0}; n != was.nodes.size(); ++n) {
        auto const at = place(is.names, was.names[n]);
        auto const there = at != is.names.size();
        auto const& model = there ? is.models[index(is.nodes[at].model)] : std::string{};
        auto& known = models[index(was.nodes[n].model)];
        if (there && known.empty()) known = model; // that of the first node: a journal does not tell it
        as_now.nodes.push_back(node_id{static_cast<std::uint32_t>(there ? at : 0)});
        rooms.push_back(there && known == model ? is.nodes[at].gpus : 0);
    }
    for (auto const& one : models) {
        auto const at = place(is.models, one);
        as_now.models.push_back(at == is.models.size() ? 0 : 1u << at);
    }
    auto out = carried_over{};
    auto scratch = rota::books{is, tree()};
    auto asked = std::deque<job::spec>{};
    for (auto j = std::uint32_t{0}; j != links.size(); ++j) {
        auto const id = job_id{j};
        auto const& intent = books.jobs().intent(id);
        auto const& held = books.jobs().held(id);
        auto const lost = [&](cluster::slice const& part) {
            return part.gpus >> rooms[index(part.node)] != 0;
        };
        auto const waits = intent.empty() && held.empty() && books.at(id).flight == order_kind::none;
        as_now.left_out.push_back(waits &&
                                  scratch.at(scratch.submit(asked.emplace_back(as_now.of(specs[j])))).over);
        if (std::any_of(intent.begin(), intent.end(), lost) || std::any_of(held.begin(), held.end(), lost))
            out.stuck.push_back(links[j].name);
    }
    if (out.stuck.empty()) out.standing = journal_standing(books, links, as_now);
    return out;
}

} // namespace rota::live

#endif
