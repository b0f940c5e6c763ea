"""What was acknowledged is there: after kill -9, after a store that was away, after a stop under load."""
import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from customer import DAY, Customer, eventually, has_happened, is_problem, new_serial
from device import ACK, CON, CREATED, NON, POST, UNAVAILABLE, Device, channel, datagram, measurements
from fleet import is_acknowledged, temperatures
from program import Server
from stores import both_stores, look
from web import Client

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import postgres  # noqa: E402

MAX_AGE = 14


class Load:
    """Messages in flight from a thread of its own, each with its own instant; remembers which were acknowledged."""

    def __init__(self, server, serial, first, outstanding=64):
        self.server, self.serial, self.first, self.outstanding = server, serial, first, outstanding
        self.acknowledged, self.put_off, self.sent = set(), 0, 0
        self.device = Device(server.coap_address)
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(10)
        self.device.__exit__()

    def send(self):
        at = self.first + self.sent
        frame = temperatures(self.serial, at, 215)
        self.device.send(datagram(CON, POST, self.sent & 0xFFFF, struct.pack("!I", at), "m", frame))
        self.sent += 1

    def take(self, seconds):
        """False: nothing came."""
        reply = self.device.receive(seconds)
        if not reply:
            return False
        assert reply.kind == ACK
        if reply.code == CREATED:
            self.acknowledged.add(struct.unpack("!I", reply.token)[0])
        else:
            assert reply.code == UNAVAILABLE, reply
            self.put_off += 1
        return True

    def run(self):
        try:
            for _ in range(self.outstanding):
                self.send()
            while not self.ending.is_set():
                if self.take(0.2):
                    self.send()
            while self.take(0.1):  # what was answered before the end
                pass
        except ConnectionError:  # the port is closed
            pass


def start(make_server):
    """(server, customer, serial): a sensor that has had a license for a day."""
    server = make_server(offset=-DAY)
    customer = Customer.onboard(server)
    serial = customer.sensor()
    server.move_clock(0)
    customer.sign_in_again()
    return server, customer, serial


def before(server):
    """An instant whose next hours have passed. A load's samples are a second apart, but it sends them faster, and those
    that are far ahead of the clock are acknowledged but not saved."""
    return server.now() - 60_000


@both_stores
def test_what_was_acknowledged_right_before_kill_9_is_there(make_server):
    server, customer, serial = start(make_server)
    acknowledged, first = set(), before(server)
    for turn in range(5):
        with Load(server, serial, first + 10_000 * turn) as load:
            eventually(lambda: len(load.acknowledged) >= 40 * turn + 1)
            server.kill()
        acknowledged |= load.acknowledged
        server.start()
    kept = customer.times(serial, limit=1000)
    assert acknowledged <= set(kept)
    assert len(kept) == len(set(kept)) >= 5
    assert customer.row(serial)["refused"]["count"] == 0


@both_stores
def test_a_write_that_was_answered_right_before_kill_9_is_there(make_server):
    server, customer, _ = start(make_server)
    for _ in range(3):
        serial = customer.sensor()
        server.kill()
        server.start()
        assert customer.row(serial)["state"] == "active"


@both_stores
def test_a_stop_under_load_ends_cleanly_and_loses_nothing_acknowledged(make_server):
    server, customer, serial = start(make_server)
    with Load(server, serial, before(server)) as load:
        eventually(lambda: len(load.acknowledged) >= 300)
        assert server.stop() == 0, "and within its time"
    server.start()
    assert load.acknowledged <= set(customer.times(serial, limit=1000))


@both_stores
def test_moving_measurements_into_blocks_changes_nothing_that_is_read(make_server):
    server, customer, serial = start(make_server)
    first = server.now()
    server.move_clock(3 * DAY)

    def post(at, *raw, **how):
        with Device(server.coap_address) as device:
            frame = measurements(serial, channel(1, at, raw), channel(26, at, raw), **how)
            assert is_acknowledged(server, device.post("m", frame))

    for day in range(3):
        post(first + day * DAY, *range(-50, 50), 8_388_557, period=800)
    post(first + 3 * 800, 777)  # differs from what is there: the first stays
    before = customer.measurements(serial, limit=1000)
    assert len(before) == 2 * 3 * 101 and before[6]["value"] == -4.7
    server.move_clock(3 * DAY + 2 * 3600)
    assert customer.measurements(serial, limit=1000) == before
    eventually(lambda: look(server.store_url, "SELECT count(*) FROM journal") == "0")
    assert customer.measurements(serial, limit=1000) == before
    began = server.now()
    post(first + 3 * 800, 778)
    post(first + 3 * 800 + 1, 1)
    server.kill()
    server.start()
    after = customer.measurements(serial, limit=1000)
    assert [item for item in after if item in before] == before and len(after) == len(before) + 2
    sensor = customer.get(f"{customer.org}/sensors/{serial}").json
    assert has_happened(server, sensor["last_seen_at"], began) and sensor["channels"][0]["at"] == before[-1]["at"]


