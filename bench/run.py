#!/usr/bin/python3
"""Measures the way of a message from the socket to the acknowledgement.

    bench/run.py BUILD-DIR [--sensors N] [--seconds S] [--rounds R]

Every number of Tenure stands beside a ceiling measured in the same run: the bare
loop (bench/bare.c) under the same load, and a sync of the same disk. Runs of the two
take turns, and the medians are shown, so that a noisy machine disturbs both.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from program import Program

OUTSTANDING = [1, 16, 64, 256]
SYNC_BYTES = 8192


class Bench:
    def __init__(self, arguments):
        self.build = pathlib.Path(arguments.build).resolve()
        self.sensors = arguments.sensors
        self.seconds = arguments.seconds
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.build))
        self.seeded = self.folder / "seeded.db"
        self.ruled = self.folder / "ruled.db"
        self.runs = {}

    def seed(self):
        print(f"making {self.sensors:,} licensed sensors", file=sys.stderr)
        subprocess.run([self.build / "bench/bench_seed", f"sqlite:{self.seeded}", str(self.sensors)],
                       check=True, stderr=subprocess.DEVNULL)

    def add_rules(self):
        """A copy of the store in which each sensor has an alarm rule of its own, which nothing breaks."""
        shutil.copyfile(self.seeded, self.ruled)
        with sqlite3.connect(self.ruled) as store:
            store.execute("INSERT INTO alarm_rule SELECT organization_id, id, id, 'above', 1, 1e6, 0, 0, 0, 0, 0, 'bench'"
                          "  FROM sensor")
            store.execute("INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at)"
                          "  SELECT id, 0, 0, 0 FROM organization")

    def sync_us(self, times=200):
        """The median time of an append and its sync, in the folder of the store."""
        taken = []
        with open(self.folder / "sync", "wb", buffering=0) as file:
            for _ in range(times):
                begun = time.monotonic()
                file.write(b"\0" * SYNC_BYTES)
                os.fdatasync(file.fileno())
                taken.append((time.monotonic() - begun) * 1e6)
        return statistics.median(taken)

    def load(self, program, port, outstanding):
        before = program.cpu_seconds()
        found = subprocess.run(
            [self.build / "bench/bench_load", port, str(self.sensors), str(outstanding), str(self.seconds)],
            stdout=subprocess.PIPE, text=True, timeout=self.seconds + 60)
        result = json.loads(found.stdout)
        result["cpu_us"] = (program.cpu_seconds() - before) * 1e6 / max(1, result["all"])
        if result["wrong"] or result["lost"]:
            print(f"bench: {result['wrong']} wrong, {result['lost']} lost answers", file=sys.stderr)
        return result

    def bare(self, outstanding):
        program = Program([self.build / "bench/bench_bare"], self.folder / "bare.log")
        result = self.load(program, program.first_line.strip(), outstanding)
        program.stop()
        return result

    def tenure(self, outstanding, seeded=None):
        store = self.folder / "tenure.db"
        for old in self.folder.glob("tenure.*"):
            old.unlink()
        shutil.copyfile(seeded or self.seeded, store)
        os.chmod(store, 0o600)
        os.sync()
        program = Program([self.build / "tenure", "serve", "--json", "--store", f"sqlite:{store}",
                           "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"], self.folder / "serve.log")
        port = json.loads(program.first_line)["coap"].rsplit(":", 1)[1]
        result = self.load(program, port, outstanding)
        log = program.stop()
        counts = re.search(r"writer\.stopped .*?commits=(\d+) packets=(\d+) samples_saved=(\d+)", log)
        commits, packets, saved = map(int, counts.groups())
        result["a_commit"] = packets / max(1, commits)
        if saved != packets * 24:
            print(f"bench: {saved} samples saved of {packets * 24}", file=sys.stderr)
        return result

    def run(self, rounds):
        for number in range(rounds):
            for outstanding in OUTSTANDING:
                print(f"round {number + 1} of {rounds}, {outstanding} outstanding   ", end="\r",
                      file=sys.stderr)
                run = self.runs.setdefault(outstanding, {"bare": [], "tenure": [], "sync": []})
                run["bare"].append(self.bare(outstanding))
                run["sync"].append(self.sync_us())
                run["tenure"].append(self.tenure(outstanding))
                if outstanding == OUTSTANDING[-1]:
                    run.setdefault("ruled", []).append(self.tenure(outstanding, self.ruled))
        print(" " * 50, end="\r", file=sys.stderr)

    def median(self, outstanding, who, what):
        return statistics.median(result[what] for result in self.runs[outstanding][who])


def bar(share, width=30):
    return "█" * round(share * width) + "·" * (width - round(share * width))


def report(bench, rounds):
    sync = statistics.median(sync for run in bench.runs.values() for sync in run["sync"])
    print(f"{bench.sensors:,} licensed sensors, SQLite with a sync for each commit, messages of 24 samples,")
    print(f"load on the same {os.cpu_count()} cores; medians of {rounds} runs of {bench.seconds:g} s\n")
    print(f"{'outstanding':>11} {'acknowledged/s':>15} {'bare/s':>9} {'ratio':>6} {'p50':>9} {'p99':>9}"
          f" {'bare p50':>9} {'CPU/message':>12} {'bare':>7} {'a commit':>9}")
    for outstanding in OUTSTANDING:
        ours = lambda what: bench.median(outstanding, "tenure", what)
        bare = lambda what: bench.median(outstanding, "bare", what)
        print(f"{outstanding:>11} {ours('rate'):>15,.0f} {bare('rate'):>9,.0f}"
              f" {ours('rate') / bare('rate'):>6.2f} {ours('p50_us'):>6,.0f} µs {ours('p99_us'):>6,.0f} µs"
              f" {bare('p50_us'):>6,.0f} µs {ours('cpu_us'):>9.1f} µs {bare('cpu_us'):>4.1f} µs"
              f" {ours('a_commit'):>9.1f}")

    most = OUTSTANDING[-1]
    ratio = bench.median(most, "tenure", "rate") / bench.median(most, "bare", "rate")
    waits = bench.median(1, "tenure", "p50_us") / sync
    cpu = bench.median(most, "tenure", "cpu_us")
    print(f"\nof the bare loop's rate   {bar(min(1, ratio))} {ratio:.2f}   (bar: at least 0.33)")
    print(f"one message, p50          {waits:.1f} syncs of the disk ({sync:,.0f} µs)   (bar: about 1)")
    kept = bench.median(most, "ruled", "rate") / bench.median(most, "tenure", "rate")
    print(f"with a rule a sensor      {bar(min(1, kept))} {kept:.2f} of the rate without,"
          f" {bench.median(most, 'ruled', 'cpu_us'):.1f} µs   (bar: at least 0.90)")
    print(f"CPU a message             {cpu:.1f} µs at {most} outstanding   (bar: under 15)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a build of buildtype=release")
    parser.add_argument("--sensors", type=int, default=10000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    bench = Bench(arguments)
    try:
        bench.seed()
        bench.add_rules()
        bench.run(arguments.rounds)
        report(bench, arguments.rounds)
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    main()
