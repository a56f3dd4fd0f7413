// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/job/spec.hpp>
#include <rota/job/workload.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/link.hpp>
#include <rota/live/recover.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

#include "require.hpp"

namespace {

namespace live = rota::live;

/// What a driver of two nodes with four GPUs has after it has read a journal.
struct reader {
    rota::cluster::spec cluster = rota::cluster::uniform(1, 2, 4, 8'000, 8'192);
    rota::log::schedule log{};
    live::journaled_books books{cluster,
                                rota::tenant_tree{std::vector<rota::job::tenant>(2)},
                                rota::recorder{log},
                                {.moves_in_place = false, .log_orders = true}};
    std::deque<rota::job::spec> specs{};
    std::vector<live::link> links{};

    std::variant<std::size_t, rota::log::text_error> read(std::string_view text) {
        auto const submit = [this](std::string name, std::uint32_t run, rota::job::spec const& what) {
            specs.push_back(what);
            links.push_back({.name = name, .run = run, .known = true});
            books.submit(name, run, specs.back());
        };
        auto const ran = [this](rota::job_id id, std::uint32_t run) { links[index(id)].run = run; };
        return live::journal_replay{books, {submit, ran}}.read(text);
    }
};

void same(reader const& a, reader const& b) {
    require(a.books.jobs().active().size() == b.books.jobs().active().size(), "the same jobs live");
    require(a.books.ops() == b.books.ops() && a.books.now() == b.books.now(), "as many orders, as late");
    require(a.books.in_flight() == b.books.in_flight(), "as many under way");
    require(a.books.want().free() == b.books.want().free(), "the same is intended");
    require(a.books.held() == b.books.held(), "the same is held");
    require(a.books.want().tenants() == b.books.want().tenants(), "by the same tenants");
    require(a.books.waiting_for_devices().size() == b.books.waiting_for_devices().size(), "as many wait");
}

} // namespace

/// The bytes are a driver's journal: an error with its place, or books and a log that depend on the whole groups alone, and
/// that a journal which begins anew gives again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = std::string_view{reinterpret_cast<char const*>(data), size};
    auto first = reader{};
    auto const got = first.read(text);
    if (auto const* const wrong = std::get_if<rota::log::text_error>(&got)) {
        require(wrong->line >= 1 && wrong->column >= 1 && !wrong->message.empty(),
                "an error has a place and a text");
        return 0;
    }
    auto const whole = std::get<std::size_t>(got);
    require(whole <= size, "what counts is there");
    auto cut = reader{};
    auto const again = cut.read(text.substr(0, whole));
    require(std::holds_alternative<std::size_t>(again) && std::get<std::size_t>(again) == whole,
            "what is torn off does not count");
    require(cut.log == first.log, "and gives no other log");
    same(first, cut);

    auto const anew = std::string{live::journal_header} + live::journal_standing(first.books, first.links);
    auto next = reader{};
    auto const stood = next.read(anew);
    require(std::holds_alternative<std::size_t>(stood) && std::get<std::size_t>(stood) == anew.size(),
            "how books stand can be told");
    for (auto const& one : next.log.records) {
        auto const others = one.kind == rota::log::kind::node_up // have CPU or memory of it
                                ? next.books.others(next.log.devices(one).front().node)
                                : rota::cluster::slice{};
        require(one.kind == rota::log::kind::submit || one.kind == rota::log::kind::order ||
                    one.kind == rota::log::kind::start || one.kind == rota::log::kind::node_down ||
                    (others.cpu_milli | others.mem_mib) != 0,
                "its log begins with how they stand, and has no news");
    }
    same(first, next);
    return 0;
}
