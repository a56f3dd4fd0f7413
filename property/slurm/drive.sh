#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# `rota drive-slurm` as an operator meets it, on clients of Slurm that are scripts: its configuration, its refusals, its
# log and metrics, its end and its return.
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
source "$source/property/tally.sh"
chmod 755 .
mkdir bin jobs

# A Slurm of two nodes of four GPUs: a file a job, `state priority restarts gpus node`. Every verb is written to `verbs`.
cat >bin/slurm <<'END'
#!/usr/bin/env bash
cd "$FAKE_SLURM" || exit 1
[ -e silent ] && sleep 60
[ -e gone ] && { echo "asked $(basename "$0")" >>gone; exit 1; }
[ -e slow ] && sleep 0.3
job() { read -r state priority restarts gpus node <"jobs/$1" || exit 1; }
put() { echo "$state $priority $restarts $gpus $node" >"jobs/$1.new" && mv "jobs/$1.new" "jobs/$1"; }
case "$(basename "$0") $*" in
'scontrol --version') cat version ;;
'scontrol show config') cat config ;;
'scontrol --oneliner show '*) : ;; # nothing is given out but GPUs
'squeue '*'%i|%x') : ;; # nobody excludes nodes
'squeue '*)
    for file in jobs/*; do
        [ -e "$file" ] || continue
        id=${file#jobs/}
        job "$id"
        echo "$id|$state|$priority|$restarts|5:00|None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/A|1|1|(null)|0|0|normal|(null)|(null)|1|N/A|gres:gpu:$gpus|N/A|N/A|${node%-}|"
    done
    [ ! -e rows ] || cat rows ;;
'sinfo '*) [ ! -e nodes ] && printf 'n1|%s|gpu:4|main|0/64/0/64|0|\nn2|idle|gpu:4|main|0/64/0/64|0|\n' "$(cat n1 2>/dev/null || echo idle)" || cat nodes ;;
'scontrol update jobid='*)
    id=${2#jobid=}
    echo "update $id ${3#ReqNodeList=}" >>verbs
    echo "${3#ReqNodeList=}" >"wanted.$id" ;;
'scontrol release '*)
    echo "release $2" >>verbs
    job "$2"; [ "$state" = PENDING ] || exit 1
    state=RUNNING priority=5 node=$(cat "wanted.$2"); put "$2" ;;
'scontrol hold '*) echo "hold $2" >>verbs; job "$2"; priority=0; put "$2" ;;
'scontrol requeuehold '*)
    echo "requeue $2" >>verbs
    job "$2"; state=PENDING priority=0 node=-; restarts=$((restarts + 1)); put "$2" ;;
'scontrol ') # it reads its commands
    while read -r line && [ "$line" != quit ]; do
        if [ "$line" = rota-next ]; then
            echo 'invalid keyword: rota-next' >&2
        else
            # shellcheck disable=SC2086 # words
            "$0" $line </dev/null || echo 'slurm_update error: refused' >&2
        fi
    done ;;
'scancel '*) echo "save ${*: -1}" >>verbs ;;
*) exit 1 ;;
esac
END
chmod +x bin/slurm
for name in squeue sinfo scontrol scancel; do ln -s slurm bin/$name; done
export FAKE_SLURM=$here PATH=$here/bin:$PATH
echo 'slurm 22.05.8' >version
printf '%s\n' "ClusterName             = mini" 'SlurmUser               = slurm(64030)' 'SLURM_VERSION           = 22.05.8' \
    "StateSaveLocation       = $here" >config
submit() { echo "PENDING 0 0 $2 -" >"jobs/$1"; } # id, GPUs
finish() { sed -i 's/^[A-Z]* /COMPLETED /' "jobs/$1"; }

# --- what it refuses (its file: property/cli/bad_input.sh)
expect 2 'none.toml' drive-slurm --config none.toml
sed 's|/var/lib/rota/|/nowhere/|; s/port = 9750/port = 0/' "$source/packaging/drive.toml" >example.toml
expect 2 '/nowhere/drive.journal: No such file' drive-slurm --config example.toml

free_port() {
    local port
    while port=$((20000 + RANDOM % 20000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}
port=$(free_port)
config() { # scheduler
    cat >drive.toml <<END
[slurm]
partition = "main"
poll_s = 0.1
timeout_s = 0.5
[scheduler]
name = "$1"
[pace]
young_s = 0.5
repeat_s = 0.3
save_s = 0.1
backoff_s = 0.5
[journal]
file = "$here/journal"
[metrics]
port = $port
END
}
config fifo
expect 2 "unknown scheduler 'fivo'" drive-slurm --config drive.toml --scheduler fivo
expect 2 'needs run times that only a simulator knows' drive-slurm --config drive.toml --scheduler srtf
echo 'slurm 20.11.4' >version
expect 1 'clients of Slurm 22.05 or newer are needed' drive-slurm --config drive.toml
echo 'slurm 22.05.8' >version
sed -i 's/22.05.8/21.08.0/' config
expect 1 "the controller is of version '21.08.0'" drive-slurm --config drive.toml
sed -i 's/21.08.0/22.05.8/' config
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    timeout 20 setpriv --reuid=65534 --clear-groups "$rota" drive-slurm --config drive.toml >out.txt 2>err.txt
    check 'nobody may not drive' grep -q 'may not drive this cluster: be root, SlurmUser (slurm(64030))' err.txt
fi
touch silent
expect 1 'no answer in time' drive-slurm --config drive.toml
rm silent

# --- it drives
drive() { # options...
    "$rota" drive-slurm --config drive.toml "$@" >>drive.log 2>err.txt </dev/null &
    driver=$!
}
trap 'kill -9 $driver 2>/dev/null; rm -rf "$here"' EXIT
within() { # what, command...: it succeeds before long
    local what=$1 i
    shift
    for i in $(seq 600); do "$@" 2>/dev/null && break; sleep 0.05; done
    check "$what" "$@" || true
}
said() { grep -q -- "$1" drive.log; }
runs() { grep -q '^RUNNING' "jobs/$1"; }
metric() {
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
    timeout 5 cat <&3 | tr -d '\r' | grep -qxF -- "$1"
}
submit 1 4
submit 2 3
submit 3 8
odd() { echo "$1|PENDING|0|0|5:00|None|N/A|OK|0|0||(null)|(null)|main|0|1|0|1|1|1|N/A|N/A|0|*|*|*|N/A|N/A|1|1|(null)|0|0|normal|$2|(null)|$3|gres:gpu:1|N/A|N/A|N/A||"; } # id, features, nodes
{ odd 90 'a100|v100' 1; odd 91 '(null)' 2; } >rows
touch slow
drive
sleep 0.4 # it asks Slurm who it is
kill -HUP $driver
within 'a SIGHUP while it starts is heard when it has' said 'event=reloaded scheduler=fifo'
rm slow
within 'two jobs start' runs 2
within 'each is a line of the log' said 'event=start at_ms=[0-9]* job=1 run=1 op=1 cause=- nodes=n1:4$'
check 'the one that does not fit waits' grep -q '^PENDING' jobs/3
within 'jobs by phase' metric 'rota_jobs{phase="running"} 2'
check 'GPUs held' metric 'rota_gpus{state="held"} 7'
check 'verbs' metric 'rota_verbs_total{verb="start"} 2'
exec 5<>"/dev/tcp/127.0.0.1/$port" 6<>"/dev/tcp/127.0.0.1/$port" # and say nothing
begun=$SECONDS
check 'metrics, too, where others keep connections open' metric 'rota_jobs{phase="running"} 2'
check 'without waiting for them for long' [ $((SECONDS - begun)) -le 3 ]
exec 5>&- 6>&-
drip() { # some byte of a word every now and then, and never its end
    exec 7<>"/dev/tcp/127.0.0.1/$port" || return
    printf 'GET /metrics HTTP/1.1\r\nX-A: ' >&7
    while printf a >&7 && sleep 0.3; do :; done 2>/dev/null
}
for _ in 1 2 3 4; do drip & done
sleep 0.5
begun=$SECONDS
check 'metrics, too, where others speak slowly' metric 'rota_jobs{phase="running"} 2'
check 'without waiting for them for long' [ $((SECONDS - begun)) -le 3 ]
sed "s|^file = .*|file = \"$here/other\"|; s/\"main\"/\"other\"/" drive.toml >second.toml
expect 2 "metrics: nobody can listen on 127.0.0.1:$port" drive-slurm --config second.toml
expect 2 "partition 'main' of cluster 'mini': process $driver of user $(id -u) drives it already" drive-slurm --config drive.toml
sed "s|^file = .*|file = \"$here/other\"|" drive.toml >second.toml
expect 2 'drives it already' drive-slurm --config second.toml
check 'and has no journal' [ ! -e other ]
sed 's/"main"/"other"/; s/^port = .*/port = 0/' drive.toml >second.toml
expect 2 'another driver writes it' drive-slurm --config second.toml
within 'what it cannot drive is said' said 'event=left_alone job=91 why="it asks for several nodes in part"'
check 'a bar in words of a user hides his job alone' said 'event=left_alone job=90 why="its account, features'
check 'once' [ "$(grep -c 'event=left_alone job=91' drive.log)" = 1 ]
rm rows

