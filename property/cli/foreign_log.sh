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
end
