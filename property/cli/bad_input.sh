#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What is wrong with anything that the tool reads but traces (property/trace/catalogue.cpp has those), row by row: it ends with 2,
# says FILE:LINE:COLUMN: error[CODE]: and what was read and expected, says everything that is wrong, and writes nothing.
set -u
source "$(dirname "$0")/../tally.sh"
printf '#rota-workload 1\njob_id,submit_ms,gpus,limit_ms,duration_ms\na,0,2,60,60\nb,1,8,60,60\n' >jobs.csv
in=(--workload jobs.csv --cluster 1x8)

wrong() { # COMMAND...: it is refused, with the lines 'PLACE CODE' of stdin in this order, and leaves no file or folder 'made'
    local want
    want=$(cat)
    expect 2 '' "$@"
    sed -nE 's/^(.*:[0-9]+:[0-9]+): error\[(E-[A-Z0-9]+)\]: .*expected .*$/\1 \2/p' err.txt >got.txt
    check "expected '$want', said '$(cat err.txt)': $*" test "$(cat got.txt)" = "$want"
    check "something was written: $*" test ! -e made
}
place() { # FILE PLACE CODE...: one error a pair
    local file=$1
    shift
    while [ $# != 0 ]; do
        echo "$file:$1 $2"
        shift 2
    done
}

# --- a scheduler and its parameters
scheduler() { # TEXT PLACE CODE...
    local text=$1
    shift
    wrong compare "${in[@]}" --schedulers "$text" --out made < <(place '<scheduler>' "$@")
}
scheduler fivo 1:1 E-ENUM
scheduler las:quantum=60 1:5 E-KEY
scheduler las: 1:5 E-KEY
scheduler las:quantum_s 1:5 E-KEY
scheduler las:quantum_s=60,quantum_s=60 1:18 E-DUPKEY
for number in '' x NaN inf 1e3 0x10 +5 ' 5' '5 ' 1.5 --5 5s; do scheduler "las:quantum_s=$number" 1:15 E-NUMBER; done
for number in -1 0; do scheduler "las:quantum_s=$number" 1:15 E-RANGE; done
for number in 2147483648 9007199254740993 9223372036854775807 9223372036854775808 1000000000000000000000000000000; do
    scheduler "las:quantum_s=$number" 1:15 E-OVERFLOW
done
scheduler srtf:estimate=orakle 1:15 E-ENUM
scheduler tiresias_l:thresholds_s=5/x/3/3 1:27 E-NUMBER 1:31 E-ORDER
scheduler las:a=1,quantum_s=x,service=y 1:5 E-KEY 1:19 E-NUMBER 1:29 E-ENUM

# --- a cluster on the command line
cluster() { # TEXT PLACE CODE
    expect 2 "<cluster>:$2: error[$3]: read" simulate --workload jobs.csv --cluster "$1" --scheduler fifo
}
cluster 8xx 1:3 E-CLUSTER
cluster 0x8 1:1 E-RANGE
cluster 1x17 1:3 E-OVERFLOW
cluster 70000x1x1 1:1 E-OVERFLOW
cluster 99999999999999999999x8 1:1 E-OVERFLOW
for text in 8 -1x8 1X8 ' 1x8' none.csv; do
    expect 2 "$text:1:1: error[E-IO]: read '$text', which is no file, expected the name of one, or NODESxGPUS such as 1250x8" \
        simulate --workload jobs.csv "--cluster=$text" --scheduler fifo
done

# --- an option of which a script forgot the value
empty() { # OPTION COMMAND...
    expect 2 "error: $1: read '', expected a text that is not empty" "${@:2}" "$1" ''
}
for option in --log --jobs --summary --resume --placement --map; do empty $option simulate "${in[@]}" --scheduler fifo; done
empty --cluster trace jobs.csv
empty --schedulers compare "${in[@]}"
empty --out compare "${in[@]}"
printf '#rota-log 1\n' >empty.log
empty --claims check-log "${in[@]}" --log empty.log

# --- the driver's configuration
toml() { # FILE, PLACE CODE...
    printf '%b' "$1" >drive.toml
    shift
    wrong drive-slurm --config drive.toml < <(place drive.toml "$@")
}
slurm='[slurm]\npartition = "main"\n'
toml '' 1:1 E-KEY
toml '[slurm]\n' 1:1 E-KEY
toml 'slurm = 3\n' 1:1 E-KEY 1:9 E-TYPE
toml '[slurm]\npartition = main\n' 2:13 E-TOML
toml '[slurm]\npartition = ""\n' 2:13 E-RANGE
toml '[slurm]\npartition = 3\n' 2:13 E-TYPE
toml "$slurm"'partition = "other"\n' 3:13 E-DUPKEY
toml "$slurm"'[laws]\njudge = 1\n' 4:9 E-TYPE
toml "$slurm"'pol_s = 1\n[shedule]\n' 3:1 E-KEY 4:2 E-KEY
toml "$slurm"'poll_s = "1w"\n' 3:10 E-TYPE
toml "$slurm"'poll_s = nan\n' 3:10 E-RANGE
toml "$slurm"'poll_s = -1\ntimeout_s = inf\n' 3:10 E-RANGE 4:13 E-RANGE
toml "$slurm"'[scheduler]\nseed = -1\nsave_s = true\n' 4:8 E-RANGE 5:10 E-TYPE
toml "$slurm"'[scheduler]\nseed = 9223372036854775808\n' 4:27 E-TOML
toml "$slurm"'[scheduler]\nseed = 1.5\n' 4:8 E-TYPE
toml "$slurm"'[scheduler]\nname = "esay"\nplacement = "anywhere"\n' 4:8 E-ENUM 5:13 E-ENUM
toml "$slurm"'[log]\nformat = "xml"\n[metrics]\nport = 65536\n' 4:10 E-ENUM 6:8 E-RANGE
toml "$slurm"'tenant = 3\n' 3:1 E-KEY
toml "$slurm"'[tenant]\naccount = "a"\n' 3:1 E-TYPE
toml "$slurm"'[[tenant]]\ngpus = 3\n' 3:1 E-KEY
toml "$slurm"'[[tenant]]\naccount = "a"\nweight = 0\n[[tenant]]\naccount = "a"\ngpus = -1\n' 5:10 E-RANGE 7:11 E-DUPID 8:8 E-RANGE
toml "$slurm"'[[tenant]]\naccount = "my team"\n[[tenant]]\naccount = "a\\nb"\n' 4:11 E-RANGE 6:11 E-RANGE
toml "$slurm"'[[qos]]\nname = "a"\npriority = 0.5\n[[qos]]\nname = "a"\npriority = 2000000\n' 5:12 E-TYPE 7:8 E-DUPID 8:12 E-RANGE
toml '\xef\xbb\xbf'"$slurm"'pol_s = 1\n' 3:1 E-KEY
toml "$slurm"'\xff = 1\n' 3:1 E-UTF8
toml '\x1f\x8b\x08' 1:1 E-FORMAT
{ printf '%b' "$slurm" && for i in $(seq 50); do echo "key$i = 1"; done; } >many.toml
expect 2 'many.toml:22:1: error[E-KEY]' drive-slurm --config many.toml
check 'errors up to the limit' test "$(grep -c 'error\[' err.txt)" = 20
wrong drive-slurm --config no.toml <<<'no.toml:1:1 E-IO'
wrong drive-slurm --config . <<<'.:1:1 E-IO'

# --- a schedule log
log() { # FILE, PLACE CODE...
    printf '%b' "$1" >run.log
    shift
    wrong check-log "${in[@]}" --log run.log < <(place run.log "$@")
}
log '#rota-log 2\n' 1:1 E-LOG
log '#rota-log 1\nx submit 0.0 #0 - 1\n' 2:1 E-LOG
log '#rota-log 1\n0 submitt 0.0 #0 - 1\n0 submit 0.0 #0 - 1\n1 start 0\n' 2:3 E-LOG 4:10 E-LOG
log '0 submit 0.0 #0 - 9223372036854775808\n0 submit 4294967296.0 #0 - 1\n0 submit -1.0 #0 - 1' 1:19 E-LOG 2:10 E-LOG 3:10 E-LOG
log '0 start 0.1 #1 - 0 n0:3@1000/0/0 \n0 start 0.1 #1 - 0 n0:3@70000/0/0\n0 start 0.1 #1 - 0  n0:3@1/0/0\n' 1:33 E-LOG 2:25 E-LOG 3:19 E-LOG
log '0 submit 0.0 #0 - 1 \xff\n' 1:21 E-UTF8
log '0 submit 0.0 #0 - 1e3\n0 submit 0.0 #0 - +1\n0 submit 0.0 #0 - NaN\n0 submit 0.0 #0 - 0x1\n' 1:20 E-LOG 2:19 E-LOG 3:19 E-LOG 4:20 E-LOG
log '\x1f\x8b\x08' 1:1 E-FORMAT
{ for i in $(seq 50); do echo 'x'; done; } >many.log
expect 2 'many.log:20:1: error[E-LOG]' check-log "${in[@]}" --log many.log
check 'errors up to the limit' test "$(grep -c 'error\[' err.txt)" = 20
wrong check-log "${in[@]}" --log no.log <<<'no.log:1:1 E-IO'

# --- a replay file: to the first error, since later lines count on earlier ones
head='#rota-replay 1\nsuite 1\nscheduler fifo\nbreaks P2\n'
replay() { # FILE, PLACE
    printf '%b' "$1" >one.replay
    wrong replay one.replay < <(place one.replay "$2" E-REPLAY)
}
replay '' 1:1
replay '#rota-replay 2\n' 1:1
replay "$head" 5:1
replay "${head}node gpus=1\n" 6:1
replay "${head}node gpus=17\n" 5:11
replay "${head}node gpus=-1\n" 5:11
replay "${head}node gpu=1\n" 5:6
replay "${head}node gpus\n" 5:10
replay "${head}node gpus=1 gpus=1\n" 5:13
replay "${head}node gpus=1\ntenant weight=-1\n" 6:15
replay "${head}node gpus=1\ntenant parent=1\n" 6:15
replay "${head}node gpus=1\ntenant\ntenant parent=2\n" 7:15
replay "${head}node gpus=1\njob submit=5\njob submit=4\n" 7:12
replay "${head}node gpus=1\njob tenant=1\n" 6:12
replay "${head}node gpus=1\njob work=1000000000000001\n" 6:10
for number in 9223372036854775808 1000000000000000000000000000000 NaN 1e3 +1 0x1 1.5 ''; do
    replay "${head}node gpus=1\njob work=$number\n" 6:10
done
replay "${head}node gpus=1\njob span=here\n" 6:10
replay "${head}node gpus=1\njob\nnode gpus=1\n" 7:1
replay "${head}node gpus=1\njob\nworld start_failure=2\n" 7:21
replay "${head}node gpus=1\njob\nworld start_failure=nan\n" 7:21
replay "${head}node gpus=1\njob\noutage node=1\n" 7:13
replay "${head}node gpus=1\njob\noutage up=down\n" 7:11
replay "${head}node gpus=1\njob\nquota tenant=1\n" 7:14
replay "${head}node gpus=1\njob\nend\n" 7:1
replay '#rota-replay 1\nsuite 0\n' 2:7
replay '#rota-replay 1\nsuite 1\nsuite 1\n' 3:1
replay '#rota-replay 1\nsuite 1\nscheduler \n' 3:11
replay '#rota-replay 1\nsuite 1\nscheduler fifo\r\r\n' 3:15
replay '#rota-replay 1\nsuite 1\nscheduler fifo\nclaims strict_fif\n' 4:8
replay '#rota-replay 1\nsuite 1\nscheduler fifo\nbreaks XX\n' 4:8

# --- what a run left to be resumed
resume() { # FILE, PLACE
    printf '%b' "$1" >note
    wrong simulate "${in[@]}" --scheduler fifo --resume note --log made < <(place note "$2" E-RESUME)
    check 'a wrong note stays' test "$(cat note)" = "$(printf '%b' "$1")" -a ! -e made
}
expect 2 "cannot read '/dev/zero': it is no file with text" simulate "${in[@]}" --scheduler fifo --resume /dev/zero
resume '#rota-resume 2\n' 1:1
resume '#rota-resume 1\n' 2:1
resume '#rota-resume 1\nrecords x\n' 2:9
resume '#rota-resume 1\nrecords -1\n' 2:9
resume '#rota-resume 1\nrecords 18446744073709551616\n' 2:9
resume '#rota-resume 1\nrecords 1\nlog xyz\n' 3:5
resume '#rota-resume 1\nrecords 1\nrecords 1\n' 4:1

# --- quotas and weights of tenants
{ echo '#rota-workload 1' && echo '#tenant,1,0,0,1000,a' && tail -n +2 jobs.csv; } >weights.csv
expect 2 'weights.csv:2:1: error[E-WEIGHT]: read' simulate --workload weights.csv --cluster 1x8 --scheduler hived
sed 's/0,0,1000/0,1,9000/' weights.csv >quota.csv
expect 0 'quota.csv:2:1: warning[W-QUOTA]: read' simulate --workload quota.csv --cluster 1x8 --scheduler hived
end
