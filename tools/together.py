#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""together.py OUT NAME SOURCE [NAME SOURCE]...: writes OUT, one unit of several programs; its first argument says which.

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


def split(source):
    """What a source includes, and its own lines, with main renamed; a line that is taken out stays as an empty one."""
    includes, lines, inside = [], [], False
    with open(source, encoding='utf-8') as text:
        for line in text:
            found = re.match(r'#include ([<"])([^>"]+)[>"]', line)
            if not found:
                inside = inside or line.startswith('int main(')
                if inside and line == '}\n':
                    inside, line = False, 'return 0; }\n'  # main alone may end without
                lines.append(re.sub(r'^int main\(', 'int program_main(', line))
                continue
            beside = os.path.join(os.path.dirname(os.path.abspath(source)), found[2])
            includes.append(line if found[1] == '<' else f'#include "{os.path.normpath(beside)}"\n')
            lines.append('\n')
    return includes, ''.join(lines)


def main(out, *programs):
    names, sources = programs[0::2], programs[1::2]
    includes = ['#include <cstdio>\n', '#include <string_view>\n', '#include <type_traits>\n']
    bodies = []
    for name, source in zip(names, sources, strict=True):
        wanted, body = split(source)
        includes += [line for line in wanted if line not in includes]
        bodies.append(f'namespace {name} {{\n#line 1 "{source}"\n{body}}} // namespace {name}\n')
    choice = ''.join(f'    if (name == "{name}") return start({name}::program_main, count - 1, words + 1);\n' for name in names)
    with open(out, 'w', encoding='utf-8') as unit:
        unit.write(''.join(includes) + '\n' + '\n'.join(bodies) + f'#line 1 "{os.path.basename(out)}"\n')
        unit.write(FRAME.format(programs=choice.rstrip('\n')))


main(*sys.argv[1:])
