#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# compilers.sh ROOT: schedulers decide alike whoever compiles them. Builds property/gates/log_hashes.cpp with the g++ and the
# clang++ that are there, at -O0 and at -O3, and compares the hashes of the schedule logs.
set -u
root=$1
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
passed=0
failed=0

first() { # COMMAND...: the first that is there
    local one
    for one in "$@"; do
        if command -v "$one" >/dev/null; then
            echo "$one"
            return
        fi
    done
}
compilers=("$(first g++-12 g++)" "$(first clang++-19 clang++-16 clang++)")
for compiler in "${compilers[@]}"; do
    if [ -z "$compiler" ]; then
        echo "skipped: g++ and clang++ are both needed"
        exit 77
    fi
done
for level in -O0 -O3; do
    for compiler in "${compilers[@]}"; do # side by side: each takes seconds
        (
            "$compiler" -std=c++20 $level -w -I"$root/include" "$root/property/gates/log_hashes.cpp" -o "$here/$compiler$level" &&
                "$here/$compiler$level" >"$here/$compiler$level.txt"
            echo $? >"$here/$compiler$level.code"
        ) &
    done
    wait
done
reference=$here/${compilers[0]}-O0.txt
for compiler in "${compilers[@]}"; do
    for level in -O0 -O3; do
        if [ "$(cat "$here/$compiler$level.code")" = 0 ] && [ "$(wc -l <"$reference")" -ge 6 ] &&
            diff "$reference" "$here/$compiler$level.txt"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED: $compiler $level against ${compilers[0]} -O0"
        fi
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
