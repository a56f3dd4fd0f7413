#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# refuses.sh SOURCE COMPILER...: the compiler must refuse SOURCE with the text after one of its '// expect: ' lines, for the
# lines that end in '// refused'; accepts.sh takes the rest of it.
set -u
export LC_ALL=C # plain quotes in what the compiler says
source=$1
shift
want=$(sed -n 's|^// expect: ||p' "$source")
if [ -z "$want" ]; then
    echo "$source: has no line '// expect: text'"
    exit 1
fi
if said=$("$@" -fsyntax-only "$source" 2>&1); then
    echo "$source: compiled, and should not"
    exit 1
fi
if ! printf '%s\n' "$said" | grep -qF -e "$want"; then
    echo "$source: refused, but not with '$want':"
    printf '%s\n' "$said"
    exit 1
fi
if ! grep -q '// refused$' "$source"; then
    echo "$source: no line ends with '// refused'"
    exit 1
fi
echo "1 passed, 0 failed"
