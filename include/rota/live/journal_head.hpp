// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LIVE_JOURNAL_HEAD_HPP
#define ROTA_LIVE_JOURNAL_HEAD_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rota/cluster/spec.hpp>
#include <rota/core/units.hpp>
#include <rota/live/journal_text.hpp>
#include <rota/log/text.hpp>

namespace rota::live {

/// What a journal speaks of: its lines name nodes, tenants and times by numbers, and these lines say whose they are.
struct journal_head {
    cluster::spec cluster;
    std::vector<std::string> accounts{}; ///< of tenants 1, 2, ...
    std::int64_t epoch_ms = 0;           ///< when it began, since 1970
};

namespace detail {

/// Its nodes as the head names them, n1:4, n2:8:v100 or, where CPU and memory are counted, n3:8@64000/512000. The model of
/// the first goes without saying.
[[nodiscard]] inline std::vector<std::string> words_of(cluster::spec const& nodes) {
    auto out = std::vector<std::string>{};
    for (auto n = std::size_t{0}; n != nodes.names.size(); ++n) {
        auto const& node = nodes.nodes[n];
        log::detail::append_number(out.emplace_back(nodes.names[n]) += ':', int{node.gpus});
        if (index(node.model) != 0) (out.back() += ':') += nodes.models[index(node.model)];
        if ((node.cpu_milli | node.mem_mib) == 0) continue;
        log::detail::append_number(out.back() += '@', node.cpu_milli);
        log::detail::append_number(out.back() += '/', node.mem_mib);
    }
    return out;
}
/// What one list has more than the other, behind that name.
inline void append_more(std::string& to, std::string_view name, std::vector<std::string> const& more,
                        std::vector<std::string> const& less) {
    auto first = true;
    for (auto const& one : more) {
        if (std::find(less.begin(), less.end(), one) != less.end()) continue;
        if (std::exchange(first, false)) (to += to.empty() ? "" : "; ") += name;
        (to += ' ') += one;
    }
}

} // namespace detail

/// The first lines of a journal: `#nodes n1:4 n2:8:v100`, `#accounts vision` and `#epoch 1790000000000` among them.
[[nodiscard]] inline std::string text(journal_head const& of) {
    auto out = std::string{journal_header} + "#nodes";
    for (auto const& one : detail::words_of(of.cluster)) (out += ' ') += one;
    out += "\n#accounts";
    for (auto const& one : of.accounts) (out += ' ') += one;
    log::detail::append_number(out += "\n#epoch ", of.epoch_ms);
    return out += '\n';
}

/// In what a cluster and its tenants are others than a journal speaks of, `nodes gone: n2:4; nodes new: n3:4`; empty: in
/// nothing.
[[nodiscard]] inline std::string difference(journal_head const& was, journal_head const& is) {
    auto out = std::string{};
    auto const before = detail::words_of(was.cluster);
    auto const now = detail::words_of(is.cluster);
    detail::append_more(out, "nodes gone:", before, now);
    detail::append_more(out, "nodes new:", now, before);
    if (out.empty() && before != now) out = "the same nodes in another order";
    detail::append_more(out, "accounts gone:", was.accounts, is.accounts);
    detail::append_more(out, "accounts new:", is.accounts, was.accounts);
    if (out.empty() && was.accounts != is.accounts) out = "the same accounts in another order";
    return out;
}

/// The head of a journal and how many bytes it takes.
struct journal_head_read {
    journal_head head;
    std::size_t size = 0;
};

namespace detail {

/// The words of a line, `n1:4` and `n2:8` of `#nodes n1:4 n2:8`, each with its column.
[[nodiscard]] inline std::vector<std::pair<std::string_view, std::size_t>> words_in(std::string_view line) {
    auto out = std::vector<std::pair<std::string_view, std::size_t>>{};
    for (auto at = line.find(' '); at < line.size(); at = line.find(' ', at + 1)) {
        auto const word = line.substr(at + 1, line.find(' ', at + 1) - at - 1);
        if (!word.empty()) out.emplace_back(word, at + 2);
    }
    return out;
}

/// Adds the node `n2:8:v100@64000/512000`; false where it is none.
[[nodiscard]] inline bool add_node(cluster::spec& to, std::string_view word) {
    auto const counted = std::min(word.rfind('@'), word.size());
    auto of = log::detail::line_reader(word.substr(std::min(counted + 1, word.size())));
    auto cpu_milli = std::uint32_t{0};
    auto mem_mib = std::uint32_t{0};
    if (counted != word.size()) {
        cpu_milli = of.number<std::uint32_t>("thousandths of a core");
        of.expect("/");
        mem_mib = of.number<std::uint32_t>("memory in MiB");
        if (of.failed() || !of.done()) return false;
    }
    word = word.substr(0, counted);
    auto const colon = word.find(':');
    if (colon == word.npos || colon == 0) return false;
    auto const next = std::min(word.find(':', colon + 1), word.size());
    auto in = log::detail::line_reader(word.substr(colon + 1, next - colon - 1));
    auto const gpus = in.number<int>("its GPUs");
    if (in.failed() || !in.done() || gpus < 1 || gpus > cluster::gpus_per_node_max) return false;
    auto const name = next == word.size() ? std::string_view{to.models.front()} : word.substr(next + 1);
    auto model = std::find(to.models.begin(), to.models.end(), name);
    if (model == to.models.end()) model = to.models.insert(model, std::string{name});
    if (to.models.size() > std::size_t{cluster::models_max}) return false;
    to.nodes.push_back({.gpus = static_cast<std::uint8_t>(gpus),
                        .model = static_cast<gpu_model>(model - to.models.begin()),
                        .cpu_milli = cpu_milli,
                        .mem_mib = mem_mib,
                        .rack = {},
                        .spine = {}});
    to.names.emplace_back(word.substr(0, colon));
    return true;
}

} // namespace detail

/// Reads it, or says where and why it is none.
[[nodiscard]] inline std::variant<journal_head_read, log::text_error>
read_journal_head(std::string_view journal) {
    auto out = journal_head_read{};
    if (!journal.starts_with(journal_header))
        return log::text_error{1, 1, "not the header of a journal that this version reads"};
    auto number = std::size_t{1};
    out.size = journal_header.size();
    auto const line = [&](std::string_view name) {
        auto const rest = journal.substr(std::min(out.size, journal.size()));
        auto const row = rest.substr(0, rest.find('\n'));
        out.size += row.size() + 1;
        ++number;
        return row.starts_with(name) && row.substr(name.size(), 1).find_first_not_of(' ') == row.npos
                   ? row
                   : std::string_view{};
    };
    auto const nodes = line("#nodes");
    if (nodes.empty()) return log::text_error{number, 1, "expected #nodes"};
    out.head.cluster.models = {""}; // that of the first node: its name is not told
    for (auto const& [word, column] : detail::words_in(nodes))
        if (!detail::add_node(out.head.cluster, word))
            return log::text_error{number, column,
                                   "read '" + std::string{word.substr(0, 20)} +
                                       "', expected a node and its GPUs, n1:8"};
    auto const accounts = line("#accounts");
    if (accounts.empty()) return log::text_error{number, 1, "expected #accounts"};
    for (auto const& [word, column] : detail::words_in(accounts)) out.head.accounts.emplace_back(word);
    auto in = log::detail::line_reader(line("#epoch"));
    in.expect("#epoch ");
    out.head.epoch_ms = in.number<std::int64_t>("when it began, in ms since 1970");
    if (!in.failed() && (!in.done() || out.head.epoch_ms < 0)) in.refuse("when it began, in ms since 1970");
    if (in.failed()) return log::text_error{number, in.column(), in.error()};
    if (out.size > journal.size()) return log::text_error{number, 1, "the line has no end"};
    return out;
}

} // namespace rota::live

#endif
