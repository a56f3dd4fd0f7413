#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Puts one-line bugs into rota, one at a time, and says which of its tests find them.

Each bug of property/mutants/list.txt is put into a copy of its header, which is found before the original. The programs that
the list names are compiled once against all of them: the block of statements around a bug stands there twice, with and without
it, and which is taken is chosen when a program starts. They run until one finds the bug; one that nobody finds is a hole.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
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


def place(one, text):
    """Where in its header the old lines stand. They must, and once."""
    pattern = r"\s*\n\s*".join(re.escape(line) for line in one.old)
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        refuse(one.line, f"{one.name}: what it changes stands {len(found)} times in {one.file}, expected once")
    return found[0].span()


def with_bug(one, text, begin, end):
    """That part of its header, with the bug."""
    first, last = place(one, text)
    return text[begin:first] + "\n".join(one.new) + text[last:end]


# What is no code, and the braces; a number may have ' between its digits.
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|R"\(.*?\)"|"(?:\\.|[^"\\])*"|\b\d[\w'.]*|'(?:\\.|[^'\\])+'|[{}]""", re.S)
# What stands before the brace of a block of statements: the head of a function, of a lambda, of a loop, or nothing.
HEAD = re.compile(r"(?:[)\];{}]|\belse|\bdo)(?:\s|\bconst\b|\bmutable\b|\bnoexcept\b(?:\([^{}]*\))?|->[^{};]*)*$")
NO_HEAD = re.compile(r"(?:^|[;{}>\n])\s*(?:switch|struct|class|union|enum|namespace)\b[^;{}]*$|\brequires\s*\([^()]*\)\s*$")


def blocks(text):
    """Where blocks of statements begin and end, without their braces; inner ones first."""
    opened = []
    for token in TOKEN.finditer(text):
        if token[0] == "{":
            opened.append(token.end())
        elif token[0] == "}":
            begin = opened.pop()
            before = text[max(0, begin - 400) : begin - 1]
            if HEAD.search(before) and not NO_HEAD.search(before):
                yield begin, token.start()


def switched(text, bugs):
    """The header with all these bugs, each a copy of the block of statements around it, taken where it is the chosen one; and
    those bugs that no block is around. The bugs are (number, bug) pairs."""
    around, outside = {}, []
    spans = list(blocks(text))
    for number, one in bugs:
        begin, end = place(one, text)
        block = next((span for span in spans if span[0] <= begin and end <= span[1]), None)
        if block:
            around.setdefault(block, []).append((number, with_bug(one, text, *block)))
        else:
            outside.append(one)

    def written(begin, end):
        out, at = "", begin
        for block in sorted(around):
            if at <= block[0] and block[1] <= end and block != (begin, end):
                out += text[at : block[0]] + body(block)
                at = block[1]
        return out + text[at:end]

    def body(block):
        copies = [f" if (::rota_mutants::chosen({number})) {{{copy}}} else" for number, copy in around[block]]
        return "".join(copies) + " {" + written(*block) + "} "

    return "#include <rota_mutants.hpp>\n" + written(0, len(text)), outside


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


def by_itself(program):
    """Wants libraries or contracts of its own, and so is not compiled together with others (as in property/meson.build)."""
    return re.search(r"^(#define ROTA_EXPECTS|#if .*__has_include|.*void. operator new|#include .*live_bytes)", source_of(program), re.M)


def source_of(program):
    return (ROOT / "property" / program).read_text()


def name_of(program):
    return program.removesuffix(".cpp").replace("/", "_")


def compiled(source, programs, folder, include):
    """The binary of one unit."""
    binary = folder / f"{name_of(programs[0])}.out"
    flags = ["-std=c++20", "-O0" if ARGS.quick else "-O1", "-w", f"-I{include}", f"-I{ROOT}/include", f"-I{ROOT}/property/include"]
    needs = "".join(source_of(program) for program in programs)
    libraries = ["-Wl,--as-needed", "-lz", "-lrapidcheck", *(pkg_config("clp") if "queueing/clp.hpp" in needs else [])]
    built = subprocess.run([*ARGS.compiler.split(), *flags, str(source), "-o", str(binary), *libraries], capture_output=True, text=True)
    if built.returncode != 0:
        sys.exit(f"{' '.join(programs)}: does not compile with bugs put in\n{built.stderr[:3000]}")
    return binary


def units(programs, folder, include, many):
    """Programs and the commands that start them, compiled as so many units and those that want one of their own."""
    alone = [program for program in programs if by_itself(program)]
    shared = [program for program in programs if program not in alone]
    parts = [(folder / f"together_{k}.cpp", shared[k::many]) for k in range(min(many, len(shared)))]
    for source, part in parts:
        words = [word for program in part for word in (name_of(program), str(ROOT / "property" / program))]
        subprocess.run([sys.executable, ROOT / "tools/together.py", source, *words], check=True)
    parts += [(ROOT / "property" / program, [program]) for program in alone]
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        binaries = pool.map(lambda part: compiled(*part, folder, include), parts)
    return {program: [binary] if program in alone else [binary, name_of(program)]
            for (_, part), binary in zip(parts, binaries) for program in part}


