#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Instances of split GPUs through the tool: a workload that asks for them is run, and its log judged.
set -u
source "$(dirname "$0")/../tally.sh"

cat >jobs.csv <<'END'
#rota-workload 1
job_id,submit_ms,gpus,duration_ms,mig
left,0,1,3000,3g.4/8
right,0,1,5000,4g.4/8
whole,0,1,1000,
gang,2000,2,1000,2g.2/8
END
for scheduler in fifo easy priority_preemptive tiresias_l; do
    expect 0 '' simulate --workload jobs.csv --cluster 1x2:a100 --scheduler $scheduler --log log
    check "$scheduler: two on one GPU" grep -qE '^0 start 1\.1 .* n0:1@4g\.4/8\+0/0/0$' log
    check 'the next one whole' grep -qE '^0 start 2\.1 .* n0:2@1000/0/0$' log
    check 'and a gang on two' grep -qE '^[0-9]+ start 3\.1 .* n0:3@2g\.2/8\+[0-9]/0/0$' log
    expect 0 '' check-log --workload jobs.csv --cluster 1x2:a100 --log log
done
sed 's|@3g.4/8+4/|@3g.4/8+0/|' log >overlap
expect 1 'S1' check-log --workload jobs.csv --cluster 1x2:a100 --log overlap
expect 0 'W-INFEASIBLE' simulate --workload jobs.csv --cluster 1x2 --scheduler fifo
sed 's/2g.2/9g.2/' jobs.csv >unknown.csv
expect 2 'unknown.csv:6:' simulate --workload unknown.csv --cluster 1x2:a100 --scheduler fifo
expect 2 'a1000' simulate --workload jobs.csv --cluster 1x2:a1000 --scheduler fifo
end
