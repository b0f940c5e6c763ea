"""Measurements that are not saved: the reasons, the counts, the people who see them, and the answer to the sensor."""
import pytest

from customer import API, DAY, PASSWORD, Customer, eventually, instant, issue, new_serial, until
from device import ACK, CON, NON, POST, Device, channel, datagram, measurements, read_message
from fleet import TEMPERATURE, Fleet, is_acknowledged, temperatures
from receiver import Receiver
from stores import both_stores

REASONS = {"unlicensed": 0, "expired": 0, "before_first_license": 0, "bad_timestamp": 0, "bad_token": 0}
YEAR_2015 = instant("2015-01-01T00:00:00Z")


def sensor_of(customer, serial):
    answer = customer.get(f"{customer.org}/sensors/{serial}")
    assert answer.status == 200, answer
    return answer.json


def reasons(customer, serial):
    """Of both answers, which are the same."""
    row, sensor = customer.row(serial)["refused"], sensor_of(customer, serial)["refused"]
    assert row == sensor and row["count"] == sum(row["reasons"].values())
    return row["reasons"]


def post(server, payload, **how):
    with Device(server.coap_address) as device:
        reply = device.post("m", payload, **how)
    return reply


def told(server, payload, **how):
    """The data transfer start of the answer."""
    reply = post(server, payload, **how)
    assert is_acknowledged(server, reply)
    return read_message(reply.payload).get(65)


def samples(serial, *times, value=7, **how):
    """A message with a channel for each time."""
    return measurements(serial, *(channel(TEMPERATURE, at, [value]) for at in times), **how)


def analyst_of(customer):
    """A member who only sees."""
    email = f"analyst{new_serial()}@example.com".lower()
    invited = customer.post(f"{customer.org}/members", {"email": email, "role": "analyst"})
    assert invited.status == 201, invited
    analyst = Customer(customer.server, email)
    analyst.id, analyst.org = customer.id, customer.org
    accepted = analyst.post(f"{API}/invitations/{invited.json['link'].rsplit('/', 1)[1]}", {"password": PASSWORD})
    assert accepted.status == 200, accepted
    return analyst


# the clock of the sensor

def test_a_clock_may_run_ahead_by_five_minutes(fleet):
    serial, now = fleet.serial(), fleet.server.now()
    for at in (now + 3600, now + DAY, now + 360):
        assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at, 40)))
    assert fleet.kept(serial) == []
    assert reasons(fleet.customer, serial) == REASONS | {"bad_timestamp": 3}
    assert sensor_of(fleet.customer, serial)["channels"] == []
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, now + 290, 50)))
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, now - 60, 30)))
    assert fleet.customer.times(serial) == [now - 60, now + 290]
    channels = sensor_of(fleet.customer, serial)["channels"]
    assert [(one["value"], instant(one["at"])) for one in channels] == [(3, now - 60)]
    assert fleet.refused(serial) == 3


@both_stores
def test_a_sample_becomes_the_current_value_when_its_time_has_come(make_server):
    fleet = Fleet(make_server(offset=0))
    serial, now = fleet.serial(), fleet.server.now()
    assert is_acknowledged(fleet.server, post(fleet.server, temperatures(serial, now - 60, 1)))
    assert is_acknowledged(fleet.server, post(fleet.server, temperatures(serial, now + 280, 2)))
    assert [one["value"] for one in sensor_of(fleet.customer, serial)["channels"]] == [0.1]
    fleet.server.move_clock(fleet.server.offset + 300)
    assert [one["value"] for one in sensor_of(fleet.customer, serial)["channels"]] == [0.2]
    fleet.server.move_clock(fleet.server.offset + 2 * 3600)  # the server compacts both
    assert [one["value"] for one in sensor_of(fleet.customer, serial)["channels"]] == [0.2]


def test_no_sample_is_older_than_2015(fleet):
    serial = fleet.serial()
    assert is_acknowledged(fleet.server, fleet.device.post("m", samples(serial, 1234, YEAR_2015 - 1, YEAR_2015)))
    assert reasons(fleet.customer, serial) == REASONS | {"bad_timestamp": 2, "before_first_license": 1}


