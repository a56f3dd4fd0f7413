#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# list_plain.sh INCLUDE: the headers under INCLUDE that reach nothing but the C++ standard library.
# Only those can be compiled with hostile macros: third-party headers name their parameters I, too.
set -eu
cd "$1"
find . -name '*.hpp' | sed 's|^\./||' | LC_ALL=C sort | xargs awk '
    FNR == 1 { order[++files] = FILENAME }
    /^ *# *include *</ {
        match($0, /<[^>]*>/)
        to = substr($0, RSTART + 1, RLENGTH - 2)
        if (to ~ /^rota\//) uses[FILENAME] = uses[FILENAME] " " to
        else if (to ~ /[\/.]/) foreign[FILENAME] = 1
    }
    END {
        for (changed = 1; changed;) {
            changed = 0
            for (i = 1; i <= files; ++i) {
                if (foreign[order[i]]) continue
                n = split(uses[order[i]], used, " ")
                for (j = 1; j <= n; ++j) if (foreign[used[j]]) changed = foreign[order[i]] = 1
            }
        }
        for (i = 1; i <= files; ++i) if (!foreign[order[i]]) print order[i]
    }'
