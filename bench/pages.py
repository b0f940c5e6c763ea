"""Pages of the License Manager, a start and the coverage table, where the list is long.

A page costs the same in an organization of a thousand sensors as in one that holds them all:
the two are asked in turns, each of its own server, so that a noisy machine disturbs both.
"""
import base64
import contextlib
import hashlib
import http.client
import json
import statistics
import subprocess
import sys
import time

from program import Program

SMALL = 1000
LIMIT = 50
ROUNDS = 41
TOKEN = "bench"
BYTES = {"SQLite": "X'{}'", "PostgreSQL": "'\\x{}'"}
SORTS = {  # the letter of its cursors, its column, has it a number
    "expires_at": ("e", "coverage_ends_at", True), "activated_at": ("a", "last_starts_at", True),
    "name": ("n", "name_folded", False), "serial": ("s", "serial", False),
}
SPREAD = [  # sensors as they come over the months, not all at once; and somebody who may look at them
    "UPDATE sensor SET name = 'Sensor ' || id % 1000003, name_folded = 'sensor ' || id % 1000003,"
    " coverage_ends_at = coverage_ends_at - id % 5000000, last_starts_at = last_starts_at - id % 5000000",
    "UPDATE license SET starts_at = starts_at - sensor_id % 5000000, expires_at = expires_at - sensor_id % 5000000",
    "INSERT INTO user_account (id, email, name, password_hash, operator, created_at)"
    " VALUES (1, 'bench@example.com', '', 'x', false, 0)",
    "INSERT INTO member (organization_id, user_id, role, added_at) SELECT id, 1, 'administrator', 0 FROM organization",
    "INSERT INTO session (token_hash, user_id, created_at, expires_at) VALUES ({token}, 1, 0, 9000000000)",
]


def serve(bench, store, name):
    """The server, and how many seconds it took until it said its addresses."""
    began = time.monotonic()
    server = Program([bench.build / "tenure", "serve", "--json", "--store", store.url(name),
                      "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"], bench.folder / f"{name}.log")
    return server, time.monotonic() - began


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def cursor(letter, number, *texts):
    """As src/service/core/cursor.c writes it: of a page that nobody has to walk to."""
    parts = [b"\1", letter.encode(), varint(2 * number)]
    for text in texts:
        parts += [varint(len(text)), text.encode()]
    return base64.urlsafe_b64encode(b"".join(parts)).decode().rstrip("=")


def cursor_of_the_middle(run, sensors, sort):
    letter, column, has_number = SORTS[sort]
    found, serial = run(f"SELECT {column}, serial FROM sensor ORDER BY {column}, serial LIMIT 1 OFFSET {sensors // 2}")[0]
    return cursor(letter, int(found) if has_number else 0, serial, found if sort == "name" else "")


class Organization:
    """One organization in a store of its own, and its server."""

    def __init__(self, bench, store, sensors):
        name = f"pages{sensors}"
        bench.seed(store, name, sensors, sensors)
        token = BYTES[store.name].format(hashlib.blake2b(TOKEN.encode(), digest_size=32).hexdigest())
        with store.open(name) as run:
            for statement in SPREAD:
                run(statement.format(token=token))
            self.deep = {sort: cursor_of_the_middle(run, sensors, sort) for sort in SORTS}
        store.settle(name)
        self.server, _ = serve(bench, store, name)
        self.connection = http.client.HTTPConnection(json.loads(self.server.first_line)["http"].split("//")[-1])
        self.id = json.loads(self.get("session"))["organizations"][0]["id"]
        self.connection.close()  # idle until both are there: opened again by the first page

    def get(self, path):
        self.connection.request("GET", f"/api/v1/{path}", headers={"Cookie": f"tenure_session={TOKEN}"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"bench: {path}: {answer.status} {body[:300]}")
        return body

    def ask(self, sort, after):
        """Seconds that a page takes."""
        began = time.monotonic()
        self.get(f"organizations/{self.id}/license-manager?limit={LIMIT}&sort={sort}" + (after and f"&cursor={after}"))
        return time.monotonic() - began


def measure(bench, store):
    with contextlib.ExitStack() as stack:
        pair = [Organization(bench, store, sensors) for sensors in (SMALL, bench.sensors)]
        for organization in pair:
            stack.callback(organization.server.stop)
        print(f"\nPages of {LIMIT} rows, {store.name}: medians with {SMALL:,} and with {bench.sensors:,} sensors in the organization")
        for sort in SORTS:
            for place in ("first", "deep"):
                taken = [[], []]
                for _ in range(ROUNDS):
                    for times, organization in zip(taken, pair):
                        times.append(organization.ask(sort, organization.deep[sort] if place == "deep" else ""))
                small, large = map(statistics.median, taken)
                print(f"  {sort:<13} {place:<6} {small * 1e3:6.2f} ms {large * 1e3:6.2f} ms: ratio {large / small:.2f}"
                      "   (bar: at most 1.5)")


def measure_start(bench, store):
    bench.seed(store)
    taken = []
    for _ in range(3):
        server, seconds = serve(bench, store, "seeded")
        server.stop()
        taken.append(seconds)
    print(f"\nStart, {store.name}, {bench.sensors:,} sensors: {statistics.median(taken):.2f} s until it says its addresses")


def measure_table(bench, store):
    found = json.loads(subprocess.run([bench.build / "bench/bench_table", str(bench.sensors)], check=True,
                                      stdout=subprocess.PIPE, text=True).stdout)
    print(f"\nCoverage table, {bench.sensors:,} sensors with one license")
    print(f"  bytes a sensor        {found['bytes']:6.1f}   (bar: at most 40)")
    print(f"  filled in             {found['seconds']:6.2f} s   (bar: at most 2 for a million)")
    print(f"  a lookup              {found['lookup_ns']:6.0f} ns   (bar: at most 50)")
