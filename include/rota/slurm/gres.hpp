// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_SLURM_GRES_HPP
#define ROTA_SLURM_GRES_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include <rota/trace/number.hpp>

namespace rota::slurm {

/// GPUs in a list of generic resources.
struct gres {
    int gpus = 0;
    std::string_view type{};
    bool shares = false; ///< of some GPU, beside those: `shard`, `mps`
};

/// Reads `gpu:a100:4(S:0-1),shard:8`, with or without `gres:` or `gres/` before it; a resource without a number is
/// one. Nothing where GPUs of two types are meant or a number is none.
[[nodiscard]] inline std::optional<gres> read_gres(std::string_view text) {
    auto got = gres{};
    if (text == "(null)" || text == "N/A") return got;
    while (!text.empty()) {
        auto depth = 0;
        auto end = std::size_t{0};
        for (; end != text.size() && (text[end] != ',' || depth != 0); ++end)
            depth += (text[end] == '(') - (text[end] == ')');
        auto one = text.substr(0, end);
        text.remove_prefix(end == text.size() ? end : end + 1);
        one = one.substr(0, one.find('('));
        if (one.starts_with("gres:") || one.starts_with("gres/")) one.remove_prefix(5);
        auto const kind = one.substr(0, one.find_first_of(":="));
        if (kind == "shard" || kind == "mps") got.shares = true;
        if (!one.starts_with("gpu") || (one.size() > 3 && one[3] != ':' && one[3] != '=')) continue;
        if (got.gpus != 0) return std::nullopt;
        one.remove_prefix(3);
        got.gpus = 1;
        if (one.empty()) continue;
        one.remove_prefix(1);
        auto const sign = one.find_last_of(":=");
        auto const last = one.substr(sign == one.npos ? 0 : sign + 1);
        if (auto const count = trace::whole(last); count.ok()) {
            if (count.value < 0 || count.value > 65'535) return std::nullopt;
            got.gpus = static_cast<int>(count.value);
            got.type = sign == one.npos ? std::string_view{} : one.substr(0, sign);
        } else {
            got.type = one; // a type without a number
        }
    }
    return got;
}

} // namespace rota::slurm

#endif
