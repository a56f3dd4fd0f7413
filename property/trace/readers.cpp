// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "golden.hpp"
#include "samples.hpp"

#include <rota/core/random.hpp>
#include <rota/job/workload.hpp>
#include <rota/trace/clusters.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/native_writer.hpp>
#include <rota/trace/utf8.hpp>

#include "../tally.hpp"

namespace {

namespace trace = rota::trace;
namespace fs = std::filesystem;

auto result = tally{};
bool check(bool good, std::string_view what) { return result.check(good, what); }

trace::reading read(std::string_view format, std::string text, trace::options const& how = {}) {
    auto const from = trace::from_bytes("input", std::move(text), how.limits);
    return from ? trace::read(format, *from, how) : trace::refusal(from.error());
}

std::string code(trace::reading const& got) {
    return got.diagnostics.empty() ? std::string{} : got.diagnostics.front().code;
}

void same_after_a_round_trip(rota::job::workload const& work, std::string const& what) {
    auto how = trace::options{};
    how.allow_empty = true;
    auto const written = trace::write_native(work);
    auto const again = read("rota", written, how);
    check(again.ok() && again.workload == work, what + ": native form reads back equal");
    check(trace::write_native(again.workload) == written, what + ": and writes the same bytes");
}

/// Any workload the native form can hold, every field at its default now and then.
rota::job::workload any_workload(rota::random& draw) {
    auto const below = [&](std::uint64_t n) { return static_cast<std::int64_t>(draw.below(n)); };
    auto made = rota::job::workload{};
    for (auto i = below(4); i != 0; --i)
        made.tenants.push_back({.parent = static_cast<rota::tenant_id>(below(made.tenants.size())),
                                .weight = static_cast<std::int32_t>(below(1u << 31)),
                                .nominal_milli = below(std::uint64_t{1} << 47),
                                .name = draw.chance(0.5) ? " a,\"b\" #" : ""});
    if (draw.chance(0.3)) made.tenants[0] = {.parent = {}, .weight = 7, .nominal_milli = 9, .name = "all"};
    auto const named = draw.chance(0.7);
    auto const seldom = draw.unit(); // how often a field leaves its default
    auto submit = std::int64_t{0};
    auto const jobs = below(30);
    for (auto i = std::int64_t{0}; i != jobs; ++i) {
        auto spec = rota::job::spec{};
        auto work = rota::job::work{};
        auto const maybe = [&](auto& field, std::int64_t value) {
            if (draw.chance(seldom)) field = static_cast<std::remove_reference_t<decltype(field)>>(value);
        };
        auto& need = spec.need;
        submit += below(3) * below(1u << 20);
        spec.submit = rota::sim_time{submit};
        need.gpus_min = static_cast<std::uint16_t>(1 + below(64));
        need.gpus_max = need.gpus_min;
        maybe(need.gpus_max, need.gpus_min + below(64));
        maybe(need.milli, 1 + below(1000));
        need.milli_min = need.milli;
        maybe(need.milli_min, 1 + below(need.milli));
        maybe(need.cpu_milli, below(1ull << 32));
        maybe(need.mem_mib, below(1ull << 32));
        maybe(need.models, below(1ull << 32));
        maybe(need.span, below(4));
        maybe(spec.tenant, below(made.tenants.size()));
        maybe(spec.user, below(1ull << 32));
        maybe(spec.priority, below(1ull << 32) - (1ll << 31));
        maybe(spec.limit_ms, below(1ull << 62));
        maybe(spec.deadline, below(1ull << 62) - (1ll << 61));
        maybe(spec.state_mib, below(1ull << 62));
        work.duration_ms = below(1u << 31);
        for (auto& rate : work.model_rate) maybe(rate, below(1u << 16));
        maybe(work.knee, below(1u << 16));
        maybe(work.ends, below(6));
        made.specs.push_back(spec);
        made.works.push_back(work);
        if (named)
            made.names.push_back(std::string{draw.chance(0.2) ? "#\",\xc3\xa9 " : "j"} + std::to_string(i));
    }
    return made;
}

void round_trips() {
    for (auto seed = std::uint64_t{1}; seed != 501; ++seed) {
        auto draw = rota::random{seed};
        same_after_a_round_trip(any_workload(draw), "random workload of seed " + std::to_string(seed));
    }
}

void sound_inputs() {
    for (auto const& one : samples()) {
        auto const what = std::string{one.format} + " sample";
        auto const how = csv_options();
        auto const plain = read(one.format, one.text(), how);
        if (!check(plain.ok() && plain.tally.balanced(), what))
            std::printf("%s", text(plain.diagnostics).c_str());
        check(plain.tally.kept == plain.workload.size() && plain.tally.kept >= 3,
              what + ": kept are the jobs");
        same_after_a_round_trip(plain.workload, what);

        // ends of lines, byte order mark, last line without an end, blank lines behind: the same workload
        auto const equal = [&](std::string text, std::string const& how_so) {
            auto const got = read(one.format, std::move(text), how);
            check(got.ok() && got.workload == plain.workload, what + ": " + how_so);
        };
        auto const crlf = [&](std::string_view end) {
            auto text = one.text();
            for (auto at = std::size_t{0}; (at = text.find('\n', at)) != std::string::npos; at += end.size())
                text.replace(at, 1, end);
            return text;
        };
        equal(crlf("\r\n"), "CR LF");
        equal(crlf("\r"), "lone CR");
        auto mixed = one.text();
        mixed.replace(mixed.rfind('\n', mixed.size() - 2), 1, "\r\n");
        equal(mixed, "mixed ends");
        equal("\xef\xbb\xbf" + one.text(), "byte order mark");
        equal(one.text().substr(0, one.text().size() - 1), "no final newline");
        equal(one.text() + "\n  \n\n", "blank lines behind");

        // one bad row first, in the middle, last: strict refuses and names the line, collect drops just that
        // row
        auto const head =
            static_cast<std::uint64_t>(std::count(one.header.begin(), one.header.end(), '\n')) + 1;
        for (auto const at : {std::size_t{0}, std::size_t{2}, std::size_t{5}}) {
            auto broken = one;
            broken.rows.insert(broken.rows.begin() + static_cast<std::ptrdiff_t>(at), one.bad_row);
            auto const got = read(one.format, broken.text(), how);
            check(!got.ok() && got.workload.size() == 0 && code(got) == "E-NUMBER" && got.tally.balanced() &&
                      got.diagnostics.front().line == head + at + 1,
                  what + ": strict refuses bad row " + std::to_string(at));
            auto lenient = how;
            lenient.on_error = trace::on_error::collect;
            auto const rest = read(one.format, broken.text(), lenient);
            check(rest.ok() && rest.workload == plain.workload && rest.tally.balanced() &&
                      rest.tally.dropped == plain.tally.dropped + 1 && rest.tally.of("E-NUMBER") == 1 &&
                      std::any_of(rest.dropped.begin(), rest.dropped.end(),
                                  [&](auto const& row) { return row.line == head + at + 1; }),
                  what + ": collect drops bad row " + std::to_string(at));
        }

        // any one byte changed: a balanced tally, and where refused a diagnostic at most a line away or on
        // line 1
        auto const text = one.text();
        auto line = std::uint64_t{1};
        for (auto at = std::size_t{0}; at != text.size(); ++at) {
            for (auto const byte : std::string_view{"x\",\n\r-9\0\xff #", 11}) {
                auto changed = text;
                changed[at] = byte;
                if (changed.find("\n# enant,") != std::string::npos) continue; // now a comment, as meant
                auto const got = read(one.format, changed, how);
                auto near = got.ok();
                for (auto const& why : got.diagnostics)
                    near = near || why.line <= head || (why.line + 1 >= line && why.line <= line + 1);
                if (!near || !got.tally.balanced() || got.tally.kept != got.workload.size())
                    check(false, what + ": byte " + std::to_string(at) + " changed\n" +
                                     trace::text(got.diagnostics));
            }
            line += text[at] == '\n';
        }
        check(true, what + ": single bytes changed");
    }
}

void meanings() {
    using rota::job::outcome;
    auto const helios = read("helios", samples()[2].text());
    auto const& jobs = helios.workload;
    check(jobs.size() == 4 && helios.tally.of("zero_gpus") == 1, "helios drops the CPU job");
    check(jobs.specs[1].need.cpu_milli == 3000 && jobs.specs[0].need.cpu_milli == 8000,
          "helios shares out the cores");
    check(index(jobs.specs[3].user) == 0 && index(jobs.specs[3].tenant) == 2 && jobs.tenants[2].name == "v3",
          "helios users and tenants by first appearance");
    check(jobs.works[1].ends == outcome::cancelled && jobs.works[3].ends == outcome::timed_out,
          "helios states");
    check(index(jobs.specs[3].submit) == 4000 && helios.origin_ms == 1585699200000,
          "helios time since the first");

    auto const openb = read("openb", samples()[5].text());
    check(openb.workload.size() == 3 && openb.tally.of("pending") == 1, "openb drops the pending pod");
    check(openb.models == std::vector<std::string>{"T4", "P100"} &&
              openb.workload.specs[1].need.models == 3 && openb.workload.specs[2].need.models == 2,
          "openb models as a mask");
    check(openb.workload.specs[1].need.milli == 460 && openb.workload.works[1].duration_ms == 83000,
          "openb share");
    check(openb.workload.specs[2].need.cpu_milli == 11251 && openb.workload.specs[2].need.mem_mib == 32768,
          "openb CPU of a GPU, rounded up");
    auto cluster = rota::cluster::uniform(1, 4, 8, 96000, 393216);
    cluster.models = {"A10", "P100"};
    auto how = trace::options{};
    how.cluster = &cluster;
    auto const known = read("openb", samples()[5].text(), how);
    check(known.workload.specs[1].need.models == 2 && known.tally.of("absent_model") == 1 &&
              code(known) == "W-INFEASIBLE",
          "openb masks by the cluster's models");

    auto const swf = read("swf", samples()[6].text());
    check(swf.workload.size() == 4 && swf.tally.of("unknown_duration") == 1 &&
              swf.tally.of("17_fields") == 1 && swf.tally.of("extra_fields") == 1 &&
              swf.tally.of("run_over_limit") == 1,
          "swf counts what it met");
    check(swf.workload.works[2].duration_ms == 60500 && swf.workload.specs[2].need.gpus_min == 8 &&
              swf.workload.specs[1].limit_ms == 30000 && swf.workload.specs[2].user == rota::unknown_user,
          "swf values");
    auto const itp = read("itp", samples()[4].text());
    check(index(itp.workload.specs[0].deadline) == 700000 && itp.workload.specs[2].deadline == rota::never &&
              itp.workload.specs[0].submit == rota::sim_time{0},
          "itp deadlines on the workload's clock");
    auto const tiresias = read("tiresias", "duration,submit_time,num_gpu,job_id\n1.5,30,4,7\n");
    check(index(tiresias.workload.specs[0].submit) == 30000 && tiresias.workload.works[0].duration_ms == 1500,
          "tiresias keeps its clock, columns in any order");

    auto const sorted =
        read("csv", "id,submit,duration,gpus\nc,5,1,1\nb,0,1,1\na,5,1,1\nd,0,1,1\n", csv_options());
    check(sorted.workload.names == std::vector<std::string>{"b", "d", "c", "a"}, "stable sort by submit");
    auto empty = trace::options{};
    empty.allow_empty = true;
    check(read("philly", "", empty).ok() && read("swf", "; x\n", empty).ok(), "allow_empty");
    auto const shared = trace::read_csv_map("submit=t:iso,start=a:ms,end=b:ms,gpus=g:percent,mem=m:gib");
    check(shared && shared->entries[trace::csv_map::gpus].unit == 2, "map with units");
    auto mapped = trace::options{};
    mapped.map = "submit=t:iso,start=t:iso,end=e:iso,gpus=g:percent,mem=m:gib,cpu=c,tenant=q,limit=l:h";
    auto const units =
        read("csv",
             "t,e,g,m,c,q,l\n2020-01-01T00:00:00+01:00,2020-01-01T00:00:00.250+01:00,50,1.5,2,z,1\n"
             "2020-01-01T00:00:00Z,2020-01-01T00:00:00.25Z,200,3,4,z,\n",
             mapped);
    check(units.ok() && units.workload.size() == 2 && index(units.workload.specs[1].submit) == 3'600'000 &&
              units.workload.works[0].duration_ms == 250 && units.workload.specs[0].need.milli == 500 &&
              units.workload.specs[1].need.gpus_min == 2 && units.workload.specs[1].need.mem_mib == 1536 &&
              units.workload.specs[0].limit_ms == 3'600'000,
          "csv units: zones, percent, GiB, cores, hours");
}

void numbers_and_dates() {
    using trace::number;
    struct expected {
        std::string_view text;
        std::int64_t value;
        number::fault why;
        bool rounded;
    };
    constexpr auto none = number::fault::none;
    constexpr auto syntax = number::fault::syntax;
    constexpr auto overflow = number::fault::overflow;
    for (auto const& one : {expected{"0", 0, none, false},
                            {"12.5", 12500, none, false},
                            {"-1", -1000, none, false},
                            {"0.0005", 1, none, true},
                            {"0.0004", 0, none, true},
                            {"1.0010", 1001, none, false},
                            {"9223372036854775.807", 9223372036854775807, none, false},
                            {"9223372036854775.808", 0, overflow, false},
                            {"9223372036854775808", 0, overflow, false},
                            {"1000000000000000000000000000000", 0, overflow, false},
                            {"", 0, syntax, false},
                            {"-", 0, syntax, false},
                            {"+5", 0, syntax, false},
                            {" 5", 0, syntax, false},
                            {"5 ", 0, syntax, false},
                            {"1,5", 0, syntax, false},
                            {"1e400", 0, syntax, false},
                            {"0x1p3", 0, syntax, false},
                            {"nan", 0, syntax, false},
                            {"inf", 0, syntax, false},
                            {".5", 0, syntax, false},
                            {"5.", 0, syntax, false},
                            {"1.2.3", 0, syntax, false}}) {
        auto const got = trace::decimal(one.text, 1000);
        check(got.value == one.value && got.why == one.why && got.rounded == one.rounded,
              "decimal '" + std::string{one.text} + "'");
    }
    check(!trace::whole("1.0").ok() && trace::whole("9223372036854775807").ok(), "whole numbers");
    check(trace::divided("1500", 1000).value == 2 && trace::divided("-1500", 1000).value == -2,
          "microseconds");

    check(trace::date_ms("1970-01-01 00:00:00") == 0, "the epoch");
    check(trace::date_ms("2017-10-09 07:01:55") == 1507532515000, "a date");
    check(trace::date_ms("2000-02-29 23:59:59") == 951868799000, "a leap day");
    for (auto const bad :
         {"2017-02-29 00:00:00", "2100-02-29 00:00:00", "2017-13-01 00:00:00", "2017-00-01 00:00:00",
          "1969-12-31 23:59:59", "2262-01-01 00:00:00", "2016-12-31 23:59:60", "2017-1-1 00:00:00",
          "2017-01-01T00:00:00", "2017-01-01 00:00", "2017-01-01 24:00:00", "01/02/2017 00:00:00", "",
          "2017-01-01 00:00:00Z"})
        check(!trace::date_ms(bad), std::string{"no date: '"} + bad + "'");
    check(trace::date_ms("2017-01-01T00:00:00.5+08:00", true) == 1483200000500, "a zone");
    check(!trace::date_ms("2017-01-01T00:00:00", true) && !trace::date_ms("2017-01-01T00:00:00.1234Z", true),
          "a zone is asked for, and milliseconds at most");
    // each day of the range follows the one before
    auto day = std::int64_t{-1};
    auto good = true;
    for (auto year = 1970; year != 2262; ++year)
        for (auto month = 1; month != 13; ++month) {
            auto const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            constexpr auto lengths = std::array{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
            auto const length = lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
            for (auto d = 1; d <= length; ++d) good = good && trace::days_from_civil(year, month, d) == ++day;
        }
    check(good, "civil days count up");
}

void texts() {
    for (auto const good : {"plain ascii text", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                            "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9"})
        check(trace::first_not_utf8(good) == std::string_view{good}.size(), std::string{"UTF-8: "} + good);
    for (auto const bad : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
                           "\xed\xa0\x80", "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xf0\x9f\x98", "\xff", "\xef\xbb\xbf"}) {
        check(trace::first_not_utf8(bad) == 0, "not UTF-8, at its start");
        check(trace::first_not_utf8("12345678" + std::string{bad} + "12345678") == 8, "not UTF-8, inside");
    }
}

void clusters() {
    check(trace::read_cluster_shorthand("1250x8")->gpus() == 10000, "1250x8");
    check(trace::read_cluster_shorthand("32x16x8")->racks() == 32, "32x16x8");
    for (auto const bad :
         {"", "8", "x8", "8x", "0x8", "4x17", "1x1x1x1", "4 x 8", "-4x8", "70000x1x1", "4096x4097x8"})
        check(!trace::read_cluster_shorthand(bad), std::string{"no cluster: "} + bad);
    auto const spec =
        trace::from_bytes("spec", "num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node\n"
                                  "2,16,4,128,254");
    auto const got = trace::read_cluster_spec(*spec);
    check(got.ok() && got.cluster && *got.cluster == rota::cluster::uniform(2, 16, 4, 128000, 254 * 1024),
          "a Tiresias spec without a final newline");
    auto const nodes =
        trace::from_bytes("nodes", "sn,cpu_milli,memory_mib,gpu,model\nn0,64000,262144,2,P100\n"
                                   "n1,32000,262144,0,\nn2,96000,393216,8,G2\n");
    auto const list = trace::read_openb_nodes(*nodes);
    check(list.ok() && list.cluster->gpus() == 10 &&
              list.cluster->models == std::vector<std::string>{"P100", "G2"} &&
              index(list.cluster->nodes[2].model) == 1 && list.cluster->names[1] == "n1",
          "openb nodes");
    auto const twice =
        trace::from_bytes("nodes", "sn,cpu_milli,memory_mib,gpu,model\nn0,1,1,17,A\nn1,1,1,1,A|B\n");
    auto const refused = trace::read_openb_nodes(*twice);
    check(!refused.ok() && !refused.cluster && refused.diagnostics.size() == 2, "openb nodes refused");
}

void files() {
    auto const directory = trace::read_file("swf", fs::temp_directory_path().string());
    check(text(directory.diagnostics) ==
              fs::temp_directory_path().string() + ":1:1: error[E-IO]: read a directory, expected a file\n",
          "a directory");
    auto const missing = trace::read_file("swf", "/no/such/file");
    check(text(missing.diagnostics) ==
              "/no/such/file:1:1: error[E-IO]: read 'No such file or directory' (errno 2), "
              "expected a file that can be opened\n",
          "a missing file");
    auto const unknown = trace::read_file("philli", "/no/such/file");
    check(text(unknown.diagnostics) == "<format>:1:1: error[E-ENUM]: read 'philli', expected one of rota, "
                                       "tiresias, philly, helios, itp, "
                                       "openb, swf, sacct, csv; nearest: philly\nphilli\n^\n",
          "an unknown format");
    check(!trace::repair_named("negative_wait") && trace::repair_named("negative_wait=drop"),
          "repairs by name");
    auto small = trace::limits{};
    small.text_bytes = 8;
    check(trace::from_bytes("x", "123456789", small).error().code == "E-SIZE", "a text over the limit");

    // a line of more than 1 MiB, a field of more than 64 KiB
    auto const header = std::string{"id,submit,duration,gpus\n"};
    auto const long_field =
        read("csv", header + "a,0,1,1\n" + std::string(70000, 'x') + ",0,1,1\n", csv_options());
    check(code(long_field) == "E-LINELEN" && long_field.diagnostics.front().line == 3, "a long field");
    auto const long_line = read("swf", std::string(2 << 20, '1'));
    check(code(long_line) == "E-LINELEN" && long_line.diagnostics.front().column == (1 << 20) + 1,
          "a long line");
    check(text(long_line.diagnostics.front()).size() < 400, "and is printed short");

    auto errors = header;
    for (auto i = 0; i != 50; ++i) errors += "a" + std::to_string(i) + ",x,1,1\n";
    auto const many = read("csv", errors, csv_options());
    check(many.diagnostics.size() == 21 && many.diagnostics.back().code == "N-LIMIT" &&
              many.tally.dropped == 50,
          "errors up to the limit, all counted");
    auto thrown = false;
    try {
        static_cast<void>(trace::from_file("/no/such/file").value());
    } catch (trace::error const& why) {
        thrown =
            why.about.code == "E-IO" && std::string_view{why.what()}.starts_with("/no/such/file:1:1: error");
    }
    check(thrown, "value() throws the diagnostic");
}

void bad_inputs(fs::path const& folder, bool write) {
    auto names = std::vector<fs::path>{};
    for (auto const& entry : fs::directory_iterator{folder})
        if (entry.path().extension() != ".expected") names.push_back(entry.path());
    std::sort(names.begin(), names.end());
    check(names.size() > 40, "the bad inputs are there");
    for (auto const& path : names) {
        auto const got = golden::said(path);
        auto const expected = fs::path{path.string() + ".expected"};
        if (write) std::ofstream{expected, std::ios::binary} << got;
        auto const wanted = golden::bytes_of(expected);
        check(got == wanted && !wanted.empty(),
              path.filename().string() + "\n--- expected\n" + wanted + "--- got\n" + got);
    }
}

} // namespace

/// readers FOLDER_OF_BAD_INPUTS [--write]: --write sets the expected messages to what is said now.
int main(int count, char** arguments) {
    if (count < 2) {
        std::puts("usage: readers FOLDER_OF_BAD_INPUTS [--write]");
        return 2;
    }
    sound_inputs();
    round_trips();
    meanings();
    numbers_and_dates();
    texts();
    clusters();
    files();
    bad_inputs(arguments[1], count > 2 && std::string_view{arguments[2]} == "--write");
    return result.end();
}
