#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# fails.sh PROGRAM [ARGUMENT...]: the program must fail, and say the law that is broken with a replay file of a small case.
said=$("$@" 2>&1)
code=$?
printf '%s\n' "$said" | head -n 60
for text in '#rota-replay 1' 'P2 broken: first starts are decided in order of submission' 'node gpus=1'; do
    case $said in
    *"$text"*) ;;
    *) echo "FAILED: not said: $text" && exit 1 ;;
    esac
done
[ $code = 1 ] || { echo "FAILED: exit code $code, expected 1" && exit 1; }
echo "1 passed, 0 failed"
