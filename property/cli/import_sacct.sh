#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota import-sacct` as an operator meets it. The tool's path is in ROTA_CLI.
set -u
rota=${ROTA_CLI:?the path of the tool}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
passed=0
failed=0
expect() { # code, text that it says, arguments...
    local code=$1 text=$2
    shift 2
    timeout 60 "$rota" "$@" >out.txt 2>err.txt </dev/null
    local got=$?
    if [ $got = "$code" ] && grep -qF -- "$text" out.txt err.txt; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: code $got, expected $code and '$text': rota $*"
        cat out.txt err.txt
    fi
}

cat >jobs.txt <<'END'
JobID|User|Account|State|Submit|Eligible|Start|End|ElapsedRaw|TimelimitRaw|ReqTRES|AllocTRES
1|ann|vision|PREEMPTED|1000|1000|1010|1020|10|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4
2|bob|speech|COMPLETED|1001|1001|1020|1080|60|60|cpu=8,gres/gpu=8|cpu=8,gres/gpu=8
2.batch||speech|COMPLETED|1020|1020|1020|1080|60||cpu=8|cpu=8
1|ann|vision|COMPLETED|1020|1026|1080|1180|100|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4
3|bob|speech|RUNNING|1003|1003|1080|Unknown|20|60|cpu=8,gres/gpu=4|cpu=8,gres/gpu=4

END
cat >want.csv <<'END'
#rota-workload 1
#tenant,1,0,1,0,speech
#tenant,2,0,1,0,vision
job_id,submit_ms,gpus,cpu_milli,tenant,user,limit_ms,duration_ms
1,0,4,2000,2,1,3600000,100000
2,1000,8,1000,1,0,3600000,60000
END
expect 0 'rows_in 6 = kept 2 + dropped 3 + blank 1 + comment 0; requeued 1, step 1, eligible_after_submit 1, unfinished 1' \
    import-sacct --from jobs.txt --out jobs.csv
expect 0 'jobs.csv: 2 jobs of 2 accounts, the largest on 8 GPUs' import-sacct --from jobs.txt --out jobs.csv
if cmp -s jobs.csv want.csv; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    diff jobs.csv want.csv
fi
expect 0 '68.75' simulate --workload jobs.csv --cluster 1x8 --scheduler easy
expect 0 '68.75' simulate --workload jobs.txt --format sacct --cluster 1x8 --scheduler easy

sed 's/bob|speech|COMPLETED/bob|speech|COMPLETE/' jobs.txt >wrong.txt
expect 2 "wrong.txt:3:14: error[E-ENUM]: read 'COMPLETE' in State" import-sacct --from wrong.txt --out wrong.csv
if [ -e wrong.csv ]; then failed=$((failed + 1)) && echo 'FAILED: a refused input leaves a file'; else passed=$((passed + 1)); fi
expect 0 'E-ENUM 1' import-sacct --from wrong.txt --out wrong.csv --on-error collect
expect 2 'nearest: --from' import-sacct --form jobs.txt --out x.csv
expect 2 'no_such.txt' import-sacct --from no_such.txt --out x.csv
echo "$passed passed, $failed failed"
[ $failed = 0 ]
