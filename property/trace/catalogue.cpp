// SPDX-License-Identifier: BSL-1.0
// What is wrong with an input, one row each, put into a sound input of every reader: what the reader must say, where, and that
// nothing is half-read. Each row either applies to a reader or says why it does not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "golden.hpp"
#include "samples.hpp"

#include <rota/cluster/spec.hpp>
#include <rota/trace/cluster_spec.hpp>
#include <rota/trace/formats.hpp>
#include <rota/trace/openb.hpp>
#include <rota/trace/openb_pods.hpp>

#include "../page_part.hpp"
#include "../tally.hpp"

namespace {

namespace trace = rota::trace;
namespace fs = std::filesystem;
using table = std::vector<std::vector<std::string>>;

auto result = tally{};

/// A sound input and where in it the numbers, words and names of its format stand.
struct reader {
    std::string name;
    trace::reading (*read)(trace::source const&, trace::options const&);
    std::string above; ///< lines above the header, with their ends
    std::vector<std::string> header;
    table rows;
    char separator = ',';
    std::map<std::string, std::string> is{};    ///< role to column
    std::vector<std::string> needed{};          ///< columns that must be there
    std::map<std::string, std::string> lacks{}; ///< row of the catalogue to why it does not apply

    [[nodiscard]] bool positional() const { return separator == ' '; }
    [[nodiscard]] std::size_t column(std::string const& role) const {
        auto const at = is.find(role);
        if (at == is.end()) return header.size();
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), at->second) - header.begin());
    }
    [[nodiscard]] bool has(std::string const& role) const { return column(role) != header.size(); }
    /// The number of the line on which row i stands.
    [[nodiscard]] std::uint64_t line(std::size_t i) const {
        return static_cast<std::uint64_t>(std::count(above.begin(), above.end(), '\n')) + i + 1 +
               (positional() ? 0u : 1u);
    }
    [[nodiscard]] std::string joined(std::vector<std::string> const& fields) const {
        auto out = std::string{};
        for (auto i = std::size_t{0}; i != fields.size(); ++i) (i == 0 ? out : out += separator) += fields[i];
        return out;
    }
    [[nodiscard]] std::string text() const {
        auto out = above;
        if (!positional()) out += joined(header) + '\n';
        for (auto const& row : rows) out += joined(row) + '\n';
        return out;
    }
    [[nodiscard]] reader with(std::size_t row, std::size_t at, std::string value) const {
        auto changed = *this;
        changed.rows[row][at] = std::move(value);
        return changed;
    }
};

/// One way in which one row of the catalogue may come, and what the reader says.
struct spoilt {
    std::string text;
    std::string code;       ///< of the first error, or what is said of what is read; empty: nothing
    std::uint64_t line = 0; ///< 0: any
    bool refused = true;
    std::function<void(trace::options&)> how = {};
    std::string counted = {}; ///< what the tally counts, where it is read
};

trace::reading pods(trace::source const& from, trace::options const& how) {
    auto got = trace::read_openb_pods(from, how);
    result.check(got.said.ok() || got.pods.empty(), "no pod of a refused list");
    return std::move(got.said);
}

std::vector<std::string> split(std::string_view text, char by) {
    auto out = std::vector<std::string>{{}};
    for (auto const c : text)
        if (c == by) out.emplace_back();
        else out.back() += c;
    return out;
}

