#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# A scheduler in Python that shares nothing with rota but two texts, judged by `rota check-log` by the log it prints.
# The source's path is in ROTA_SOURCE.
set -u
source "$(dirname "$0")/../tally.sh"
foreign=${ROTA_SOURCE:?the path of the source}/examples/foreign/shortest_first.py
needs python3
judge() { # code, text that it says, log
    expect "$1" "$2" check-log --workload jobs.csv --cluster 4x8 --log "$3" --claims work_conserving,non_preemptive
}

for seed in 1 2 3; do
    "$rota" generate --preset helios_venus --jobs 2000 --seed $seed --load 2 --gpus 32 --gpus-max 32 --out jobs.csv >/dev/null 2>&1
    check 'it runs' python3 "$foreign" jobs.csv 4x8 >good.log
    judge 0 'W2 holds' good.log
    judge 0 'records keep every law' good.log
done
# what a scheduler with a bug would print, made from what this one printed
sed '0,/@1000/{/@1000/s/n\([0-9]\):/n9:/}' good.log >no_such_node.log
judge 1 'S0 broken' no_such_node.log
awk 'NR == 1 { print "# by hand\n"; next } / start / && !n++ { print "# here" } { print }' no_such_node.log >remarks.log
judge 1 "line $(grep -n -m1 ' n9:' remarks.log | cut -d: -f1): " remarks.log
first=$(grep -m1 ' finish ' good.log)
grep -vxF "$first" good.log >never_ends.log
judge 1 'broken' never_ends.log
awk '$2 == "start" && ++n == 100 { $1 += 1 } { print }' good.log | sort -s -n -k1,1 >late.log
judge 1 'W2 BROKEN' late.log
sed '2s/submit/submits/' good.log >unreadable.log
judge 2 'unreadable.log:2:' unreadable.log

# private cells: those of the quotas that the workload names, or told; a scheduler that knows of none gives them away
cells=(check-log --workload jobs.csv --cluster 4x8 --claims cells_kept --log)
"$rota" simulate --workload jobs.csv --cluster 4x8 --scheduler hived --log hived.log >/dev/null 2>&1
for told in '' '--cells tenant1:1x8,1x2 --cells tenant2:1x4,1x1'; do
    # shellcheck disable=SC2086
    expect 0 'S10 holds' "${cells[@]}" hived.log $told
    # shellcheck disable=SC2086
    expect 0 'W3 holds' "${cells[@]}" hived.log $told
    # shellcheck disable=SC2086
    expect 1 'S10 BROKEN' "${cells[@]}" good.log $told
done
wrong() { # CELLS TEXT
    expect 2 "--cells $1: read $2" "${cells[@]}" hived.log --cells "$1"
}
wrong tenant99:1x8 "'tenant99', expected the name of a tenant: tenant1, tenant2"
wrong :1x8 "''"
wrong tenant1: "'', expected COUNTxGPUS"
wrong tenant1:1x8, "'', expected COUNTxGPUS"
for text in 8 x8 1x 0x8 -1x8 1x8x 1000001x8 4294967296x8; do wrong "tenant1:$text" "'$text', expected COUNTxGPUS"; done
wrong tenant1:1x3 "'1x3', expected a number of GPUs that"
wrong tenant1:1x8@a100 "'1x8@a100', expected a model of the cluster"
expect 2 '--cells goes with --claims cells_kept' check-log --workload jobs.csv --cluster 4x8 --log hived.log --cells tenant1:1x8
end
