"""One organization's broken row, or its lost time zone, affects no other organization."""
import contextlib
import os
import shutil

import pytest

from customer import Customer, eventually, is_problem, until
from device import CREATED, UNAVAILABLE, Device
from fleet import send, temperatures
from stores import both_stores, change, look
from test_notices import LAST_DAY, settled, tick, told

ZONES = "/usr/share/zoneinfo"
LOST, OTHER = "Europe/Warsaw", "America/New_York"


@pytest.fixture
def zones(tmp_path):
    """A zone directory of the test's own."""
    folder = tmp_path / "zoneinfo"
    for name in ("UTC", LOST, OTHER):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.join(ZONES, name), folder / name)
    return folder


def lose_file(path):
    path.unlink()


def make_folder(path):
    path.unlink()
    path.mkdir()


def make_pipe(path):
    path.unlink()
    os.mkfifo(path)


LOSSES = {
    "gone": lose_file,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "folder": make_folder,
    "pipe": make_pipe,
    "foreign": lambda path: path.write_bytes(b"x" * 4096),
    "huge": lambda path: path.write_bytes(path.read_bytes() + bytes(1 << 20)),
}


def settings(customer):
    answer = customer.get(customer.org)
    assert answer.status == 200, answer
    return answer.json["time_zone"], answer.json["time_zone_missing"]


def checks(server, name):
    return [check for check in server.command("doctor", "--json").json["checks"] if check["name"] == name]


def left_out(customer):
    """The jobs that /readyz names, with the number of their organizations."""
    ready = customer.get("/readyz")
    assert ready.status == 200, ready
    found = {row["job"]: row["organizations"] for row in ready.json["left_out"]}
    assert ("organizations_left_out" in ready.json["warnings"]) == bool(found)
    return found


def lines(server, event):
    return [line for line in server.log.read_text().splitlines() if f" {event} " in line]


def two_customers(make_server, zones):
    server = make_server(offset=until("2026-03-28T12:00:00Z"), zones=zones)
    first = Customer.onboard(server, 3, "P1D", time_zone=LOST)
    second = Customer.onboard(server, 3, "P1D", time_zone=OTHER)
    tick(first)
    tick(second)
    return first, second


def move_to_the_last_day(first, second):
    first.server.move_clock(until("2026-03-29T15:00:00Z"))
    settled(first.server)
    first.sign_in_again()
    second.sign_in_again()


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lost_time_zone_concerns_its_organization_only(make_server, zones, loss):
    lost_zone_scene(make_server, zones, LOSSES[loss])


@both_stores
def test_a_lost_time_zone_in_each_store(make_server, zones):
    lost_zone_scene(make_server, zones, lose_file)


def lost_zone_scene(make_server, zones, lose):
    first, second = two_customers(make_server, zones)
    serials = [customer.sensor(auto_renewal=False) for customer in (first, second)]
    whole = (zones / LOST).read_bytes()
    lose(zones / LOST)
    move_to_the_last_day(first, second)

    # Both get their notices; the first counts its days in UTC.
    assert [(n["kind"], n["due_on"]) for n in told(first)] == [(LAST_DAY, "2026-03-29")]
    assert [(n["kind"], n["due_on"]) for n in told(second)] == [(LAST_DAY, "2026-03-29")]
    assert settings(first) == (LOST, True) and settings(second) == (OTHER, False)
    assert len(lines(first.server, "organization.zone_missing")) == 1
    check, = checks(first.server, "time zone")
    assert check["state"] == "warning" and first.id in check["detail"] and LOST in check["detail"]
    for serial in serials:
        send(first.server, serial, first.server.now(), 10)

    # Its verbs work, and a new term ends at a midnight of UTC.
    assert first.assign(serials[0]).status == 201
    assert first.licenses(serials[0])[-1]["expires_at"].endswith("T00:00:00Z")
    assert first.patch(first.org, {"name": "Colder Chain"}).json["time_zone_missing"] is True
    is_problem(first.patch(first.org, {"time_zone": LOST}), 422, "time_zone_unknown", "time_zone")

    # The zone is back without a restart, or another one is chosen.
    with contextlib.suppress(OSError):
        (zones / LOST).rmdir()
    (zones / LOST).unlink(missing_ok=True)
    (zones / LOST).write_bytes(whole)
    assert settings(first) == (LOST, False)
    assert checks(first.server, "time zone") == []


