#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# golden.sh PROGRAM SOURCE [WORD]: PROGRAM WORD must print what the comment after '// Output:' at the end of SOURCE says.
set -u
want=$(mktemp)
got=$(mktemp)
trap 'rm -f "$want" "$got"' EXIT
sed -n '/^\/\/ Output:/,$p' "$2" | sed '1d; s|^// \{0,1\}||' >"$want"
"$1" "${@:3}" >"$got"
code=$?
if [ $code != 0 ]; then
    echo "exit code $code after:"
    cat "$got"
    exit 1
fi
if [ ! -s "$want" ]; then
    echo "$2: nothing expected after '// Output:'"
    exit 1
fi
diff -u --label expected --label printed "$want" "$got" && echo "1 passed, 0 failed"