std::vector<reader> readers() {
    auto const of = [](std::string name, auto read, std::string above, std::string_view header, char by,
                       std::vector<std::string_view> const& lines) {
        auto made = reader{std::move(name), read, std::move(above), split(header, by), {}, by};
        for (auto const& one : lines) made.rows.push_back(split(one, by));
        return made;
    };
    auto all = std::vector<reader>{};
    auto const no_dates = std::string{"it has no dates"};
    auto const no_words = std::string{"it has no words"};
    auto const no_end = std::string{"it has no second time"};

    all.push_back(of("rota", trace::read_native, "#rota-workload 1\n#tenant,1,0,2,1000,one\n",
                     "job_id,submit_ms,gpus,milli,span,tenant,duration_ms", ',',
                     {"a,0,1,,,,60", "b,5,2,,one_rack,1,61", "c,6,1,500,,,62"}));
    all.back().is = {{"id", "job_id"}, {"submit", "submit_ms"}, {"duration", "duration_ms"},
                     {"gpus", "gpus"}, {"word", "span"},        {"share", "milli"}};
    all.back().needed = {"submit_ms", "gpus", "duration_ms"};
    all.back().lacks = {{"date", no_dates}, {"order of times", no_end}, {"unknown end", no_end}};

    all.push_back(of("tiresias", trace::read_tiresias, "", "job_id,num_gpu,submit_time,duration", ',',
                     {"1,1,0,60", "2,2,5,61.5", "3,4,9,62"}));
    all.back().is = {
        {"id", "job_id"}, {"submit", "submit_time"}, {"duration", "duration"}, {"gpus", "num_gpu"}};
    all.back().needed = all.back().header;
    all.back().lacks = {
        {"date", no_dates}, {"word", no_words}, {"order of times", no_end}, {"unknown end", no_end}};

    all.push_back(of("philly", trace::read_philly, "", "timestamp,duration,num_gpus,gpu_time,cluster", ',',
                     {"2017-10-09 07:01:55,66.0,1,66.0,aa", "2017-10-09 07:02:55,67,1,66.0,bb",
                      "2017-10-09 07:03:55,68,2,132.0,aa"}));
    all.back().is = {{"date", "timestamp"}, {"duration", "duration"}, {"gpus", "num_gpus"}};
    all.back().needed = {"timestamp", "duration", "num_gpus"};
    all.back().lacks = {{"same id again", "its jobs have no names"},
                        {"word", no_words},
                        {"order of times", no_end},
                        {"unknown end", no_end}};

    all.push_back(of("helios", trace::read_helios, "",
                     "job_id,user,vc,gpu_num,cpu_num,state,submit_time,start_time,end_time,duration", ',',
                     {"1,u1,v1,8,64,COMPLETED,2020-04-01 00:00:00,2020-04-01 00:00:05,2020-04-01 00:01:05,60",
                      "2,u2,v1,1,3,CANCELLED,2020-04-01 00:00:01,2020-04-01 00:00:05,2020-04-01 00:01:06,61",
                      "3,u3,v1,2,8,FAILED,2020-04-01 00:00:03,2020-04-01 00:00:05,2020-04-01 00:01:07,62"}));
    all.back().is = {{"id", "job_id"},    {"date", "submit_time"},  {"start", "start_time"},
                     {"end", "end_time"}, {"duration", "duration"}, {"gpus", "gpu_num"},
                     {"word", "state"}};
    all.back().needed = {"job_id", "gpu_num", "state", "submit_time", "duration"};

    all.push_back(of("converted helios", trace::read_helios, "", "job_id,arrival_s,service_sec,gpu_count",
                     ',', {"1#0,0.0,60.0,8", "2#1,1.5,61.0,8", "3#2,2.0,62.0,1"}));
    all.back().is = {
        {"id", "job_id"}, {"submit", "arrival_s"}, {"duration", "service_sec"}, {"gpus", "gpu_count"}};
    all.back().needed = all.back().header;
    all.back().lacks = {
        {"date", no_dates}, {"word", no_words}, {"order of times", no_end}, {"unknown end", no_end}};

    all.push_back(of("itp", trace::read_itp, "", "job_id,submission_time,duration,num_gpu,deadline", ',',
                     {"a,100,600,1,800", "b,101,601,2,900", "c,102,602,4,"}));
    all.back().is = {{"id", "job_id"},
                     {"submit", "submission_time"},
                     {"duration", "duration"},
                     {"gpus", "num_gpu"},
                     {"end", "deadline"}};
    all.back().needed = {"job_id", "submission_time", "duration", "num_gpu"};
    all.back().lacks = {{"date", no_dates}, {"word", no_words}, {"unknown end", no_end}};

    all.push_back(
        of("openb", trace::read_openb, "",
           "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,"
           "scheduled_time",
           ',',
           {"p0,12000,16384,1,1000,,LS,Running,0,100,0", "p1,6000,12288,1,460,T4|P100,BE,Failed,5,90,7",
            "p3,90001,262144,8,1000,P100,LS,Succeeded,7,91,8"}));
    all.back().is = {{"id", "name"},           {"submit", "creation_time"}, {"start", "scheduled_time"},
                     {"end", "deletion_time"}, {"gpus", "num_gpu"},         {"share", "gpu_milli"},
                     {"word", "pod_phase"}};
    all.back().needed = {"name",      "cpu_milli",     "memory_mib",    "num_gpu",       "gpu_milli",
                         "pod_phase", "creation_time", "deletion_time", "scheduled_time"};
    all.back().lacks = {{"date", no_dates}};

    all.push_back(
        of("swf", trace::read_swf, "; MaxProcs: 64\n",
           "job submit wait run allocated cpu memory requested limit rmem status user group app queue part "
           "prev think",
           ' ',
           {"1 0 5 60 8 -1 -1 8 120 -1 1 3 1 -1 1 -1 -1 -1", "2 1 5 61 8 -1 -1 8 30 -1 0 4 1 -1 1 -1 -1 -1",
            "3 2 5 62 8 -1 -1 8 120 -1 5 3 1 -1 1 -1 -1 -1"}));
    all.back().is = {{"id", "job"},         {"submit", "submit"}, {"duration", "run"},
                     {"gpus", "allocated"}, {"word", "status"},   {"end", "run"}};
    all.back().lacks = {{"date", no_dates},
                        {"order of times", no_end},
                        {"missing column", "its columns go by position"},
                        {"column twice", "its columns go by position"},
                        {"columns in another order", "its columns go by position"},
                        {"quote", "quotes mean nothing"}};

    all.push_back(of("sacct", trace::read_sacct, "",
                     "JobID|User|Account|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|AllocTRES", '|',
                     {"7|ann|v|COMPLETED|100|110|170|60|2|cpu=4,gres/gpu=2,mem=8G,node=1",
                      "8|bob|v|TIMEOUT|101|111|172|61|2|cpu=4,gres/gpu:t4=1",
                      "9|bob|v|FAILED|102|112|174|62|2|cpu=1,gres/gpu=1"}));
    all.back().is = {{"id", "JobID"}, {"date", "Submit"},         {"start", "Start"},
                     {"end", "End"},  {"duration", "ElapsedRaw"}, {"word", "State"}};
    all.back().needed = {"JobID", "State", "Submit", "Start", "End", "ElapsedRaw", "AllocTRES"};
    all.back().lacks = {{"quote", "quotes mean nothing"}};

    all.push_back(of("csv", trace::read_csv, "", "gpus,id,submit,duration", ',',
                     {"1,a,0,60", "2,b,0.5,60.25", "3,c,1,61"}));
    all.back().is = {{"id", "id"}, {"submit", "submit"}, {"duration", "duration"}, {"gpus", "gpus"}};
    all.back().needed = all.back().header;
    all.back().lacks = {{"date", "dates are of csv with dates"},
                        {"word", no_words},
                        {"order of times", "two times are of csv with dates"},
                        {"unknown end", "two times are of csv with dates"}};

    all.push_back(of("csv with dates", trace::read_csv, "", "gpus,id,submit,begin,end", ',',
                     {"0.5,a,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z,2020-01-01T00:01:00Z",
                      "2,b,2020-01-01T00:00:01Z,2020-01-01T00:00:02Z,2020-01-01T00:01:00Z",
                      "3,c,2020-01-01T00:00:02Z,2020-01-01T00:00:02Z,2020-01-01T00:01:00Z"}));
    all.back().is = {{"id", "id"},   {"date", "submit"}, {"start", "begin"},
                     {"end", "end"}, {"share", "gpus"},  {"gpus", "gpus"}};
    all.back().needed = all.back().header;
    all.back().lacks = {{"word", no_words},
                        {"unknown end", "its empty cells are E-DATE"},
                        {"horizon", "its dates end before it"}};

    auto const no_times =
        std::vector<std::string>{"date",    "order of times",    "unknown end",   "zero duration",
                                 "horizon", "rows out of order", "sum that wraps"};
    all.push_back(of("cluster spec", trace::read_cluster_spec, "",
                     "num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node", ',',
                     {"2,16,4,128,254"}));
    all.back().is = {{"submit", "num_switch"}, {"gpus", "num_gpu_p_node"}};
    all.back().needed = {"num_switch", "num_node_p_switch", "num_gpu_p_node"};
    for (auto const& one : no_times) all.back().lacks[one] = "it has no times";
    for (auto const* const one : {"same id again", "job too large", "zero GPUs"})
        all.back().lacks[one] = "it has no jobs";
    all.back().lacks["word"] = no_words;
    all.push_back(of("openb nodes", trace::read_openb_nodes, "", "sn,cpu_milli,memory_mib,gpu,model", ',',
                     {"n0,64000,262144,2,P100", "n1,32000,262144,0,", "n2,96000,393216,8,G2"}));
    all.back().is = {{"id", "sn"}, {"submit", "cpu_milli"}, {"gpus", "gpu"}, {"word", "model"}};
    all.back().needed = all.back().header;
    for (auto const& one : no_times) all.back().lacks[one] = "it has no times";
    for (auto const* const one : {"job too large", "zero GPUs"}) all.back().lacks[one] = "it has no jobs";
    all.push_back(
        of("openb pods", pods, "", "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec", ',',
           {"p0,12000,16384,1,1000,", "p1,6000,12288,1,460,T4|P100", "p3,90001,262144,8,1000,P100"}));
    all.back().is = {{"id", "name"},
                     {"submit", "cpu_milli"},
                     {"gpus", "num_gpu"},
                     {"share", "gpu_milli"},
                     {"word", "gpu_spec"}};
    all.back().needed = {"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"};
    for (auto const& one : no_times) all.back().lacks[one] = "it has no times";
    all.back().lacks["job too large"] = "the packing study says which pods no node holds";
    all.back().lacks["zero GPUs"] = "pods without a GPU are pods";
    for (auto& one : all)
        if (!one.has("share")) one.lacks["share of a GPU"] = "its GPUs are whole";
    return all;
}

