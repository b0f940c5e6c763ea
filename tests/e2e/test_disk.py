"""A disk that fails under a server: told as such, nothing acknowledged is lost, and all goes on when it is well again."""
import errno
import re
import struct

import pytest

from customer import Customer, eventually, instant, is_problem, new_serial
from device import ACK, CON, CREATED, POST, UNAVAILABLE, Device, datagram
from fleet import temperatures
from program import Command, Server
from stores import look
from web import Client

FAILS, FULL = "the store's disk reports an error", "the store's disk is full"
PORTS = ["--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"]


class DiskServer(Server):
    """A server on that disk."""

    def __init__(self, disk, folder):
        super().__init__(f"sqlite:{folder}/tenure.db", folder, None)
        self.disk = disk

    def environment(self):
        return self.disk.environment()


@pytest.fixture
def server(disk, tmp_path):
    made = DiskServer(disk, tmp_path).start()
    yield made
    disk.heal()
    made.stop()


class Sensor:
    """Sends one message after the other, and knows which were acknowledged."""

    def __init__(self, server, serial):
        self.server, self.serial, self.at = server, serial, server.now()
        self.acknowledged = set()

    def send(self, count):
        """The codes of the answers."""
        codes = []
        with Device(self.server.coap_address) as device:
            for _ in range(count):
                self.at += 1
                device.send(datagram(CON, POST, self.at & 0xFFFF, struct.pack("!I", self.at), "m",
                                     temperatures(self.serial, self.at, 215)))
                reply = device.receive(10)
                assert reply and reply.kind == ACK, reply
                codes.append(reply.code)
                if reply.code == CREATED:
                    self.acknowledged.add(self.at)
        return codes


def check_is_whole(server, customer, sensor):
    """Now, and after a crash."""
    for _ in range(2):
        assert sensor.acknowledged <= set(customer.times(sensor.serial, limit=1000))
        assert look(server.store_url, "PRAGMA integrity_check") == "ok"
        server.kill()
        server.start()


def said(server):
    return server.log.read_text(errors="replace")


def served(server):
    customer = Customer.onboard(server)
    sensor = Sensor(server, customer.sensor())
    assert sensor.send(5) == [CREATED] * 5
    return customer, sensor


def test_while_writes_fail_everything_is_put_off_and_goes_on_by_itself(server, disk):
    customer, sensor = served(server)
    for call, how, sentence in (("write", "EIO", FAILS), ("write", "ENOSPC", FULL), ("write", "EDQUOT", FULL),
                                ("write", "EROFS", FAILS), ("sync", "EIO", FAILS), ("sync", "ENOSPC", FULL),
                                ("sync", "EDQUOT", FULL)):
        disk.fail(call, "-wal", how)
        assert sensor.send(1) == [UNAVAILABLE], (call, how)

        def is_told():
            refused = customer.add(new_serial())
            is_problem(refused, 503)  # the store is busy, for one that came in behind another
            return sentence[1:] in refused.json["detail"] and is_problem(
                refused, 503, "storage_full" if sentence == FULL else "storage_failed")
        assert eventually(is_told), (call, how)
        assert customer.times(sensor.serial), "reading goes on"
        disk.heal()
        assert sensor.send(5) == [CREATED] * 5, (call, how)
        assert customer.add(new_serial()).status == 201
        assert sentence in said(server)
    assert "is damaged" not in said(server)
    check_is_whole(server, customer, sensor)


def test_a_full_disk_does_not_fill_the_log(server, disk):
    customer, sensor = served(server)
    disk.fail("write", "-wal", "ENOSPC")
    for _ in range(20):
        assert sensor.send(1) == [UNAVAILABLE]
        assert is_problem(customer.add(new_serial()), 503, "storage_full")
    began = [line.split(" ")[0] for line in said(server).splitlines() if " store.failed " in line]
    assert began and len(began) <= 1 + (instant(began[-1]) - instant(began[0])) // 9 + 1, said(server)
    disk.heal()
    assert sensor.send(1) == [CREATED]


