// SPDX-License-Identifier: BSL-1.0
// Parsed once for all property tests; each of them still includes what it uses.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <rapidcheck.h>
#include <rapidcheck/state.h>
