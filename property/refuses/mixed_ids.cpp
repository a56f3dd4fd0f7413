// SPDX-License-Identifier: BSL-1.0
// expect: cannot convert 'const rota::node_id' to 'const rota::job_id'
// expect: cannot initialize a variable of type 'const rota::job_id' with
#include <rota/core/units.hpp>

constexpr auto node = rota::node_id{7};
constexpr rota::job_id job = node; // refused