def test_the_log_says_when_most_sensors_are_ahead(make_server):
    fleet = Fleet(make_server(offset=0))
    for _ in range(3):
        assert "clock.sensors_ahead" not in fleet.server.log.read_text()
        post(fleet.server, temperatures(fleet.serial(), fleet.server.now() + 120, 1))
    post(fleet.server, temperatures(fleet.serial(), fleet.server.now() + 120, 1))
    line, = [line for line in fleet.server.log.read_text().splitlines() if "clock.sensors_ahead" in line]
    assert "sensors=3 of=3 seconds=1" in line and "check its clock" in line


# the reasons

@both_stores
def test_each_reason_is_counted_and_shown_to_everybody(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 1, "P1D")
    serial = customer.sensor()
    begins = instant(customer.row(serial)["activated_at"])
    ends = instant("2026-03-12T00:00:00Z")
    assert reasons(customer, serial) == REASONS
    server.move_clock(until("2026-03-14T12:00:00Z"))
    assert customer.redeem(issue(server, 1)).status == 201  # renews at once
    now = server.now()
    times = (1234, now + 3600, begins - 1, ends, begins, now)
    assert is_acknowledged(server, post(server, samples(serial, *times)))
    want = REASONS | {"bad_timestamp": 2, "before_first_license": 1, "expired": 1}
    assert reasons(customer, serial) == want
    assert customer.times(serial) == [begins, now]

    analyst = analyst_of(customer)
    assert sensor_of(analyst, serial)["refused"]["reasons"] == want
    listed, = analyst.items(f"{customer.org}/sensors")
    assert listed["refused"]["count"] == 4 and listed["conflicts"] == 0
    assert analyst.get(f"{customer.org}/license-manager").status == 403

    assert customer.patch(customer.org, {"device_token_required": True}).status == 200
    assert is_acknowledged(server, post(server, samples(serial, *times, value=8, token="wrong")))
    assert reasons(customer, serial) == want | {"bad_token": 6}


def test_a_sensor_without_any_license_is_unlicensed(fleet):
    serial = fleet.serial()
    taken_back = fleet.customer.licenses(serial)[0]["id"]
    assert fleet.customer.patch(f"{fleet.customer.org}/sensors/{serial}", {"auto_renewal": False}).status == 200
    assert fleet.customer.delete(f"{fleet.customer.org}/licenses/{taken_back}").status == 204
    now = fleet.server.now()
    assert is_acknowledged(fleet.server, fleet.device.post("m", samples(serial, 5, now - 60, now, now + 3600)))
    assert reasons(fleet.customer, serial) == REASONS | {"unlicensed": 2, "bad_timestamp": 2}
    assert sensor_of(fleet.customer, serial)["state"] == "unlicensed"


# retries

@both_stores
def test_a_retry_counts_once_and_is_answered_alike(make_server):
    fleet = Fleet(make_server(offset=0))
    server, serial = fleet.server, fleet.serial()
    begins = instant(fleet.customer.row(serial)["activated_at"])

    def copy(message_id, tries):
        frame = temperatures(serial, begins - 180, 1, 2, 3, extra=((5, server.now() + tries), (6, tries << 3), (7, tries)))
        with Device(server.coap_address) as device:
            device.send(datagram(CON, POST, message_id, b"tok%d" % tries, "m", frame))
            reply = device.receive()
        assert is_acknowledged(server, reply)
        assert read_message(reply.payload)[65] == [begins]

    copy(21, 0)
    copy(21, 0)  # the same datagram
    copy(22, 1)
    copy(23, 2)
    assert reasons(fleet.customer, serial) == REASONS | {"before_first_license": 3}
    assert server.stop() == 0
    server.start()
    copy(24, 3)
    assert fleet.refused(serial) == 3
    server.move_clock(server.offset + 59 * 60)
    copy(25, 4)
    assert fleet.refused(serial) == 3
    server.move_clock(server.offset + 61 * 60)
    copy(26, 5)
    assert fleet.refused(serial) == 6


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_retry_to_another_server_counts_once(make_server):
    fleet = Fleet(make_server(offset=0))
    other = make_server(offset=fleet.server.offset)
    serial = fleet.serial()
    begins = instant(fleet.customer.row(serial)["activated_at"])
    frame = temperatures(serial, begins - 180, 1, 2, 3)
    for server in (fleet.server, other, fleet.server, other):
        assert told(server, frame) == [begins]
    assert fleet.refused(serial) == 3