def is_put_off(reply):
    """5.03 with Max-Age: the sensor keeps its data and repeats."""
    assert reply and reply.kind == ACK and reply.code == UNAVAILABLE, reply
    assert int.from_bytes(reply.options[MAX_AGE][0], "big") > 0
    return True


def test_while_another_holds_the_sqlite_store_everything_is_put_off_and_nothing_lost(make_server):
    server, customer, serial = start(make_server)
    at = server.now()
    same = datagram(CON, POST, 1, b"same", "m", temperatures(serial, at, 215))
    other = sqlite3.connect(server.store_url.removeprefix("sqlite:"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Device(server.coap_address) as device:
        device.send(same)
        assert is_put_off(device.receive(10))
        is_problem(customer.add(new_serial()), 503)
        assert customer.times(serial) == [], "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        device.send(same)
        assert is_acknowledged(server, device.receive())
    assert customer.times(serial) == [at]
    assert customer.add(new_serial()).status == 201


def test_a_non_that_came_while_the_store_was_held_is_silent_and_the_server_goes_on(make_server):
    server, customer, serial = start(make_server)
    other = sqlite3.connect(server.store_url.removeprefix("sqlite:"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Device(server.coap_address) as device:
        device.send(datagram(NON, POST, 1, b"nons", "m", temperatures(serial, server.now(), 215)))
        assert is_put_off(device.post("m", temperatures(serial, server.now() + 1, 216), seconds=10))
        other.execute("ROLLBACK")
        other.close()
        assert is_acknowledged(server, device.post("m", temperatures(serial, server.now() + 2, 217)))


class Cluster:
    """A PostgreSQL of its own that can be stopped and started."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, postgres.free_port(), None
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        self.bin = postgres.programs()
        self.database, self.server_url = "tenure", f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/{self.database}"
        if self.who:
            shutil.chown(folder, "postgres", "postgres")
        self.run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                 "--no-sync")

    def run(self, program, *arguments):
        subprocess.run([self.bin / program, *arguments], check=True, cwd=self.folder, stdout=subprocess.DEVNULL,
                       timeout=60, **self.who)

    def start(self):
        settings = [f"--{name.replace('_', '-')}={value}" for name, value in postgres.SETTINGS.items()]
        self.process = subprocess.Popen([self.bin / "postgres", "-D", f"{self.folder}/data", "-k", self.folder, "-p",
                                         str(self.port), *settings], cwd=self.folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                                        preexec_fn=postgres.end_with_parent, **self.who)
        ready = [self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        eventually(lambda: not subprocess.run(ready, timeout=10).returncode)

    def signal_all(self, number):
        """The postmaster first: it makes no more children then."""
        self.process.send_signal(number)
        pid = self.process.pid
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), number)

    def freeze(self):
        """It hangs: nothing is answered, and no connection is closed."""
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def stop(self, how=signal.SIGINT):
        """SIGINT ends its sessions; SIGQUIT is a crash."""
        if self.process:
            self.thaw()  # else nothing could end it
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None


@pytest.fixture(scope="module")
def cluster():
    if not shutil.which("psql"):
        pytest.skip("without PostgreSQL")
    folder = tempfile.mkdtemp(prefix="e2e-postgres-")
    try:
        yield Cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_postgres(cluster):
    """One that runs, with an empty database."""
    cluster.start()
    try:
        cluster.run("psql", "-q", "-X", cluster.server_url, "-c", f"DROP DATABASE IF EXISTS {cluster.database}",
                    "-c", f"CREATE DATABASE {cluster.database}")
        yield cluster
    finally:
        cluster.stop()


def test_while_postgresql_is_down_everything_is_put_off_and_comes_back_by_itself(own_postgres, tmp_path, clock):
    server = Server(own_postgres.url, tmp_path, clock, offset=0).start()
    try:
        customer = Customer.onboard(server)
        serial, at = customer.sensor(), server.now()
        nobody = Client(server.http_address)
        assert nobody.get("/readyz").status == 200
        for turn, how in enumerate((signal.SIGINT, signal.SIGQUIT)):
            same = datagram(CON, POST, turn, b"same", "m", temperatures(serial, at + turn, 215))
            own_postgres.stop(how)
            with Device(server.coap_address) as device:
                device.send(same)
                assert is_put_off(device.receive(10))
                is_problem(customer.post(f"{customer.org}/sensors", {"serial": new_serial()}), 503)
                is_problem(customer.get(f"{customer.org}/license-manager"), 503)
                assert nobody.get("/readyz").status == 503 and nobody.get("/healthz").status == 200
                own_postgres.start()

                def repeat():
                    device.send(same)
                    reply = device.receive()
                    return reply and reply.code == CREATED
                assert eventually(repeat)
            assert eventually(lambda: nobody.get("/readyz").status == 200)
            assert customer.add(new_serial()).status == 201
            assert customer.times(serial) == [at + i for i in range(turn + 1)]
        assert server.stop() == 0
    finally:
        server.kill()


def test_a_server_stops_within_its_time_while_postgresql_is_down(own_postgres, tmp_path, clock):
    server = Server(own_postgres.url, tmp_path, clock, offset=0).start()
    try:
        serial = Customer.onboard(server).sensor()
        own_postgres.stop()
        with Load(server, serial, server.now()):
            assert server.stop() == 0
    finally:
        server.kill()


def test_a_stop_while_the_store_is_held_is_in_time_and_nobody_waits_in_a_row(make_server):
    server, customer, _ = start(make_server)
    other = sqlite3.connect(server.store_url.removeprefix("sqlite:"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            began = time.monotonic()
            asked = [pool.submit(customer.add, new_serial()) for _ in range(20)]
            for answer in asked:
                is_problem(answer.result(), 503)
            assert time.monotonic() - began < 20  # one after the other they would take 40
            asked = [pool.submit(customer.add, new_serial()) for _ in range(20)]
            assert server.stop() == 0
    finally:
        other.close()


@contextlib.contextmanager
def within(seconds):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_while_postgresql_hangs_everything_is_put_off_and_comes_back_by_itself(own_postgres, tmp_path, clock):
    server = Server(own_postgres.url, tmp_path, clock, offset=0).start()
    try:
        customer = Customer.onboard(server)
        serial, at = customer.sensor(), server.now()
        nobody = Client(server.http_address)
        same = datagram(CON, POST, 1, b"same", "m", temperatures(serial, at, 215))
        own_postgres.freeze()
        with Device(server.coap_address) as device:
            for _ in range(3):  # on the connection that was open, and on none
                device.send(same)
                assert is_put_off(device.receive(5))
                with within(5):
                    assert nobody.get("/readyz").status == 503
            with within(5):
                is_problem(customer.get(f"{customer.org}/license-manager"), 503)
            assert nobody.get("/healthz").status == 200
            own_postgres.thaw()

            def repeat():
                device.send(same)
                reply = device.receive()
                return reply and reply.code == CREATED
            assert eventually(repeat)
        assert eventually(lambda: nobody.get("/readyz").status == 200)
        assert customer.add(new_serial()).status == 201
        assert customer.times(serial) == [at]
        assert server.stop() == 0
    finally:
        server.kill()


@contextlib.contextmanager
def readers(customer, count):
    """People who ask for the page again and again, whatever comes back."""
    ending = threading.Event()

    def read():
        while not ending.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                customer.get(f"{customer.org}/license-manager")
            ending.wait(0.05)
    threads = [threading.Thread(target=read, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    ending.set()
    for thread in threads:
        thread.join(20)


@pytest.mark.parametrize("after", [0, 2.6, 7.6])
def test_a_server_stops_within_its_time_while_postgresql_hangs(own_postgres, tmp_path, clock, after):
    """Whatever its threads wait for at that moment: an answer, a new connection, the rest after one."""
    server = Server(own_postgres.url, tmp_path, clock, offset=-DAY)
    try:
        _, customer, serial = start(lambda offset: server.start())
        with Load(server, serial, before(server)) as load:
            eventually(lambda: load.acknowledged)
            own_postgres.freeze()
            with readers(customer, 6):
                time.sleep(after)
                assert server.stop() == 0
        own_postgres.thaw()
        server.start()
        assert load.acknowledged <= set(customer.times(serial, limit=1000))
    finally:
        server.kill()
