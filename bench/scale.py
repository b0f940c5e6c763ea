#!/usr/bin/python3
"""Measures what a million sensors cost: a midnight, pages, a start, memory.

    bench/scale.py BUILD-DIR [--sensors N] [--store sqlite|postgresql] [--only PART]
"""
import argparse
import contextlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import midnight
import pages
from program import ROOT
from stores import POSTGRES, Postgres, Sqlite

ORGANIZATION_SENSORS = 1000
PARTS = {"table": pages.measure_table, "start": pages.measure_start, "pages": pages.measure, "midnight": midnight.measure}


class Bench:
    def __init__(self, arguments):
        self.build = pathlib.Path(arguments.build).resolve()
        self.sensors = arguments.sensors
        self.midnight_seconds = arguments.seconds
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.build))
        self.clock = self.make_clock()
        self.seeded = set()

    def make_clock(self):
        library = self.folder / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, ROOT / "tests/support/clock.c", "-ldl"],
                       check=True)
        return library

    def seed(self, store, name="seeded", sensors=None, an_organization=ORGANIZATION_SENSORS):
        """A store with licensed sensors, made once."""
        sensors = sensors or self.sensors
        if (store, name) in self.seeded:
            return
        self.seeded.add((store, name))
        if store.name == "PostgreSQL":
            store.make(name)
        print(f"making {sensors:,} licensed sensors in {store.name}", file=sys.stderr)
        subprocess.run([self.build / "bench/bench_seed", store.url(name), str(sensors), str(an_organization), "2",
                        "P1D" if name == "seeded" else "P1Y"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        store.settle(name)


@contextlib.contextmanager
def opened(kind, folder):
    if kind == "sqlite":
        yield Sqlite(folder)
        return
    with POSTGRES() as url:
        yield Postgres(url)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a build of buildtype=release")
    parser.add_argument("--sensors", type=int, default=1000000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--store", choices=("sqlite", "postgresql"))
    parser.add_argument("--only", choices=PARTS)
    arguments = parser.parse_args()
    bench = Bench(arguments)
    try:
        for kind in [arguments.store] if arguments.store else ["sqlite", "postgresql"]:
            with opened(kind, bench.folder) as store:
                for part in [arguments.only] if arguments.only else PARTS:
                    PARTS[part](bench, store)
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    main()
