"""The world of one scenario: a store, the program on it, a customer with licensed sensors, and an operator."""
import contextlib
import http.client
import os
import random
import resource
import shutil
import tempfile
import threading
import time

import ground  # noqa: F401
from conftest import OPERATOR_EMAIL, OPERATOR_PASSWORD
from customer import API, Customer, eventually
from ground import Clock, Failure, preload
from program import Command, Server
from web import Client

DAY, DAYS, ROUND_SECONDS = 86400, 10, 3700  # an hour and more: a round of compaction begins
WELL_SECONDS = 30  # a generous bound on "the program answers again by itself"
NO_ANSWER = (OSError, http.client.HTTPException)


class Serve(Server):
    """`tenure serve` under the scenario's clock and preloads."""

    def __init__(self, url, folder, clock, preloads=("clock",), arguments=(), secret=None):
        self.moving, self.secret = clock, secret or f"{folder}/secret"
        super().__init__(url, folder, preload(*preloads), arguments=[*extra_arguments(), *arguments])

    def store_arguments(self):
        return ["--store", self.store_url, "--secret-file", self.secret]

    @property
    def offset(self):
        return self.moving.offset

    @offset.setter
    def offset(self, seconds):
        if seconds is not None:
            self.moving.offset = seconds

    def log_lines(self, word):
        return [line for line in self.log.read_text(errors="replace").splitlines() if word in line]


def extra_arguments():
    """A program that compares its clock with that of PostgreSQL must not do so under a chosen clock."""
    helped = Command("help", "serve").out
    return (["--clock-check", "off"] if "--clock-check" in helped else []) + ["--webhook-private", "on"]


class World:
    def __init__(self, url, folder, seed, **how):
        self.url, self.folder, self.rng = url, folder, random.Random(seed)
        self.clock = Clock(folder)
        self.server = Serve(url, folder, self.clock, **how)
        self.servers = [self.server]  # people go to any of them
        self.customer = self.operator = None
        self.quantity = 0  # of licenses in redeemed codes
        self.serials, self.first = [], None

    def settle(self, sensors, spare=50):
        """A customer whose sensors have had a license for days."""
        if not self.server.process:
            self.server.start()
        self.customer = Customer.onboard(self.server, sensors + spare)
        self.quantity = sensors + spare
        self.serials = [self.customer.sensor() for _ in range(sensors)]
        self.first = self.server.now() + 60
        self.operator = sign_in_operator(self.server, self.folder)
        self.clock.move(DAYS * DAY)
        return self

    def force_round(self):
        """All messages that wait are an hour old now: the program compacts them within about a second."""
        self.clock.move(ROUND_SECONDS)

    def operator_items(self):
        """All orders: the operator's list, page by page."""
        found, query = [], {"limit": 1000}
        while True:
            answer = self.operator.get(f"{API}/operator/activation-codes", **query)
            if answer.status != 200:
                raise Failure(f"the operator's list: {answer}")
            found += answer.json["items"]
            query["cursor"] = answer.json["next"]
            if not query["cursor"]:
                return found

    def no_files(self, seconds):
        """For a while the program gets no more descriptors: all that would open one fails with EMFILE."""
        pid = self.server.process.pid
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 1, hard))
        threading.Event().wait(seconds)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))

    def is_well(self, server=None, seconds=WELL_SECONDS):
        """The program answers reads and writes again, by itself."""
        server = server or self.server
        began = time.monotonic()

        def ready():
            with contextlib.suppress(*NO_ANSWER):
                return Client(server.http_address).get("/readyz").status == 200
        try:
            eventually(ready, seconds)
        except AssertionError:
            raise Failure(f"stuck: /readyz is not 200 within {seconds} s: {self.last_log(server)}") from None
        return time.monotonic() - began

    def last_log(self, server):
        return (server.log_lines(" ") or ["(an empty log)"])[-1][:300]


class Operator(Client):
    def __init__(self, server):
        self.server, self.cookie = server, None

    @property
    def address(self):
        return self.server.http_address


def sign_in_operator(server, folder):
    password = os.path.join(folder, "operator.password")
    with open(password, "w") as file:
        file.write(OPERATOR_PASSWORD + "\n")
    added = server.command("user", "add", "--email", OPERATOR_EMAIL, "--operator", "--password-file", password)
    if added.code:
        raise Failure(f"no operator can be made: {added.err}")
    operator = Operator(server)
    answer = operator.post(f"{API}/session", {"email": OPERATOR_EMAIL, "password": OPERATOR_PASSWORD})
    if answer.status != 200:
        raise Failure(f"the operator cannot sign in: {answer}")
    return operator


@contextlib.contextmanager
def new_folder():
    """A temporary folder; kept when TORTURE_KEEP is set, for a look after a failure."""
    folder = tempfile.mkdtemp(prefix="torture-")
    try:
        yield folder
    finally:
        if not os.environ.get("TORTURE_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept: {folder}", flush=True)
