#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota replay` as its users meet it. The source's path is in ROTA_SOURCE.
set -u
source "$(dirname "$0")/../tally.sh"
regressions=${ROTA_SOURCE:?the path of the source}/property/regressions
replay() { # code, text, arguments of replay...
    expect "$1" "$2" replay "${@:3}"
}

# every bug that rota had runs on the scheduler that its file names, and is mended
for file in "$regressions"/*.replay; do
    replay 0 "$(basename "$file"): $(sed -n 's/^scheduler //p' "$file") no longer breaks $(sed -n 's/^breaks //p' "$file")" "$file"
done
check 'the regressions were found' test $passed -ge 3

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
replay 1 'lie.replay: sjf breaks P2, as found by suite 1' lie.replay
replay 1 'P2 broken: first starts are decided in order of submission' lie.replay
replay 1 '  node 0 GPU 0 |1 |0 |.' lie.replay
replay 0 'lie.replay: fifo no longer breaks P2' lie.replay --scheduler fifo
sed 's/breaks P2/breaks W2/' lie.replay >other.replay
replay 1 'other.replay: sjf breaks P2, where suite 1 found W2' other.replay
sed 's/scheduler sjf/scheduler srtf:estimate=oracle/' lie.replay >clairvoyant.replay
replay 1 'srtf:estimate=oracle breaks P2' clairvoyant.replay
gzip -k lie.replay
replay 1 'sjf breaks P2' lie.replay.gz

# refusals
replay 2 'FILE is required'
replay 2 'no_such.replay' no_such.replay
sed 's/scheduler sjf/scheduler mine/' lie.replay >mine.replay
replay 2 "mine.replay: <scheduler>:1:1: error[E-ENUM]: read unknown scheduler 'mine'" mine.replay
replay 2 '--scheduler NAME runs it on another one' mine.replay
replay 1 'sjf breaks P2' mine.replay --scheduler sjf
replay 2 "unknown scheduler 'sjff'" lie.replay --scheduler sjff
sed 's/limit=2/limit=x/' lie.replay >wrong.replay
replay 2 "wrong.replay:7:11: error[E-REPLAY]: read 'x'" wrong.replay
printf 'nothing' >empty.replay
replay 2 "empty.replay:1:1: error[E-REPLAY]: expected '#rota-replay 1'" empty.replay
replay 0 'Exit codes: 0 no law breaks; 1 a law breaks' --help
replay 2 'nearest: --scheduler' --schedular fifo lie.replay
end
