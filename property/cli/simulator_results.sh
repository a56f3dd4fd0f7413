#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What known simulators really wrote, as examples/foreign/simulator_log.py reads it and `rota check-log` judges it: their
# promises hold, and their known faults are found. The results are below ROTA_TRACES, the source's path is in ROTA_SOURCE.
set -u
results=${ROTA_TRACES:-}/peer_results
compgen -G "$results/tiresias_*.csv" >/dev/null || {
    echo "skipped: no recorded results in $results"
    exit 77
}
results=$(realpath "$results")
source "$(dirname "$0")/../tally.sh"
foreign=${ROTA_SOURCE:?the path of the source}/examples/foreign/simulator_log.py
needs python3
cluster_of() { # name of a result: n4g4 is 4x4, 8n is 8 nodes of 8
    case $1 in
    *_n*g*_*) sed -E 's/.*_n([0-9]+)g([0-9]+)_.*/\1x\2/' <<<"$1" ;;
    *) sed -E 's/.*_([0-9]+)n_.*/\1x8/' <<<"$1" ;;
    esac
}
judge() { # code, text that it says, result, options
    local file=$results/$3.csv
    [ -f "$file" ] || file=$PWD/$3.csv
    python3 "$foreign" "$file" "$(cluster_of "$3")" jobs.csv >schedule.log 2>said.txt
    expect "$1" "$2" check-log --workload jobs.csv --cluster "$(cluster_of "$3")" --log schedule.log --placement first_fit "${@:4}"
}

for file in "$results"/{tiresias,helios,lucid,blox}_*.csv; do
    name=$(basename "$file" .csv)
    case $name in # a code of 0 says that every law holds
    tiresias_fifo_*_count) judge 0 'W1 holds' "$name" --claims strict_fifo,head_never_waits ;;
    *_fifo_*yarn | helios_fifo_*) judge 0 'P2 holds' "$name" --claims strict_fifo ;;
    tiresias_fjf_*_count) judge 0 'W2 holds' "$name" --claims work_conserving ;; # whatever fits, first
    helios_sjf_s480_* | helios_qssf_s480_*) judge 1 'P2 broken' "$name" --claims strict_fifo ;;
    helios_srtf_* | lucid_*) # a second more than its work
        judge 1 'A1 broken' "$name"
        judge 0 'S1 holds' "$name" --any-run-time
        ;;
    blox_fifo_*) judge 0 'P2 holds' "$name" --any-run-time --claims strict_fifo ;;
    blox_*) judge 0 'S1 holds' "$name" --any-run-time ;;
    *) judge 0 'A1 holds' "$name" ;;
    esac
    stopped=$(awk -F, 'NR > 1 && $9 != 0' "$file" | wc -l)
    kept=$(($(wc -l <"$file") - 1 - stopped))
    check "$name: $(cat said.txt)" grep -qxE "$kept jobs, left out: (none|$stopped stopped)" said.txt
done
judge 1 'P2 broken' tiresias_fjf_s480_n15g4_count --claims strict_fifo
judge 1 'W2 broken' tiresias_fifo_s480_n15g4_count --claims work_conserving
judge 1 'A1 broken' blox_fifo_t60_n4g4_r300 # whole rounds
# the first that waits under strict FIFO waits for room
awk -F, -v OFS=, 'NR > 1 && $8 > 0 && !n++ { $4 = $3; $5 = $4 + $7 } { print }' \
    "$results/tiresias_fifo_s480_n15g4_count.csv" >planted_s480_n15g4_count.csv
judge 1 'S1 broken' planted_s480_n15g4_count
end
