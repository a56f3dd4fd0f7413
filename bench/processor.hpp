// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_PROCESSOR_HPP
#define ROTA_BENCH_PROCESSOR_HPP

#include <fstream>
#include <string>

namespace bench {

/// The name of this machine's processor.
inline std::string processor() {
    auto in = std::ifstream{"/proc/cpuinfo"};
    for (auto line = std::string{}; std::getline(in, line);)
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    return "an unknown processor";
}

} // namespace bench

#endif