@both_stores
def test_a_message_from_the_last_gap_is_told_where_it_ends(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 1, "P1D")
    serial, never_stopped = customer.sensor(), new_serial()
    begins, ends = instant(customer.row(serial)["activated_at"]), instant("2026-03-12T00:00:00Z")
    server.move_clock(until("2026-03-13T12:00:00Z"))
    assert told(server, samples(serial, ends)) is None, "the gap has not ended"
    assert told(server, samples(serial, begins - 60)) == [begins]
    server.move_clock(until("2026-03-14T12:00:00Z"))
    assert customer.redeem(issue(server, 2)).status == 201  # renews at once
    assert customer.add(never_stopped).status == 201
    again = instant(customer.row(serial)["activated_at"])
    assert told(server, samples(serial, ends - 60)) is None, "the licensed part before the gap comes first"
    for _ in range(2):
        assert told(server, samples(serial, ends)) == [again]
        assert told(server, samples(serial, ends - 60, ends + 60)) == [again]
        assert told(server, samples(serial, ends - 60, again)) == [again]
    assert told(server, samples(serial, again)) is None
    assert told(server, samples(serial, begins - 60)) is None, "this is older than the last gap"
    assert told(server, samples(serial, 1234)) is None
    assert post(server, samples(serial, ends), kind=NON, seconds=0.2) is None
    assert told(server, samples(never_stopped, server.now())) is None
    assert told(server, samples(never_stopped, server.now() - DAY)) == [
        instant(customer.row(never_stopped)["activated_at"])]
    assert told(server, samples(new_serial(), ends)) is None
    assert customer.patch(customer.org, {"device_token_required": True}).status == 200
    assert told(server, samples(serial, ends, token="wrong")) is None


# conflicts

def test_a_conflict_is_counted_once_and_shown(fleet):
    serial, at = fleet.serial(), fleet.then()
    for value in (215, 215, 999, 999, 1, 215):
        assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at, value)))
    sensor = sensor_of(fleet.customer, serial)
    assert sensor["conflicts"] == 2 and sensor["channels"][0]["value"] == 21.5
    assert sensor["refused"]["count"] == 0


@both_stores
def test_conflicts_are_told_from_ten_a_day_on(make_server):
    server = make_server(offset=until("2026-12-03T08:00:00Z"), arguments=("--webhook-private", "on"))
    customer = Customer.onboard(server)
    serial = customer.sensor(name="Twin")
    server.move_clock(server.offset + DAY)
    at = server.now() // 60 * 60 - 7200
    with Receiver() as receiver:
        hook = customer.post(f"{customer.org}/webhooks", {"url": receiver.url, "events": ["sensor.conflicts"]})
        assert hook.status == 201, hook
        assert is_acknowledged(server, post(server, temperatures(serial, at, *range(30))))
        assert is_acknowledged(server, post(server, temperatures(serial, at, *range(100, 109))))
        eventually(lambda: sensor_of(customer, serial)["conflicts"] == 9)
        assert receiver.events() == []
        assert is_acknowledged(server, post(server, temperatures(serial, at, *range(100, 130))))
        receiver.wait(1)
        event, = receiver.events()
        assert event["type"] == "sensor.conflicts"
        assert {key: event["data"][key] for key in ("serial", "name", "conflicts")} == {
            "serial": serial, "name": "Twin", "conflicts": 30}
        for value in range(200, 230):
            assert is_acknowledged(server, post(server, temperatures(serial, at, value)))
        assert sensor_of(customer, serial)["conflicts"] == 60
        server.move_clock(server.offset + 3 * 3600)
        eventually(lambda: sensor_of(customer.sign_in_again(), serial)["conflicts"] == 60)
        assert len(receiver.events()) == 1