kill -9 $driver
wait $driver 2>/dev/null
port=$(free_port)
config fifo
finish 1
drive
within 'it comes back' said 'event=journal file=.* records=[1-9][0-9]* jobs=3'
within 'and sees what ended meanwhile' said 'event=finish at_ms=[0-9]* job=1 '
within 'and knows who runs' metric 'rota_jobs{phase="running"} 1'
check 'and started nothing twice' [ "$(sort verbs | uniq -d)" = '' ]

config priority_preemptive
kill -HUP $driver
within 'another scheduler from now on' said 'event=reloaded scheduler=priority_preemptive not_reloaded=-'
echo 'poll_s = 0' >>drive.toml
kill -HUP $driver
within 'a wrong file is said, and nothing changes' said 'event=reload_refused why=".*drive.toml:16:1'
config priority_preemptive
sed -i 's/^backoff_s = .*/backoff_s = 7/; s/"main"/"other"/; s/^timeout_s = .*/timeout_s = 3/' drive.toml
printf '[[qos]]\nname = "urgent"\npriority = 7\n' >>drive.toml
kill -HUP $driver
within 'what cannot change while it drives is named' said 'not_reloaded="slurm.partition, slurm.timeout_s, qos: what it was, until a restart"$'
config priority_preemptive
touch silent
within 'a silent Slurm' said 'event=slurm_silent why="no answer in time"'
rm silent
within 'answers again' said 'event=slurm_answers'
>gone
sleep 3
asked=$(wc -l <gone)
rm gone
check "a Slurm that is gone is asked less and less often, not $asked times in 3 s" [ "$asked" -gt 2 -a "$asked" -lt 12 ]
finish 2
within 'the gang runs' runs 3
kill -TERM $driver
wait $driver
check 'it leaves on SIGTERM with 0' [ $? = 0 ]
check 'and says so' said 'event=stopped signal=15 jobs=1'
check 'and how the laws fared' said 'event=laws records=[0-9]* broken=- hold=S0,.*,L1,.* not_exercised='
check 'none was broken' [ "$(grep -c 'event=law_broken' drive.log)" = 0 ]
check 'its journal says what both schedulers promised' [ "$(grep -c '^#claims' journal)" = 2 ]
check 'the jobs run on' runs 3
expect 0 'records of 3 jobs keep every law' check-journal journal --log schedule.log
check 'its schedule log is one' grep -q '^[0-9]* finish 1\.' schedule.log
sed -i 's/^#accounts/#accounts vision/' journal
expect 2 'other nodes or accounts (accounts gone: vision), and accounts keep their places; undo the change' drive-slurm --config drive.toml
sed -i 's/^#accounts vision/#accounts/' journal
expect 2 ':2:8: error[E-JOURNAL]' check-journal <(sed 's/^#nodes n1:4/#nodes n1 n2/' journal)
epoch=$(sed -n 's/^#epoch //p' journal)
sed -i "s/^#epoch .*/#epoch $((epoch + 3600000))/" journal
echo 'PENDING 0 1 8 -' >jobs/3 # an operator has requeued it
port=$(free_port)
config fifo
drive
within 'where the clock was put back meanwhile, waiting still comes to an end' runs 3
kill -TERM $driver
wait $driver
printf 'pass 1\n5 order 9.0 #1 - 0\nend\n' >>journal
expect 2 'journal:' drive-slurm --config drive.toml
check 'a journal that is none is refused with its line' grep -q 'error\[E-JOURNAL\]: no such job' err.txt

