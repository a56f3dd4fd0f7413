// SPDX-License-Identifier: BSL-1.0
// Instances of split GPUs in the schedule log's text: each reads back, and what is none says where.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <rota/cluster/mig_device.hpp>
#include <rota/cluster/mig_size.hpp>
#include <rota/cluster/placement.hpp>
#include <rota/core/units.hpp>
#include <rota/log/record.hpp>
#include <rota/log/schedule.hpp>
#include <rota/log/text.hpp>

#include "../tally.hpp"

using namespace rota;

namespace {

log::schedule holding(std::uint16_t milli) {
    auto made = log::schedule{};
    made.add({.kind = log::kind::start}, cluster::placement{cluster::slice{
                                             .node = node_id{3}, .gpus = 5, .milli = milli, .cpu_milli = 7}});
    return made;
}

void every_number(tally& told) {
    auto wrong = 0;
    auto named = 0;
    for (auto milli = 0; milli != 65'536; ++milli) {
        auto const one = holding(static_cast<std::uint16_t>(milli));
        auto const text = log::to_text(one);
        auto const read = log::from_text(text);
        auto const* const again = std::get_if<log::schedule>(&read);
        wrong += again == nullptr || !(*again == one) || log::to_text(*again) != text;
        named += text.find('+') != std::string::npos;
    }
    told.check(wrong == 0, "whatever a slice says of a share reads back equal");
    told.check(named == 9 * cluster::mig_slices_max, "nine sizes, eight memory slices");
}

void words(tally& told) {
    auto const size = cluster::mig_size_named("3g.4/8");
    told.check(log::to_text(holding(cluster::instance_milli(size, 4))) ==
                   "#rota-log 1\n0 start 0.0 #0 - 0 n3:5@3g.4/8+4/7/0\n",
               "the size and the start");
    told.check(log::to_text(holding(300)) == "#rota-log 1\n0 start 0.0 #0 - 0 n3:5@300/7/0\n",
               "a share is as before");
    auto const refused = [&](char const* part, std::size_t column, char const* expected) {
        auto const read = log::from_text(std::string{"0 start 0.0 #0 - 0 n3:5@"} + part);
        auto const* const error = std::get_if<log::text_error>(&read);
        told.check(error != nullptr && error->column == column &&
                       error->message.find(expected) != std::string::npos,
                   part);
    };
    refused("3g.4/8/0/0", 31, "expected '+'");
    refused("3g.4/8+8/0/0", 32, "expected a memory slice from 0 to 7");
    refused("3g.4/8+", 32, "the line ends");
    refused("3g.4/8+40/0/0", 33, "expected '/'");
    refused("3g.20gb+0/0/0", 25, "expected a size of instance");
    refused(std::to_string(cluster::instance_milli(size, 4)).c_str(), 25, "expected thousandths of a GPU");
}

} // namespace

int main() {
    auto told = tally{};
    every_number(told);
    words(told);
    return told.end();
}
