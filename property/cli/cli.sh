#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The command-line tool as its users meet it.
set -u
source "$(dirname "$0")/../tally.sh"

nothing_left() { # no temporary file here or below
    [ -z "$(find . -name '.*.tmp')" ]
}
ends_within() { # TRIES PID: it is gone after at most so many twentieths of a second
    for _ in $(seq "$1"); do
        if ! kill -0 "$2" 2>/dev/null; then return 0; fi
        sleep 0.05
    done
    return 1
}
heeds() { # SIGNAL PID TRIES WHERE: the signal ends the command within so many twentieths of a second, which says so
    kill -s "$1" "$2"
    check "SIG$1 is heeded $4" ends_within "$3" "$2"
    kill -s KILL "$2" 2>/dev/null
    wait "$2"
    check "by SIG$1" test $? = "$([ "$1" = INT ] && echo 130 || echo 143)"
}

cat >jobs.csv <<'END'
#rota-workload 1
job_id,submit_ms,gpus,limit_ms,duration_ms
one,0,6,100000,100000
"two, too",1000,8,100000,100000
three,2000,2,50000,50000
four,3000,1,200000,50000
huge,4000,99,1000,1000
END
printf '#rota-workload 1\nsubmit_ms,gpus,duration_ms\n' >empty.csv
in=(--workload jobs.csv --cluster 1x8)

# help names every command and every option
expect 0 'Exit codes' --help
for command in simulate compare generate check-log drive-slurm list quickstart; do
    grep -qF "$command" out.txt || bad "--help does not name $command"
done
expect 0 '--outage' simulate --help
for option in --workload --format --cluster --map --scheduler --jobs --log --summary --seed --placement --cost --round; do
    check "simulate --help does not name $option" grep -qF -- "$option" out.txt
done
for command in compare generate check-log drive-slurm list quickstart; do expect 0 '--help' "$command" --help; done
expect 0 'rota 0.' --version
expect 2 'subcommand' # nothing asked

# what is unknown is said with the nearest match
expect 2 'nearest: simulate' simulat
expect 2 'nearest: --scheduler' simulate "${in[@]}" --schedular fifo
expect 2 'nearest: tiresias_l' simulate "${in[@]}" --scheduler tiresias_k
expect 2 'nearest: thresholds_s' simulate "${in[@]}" --scheduler tiresias_l:threshold_s=3/4
expect 2 'nearest: oracle' simulate "${in[@]}" --scheduler srtf:estimate=orakle
expect 2 'nearest: tiresias' simulate "${in[@]}" --scheduler fifo --format tiresia
expect 2 'nearest: best_fit' simulate "${in[@]}" --scheduler fifo --placement best_fot
expect 2 'nearest: by_size' simulate "${in[@]}" --scheduler fifo --cost by_siz
expect 2 'belong to --cost fixed' simulate "${in[@]}" --scheduler srtf --restore 60
expect 2 'nearest: itp2021' generate --preset itp2012 --out x.csv
expect 2 'nearest: strict_fifo' check-log "${in[@]}" --log x --claims strict_fif
expect 2 'nearest: easy' compare "${in[@]}" --schedulers fifo,eazy
expect 2 'nearest: negative_wait=drop' simulate "${in[@]}" --scheduler fifo --repair negative_wait

