#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# layers_refuses.sh LAYERS VERSION: LAYERS accepts a small good tree and sees each single fault put into it.
set -eu
layers=$1
version=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
passed=0
failed=0

put() { # PATH LINE...: a header with guard and licence
    path=$tree/include/rota/$1
    guard=ROTA_$(echo "$1" | tr 'a-z/.' 'A-Z__')
    shift
    mkdir -p "$(dirname "$path")"
    {
        printf '// SPDX-License-Identifier: BSL-1.0\n#ifndef %s\n#define %s\n' "$guard" "$guard"
        for line in "$@"; do printf '%s\n' "$line"; done
        echo '#endif'
    } >"$path"
}
good() {
    rm -rf "$tree"
    put core/units.hpp
    put placement/best_fit.hpp '/// Source    somebody' '#include <rota/core/units.hpp>'
    put queueing/fifo.hpp '/// Source    somebody' '#include <rota/placement/best_fit.hpp>'
    mkdir -p "$tree/property"
    printf '// SPDX-License-Identifier: BSL-1.0\n#include <rota/queueing/fifo.hpp>\n' >"$tree/property/all.cpp"
}
refuses() { # TEXT
    if said=$("$layers" "$tree" "$version") || ! printf '%s\n' "$said" | grep -qF -e "$1"; then
        echo "not seen: $1"
        printf '%s\n' "$said"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    good
}

good
"$layers" "$tree" "$version"
put core/units.hpp '#include <rota/placement/best_fit.hpp>'
refuses 'units.hpp:4: core must not include placement'
put placement/best_fit.hpp '/// Source    somebody' '#include <rota/queueing/fifo.hpp>'
refuses 'placement must not include queueing'
put core/units.hpp '#include <chrono>'
refuses 'device-clean and must not include chrono'
put placement/best_fit.hpp '/// Source' '#  include <range/v3/view/zip.hpp>'
refuses 'device-clean and must not include range/v3/view/zip.hpp'
put core/units.hpp '#include "checked.hpp"'
refuses 'by relative path'
put helpers/all.hpp
refuses "no room 'helpers'"
put placement/worst_fit.hpp '/// Source'
refuses 'worst_fit.hpp:1: is included by no'
put queueing/fifo.hpp
refuses 'has no Source line'
sed -i 's/FIFO/FILO/' "$tree/include/rota/queueing/fifo.hpp"
refuses 'its guard is not ROTA_QUEUEING_FIFO_HPP'
sed -i 1d "$tree/property/all.cpp"
refuses "property/all.cpp:1: has no '// SPDX"
seq 300 | sed 's|^|// |' >>"$tree/include/rota/core/units.hpp"
refuses 'is longer than 300 lines'
echo '// TO''DO later' >>"$tree/property/all.cpp"
refuses 'all.cpp:3: says'
echo '// see /ho''me/me' >>"$tree/property/all.cpp"
refuses 'names a path of one machine'
put core/config.hpp '#define ROTA_VERSION_MAJOR 77'
echo '#include <rota/core/config.hpp>' >>"$tree/property/all.cpp"
refuses 'says version 77'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
