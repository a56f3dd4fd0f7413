#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""slurm_log.py ACCOUNTING NODES GPUS JOBS.csv: what Slurm did, as a schedule log, which it prints, and the workload of it.

Reads what `SLURM_TIME_FORMAT=%s sacct --allocations --duplicates --parsable2` printed of JobID, State, Submit, Eligible, Start, End,
TimelimitRaw, ReqTRES, AllocTRES, NodeList; NODES is a host list such as n[01-16], each of GPUS GPUs. The accounting tells how many
GPUs a run held, not which: it gets the first idle ones of its nodes, as many on each. Where too few are idle it gets some that are
held: the log says so as the accounting does. Jobs without GPUs, and those that still wait or run, are left out.
"""
import csv
import re
import sys

ENDS = {
    "COMPLETED": ("finish", "-", "completed"),
    "CANCELLED": ("cancel", "user", "cancelled"),
    "PREEMPTED": ("cancel", "user", "cancelled"),
    "TIMEOUT": ("fail", "timed_out", "timed_out"),
    "DEADLINE": ("fail", "timed_out", "timed_out"),
    **{state: ("fail", "job_error", "failed") for state in ("FAILED", "OUT_OF_MEMORY", "BOOT_FAIL", "NODE_FAIL", "REQUEUED")},
}
NEEDED = ("JobID", "State", "Submit", "Start", "End", "TimelimitRaw", "ReqTRES", "AllocTRES", "NodeList")
UNFINISHED = {"PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING"}


def refuse(path, line, read, expected):
    sys.exit(f"{path}:{line}: error: read '{read}', expected {expected}")


def hosts(text):
    """n[1-3,7],m2: the nodes that a host list names."""
    names = []
    for one in re.findall(r"[^,\[]+(?:\[[^\]]*\])?[^,\[]*", text):
        prefix, ranges, suffix = re.fullmatch(r"([^\[]*)(?:\[([^\]]*)\])?(.*)", one).groups()
        for part in (ranges or "").split(","):
            first, _, last = part.partition("-")
            for n in range(int(first), int(last or first) + 1) if part else [""]:
                names.append(f"{prefix}{str(n).zfill(len(first))}{suffix}")
    return names


def gpus_of(tres):
    found = re.search(r"(?:^|,)gres/gpu=(\d+)", tres or "")
    return int(found[1]) if found else 0


def read_jobs(path):
    """Jobs by submission, each with its rows by start; of the rest how many were left out."""
    jobs = {}
    with open(path, encoding="utf-8", newline="") as lines:
        for line, row in enumerate(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE), 2):
            for column in NEEDED:
                if row.get(column) is None:
                    refuse(path, line, "nothing", f"column {column}")
            row["State"] = row["State"].partition(" ")[0]
            if row["State"] not in ENDS.keys() | UNFINISHED:
                refuse(path, line, row["State"], "the state of a job that waits, runs or ran")
            for column in ("Submit", "Start", "End"):
                if not row[column].isdigit() and (column == "Submit" or row[column] not in ("Unknown", "None")):
                    refuse(path, line, row[column], f"seconds in {column}, as SLURM_TIME_FORMAT=%s prints them")
            if row["State"] in ENDS and not row["End"].isdigit():
                refuse(path, line, row["End"], "the End of a job that is over")
            if "." not in row["JobID"]:
                jobs.setdefault(row["JobID"], []).append(row | {"line": line})
    kept = []
    for rows in jobs.values():
        gpus = max(gpus_of(row["AllocTRES"] or row["ReqTRES"]) for row in rows)
        if gpus == 0 or any(row["State"] in UNFINISHED for row in rows):
            continue
        runs = [row for row in rows if row["Start"].isdigit() and row["NodeList"] != "None assigned"]
        runs.sort(key=lambda row: int(row["Start"]))
        eligible = max(int(rows[0][column]) for column in ("Submit", "Eligible") if (rows[0].get(column) or "").isdigit())
        submit = min(eligible, int(runs[0]["Start"] if runs else rows[-1]["End"]))  # cancelled before it was eligible
        kept.append({"id": rows[0]["JobID"], "submit": submit, "gpus": gpus, "runs": runs, "last": rows[-1]})
    kept.sort(key=lambda job: job["submit"])
    return kept, len(jobs) - len(kept)


def write_workload(path, jobs, origin):
    with open(path, "w", encoding="utf-8") as out:
        out.write("#rota-workload 1\njob_id,submit_ms,gpus,limit_ms,duration_ms,outcome\n")
        for job in jobs:
            run_ms = 1000 * (int(job["runs"][-1]["End"]) - int(job["runs"][-1]["Start"])) if job["runs"] else 0
            minutes = job["last"]["TimelimitRaw"]
            limit_ms = 60_000 * int(minutes) if minutes.isdigit() else ""
            outcome = ENDS[job["last"]["State"]][2]
            submit_ms = 1000 * (job["submit"] - origin)
            out.write(f"{job['id']},{submit_ms},{job['gpus']},{limit_ms},{run_ms},{outcome}\n")


def log_of(path, jobs, origin, nodes, gpus_of_node):
    # in the same second ends come first, unless a run began in it
    events = [(job["submit"], 1, j, 0) for j, job in enumerate(jobs)]
    for j, job in enumerate(jobs):
        for k, row in enumerate(job["runs"]):
            start, end = int(row["Start"]), int(row["End"])
            events += [(start, 2, j, k), (end, 3 if end == start else 0, j, k)]
        if not job["runs"]:
            events.append((int(job["last"]["End"]), 3, j, None))
    held, order, log = {}, 0, ["#rota-log 1"]
    for at, what, j, k in sorted(events, key=lambda event: event[:3]):
        job, now = jobs[j], 1000 * (at - origin)
        kind, why, _ = ENDS[job["last"]["State"]]
        if what == 1:
            log.append(f"{now} submit {j}.0 #0 - {job['gpus']}")
        elif k is None:
            log.append(f"{now} {kind} {j}.0 #0 {why} 0")
        elif what == 2:
            order += 1
            row = job["runs"][k]
            mine, gpus = hosts(row["NodeList"]), gpus_of(row["AllocTRES"])
            each, left = divmod(gpus, len(mine))
            if not nodes.keys() >= set(mine) or left != 0 or not 0 < each <= gpus_of_node:
                what = "nodes that were named, and as many GPUs on each"
                refuse(path, row["line"], f"{gpus} GPUs on {row['NodeList']}", what)
            parts = []
            for name in mine:
                taken = {gpu for where in held.values() for node, gpu in where if node == name}
                chosen = sorted(range(gpus_of_node), key=lambda gpu: (gpu in taken, gpu))[:each]
                held.setdefault((j, k), []).extend((name, gpu) for gpu in chosen)
                parts.append(f"n{nodes[name]}:{sum(1 << gpu for gpu in chosen):x}@1000/0/0")
            job["order"] = order
            log.append(f"{now} start {j}.{k + 1} #{order} - 0 {' '.join(parts)}")
        else:
            held.pop((j, k), None)
            if k + 1 != len(job["runs"]):
                kind, why = "interrupt", "node_down" if job["runs"][k]["State"] in ("NODE_FAIL", "BOOT_FAIL") else "lost"
            log.append(f"{now} {kind} {j}.{k + 1} #{job['order']} {why} 0")
    return log


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    path, names, gpus, to = sys.argv[1:]
    jobs, left_out = read_jobs(path)
    if not jobs:
        sys.exit(f"{path}: error: no job that has ended and had GPUs")
    origin = min(job["submit"] for job in jobs)
    log = log_of(path, jobs, origin, {name: n for n, name in enumerate(hosts(names))}, int(gpus))
    write_workload(to, jobs, origin)
    print("\n".join(log))
    print(f"{len(jobs)} jobs, {left_out} left out", file=sys.stderr)


if __name__ == "__main__":
    main()
