#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# accepts.sh SOURCE... -- COMPILER...: the compiler must take what remains of the sources of refuses.sh without the lines that
# end in '// refused': so that it is those which are refused. All of them are one unit, each in a namespace of its own.
set -u
sources=()
while [ "$1" != -- ]; do
    sources+=("$1")
    shift
done
shift
unit() {
    sed -n '/^#include /p' "${sources[@]}" | sort -u
    local source
    for source in "${sources[@]}"; do
        # a line that is taken out stays as an empty one: what the compiler says has the source's numbers
        printf 'namespace %s {\n#line 1 "%s"\n' "$(basename "$source" .cpp)" "$source"
        sed -e '/^#include /s/.*//' -e '/\/\/ refused$/s/.*//' "$source"
        echo '}'
    done
}
if ! said=$(unit | "$@" -w -fsyntax-only -x c++ - 2>&1); then
    echo "refused without its refused lines, too:"
    printf '%s\n' "$said"
    exit 1
fi
echo "${#sources[@]} passed, 0 failed"
