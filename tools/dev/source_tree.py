"""What the check scripts share: which files are the project's own, and C++ text without comments and literals."""

import os
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {".git", ".build", "build", "var", "node_modules", "__pycache__"}
TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def files(*folders, suffixes=()):
    """Files of the project below the folders, sorted; all suffixes if none is given. Does not ask git."""
    for folder in folders:
        for path, names, entries in os.walk(TOP / folder):
            names[:] = sorted(set(names) - SKIPPED_FOLDERS)
            for entry in sorted(entries):
                if entry != ".git" and (not suffixes or entry.endswith(tuple(suffixes))):
                    yield pathlib.Path(path) / entry


def cpp_files(*folders):
    return files(*(folders or ("policy", "proxy", "tools", "tests")), suffixes=(".cpp", ".hpp"))


def code_only(text):
    """The text with comments and the inside of literals blanked; lines and columns stay."""
    def blank(match):
        kept = "".join(c if c == "\n" else " " for c in match.group(0))
        return kept if match.group(0).startswith("/") else '"' + kept[1:-1] + '"'
    # A quote between digits is a separator (1'000), not a literal.
    return TEXT.sub(blank, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", " ", text))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def shown(path):
    return path.relative_to(TOP) if path.is_relative_to(TOP) else path
