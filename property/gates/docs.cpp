// SPDX-License-Identifier: BSL-1.0
// Keeps the pages true: a C++ block below a line '<!-- FILE -->' stands in FILE word for word, and relative
// links lead somewhere. Indentation may differ: a page may quote the inside of a function.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using text = std::vector<std::string>;

std::string trimmed(std::string const& line) {
    auto const from = line.find_first_not_of(" \t");
    return from == std::string::npos ? std::string{}
                                     : line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
}

text read(fs::path const& path) {
    auto lines = text{};
    auto in = std::ifstream(path);
    for (auto line = std::string{}; std::getline(in, line);) lines.push_back(trimmed(line));
    return lines;
}

/// FILE of a line '<!-- FILE -->' that names a source; empty for other lines.
std::string quoted_file(std::string const& line) {
    if (line.rfind("<!-- ", 0) != 0 || line.size() < 9 || line.substr(line.size() - 4) != " -->") return {};
    auto const file = line.substr(5, line.size() - 9);
    return file.find(' ') == std::string::npos && fs::path{file}.has_extension() ? file : std::string{};
}

int failures_of(fs::path const& root, fs::path const& page) {
    auto failures = 0;
    auto const say = [&](std::size_t line, std::string const& what) {
        std::printf("%s:%zu: %s\n", page.lexically_relative(root).c_str(), line + 1, what.c_str());
        ++failures;
    };
    auto const lines = read(page);
    auto in_block = false;
    for (auto i = std::size_t{0}; i != lines.size(); ++i) {
        if (lines[i].rfind("```", 0) == 0) {
            in_block = !in_block;
            auto const file = i == 0 ? std::string{} : quoted_file(lines[i - 1]);
            if (!in_block || file.empty()) continue;
            auto const end =
                std::find(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, lines.end(), "```");
            auto const block = text(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, end);
            auto const all = read(root / file);
            if (all.empty()) say(i, "quotes " + file + ", which is not there");
            else if (block.empty() ||
                     std::search(all.begin(), all.end(), block.begin(), block.end()) == all.end())
                say(i, "differs from " + file);
        } else if (!in_block) {
            for (auto at = lines[i].find("]("); at != std::string::npos; at = lines[i].find("](", at + 1)) {
                auto const to = lines[i].substr(at + 2, lines[i].find_first_of(")#", at) - at - 2);
                if (to.empty() || to.find("://") != std::string::npos) continue;
                if (!fs::exists(page.parent_path() / to)) say(i, "links to " + to + ", which is not there");
            }
        }
    }
    if (in_block) say(lines.size() - 1, "has a block without end");
    return failures;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: docs ROOT\n");
        return 2;
    }
    auto const root = fs::path{argv[1]};
    auto pages = std::vector<fs::path>{};
    for (auto const& entry : fs::directory_iterator(root))
        if (entry.path().extension() == ".md") pages.push_back(entry.path());
    if (fs::is_directory(root / "docs"))
        for (auto const& entry : fs::recursive_directory_iterator(root / "docs"))
            if (entry.path().extension() == ".md") pages.push_back(entry.path());
    std::sort(pages.begin(), pages.end());
    auto passed = 0;
    auto failed = 0;
    for (auto const& page : pages) ++(failures_of(root, page) == 0 ? passed : failed);
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