# values that are none
expect 2 'expected a whole number' simulate "${in[@]}" --scheduler las:quantum_s=many
expect 2 'expected a whole number' simulate "${in[@]}" --scheduler las:quantum_s=0
expect 2 'expected rising numbers' simulate "${in[@]}" --scheduler tiresias_l:thresholds_s=5/3
expect 2 'expected key=value' simulate "${in[@]}" --scheduler las:quantum_s
expect 2 'expected none' simulate "${in[@]}" --scheduler priority_preemptive:quantum_s=3
expect 2 'expected it once' simulate "${in[@]}" --scheduler las:quantum_s=3,quantum_s=4
expect 2 "read '-1', expected a whole number" generate --jobs -1 --out x.csv
expect 2 'expected a whole number' generate --jobs=-18446744073709551606 --out x.csv
expect 2 "read '18446744073709551616', expected a whole number" generate --jobs 5 --seed 18446744073709551616 --out x.csv
expect 2 'expected a whole number' simulate "${in[@]}" --scheduler fifo --seed 0x10
expect 0 '' generate --jobs 5 --seed 18446744073709551615 --out largest.csv
expect 2 'at least one millisecond' simulate "${in[@]}" --scheduler fifo --crash-mean 1e-12
expect 2 'at least one millisecond' simulate "${in[@]}" --scheduler fifo --round 0.0001
expect 2 'is named twice' compare "${in[@]}" --schedulers fifo,fifo
expect 2 'E-CLUSTER' simulate --workload jobs.csv --cluster 8xx --scheduler fifo
expect 2 'E-RANGE' simulate --workload jobs.csv --cluster 0x8 --scheduler fifo
expect 2 'no_such_cluster' simulate --workload jobs.csv --cluster no_such_cluster --scheduler fifo
expect 2 'no_such.csv' simulate --workload no_such.csv --cluster 1x8 --scheduler fifo
expect 2 '--round' simulate "${in[@]}" --scheduler fifo --round -1
expect 2 '--start-failure' simulate "${in[@]}" --scheduler fifo --start-failure 1
expect 2 'NODE@DOWN+SECONDS' simulate "${in[@]}" --scheduler fifo --outage 0@x+1
expect 2 'expected one below 1' simulate "${in[@]}" --scheduler fifo --outage 1@5+1
expect 2 'needs --map' simulate "${in[@]}" --scheduler fifo --format csv
expect 2 'E-MAP' simulate "${in[@]}" --scheduler fifo --format csv --map id=x
expect 2 '--jobs' generate --jobs 0 --out x.csv
expect 2 'go together' generate --jobs 10 --load 1 --out x.csv
expect 2 '--load' generate --jobs 10 --load 0 --gpus 8 --out x.csv
expect 2 'years' generate --jobs 100000 --load 0.001 --gpus 1 --out x.csv
check 'refusals leave no file' test ! -e x.csv

# bad input: place, code, what was read; the tally is always said; nothing is written
printf '#rota-workload 1\nsubmit_ms,gpus,duration_ms\n0,1,5\n7,x,5\n' >wrong.csv
expect 2 'wrong.csv:4:3: error[' simulate --workload wrong.csv --cluster 1x8 --scheduler fifo --jobs no.csv --log no.log
check 'the tally of a refused input' grep -q '^wrong.csv: rows_in 3 = kept 0 + dropped 2' err.txt
check 'no output of a refused input' test ! -e no.csv -a ! -e no.log
expect 0 'rows_in 3 = kept 1 + dropped 1 + blank 0 + comment 1' simulate --workload wrong.csv --cluster 1x8 --scheduler fifo --on-error collect
expect 2 'error[E-FORMAT]' simulate --workload /bin/sh --cluster 1x8 --scheduler fifo
expect 2 'error[E-EMPTY]' simulate --workload empty.csv --cluster 1x8 --scheduler fifo
expect 0 'no data' simulate --workload empty.csv --cluster 1x8 --scheduler fifo --allow-empty --jobs e.csv --log e.log --summary e.json
check 'an empty workload has a CSV of one line' test "$(wc -l <e.csv)" = 1
check 'no data is null' grep -q '"jct_ms": null' e.json

