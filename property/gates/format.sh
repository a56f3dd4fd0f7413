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
count=$(printf '%s\n' "$files" | grep -c .)
# shellcheck disable=SC2086
said=$(clang-format-19 --dry-run -Werror $files 2>&1)
code=$?
failed=$(printf '%s\n' "$said" | sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: error.*/\1/p' | sort -u | grep -c .)
if [ $code != 0 ]; then
    printf '%s\n' "$said" | grep ' error' | head -n 20
    [ "$failed" != 0 ] || failed=1
fi
echo "$((count - failed)) passed, $failed failed"
[ "$failed" = 0 ] && [ "$count" != 0 ]