# --- a law is broken: a scheduler that had promised to stop nobody has stopped somebody
rm jobs/* verbs
printf '%s\n' '#rota-journal 1' '#nodes n1:4 n2:4' '#accounts' "#epoch $epoch" '#claims non_preemptive' \
    'job 17 1000 0 0 0 0 300000 9223372036854775807 0 2 2 1000 1000 0 0 4294967295 2' 'pass 1000' \
    '1000 order 0.0 #1 ordered 0 n0:3@1000/0/0' 'end' '2000 start 0.0 #1 - 2000' 'rest 2000' 'end' 'pass 3000' \
    '3000 order 0.1 #2 ordered 1' 'end' '4000 preempt 0.1 #2 - 4000' 'rest 4000' 'end' >journal
expect 1 'P1 broken: no running job is stopped' check-journal journal
expect 0 'keep every law' check-journal journal --claims none
echo 'PENDING 0 1 2 -' >jobs/17
: >drive.log
port=$(free_port)
config fifo
drive
within 'a broken law is said' said 'event=law_broken law=P1 at_ms=4000 job=17 says="no running job is stopped" why='
within 'and counted' metric 'rota_laws_broken{law="P1"} 1'
within 'beside those that hold' metric 'rota_laws_broken{law="S1"} 0'
within 'it goes on' runs 17
kill -TERM $driver
wait $driver
check 'it is said once' [ "$(grep -c 'event=law_broken' drive.log)" = 1 ]
check 'and at the end' said 'event=laws records=[0-9]* broken=P1 '
sed -i 's/^#claims non_preemptive/#claims none_of_them/' journal
expect 2 "journal:5:9: error[E-JOURNAL]: unknown claim 'none_of_them'" drive-slurm --config drive.toml
port=$(free_port)
config fifo
sed -i 's/^#claims .*/#claims none/' journal
printf '[laws]\njudge = false\n' >>drive.toml
drive
within 'it comes back' said 'event=journal file=.* jobs=1'
kill -TERM $driver
wait $driver
check 'who wants no judge has none' [ "$(grep -c 'event=laws' drive.log)" = 1 ]
finish 17

