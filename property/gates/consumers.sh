#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# consumers.sh WAY ROOT BUILD COMPILER...: property/consumers/WAY builds and runs, as a user of rota would do it.
set -euo pipefail
way=$1
root=$2
build=$3
shift 3
cxx=("$@" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
source=$root/property/consumers/$way
work=$build/consumers/$way
rm -rf "$work"
mkdir -p "$work"

installed() { # into $work/usr, moved afterwards: the package must not remember where it was made
    DESTDIR=$work/staged meson install -C "$build" --no-rebuild >"$work/install.log" ||
        { cat "$work/install.log" && return 1; }
    local prefix
    prefix=$(dirname "$(dirname "$(find "$work/staged" -path '*/include/rota' -type d)")")
    mv "$prefix" "$work/usr"
    for header in $(cd "$root/include" && find rota -name '*.hpp'; cd "$root/property/include" && find rota -name '*.hpp'); do
        [ -f "$work/usr/include/$header" ] || { echo "not installed: $header" && return 1; }
    done
}

case $way in
plain)
    "${cxx[@]}" -I "$root/include" "$source/main.cpp" -o "$work/consumer"
    ;;
pkgconfig)
    installed
    export PKG_CONFIG_PATH=$work/usr/share/pkgconfig
    # shellcheck disable=SC2046 # flags are words
    "${cxx[@]}" "$source/main.cpp" $(pkg-config --cflags --libs rota) -o "$work/consumer"
    pkg-config --libs rota-property | grep -q -- -lrapidcheck
    ;;
cmake)
    command -v cmake >/dev/null || { echo "skipped: cmake not found" && exit 77; }
    installed
    CXX=${*: -1} cmake -S "$source" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/usr" >"$work/cmake.log" 2>&1 ||
        { cat "$work/cmake.log" && exit 1; }
    cmake --build "$work/build" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log" && exit 1; }
    mv "$work/build/consumer" "$work/consumer"
    ;;
meson_subproject)
    cp -r "$source/." "$work"
    mkdir -p "$work/subprojects"
    ln -s "$root" "$work/subprojects/rota"
    CXX=${*: -1} meson setup "$work/build" "$work" >"$work/meson.log" 2>&1 || { cat "$work/meson.log" && exit 1; }
    meson compile -C "$work/build" >"$work/meson.log" 2>&1 || { cat "$work/meson.log" && exit 1; }
    mv "$work/build/consumer" "$work/consumer"
    ;;
*)
    echo "no such way: $way"
    exit 2
    ;;
esac
said=$("$work/consumer")
[ "$said" = "16 GPUs" ] || { echo "printed '$said'" && exit 1; }
echo "1 passed, 0 failed"
