#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# list.sh [-n] FOLDER PATTERN [TEXT]: the files under FOLDER whose name matches PATTERN, sorted, relative to FOLDER;
# -n: of FOLDER itself only; TEXT: only those with a line that matches this extended regular expression.
set -eu
depth=99
if [ "$1" = -n ]; then
    depth=1
    shift
fi
[ -d "$1" ] || exit 0
cd "$1"
find . -maxdepth "$depth" -type f -name "$2" | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do
    if [ $# -lt 3 ] || grep -qE "$3" "$file"; then echo "$file"; fi
done