# outputs: columns, empty cells, quotes, and a JSON that can be read
expect 0 'rows_in 6 = kept 5' simulate "${in[@]}" --scheduler easy --jobs a.csv --log a.log --summary a.json
cat >want.csv <<'END'
job_id,gpus,submit_ms,first_start_ms,finish_ms,jct_ms,run_ms,wait_ms,overhead_ms,preemptions,outcome
one,6,0,0,100000,100000,100000,0,0,0,completed
"two, too",8,1000,100000,200000,199000,100000,99000,0,0,completed
three,2,2000,2000,52000,50000,50000,0,0,0,completed
four,1,3000,200000,250000,247000,50000,197000,0,0,completed
huge,99,4000,,,,0,,0,0,rejected
END
check 'EASY by hand, and the columns' diff -u want.csv a.csv
check 'JSON' python3 -c '
import json
run = json.load(open("a.json"))["runs"][0]
assert run["scheduler"] == "easy" and run["jobs"] == 5, run
assert run["outcomes"]["completed"] == 4 and run["outcomes"]["rejected"] == 1, run
assert run["jct_ms"] == {"count": 4, "mean": 149000.0, "median": 100000, "p90": 247000, "p99": 247000, "max": 247000}, run
assert run["makespan_ms"] == 250000 and run["capacity_gpu_milli_ms"] == 8 * 1000 * 250000, run
assert run["useful_gpu_milli_ms"] == run["held_gpu_milli_ms"] == 1550000 * 1000, run
'
expect 0 '1 of 5 jobs were rejected' compare "${in[@]}" --schedulers fifo,las:quantum_s=60,service=time,easy --out many
for name in fifo las_quantum_s=60_service=time easy; do
    check "files of $name" test -s "many/$name.jobs.csv" -a -s "many/$name.log"
done
check 'compare says what simulate says' cmp -s many/easy.jobs.csv a.csv

# the same inputs give the same bytes
expect 0 '400 jobs' generate --preset helios_venus --jobs 400 --seed 7 --load 1.5 --gpus 64 --gpus-max 32 --priorities 3 --out w1.csv
expect 0 '400 jobs' generate --preset helios_venus --jobs 400 --seed 7 --load 1.5 --gpus 64 --gpus-max 32 --priorities 3 --out w2.csv
check 'generate twice' cmp w1.csv w2.csv
expect 0 '' generate --jobs 400 --seed 8 --load 1.5 --gpus 64 --out w3.csv
check 'another seed, other jobs' test "$(cmp -s w1.csv w3.csv; echo $?)" = 1
for round in 1 2; do
    expect 0 '' compare --workload w1.csv --cluster 2x4x8 --out "twice$round" --placement random --seed 5 --cost fixed
done
check 'compare twice' diff -r twice1 twice2

# a log that the tool wrote keeps the laws; one that was tampered with does not
for scheduler in fifo easy tiresias_l priority_preemptive; do
    claims=$("$rota" list | grep -A1 "^[* ] $scheduler " | sed -n 's/.*claims: //p')
    expect 0 'keep every law' check-log --workload w1.csv --cluster 2x4x8 --log "twice1/$scheduler.log" \
        --placement random --seed 5 --cost fixed --claims "$claims"
done
expect 0 '' generate --preset openb --jobs 400 --seed 7 --load 2 --gpus 16 --out shares.csv
for placement in fgd best_fit; do
    expect 0 '' simulate --workload shares.csv --cluster 2x8 --scheduler best_effort_fifo --placement $placement \
        --log $placement.log
    expect 0 'keep every law' check-log --workload shares.csv --cluster 2x8 --log $placement.log --placement $placement
done
cat >wide.csv <<'END'
#rota-workload 1
submit_ms,gpus,duration_ms,span
0,3,50000,anywhere
1,4,10000,one_node
2,4,10000,anywhere
END
for placement in consolidated tightest_domain balanced_domains fewest_hops anchor_fragmentation; do
    expect 0 '' simulate --workload wide.csv --cluster 2x6 --scheduler best_effort_fifo --placement $placement --log wide.log
    expect 0 'W2 holds' check-log --workload wide.csv --cluster 2x6 --log wide.log --placement $placement \
        --claims work_conserving