def attempt(command, program, number, cases):
    """None if the program does not find the bug of that number, else who does and in which case."""
    environment = dict(os.environ, ROTA_SOURCE=str(ROOT), ROTA_CASES=str(cases), ROTA_BUG=str(number),
                       RC_PARAMS=f"max_success={cases} seed=1")
    words = [*command, *([str(ROOT / "property/trace/bad")] if program == "trace/readers.cpp" else [])]
    with tempfile.TemporaryDirectory(prefix="rota-mutant-") as folder:
        ran = subprocess.run(words, capture_output=True, text=True, errors="replace", env=environment, cwd=folder, preexec_fn=cpu_limit)
    return None if ran.returncode in (0, 77) else judge(ran.stdout + ran.stderr, ran.returncode)


CHOICE = """#ifndef ROTA_MUTANTS_HPP
#define ROTA_MUTANTS_HPP
#include <cstdlib>
#include <type_traits>
namespace rota_mutants {
inline int asked() {
    auto const* text = std::getenv("ROTA_BUG");
    return text == nullptr ? 0 : std::atoi(text);
}
inline int const bug = asked();
constexpr bool chosen(int number) { return !std::is_constant_evaluated() && bug == number; }
} // namespace rota_mutants
#endif
"""


def prepared(bugs, folder):
    """The commands of all programs, compiled with all these bugs; and of those bugs that no block is around, their own."""
    by_file, own = {}, {}
    for number, one in bugs:
        by_file.setdefault(one.file, []).append((number, one))
    include = folder / "include"
    for name, inside in by_file.items():
        original = (ROOT / "include/rota" / name).read_text()
        text, outside = switched(original, inside)
        write(include / "rota" / name, text)
        for one in outside:
            write(folder / one.name / "rota" / name, with_bug(one, original, 0, len(original)))
            own[one.name] = units(one.by, folder / one.name, folder / one.name, 1)
    write(include / "rota_mutants.hpp", CHOICE)
    return units(sorted({program for _, one in bugs for program in one.by}), folder, include, ARGS.jobs), own


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def hunt(number, one, commands):
    began = time.monotonic()
    for program in one.by:
        who = attempt(commands[program], program, number, ARGS.cases)
        if who:
            return one, (program, *who), time.monotonic() - began
    return one, None, time.monotonic() - began


def last_cases(results):
    """The programs that found a bug, and how many cases it took them at most."""
    last = {}
    for one, found in results:
        if found and not one.equivalent:
            cases = int(found[2]) if found[2] else ARGS.cases
            last[found[0]] = max(cases, last.get(found[0], 0))
    return last


def sound(program, cases, command):
    """A program that fails without any bug would seem to find every one."""
    if attempt(command, program, 0, cases):
        sys.exit(f"{program} fails without any bug put in")


def row(one, found):
    program, who, cases = found or ("", "**nobody**", "")
    if program == "equivalent":
        return f"| {one.room}: {one.what} | equivalent: {who} | | |\n"
    who = who.replace("|", "/")
    return f"| {one.room}: {one.what} | {who} | {program and '`' + program + '`'} | {cases} |\n"


def table(old, results):
    """Rows of bugs that were not run are kept as they stand."""
    before = {line.split(" | ")[0]: line for line in old.splitlines(True) if line.startswith("| ")}
    now = {one.name: row(one, found) for one, found in results}
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
    listed = read_list()
    for one in listed:  # also those that are not run stand where the list says
        place(one, (ROOT / "include/rota" / one.file).read_text())
    for name in ARGS.only or []:
        if not any(one.name == name for one in listed):
            sys.exit(f"{LIST}: no bug '{name}'")
    asked = [one for one in listed if (not ARGS.only or one.name in ARGS.only) and (not ARGS.quick or one.quick)]
    if not asked:
        sys.exit(f"{LIST}: none of these is quick")
    results = [(one, ("equivalent", one.equivalent, "")) for one in asked if one.equivalent]
    bugs = [(listed.index(one) + 1, one) for one in asked if not one.equivalent]
    for _, one in bugs if ARGS.quick else []:
        del one.by[1:]
    with tempfile.TemporaryDirectory(prefix="rota-mutants-") as folder, concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        commands, own = prepared(bugs, pathlib.Path(folder))
        for one, found, seconds in pool.map(lambda bug: hunt(*bug, own.get(bug[1].name, commands)), bugs):
            results.append((one, found))
            print(f"{one.name:32} {'  '.join(found) if found else 'SURVIVED'}  ({seconds:.1f} s)", flush=True)
        if not ARGS.quick:  # there, each of the programs is a test of its own
            list(pool.map(lambda last: sound(*last, commands[last[0]]), last_cases(results).items()))
    if ARGS.write:
        page = pathlib.Path(ARGS.write)
        before, begin, rest = page.read_text().partition(BEGIN)
        old, end, after = rest.partition(END)
        if not (begin and end):
            sys.exit(f"{page}: no lines {BEGIN.strip()} and {END.strip()}")
        page.write_text(before + begin + table(old, results) + end + after)
    alive = sum(1 for _, found in results if not found)
    print(f"{len(results) - alive} passed, {alive} failed")
    return alive != 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these bugs")
    parser.add_argument("--quick", action="store_true", help="those that are part of the tests, and the first of their programs alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="so many at once")
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="at most so many cases a program")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="CPU time after which a program has no end")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"), help="and its options")
    parser.add_argument("--write", metavar="PAGE", help="put the table into this page")
    ARGS = parser.parse_args()
    sys.exit(main())
