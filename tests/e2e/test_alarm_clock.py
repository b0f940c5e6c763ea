"""Alerts by the clock: a door that stays open sends nothing, and a sensor's clock may run ahead."""
import pytest

from customer import Customer, eventually, instant, until
from device import CREATED, Device, channel, measurements
from stores import both_stores

START, TEMPERATURE, DOOR, MINUTE, HOUR, DAY = "2026-12-03T10:00:00Z", 1, 5, 60, 3600, 86400


@pytest.fixture
def house(make_server):
    customer = Customer.onboard(make_server(offset=until(START) - DAY), 5, "P1M")
    customer.serial = customer.sensor(name="Door")
    later(customer, DAY)
    return customer


def later(customer, seconds):
    customer.server.move_clock(customer.server.offset + seconds)
    customer.sign_in_again()


def send(customer, *channels):
    with Device(customer.server.coap_address) as device:
        reply = device.post("m", measurements(customer.serial, *channels))
    assert reply and reply.code == CREATED


def add_rule(customer, kind, threshold, **fields):
    answer = customer.post(f"{customer.org}/alarm-rules", {"serial": customer.serial, "condition": "above",
                                                           "channel_type": kind, "threshold": threshold} | fields)
    assert answer.status == 201, answer
    return answer.json["id"]


def alerts(customer):
    """(started_at, ended_at), oldest first."""
    items = customer.items(f"{customer.org}/alerts")
    return sorted((instant(a["started_at"]), a["ended_at"] and instant(a["ended_at"])) for a in items)


def eventually_alerts(customer, *expected):
    eventually(lambda: alerts(customer) == list(expected) or None)


@both_stores
def test_a_sample_ahead_of_the_clock_waits_for_its_time(house):
    add_rule(house, "temperature", 8)
    now = house.server.now()
    send(house, channel(TEMPERATURE, now + 240, [0], start=40))  # 4.0 °C
    send(house, channel(TEMPERATURE, now, [0], start=200))  # 20.0 °C
    assert alerts(house) == [(now, None)], "the cool sample has not been measured yet"
    later(house, 250)
    eventually_alerts(house, (now, now + 240))

    soon = house.server.now() + 2
    send(house, channel(TEMPERATURE, soon, [0], start=200))
    eventually_alerts(house, (now, now + 240), (soon, None))
    assert house.server.now() >= soon, "nothing lies in the future"


@both_stores
def test_an_open_door_alerts_after_ten_minutes_without_another_message(house):
    add_rule(house, "ok_alarm", 0.5, **{"for": "10m"})
    now = house.server.now()
    send(house, channel(DOOR, now, [1]))
    later(house, 9 * MINUTE)
    assert alerts(house) == []
    house.server.kill()  # between the sample and the instant
    house.server.offset += 2 * HOUR
    house.server.start()
    house.sign_in_again()
    eventually_alerts(house, (now, None))
    later(house, 2 * DAY)
    send(house, channel(DOOR, house.server.now(), [0]), channel(TEMPERATURE, house.server.now(), [0], start=40))
    assert alerts(house) == [(now, None)], "silence ends no alert"
    closed = house.server.now()
    send(house, channel(DOOR, closed, [-1]))
    assert alerts(house) == [(now, closed)]

    send(house, channel(DOOR, closed + 1, [1, -600]))  # open for 599 s
    assert alerts(house) == [(now, closed)]


@both_stores
def test_a_door_that_was_open_for_hours_has_an_alert_in_any_case(house):
    add_rule(house, "ok_alarm", 0.5, **{"for": "2s"})
    now = house.server.now()
    send(house, channel(DOOR, now - 5 * HOUR, [1, -10801]))  # 3 hours in one message
    past = (now - 5 * HOUR, now - 2 * HOUR)
    eventually_alerts(house, past)
    send(house, channel(DOOR, now, [1]))
    eventually_alerts(house, past, (now, None))  # by the running server


@both_stores
def test_a_rule_counts_a_door_that_is_open_already(house):
    now = house.server.now()
    send(house, channel(DOOR, now - 3 * HOUR, [1]))
    rule = add_rule(house, "ok_alarm", 0.5, **{"for": "10m"})
    eventually_alerts(house, (now - 3 * HOUR, None))
    assert house.patch(f"{house.org}/alarm-rules/{rule}", {"for": "20m"}).status == 200
    (begin, changed), = alerts(house)
    later(house, 19 * MINUTE)
    assert alerts(house) == [(begin, changed)]
    later(house, 2 * MINUTE)
    eventually_alerts(house, (begin, changed), (changed, None))

    # A sensor that comes back is evaluated again.
    send(house, channel(DOOR, house.server.now(), [-1]))
    opened = house.server.now() + 1
    send(house, channel(DOOR, opened, [1]))
    assert house.delete(f"{house.org}/sensors/{house.serial}").status == 204
    later(house, HOUR)
    assert len(alerts(house)) == 2
    assert house.add(house.serial).status == 201
    eventually(lambda: (opened, None) in alerts(house))
