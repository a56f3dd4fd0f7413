#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Says how many lines of rota's readers, ledger and policies the fuzz corpora reach.

Builds each fuzz target with clang's source coverage, replays its corpus, and counts lines by room. A line of a template counts
where some target instantiates it, and is covered where one of its instances runs; headers that no target includes are named.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include/rota"
BEGIN, END = "<!-- coverage: made by tools/coverage.py --write -->\n", "<!-- coverage: end -->\n"
ROOMS = {  # group -> its rooms, and the share of lines that is wanted
    "readers": (("trace", "log"), 95),
    "ledger": (("cluster",), 95),
    "policies": (("queueing", "placement", "preemption", "system"), 90),
}


def tool(name):
    """The newest of the versions that rota is tested with."""
    for version in ("19", "16"):
        found = shutil.which(f"{name}-{version}") or shutil.which(f"/usr/lib/llvm-{version}/bin/{name}")
        if found and shutil.which(f"clang++-{version}"):
            return found
    sys.exit(f"coverage: no {name} beside clang 19 or 16; on Debian 12 it is in llvm-19 or llvm-16")


def run_target(target, folder):
    """{header: {line: was reached}} of one target. Targets are read apart: of a function that one of them does not use,
    llvm-cov would show nothing but that, whatever the others reach."""
    program, profile = folder / target, folder / f"{target}.profraw"
    made = subprocess.run(
        [tool("clang++"), "-std=c++20", "-O1", "-fprofile-instr-generate", "-fcoverage-mapping", f"-I{ROOT / 'include'}",
         ROOT / f"fuzz/{target}.cpp", ROOT / "fuzz/replay_main.cpp", "-o", program, "-lz"],
        capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"coverage: {target} does not compile\n{made.stderr[-4000:]}")
    ran = subprocess.run([program, ARGS.corpus / target], capture_output=True, text=True,
                         env=dict(os.environ, LLVM_PROFILE_FILE=str(profile)))
    if ran.returncode != 0:
        sys.exit(f"coverage: {target} fails on its corpus\n{ran.stderr[-4000:]}")
    merged = profile.with_suffix(".profdata")
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", profile, "-o", merged], check=True)
    said = subprocess.run([tool("llvm-cov"), "export", "-format=lcov", f"-instr-profile={merged}", program, INCLUDE],
                          check=True, capture_output=True, text=True).stdout
    headers, lines = {}, {}
    for row in said.splitlines():
        key, _, value = row.partition(":")
        if key == "SF":
            lines = headers.setdefault(str(pathlib.Path(value).relative_to(INCLUDE)), {})
        elif key == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = count != "0"
    return headers


def measure(targets, folder):
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        of_targets = list(pool.map(lambda target: run_target(target, folder), targets))
    reached = {}
    for headers in of_targets:
        for header, lines in headers.items():
            union = reached.setdefault(header, {})
            for line, hit in lines.items():
                union[line] = union.get(line, False) or hit
    return reached


def percent(covered, count):
    return 100 * covered / count if count else 100.0


def table(lines):
    rows = ["| lines of | covered | of | % | aim |\n", "| --- | ---: | ---: | ---: | ---: |\n"]
    reached = True
    for group, (rooms, aim) in ROOMS.items():
        parts = []
        for room in rooms:
            files = [counts for file, counts in lines.items() if file.split("/")[0] == room]
            parts.append((room, sum(c for c, _ in files), sum(n for _, n in files)))
        covered, count = sum(c for _, c, _ in parts), sum(n for _, _, n in parts)
        rows.append(f"| **{group}** | {covered} | {count} | {percent(covered, count):.1f} | {aim} |\n")
        rows += [f"| {room} | {c} | {n} | {percent(c, n):.1f} | |\n" for room, c, n in parts if len(parts) > 1]
        reached &= percent(covered, count) >= aim
    return rows, reached


def absent(lines):
    rooms = {room for group, _ in ROOMS.values() for room in group}
    headers = sorted(str(path.relative_to(INCLUDE)) for room in rooms for path in (INCLUDE / room).glob("*.hpp"))
    return [header for header in headers if header not in lines]


def main():
    targets = sorted(path.name for path in (ROOT / "fuzz/corpus").iterdir() if path.name != "canary")
    folder = pathlib.Path(ARGS.folder)
    folder.mkdir(parents=True, exist_ok=True)
    reached = measure(targets, folder)
    lines = {header: (sum(of.values()), len(of)) for header, of in sorted(reached.items())}
    if ARGS.files:
        for header, (covered, count) in lines.items():
            if any(header.split("/")[0] in rooms for rooms, _ in ROOMS.values()):
                missing = " ".join(str(line) for line, hit in sorted(reached[header].items()) if not hit)
                print(f"{percent(covered, count):6.1f} % of {count:4} lines  {header}{': not ' if missing else ''}{missing}")
    rows, good = table(lines)
    sizes = [path.stat().st_size for path in ARGS.corpus.rglob("*") if path.is_file()]
    said = (f"{len(sizes)} inputs of {len(targets)} targets and the canary, {sum(sizes) // 1024 + 1} KiB. "
            f"Without code in any target: {', '.join(f'`{header}`' for header in absent(lines)) or 'none'}.\n")
    print("".join(rows) + said, end="")
    if ARGS.write:
        page = pathlib.Path(ARGS.write)
        before, begin, rest = page.read_text().partition(BEGIN)
        _, end, after = rest.partition(END)
        if not end:
            sys.exit(f"{page}: no '{BEGIN.strip()}' and '{END.strip()}'")
        page.write_text(before + begin + "\n" + "".join(rows) + "\n" + said + "\n" + end + after)
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="Exit codes: 0 every aim is reached; 1 one is not, or a target failed.")
    parser.add_argument("--files", action="store_true", help="a line a header, too, with the lines that are not reached")
    parser.add_argument("--write", metavar="PAGE", help="put the table into this page")
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT / "fuzz/corpus", help="other corpora, a folder a target")
    parser.add_argument("--folder", default=str(ROOT / "build/coverage"), help="where programs and profiles go")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets built at a time")
    ARGS = parser.parse_args()
    sys.exit(main())
