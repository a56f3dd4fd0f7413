#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""simulator_log.py RESULT NODESxGPUS JOBS.csv [ROUND_S]: what a simulator did, as a schedule log, which it prints, and the workload of it.

RESULT is what the simulator wrote of its jobs, known by its columns, in seconds:
  Tiresias   job.csv: job_id, num_gpu, submit_time, start_time, end_time, duration, preempt
  Helios     POLICY_PLACER_VC_log.csv of one vc: gpu_num, submit_time, start_time, end_time, duration, ckpt_times, nodes; Lucid's, too
  Blox       PREFIX_run_time_stats.json, beside it PREFIX_job_stats.json and PREFIX_responsivness.json; ROUND_S is how long a round takes
  any other  job_id, num_gpu, submit, start, finish, duration, preempt
It tells when a job began first and when it ended. Nobody knows from that when one ran that was stopped between: it is left out, and so
is one that shared its GPUs, ran elsewhere or never ran. How many those are stands in the log's second line; what they held looks idle.
Only Helios and Lucid tell where a job ran. Others' get the first idle GPUs of the cluster, and where too few are idle some that are held:
the log says so as the result does. What began in the same second is told in the order of submission. A job's limit is its duration.
"""
import ast
import bisect
import collections
import csv
import decimal
import json
import re
import sys

MEANS = ("gpus", "submit", "start", "end", "duration", "stops")
COLUMNS = {
    "Tiresias": ("num_gpu", "submit_time", "start_time", "end_time", "duration", "preempt", "job_id"),
    "Helios": ("gpu_num", "submit_time", "start_time", "end_time", "duration", "ckpt_times", "nodes"),
    "any other": ("num_gpu", "submit", "start", "finish", "duration", "preempt", "job_id"),
}
NEVER_MS = 1000 * 2**62  # Helios writes the largest integer for what has not happened
BLOX = "_run_time_stats.json"


def refuse(place, read, expected):
    sys.exit(f"{place}: error: read '{read}', expected {expected}")


def ms(place, text, name):
    try:
        value = 1000 * decimal.Decimal(text)
        if value >= 0 and value == int(value):
            return int(value)
    except (decimal.InvalidOperation, OverflowError, ValueError):
        pass
    refuse(place, text, f"seconds in {name}")


def whole(place, text, name, least=0):
    if not re.fullmatch(r"[0-9]{1,15}(\.0+)?", text) or int(text.partition(".")[0]) < least:
        refuse(place, text, f"a whole number from {least} in {name}")
    return int(text.partition(".")[0])


def parts_of(place, text, gpus):
    """[{0: 8}, {3: 2}] of Helios, [{0: [4, 5]}] of Lucid: nodes, each with how many of its GPUs, or which."""
    try:
        parts = [(int(node), had) for one in ast.literal_eval(text) for node, had in one.items()]
        if sum(had if isinstance(had, int) else len(set(had)) for _, had in parts) == gpus:
            return parts
    except (ValueError, SyntaxError, TypeError, AttributeError):
        pass
    refuse(place, text, f"the nodes of {gpus} GPUs")


def elsewhere(row):
    """Whether a job of Lucid's ended in the profiler, which has nodes of its own, or had its GPUs together with another."""
    if row.get("toskip", "0") != "0":
        return "ran elsewhere"
    alone = row.get("exclusive", "1") == "1" and all(row.get(when, "0") in ("0", "0.0") for when in ("Tcolocate", "Tdelocate"))
    return None if alone else "shared"