def test_another_zone_can_be_chosen_for_a_lost_one(make_server, zones):
    first, second = two_customers(make_server, zones)
    lose_file(zones / LOST)
    move_to_the_last_day(first, second)
    answer = first.patch(first.org, {"time_zone": OTHER})
    assert answer.status == 200 and answer.json["time_zone_missing"] is False
    assert settings(first) == (OTHER, False)
    assert checks(first.server, "time zone") == []


@both_stores
@pytest.mark.parametrize("name", ["../../../../etc/passwd", "Nowhere/City", "", "x" * 200, "Zażółć/gęślą"])
def test_a_zone_that_never_was_is_one_that_is_lost(make_server, zones, name):
    first, second = two_customers(make_server, zones)
    change(first.server.store_url, f"UPDATE organization SET time_zone = '{name}' WHERE time_zone = '{LOST}'")
    serials = [customer.sensor(auto_renewal=False) for customer in (first, second)]
    move_to_the_last_day(first, second)
    assert len(told(first)) == len(told(second)) == 1
    assert settings(first) == (name, True)
    assert len(checks(first.server, "time zone")) == 1
    send(first.server, serials[0], first.server.now(), 10)
    assert first.patch(first.org, {"time_zone": "UTC"}).status == 200


@both_stores
def test_a_broken_key_stops_the_renewals_of_its_organization_only(make_server):
    server = make_server(offset=until("2026-03-28T12:00:00Z"))
    first, second = (Customer.onboard(server, 3, "P1D") for _ in range(2))
    serials = [first.sensor(), second.sensor()]
    is_first = f"organization_id = (SELECT organization_id FROM sensor WHERE serial = '{serials[0]}')"
    change(server.store_url, f"UPDATE license_key SET term = 'P0X' WHERE {is_first}")
    server.move_clock(until("2026-03-30T12:00:00Z"))
    first.sign_in_again(), second.sign_in_again()
    assert len(second.licenses(serials[1])) == 2
    assert look(server.store_url, f"SELECT count(*) FROM license WHERE {is_first}") == "1"
    assert eventually(lambda: left_out(first))["renewals"] == 1
    assert first.id in " ".join(check["detail"] for check in checks(server, "jobs"))
    assert lines(server, "job.isolated")

    # After the repair the organization is tried again when its pause is over.
    change(server.store_url, f"UPDATE license_key SET term = 'P1D' WHERE {is_first}")
    server.move_clock(until("2026-03-30T13:00:00Z"))
    eventually(lambda: left_out(first) == {})
    assert look(server.store_url, f"SELECT count(*) FROM license WHERE {is_first}") == "2"
    assert lines(server, "job.recovered") and checks(server, "jobs") == []


@both_stores
def test_sensors_whose_rows_are_broken_wait_and_others_do_not(make_server):
    server = make_server(offset=until("2026-03-28T12:00:00Z"))
    first, second = Customer.onboard(server), Customer.onboard(server)
    serials = [first.sensor(), second.sensor()]
    server.stop()
    change(server.store_url, f"UPDATE sensor SET serial = 'ZZZZZZZZZZZZ' WHERE serial = '{serials[0]}'")
    server.start()
    first.sign_in_again()
    with Device(server.coap_address) as device:
        for i in range(3):
            at = server.now() + i
            assert device.post("m", temperatures(serials[0], at, 10)).code == UNAVAILABLE
            assert device.post("m", temperatures(serials[1], at, 10)).code == CREATED
        assert left_out(first) == {"measurements": 1}
        assert len(lines(server, "ingest.failed")) == 1
        assert serials[0] in checks(server, "jobs")[0]["detail"]
    change(server.store_url, f"UPDATE sensor SET serial = '{serials[0]}' WHERE serial = 'ZZZZZZZZZZZZ'")
    server.move_clock(until("2026-03-28T12:30:00Z"))
    send(server, serials[0], server.now(), 20)