@pytest.mark.parametrize("how", ["EIO", "ENXIO"])
def test_reads_that_fail_are_no_damage_and_go_on_by_themselves(server, disk, how):
    customer, sensor = served(server)
    for name in (".db", "-wal"):
        server.stop()  # the log is in the file now, and nothing in a cache
        server.start()
        if name == "-wal":
            assert sensor.send(5) == [CREATED] * 5
        disk.fail("read", name, how)
        assert eventually(lambda: customer.get(f"{customer.org}/sensors/{sensor.serial}").status == 503
                          or customer.add(new_serial()).status == 503)
        sensor.send(2)
        disk.heal()
        assert sensor.send(5) == [CREATED] * 5
        assert customer.add(new_serial()).status == 201
    number = getattr(errno, how)
    assert re.search(rf"store\.failed .* errno={number} message=disk I/O error", said(server))
    assert "is damaged" not in said(server) and "malformed" not in said(server)
    check_is_whole(server, customer, sensor)


def test_a_log_that_cannot_be_moved_into_the_file_stays(server, disk):
    customer, sensor = served(server)
    for call, name in (("write", ".db"), ("sync", ".db"), ("truncate", "-wal"), ("read", "-wal")):
        disk.fail(call, name, "EIO")
        sensor.send(5)
        assert server.stop() == 0
        disk.heal()
        server.start()
        assert sensor.send(5) == [CREATED] * 5, (call, name)
    check_is_whole(server, customer, sensor)


def test_while_no_file_can_be_opened_a_command_says_so_and_a_server_goes_on(server, disk, tmp_path):
    customer, sensor = served(server)
    for name in (".db", "-wal", "-shm"):
        for how in ("EMFILE", "ENFILE"):
            disk.fail("open", name, how)
            assert sensor.send(2) == [CREATED] * 2
            told = Command("code", "issue", "--quantity", "1", "--term", "P1Y", *server.store_arguments(), cwd=tmp_path,
                           env=disk.environment())
            assert told.code == 1 and "too many files are open" in told.err.splitlines()[-1], told.err
            disk.heal()
            assert customer.add(new_serial()).status == 201
    check_is_whole(server, customer, sensor)


def test_a_server_that_cannot_start_for_its_disk_says_so_and_starts_later(server, disk, tmp_path):
    """With exit code 1, after which a service manager tries again."""
    assert server.stop() == 0
    for call, name, how, words in (("read", ".db", "EIO", FAILS), ("write", "-shm", "ENOSPC", FULL),
                                   ("write", "-shm", "EIO", FAILS), ("open", "-wal", "EMFILE", "too many files"),
                                   ("open", ".lock", "EMFILE", "the lock file"), ("open", ".lock", "EIO", "the lock file")):
        disk.fail(call, name, how)
        told = Command("serve", *PORTS, *server.store_arguments(), cwd=tmp_path, env=disk.environment())
        last = told.err.splitlines()[-1]
        assert told.code == 1 and re.match(r"tenure: .*\.$", last) and words in last, told.err
    disk.heal()
    server.start()


def test_what_is_cut_short_goes_on(server, disk):
    customer, sensor = served(server)
    for call in ("write", "read"):
        for name in ("-wal", ".db"):
            disk.fail(call, name, "cut")
            assert sensor.send(3) == [CREATED] * 3
            assert customer.add(new_serial()).status == 201
            disk.heal()
    check_is_whole(server, customer, sensor)


def test_readiness_follows_the_disk(server, disk):
    _, sensor = served(server)
    nobody = Client(server.http_address)
    assert nobody.get("/readyz").status == 200
    disk.fail("sync", "-wal", "EIO")
    assert sensor.send(1) == [UNAVAILABLE]
    assert nobody.get("/readyz").status == 503 and nobody.get("/healthz").status == 200
    disk.heal()
    assert sensor.send(1) == [CREATED]
    assert nobody.get("/readyz").status == 200


def test_a_server_whose_disk_is_gone_shows_and_makes_no_other_store(server, disk):
    """As after an unmount: what stands at the path then is an empty folder, or what was there before."""
    customer, sensor = served(server)
    page = f"{customer.org}/license-manager"
    file, aside = server.folder / "tenure.db", server.folder / "aside.db"

    disk.fail("read", ".db", "EIO")  # so that connections are made anew
    file.rename(aside)
    assert eventually(lambda: customer.get(page).status == 503 or customer.add(new_serial()).status == 503)
    disk.heal()
    assert all(customer.get(page).status in (200, 503) for _ in range(5)), "never a 4xx or a 500"
    assert not file.exists()
    file.touch(0o600)
    assert all(customer.get(page).status in (200, 503) for _ in range(5))
    assert file.stat().st_size == 0
    aside.rename(file)
    assert eventually(lambda: customer.get(page).status == 200)
    assert sensor.send(2) == [CREATED] * 2
    check_is_whole(server, customer, sensor)