# --- nodes come and go while no driver lives
rm -f journal jobs/* verbs
: >drive.log
port=$(free_port)
config best_effort_fifo
submit 30 3
submit 31 9
submit 32 8
drive
within 'one runs' runs 30
within 'one is larger than the cluster' said 'event=reject at_ms=[0-9]* job=31 '
kill -9 $driver
wait $driver 2>/dev/null
printf 'n0|idle|gpu:4|main|0/64/0/64|0|\nn2|idle|gpu:4|main|0/64/0/64|0|\n' >nodes
expect 2 'journal: it speaks of other nodes or accounts (nodes gone: n1:4; nodes new: n0:4), and jobs have GPUs that are gone: 30; undo' drive-slurm --config drive.toml
printf 'n0|idle|gpu:8|main|0/64/0/64|0|\nn1|idle|gpu:4|main|0/64/0/64|0|\n' >nodes
port=$(free_port)
config best_effort_fifo
drive
within 'it goes on' said 'event=cluster_changed why="nodes gone: n2:4; nodes new: n0:8"'
check 'with those that live' said 'event=journal file=.* jobs=2'
check 'in the numbers of the new cluster' grep -q '^#nodes n0:8 n1:4$' journal
within 'and uses what is new' runs 32
check 'for whom it is large enough' grep -q ' n0$' jobs/32
within 'what was too large is not, any more' metric 'rota_jobs{phase="waiting"} 1'
finish 30
finish 32
within 'who ran has ended' said 'event=finish at_ms=[0-9]* job=30 run=1'
within 'and that one runs' runs 31
kill -TERM $driver
wait $driver
expect 0 'records of 3 jobs keep every law' check-journal journal
check 'none was broken' [ "$(grep -c 'event=law_broken' drive.log)" = 0 ]
check 'and nothing was started twice' [ "$(sort verbs | uniq -d)" = '' ]
rm nodes jobs/*

# --- somebody rings
rm -f journal
port=$(free_port)
config fifo
sed -i "s|^poll_s = .*|poll_s = 60\nwake_up = \"$here/bell\"|" drive.toml
drive
within 'it looks once' metric 'rota_rounds_total 1'
submit 5 2
sleep 0.3
check 'and has a minute until the next look' grep -q '^PENDING' jobs/5
expect 0 '' wake-up bell
within 'it is woken' said 'event=start at_ms=[0-9]* job=5 '
within 'and counts it' metric 'rota_wake_ups_total 1'
sed 's|^file = .*|file = "other"|; s/"main"/"other"/; s/^port = .*/port = 0/' drive.toml >second.toml
expect 2 '/bell: another driver listens there' drive-slurm --config second.toml
kill -TERM $driver
wait $driver
check 'it leaves at once' [ $? = 0 ]
expect 1 'bell: No such file or directory' wake-up bell
finish 5

