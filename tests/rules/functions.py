#!/usr/bin/env python3
"""Names the functions that have grown long. It warns; a person decides."""
import pathlib
import re
import sys

MOST_LINES = 60
NAME = re.compile(r"(\w+)\(")


def long_functions(text):
    """A function's body stands between `{` and `}` in the first column."""
    name, opened = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        if line == "{":
            opened = number
        elif line == "}" and opened:
            if number - opened - 1 > MOST_LINES:
                yield name, number - opened - 1
            opened = 0
        elif not opened and (found := NAME.match(line)):
            name = found[1]


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for file in sorted(root.rglob("*.c")):
        for name, lines in long_functions(file.read_text()):
            print(f"{file.relative_to(root)}: {name}() has {lines} lines")
    print("functions looked at")