constexpr auto horizon = "9500000000000"; // s, a little more than 300,000 years

/// The rows of the catalogue: every way in which each may come in an input of this reader.
std::vector<std::pair<std::string, std::vector<spoilt>>> catalogue(reader const& of) {
    auto all = std::vector<std::pair<std::string, std::vector<spoilt>>>{};
    auto const last = of.rows.size() - 1;
    auto const row = [&](std::string name) -> std::vector<spoilt>& {
        all.emplace_back(std::move(name), std::vector<spoilt>{});
        return all.back().second;
    };
    auto const numbers = {std::string{"submit"}, std::string{"duration"}, std::string{"gpus"}};
    auto const everywhere = [&](std::vector<spoilt>& to, std::string const& role, std::string const& value,
                                std::string code) {
        if (!of.has(role)) return;
        for (auto i = std::size_t{0}; i <= last; ++i)
            to.push_back({of.with(i, of.column(role), value).text(), code, of.line(i)});
    };
    auto const empty = [](trace::options& how) { how.allow_empty = true; };

    {
        auto& to = row("empty");
        auto none = of;
        none.rows.clear();
        auto const comment = of.positional() ? std::string{"; a comment\n"} : of.above + "# a comment\n";
        to.push_back({"", "E-EMPTY"});
        to.push_back({none.text(), "E-EMPTY"});
        to.push_back({comment, "E-EMPTY"});
        to.push_back({none.text(), "", 0, false, empty});
    }
    {
        auto& to = row("missing column");
        for (auto const& name : of.needed) {
            auto less = of;
            auto const at = std::find(less.header.begin(), less.header.end(), name) - less.header.begin();
            less.header.erase(less.header.begin() + at);
            for (auto& one : less.rows) one.erase(one.begin() + at);
            to.push_back({less.text(), "E-COLUMN", of.line(0) - 1});
        }
    }
    {
        auto& to = row("one column more");
        auto more = of;
        more.header.emplace_back("wanted_by_nobody");
        for (auto& one : more.rows) one.emplace_back("1");
        if (of.positional()) to.push_back({more.text(), "", 0, false, {}, "extra_fields"});
        else to.push_back({more.text(), "N-COLUMN", of.line(0) - 1, false});
    }
    if (!of.positional()) {
        auto twice = of;
        twice.header.push_back(of.header.front());
        for (auto& one : twice.rows) one.push_back(one.front());
        row("column twice").push_back({twice.text(), "E-COLUMN", of.line(0) - 1});
        auto turned = of;
        std::reverse(turned.header.begin(), turned.header.end());
        for (auto& one : turned.rows) std::reverse(one.begin(), one.end());
        row("columns in another order").push_back({turned.text(), "", 0, false});
    } else {
        row("column twice");
        row("columns in another order");
    }
    {
        auto& to = row("fields of a row");
        for (auto i = std::size_t{0}; i <= last; ++i) {
            auto few = of;
            few.rows[i].resize(of.positional() ? 16 : few.rows[i].size() - 1);
            to.push_back({few.text(), "E-FIELDS", of.line(i)});
            auto many = of;
            many.rows[i].emplace_back("1");
            if (!of.positional()) to.push_back({many.text(), "E-FIELDS", of.line(i)});
        }
    }
    {
        auto& to = row("no number");
        for (auto const& role : numbers)
            for (auto const* const value : {"NaN", "nan", "inf", "-inf", "1e400", "1e3", "0x1p3", "+5", "5.",
                                            ".5", "--5", "5,", " 5", "5 ", "five", ""}) {
                auto const text = std::string{value};
                if (of.positional() && (text.empty() || text.find(' ') != text.npos)) continue;
                everywhere(to, role, text == "5," && of.separator == ',' ? "\"1,5\"" : text, "E-NUMBER");
            }
    }
    {
        auto& to = row("negative");
        for (auto const& role : numbers) {
            everywhere(to, role, "-2", "E-RANGE");
            if (!of.positional()) everywhere(to, role, "-1", "E-RANGE"); // there it is: unknown
        }
    }
    {
        auto& to = row("too large");
        for (auto const& role : numbers)
            for (auto const* const value :
                 {"9223372036854775808", "18446744073709551616", "1000000000000000000000000000000"})
                everywhere(to, role, value, "E-OVERFLOW");
        for (auto const* const value : {"65536", "2147483648", "9007199254740993", "9223372036854775807"})
            everywhere(to, "gpus", value, "E-OVERFLOW");
    }
    {
        auto& to = row("horizon");
        if (of.lacks.find("horizon") == of.lacks.end()) {
            for (auto const* const role : {"submit", "duration"}) everywhere(to, role, horizon, "E-HORIZON");
            if (!of.has("duration")) everywhere(to, "end", horizon, "E-HORIZON");
            if (of.has("date") && of.name != "sacct") // alone it fits; its dates begin in 1970
                everywhere(to, "duration", "9480000000", "E-HORIZON");
        }
    }
    {
        auto& to = row("sum that wraps");
        auto huge = of;
        huge.rows.clear();
        for (auto i = 0; i != 40; ++i) {
            auto one = of.rows.front();
            if (of.has("id")) one[of.column("id")] = std::to_string(i + 1);
            if (of.has("gpus")) one[of.column("gpus")] = "65535";
            if (of.has("duration"))
                one[of.column("duration")] = of.name == "rota" ? "9000000000000" : "7500000000";
            else if (of.has("date"))
                one[of.column("end")] = "2261-01-01T00:00:00Z", one[of.column("share")] = "65535";
            else if (of.has("end")) one[of.column("end")] = "9000000000";
            if (of.name == "sacct") one.back() = "gres/gpu=65535";
            if (of.name == "helios") one[of.column("end")] = "None";
            huge.rows.push_back(std::move(one));
        }
        if (of.lacks.find("sum that wraps") == of.lacks.end()) to.push_back({huge.text(), "E-SUM"});
    }
    {
        auto& to = row("zero duration");
        if (of.has("duration"))
            to.push_back({of.with(1, of.column("duration"), "0").text(), "", 0, false, {}, "zero_duration"});
        else if (of.has("start") && of.has("end"))
            to.push_back({of.with(0, of.column("end"), of.rows[0][of.column("start")]).text(),
                          "",
                          0,
                          false,
                          {},
                          "zero_duration"});
    }
    {
        auto& to = row("zero GPUs");
        auto const refuse = [](trace::options& how) { how.zero_gpus = trace::zero_gpus::refuse; };
        if (of.lacks.find("zero GPUs") == of.lacks.end()) {
            auto none = of;
            auto& asks = none.rows[1];
            if (of.name == "sacct") asks.back() = "cpu=4";
            else asks[of.column(of.has("gpus") ? "gpus" : "share")] = "0";
            to.push_back({none.text(), "", 0, false, {}, "zero_gpus"});
            to.push_back({none.text(), "E-ZEROGPU", of.line(1), true, refuse});
        }
    }
    {
        auto& to = row("share of a GPU");
        if (of.has("share") && of.is.at("share") != of.is.at("gpus")) {
            for (auto const* const value : {"1001", "0", "65536"})
                everywhere(to, "share", value, "E-FRACTION");
        } else if (of.has("share")) {
            everywhere(to, "share", "1.5", "E-FRACTION");
            everywhere(to, "share", "0.0004", "E-SLICE");
        }
    }
    {
        auto& to = row("job too large");
        static auto const cluster = rota::cluster::uniform(1, 1, 1);
        auto const on = [](trace::options& how) { how.cluster = &cluster; };
        if (of.lacks.find("job too large") == of.lacks.end())
            to.push_back({of.text(), "W-INFEASIBLE", 0, false, on});
    }
    {
        auto& to = row("unknown end");
        if (of.name == "helios")
            to.push_back({of.with(0, of.column("end"), "None").text(), "", 0, false, {}, "end_unknown"});
        if (of.name == "openb")
            to.push_back({of.with(0, of.column("start"), "").text(), "", 0, false, {}, "pending"});
        if (of.name == "swf")
            to.push_back(
                {of.with(0, of.column("duration"), "-1").text(), "", 0, false, {}, "unknown_duration"});
        if (of.name == "sacct")
            to.push_back(
                {of.with(0, of.column("start"), "Unknown").text(), "", 0, false, {}, "never_started"});
    }
    {
        auto& to = row("order of times");
        if (of.has("start") && of.has("end"))
            for (auto i = std::size_t{0}; i <= last; ++i) {
                auto turned = of;
                auto const a = of.column("start");
                auto const b = of.column("end");
                std::swap(turned.rows[i][a], turned.rows[i][b]);
                to.push_back({turned.text(), "E-ORDER", of.line(i)});
            }
        else if (of.has("end") && of.name == "itp") everywhere(to, "end", "99", "E-ORDER");
    }
    {
        auto& to = row("rows out of order");
        auto turned = of;
        std::swap(turned.rows.front(), turned.rows.back());
        auto const strict = [](trace::options& how) { how.strict_order = true; };
        if (of.lacks.find("rows out of order") == of.lacks.end()) {
            to.push_back({turned.text(), "W-UNSORTED", of.line(1), false});
            to.push_back({turned.text(), "E-UNSORTED", of.line(1), true, strict});
        }
    }
    {
        auto& to = row("same id again");
        if (of.has("id"))
            to.push_back({of.with(last, of.column("id"), of.rows[0][of.column("id")]).text(), "E-DUPID",
                          of.line(last)});
    }
    {
        auto& to = row("word");
        if (of.has("word") && of.name != "openb nodes" && of.name != "openb pods")
            everywhere(to, "word", of.positional() ? "9" : "COMPLETD", "E-ENUM");
        else if (of.has("word"))
            for (auto const i : {std::size_t{0}, last})
                to.push_back({of.with(i, of.column("word"), "A||B").text(), "E-ENUM", of.line(i)});
    }
    {
        auto& to = row("ends of lines");
        auto const plain = of.text();
        for (auto const* const end : {"\r\n", "\r"}) {
            auto text = std::string{};
            for (auto const c : plain) c == '\n' ? text += end : text += c;
            to.push_back({text, "", 0, false});
        }
        to.push_back({plain.substr(0, plain.size() - 1), "", 0, false});
        to.push_back({plain + "\n  \n\n", "", 0, false});
        to.push_back({"\xef\xbb\xbf" + plain, "", 0, false});
    }
    {
        auto& to = row("no UTF-8");
        auto const plain = of.text();
        for (auto i = std::size_t{0}; i <= last; ++i)
            for (auto const& bytes :
                 {std::string{"\xff"}, std::string{"\xc0\xaf"}, std::string{"\xed\xa0\x80"},
                  std::string(1, '\0'), std::string{"\xef\xbb\xbf"}})
                to.push_back({of.with(i, 0, of.rows[i][0] + bytes).text(), "E-UTF8", of.line(i)});
        auto wide = std::string{"\xff\xfe"};
        for (auto const c : plain) (wide += c) += '\0';
        to.push_back({wide, "E-UTF8"});
        to.push_back({wide.substr(2), "E-UTF8"});
    }
    {
        auto& to = row("too long");
        auto const tight = [](trace::options& how) {
            how.limits.line_bytes = 400, how.limits.field_bytes = 300;
        };
        for (auto i = std::size_t{0}; i <= last; ++i) {
            to.push_back({of.with(i, 0, std::string(401, '1')).text(), "E-LINELEN", of.line(i), true, tight});
            if (!of.positional())
                to.push_back(
                    {of.with(i, 0, std::string(301, '1')).text(), "E-LINELEN", of.line(i), true, tight});
        }
    }
    {
        auto& to = row("quote");
        if (of.separator == ',')
            for (auto i = std::size_t{0}; i <= last; ++i)
                for (auto const* const value : {"\"open", "in\"side", "\"text\" after", "\"two\nlines\""})
                    to.push_back({of.with(i, 0, value).text(), "E-QUOTE", of.line(i)});
    }
    {
        auto& to = row("date");
        if (of.has("date"))
            for (auto const* const value :
                 {"2017-02-29 00:00:00", "01/02/2017 00:00", "2017-01-01", "2016-12-31 23:59:60",
                  "1969-12-31 23:59:59", "2262-01-01 00:00:00", "2017-1-1 00:00:00", "yesterday", ""}) {
                if (of.name == "sacct" && std::string_view{value}.empty()) continue; // no number
                everywhere(to, "date", value, "E-DATE");
            }
    }
    {
        auto& to = row("another kind of file");
        auto tar = std::string(512, 'x');
        tar.replace(257, 5, "ustar");
        for (auto const& bytes :
             {tar, std::string{"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"},
              std::string{"PK\x03\x04zip"}, std::string{"\x1f\x8b\x08"}, std::string{"<!DOCTYPE html>"},
              std::string{"PAR1"},
              std::string{"\x7f"
                          "ELF"}})
            to.push_back({bytes, "E-FORMAT"});
    }
    return all;
}

