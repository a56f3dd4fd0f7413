#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Input without an end: whatever is read as a whole is refused at its limit, which is named, and no more of it is taken. Traces and
# workloads are read in pieces (property/trace/pieces.cpp).
set -u
source "$(dirname "$0")/../tally.sh"
needs python3
mkfifo pipe
cat >feed.py <<'END'
"""Writes the first text once and the second again and again into a pipe, as long as somebody reads; how many KiB were taken."""
import os
import sys

first, again = (text.encode() for text in sys.argv[2:])
if first.startswith(b"@"):
    first = open(first[1:], "rb").read()
to = os.open(sys.argv[1], os.O_WRONLY)
taken = 0
try:
    while first:
        first = first[os.write(to, first) :]
    while taken < 5 << 30:
        taken += os.write(to, again * (65536 // len(again)))
except BrokenPipeError:
    pass
print(taken >> 10)
END
endless() { # KiB, what is said, first text, text, command...: the command reads 'pipe', is refused, and takes at most so much
    local most=$1 said=$2
    timeout 120 python3 feed.py pipe "$3" "$4" >taken.txt &
    expect 2 "$said" "${@:5}"
    wait $!
    check "$(cat taken.txt) KiB were taken, at most $most expected: ${*:5}" test "$(cat taken.txt)" -le $((most + 512)) # and the buffers
}
printf '#rota-workload 1\njob_id,submit_ms,gpus,limit_ms,duration_ms\na,0,2,60,60\n' >jobs.csv
log=(check-log --workload jobs.csv --cluster 1x8 --log pipe)

short='pipe:1:1: error[E-SIZE]: read more than 16777216 bytes of text, expected at most that many'
endless 16384 "$short" $'#rota-replay 1\n' $'job limit=1\n' replay pipe
endless 16384 "$short" '' x replay pipe
endless 16384 "$short" $'[slurm]\n' $'# nothing\n' drive-slurm --config pipe
cluster='pipe:1:1: error[E-SIZE]: read more than 67108864 bytes of text, expected at most that many'
endless 65536 "$cluster" $'num_switch,num_node_p_switch,num_gpu_p_node\n' $'1,1,8\n' simulate --workload jobs.csv --cluster pipe --scheduler fifo
endless 65536 "$cluster" '' $'x\n' pack --nodes pipe --pods jobs.csv --policy fgd
# logs and journals have no such limit, but what cannot be one is read no further
endless 256 'pipe:1:1: error[E-LOG]' '' $'y\n' "${log[@]}"
endless 256 'pipe:2:3: error[E-LOG]' $'#rota-log 1\n' $'0 finished\n' "${log[@]}"
endless 256 'pipe:1:1: error[E-LOG]' '' x "${log[@]}"
endless 256 'pipe:1:1: error[E-JOURNAL]' '' $'y\n' check-journal pipe
endless 256 'pipe:1:1: error[E-JOURNAL]' '' 'y' check-journal pipe

# of a file it is known beforehand
truncate -s 16777217 long
expect 2 'long:1:1: error[E-SIZE]: read more than 16777216 bytes' replay long
expect 2 'long:1:1: error[E-SIZE]: read more than 16777216 bytes' simulate --workload jobs.csv --cluster 1x8 --scheduler fifo --resume long
truncate -s 4294967297 long
expect 2 'long:1:1: error[E-SIZE]: read more than 4294967296 bytes' check-journal long
truncate -s 16777216 long
expect 2 'long:1:1: error[E-UTF8]' replay long
# a log longer than what its beginning is judged by is read to its end
{ yes 'a,0,2,60,60' | head -n 9000 | awk -F, '{ print "j" NR ",0,2,60,60" }'; } | cat <(head -n 2 jobs.csv) - >many.csv
{
    echo '#rota-log 1'
    awk 'NR > 2 { printf "0 submit %d.0 #0 - 2\n", NR - 3 }' many.csv
    awk 'NR > 2 { at = 60 * (NR - 3); printf "%d start %d.1 #%d - 0 n0:3@1000/0/0\n%d finish %d.1 #%d - 0\n", at, NR - 3, NR - 2, at + 60, NR - 3, NR - 2 }' many.csv
} >many.log
check 'it is longer' test "$(wc -c <many.log)" -gt 500000
expect 0 '27000 records keep every law' check-log --workload many.csv --cluster 1x8 --log many.log
endless $((3 * $(wc -c <many.log) / 1024)) 'pipe:27002:1: error[E-LOG]' @many.log $'y\n' \
    check-log --workload many.csv --cluster 1x8 --log pipe
cat many.log >pipe &
expect 0 '27000 records keep every law' check-log --workload many.csv --cluster 1x8 --log pipe
sed '$s/finish/finished/' many.log >pipe &
expect 2 'pipe:27001:' check-log --workload many.csv --cluster 1x8 --log pipe
end
