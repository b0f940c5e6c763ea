#!/usr/bin/env python3
"""Holds the C sources against .clang-format (`make format` brings them there), and the tests'
files against the length that layers.py allows those of the program."""
import pathlib
import subprocess
import sys

MOST_LINES = 400

if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    files = [file for folder in ("src", "tests", "bench") for file in sorted((root / folder).rglob("*.[ch]"))]
    long = [file for file in files if file.read_text().count("\n") > MOST_LINES]
    if long:
        sys.exit(f"more than {MOST_LINES} lines, split it: {', '.join(map(str, long))}")
    at_once = 40
    for first in range(0, len(files), at_once):
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", "--ferror-limit=1",
                               *map(str, files[first:first + at_once])], cwd=root, check=False)
        if done.returncode != 0:
            sys.exit("the sources are not as .clang-format says: run `make format`")
    print(f"{len(files)} files are as .clang-format says")
