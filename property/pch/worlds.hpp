// SPDX-License-Identifier: BSL-1.0
// What most tests include, of rota, too: for a compiler that takes from a precompiled header only what is asked for. The
// stage of the other compiler sees whether each of them includes what it uses.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <rota/log/text.hpp>
#include <rota/placement/best_fit.hpp>
#include <rota/simulation/simulator.hpp>