def jobs_of_csv(path):
    with open(path, encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        has = rows.fieldnames or []
        form = next((form for form, columns in COLUMNS.items() if set(has) >= set(columns)), None)
        if form is None:
            refuse(f"{path}:1", ",".join(has), "the columns of Tiresias, of Helios, or " + ",".join(COLUMNS["any other"]))
        named, vc = dict(zip(MEANS, COLUMNS[form])), None
        for row in rows:
            place = f"{path}:{rows.line_num}"
            if None in row or None in row.values():
                refuse(place, "more or fewer values", f"{len(has)} of them")
            vc = vc or row.get("vc")
            if row.get("vc") != vc:
                refuse(place, row["vc"], f"the jobs of one vc, as of {vc}: each has nodes of its own")
            job = {name: ms(place, row[named[name]], named[name]) for name in ("submit", "start", "end", "duration")}
            job["gpus"] = whole(place, row[named["gpus"]], named["gpus"], 1)
            job["why"] = "never ran" if job["end"] >= NEVER_MS else elsewhere(row)
            if whole(place, row[named["stops"]], named["stops"]) != 0:
                job["why"] = "stopped"
            # of the same second: Helios's rows stand in the order of submission, those of others in the order of their ends
            job["tie"] = rows.line_num if form == "Helios" else whole(place, row["job_id"], "job_id")
            told = form == "Helios" and job["why"] is None
            yield job | {"place": place, "parts": parts_of(place, row["nodes"], job["gpus"]) if told else None}


def jobs_of_blox(path, round_ms):
    def read(name):
        with open(name, encoding="utf-8") as file:
            try:
                return json.load(file)
            except json.JSONDecodeError as wrong:
                sys.exit(f"{name}:{wrong.lineno}:{wrong.colno}: error: {wrong.msg}")

    ends, seen = (read(path.removesuffix(BLOX) + of) for of in ("_job_stats.json", "_responsivness.json"))
    for name, of in read(path).items():
        place = f"{path}: job {name}"
        try:
            told = {"submit_time": of["submit_time"], "job_duration": of["job_duration"], "its responsiveness": seen[name][1]}
            told |= {"its end": ends[name][1], "attained_service": of["tracked_metrics"]["attained_service"]}
            gpus = whole(place, str(of["num_GPUs"]), "num_GPUs", 1)
        except (KeyError, IndexError, TypeError) as wrong:
            refuse(place, "nothing", f"{wrong}, here and in the files beside it")
        submit, duration, first, end, held = (ms(place, str(told[what]), what) for what in told)
        job = {"place": place, "gpus": gpus, "submit": submit, "end": end, "duration": duration, "parts": None}
        job["start"] = first - round_ms  # that it runs is seen when its first round ends
        job["why"] = None if job["start"] + held == end else "stopped"
        yield job | {"tie": whole(place, name, "the job's number")}


class Gpus:
    """Those of the cluster, by number; idle ones in order."""

    def __init__(self, nodes, each):
        self.each, self.all = each, nodes * each
        self.users, self.idle = [0] * self.all, list(range(self.all))

    def take(self, first, last, count):
        """The first idle ones of a stretch; where they are too few, the first held ones besides."""
        begin, end = bisect.bisect_left(self.idle, first), bisect.bisect_left(self.idle, last)
        chosen = self.idle[begin : min(end, begin + count)]
        del self.idle[begin : begin + len(chosen)]
        if len(chosen) < count:
            idle = set(chosen)
            chosen += [gpu for gpu in range(first, last) if gpu not in idle][: count - len(chosen)]
        for gpu in chosen:
            self.users[gpu] += 1
        return chosen

    def start(self, job):
        stretches = [(0, self.all, job["gpus"])]
        if job["parts"] is not None:
            stretches = []
            for node, had in job["parts"]:
                begin = node * self.each
                counted = isinstance(had, int)
                stretches += [(begin, begin + self.each, had)] if counted else [(begin + gpu, begin + gpu + 1, 1) for gpu in had]
        if any(first < 0 or last > self.all or not 0 < count <= last - first for first, last, count in stretches):
            wanted = f"{job['gpus']} GPUs" + (f" on {job['parts']}" if job["parts"] else "")
            refuse(job["place"], wanted, f"GPUs of a cluster of {self.all // self.each}x{self.each}")
        return [gpu for first, last, count in stretches for gpu in self.take(first, last, count)]

    def end(self, held):
        for gpu in held:
            self.users[gpu] -= 1
            if self.users[gpu] == 0:
                bisect.insort(self.idle, gpu)

    def text(self, held):
        masks = collections.Counter()
        for gpu in set(held):
            masks[gpu // self.each] += 1 << gpu % self.each
        return " ".join(f"n{node}:{mask:x}@1000/0/0" for node, mask in sorted(masks.items()))


def log_of(jobs, origin, gpus):
    # in the same second ends come first, unless a run began in it
    events = []
    for j, job in enumerate(jobs):
        events += [(job["submit"], 1, j), (job["start"], 2, j), (job["end"], 3 if job["end"] == job["start"] else 0, j)]
    held, order, log = {}, {}, []
    for at, what, j in sorted(events):
        now = at - origin
        if what == 1:
            log.append(f"{now} submit {j}.0 #0 - {jobs[j]['gpus']}")
        elif what == 2:
            held[j], order[j] = gpus.start(jobs[j]), len(order) + 1
            log.append(f"{now} start {j}.1 #{order[j]} - 0 {gpus.text(held[j])}")
        else:
            gpus.end(held.pop(j))
            log.append(f"{now} finish {j}.1 #{order[j]} - 0")
    return log


def main():
    shape = re.fullmatch(r"([1-9][0-9]{0,5})x([1-9][0-9]?)", sys.argv[2]) if len(sys.argv) in (4, 5) else None
    if shape is None or (len(sys.argv) == 5) != sys.argv[1].endswith(BLOX):
        sys.exit(__doc__)
    path, _, to = sys.argv[1:4]
    try:
        every = list(jobs_of_csv(path) if len(sys.argv) == 4 else jobs_of_blox(path, ms("ROUND_S", sys.argv[4], "it")))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        sys.exit(f"{path}: error: {wrong}")
    jobs = sorted((job for job in every if job["why"] is None), key=lambda job: (job["submit"], job["tie"]))
    reasons = collections.Counter(job["why"] for job in every if job["why"] is not None)
    left_out = ", ".join(f"{count} {why}" for why, count in sorted(reasons.items())) or "none"
    said = f"{len(jobs)} jobs, left out: {left_out}"
    if not jobs:
        sys.exit(f"{path}: error: {said}")
    for job in jobs:
        if job["end"] < job["start"]:
            refuse(job["place"], f"{job['end'] / 1000:g}", f"an end that is not before the start, {job['start'] / 1000:g}")
    origin = min(min(job["submit"], job["start"]) for job in jobs)
    log = log_of(jobs, origin, Gpus(int(shape[1]), int(shape[2])))
    with open(to, "w", encoding="utf-8") as out:
        out.write("#rota-workload 1\nsubmit_ms,gpus,limit_ms,duration_ms\n")
        for job in jobs:
            out.write(f"{job['submit'] - origin},{job['gpus']},{job['duration']},{job['duration']}\n")
    print(f"#rota-log 1\n# {said}")
    print("\n".join(log))
    print(said, file=sys.stderr)


if __name__ == "__main__":
    main()
