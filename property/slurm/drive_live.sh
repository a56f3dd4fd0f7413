#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota drive-slurm` drives a real Slurm, which this test starts for itself, is killed and comes back. Skipped where the
# machine cannot have such a cluster.
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${MINI_CLUSTER-}" ]; then
    cd "$(dirname "$BASH")" || exit 1 # a command named from here is found, though it runs elsewhere
    MINI_EPILOG="$ROTA_CLI wake-up wake-up" exec bash "$source/property/slurm/mini_cluster" 2 4 "./$(basename "$BASH")" "$source/property/slurm/$(basename "$0")"
fi
source "$source/property/tally.sh"
cat >drive.toml <<END
[slurm]
partition = "main"
poll_s = 0.2
[scheduler]
name = "slurm_like"
[journal]
file = "$here/journal"
compact_kib = 1
END
drive() { # options...
    "$rota" drive-slurm --config drive.toml "$@" >>drive.log 2>err.txt </dev/null &
    driver=$!
}
trap 'kill -9 $driver 2>/dev/null; rm -rf "$here"' EXIT
within() { # what, command...: it succeeds before long
    local what=$1
    shift
    for _ in $(seq 600); do "$@" 2>/dev/null && break; sleep 0.1; done
    check "$what" "$@"
}
said() { [ "$(grep -c -- "$2" drive.log)" -ge "$1" ]; } # so often
submit() { # GPUs, seconds, options...
    timeout 10 sbatch --parsable --output=/dev/null --chdir="$MINI_CLUSTER" --gpus="$1" "${@:3}" --wrap="sleep $2"
}

# Slurm schedules, and the driver looks on
first=$(submit 4 2)
held=$(submit 8 2 --hold)
drive --dry-run
within 'what Slurm does' said 1 "event=slurm_started job=$first nodes=n[12]:4 wanted=-"
within 'what it would do' said 1 "event=would_start job=$held nodes=n1:4,n2:4"
kill -TERM $driver
wait $driver
check 'a dry run ends with 0' [ $? = 0 ]
check 'and has released nothing' grep -q '^PENDING|0$' <(timeout 10 squeue --noheader --jobs="$held" -O 'State:|,PriorityLong:' | tr -d ' ')

# the driver schedules, dies, and comes back
for _ in 1 2 3 4 5; do submit 4 3 --hold >/dev/null; done
drive
within 'jobs start' said 1 'event=start '
kill -9 $driver
wait $driver 2>/dev/null
sleep 1
drive
within 'it goes on' said 1 'event=journal file=.* jobs=[1-9]'
within 'all end' said 6 'event=finish '
check 'its journal has begun anew' said 1 'event=journal_compacted '
check 'each started once' [ "$(grep -o 'event=start at_ms=[0-9]* job=[0-9]*' drive.log | sed 's/.*job=//' | sort -u | wc -l)" = 6 ]
check 'none was stopped' [ "$(grep -c 'event=\(interrupt\|preempt\|start_failed\) ' drive.log)" = 0 ]
check 'none ran twice' [ -z "$(timeout 10 squeue --noheader --states=all -O 'RestartCnt:' | grep -v '^0')" ]
kill -TERM $driver
wait $driver
check 'it leaves with 0' [ $? = 0 ]

