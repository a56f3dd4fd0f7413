#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What Slurm did, as its accounting tells it: examples/foreign/slurm_log.py makes a log of it, `rota check-log` judges that.
# The source's path is in ROTA_SOURCE.
set -u
source "$(dirname "$0")/../tally.sh"
foreign=${ROTA_SOURCE:?the path of the source}/examples/foreign/slurm_log.py
needs python3
# two nodes of four GPUs; job 1 loses its node and runs again, 4 never starts, 5 still runs, 6 has no GPU
cat >jobs.txt <<'END'
JobID|State|Submit|Eligible|Start|End|TimelimitRaw|ReqTRES|AllocTRES|NodeList
1|NODE_FAIL|1000|1000|1010|1020|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4|n01
2|COMPLETED|1001|1001|1020|1080|60|cpu=8,gres/gpu=8|cpu=8,gres/gpu:a100=8,gres/gpu=8|n[01-02]
2.batch|COMPLETED|1020|1020|1020|1080||cpu=8|cpu=8|n01
1|COMPLETED|1000|1026|1080|1180|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4|n02
3|TIMEOUT|1003|1003|1080|4680|60|cpu=8,gres/gpu=2|cpu=8,gres/gpu=2|n01,n02
4|CANCELLED by 7|1004|1004|Unknown|1050|UNLIMITED|cpu=8,gres/gpu=4||None assigned
5|RUNNING|1004|1004|1200|Unknown|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4|n02
6|COMPLETED|1004|1004|1200|1300|60|cpu=8||cpu=8|n02
END
sed -i 's/^\(1|COMPLETED.*\)n02$/\1n01/; s/^3|\(.*\)n01,n02$/3|\1n02/' jobs.txt
judge() { # code, text that it says, accounting
    check "$3 is read" python3 "$foreign" "$3" 'n[01-02]' 4 jobs.csv >schedule.log
    expect "$1" "$2" check-log --workload jobs.csv --cluster 2x4 --log schedule.log --any-run-time --claims strict_fifo
}
judge 0 '13 records keep every law' jobs.txt
expect 0 'P2 holds' check-log --workload jobs.csv --cluster 2x4 --log schedule.log --any-run-time --claims strict_fifo
sed 's/1080|4680/1070|4680/' jobs.txt >too_early.txt
judge 1 'S1 broken' too_early.txt
sed 's/gres\/gpu=4|n01$/gres\/gpu=3|n01/; /^1|COMPLETED/s/gpu=3|n01/gpu=4|n01/' jobs.txt >too_few.txt
judge 1 'S2 broken' too_few.txt
sed 's/^2|COMPLETED|1001|1001/2|COMPLETED|1001|1002/; s/^3|TIMEOUT|1003|1003/3|TIMEOUT|1001|1001/' jobs.txt >passed_by.txt
judge 1 'P2 broken' passed_by.txt
refused() { # text, accounting
    python3 "$foreign" "$2" 'n[01-02]' 4 no.csv >no.log 2>err.txt
    check "$2: code $?, $(cat err.txt)" grep -qF -- "$1" err.txt
    check "$2 makes no log" test ! -s no.log -a ! -e no.csv
}
sed 's/1080|4680/2026-10-01T10:00:00|4680/' jobs.txt >dates.txt
refused "dates.txt:6: error: read '2026-10-01T10:00:00', expected seconds in Start" dates.txt
sed 's/TIMEOUT/TIMED/' jobs.txt >state.txt
refused "state.txt:6: error: read 'TIMED'" state.txt
sed 's/|NodeList$/|Nodes/' jobs.txt >column.txt
refused "column.txt:2: error: read 'nothing', expected column NodeList" column.txt
sed 's/n\[01-02\]$/n[01-03]/' jobs.txt >node.txt
refused "node.txt:3: error: read '8 GPUs on n[01-03]'" node.txt
end
