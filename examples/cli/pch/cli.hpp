// SPDX-License-Identifier: BSL-1.0
// What most units of the tool include; see examples/cli/meson.build.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rota/simulation/simulator.hpp>
#include <rota/trace/source.hpp>