# what only Slurm can grant is left to it, and said; a job that may not begin yet is started when it may
scontrol create reservation ReservationName=r1 StartTime=now+1day Duration=60 Users=root Nodes=n1 >/dev/null
left=()
leaves() { # why, options...
    left+=("$(submit 1 1 --time=5 --hold "${@:2}")=$1")
}
leaves 'its time to begin is still to come' --begin=now+1hour
leaves 'it asks for nodes by name' --nodelist=n2
leaves 'it excludes nodes by name' --exclude=n1
leaves 'it wants its nodes to itself' --exclusive
leaves 'it asks for contiguous nodes' --contiguous
leaves 'it asks for a number of switches' --switches=1
leaves 'it asks for a reservation' --reservation=r1
leaves 'it asks for licenses' --licenses=matlab:1
leaves 'it may run in several partitions' --partition=beside,main
leaves 'it asks for more temporary disk than every node has' --tmp=10
leaves 'it asks for more nodes than its GPUs take' --gpus=2 --nodes=2
leaves 'it may not be requeued' --no-requeue
left+=("$(timeout 10 sbatch --parsable --hold --output=/dev/null --chdir="$MINI_CLUSTER" --gpus-per-task=1 --ntasks=2 --wrap=:)=it asks for GPUs by task or socket")
soon=$(submit 1 1 --time=5 --hold --begin=now+5)
large=$(submit 4 1 --time=5 --hold --exclusive)
mine=$(submit 8 1 --time=5 --hold)
drive
for one in "${left[@]}"; do within "left alone: ${one#*=}" said 1 "event=left_alone job=${one%%=*} why=\"${one#*=}\""; done
within 'the others run' said 1 "event=finish at_ms=[0-9]* job=$mine "
within 'where it gets all GPUs of its nodes, it has them to itself' said 1 "event=finish at_ms=[0-9]* job=$large "
within 'and the one that had to wait, when its time has come' said 1 "event=finish at_ms=[0-9]* job=$soon "
for one in "${left[@]}"; do
    check "still held: ${one#*=}" grep -q '^PENDING|0$' <(timeout 10 squeue --noheader --jobs="${one%%=*}" -O 'State:|,PriorityLong:' | tr -d ' ' | sed 's/|$//')
    timeout 10 scancel "${one%%=*}"
done
check 'each is said once' [ "$(grep -c 'event=left_alone' drive.log)" = 14 ]
kill -TERM $driver
wait $driver
scontrol delete ReservationName=r1 >/dev/null

# nodes leave the partition while the driver is away, and come back
until_open() { # name, GPUs, options...: it runs until that file is there
    timeout 10 sbatch --parsable --hold --output=/dev/null --chdir="$MINI_CLUSTER" --gpus="$2" "${@:3}" --wrap="until [ -e $1 ]; do sleep 0.2; done"
}
nodes() { timeout 10 scontrol update partitionname=main nodes="$1"; }
leave() { kill -TERM $driver; wait $driver; }
drive
on_first=$(until_open first 4)
within 'one runs on the first node' said 1 "event=start at_ms=[0-9]* job=$on_first .*nodes=n1:4"
on_second=$(until_open second 4)
within 'one on the second' said 1 "event=start at_ms=[0-9]* job=$on_second .*nodes=n2:4"
leave
nodes n2
timeout 20 "$rota" drive-slurm --config drive.toml >refused.txt 2>&1 </dev/null
check 'a node with a job cannot be taken' [ $? != 0 ]
check 'and that is said' grep -q "nodes gone: n1:4@64000/0.*jobs have GPUs that are gone: $on_first;" refused.txt
nodes 'n[1-2]'
drive
: >"$MINI_CLUSTER/first"
within 'its job ends' said 1 "event=finish at_ms=[0-9]* job=$on_first "
leave
large=$(submit 8 1 --hold)
next=$(until_open third 4)
nodes n2
drive
within 'one without can' said 1 'event=cluster_changed why="nodes gone: n1:4@64000/0"'
within 'what no node can hold any more is said' said 1 "event=reject at_ms=[0-9]* job=$large "
: >"$MINI_CLUSTER/second"
within 'what ran runs on, and to its end' said 1 "event=finish at_ms=[0-9]* job=$on_second "
within 'and the next has its place' said 1 "event=start at_ms=[0-9]* job=$next .*nodes=n2:4"
leave
nodes 'n[1-2]'
timeout 10 scancel "$large"
drive
within 'the node is back' said 1 'event=cluster_changed why="nodes new: n1:4@64000/0"'
fits=$(submit 4 1 --hold)
within 'a job runs on it, and not where another runs' said 1 "event=start at_ms=[0-9]* job=$fits .*nodes=n1:4"
: >"$MINI_CLUSTER/third"
within 'which goes on, and to its end' said 1 "event=finish at_ms=[0-9]* job=$next "
large=$(submit 8 1 --hold)
within 'and a job has both' said 1 "event=finish at_ms=[0-9]* job=$large "
check 'each started once' [ -z "$(grep -o 'event=start at_ms=[0-9]* job=[0-9]*' drive.log | sed 's/.*job=//' | sort | uniq -d)" ]
check 'none ran twice' [ -z "$(timeout 10 squeue --noheader --states=all -O 'RestartCnt:' | grep -v '^0')" ]
check 'none was stopped or lost' [ "$(grep -c 'event=\(interrupt\|preempt\|start_failed\|cancel\) ' drive.log)" = 0 ]
leave
expect 0 'keep every law' check-journal journal