done
check 'fgd places shares where best_fit does not' test "$(cmp -s fgd.log best_fit.log; echo $?)" = 1
expect 0 'P2 holds' check-log "${in[@]}" --log many/fifo.log --claims strict_fifo,non_preemptive
sed '0,/ start /{s/:3f@/:7f@/}' a.log >tampered.log
check 'the log was tampered with' test "$(cmp -s a.log tampered.log; echo $?)" = 1
expect 1 'S1 broken' check-log "${in[@]}" --log tampered.log
awk 'BEGIN { OFS = " " } $2 == "finish" && !done { $1 = $1 - 1; done = 1 } { print }' a.log | sort -s -n -k1,1 >tampered.log
expect 1 'A1 broken' check-log "${in[@]}" --log tampered.log
expect 0 'A1 not exercised' check-log "${in[@]}" --log tampered.log --any-run-time
sed '/ finish 0/d' a.log >tampered.log
expect 1 'broken' check-log "${in[@]}" --log tampered.log
expect 1 'P2 broken' check-log "${in[@]}" --log a.log --claims strict_fifo
sed 's/ finish / finnish /' a.log >tampered.log
expect 2 'tampered.log:' check-log "${in[@]}" --log tampered.log
expect 2 'no_such.log' check-log "${in[@]}" --log no_such.log

# time has no favourite unit: a thousand times as long everywhere is the same schedule
awk 'BEGIN { print "#rota-workload 1\nsubmit_ms,gpus,duration_ms"
    for (i = 0; i != 200; ++i) print i * 300 "," 2 ^ (i * 7 % 4) "," 8 * (1 + i * i * 37 % 200) }' >ms.csv # whole ms to each age
awk -F, -v OFS=, 'NR > 2 { $1 *= 1000; $3 *= 1000 } { print }' ms.csv >s.csv
expect 0 '' simulate --workload ms.csv --cluster 1x8 --scheduler tiresias_g --jobs ms.jobs
expect 0 '' simulate --workload s.csv --cluster 1x8 --scheduler tiresias_g --jobs s.jobs
check 'some job was stopped' test "$(awk -F, 'NR > 1 { sum += $10 } END { print (sum > 0) }' ms.jobs)" = 1
check 'the law of short jobs is theirs' \
    cmp <(awk -F, -v OFS=, 'NR > 1 { $3 *= 1000; $4 *= 1000; $5 *= 1000; print $1, $3, $4, $5, $10 }' ms.jobs) \
    <(awk -F, -v OFS=, 'NR > 1 { print $1, $3, $4, $5, $10 }' s.jobs)

# worlds
expect 0 '' simulate "${in[@]}" --scheduler fifo --outage 0@150+100 --round 60 --jobs o.csv --log o.log
check 'the node went away' grep -q ' node_down ' o.log
check 'decisions come in rounds' test -z "$(awk '$2 == "start" && $1 % 60000 != 0' o.log)"
expect 0 '' check-log "${in[@]}" --log o.log --outage 0@150+100 --round 60
changes=(--drain 0@150+100 --others 0@20+60=12/1024 --quota vision@30=4)
{
    printf '#rota-workload 1\n#tenant,1,0,1,0,vision\n'
    sed '1d; 2s/$/,cpu_milli,tenant/; 3,$s/$/,2000,1/' jobs.csv
} >shared.csv
printf 'sn,cpu_milli,memory_mib,gpu,model\nn0,16000,8192,8,V100\n' >node.csv
shared=(--workload shared.csv --cluster node.csv)
expect 0 '' simulate "${shared[@]}" --scheduler fifo "${changes[@]}" --log c.log
check 'the node is drained, and others come and go' test "$(grep -c ' node_' c.log)" = 4
check 'they have what is free' grep -q '^20000 node_up .*n0:0@0/4000/1024$' c.log
check 'the quota is another one' grep -q '^30000 quota 1.0 .* 4000$' c.log
expect 0 '' check-log "${shared[@]}" --log c.log "${changes[@]}"
expect 1 'S9 broken' check-log "${shared[@]}" --log c.log "${changes[@]:0:4}"
expect 2 'NODE@FROM+SECONDS' simulate "${in[@]}" --scheduler fifo --drain 0@5
expect 2 'NODE@FROM+SECONDS=CPUS/MIB' simulate "${in[@]}" --scheduler fifo --others 0@5+1=4
expect 2 'expected one below 1' simulate "${in[@]}" --scheduler fifo --drain 1@5+1
expect 2 'TENANT@SECOND=GPUS' simulate "${shared[@]}" --scheduler fifo --quota vision@x
expect 2 'nearest: vision' simulate "${shared[@]}" --scheduler fifo --quota vison@5=3
expect 2 'names no tenants' simulate "${in[@]}" --scheduler fifo --quota vision@5=3
sed '2s/$/,cpu_milli/; 3,$s/$/,4000/' jobs.csv >cpu.csv
expect 0 'CPU that 5 jobs ask for is left out' simulate --workload cpu.csv --cluster 1x8 --scheduler fifo

