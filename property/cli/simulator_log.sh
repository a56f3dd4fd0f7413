#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What other simulators say of their jobs: examples/foreign/simulator_log.py makes a log of it, `rota check-log` judges that.
# The source's path is in ROTA_SOURCE.
set -u
source "$(dirname "$0")/../tally.sh"
foreign=${ROTA_SOURCE:?the path of the source}/examples/foreign/simulator_log.py
needs python3
read_as() { # what it says, result, what follows the workload
    python3 "$foreign" "$2" 2x4 jobs.csv "${@:3}" >schedule.log 2>err.txt
    check "$2 is read, $1" test $? = 0 -a "$(cat err.txt)" = "$1"
}
judge() { # code, text that it says, options
    expect "$1" "$2" check-log --workload jobs.csv --cluster 2x4 --log schedule.log --placement first_fit "${@:3}"
}
refused() { # text, arguments
    python3 "$foreign" "${@:2}" >no.log 2>err.txt
    check "$2: code $?, $1" grep -qF -- "$1" err.txt
    check "$2 makes no log" test ! -s no.log -a ! -e no.csv
}

# Tiresias: job 3 waits behind 2, which needs all GPUs; 4 is stopped once; rows stand as jobs end, lines end as Python's csv ends them
cat >job.csv <<'END'
time,job_id,num_gpu,submit_time,start_time,end_time,executed_time,JCT,duration,pending_time,preempt,resume,promote
100,1,6,0,0,100,100,100,100,0,0,0,0
150,2,8,1,100,150,50,149,50,99,0,0,0
160,3,2,2,150,160,10,158,10,148,0,0,0
400,4,2,3,160,400,240,397,40,357,1,1,0
END
sed -i 's/$/\r/' job.csv
read_as '3 jobs, left out: 1 stopped' job.csv
check 'the log says who is left out' grep -qx '# 3 jobs, left out: 1 stopped' schedule.log
judge 0 'P2 holds' --claims strict_fifo,head_never_waits
judge 0 '9 records keep every law' --claims strict_fifo,head_never_waits
judge 1 'W2 broken' --claims work_conserving
sed 's/,150,160,10,158,10,148,/,2,12,10,10,10,0,/' job.csv >passed_by.csv
read_as '3 jobs, left out: 1 stopped' passed_by.csv
judge 1 'P2 broken' --claims strict_fifo
judge 0 'W2 holds' --claims work_conserving
sed 's/,1,100,150,/,1,99,149,/' job.csv >too_early.csv
read_as '3 jobs, left out: 1 stopped' too_early.csv
judge 1 'S1 broken'
sed 's/,50,149,50,/,50,149,51,/' job.csv >too_short.csv
read_as '3 jobs, left out: 1 stopped' too_short.csv
judge 1 'A1 broken'
judge 0 'S1 holds' --any-run-time
sed 's/^100,1,6,0,/100,1,6,40,/' job.csv >before_it_came.csv
read_as '3 jobs, left out: 1 stopped' before_it_came.csv
judge 1 'T2 broken'
sed 's/,preempt,resume,/,preempt,/; s/,0,0,0\r/,0,0\r/; s/,1,1,0\r/,1,0\r/' job.csv >yarn.csv # where the scheme is not count
read_as '3 jobs, left out: 1 stopped' yarn.csv
judge 0 '9 records keep every law' --claims strict_fifo,head_never_waits

# Helios: nodes are told, and times may be fractions; of the same second the first row came first
cat >helios.csv <<'END'
job_id,user,vc,jobname,gpu_num,cpu_num,state,submit_time,duration,remain,start_time,end_time,ckpt_times,queue,jct,status,nodes,priority,random
70,u1,vc0,a,3,6,COMPLETED,0,100,0,0.0,100.0,0,0.0,100.0,end,[{0: 3}],-1,0
71,u2,vc0,b,6,6,CANCELLED,5,20,0,100.0,120.0,0,95.0,115.0,end,"[{0: 4}, {1: 2}]",-1,0
60,u2,vc0,c,1,6,FAILED,5,20,0,100.0,120.0,0,95.0,115.0,end,[{1: 1}],-1,0
73,u2,vc0,d,1,6,COMPLETED,6,20,0,100.0,140.0,1,95.0,134.0,end,[{1: 1}],-1,0
74,u2,vc0,e,1,6,COMPLETED,900,20,20,9.223372036854776e+18,9.223372036854776e+18,0,0,9.2e+18,,[],-1,0
END
read_as '3 jobs, left out: 1 never ran, 1 stopped' helios.csv
check 'on the nodes that are told' grep -qx '100000 start 1.1 #2 - 0 n0:f@1000/0/0 n1:3@1000/0/0' schedule.log
judge 0 '9 records keep every law' --claims strict_fifo
sed 's/\[{1: 1}\]/[{0: 1}]/' helios.csv >same_node.csv
read_as '3 jobs, left out: 1 never ran, 1 stopped' same_node.csv
judge 1 'S1 broken'

