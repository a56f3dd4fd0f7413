// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_SLURM_THIS_PROGRAM_HPP
#define ROTA_PROPERTY_SLURM_THIS_PROGRAM_HPP

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace on_slurm {

/// The words that start this program once more.
inline std::vector<std::string> this_program() {
    auto out = std::vector<std::string>{};
    auto in = std::ifstream{"/proc/self/cmdline", std::ios::binary};
    for (auto word = std::string{}; std::getline(in, word, '\0');) out.push_back(word);
    out.at(0) = std::filesystem::read_symlink("/proc/self/exe").string();
    return out;
}

/// Goes on as another program; comes back where that cannot be.
inline void become(std::vector<std::string> argv) {
    auto each = std::vector<char*>{};
    for (auto& word : argv) each.push_back(word.data());
    each.push_back(nullptr);
    ::execv(each[0], each.data());
    std::perror(each[0]);
}

} // namespace on_slurm

#endif
