// SPDX-License-Identifier: BSL-1.0
// expect: deleted
#include <rota/trace/intake.hpp>

int main() {
    auto const text = rota::trace::source{};
    auto const how = rota::trace::options{};
    auto kept = rota::trace::intake{text, how};
    auto in = rota::trace::intake{text, rota::trace::options{}}; // refused
    auto out = rota::trace::intake{rota::trace::source{}, how};  // refused
    auto no = rota::trace::intake{rota::trace::source{}, {}};    // refused
}
