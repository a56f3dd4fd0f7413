#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# list_third_party.sh INCLUDE: the headers under INCLUDE that reach, themselves or through others, what is neither rota's nor
# the C++ standard library's.
set -eu
cd "$1"
find . -name '*.hpp' | sed 's|^\./||' | LC_ALL=C sort | xargs awk '
    FNR == 1 { order[++files] = FILENAME }
    /^ *# *include *</ {
        match($0, /<[^>]*>/)
        to = substr($0, RSTART + 1, RLENGTH - 2)
        if (to ~ /^rota\//) uses[FILENAME] = uses[FILENAME] " " to
        else if (to ~ /[\/.]/) reaches[FILENAME] = 1
    }
    END {
        for (changed = 1; changed;) {
            changed = 0
            for (i = 1; i <= files; ++i) {
                if (reaches[order[i]]) continue
                n = split(uses[order[i]], used, " ")
                for (j = 1; j <= n; ++j) if (reaches[used[j]]) changed = reaches[order[i]] = 1
            }
        }
        for (i = 1; i <= files; ++i) if (reaches[order[i]]) print order[i]
    }'
