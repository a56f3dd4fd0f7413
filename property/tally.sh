# SPDX-License-Identifier: BSL-1.0
# What a test of the command-line tool, whose path is in ROTA_CLI, has seen hold and fail, and the line it ends with.
# To be sourced; the test then runs in a folder of its own that is gone at its end.
# shellcheck shell=bash
rota=${ROTA_CLI:?the path of the tool}
passed=0
failed=0
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1

ok() {
    passed=$((passed + 1))
}
bad() { # what: says it, and what the tool said last
    failed=$((failed + 1))
    echo "FAILED: $1"
    sed 's/^/    /' out.txt err.txt 2>/dev/null | head -n 12
}
check() { # what, command...: the command succeeds
    local what=$1
    shift
    if "$@"; then ok; else bad "$what"; fi
}
expect() { # code, text or '' somewhere in what it says, arguments...
    local code=$1 text=$2
    shift 2
    timeout 120 "$rota" "$@" >out.txt 2>err.txt </dev/null
    local got=$?
    if [ $got != "$code" ]; then bad "exit code $got, expected $code: rota $*"
    elif [ -n "$text" ] && ! grep -qF -- "$text" out.txt err.txt; then bad "'$text' was not said: rota $*"
    else ok; fi
}
needs() { # program: without it the test is skipped
    command -v "$1" >/dev/null && return
    echo "skipped: $1 not found"
    exit 77
}
end() { # the totals; a test that checked nothing has failed
    echo "$passed passed, $failed failed"
    [ $failed = 0 ] && [ $passed != 0 ]
}
