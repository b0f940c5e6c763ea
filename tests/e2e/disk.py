"""A disk that fails when it is told to, and what a power cut would leave of it: tests/support/disk.c."""
import errno
import pathlib
import subprocess

import pytest

from program import environment

ALWAYS = 1_000_000


class Disk:
    """For programs that run in environment()."""

    def __init__(self, library, folder):
        self.library, self.control, self.log = library, folder / "disk.control", folder / "disk.log"

    def environment(self, **how):
        made = environment(**how)
        preload = " ".join(filter(None, [made.get("LD_PRELOAD"), str(self.library)]))
        return made | {"LD_PRELOAD": preload, "DISK_CONTROL": str(self.control), "DISK_LOG": str(self.log)}

    def fail(self, call, name, how, first=1, count=ALWAYS):
        """From now on: the calls on files whose path ends with `name`. `how` is an errno's name, "cut" or "kill"."""
        number = getattr(errno, how, how)
        aside = self.control.with_suffix(".new")
        aside.write_text(f"{call} {name} {number} {first} {count}")
        aside.rename(self.control)  # whole, or as before

    def heal(self):
        self.control.unlink(missing_ok=True)

    def calls(self):
        """The record so far, as lists of words; the next one begins behind it."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.split(" ") for line in lines]


@pytest.fixture(scope="session")
def disk_library(tmp_path_factory):
    source = pathlib.Path(__file__).parents[1] / "support" / "disk.c"
    library = tmp_path_factory.mktemp("disk") / "disk.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


@pytest.fixture
def disk(disk_library, tmp_path):
    return Disk(disk_library, tmp_path)
