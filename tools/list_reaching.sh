#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# list_reaching.sh INCLUDE HEADER: the headers under INCLUDE that include HEADER, themselves or through others.
# HEADER third-party stands for whatever is neither rota's nor the C++ standard library's.
set -eu
cd "$1"
find . -name '*.hpp' | sed 's|^\./||' | LC_ALL=C sort | xargs awk -v wanted="$2" '
    FNR == 1 { order[++files] = FILENAME }
    /^ *# *include *</ {
        match($0, /<[^>]*>/)
        to = substr($0, RSTART + 1, RLENGTH - 2)
        if (to ~ /^rota\//) uses[FILENAME] = uses[FILENAME] " " to
        if (wanted == "third-party" ? to !~ /^rota\// && to ~ /[\/.]/ : to == wanted) reaches[FILENAME] = 1
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
