#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# need.sh run|check: installs the Debian packages that building the tool (run) or all tests (check) needs and
# that are missing. Does nothing, and asks for nothing, where none is missing.
set -euo pipefail

build=(meson ninja-build g++-12 cmake pkg-config librange-v3-dev libboost1.81-dev libcli11-dev libfmt-dev
    nlohmann-json3-dev libtomlplusplus-dev libcpp-httplib-dev zlib1g-dev coinor-libclp-dev)
check=(librapidcheck-dev libgtest-dev catch2 doctest-dev libbenchmark-dev gnuplot-nox libslurm-dev)

die() {
    echo "set-up: $*" >&2
    exit 1
}
present() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = ii ]; }
known() { [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

case "${1-}" in
run) wanted=("${build[@]}") ;;
check) wanted=("${build[@]}" "${check[@]}") ;;
*) die "usage: tools/need.sh run|check" ;;
esac
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this is no Debian system, so nothing can be installed; install the equivalents of: ${wanted[*]}," \
        "then run meson setup yourself"
fi

missing=()
for package in "${wanted[@]}"; do
    present "$package" || missing+=("$package")
done
# One clang with its runtime will do; 19 is preferred, 16 is what an older mirror has.
clang_missing=0
if [ "$1" = check ]; then
    if ! { present clang-19 && present libclang-rt-19-dev; } && ! { present clang-16 && present libclang-rt-16-dev; }; then
        clang_missing=1
    fi
    present clang-format-19 || clang_missing=1
fi
if [ ${#missing[@]} = 0 ] && [ $clang_missing = 0 ]; then
    echo "set-up: every package is installed"
    exit 0
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "these packages are missing: ${missing[*]-}$([ $clang_missing = 0 ] || echo ' clang-19 libclang-rt-19-dev clang-format-19');" \
        "become root or install sudo, then try again"
fi

echo "set-up: reading the list of packages"
as_root apt-get -qq update || die "apt-get update failed: see above"
if [ $clang_missing = 1 ]; then
    if known clang-19 && known libclang-rt-19-dev; then
        missing+=(clang-19 libclang-rt-19-dev)
    elif known clang-16 && known libclang-rt-16-dev; then
        missing+=(clang-16 libclang-rt-16-dev)
    else
        die "neither clang-19 nor clang-16 is on offer here"
    fi
    # Without it the format test says that it is skipped.
    if known clang-format-19; then missing+=(clang-format-19); fi
fi
for package in "${missing[@]}"; do
    known "$package" || die "$package is not on offer here: rota is built on Debian 12 (bookworm)"
done
echo "set-up: installing ${missing[*]}"
# --no-remove: Boost 1.81 and the default Boost 1.74 headers exclude each other; that choice is not ours to make.
if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove \
    -o Dpkg::Use-Pty=0 "${missing[@]}"; then
    if present libboost1.74-dev; then
        die "libboost1.81-dev cannot stand beside the installed libboost1.74-dev;" \
            "remove that with 'apt-get remove libboost1.74-dev', then try again"
    fi
    die "apt-get install failed: see above"
fi
for package in "${missing[@]}"; do
    present "$package" || die "$package is still missing"
done
