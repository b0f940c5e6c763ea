#!/usr/bin/python3
"""Tortures the program. `run.py --help`, and README.md.

Without --minutes each scenario runs once, small. With it they run with ever new seeds until the time is over."""
import argparse
import concurrent.futures
import ctypes
import os
import random
import signal
import subprocess
import sys
import time
import traceback

import ground
from checker import must_hold
from clocks import clocks
from commits import commits, stalls, successors
from database import database
from faults import faults
from kills import kills
from power import power
from second import second
from standby import standby
from stores import new_store
from two import two
from world import new_folder

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SCENARIOS = {  # name: (what runs it, the stores that it is for); what takes long comes first
    "standby": (standby, [POSTGRESQL]),
    "two": (two, [POSTGRESQL]),
    "kills": (kills, [POSTGRESQL, SQLITE]),
    "power": (power, [SQLITE]),
    "database": (database, [POSTGRESQL]),
    "faults": (faults, [SQLITE]),
    "commits": (commits, [POSTGRESQL]),
    "clocks": (clocks, [SQLITE, POSTGRESQL]),
    "successors": (successors, [POSTGRESQL]),
    "second": (second, [SQLITE]),
    "stalls": (stalls, [POSTGRESQL]),
}
OWN_CLUSTER = {"database", "standby"}
LONG_ONLY = {"stalls"}  # with --minutes, or when named
MOST_EFFORT = 6
MOST_SECONDS = 900  # for one scenario, times its effort


class Case:
    """What a scenario is given. `effort` multiplies its rounds."""

    def __init__(self, name, store, seed, effort):
        self.name, self.store, self.seed, self.effort = name, store, f"{seed}/{name}/{store}", effort
        self.rng, self.url = random.Random(self.seed), None


def run_one(name, store, seed, effort):
    """In this process. Prints one line; 0 when all promises were kept."""
    case, began = Case(name, store, seed, effort), time.monotonic()
    counts, fault = None, None
    try:
        with new_folder() as folder:
            if name in OWN_CLUSTER:
                counts = SCENARIOS[name][0](case)
            else:
                with new_store(store, folder) as case.url:
                    counts = SCENARIOS[name][0](case)
        must_hold(counts)
    except ground.Failure as failure:
        fault = str(failure)
    except Exception as error:  # a mistake of the harness, or an answer that it did not expect
        traceback.print_exc()
        fault = f"{type(error).__name__}: {error}"
    told = counts.line() if counts else ""
    print(f"{'FAILED' if fault else 'passed'} {name} {store} seed={seed} effort={effort} {told} "
          f"{time.monotonic() - began:.1f} s{': ' + fault if fault else ''}", flush=True)
    return 1 if fault else 0


def start_one(name, store, seed, effort):
    """In a process of its own; gives (what it printed, whether all was well)."""
    command = [sys.executable, __file__, "--here", "--only", f"{name}:{store}", "--seed", str(seed),
               "--effort", str(effort)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = process.communicate(timeout=MOST_SECONDS * effort)
        return said, process.returncode == 0
    except subprocess.TimeoutExpired as late:
        process.terminate()  # it ends what it has started
        said, _ = process.communicate()
        return f"{said}FAILED {name} {store} seed={seed} effort={effort}: no end within {late.timeout} s\n", False


def chosen(only):
    wanted = os.environ.get("TENURE_TEST_STORES", f"{SQLITE} {POSTGRESQL}").split()
    for name, (_, stores) in SCENARIOS.items():
        for store in stores:
            if store not in wanted:
                continue
            if not only or name in only or f"{name}:{store}" in only:
                yield name, store


def rounds(arguments):
    """(name, store, seed, effort) of all that is to run."""
    until = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    seed = arguments.seed
    while True:
        for name, store in chosen(arguments.only):
            if name in LONG_ONLY and not until and not arguments.only:
                continue
            if until and time.monotonic() > until:
                return
            yield name, store, seed, arguments.effort
        if not until:
            return
        seed += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or random.randrange(10**6)))
    parser.add_argument("--minutes", type=float, help="run ever new seeds for so long")
    parser.add_argument("--effort", type=int, help="times as many rounds in each scenario (1; with --minutes 4)")
    parser.add_argument("--only", nargs="*", default=[], help="scenarios, as NAME or NAME:STORE")
    parser.add_argument("--list", action="store_true", help="print the scenarios")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at once")
    parser.add_argument("--here", action="store_true", help="run one in this process")
    arguments = parser.parse_args()
    arguments.effort = arguments.effort or (4 if arguments.minutes else 1)
    if arguments.list:
        print("\n".join(SCENARIOS))
        return 0
    if unknown := [one for one in arguments.only if not list(chosen([one]))]:
        parser.error(f"no such scenario: {' '.join(unknown)}; there are {' '.join(SCENARIOS)}")
    if not os.environ.get("TEST_POSTGRES_URL") and os.environ.get("TENURE_TEST_STORES") != SQLITE:
        cluster = str(ground.HERE.parent / "support" / "postgres.py")
        again = [sys.executable, __file__, "--seed", str(arguments.seed), *sys.argv[1:]]
        os.execv(sys.executable, [sys.executable, cluster, "--", *again])
    if arguments.effort > MOST_EFFORT:
        parser.error(f"an effort of at most {MOST_EFFORT}: so many days must not pass that a session ends")
    if arguments.here:
        end_with_parent()
        return max(run_one(name, store, arguments.seed, arguments.effort) for name, store in chosen(arguments.only))
    return run_all(arguments)


def end_with_parent():
    """SIGTERM ends a scenario and all that it has started; it comes when the runner is gone, however it went."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    set_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def run_all(arguments):
    print(f"torture: seed {arguments.seed} (repeat one with --only NAME:STORE --seed N --effort N)", flush=True)
    began, passed, failed = time.monotonic(), 0, 0
    todo = rounds(arguments)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(start_one, *case) for _, case in zip(range(arguments.jobs), todo)}
        while running:
            ended, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for one in ended:
                said, well = one.result()
                print(said, end="", flush=True)
                passed, failed = passed + well, failed + (not well)
                running |= {pool.submit(start_one, *case) for _, case in zip(range(1), todo)}
    print(f"{passed} passed, {failed} failed in {time.monotonic() - began:.1f}s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