void judge(reader const& of, std::string const& row, spoilt const& one, trace::reading const& plain) {
    auto how = csv_options();
    if (of.name == "csv with dates")
        how.map = "id=id,submit=submit:iso,start=begin:iso,end=end:iso,gpus=gpus:fraction";
    if (one.how) one.how(how);
    auto const from = trace::from_bytes("input", one.text, how.limits);
    auto const got = from ? of.read(*from, how) : trace::refusal(from.error());
    auto const found = std::find_if(got.diagnostics.begin(), got.diagnostics.end(), [&](auto const& why) {
        return !one.refused || why.level == trace::severity::error;
    });
    auto const said = found == got.diagnostics.end() ? std::string{} : found->code;
    auto good = got.ok() != one.refused && said == one.code && got.tally.balanced();
    if (one.refused)
        good = good && got.workload.size() == 0 && !got.cluster && got.models.empty() && got.tally.kept == 0;
    if (found != got.diagnostics.end()) {
        good = good && (one.line == 0 || found->line == one.line) && found->column >= 1 &&
               found->byte <= one.text.size();
        auto const first = "input:" + std::to_string(found->line) + ':' + std::to_string(found->column) +
                           ": " + std::string{name(found->level)} + '[' + found->code + "]: read ";
        good = good && text(*found).starts_with(first) &&
               (found->level != trace::severity::error ||
                found->message.find(", expected ") != std::string::npos);
    }
    if (!one.counted.empty()) good = good && got.tally.of(one.counted) != 0;
    if (row == "ends of lines" || row == "columns in another order")
        good = good && got.workload == plain.workload && got.cluster == plain.cluster;
    result.check(good, of.name + ", " + row + ": expected " + (one.code.empty() ? "nothing" : one.code) +
                           (one.line == 0 ? "" : " on line " + std::to_string(one.line)) + "\n" + one.text +
                           "--- said\n" + text(got.diagnostics) + text(got.tally));
    // A bad row is dropped, listed and counted where that is asked for, and the others are read.
    if (!one.refused || one.line < of.line(0) || one.code == "E-UTF8" || one.code == "E-UNSORTED" ||
        of.rows.size() == 1)
        return;
    how.on_error = trace::on_error::collect;
    auto const rest = of.read(*from, how);
    auto const bad = std::find_if(rest.dropped.begin(), rest.dropped.end(),
                                  [&](auto const& dropped) { return dropped.line == one.line; });
    result.check(rest.ok() && rest.tally.balanced() && rest.tally.dropped >= 1 && bad != rest.dropped.end() &&
                     bad->why == one.code && rest.tally.kept >= of.rows.size() - 2,
                 of.name + ", " + row + ", collected: " + one.code + "\n" + one.text + text(rest.tally));
}

