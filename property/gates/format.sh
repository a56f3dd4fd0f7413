#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# format.sh ROOT: every source is as clang-format 19 would write it; other versions disagree with each other.
set -u
if ! command -v clang-format-19 >/dev/null; then
    echo "skipped: clang-format-19 not found"
    exit 77
fi
cd "$1" || exit 1
folders=
for folder in include examples property fuzz bench cuda libslurm; do
    [ ! -d $folder ] || folders="$folders $folder"
done
# shellcheck disable=SC2086 # the names are ours
files=$(find $folders -name '*.hpp' -o -name '*.cpp' -o -name '*.cuh' -o -name '*.cu')
failed=0
passed=0
for file in $files; do
    if said=$(clang-format-19 --dry-run -Werror "$file" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s\n' "$said" | head -n 5
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
