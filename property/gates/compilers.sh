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
ways=()
for compiler in "${compilers[@]}"; do ways+=("$compiler -O0" "$compiler -O3"); done
for way in "${ways[@]}"; do # side by side: each takes seconds
    (
        # shellcheck disable=SC2086 # a compiler and its level
        $way -std=c++20 -w -I"$root/include" "$root/property/gates/log_hashes.cpp" -o "$here/$way" &&
            "$here/$way" >"$here/$way.txt"
        echo $? >"$here/$way.code"
    ) &
done
wait
for way in "${ways[@]}"; do
    if [ "$(cat "$here/$way.code")" = 0 ] && [ "$(wc -l <"$here/$way.txt")" -ge 6 ] &&
        diff "$here/${ways[0]}.txt" "$here/$way.txt"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $way against ${ways[0]}"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
