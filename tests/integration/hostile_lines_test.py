#!/usr/bin/env python3
"""Every line of the catalogue of hostile input and faults that is played here has a test, and tests/README.md says which.

The catalogue's lines are numbered; a suite tells with --list which it covers ("line<TAB>name"). For lines whose tests are no cases of such a suite
named_lines.py has their names, and each name is looked for in its file.
usage: hostile_lines_test.py [--write]      --write puts the table into tests/README.md
"""
import collections
import pathlib
import re
import subprocess
import sys

from named_lines import NAMED

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parent / "README.md"
SUITES = ("hostile_test.py", "peek_test.py", "gateway_test.py", "inspection_test.py", "http2_test.py", "content_test.py", "files_test.py", "upstream_test.py", "overload_test.py", "faults_dns_test.py")
BEGIN, END = "<!-- lines: begin -->\n", "<!-- lines: end -->\n"

# Sections of the catalogue and the numbers of their lines. What is left out of a section is named below.
SECTIONS = (("2.1 framing of requests", range(1, 46)), ("2.2 chunked bodies", range(47, 73)), ("2.3 lines, names and values", range(73, 112)),
            ("2.4 target, Host and CONNECT", range(112, 145)), ("2.5 intercepted connections, first bytes of a tunnel", (145, 146, 147, *range(148, 158))),
            ("2.6 inspection", (*range(158, 165), *range(166, 169), 170, 171, 172)),
            ("2.7 responses of origins", range(173, 197)), ("2.8 overload and slow peers", range(197, 214)),
            ("2.9 names and connections", range(214, 222)), ("2.10 storage, process and machine", range(222, 239)),
            ("2.11 block page, console and logs", range(239, 258)))


def covered():
    """line -> suite -> names of its tests."""
    lines = collections.defaultdict(lambda: collections.defaultdict(list))
    for suite in SUITES:
        listed = subprocess.run([HERE / suite, "--list"], capture_output=True, text=True, check=True, timeout=60).stdout
        for row in listed.splitlines():
            line, name = row.split("\t")
            lines[int(line)][suite.removesuffix("_test.py")].append(name)
    for line, tests in NAMED.items():
        for test in tests:
            file, _, name = test.partition(":")
            lines[line][pathlib.Path(file).stem.removesuffix("_test")].append(name or "the program")
    return lines


def is_there(test):
    """A function of a suite that is among its cases, a case of a unit test, or a program."""
    file, _, name = test.partition(":")
    path = HERE.parent / file
    if not path.is_file():
        return False
    text = path.read_text()
    unit_case = rf"TEST(_F|_P)?\({re.escape(name).replace(chr(92) + '.', ', ')}\)"
    if file.startswith("unit/"):
        return re.search(unit_case, text) is not None
    return not name or len(re.findall(rf"\b{name}\b", text)) > 1 and f"def {name}(" in text


def table(lines):
    made = []
    for title, numbers in SECTIONS:
        tests = sum(len(names) for number in numbers for names in lines[number].values())
        made += [f"**{title}**: {sum(1 for number in numbers if lines[number])} of {len(numbers)} lines, {tests} tests", "", "| line | tests |", "| --- | --- |"]
        for number in numbers:
            cell = "<br>".join(f"`{suite}`: {'; '.join(names)}" for suite, names in sorted(lines[number].items()))
            made.append(f"| {number} | {cell.replace('|', '/')} |")
        made.append("")
    return "\n".join(made)


def main():
    lines = covered()
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    fresh = before + BEGIN + "\n" + table(lines) + END + after
    if "--write" in sys.argv:
        README.write_text(fresh)
    failed = [f"line {number} has no test" for _, numbers in SECTIONS for number in numbers if not lines[number]]
    failed += [f"line {line}: there is no test {test}" for line, tests in NAMED.items() for test in tests if not is_there(test)]
    if README.read_text() != fresh:
        failed.append("tests/README.md is out of date: run tests/integration/hostile_lines_test.py --write")
    print("\n".join(failed))
    passed = sum(1 for _, numbers in SECTIONS for number in numbers if lines[number]) + (README.read_text() == fresh)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