# --- its journal grows long
rm jobs/* verbs journal
port=$(free_port)
config fifo
sed -i "s|^\[metrics\]|compact_kib = 1\n[metrics]|" drive.toml
submit 10 4
submit 11 4
drive
within 'two run' runs 11
for i in $(seq 12 24); do submit "$i" 4; done
within 'it begins anew' said 'event=journal_compacted bytes=[0-9]* before=[0-9]* jobs=15'
check 'beside nothing' [ ! -e journal.new ]
finish 10
within 'it goes on' said 'event=finish at_ms=[0-9]* job=10 '
within 'with the next' runs 12
rm jobs/10
kill -9 $driver
wait $driver 2>/dev/null
finish 11
port=$(free_port)
config fifo
drive
within 'and comes back' said 'event=journal file=.* jobs=14'
within 'and knows who ran' said 'event=finish at_ms=[0-9]* job=11 '
within 'and goes on' runs 13
check 'from how things stood' grep -q '^stand ' journal
expect 0 'keep every law' check-journal journal --claims strict_fifo,non_preemptive --log schedule.log
check 'with which its schedule log begins' grep -q '^[0-9]* start 0.1 #1 - 0 n0:f' schedule.log
check 'and started nothing twice' [ "$(sort verbs | uniq -d)" = '' ]
kill -TERM $driver
wait $driver

# --- it only looks
rm jobs/* journal other
submit 3 8
sed -i "s/^PENDING 0 0 8 -/RUNNING 5 0 8 n1,n2/" jobs/3
config fifo
: >verbs
submit 4 2
drive --dry-run
within 'what Slurm does' said 'event=slurm_started job=3 nodes=n1:4,n2:4 wanted=-'
finish 3
within 'and what it would do' said 'event=would_start job=4 nodes=n1:2'
sed -i 's/^PENDING 0 0 2 -/RUNNING 5 0 2 n2/' jobs/4
within 'beside what Slurm did' said 'event=slurm_started job=4 nodes=n2:2 wanted=n1:2'
kill -INT $driver
wait $driver
check 'it leaves on SIGINT with 0' [ $? = 0 ]
check 'no verb was said' [ ! -s verbs ]
config fifo
sed -i 's/^\[journal\]/[log]\nformat = "json"\n[journal]/' drive.toml
drive
within 'the same as JSON' said '{"time":"[^"]*","event":"started","slurm":"22.05.8","partition":"main"'
kill -TERM $driver
wait $driver
end
