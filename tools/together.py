#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""together.py OUT NAME SOURCE [NAME SOURCE]...: writes OUT, one unit of several programs, or of several fuzz targets; its first
argument says which.

A header-only library is parsed, instantiated and compiled anew for each program of a page or two. Here what the programs
include comes once, then each program in a namespace of its own, whose lines keep their names and numbers.
"""
import os
import re
import sys

FRAME = '''
namespace {{
template <class Main>
int start(Main program, [[maybe_unused]] int count, [[maybe_unused]] char** words) {{
    if constexpr (std::is_invocable_v<Main>) {{
        return program();
    }} else {{
        return program(count, words);
    }}
}}
}} // namespace

int main(int count, char** words) {{
    auto const name = std::string_view{{count > 1 ? words[1] : ""}};
{programs}
    std::fprintf(stderr, "%s: no program '%s' in here\\n", words[0], count > 1 ? words[1] : "");
    return 2;
}}
'''

FUZZ_FRAME = '''
namespace {{
int (*target)(std::uint8_t const*, std::size_t) = nullptr;
}} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {{ return target(data, size); }}

extern "C" int LLVMFuzzerInitialize(int* count, char*** words) {{
    auto const name = std::string_view{{*count > 1 ? (*words)[1] : ""}};
{programs}
    if (target == nullptr) {{
        std::fprintf(stderr, "%s: no target '%s' in here\\n", (*words)[0], *count > 1 ? (*words)[1] : "");
        std::exit(2);
    }}
    (*words)[1] = (*words)[0]; // what is behind it is read by the program
    ++*words;
    --*count;
    return 0;
}}
'''
ENTRY = re.compile(r'^(?:extern "C" )?int (main|LLVMFuzzerTestOneInput)\(')


def split(source):
    """What a source includes, and its own lines, with main or the target's entry renamed; a line that is taken out stays as an
    empty one. And whether it is a fuzz target."""
    includes, lines, inside, fuzz = [], [], False, False
    with open(source, encoding='utf-8') as text:
        for line in text:
            found = re.match(r'#include ([<"])([^>"]+)[>"]', line)
            if not found:
                entry = ENTRY.match(line)
                inside = inside or entry is not None
                fuzz = fuzz or entry is not None and entry[1] != 'main'
                if inside and line == '}\n':
                    inside, line = False, 'return 0; }\n'  # main alone may end without
                lines.append(ENTRY.sub('int program_main(', line))
                continue
            beside = os.path.join(os.path.dirname(os.path.abspath(source)), found[2])
            includes.append(line if found[1] == '<' else f'#include "{os.path.normpath(beside)}"\n')
            lines.append('\n')
    return includes, ''.join(lines), fuzz


def main(out, *programs):
    names, sources = programs[0::2], programs[1::2]
    includes = [f'#include <{one}>\n' for one in ('cstddef', 'cstdint', 'cstdio', 'cstdlib', 'string_view', 'type_traits')]
    bodies = []
    for name, source in zip(names, sources, strict=True):
        wanted, body, fuzz = split(source)
        includes += [line for line in wanted if line not in includes]
        bodies.append(f'namespace {name} {{\n#line 1 "{source}"\n{body}}} // namespace {name}\n')
    frame, choice = FRAME, '    if (name == "{0}") return start({0}::program_main, count - 1, words + 1);\n'
    if fuzz:
        frame, choice = FUZZ_FRAME, '    if (name == "{0}") target = {0}::program_main;\n'
    with open(out, 'w', encoding='utf-8') as unit:
        unit.write(''.join(includes) + '\n' + '\n'.join(bodies) + f'#line 1 "{os.path.basename(out)}"\n')
        unit.write(frame.format(programs=''.join(map(choice.format, names)).rstrip('\n')))


main(*sys.argv[1:])