# a start that Slurm cannot fulfil, for a resource that rota does not see, is withdrawn and tried again, and others go on
printf '[pace]\nstart_s = 4\nbackoff_s = 1\n' >>drive.toml
long=$(until_open pass 1 --gres=pass:1)
sleep 1
drive
within 'one has the only pass of its node' said 1 "event=start at_ms=[0-9]* job=$long "
second=$(submit 1 1 --hold --gres=pass:1)
within 'another that wants it there is told to start' said 1 "event=order at_ms=[0-9]* job=$second "
third=$(submit 1 1 --hold)
never=$(submit 1 1 --hold --gres=pass:2) # no node has two
within 'and does not' said 1 "event=start_failed at_ms=[0-9]* job=$second .*cause=lost"
within 'a later one is' said 1 "event=finish at_ms=[0-9]* job=$third "
check 'while it waits' [ "$(grep -c "event=start at_ms=[0-9]* job=$second " drive.log)" = 0 ]
: >"$MINI_CLUSTER/pass"
check 'and was withdrawn for nobody' [ "$(grep -c "event=start_failed at_ms=[0-9]* job=$third " drive.log)" = 0 ]
within 'and it runs when the pass is back' said 1 "event=finish at_ms=[0-9]* job=$second "
check 'what Slurm refuses keeps no GPU' [ "$(grep -c "event=start_failed at_ms=[0-9]* job=$never .*cause=launch_error" drive.log)" -gt 0 ]
check 'tried less often each time' [ "$(grep -c "event=start_failed at_ms=[0-9]* job=$second " drive.log)" -le 4 ]
check 'and so is what never can' [ "$(grep -c "event=start_failed at_ms=[0-9]* job=$never " drive.log)" -le 8 ]
timeout 10 scancel "$never"
kill -TERM $driver
wait $driver
sed -i '/^\[pace\]/,$d' drive.toml

# How long the GPUs lie idle between two jobs of the whole cluster: what a wake-up saves of polls. These are 1.1 s apart, so that
# they meet the ticks of Slurm, one a second, at all distances. IDLE_JOBS jobs, 5 where it is not set and 11 at most.
jobs=${IDLE_JOBS:-5}
expect 0 'keep every law' check-journal journal
check 'though it has begun anew' grep -q '^stand ' journal
rm journal
sed -i 's/^compact_kib = .*/compact_kib = 0/' drive.toml
idle() { # name, line of the configuration
    local i
    sed -i "s|^poll_s = .*|poll_s = 1.1\n$2|" drive.toml
    for i in $(seq "$jobs"); do
        timeout 10 sbatch --hold --parsable --output=/dev/null --chdir="$MINI_CLUSTER" --gpus=8 \
            --wrap="date +%s%3N >>$1; sleep 0.$((i * 37 % 83 + 15)); date +%s%3N >>$1" >/dev/null
    done
    drive
    within "all end, $1" eval "[ \"\$(wc -l <\"$MINI_CLUSTER/$1\")\" = $((2 * jobs)) ]"
    kill -TERM $driver
    wait $driver
    awk 'NR % 2 == 1 && NR > 1 { print $1 - ended } { ended = $1 }' "$MINI_CLUSTER/$1" | sort -n |
        awk -v how="$1" '{ ms[NR] = $1; sum += $1 } END { printf "from an end to the next start, %s: mean %d ms, of %d to %d ms\n", how, sum / NR, ms[1], ms[NR] }'
}
idle polling ''
idle woken "wake_up = \"$MINI_CLUSTER/wake-up\""
"$rota" check-journal journal --claims justified_victims >laws.txt 2>&1
check 'the laws hold on its journal' [ $? = 0 ]
check 'of every job' grep -q "records of $((2 * jobs)) jobs keep every law" laws.txt

# a cluster is cleared up when its script was killed, too
bash "$source/property/slurm/mini_cluster" 1 1 sh -c "echo \$MINI_CLUSTER >'$here/other'; sleep 60" >/dev/null 2>&1 &
other=$!
within 'another cluster starts' [ -s other ]
kill -9 $other
check 'it has a folder' [ -d "$(cat other)" ]
within 'and is gone, though its script was killed' eval "! [ -e $(cat other) ]"
[ $failed = 0 ] || cat drive.log laws.txt
end
