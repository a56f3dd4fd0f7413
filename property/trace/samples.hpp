// SPDX-License-Identifier: BSL-1.0
// Sound inputs of every format, for tests to spoil.
#ifndef ROTA_PROPERTY_TRACE_SAMPLES_HPP
#define ROTA_PROPERTY_TRACE_SAMPLES_HPP

#include <string>
#include <string_view>
#include <vector>

#include <rota/trace/options.hpp>

/// A sound input of each format, five rows, in order of submission.
struct sample {
    std::string_view format;
    std::string header;
    std::vector<std::string> rows;
    std::string bad_row; ///< one row whose second field is no number

    [[nodiscard]] std::string text(std::string_view end = "\n") const {
        auto out = header.empty() ? std::string{} : header + std::string{end};
        for (auto const& row : rows) out.append(row).append(end);
        return out;
    }
};

[[nodiscard]] inline std::vector<sample> const& samples() {
    static auto const all = std::vector<sample>{
        {"tiresias",
         "job_id,num_gpu,submit_time,iterations,model_name,duration,interval",
         {"1,1,0,10,vgg,60,0", "2,2,5,10,vgg,61.5,5", "3,4,5,10,vgg,0,0", "4,8,9,10,vgg,63,4",
          "5,16,20,1,vgg,1,11"},
         "6,x,21,1,vgg,1,1"},
        {"philly",
         "timestamp,duration,num_gpus,gpu_time,cluster",
         {"2017-10-09 07:01:55,66.0,1,66.0,aa", "2017-10-09 07:02:55,66.0,1,66.0,bb",
          "2017-10-09 07:03:55,66.0,2,132.0,aa", "2017-10-10 00:00:00,1,8,8,cc",
          "2017-10-10 00:00:00,1,1,1,"},
         "2017-10-11 00:00:00,x,1,66.0,aa"},
        {"helios",
         "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue",
         {"1,u1,v1,8,64,1,COMPLETED,2020-04-01 00:00:00,2020-04-01 00:00:05,2020-04-01 00:01:05,60,5",
          "2,u2,v1,1,3,1,CANCELLED,2020-04-01 00:00:01,2020-04-01 00:00:05,2020-04-01 00:01:05,60,4",
          "3,u1,v2,0,8,1,COMPLETED,2020-04-01 00:00:02,2020-04-01 00:00:05,2020-04-01 00:01:05,60,3",
          "4,u3,v1,2,8,1,FAILED,2020-04-01 00:00:03,2020-04-01 00:00:05,2020-04-01 00:01:05,60,2",
          "5,u1,v3,2,8,1,TIMEOUT,2020-04-01 00:00:04,None,None,60,1"},
         "6,u1,v3,x,8,1,TIMEOUT,2020-04-01 00:00:04,,,60,1"},
        {"helios",
         "job_id,arrival_s,service_sec,gpu_count",
         {"1#0,0.0,60.0,8", "2#1,1.5,60.0,8", "3#2,2.0,60.0,1", "4#3,2.0,60.0,1", "5#4,3.0,0.0,1"},
         "6#5,x,60.0,8"},
        {"itp",
         "job_id,submission_time,duration,num_gpu,deadline",
         {"a,100,600,1,800", "b,100,601,2,900", "c,101,700,4,", "d,200,700,4,200", "e,300,700,64,9999"},
         "f,x,700,4,"},
        {"openb",
         "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,"
         "scheduled_time",
         {"p0,12000,16384,1,1000,,LS,Running,0,100,0", "p1,6000,12288,1,460,T4|P100,BE,Failed,5,90,7",
          "p2,6000,12288,0,0,,LS,Succeeded,6,90,7", "p3,90001,262144,8,1000,P100,LS,Succeeded,7,90,8",
          "p4,6000,12288,1,460,,LS,Pending,8,90,"},
         "p5,x,12288,1,460,,LS,Running,9,90,9"},
        {"swf",
         "; MaxProcs: 64",
         {"1 0 5 60 8 -1 -1 8 120 -1 1 3 1 -1 1 -1 -1 -1", "2 1 5 60 8 -1 -1 8 30 -1 0 4 1 -1 1 -1 -1 -1",
          "3 1 5 -1 8 -1 -1 8 120 -1 5 3 1 -1 1 -1 -1 -1", "4 2 5 60.5 -1 -1 -1 8 -1 -1 5 -1 1 -1 1 -1 -1",
          "5 3 5 60 8 -1 -1 8 120 -1 -1 3 1 -1 1 -1 -1 -1 extra {n1,n2}"},
         "6 x 5 60 8 -1 -1 8 120 -1 1 3 1 -1 1 -1 -1 -1"},
        {"sacct",
         "JobID|User|Account|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|ReqTRES|AllocTRES",
         {"7|ann|v|COMPLETED|100|110|170|60|2|cpu=4,gres/gpu=2,mem=8G,node=1|cpu=4,gres/gpu=2,mem=8G,node=1",
          "8_1|bob|v|TIMEOUT|101|111|171|60|1|cpu=4,gres/gpu=1|cpu=4,gres/gpu:t4=1",
          "8_[2-3]|bob|w|PENDING|101|Unknown|Unknown|0|1|cpu=4,gres/gpu=1|",
          "9|\"x|w|CANCELLED by 0|102|112|172|60|UNLIMITED||gres/gpu=16,cpu=1",
          "9.batch||w|CANCELLED|112|112|172|60|||cpu=1,mem=8G"},
         "10|bob|w|COMPLETED|103|113|173|x|1|gres/gpu=1|gres/gpu=1"},
        {"csv",
         "gpus,id,submit,duration",
         {"1,a,0,60", "2,b,0.5,60.25", "3,c,1,61", "4,d,1,62", "5,e,7,63"},
         "6,f,8,x"},
        {"rota",
         "#rota-workload 1\n#tenant,1,0,2,64000,one, "
         "\"quoted\"\njob_id,submit_ms,gpus,gpus_max,milli,span,tenant,"
         "user,priority,deadline_ms,duration_ms,rate_1,knee,outcome",
         {"a,0,1,,,,,,,,60,,,", "b,5,2,8,,one_rack,1,7,-3,900,61,2000,4,failed",
          "\"c,\"\"d\",5,1,1,500,,,,,,0,,,", "e,6,1,,,,,,,,1,,,timed_out", "f,7,1,,,,,,,,1,,,"},
         "g,x,1,,,,,,,,1,,,"},
    };
    return all;
}

/// The map that reads the sample of format csv.
[[nodiscard]] inline rota::trace::options csv_options() {
    auto how = rota::trace::options{};
    how.map = "id=id,submit=submit:s,duration=duration:s,gpus=gpus";
    return how;
}

#endif
