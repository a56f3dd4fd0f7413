// SPDX-License-Identifier: BSL-1.0
// A journal on disk: one writer, what was torn off at the end is cut, and what is wrong is said with its place.
#include <array>
#include <bit>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tally.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/contract/books.hpp>
#include <rota/contract/order.hpp>
#include <rota/contract/recorder.hpp>
#include <rota/contract/tenant_tree.hpp>
#include <rota/core/units.hpp>
#include <rota/job/spec.hpp>
#include <rota/live/carry_over.hpp>
#include <rota/live/journal_file.hpp>
#include <rota/live/journal_head.hpp>
#include <rota/live/journaled_books.hpp>
#include <rota/live/patience.hpp>
#include <rota/live/recover.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

namespace {

namespace fs = std::filesystem;
namespace live = rota::live;

constexpr auto job =
    "job 17 1000 0 0 4294967295 -3 60000 9223372036854775807 0 2 2 1000 1000 0 0 4294967295 2\n";
constexpr auto settings = rota::books::settings{.moves_in_place = false, .log_orders = true};

/// What a journal of a cluster of two nodes with four GPUs comes to.
struct told {
    rota::cluster::spec cluster = rota::cluster::uniform(1, 2, 4);
    rota::log::schedule log{};
    live::journaled_books books{cluster, rota::tenant_tree{}, rota::recorder{log}, settings};
    std::string names{};
    rota::job::spec spec{};

