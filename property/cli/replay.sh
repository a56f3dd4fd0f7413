#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota replay` as its users meet it. The tool's path is in ROTA_CLI, the source's in ROTA_SOURCE.
set -u
rota=${ROTA_CLI:?the path of the tool}
regressions=${ROTA_SOURCE:?the path of the source}/property/regressions
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
passed=0
failed=0
expect() { # code, text that it says, arguments of replay...
    local code=$1 text=$2
    shift 2
    timeout 60 "$rota" replay "$@" >out.txt 2>err.txt </dev/null
    local got=$?
    if [ $got = "$code" ] && grep -qF -- "$text" out.txt err.txt; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: code $got, expected $code and '$text': rota replay $*"
        cat out.txt err.txt
    fi
}

# every bug that rota had runs on the scheduler that its file names, and is mended
for file in "$regressions"/*.replay; do
    expect 0 "$(basename "$file"): $(sed -n 's/^scheduler //p' "$file") no longer breaks $(sed -n 's/^breaks //p' "$file")" "$file"
done
if [ $passed -ge 3 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo 'FAILED: the regressions were not found'; fi

# a false claim is broken again: verdict, story and timeline
cat >lie.replay <<'END_OF_FILE'
#rota-replay 1
suite 1
scheduler sjf
claims strict_fifo
breaks P2
node gpus=1
job limit=2 work=2
job limit=1
END_OF_FILE
expect 1 'lie.replay: sjf breaks P2, as found by suite 1' lie.replay
expect 1 'P2 broken: first starts are decided in order of submission' lie.replay
expect 1 '  node 0 GPU 0 |1 |0 |.' lie.replay
expect 0 'lie.replay: fifo no longer breaks P2' lie.replay --scheduler fifo
sed 's/breaks P2/breaks W2/' lie.replay >other.replay
expect 1 'other.replay: sjf breaks P2, where suite 1 found W2' other.replay
sed 's/scheduler sjf/scheduler srtf:estimate=oracle/' lie.replay >clairvoyant.replay
expect 1 'srtf:estimate=oracle breaks P2' clairvoyant.replay
gzip -k lie.replay
expect 1 'sjf breaks P2' lie.replay.gz

# refusals
expect 2 'FILE is required'
expect 2 'no_such.replay' no_such.replay
sed 's/scheduler sjf/scheduler mine/' lie.replay >mine.replay
expect 2 "mine.replay: unknown scheduler 'mine'" mine.replay
expect 2 '--scheduler NAME runs it on another one' mine.replay
expect 1 'sjf breaks P2' mine.replay --scheduler sjf
expect 2 "unknown scheduler 'sjff'" lie.replay --scheduler sjff
sed 's/limit=2/limit=x/' lie.replay >wrong.replay
expect 2 "wrong.replay:7:11: error[E-REPLAY]: read 'x'" wrong.replay
printf 'nothing' >empty.replay
expect 2 "empty.replay:1:1: error[E-REPLAY]: expected '#rota-replay 1'" empty.replay
expect 0 'Exit codes: 0 no law breaks; 1 a law breaks' --help
expect 2 'nearest: --scheduler' --schedular fifo lie.replay
echo "$passed passed, $failed failed"
[ $failed = 0 ]
