// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_LOG_SCHEDULE_HPP
#define ROTA_LOG_SCHEDULE_HPP

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cluster/placement.hpp>
#include <rota/log/record.hpp>

namespace rota::log {

/// The schedule log: what was ordered and what happened, in order. Everything downstream is a function of it.
struct schedule {
    std::vector<record> records;
    std::vector<cluster::slice> slices;

    void add(record what) { records.push_back(what); }
    void add(record what, cluster::placement const& where) {
        what.first = static_cast<std::uint32_t>(slices.size());
        what.count = static_cast<std::uint16_t>(where.size());
        slices.insert(slices.end(), where.begin(), where.end());
        records.push_back(what);
    }
    [[nodiscard]] std::span<cluster::slice const> devices(record const& of) const noexcept {
        return {slices.data() + of.first, of.count};
    }

    /// Equal records with equal devices, wherever these are stored.
    friend bool operator==(schedule const& a, schedule const& b) {
        return std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(),
                          [&](record const& x, record const& y) {
                              auto const p = a.devices(x);
                              auto const q = b.devices(y);
                              return x.at == y.at && x.value == y.value && x.job == y.job &&
                                     x.incarnation == y.incarnation && x.op == y.op && x.kind == y.kind &&
                                     x.why == y.why && std::equal(p.begin(), p.end(), q.begin(), q.end());
                          });
    }
};

} // namespace rota::log

#endif
