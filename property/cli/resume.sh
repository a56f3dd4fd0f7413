#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# A simulation that is cut short, by signals and by SIGKILL at any moment, and repeated: the same log, byte for byte. And
# outputs that are cut short.
set -u
source "$(dirname "$0")/../tally.sh"
RANDOM=1

run() { # code, text, arguments...: of the run that may be repeated
    expect "$1" "$2" simulate --workload jobs.csv --cluster 2x4x8 "${@:3}"
}
records() { sed -n 's/^records //p' note 2>/dev/null || true; }

# Under the sanitizers, where few cases are asked for, all of it takes twenty times as long.
jobs=4000
if [ "${ROTA_CASES:-10000}" -lt 1000 ]; then jobs=1000; fi
"$rota" generate --jobs $jobs --seed 3 --load 4 --gpus 64 --gpus-max 64 --out jobs.csv >/dev/null 2>&1
same=(--scheduler gang_time_slicing:quantum_s=1500 --cost fixed --crash-mean 300 --latency 2 --seed 4)
began=${EPOCHREALTIME//[^0-9]/}
"$rota" simulate --workload jobs.csv --cluster 2x4x8 "${same[@]}" --log whole.log --jobs whole.csv >/dev/null 2>&1
took_ms=$(((${EPOCHREALTIME//[^0-9]/} - began) / 1000))
check 'there is a log to compare with' test "$(wc -l <whole.log)" -gt $((12 * jobs))

echo 'what stood here before' >cut.log
furthest=0
for signal in KILL INT KILL TERM KILL; do
    for parts in 2 4 8 16 32; do # a machine may be quicker than it was: what ended before the signal is begun anew
        "$rota" simulate --workload jobs.csv --cluster 2x4x8 "${same[@]}" --log cut.log --jobs cut.csv --resume note \
            >out.txt 2>err.txt </dev/null &
        pid=$!
        for _ in $(seq 1000); do
            if [ "$(records)" -gt 0 ] 2>/dev/null || ! kill -0 $pid 2>/dev/null; then break; fi
            sleep 0.01
        done
        sleep "$(printf '0.%03d' $((RANDOM % (took_ms / parts + 1) % 1000)))"
        kill -s $signal $pid 2>/dev/null
        wait $pid 2>/dev/null
        code=$?
        if [ $code != 0 ]; then break; fi
        furthest=0
        echo 'what stood here before' >cut.log
        rm -f cut.csv
    done
    check "exit code $code after $signal" test $code = $((128 + $(kill -l $signal)))
    check "the note is there after $signal" test "$(head -n 1 note)" = '#rota-resume 1'
    check "the note does not go back: $(records) after $furthest" test "$(records)" -ge $furthest
    furthest=$(records)
    check "the old log stays after $signal" test "$(cat cut.log)" = 'what stood here before' -a ! -e cut.csv
done
check "something was noted: $furthest records" test "$furthest" -gt 0

# another run is refused before it is simulated, and the note stays
cp note kept
run 2 "its world was 'seed 4" "${same[@]/%4/5}" --resume note --log cut.log
run 2 "its scheduler was 'gang_time_slicing:quantum_s=1500' and is 'fifo'" --scheduler fifo --resume note
mv jobs.csv jobs.kept
sed '$d' jobs.kept >jobs.csv
run 2 'its workload was' "${same[@]}" --resume note
mv jobs.kept jobs.csv
expect 2 'its cluster was' simulate --workload jobs.csv --cluster 2x4x7 "${same[@]}" --resume note
check 'refusals leave the note' cmp -s note kept
run 2 'named as an output and as --resume' "${same[@]}" --resume note --jobs note
run 2 "read '#rota-workload 1', expected '#rota-resume 1'" "${same[@]}" --resume jobs.csv
run 2 'cannot write' "${same[@]}" --resume no_folder/note
printf '#rota-resume 1\nrecords many\nlog 0\n' >bad
run 2 "bad:2:9: error[E-RESUME]: read 'many'" "${same[@]}" --resume bad

# a run that is not the one that was cut short ends with code 1 and writes no output
sed 's/^log .*/log 0123456789abcdef/' kept >other
run 1 "this log differs among the first $furthest records" "${same[@]}" --resume other --log cut.log
sed 's/^records .*/records 999999999/' kept >other
run 1 'that log had 999999999 records' "${same[@]}" --resume other --log cut.log
check 'neither wrote the log' test "$(cat cut.log)" = 'what stood here before'

run 0 "the first $furthest records are the same" "${same[@]}" --log cut.log --jobs cut.csv --resume note
check 'the same log, byte for byte' cmp whole.log cut.log
check 'the same results' cmp whole.csv cut.csv
check 'nothing is left to repeat' test ! -e note

# a write that fails leaves the old file, and no temporary one: here at a limit of 64 KiB
rm -f ./.*.tmp # SIGKILL left some
for name in jobs log; do
    echo 'what stood here before' >cut.$name
    (
        ulimit -f 64
        timeout 120 "$rota" simulate --workload jobs.csv --cluster 2x4x8 --scheduler fifo --$name cut.$name >out.txt 2>err.txt
    )
    code=$?
    check "exit code $code of --$name over the limit" test $code = 1
    check "--$name over the limit is said" grep -q "cannot write 'cut.$name': File too large" err.txt
    check "the old file of --$name stays" test "$(cat cut.$name)" = 'what stood here before'
done
check 'no temporary file is left' test -z "$(find . -name '.*.tmp')"

end
