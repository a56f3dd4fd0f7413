// SPDX-License-Identifier: BSL-1.0
// What a test program has seen hold and fail, and the line it ends with.
#ifndef ROTA_PROPERTY_TALLY_HPP
#define ROTA_PROPERTY_TALLY_HPP

#include <cstdio>
#include <string_view>

class tally {
public:
    /// Counts, and says what failed as long as few have. Returns `holds`.
    bool check(bool holds, std::string_view what) {
        ++(holds ? passed_ : failed_);
        if (!holds && failed_ <= 20)
            std::printf("FAILED: %.*s\n", static_cast<int>(what.size()), what.data());
        return holds;
    }
    [[nodiscard]] int failed() const noexcept { return failed_; }

    /// Prints the totals and returns what `main` does: a test that checked nothing has failed.
    [[nodiscard]] int end() const {
        std::printf("%d passed, %d failed\n", passed_, failed_);
        return failed_ != 0 || passed_ == 0 ? 1 : 0;
    }

private:
    int passed_ = 0;
    int failed_ = 0;
};

#endif