# what cannot be written is said before anything is simulated
expect 2 'cannot write' simulate "${in[@]}" --scheduler fifo --jobs no_folder/x.csv
check 'nothing was read for it' test "$(grep -c rows_in err.txt)" = 0
expect 2 'it is a folder' simulate "${in[@]}" --scheduler fifo --jobs .
expect 2 'it is read, too' simulate "${in[@]}" --scheduler fifo --jobs jobs.csv
expect 2 'twice' simulate "${in[@]}" --scheduler fifo --jobs same --log same
expect 2 'cannot make the folder' compare "${in[@]}" --schedulers fifo --out jobs.csv/x
expect 0 '' simulate "${in[@]}" --scheduler fifo --jobs /dev/null
check '/dev/null is still what it was' test -c /dev/null
expect 1 'cannot write' simulate "${in[@]}" --scheduler fifo --jobs /dev/full
ln -s linked_to.csv link.csv
expect 0 '' simulate "${in[@]}" --scheduler fifo --jobs link.csv
check 'a link stays one' test -L link.csv -a -s linked_to.csv

# stdout that nobody reads, and one that is full
"$rota" simulate "${in[@]}" --scheduler fifo --jobs pipe.csv 2>err.txt | true
check 'a closed pipe spoils nothing' test "${PIPESTATUS[0]}" = 0 -a -s pipe.csv
"$rota" list >/dev/full 2>err.txt
check 'a full stdout is said' test $? = 1
check 'how a full stdout is said' grep -q 'cannot write to stdout' err.txt

# outputs that are descriptors
"$rota" generate --preset helios_venus --jobs 400 --seed 7 --load 1.5 --gpus 64 --gpus-max 32 --priorities 3 \
    --out /dev/stdout 2>err.txt | "$rota" simulate --workload /dev/stdin --cluster 2x4x8 --scheduler fifo \
    --jobs /dev/fd/3 3>&1 >out.txt 2>err.txt | cmp - <("$rota" simulate --workload w1.csv --cluster 2x4x8 \
    --scheduler fifo --jobs /dev/fd/3 3>&1 >out.txt 2>err.txt) >cmp.txt
check 'from pipe to pipe' test "${PIPESTATUS[*]}" = '0 0 0' -a ! -s cmp.txt
echo before >appended.csv
"$rota" generate --jobs 3 --out /dev/stdout >>appended.csv 2>err.txt
check 'what stdout was appended to is kept' test "$(head -1 appended.csv)" = before -a "$(tail -n +2 appended.csv | wc -l)" = 20

# stderr that is full, that nobody reads, and none at all: the next file that is opened does not take its place
"$rota" simulate "${in[@]}" --scheduler easy --jobs full.csv 2>/dev/full >out.txt
check 'a full stderr spoils nothing' test $? = 0 -a "$(cmp full.csv a.csv)" = ''
"$rota" simulate "${in[@]}" --scheduler easy --jobs none.csv 2>&- >out.txt
check 'no stderr spoils nothing' test $? = 0 -a "$(cmp none.csv a.csv)" = ''
"$rota" simulate "${in[@]}" --scheduler easy --jobs mute.csv >&- 2>err.txt
check 'no stdout is said' test $? = 1 -a "$(cmp mute.csv a.csv)" = ''
{ "$rota" simulate --workload no_such.csv --cluster 1x8 --scheduler fifo; echo $? >code.txt; } 2>&1 | true
check 'bad input without a reader' test "$(cat code.txt)" = 2

