#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""shortest_first.py JOBS.csv NODESxGPUS: a scheduler and its simulator that share nothing with rota but two texts.

Reads a workload in format rota, prints the schedule log: shortest limit first, whoever does not fit is passed by.
"""
import csv
import heapq
import sys

UNLIMITED = 1 << 62


def read_jobs(path):
    with open(path, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    rows.sort(key=lambda row: int(row["submit_ms"]))  # stable: the log names jobs by their place in this order
    return [
        {
            "submit": int(row["submit_ms"]),
            "gpus": int(row["gpus"]),
            "limit": int(row.get("limit_ms") or 0) or UNLIMITED,
            "run": int(row["duration_ms"]),
        }
        for row in rows
    ]


def place(gpus, idle):
    """Masks by node, the fullest nodes first; None where it does not fit."""
    where = {}
    for node in sorted(range(len(idle)), key=lambda n: (len(idle[n]), n)):
        taken = sorted(idle[node])[: gpus - sum(len(gpus_of) for gpus_of in where.values())]
        if taken:
            where[node] = taken
    return where if sum(len(gpus_of) for gpus_of in where.values()) == gpus else None


def schedule(jobs, nodes, gpus_of_node):
    idle = [set(range(gpus_of_node)) for _ in range(nodes)]
    events = [(job["submit"], 1, j) for j, job in enumerate(jobs)]  # ends come before submissions of the same time
    heapq.heapify(events)
    waiting, held, order = [], {}, 0
    print("#rota-log 1")
    while events:
        now = events[0][0]
        while events and events[0][0] == now:
            _, submitted, j = heapq.heappop(events)
            if not submitted:
                for node, taken in held[j][1].items():
                    idle[node].update(taken)
                print(f"{now} finish {j}.1 #{held[j][0]} - 0")
                continue
            print(f"{now} submit {j}.0 #0 - {jobs[j]['gpus']}")
            if jobs[j]["gpus"] > nodes * gpus_of_node:
                print(f"{now} reject {j}.0 #0 infeasible 0")
            else:
                waiting.append(j)
        for j in sorted(waiting, key=lambda j: (jobs[j]["limit"], j)):
            where = place(jobs[j]["gpus"], idle)
            if where is None:
                continue
            waiting.remove(j)
            order += 1
            held[j] = order, where
            heapq.heappush(events, (now + jobs[j]["run"], 0, j))
            parts = []
            for node, taken in sorted(where.items()):
                idle[node].difference_update(taken)
                parts.append(f"n{node}:{sum(1 << gpu for gpu in taken):x}@1000/0/0")
            print(f"{now} start {j}.1 #{order} - 0 {' '.join(parts)}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[0])
    nodes, gpus_of_node = map(int, sys.argv[2].split("x"))
    schedule(read_jobs(sys.argv[1]), nodes, gpus_of_node)
