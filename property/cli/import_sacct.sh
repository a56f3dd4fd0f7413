#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota import-sacct` as an operator meets it.
set -u
source "$(dirname "$0")/../tally.sh"

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
check 'the workload of these jobs' diff jobs.csv want.csv
expect 0 '68.75' simulate --workload jobs.csv --cluster 1x8 --scheduler easy
expect 0 '68.75' simulate --workload jobs.txt --format sacct --cluster 1x8 --scheduler easy

sed 's/bob|speech|COMPLETED/bob|speech|COMPLETE/' jobs.txt >wrong.txt
expect 2 "wrong.txt:3:14: error[E-ENUM]: read 'COMPLETE' in State" import-sacct --from wrong.txt --out wrong.csv
check 'a refused input leaves no file' test ! -e wrong.csv
expect 0 'E-ENUM 1' import-sacct --from wrong.txt --out wrong.csv --on-error collect
expect 2 'nearest: --from' import-sacct --form jobs.txt --out x.csv
expect 2 'no_such.txt' import-sacct --from no_such.txt --out x.csv
end