    std::variant<std::size_t, rota::log::text_error> read(std::string_view text) {
        auto const submit = [this](std::string name, std::uint32_t run, rota::job::spec const& what) {
            spec = what;
            books.submit(name, run, spec);
            names += std::move(name) + " ";
        };
        return live::journal_replay{books, {submit, [](auto, auto) {}}}.read(text);
    }
};

void replays(tally& t) {
    auto const head = std::string{live::journal_header} + "#nodes n1 n2\n";
    auto const first = head + job + "pass 1000\n1000 order 0.0 #1 ordered 0 n1:3@1000/0/0\nend\n";
    auto one = told{};
    auto const got = one.read(first + "2000 start 0.0 #1 - 2000\nrest 2000\nen");
    t.check(std::holds_alternative<std::size_t>(got) && std::get<std::size_t>(got) == first.size(),
            "a group without its end does not count");
    auto const& j = one.books.at(rota::job_id{0});
    t.check(one.names == "17 " && j.spec->priority == -3 && j.spec->limit_ms == 60'000 &&
                j.flight == rota::order_kind::start && j.op == 1 && one.books.in_flight() == 1,
            "a job, and an order on its way");
    auto more = told{};
    t.check(std::holds_alternative<std::size_t>(
                more.read(first + "2000 start 0.0 #1 - 2000\nrest 2000\nend\n")) &&
                more.books.at(rota::job_id{0}).accrues_from == rota::sim_time{2'000} &&
                rota::log::to_text(more.log) == "#rota-log 1\n1000 submit 0.0 #0 - 2\n"
                                                "1000 order 0.0 #1 ordered 0 n1:3@1000/0/0\n"
                                                "2000 start 0.1 #1 - 0 n1:3@1000/0/0\n",
            "the log that the driver wrote");
    auto stops = told{};
    t.check(std::holds_alternative<std::size_t>(stops.read(
                first + "2000 start 0.0 #1 - 2000\npass 2000\n2000 order 0.1 #2 - 1\nrest 2000\nend\n")) &&
                stops.books.at(rota::job_id{0}).flight == rota::order_kind::stop &&
                stops.books.at(rota::job_id{0}).mode == rota::stop_mode::kill,
            "how it is to be stopped");
    auto const stood = head + "stand 0\nclosed 1\ngone 9 2\n" + job +
                       "1000 order 1.4 #7 - 1 n0:3@1000/0/0\n1000 start 1.4 #7 - 5000 n0:3@1000/0/0\n"
                       "stands 1 9000 8000 0 9223372036854775807 3 0\nstood 9000 7\nend\n";
    auto anew = told{};
    auto const all = anew.read(stood + "10000 finish 1.4 #0 - 0\nrest 10000\nend\n");
    t.check(std::holds_alternative<std::size_t>(all) && anew.names == "9 17 " &&
                anew.books.at(rota::job_id{1}).over &&
                rota::log::to_text(anew.log) == "#rota-log 1\n"
                                                "1000 submit 1.0 #0 - 2\n"
                                                "9000 order 1.4 #7 ordered 0 n0:3@1000/0/0\n"
                                                "9000 start 1.4 #7 - 0 n0:3@1000/0/0\n"
                                                "9000 node_down 0.0 #0 drained 0 n1:0@0/0/0\n"
                                                "10000 finish 1.4 #7 - 0\n",
            "it begins with how things stood, and so does the log");
    auto still = told{};
    t.check(std::holds_alternative<std::size_t>(still.read(stood)) && still.books.ops() == 7 &&
                still.books.at(rota::job_id{1}).preemptions == 3 && still.books.at(rota::job_id{0}).over &&
                !still.books.want().free().open(rota::node_id{1}) && index(still.books.now()) == 9'000 &&
                still.books.want().attained(rota::job_id{1}) == 5'000,
            "as they stood");
    auto none = told{};
    auto const empty = none.read("");
    t.check(std::holds_alternative<std::size_t>(empty) && std::get<std::size_t>(empty) == 0, "nothing yet");
}

void heads(tally& t) {
    auto const words =
        std::string{"#rota-journal 1\n#nodes n1:4 n2:8:v100 n3:4\n#accounts a b\n#epoch 123\n"};
    auto const got = live::read_journal_head(words + "job");
    auto const* const read = std::get_if<live::journal_head_read>(&got);
    t.check(read != nullptr, "a head is read");
    if (read == nullptr) return;
    auto const& was = read->head;
    t.check(live::text(was) == words && read->size == words.size() && was.epoch_ms == 123,
            "a head is its own text");
    t.check(was.cluster.gpus() == 16 && index(was.cluster.nodes[1].model) == 1 &&
                was.cluster.nodes[2].model == was.cluster.nodes[0].model,
            "a node has its GPUs and their model");
    auto is = was;
    is.epoch_ms = 7;
    t.check(live::difference(was, is).empty(), "when it began is no difference");
    is.cluster.names[1] = "n9";
    is.cluster.nodes[2].gpus = 2;
    is.accounts = {"b"};
    t.check(live::difference(was, is) ==
                "nodes gone: n2:8:v100 n3:4; nodes new: n9:8:v100 n3:2; accounts gone: a",
            live::difference(was, is));
    is = was;
    std::swap(is.cluster.names[0], is.cluster.names[2]);
    t.check(live::difference(was, is) == "the same nodes in another order", live::difference(was, is));
    auto const wrong = [&t](std::string const& text, std::size_t line, std::size_t column) {
        auto const bad = live::read_journal_head(text);
        auto const* const why = std::get_if<rota::log::text_error>(&bad);
        t.check(why != nullptr && why->line == line && why->column == column, "no head: " + text);
    };
    wrong("#rota-journal 2\n", 1, 1);
    wrong("#rota-journal 1\n#nodesn1:4\n", 2, 1);
    wrong("#rota-journal 1\n#nodes n1:4 n2\n", 2, 13);
    wrong("#rota-journal 1\n#nodes n1:4 n2:17\n", 2, 13);
    wrong("#rota-journal 1\n#nodes n1:4\n#epoch 1\n", 3, 1);
    wrong("#rota-journal 1\n#nodes n1:4\n#accounts\n#epoch -1\n", 4, 10);
    wrong("#rota-journal 1\n#nodes n1:4\n#accounts\n#epoch 1", 4, 1);
}

/// Nodes come and go while no driver lives: n1 is gone, n2 has other numbers and more GPUs, and h100 are new.
void carries_over(tally& t) {
    auto const spec_of = [](std::string_view nodes) {
        auto const got = live::read_journal_head("#rota-journal 1\n#nodes " + std::string{nodes} +
                                                 "\n#accounts\n#epoch 1\n");
        return std::get<live::journal_head_read>(got).head.cluster;
    };
    auto const was = spec_of("n1:4 n2:4:v100 n3:4");
    auto is = spec_of("n3:4:a100 n9:8:h100 n2:8:v100");
    is.models[index(is.nodes[0].model)] = "a100";
    auto const line = [](std::string_view name, int gpus, std::string_view models) {
        return "job " + std::string{name} + " 1000 0 0 0 0 0 9223372036854775807 0 " + std::to_string(gpus) +
               ' ' + std::to_string(gpus) + " 1000 1000 0 0 " + std::string{models} + " 2\n";
    };
    auto const any = std::string_view{"4294967295"};
    auto const begins = std::string{live::journal_header} + line("17", 3, any) + line("18", 2, "2") +
                        line("19", 4, "1") + line("20", 8, "1");
    auto const runs = begins + "pass 1000\n1000 order 0.0 #1 ordered 0 n1:7@1000/0/0\nend\n"
                               "2000 start 0.0 #1 - 2000\nrest 2000\nend\n";
    auto const got = live::carry_over(runs, was, is, 1);
    auto const* const over = std::get_if<live::carried_over>(&got);
    t.check(over != nullptr && over->stuck.empty(), "it is carried over");
    if (over == nullptr) return;
    auto log = rota::log::schedule{};
    auto books = live::journaled_books{is, rota::tenant_tree{}, rota::recorder{log}, settings};
    auto specs = std::deque<rota::job::spec>{};
    auto names = std::string{};
    auto const read = live::journal_replay{
        books,
        {[&](auto name, auto, auto const& spec) {
             books.submit(name, 0, specs.emplace_back(spec));
             names += name + ' ';
         },
         [](auto, auto) {
         }}}.read(std::string{live::journal_header} + over->standing);
    t.check(std::holds_alternative<std::size_t>(read), "and read: " + over->standing);
    auto const& held = books.jobs().held(rota::job_id{0});
    t.check(names == "17 18 19 " && held.size() == 1 && is.names[index(held.begin()->node)] == "n2" &&
                held.begin()->gpus == 7,
            "who ran holds what it held; who was too large is left out: " + names);
    auto const models = [&](std::size_t which) { return specs.at(which).need.models; };
    t.check(models(0) == ~0u && is.models[static_cast<std::size_t>(std::countr_zero(models(1)))] == "v100" &&
                is.models[static_cast<std::size_t>(std::countr_zero(models(2)))] == "a100",
            "models have their names");
    auto const gone =
        live::carry_over(begins + "pass 1000\n1000 order 2.0 #1 ordered 0 n0:f@1000/0/0\nend\n", was, is, 1);
    auto const* const stuck = std::get_if<live::carried_over>(&gone);
    t.check(stuck != nullptr && stuck->standing.empty() && stuck->stuck == std::vector<std::string>{"19"},
            "whose devices are gone");
    is.nodes[2].gpus = 2;
    auto const small = live::carry_over(runs, was, is, 1);
    t.check(std::get<live::carried_over>(small).stuck == std::vector<std::string>{"17"}, "or are fewer");
    t.check(std::holds_alternative<rota::log::text_error>(live::carry_over(runs + "x\nend\n", was, is, 1)),
            "a journal that is none");
}

void refuses(tally& t) {
    auto const wrong = [&](std::string const& text, std::size_t line, std::size_t column,
                           std::string_view words) {
        auto one = told{};
        auto const got = one.read(text);
        auto const* const why = std::get_if<rota::log::text_error>(&got);
        t.check(why != nullptr && why->line == line && why->column == column &&
                    why->message.find(words) != std::string::npos,
                text + (why == nullptr ? "was read"
                                       : std::to_string(why->line) + ":" + std::to_string(why->column) +
                                             ": " + why->message));
    };
    auto const head = std::string{live::journal_header};
    wrong("#rota-journal 2\n", 1, 1, "header");
    wrong(head + "tick 1 2\nend\n", 2, 7, "the end of the line");
    wrong(head + "tick x\nend\n", 2, 6, "a whole number");
    wrong(head + "hello 3\nend\n", 2, 1, "unknown line");
    wrong(head + "run 0 1\nend\n", 2, 8, "a job");
    wrong(head + "5 start 0.0 #1 - 0\nend\n", 2, 1, "no such job");
    wrong(head + job + "5000 begin 0.0 #1 - 0\nend\n", 3, 6, "a record kind");
    wrong(head + job + "5000 order 0.0 #1 - 0\nend\n", 3, 1, "outside a pass");
    wrong(head + job + "pass 5000\n5000 order 0.0 #1 - 0 n2:1@1000/0/0\nend\n", 4, 1, "no such device");
    wrong(head + job + "pass 5000\n5000 order 0.0 #1 - 0 n1:10@1000/0/0\nend\n", 4, 1, "no such device");
    wrong(head + job + "pass 5000\n5000 order 0.0 #1 - 0 n1:1@1000/0/0\nend\n", 5, 1,
          "that the books do not allow");
    wrong(head + job + job +
              "pass 5000\n5000 order 0.0 #1 - 0 n1:3@1000/0/0\n5000 order 1.0 #2 - 0 n1:6@1000/0/0\nrest "
              "5000\nend\n",
          7, 1, "that the books do not allow");
    wrong(head + "job 17 1000 0 7 0 0 0 0 0 1 1 1000 1000 0 0 1 0\nend\n", 2, 48, "a tenant");
    wrong(head + "job 17 1000 0\nend\n", 2, 14, "expected a space");
    wrong(head + "5 node_up 0.0 #0 - 0\nend\n", 2, 1, "exactly one node");
    wrong(head + "5 submit 0.0 #0 - 0\nend\n", 2, 1, "no such job");
    wrong(head + job + "5000 submit 0.0 #0 - 0\nend\n", 3, 1, "no input");
    wrong(head + "job\nend\n", 2, 1, "expected 'job '");
    wrong(head + job + "5 resync 0.0 #0 - 0\nend\n", 3, 1, "before that of the line above");
    wrong(head + job + "stand 0\nend\n", 3, 8, "at the beginning only");
    wrong(head + "stand 0\npass 1\nend\n", 3, 1, "how something stood");
    wrong(head + "stand 0\nclosed 2\nend\n", 3, 9, "a node");
    wrong(head + "stand 0\nwaits 0\nend\n", 3, 8, "a job");
    wrong(head + "stand 0\ngone 9 2\nwaits 0\nend\n", 4, 1, "a wait for nothing");
    wrong(head + "stand 0\n" + job + "waits 0\nend\n", 4, 1, "a wait for nothing");
    wrong(head + "stand 0\n" + job + "stands 0 0 0 0 0 0 3\nend\n", 4, 21, "an order from 0 to 2");
    wrong(head + "stand 0\n" + job +
              "1 start 0.1 #1 - 0 n0:1@1000/0/0 n0:1@1000/0/0\nstands 0 0 0 0 0 0 0\nend\n",
          5, 1, "not free");
    auto const two =
        head + job + job +
        "pass 5000\n5000 order 0.0 #1 - 0 n0:3@1000/0/0\n5000 order 1.0 #2 - 0 n1:3@1000/0/0\nend\n"
        "5000 start 0.0 #1 - 5000 n0:3@1000/0/0\n";
    wrong(two + "5000 start 1.0 #2 - 5000 n0:6@1000/0/0\nend\n", 9, 1,
          "not free"); // another is confirmed on one
    wrong(two + "5000 start 1.0 #2 - 5000 n0:A@1080/0/0\nend\n", 9, 1,
          "not there"); // instances of whole GPUs
    wrong(two + "5000 start 1.0 #2 - 5000 n0:C@1000/0/1\nend\n", 9, 1,
          "not there"); // memory that it did not ask for
}

auto const at_once = live::patience{0};

/// Its writer is dead, but not yet the copy of it that was to become a client.
void outlived(tally& t, std::string const& path) {
    auto why = std::string{};
    auto file = live::journal_file::open(path, why);
    if (!t.check(file.has_value(), why)) return;
    auto const copy = ::fork();
    if (copy == 0) {
        ::poll(nullptr, 0, 300);
        ::_exit(0);
    }
    file.reset();
    t.check(!live::journal_file::open(path, why, at_once) && why == "another driver writes it",
            "its copy holds it");
    t.check(live::journal_file::open(path, why, live::patience{60'000}).has_value(), "for a moment");
    ::waitpid(copy, nullptr, 0);
}

/// Who opens a journal while its writer replaces it, over and over, is never a second writer. In memory, where there is
/// such a folder: it takes many tries to come between two steps of the other.
void replaced_while_opened(tally& t, std::string const& path, int tries) {
    auto why = std::string{};
    auto file = live::journal_file::open(path, why);
    if (!t.check(file.has_value(), why)) return;
    auto done = std::array<int, 2>{-1, -1};
    if (!t.check(::pipe(done.data()) == 0, "a pipe")) return;
    auto const child = ::fork();
    if (child == 0) {
        for (auto i = 0; i != tries; ++i)
            if (!file->replace("again\n")) ::_exit(1);
        static_cast<void>(::write(done[1], "x", 1));
        ::pause(); // it holds the journal until it is told to go
    }
    file.reset(); // the child's from here on
    ::close(done[1]);
    auto second = 0;
    auto said = pollfd{done[0], POLLIN, 0};
    while (::poll(&said, 1, 0) == 0) second += live::journal_file::open(path, why, at_once).has_value();
    ::close(done[0]);
    ::kill(child, SIGKILL);
    auto status = 0;
    t.check(::waitpid(child, &status, 0) == child && WIFSIGNALED(status), "its writer goes on");
    t.check(second == 0, "one writer, all the time");
    t.check(live::journal_file::open(path, why).has_value(), "and another when it is gone");
}

void files(tally& t) {
    auto const folder = fs::temp_directory_path() / ("rota-journal-" + std::to_string(::getpid()));
    fs::create_directory(folder);
    auto const path = (folder / "journal").string();
    auto why = std::string{};
    {
        auto const file = live::journal_file::open(path, why);
        if (!t.check(file.has_value(), why)) return;
        t.check(file->write("one\n") && file->write("two\nthr") && file->text() == "one\ntwo\nthr",
                "appends");
        t.check(!live::journal_file::open(path, why, at_once) && why == "another driver writes it",
                "one writer");
        t.check(file->cut(8) && file->write("four\n") && file->text() == "one\ntwo\nfour\n",
                "goes on behind");
    }
    t.check(live::journal_file::open(path, why).has_value(), "and then the next");
    outlived(t, path);
    std::ofstream{path + ".new"} << std::string(100'000, 'x'); // of one that died over it
    if (auto file = live::journal_file::open(path, why); t.check(file.has_value(), why)) {
        t.check(file->replace("short\n") && !fs::exists(path + ".new"), "another in its place");
        t.check(file->write("more\n") && file->text() == "short\nmore\n" && fs::file_size(path) == 11,
                "which goes on");
        t.check(!live::journal_file::open(path, why, at_once) && why == "another driver writes it",
                "and has one writer");
        fs::create_directory(path + ".new");
        t.check(!file->replace("nothing\n") && file->write("yet\n") && file->text() == "short\nmore\nyet\n",
                "or the old one goes on");
    }
    auto const memory = fs::path{"/dev/shm"};
    auto const fast = fs::is_directory(memory);
    auto const other = (fast ? memory / folder.filename() : folder / "other").string();
    replaced_while_opened(t, other, fast ? 40'000 : 200);
    fs::remove(other);
    t.check(!live::journal_file::open((folder / "no" / "where").string(), why) && !why.empty(),
            "a place that is none");
    fs::remove_all(folder);
    if (auto const* const full = "/dev/full"; fs::exists(full))
        if (auto const file = live::journal_file::open(full, why))
            t.check(!file->write("lost\n"), "a full disk is said");
}

} // namespace

int main() {
    auto t = tally{};
    replays(t);
    heads(t);
    carries_over(t);
    refuses(t);
    files(t);
    return t.end();
}
