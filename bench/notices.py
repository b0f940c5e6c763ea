#!/usr/bin/python3
"""Measures a morning on which many licenses end: how long until every mail is queued, while sensors send.

    bench/notices.py BUILD-DIR [--sensors N] [--organizations N] [--recipients N] [--store sqlite|postgresql]

Nothing stands beside it as a ceiling: the bar is the time itself, the wait for an acknowledgement, and the memory, which
must not grow with the number of organizations.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from program import Program, clock_environment
from scale import Bench, opened

BEFORE_SECONDS = 8  # the server's clock at its start stands as long before the hour
AFTER_SECONDS = 60  # and this is the longest that it may take
RATE = 2000         # messages a second meanwhile
OUTSTANDING = 256
HOUR = 8 * 3600     # organizations of the bench are in UTC, their notice time 08:00
PEOPLE = [  # {user}: a number of its own for each recipient of each organization
    "INSERT INTO user_account (id, email, name, password_hash, operator, created_at)"
    " VALUES ({user}, 'user{user}@example.com', '', 'x', false, 0)",
    "INSERT INTO member (organization_id, user_id, role, added_at) VALUES ({organization}, {user}, 'manager', 0)",
    "INSERT INTO notice_recipient (organization_id, user_id, only_what_stops) VALUES ({organization}, {user}, false)",
]
QUEUED = "SELECT count(*) FROM outbox WHERE purpose = 'license_expiration'"


class Morning(Bench):
    """A store whose licenses all end on one day, with somebody to tell in each organization."""

    def __init__(self, arguments):
        self.build = pathlib.Path(arguments.build).resolve()
        self.sensors, self.organizations, self.recipients = arguments.sensors, arguments.organizations, arguments.recipients
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.build))
        self.clock = self.make_clock()

    def seed(self, store):
        if store.name == "PostgreSQL":
            store.make("seeded")
        print(f"making {self.sensors:,} licensed sensors in {store.name}", file=sys.stderr)
        subprocess.run([self.build / "bench/bench_seed", store.url("seeded"), str(self.sensors),
                        str(self.sensors // self.organizations), "1", "P1D"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with store.open("seeded") as run:
            run("BEGIN")
            for number, (organization,) in enumerate(run("SELECT id FROM organization")):
                for place in range(self.recipients):
                    for statement in PEOPLE:
                        run(statement.format(organization=organization, user=number * self.recipients + place + 1))
            run("COMMIT")
            self.hour = int(run("SELECT max(expires_at) FROM license")[0][0]) - 86400 + HOUR
        store.settle("seeded")


def memory_mb(program):
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def wait_for_mails(run, program, wanted, until):
    """When all were queued, and the most memory that was seen."""
    most = 0
    while time.monotonic() < until:
        most = max(most, memory_mb(program))
        if int(run(QUEUED)[0][0]) >= wanted:
            return time.monotonic(), most
        time.sleep(0.05)
    return None, most


def measure(bench, store):
    offset = bench.hour - BEFORE_SECONDS - int(time.time())
    environment = clock_environment(bench.clock, offset)
    wanted = bench.organizations * bench.recipients
    server = Program([bench.build / "tenure", "serve", "--json", "--store", store.url("seeded"),
                      "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"], bench.folder / "notices.log", environment)
    start = time.monotonic() + (bench.hour - offset - time.time())
    port = json.loads(server.first_line)["coap"].rsplit(":", 1)[1]
    load = subprocess.Popen([bench.build / "bench/bench_load", port, str(bench.sensors), str(OUTSTANDING),
                             str(BEFORE_SECONDS + 12), str(RATE)], stdout=subprocess.PIPE, text=True, env=environment)
    time.sleep(max(0, start - 1 - time.monotonic()))
    before = memory_mb(server)
    with store.open("seeded") as run:
        done, most = wait_for_mails(run, server, wanted, start + AFTER_SECONDS)
        items = int(run("SELECT count(*) FROM notice_item")[0][0])
    answers = json.loads(load.communicate(timeout=AFTER_SECONDS + 60)[0])
    server.stop()
    print(f"\nMorning, {store.name}: {bench.sensors:,} licenses of {bench.organizations:,} organizations end today,"
          f" {RATE:,} messages a second meanwhile")
    if not done:
        print(f"  not done after {AFTER_SECONDS} s")
        return
    print(f"  prepared in           {done - start:6.1f} s: {wanted:,} mails that speak of {items:,} licenses   (bar: under 10)")
    print(f"  longest wait          {answers['longest_us'] / 1e6:6.3f} s for an acknowledgement,"
          f" p99 {answers['p99_us'] / 1e6:.3f} s   (bar: at most 0.25)")
    print(f"  memory                {before:6.0f} MB before, at most {most:.0f} MB   (bar: flat)")
    if answers["wrong"] or answers["lost"]:
        print(f"  {answers['wrong']} wrong, {answers['lost']} missing answers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a build of buildtype=release")
    parser.add_argument("--sensors", type=int, default=100000)
    parser.add_argument("--organizations", type=int, default=500)
    parser.add_argument("--recipients", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgresql"))
    arguments = parser.parse_args()
    bench = Morning(arguments)
    try:
        for kind in [arguments.store] if arguments.store else ["sqlite", "postgresql"]:
            with opened(kind, bench.folder) as store:
                bench.seed(store)
                measure(bench, store)
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    main()
