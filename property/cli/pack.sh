#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota pack` as its users meet it.
set -u
source "$(dirname "$0")/../tally.sh"
pack() { # code, text, arguments of pack...
    expect "$1" "$2" pack "${@:3}"
}

printf 'sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8192,2,T4\nn1,8000,8192,2,G2\n' >nodes.csv
printf 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1000,1024,1,500\nb,1000,1024,2,1000\nc,500,0,0,0\n' >pods.csv
in=(--nodes nodes.csv --pods pods.csv)

check 'rota --help names pack' grep -q '^  pack ' <("$rota" --help)
for option in --nodes --pods --policy --tune --seeds --out; do pack 0 "$option" --help; done
for policy in fgd fgd_exact best_fit dot_product gpu_packing gpu_clustering random; do
    pack 0 "$policy on 4 GPUs, 3 pods tuned to 2, 3 seeds from 5" "${in[@]}" --policy "$policy" --tune 2 --seeds 5..7
done
pack 0 'tuned to 1.3, 10 seeds from 42' "${in[@]}" --policy fgd

# by hand: a share of half a GPU and two GPUs of four fit whatever their order; nothing else arrives
pack 0 '' "${in[@]}" --policy fgd --tune 0 --seeds 1 --out one.csv
check 'the header' grep -qx 'policy,seed,arrived_percent,allocated_percent,fragment_percent_of_all,fragment_percent_of_idle' one.csv
# 2.5 GPUs in use; the three kinds weigh the same. The node with the share has 0.5 + 1 idle GPUs: two GPUs lack
# one (1.5), the share can use all (0), no GPU is asked for (1.5)
check 'fragmentation by hand' grep -q '^fgd,1,63,62.5000,25.0000,66.6667$' one.csv
pack 0 '' "${in[@]}" --policy random --tune 3 --seeds 1..4 --out a.csv
pack 0 '' "${in[@]}" --policy random --tune 3 --seeds 1..4 --out b.csv
check 'the same seeds, the same bytes' cmp -s a.csv b.csv
pack 0 '' "${in[@]}" --policy random --tune 3 --seeds 3 --out c.csv
check 'a seed is what it is alone' cmp -s c.csv <(sed -n '1p;/^random,3,/p' a.csv)

# refusals
pack 2 'nearest: best_fit' "${in[@]}" --policy best_fot
pack 2 'is required' "${in[@]}"
pack 2 'nearest: --policy' "${in[@]}" --polcy fgd
for tune in -1 x 1e3 1.0001 101 ''; do pack 2 '--tune' "${in[@]}" --policy fgd --tune="$tune"; done
for seeds in x 5..4 1..x ..3 1.. -1 1..20000; do pack 2 '--seeds' "${in[@]}" --policy fgd --seeds="$seeds"; done
pack 2 'E-IO' --nodes none.csv --pods pods.csv --policy fgd
pack 2 'E-IO' --nodes nodes.csv --pods none.csv --policy fgd
pack 2 'E-COLUMN' --nodes pods.csv --pods pods.csv --policy fgd
pack 2 'E-COLUMN' --nodes nodes.csv --pods nodes.csv --policy fgd
printf 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1000,1024,2,500\n' >wrong.csv
pack 2 'wrong.csv:2:15: error[E-FRACTION]' --nodes nodes.csv --pods wrong.csv --policy fgd --out no.csv
check 'no output of a refused input' test ! -e no.csv
printf 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1000,1024,0,0\n' >cpu.csv
pack 2 'no pod that asks for a GPU' --nodes nodes.csv --pods cpu.csv --policy fgd
pack 0 '1 pods tuned to 0' --nodes nodes.csv --pods cpu.csv --policy fgd --tune 0
printf 'sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8192,0,\n' >no_gpu.csv
pack 2 'no GPU' --nodes no_gpu.csv --pods pods.csv --policy fgd
printf 'sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8192,2,T4\nn0,8000,8192,2,G2\n' >twice.csv
pack 2 "twice.csv:3:1: error[E-DUPID]: read id 'n0' again" --nodes twice.csv --pods pods.csv --policy fgd
pack 2 'cannot write' "${in[@]}" --policy fgd --out /no/such/folder/x.csv
check 'no temporary file is left' test -z "$(find . -name '.*.tmp')"

end
