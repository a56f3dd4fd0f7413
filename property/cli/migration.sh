#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Running jobs that move for one that does not fit, as a setting of the queues that never stop a job.
set -u
source "$(dirname "$0")/../tally.sh"

# Two nodes of 8 with a job of 4 GPUs each: the third job wants a node.
cat >jobs.csv <<'END'
#rota-workload 1
job_id,submit_ms,gpus,span,limit_ms,duration_ms
one,0,4,one_node,100000,100000
two,0,4,one_node,100000,100000
three,1000,8,one_node,10000,10000
END
in=(--workload jobs.csv --cluster 2x8 --placement worst_fit)

expect 0 'migrate=off' list
check 'the worth of a plan is not listed' grep -qF 'worth_s=600' out.txt
expect 2 'nearest: off' simulate "${in[@]}" --scheduler fifo:migrate=of
expect 2 'expected a whole number' simulate "${in[@]}" --scheduler fifo:migrate=on,worth_s=-1

for queue in fifo best_effort_fifo sjf; do
    for cost in none fixed; do
        for migrate in off on; do
            run=$queue.$cost.$migrate
            expect 0 "$queue" simulate "${in[@]}" --cost $cost --scheduler $queue:migrate=$migrate --log "$run.log" --jobs "$run.csv"
            expect 0 'keep every law' check-log "${in[@]}" --cost $cost --log "$run.log" --claims none
            check "$run: moves" test "$(grep -c ' move ' "$run.log")" = $([ $migrate = on ] && echo 1 || echo 0)
        done
        check "$queue, $cost: a move changes nothing" test "$(sed -n 4p $queue.$cost.off.csv)" != "$(sed -n 4p $queue.$cost.on.csv)"
    done
    # 4 GPUs for 30 s are dearer than 8 for 14 s, and not than 8 for 15 s
    for worth in 14 15; do
        expect 0 "$queue" simulate "${in[@]}" --cost fixed --scheduler $queue:migrate=on,worth_s=$worth --log worth.log
        check "$queue: worth $worth s" test "$(grep -c ' move ' worth.log)" = $((worth - 14))
    done
done
expect 0 'migrate=on' compare "${in[@]}" --schedulers best_effort_fifo,best_effort_fifo:migrate=on,worth_s=60 --out both
expect 0 'keep every law' check-log "${in[@]}" --log both/best_effort_fifo_migrate=on_worth_s=60.log --claims none

end