/// The table of docs/trace.md: each row, what is said of it, and which readers it does not apply to.
struct line_of_table {
    std::vector<std::string> codes;
    std::vector<std::string> without; ///< readers
    std::size_t cases = 0;
};

} // namespace

/// catalogue PAGE [--write]: PAGE has the table of what is said of which bad input.
int main(int count, char** arguments) {
    if (count < 2) {
        std::puts("usage: catalogue PAGE [--write]");
        return 2;
    }
    auto order = std::vector<std::string>{};
    auto lines = std::map<std::string, line_of_table>{};
    auto const all = readers();
    for (auto const& of : all) {
        auto sound = spoilt{of.text(), "", 0, false};
        auto how = csv_options();
        if (of.name == "csv with dates")
            how.map = "id=id,submit=submit:iso,start=begin:iso,end=end:iso,gpus=gpus:fraction";
        auto const plain = of.read({"input", of.text()}, how);
        result.check(plain.ok() && plain.diagnostics.empty(),
                     of.name + " is sound\n" + text(plain.diagnostics));
        judge(of, "sound", sound, plain);
        for (auto const& [row, cases] : catalogue(of)) {
            if (std::find(order.begin(), order.end(), row) == order.end()) order.push_back(row);
            auto& line = lines[row];
            auto const lacks = of.lacks.find(row) != of.lacks.end();
            result.check(cases.empty() == lacks,
                         of.name + ", " + row +
                             (lacks ? ": a reason, but cases" : ": no case and no reason"));
            if (lacks) line.without.push_back(of.name);
            for (auto const& one : cases) {
                if (!one.code.empty() &&
                    std::find(line.codes.begin(), line.codes.end(), one.code) == line.codes.end())
                    line.codes.push_back(one.code);
                judge(of, row, one, plain);
            }
            line.cases += cases.size();
        }
    }
    auto made =
        std::string{"| what is wrong | what is said | inputs | readers |\n| --- | --- | ---: | --- |\n"};
    for (auto const& row : order) {
        auto const& line = lines[row];
        auto codes = std::string{};
        for (auto const& one : line.codes) codes += (codes.empty() ? "" : ", ") + one;
        auto without = std::string{};
        for (auto const& one : line.without) without += (without.empty() ? "all but " : ", ") + one;
        if (line.without.size() > all.size() / 2) {
            without.clear();
            for (auto const& one : all)
                if (std::find(line.without.begin(), line.without.end(), one.name) == line.without.end())
                    without += (without.empty() ? "" : ", ") + one.name;
        }
        made += "| " + row + " | " + (codes.empty() ? "read, and counted where that matters" : codes) +
                " | " + std::to_string(line.cases) + " | " + (without.empty() ? "all" : without) + " |\n";
    }
    auto const write = count > 2 && std::string_view{arguments[2]} == "--write";
    check_page(result, arguments[1], "catalogue", "property/trace_catalogue", made, write);
    return result.end();
}
