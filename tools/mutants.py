#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Puts one-line bugs into rota, one at a time, and says which of its tests find them.

Each bug of property/mutants/list.txt is put into a copy of its header, which is found before the original; the programs that
the list names are compiled against it and run, until one of them finds the bug. A bug that nobody finds is a hole in the tests.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "property/mutants/list.txt"
BEGIN, END = "<!-- mutants: made by tools/mutants.py --write -->\n", "<!-- mutants: end -->\n"


class Mutant:
    def __init__(self, name, quick, room, line):
        self.name, self.quick, self.room, self.line = name, quick, room, line
        self.what = self.file = self.equivalent = ""
        self.old, self.new, self.by = [], [], []


def refuse(line, why):
    sys.exit(f"{LIST}:{line}: error: {why}")


def read_list():
    mutants, room = [], ""
    for number, text in enumerate(LIST.read_text().splitlines(), 1):
        word, _, rest = text.partition(" ")
        if not text or word == "#" or text == "#":
            continue
        if word == "==":
            room = rest
        elif word == "mutant":
            name, _, quick = rest.partition(" ")
            if quick not in ("", "quick") or any(one.name == name for one in mutants):
                refuse(number, f"read '{rest}', expected a new name and perhaps 'quick'")
            mutants.append(Mutant(name, quick == "quick", room, number))
        elif not mutants or word not in ("what", "in", "-", "+", "by", "equivalent"):
            refuse(number, f"read '{word}', expected ==, mutant, what, in, -, +, by or equivalent")
        elif word == "what":
            mutants[-1].what = rest
        elif word == "in":
            mutants[-1].file = rest
        elif word == "-":
            mutants[-1].old.append(rest.strip())
        elif word == "+":
            mutants[-1].new.append(rest.strip())
        elif word == "by":
            mutants[-1].by = rest.split()
        else:
            mutants[-1].equivalent = rest
    for one in mutants:
        if not (one.what and one.file and one.old and (one.by or one.equivalent)):
            refuse(one.line, f"{one.name} needs what, in, - and by (or equivalent)")
    return mutants


def mutate(one):
    """The header with the bug. The old lines must stand there, once."""
    text = (ROOT / "include/rota" / one.file).read_text()
    pattern = r"\s*\n\s*".join(re.escape(line) for line in one.old)
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        refuse(one.line, f"{one.name}: what it changes stands {len(found)} times in {one.file}, expected once")
    return text[: found[0].start()] + "\n".join(one.new) + text[found[0].end() :]


def pkg_config(name):
    return subprocess.run(["pkg-config", "--cflags", "--libs", name], capture_output=True, text=True, check=True).stdout.split()


def cpu_limit():
    resource.setrlimit(resource.RLIMIT_CPU, (ARGS.seconds, ARGS.seconds + 5))


def judge(output, code):
    """Who found it and in which case, from what a program that failed has printed."""
    found = re.search(r"^killed (\S+) (\d+)$", output, re.M)
    if found and found[1] != "contract":
        return f"law {found[1]}", found[2]
    contract = re.search(r"contract broken: (.*?) \(", output)
    if contract:
        return f"contract: {contract[1]}", found[2] if found else ""
    if code in (-24, -9, 137, 152):
        return f"no end within {ARGS.seconds} s", ""
    falsified = re.search(r"^- (.*)\n(?:.*\n)*?Falsifiable after (\d+) test", output, re.M)
    if falsified:
        return falsified[1], falsified[2]
    replayed = re.search(r"^(\S+\.replay): .* breaks (\S+),", output, re.M)
    if replayed:
        return f"law {replayed[2]}, {pathlib.Path(replayed[1]).name}", "1"
    differs = re.search(r"^(.*): case (\d+) differs", output, re.M)
    if differs:
        return f"{differs[1]}: as by definition", str(int(differs[2]) + 1)
    failed = re.search(r"^(?:failed|FAILED|broken): (.*?)(?:,? case (\d+)|,? seed \d+.*)?$", output, re.M)
    if failed:
        return failed[1][:80], failed[2] or ""
    return output.strip().split("\n")[0][:70] or f"exit code {code}", ""


