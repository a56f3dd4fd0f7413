#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# tidy.sh [ROOM...]: clang-tidy 19 with .clang-tidy over the headers of these rooms, of all without one.
# Takes minutes of CPU, so it is no part of ./check. Exit codes: 0 clean, 1 something was said, 2 a wrong argument,
# 77 clang-tidy-19 is not installed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
tidy=$(command -v clang-tidy-19) || { echo 'skipped: clang-tidy-19 is not installed (Debian: apt-get install clang-tidy-19)' && exit 77; }
rooms=("$@")
[ ${#rooms[@]} != 0 ] || mapfile -t rooms < <(find include/rota -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
unit=$(mktemp --suffix=.cpp)
trap 'rm -f "$unit"' EXIT
said=0
for room in "${rooms[@]}"; do
    [ -d "include/rota/$room" ] || { echo "tidy: no room '$room'" >&2 && exit 2; }
    find "include/rota/$room" -name '*.hpp' | sort | sed 's|^include/\(.*\)|#include <\1>|' >"$unit"
    [ -f /usr/include/coin/ClpSimplex.hpp ] || sed -i '/clp\.hpp/d' "$unit" # it needs the solver
    # Of other rooms' headers each says what it has to say when its turn comes.
    if "$tidy" --quiet --config-file=.clang-tidy --header-filter="include/rota/$room/" "$unit" -- -std=c++20 -Iinclude 2>/dev/null; then
        echo "$room: clean"
    else
        said=$((said + 1))
    fi
done
echo "$((${#rooms[@]} - said)) passed, $said failed"
[ $said = 0 ]
