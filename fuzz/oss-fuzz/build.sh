#!/bin/bash -eu
# SPDX-License-Identifier: BSL-1.0
# Builds every fuzz target into $OUT, each with its options, its dictionary and a zip of its corpus, with the compiler, the
# flags and the engine that the caller names: CXX, CXXFLAGS, LIB_FUZZING_ENGINE, OUT. Arguments: only these targets.
cd "$(dirname "$0")/../.."
: "${CXX:?} ${LIB_FUZZING_ENGINE:?} ${OUT:?}"

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for source in fuzz/*.cpp; do
        name=$(basename "$source" .cpp)
        case $name in
        canary | replay_main) ;; # the canary must fail
        *) targets+=("$name") ;;
        esac
    done
fi

mkdir -p "$OUT"
for name in "${targets[@]}"; do
    # Comparisons of numbers are not told to the fuzzer: that is up to half of the time of a case, and the words of a text come
    # from its dictionary and from memcmp.
    # shellcheck disable=SC2086 # flags are words
    $CXX ${CXXFLAGS-} -fno-sanitize-coverage=trace-cmp -std=c++20 -Iinclude "fuzz/$name.cpp" $LIB_FUZZING_ENGINE -lz -o "$OUT/$name"
    {
        echo '[libfuzzer]'
        echo 'max_len = 4096'
        echo 'timeout = 25'
        echo 'entropic_scale_per_exec_time = 1' # what is fast is tried more often
        if [ -f "fuzz/$name.dict" ]; then
            cp "fuzz/$name.dict" "$OUT/$name.dict"
            echo "dict = $name.dict"
        fi
    } >"$OUT/$name.options"
    rm -f "$OUT/${name}_seed_corpus.zip"
    python3 -c '
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as seeds:
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        seeds.writestr(zipfile.ZipInfo(path.name), path.read_bytes())' \
        "$OUT/${name}_seed_corpus.zip" "fuzz/corpus/$name"
done