# list and quickstart
expect 0 'discretised two-dimensional LAS' list
for word in fifo easy slurm_like srtf srsf las tiresias_l tiresias_g priority_preemptive quota_drf hived gang_time_slicing \
    gavel_max_min afs_l edf_admission consolidated dot_product_packing by_state helios_venus swf strict_fifo; do
    check "list does not name $word" grep -qw -- "$word" out.txt
done
expect 0 'queueing mean s' quickstart --out quick --jobs 300
check 'at least eight schedulers' test "$(ls quick/*.jobs.csv | wc -l)" -ge 8
check 'one line each' test "$(grep -cE '^(fifo|easy|las|srtf|tiresias_l) ' out.txt)" = 5
check 'its workload can be generated again' "$rota" generate --jobs 300 --load 0.9 --gpus 10000 --priorities 3 --out again.csv 2>/dev/null
check 'byte for byte' cmp quick/workload.csv again.csv

# Ctrl-C and SIGTERM in the middle
for signal in INT TERM; do
    "$rota" quickstart --out "cut$signal" --jobs 20000 --schedulers fifo,gang_time_slicing:quantum_s=1 >out.txt 2>err.txt &
    pid=$!
    for _ in $(seq 200); do
        if ls cut$signal/.gang*.tmp >/dev/null 2>&1; then break; fi
        sleep 0.05
    done
    sleep 0.2
    kill -s $signal $pid
    wait $pid
    code=$?
    check "exit code $code after $signal" test $code = $([ $signal = INT ] && echo 130 || echo 143)
    check "files left after $signal: $(ls -A cut$signal)" \
        test "$(ls -A cut$signal | tr '\n' ' ')" = 'fifo.jobs.csv fifo.log workload.csv '
    check 'what is there is whole' test "$(wc -l <cut$signal/fifo.jobs.csv)" = 20001
done
# and in the middle of one long pass: as many kinds of jobs as jobs, all at once
kinds=60000
if [ "${ROTA_CASES:-10000}" -lt 1000 ]; then kinds=20000; fi # with sanitizers each takes ten times as long
{ echo 'job,at,for,gpus,cpu'; seq $kinds | awk '{ print "j" $1 ",0,1000,1," 1000 + $1 }'; } >kinds.csv
{ echo 'sn,cpu_milli,memory_mib,gpu,model'; seq 4000 | awk '{ print "n" $1 ",96000,786432,8,V100" }'; } >nodes.csv
"$rota" simulate --workload kinds.csv --format csv --map 'id=job,submit=at:s,duration=for:s,gpus=gpus,cpu=cpu:milli' --cluster nodes.csv \
    --scheduler best_effort_fifo --placement fgd --jobs cut.csv >out.txt 2>err.txt &
sleep 2
# at once, but for the kinds that are still read and submitted
heeds TERM $! 3000 'within a pass'
# a command that leaves nothing behind ends wherever it is: here within a line that has no end
"$rota" trace /dev/zero >out.txt 2>err.txt &
sleep 0.5
heeds INT $! 200 'within a line'
# and in the middle of a workload that has no end, or of one of which nothing comes
mkfifo endless silent
{ echo 'job,at,for,gpus'; yes 'x,0,1000,1'; } >endless 2>yes.txt &
for from in endless silent; do
    "$rota" simulate --workload $from --format csv --map 'id=job,submit=at:s,duration=for:s,gpus=gpus' --cluster 10x8 \
        --scheduler fifo --jobs cut.csv >out.txt 2>err.txt &
    sleep 0.5
    heeds INT $! 200 "while $from is read"
    check 'in one line' grep -qx 'error: interrupted: no unfinished file is left behind' err.txt
    check 'and no other' test "$(wc -l <err.txt)" = 1
done
check 'no temporary file is left anywhere' nothing_left

end