def attempt(one, program, folder):
    """None if the program does not find it, else who does and in which case."""
    source = ROOT / "property" / program
    binary = folder / source.stem
    flags = ["-std=c++20", "-O0" if ARGS.quick else "-O1", "-w", f"-I{folder}/include", f"-I{ROOT}/include", f"-I{ROOT}/property/include"]
    needs = source.read_text()
    libraries = ["-Wl,--as-needed", "-lz"]
    libraries += ["-lrapidcheck"] if "rapidcheck" in needs else []
    libraries += pkg_config("clp") if "queueing/clp.hpp" in needs else []
    built = subprocess.run([*ARGS.compiler.split(), *flags, str(source), "-o", str(binary), *libraries],
                           capture_output=True, text=True)
    if built.returncode != 0:
        sys.exit(f"{one.name if one else program}: {program} does not compile\n{built.stderr[:3000]}")
    environment = dict(os.environ, ROTA_SOURCE=str(ROOT), ROTA_CASES=str(ARGS.cases),
                       RC_PARAMS=f"max_success={ARGS.cases} seed=1")
    command = [str(binary)] + ([str(ROOT / "property/trace/bad")] if program == "trace/readers.cpp" else [])
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, cwd=folder,
                         preexec_fn=cpu_limit)
    return None if ran.returncode in (0, 77) else judge(ran.stdout + ran.stderr, ran.returncode)


def campaign(one):
    began = time.monotonic()
    text = mutate(one)
    if one.equivalent:
        return one, ("equivalent", one.equivalent, ""), 0.0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-mutant-"))
    try:
        header = folder / "include/rota" / one.file
        header.parent.mkdir(parents=True)
        header.write_text(text)
        for program in one.by:
            found = attempt(one, program, folder)
            if found:
                return one, (program, *found), time.monotonic() - began
        return one, None, time.monotonic() - began
    finally:
        shutil.rmtree(folder)


def baseline(programs):
    """A program that fails without any bug would seem to find every one."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-mutant-"))
    try:
        for program in programs:
            if attempt(None, program, folder):
                sys.exit(f"{program} fails without any bug put in")
    finally:
        shutil.rmtree(folder)


def row(one, found):
    program, who, cases = found or ("", "**nobody**", "")
    if program == "equivalent":
        return f"| {one.room}: {one.what} | equivalent: {who} | | |\n"
    who = who.replace("|", "/")
    return f"| {one.room}: {one.what} | {who} | {program and '`' + program + '`'} | {cases} |\n"


def table(old, results):
    """Rows of bugs that were not run are kept as they stand."""
    before = {line.split(" | ")[0]: line for line in old.splitlines(True) if line.startswith("| ")}
    now = {one.name: row(one, found) for one, found, _ in results}
    rows = [now.get(one.name) or before.get(f"| {one.room}: {one.what}") or f"| {one.room}: {one.what} | not run | | |\n"
            for one in read_list()]
    cells = [[cell.strip() for cell in line.strip("|\n ").split(" | ")] for line in rows]
    same = sum(1 for cell in cells if cell[1].startswith("equivalent"))
    alive = sum(1 for cell in cells if cell[1] in ("**nobody**", "not run"))
    cases = sorted(int(cell[3]) for cell in cells if len(cell) > 3 and cell[3].isdigit())
    total = (f"\n{len(rows) - same - alive} of {len(rows) - same} are found; {same} more is no bug, for the reason given. "
             f"Where cases are counted,\nhalf of the bugs fall within {cases[(len(cases) - 1) // 2]}, the last in case {cases[-1]}.\n")
    return "\n| bug | found by | program | case |\n| --- | --- | --- | ---: |\n" + "".join(rows) + total + "\n"


def main():
    for one in read_list():
        mutate(one)  # also those that are not run stand where the list says
    mutants = [one for one in read_list() if (not ARGS.only or one.name in ARGS.only) and (not ARGS.quick or one.quick)]
    if not mutants:
        sys.exit("no such bug in the list")
    if not ARGS.quick:  # there, each of them is a test of its own
        baseline(sorted({program for one in mutants for program in one.by}))
    results = []
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        for one, found, seconds in pool.map(campaign, mutants):
            results.append((one, found, seconds))
            print(f"{one.name:32} {'  '.join(found) if found else 'SURVIVED'}  ({seconds:.0f} s)", flush=True)
    if ARGS.write:
        page = pathlib.Path(ARGS.write)
        before, begin, rest = page.read_text().partition(BEGIN)
        old, end, after = rest.partition(END)
        if not (begin and end):
            sys.exit(f"{page}: no lines {BEGIN.strip()} and {END.strip()}")
        page.write_text(before + begin + table(old, results) + end + after)
    alive = sum(1 for _, found, _ in results if not found)
    print(f"{len(results) - alive} passed, {alive} failed")
    return alive != 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these bugs")
    parser.add_argument("--quick", action="store_true", help="the handful that the tests run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="so many at once")
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="at most so many cases a program")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="CPU time after which a program has no end")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"), help="and its options")
    parser.add_argument("--write", metavar="PAGE", help="put the table into this page")
    ARGS = parser.parse_args()
    sys.exit(main())
