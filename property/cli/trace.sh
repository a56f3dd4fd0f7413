#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota trace`: what is in a trace, in memory that does not depend on its rows.
set -u
source "$(dirname "$0")/../tally.sh"

cat >jobs.csv <<'END'
#rota-workload 1
#tenant,1,0,1,0,vision
# a comment
job_id,submit_ms,gpus,milli,tenant,duration_ms
a,1000,1,,1,3600000
b,5000,8,,1,1800000

c,4000,1,500,0,0
d,90000,0,,0,7
END
expect 0 'rows              8: 3 kept, 1 dropped, 1 blank, 3 comment' trace jobs.csv
cat >want.txt <<'END'
rows              8: 3 kept, 1 dropped, 1 blank, 3 comment
jobs              3
GPU hours         5.00
largest gang      8 GPUs
first submission  1.000 s
last submission   5.000 s, 0.00 days later
run time          mean 1800.000 s, longest 3600.000 s
tenants           1
zero_duration                     1
zero_gpus                         1
W-UNSORTED                        line 8
END
check 'what is in it' diff out.txt want.txt
gzip -k jobs.csv
expect 0 '' trace jobs.csv.gz
check 'the same, packed' diff out.txt want.txt
"$rota" trace /dev/stdin <jobs.csv.gz >out.txt 2>err.txt
check 'and from stdin' diff out.txt want.txt
cat jobs.csv | "$rota" trace /dev/stdin >out.txt 2>err.txt
check 'and from a pipe' diff out.txt want.txt
expect 0 'W-INFEASIBLE                      line 6' trace jobs.csv --cluster 1x4
expect 2 'jobs.csv:8:1: error[E-UNSORTED]' trace jobs.csv --strict-order

echo 'a,6000,1,,1,60' >>jobs.csv
expect 2 "jobs.csv:10:1: error[E-DUPID]: read id 'a' again" trace jobs.csv
check 'and where it was first' grep -q 'jobs.csv:5:1: note\[E-DUPID\]' err.txt
expect 0 'jobs              4' trace jobs.csv --any-id
expect 0 'duplicate_id=drop                 1' trace jobs.csv --repair duplicate_id=drop
expect 0 'E-DUPID                           1' trace jobs.csv --on-error collect
expect 2 'no_such.csv' trace no_such.csv
expect 2 'FILE' trace
expect 2 'nearest: swf' trace jobs.csv --format swff

# ten times the rows, the same memory
rows() {
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; ++i) print i, i, 5, 60, 8, -1, -1, 8, 120, -1, 1, 3, 1, -1, 1, -1, -1, -1 }'
}
within() { # KiB, rows: the limit is on what it may map
    rows "$2" | (
        ulimit -v "$1"
        "$rota" trace /dev/stdin --format swf --any-id
    ) >out.txt 2>err.txt && grep -q "^jobs  *$2\$" out.txt
}
if grep -q __asan_init "$rota"; then
    ok # it maps terabytes
else
    least=0
    for kib in 40000 80000 160000 320000 640000; do
        if [ $least = 0 ] && within $kib 1000; then least=$kib; fi
    done
    echo "1,000 rows map at most $least KiB"
    check "1,000,000 rows in the $least KiB of 1,000" within "$least" 1000000
fi
end