# Lucid: which GPUs, too; jobs may share them, or end in its profiler
cat >lucid.csv <<'END'
vc,gpu_num,submit_time,duration,start_time,end_time,ckpt_times,nodes,toskip,exclusive,Tcolocate,Tdelocate
vc0,2,0,100,0,100,0,"[{0: [0, 1]}]",0,1,0,0
vc0,2,1,100,1,101,0,"[{0: [2, 3]}]",0,1,0,0
vc0,2,2,50,2,52,0,"[{1: [0, 1]}]",0,0,0,0
vc0,2,3,50,3,53,0,"[{1: [0, 1]}]",0,1,3,52.0
vc0,1,3,50,3,53,0,[{9: [0]}],1,1,0,0
END
read_as '2 jobs, left out: 1 ran elsewhere, 2 shared' lucid.csv
judge 0 '6 records keep every law' --claims strict_fifo
sed 's/\[2, 3\]/[1, 2]/' lucid.csv >same_gpu.csv
read_as '2 jobs, left out: 1 ran elsewhere, 2 shared' same_gpu.csv
judge 1 'S1 broken'

# Blox: rounds of 300 s; that a job runs is seen when its round ends; 9 was stopped
blox=x_7_9_Fifo_load_1.0
cat >${blox}_run_time_stats.json <<'END'
{"7": {"job_id": 7, "submit_time": 0, "num_GPUs": 8, "job_duration": 310, "tracked_metrics": {"attained_service": 600, "job_exit": true}},
 "8": {"job_id": 8, "submit_time": 0, "num_GPUs": 4, "job_duration": 300, "tracked_metrics": {"attained_service": 300, "job_exit": true}},
 "9": {"job_id": 9, "submit_time": 30, "num_GPUs": 4, "job_duration": 600, "tracked_metrics": {"attained_service": 600, "job_exit": true}}}
END
echo '{"7": [0, 600], "8": [0, 900], "9": [30, 1500]}' >${blox}_job_stats.json
echo '{"7": [0, 300], "8": [0, 900], "9": [30, 900]}' >${blox}_responsivness.json
read_as '2 jobs, left out: 1 stopped' ${blox}_run_time_stats.json 300
check 'a round before it is seen' grep -q '^600000 start 1.1 ' schedule.log
judge 0 '6 records keep every law' --claims strict_fifo --any-run-time
judge 1 'A1 broken'

# any other, in the columns of ours
cat >other.csv <<'END'
job_id,num_gpu,submit,start,finish,jct,duration,wait,preempt
0,4,0.5,0.5,10.5,10,10,0,0
1,4,1,1,11,10,10,0,0
END
read_as '2 jobs, left out: none' other.csv
judge 0 '6 records keep every law' --claims strict_fifo,work_conserving
# 1 begins too early on GPUs of 0, which are its own when 0 ends
cat >other.csv <<'END'
job_id,num_gpu,submit,start,finish,jct,duration,wait,preempt
0,8,0,0,100,100,100,0,0
1,4,1,50,150,149,100,49,0
2,4,2,100,110,108,10,98,0
END
read_as '3 jobs, left out: none' other.csv
check 'a GPU is idle when nobody has it' grep -qx '100000 start 2.1 #3 - 0 n1:f@1000/0/0' schedule.log
judge 1 'S1 broken'

refused 'simulator_log.py RESULT' job.csv 2x4
refused 'simulator_log.py RESULT' job.csv 2x no.csv
refused 'simulator_log.py RESULT' job.csv 2x4 no.csv 300
refused 'simulator_log.py RESULT' ${blox}_run_time_stats.json 2x4 no.csv
refused "absent.csv: error: " absent.csv 2x4 no.csv
refused "job.csv:2: error: read '6 GPUs', expected GPUs of a cluster of 1x4" job.csv 1x4 no.csv
wrong() { # text, expression of sed, result
    sed "$2" "$3" >"wrong_$3"
    refused "wrong_$3:$1" "wrong_$3" 2x4 no.csv
}
wrong "1: error: read 'time,job,num_gpu," '1s/job_id/job/' job.csv
wrong "3: error: read 'soon', expected seconds in start_time" '3s/,100,/,soon,/' job.csv
wrong "3: error: read '-100', expected seconds in start_time" '3s/,100,/,-100,/' job.csv
wrong "3: error: read '0.00001', expected seconds in start_time" '3s/,100,/,0.00001,/' job.csv
wrong "2: error: read '0', expected a whole number from 1 in num_gpu" '2s/,6,/,0,/' job.csv
wrong "4: error: read '2', expected an end that is not before the start, 150" '4s/,160,/,2,/' job.csv
wrong "4: error: read 'more or fewer values', expected 13 of them" '4s/,0\r$/\r/' job.csv
wrong "3: error: read '[{0: 4}, {1: 3}]', expected the nodes of 6 GPUs" 's/{1: 2}/{1: 3}/' helios.csv
wrong "3: error: read '6 GPUs on [(0, 4), (2, 2)]', expected GPUs of a cluster of 2x4" 's/{1: 2}/{2: 2}/' helios.csv
wrong "3: error: read '__import__" 's/"\[{0: 4}.*]"/__import__("os")/' helios.csv
wrong "4: error: read 'vc1', expected the jobs of one vc, as of vc0" '4s/vc0/vc1/' helios.csv
wrong " error: 0 jobs, left out: 1 stopped" '2,4d' job.csv
sed -i 's/"8": \[0, 900\], //' ${blox}_job_stats.json
refused "job 8: error: read 'nothing', expected '8', here and in the files beside it" ${blox}_run_time_stats.json 2x4 no.csv 300
echo '{"7": ' >${blox}_job_stats.json
refused "${blox}_job_stats.json:2:1: error: Expecting value" ${blox}_run_time_stats.json 2x4 no.csv 300
end
