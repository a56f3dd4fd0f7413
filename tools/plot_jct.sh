#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# plot_jct.sh DIR TITLE OUT.png: the share of jobs that ended within a time, for every NAME.jobs.csv in DIR (as written
# by `rota compare --out DIR`). Needs gnuplot.
set -euo pipefail
[ $# = 3 ] || { sed -n '3,4s/^# //p' "$0" >&2; exit 2; }
command -v gnuplot >/dev/null || { echo "plot_jct.sh: gnuplot is not installed (Debian: gnuplot-nox)" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
curves=()
for jobs in "$1"/*.jobs.csv; do
    name=$(basename "$jobs" .jobs.csv)
    # jct_ms is the sixth column from the right but five: a quoted job id may hold commas
    awk -F, 'NR > 1 && $(NF-5) != "" {print $(NF-5) / 1000 + 0.001}' "$jobs" | sort -g |
        awk '{x[NR] = $1} END {step = NR > 400 ? NR / 400 : 1; for (i = 1; i <= NR; i += step) print x[int(i)], int(i) / NR}' >"$scratch/$name"
    curves+=("'$scratch/$name' using 1:2 with lines linewidth 2 title '${name//_/\\_}'")
done
[ ${#curves[@]} != 0 ] || { echo "plot_jct.sh: no *.jobs.csv in $1" >&2; exit 1; }
joined=$(printf ', %s' "${curves[@]}")
gnuplot <<PLOT
set terminal pngcairo size 760,460 font 'sans,10'
set output '$3'
set title '$2'
set logscale x
set xlabel 'JCT (s)'
set ylabel 'share of jobs'
set yrange [0:1]
set key right bottom
set grid
plot ${joined:2}
PLOT
