#!/usr/bin/env python3
"""Turns a sorted list of words into a C table: word_list.py LIST.txt OUT.c NAME HEADER"""
import pathlib
import sys

source, out, name, header = sys.argv[1:]
words = [line for line in pathlib.Path(source).read_text("ascii").splitlines() if line and not line.startswith("#")]
if words != sorted(set(words)):
    sys.exit(f"word_list.py: {source}: the words have to be sorted, each once")
quoted = "".join('    "' + word.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '",\n' for word in words)
pathlib.Path(out).write_text(f'/* Made by tools/word_list.py. */\n#include "{header}"\n\n'
                             f"const char *const {name}[] = {{\n{quoted}}};\n"
                             f"const size_t {name}_count = sizeof {name} / sizeof *{name};\n")
