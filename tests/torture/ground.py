"""Shared ground of the torture scenarios: paths, the preloads, and the clock."""
import mmap
import os
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "support")]

import program  # noqa: E402

PRELOADS = pathlib.Path(program.BINARY).resolve().parent / "tests" / "torture"


class Failure(Exception):
    """The program broke a promise. The text says which one."""


def statement(name):
    """A statement of the program, which a scenario waits for. Fails when it has got another name."""
    for file in (HERE.parents[1] / "sql" / "queries").rglob("*.sql"):
        if re.search(rf"^-- name: {name} ", file.read_text(), re.MULTILINE):
            return name
    raise Failure(f"no statement is called {name} any more: say its new name in tests/torture")


def preload(*names):
    """A value for LD_PRELOAD. The last library stands nearest to libc."""
    found = [PRELOADS / f"torture_{name}.so" for name in names]
    for library in found:
        if not library.exists():
            raise Failure(f"{library} is missing: run `make` first")
    return ":".join(map(str, found))


class Clock:
    """The wall clock of all programs that a scenario starts. It moves while they run."""

    def __init__(self, folder, offset=0):
        path = pathlib.Path(folder) / "clock"
        path.write_bytes(struct.pack("=q", int(offset)))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 8)
        os.environ["CLOCK_FILE"] = str(path)  # each scenario is a process of its own

    @property
    def offset(self):
        return struct.unpack("=q", self.shared[:8])[0]

    @offset.setter
    def offset(self, seconds):
        self.shared[:8] = struct.pack("=q", int(seconds))

    def move(self, seconds):
        self.offset = self.offset + seconds
