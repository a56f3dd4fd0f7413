#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""alone.py ROOT... -- [WORD]...: each header under each ROOT says itself what it needs of the others and of the standard library.

Clang reads all of them in one run, as a module with a submodule a header that sees nothing but what it includes. The
standard library's headers are submodules, too, so that each is read once. The words go to the compiler."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

clang = next(filter(shutil.which, ("clang++-19", "clang++-16", "clang++")), None)
if clang is None:
    print("skipped: clang not found")
    sys.exit(77)
words = sys.argv[1:]
roots = [pathlib.Path(root).resolve() for root in words[:words.index("--")]]
headers = sorted(header for root in roots for header in root.rglob("*.hpp"))
compiler = [clang, *words[words.index("--") + 1:], "-std=c++20", "-Wno-deprecated-declarations", *(f"-I{root}" for root in roots)]
others = {name for header in headers for name in re.findall(r"^#include <([^>]+)>", header.read_text(), re.M)}
standard = sorted(name for name in others if re.fullmatch("[a-z_]+", name))
foreign = sorted(name for name in others if not name.startswith("rota/") and name not in standard)

with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "others.cpp").write_text("".join(f"#include <{name}>\n" for name in standard + foreign))
    rule = subprocess.run([*compiler, "-M", folder / "others.cpp"], check=True, capture_output=True, text=True).stdout
    # those that a program includes lie beside each other; the C library's of the same names do not
    library = re.search(r"(\S+)/vector(?=\s)", rule)[1]
    where = {path.rpartition("/")[2]: path for path in rule.split() if path.rpartition("/")[0] == library}
    # a header with this pragma is never read twice in one run, whoever sees it
    once = [path for path in rule.split() if any(path.endswith("/" + name) for name in foreign)
            and "#pragma once" in pathlib.Path(path).read_text(errors="replace")]

    def module(name, paths):
        each = "".join(f'  module "{path}" {{ header "{path}" export * }}\n' for path in paths)
        return f"module {name} {{\n{each}}}\n"

    (folder / "module.modulemap").write_text(
        module("standard", [where[name] for name in standard if name in where]) + module("foreign", once) +
        module("headers", headers))
    (folder / "all.cpp").write_text(f'#include "{headers[0]}"\n')
    said = subprocess.run(
        [*compiler, "-fmodules", "-fcxx-modules", "-Xclang", "-fmodules-local-submodule-visibility",
         f"-fmodules-cache-path={folder / 'cache'}", f"-fmodule-map-file={folder / 'module.modulemap'}", "-fsyntax-only",
         folder / "all.cpp"], capture_output=True, text=True, errors="replace")
    if said.returncode != 0:
        sys.exit(said.stderr)
print(f"{len(headers)} passed, 0 failed")
