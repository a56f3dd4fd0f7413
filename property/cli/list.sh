#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota list` names every policy and system: each header of their rooms, apart from the parts that the test of the
# layers says are no policies. The source's path is in ROTA_SOURCE.
set -u
source "$(dirname "$0")/../tally.sh"
cd "${ROTA_SOURCE:?the path of the source}" || exit 1
# An entry is its name at the third column, then lines that begin further to the right.
said=$("$rota" list) || exit 1
listed=$(sed -n 's|^ *header: rota/||p' <<<"$said")
no_policy=$(sed -n '/const no_policy{/,/};/p; /const engines{/,/};/p' property/gates/layers.cpp | grep -oE '"[a-z_]+/[a-z_]+\.hpp"' | tr -d '"')
check 'the parts that are no policies were found' test "$(wc -l <<<"$no_policy")" -ge 10

headers=$(cd include/rota && ls queueing/*.hpp placement/*.hpp preemption/*.hpp estimate/*.hpp system/*.hpp)
check 'the headers were found' test "$(wc -l <<<"$headers")" -ge 50
for header in $headers; do
    if grep -qxF "$header" <<<"$no_policy"; then
        check "$header is no policy and is listed" test "$(grep -cxF "$header" <<<"$listed")" = 0
    else
        check "$header is not listed" grep -qxF "$header" <<<"$listed"
    fi
done
while read -r header; do check "rota/$header is listed and is not there" test -f "include/rota/$header"; done <<<"$listed"

# Who is listed is declared in that header, and has a source; so is each thing that can be set.
entries=$(awk '
    /^[*a-z]/ && !/^\* / { title = $0; sub(/ .*/, "", title) }
    /^[* ] [a-z]/ { sub(/^[* ] /, ""); name = $1 }
    /^ +header: rota\// { header = $2 }
    /^ +source: ./ { print name, header }' <<<"$said")
check 'every header has a source' test "$(wc -l <<<"$entries")" = "$(wc -l <<<"$listed")"
while read -r name header; do
    case $header in
    rota/preemption/transition_cost.hpp) continue ;; # the tool has its own names for them
    esac
    check "rota/$header does not declare $name" \
        grep -qE "(struct|class|using) $name\b|\b$name\(" "include/$header"
done <<<"$entries"

# What can be set of a part stands in its header, too; the settings of the schedulers are the tool's own.
knobs=$(awk '
    /^ +header: rota\// { header = $2 }
    /^ +[A-Za-z_]+(=| \(to be given\))/ && header !~ /^rota\/system\// { split($1, key, "="); print key[1], header }
' <<<"$said")
check 'settings were found' test "$(wc -l <<<"$knobs")" -ge 20
while read -r key header; do
    check "rota/$header has no $key" grep -qw -- "$key" "include/$header"
done <<<"$knobs"

end
