"""Alarm rules and alerts: late and repeated samples, the end of a license by the clock, kill -9."""
import random

import pytest

from customer import Customer, eventually, instant, is_problem, until
from device import CREATED, Device, channel, measurements
from stores import both_stores

START, DAY = "2026-11-24T13:05:00Z", 86400


@pytest.fixture
def house(make_server):
    server = make_server(offset=until(START))
    customer = Customer.onboard(server, 5, "P2D")
    customer.serial = customer.sensor(name="Fridge", auto_renewal=False)
    return customer


def later(customer, seconds):
    customer.server.move_clock(customer.server.offset + seconds)


def send(customer, at, *tenths, battery=True, extra=()):
    """Temperatures, a minute apart."""
    body = measurements(customer.serial, channel(1, at, tenths), battery=battery, extra=extra)
    with Device(customer.server.coap_address) as device:
        reply = device.post("m", body)
    assert reply and reply.code == CREATED


def add_rule(customer, **fields):
    answer = customer.post(f"{customer.org}/alarm-rules",
                           {"serial": customer.serial, "condition": "above", "channel_type": "temperature", "threshold": 8}
                           | fields)
    assert answer.status == 201, answer
    return answer.json


def alerts(customer, **query):
    return customer.items(f"{customer.org}/alerts", **query)


@both_stores
def test_an_alert_opens_and_closes_once_whatever_order_samples_come_in(house):
    rule = add_rule(house, hysteresis=0.5)
    begin = house.server.now() + 60
    later(house, 3600)
    values = [70, 81, 95, 79, 74, 60, 90, 91, 70, 75, 99, 78]
    expected = [(begin + 60, begin + 240, 9.5), (begin + 360, begin + 480, 9.1), (begin + 600, None, 9.9)]
    order = list(range(len(values)))
    random.Random(7).shuffle(order)
    for n in order:
        send(house, begin + n * 60, values[n])
        if n % 4 == 0:
            send(house, begin, *values[:n + 1])
    got = sorted((instant(a["started_at"]), instant(a["ended_at"]) if a["ended_at"] else None, a["peak"])
                 for a in alerts(house))
    assert got == expected
    assert {a["rule"] for a in alerts(house)} == {rule["id"]}
    opened, = alerts(house, open="true")
    assert (opened["serial"], opened["evaluated"], opened["unit"], opened["threshold"]) == (house.serial, True, "°C", 8)
    assert len(alerts(house, serial=house.serial, open="false")) == 2
    assert house.get(f"{house.org}/alerts/{opened['id']}").json == opened
    page = house.get(f"{house.org}/alerts", limit=1).json
    assert page["items"] == [opened] and page["next"]

    house.server.kill()  # what was acknowledged is there, once
    house.server.start()
    house.sign_in_again()
    send(house, begin, *values)
    send(house, begin + 12 * 60, 60)
    assert len(alerts(house)) == 3 and not alerts(house, open="true")


def test_after_the_license_an_open_alert_is_no_longer_evaluated(house):
    add_rule(house)
    now = house.server.now()
    send(house, now, 90)
    alert, = alerts(house)
    assert alert["evaluated"] and alert["ended_at"] is None
    later(house, 4 * DAY)
    house.sign_in_again()
    send(house, house.server.now() - 60, 10)  # refused
    alert, = alerts(house)
    assert alert["evaluated"] is False and alert["ended_at"] is None
    assert house.assign(house.serial).status == 201
    send(house, house.server.now(), 10)
    alert, = alerts(house)
    assert alert["evaluated"] and alert["ended_at"]


def test_a_lost_connection_is_told_after_the_slack_and_is_over_with_the_next_message(house):
    answer = house.post(f"{house.org}/alarm-rules", {"all": True, "condition": "lost_connection", "for": "5m"})
    assert answer.status == 201 and answer.json["for"] == "5m"
    now = house.server.now()
    send(house, now, 40, extra=((5, now + 600),))
    later(house, 700)
    assert alerts(house) == []
    later(house, 300)
    house.sign_in_again()
    lost, = eventually(lambda: alerts(house))
    assert (lost["condition"], instant(lost["started_at"]), lost["ended_at"]) == ("lost_connection", now + 600, None)
    back = house.server.now()
    send(house, back, 40, extra=((5, back + 600),))
    over, = alerts(house)
    assert over["id"] == lost["id"] and over["ended_at"]


@both_stores
def test_a_sensor_that_is_silent_after_a_gap_in_its_license_is_lost(house):
    server = house.server
    house.post(f"{house.org}/alarm-rules", {"all": True, "condition": "lost_connection", "for": "5m"})
    send(house, server.now(), 40, extra=((5, server.now() + 3 * DAY),))
    later(house, instant(house.row(house.serial)["expires_at"]) - server.now() - 300)
    house.sign_in_again()
    now = server.now()
    send(house, now, 40, extra=((5, now + 900),))  # its license ends before
    later(house, 2 * DAY)
    house.sign_in_again()
    licensed = instant(house.assign(house.serial).json["starts_at"])
    later(house, 1100)
    house.sign_in_again()
    assert alerts(house) == [], "it has as long as between two messages, and the slack"
    later(house, 200)
    house.sign_in_again()
    lost, = eventually(lambda: alerts(house))
    assert instant(lost["started_at"]) == licensed + 900 and lost["evaluated"]
    send(house, server.now(), 40)
    assert alerts(house, open="true") == []


@both_stores
def test_a_sensor_that_is_replaced_or_comes_back_keeps_rules_and_alerts(house):
    add_rule(house)
    send(house, house.server.now(), 90)
    opened, = alerts(house)
    new = "282C02ABCDEF"
    assert house.post(f"{house.org}/sensors/{house.serial}/replacement", {"serial": new}).status == 200
    house.serial = new
    assert [rule["serial"] for rule in house.items(f"{house.org}/alarm-rules")] == [new]
    assert house.delete(f"{house.org}/sensors/{new}").status == 204
    alert, = alerts(house)
    assert (alert["id"], alert["evaluated"], alert["ended_at"]) == (opened["id"], False, None)
    assert house.add(new).status == 201
    later(house, 60)
    send(house, house.server.now(), 10)
    alert, = alerts(house, serial=new)
    assert alert["id"] == opened["id"] and alert["evaluated"] and alert["ended_at"]


def test_a_low_battery_is_told(house):
    house.post(f"{house.org}/alarm-rules", {"serial": house.serial, "condition": "low_battery"})
    now = house.server.now()
    send(house, now, 40, battery=False)
    assert [a["condition"] for a in alerts(house, open="true")] == ["low_battery"]
    send(house, now + 1, 40)
    assert alerts(house, open="true") == []


def test_paused_alarms_are_not_evaluated_and_rules_can_be_changed_and_deleted(house):
    rule = add_rule(house, **{"for": "2m"})
    now = house.server.now()
    assert house.patch(f"{house.org}/sensors/{house.serial}", {"alarms_paused": True}).status == 200
    later(house, 1800)
    send(house, now + 60, 90, 90, 90, 90)
    assert alerts(house) == []
    assert house.patch(f"{house.org}/sensors/{house.serial}", {"alarms_paused": False}).status == 200
    later(house, 7200)
    send(house, house.server.now() - 600, 90, 90)
    assert alerts(house) == []
    send(house, house.server.now() - 480, 90)
    alert, = alerts(house)
    path = f"{house.org}/alarm-rules/{rule['id']}"
    assert house.patch(path, {"threshold": 9.5}).json["threshold"] == 9.5
    assert alerts(house)[0]["ended_at"], "what is open ends with its condition"
    assert house.delete(path).status == 204
    is_problem(house.get(path), 404)
    assert alerts(house)[0]["evaluated"] is False
    actions = [e["action"] for e in house.items(f"{house.org}/audit-log")]
    assert [a for a in actions if a.startswith("alarm_rule")] == ["alarm_rule.remove", "alarm_rule.change", "alarm_rule.add"]


BAD = [({"condition": "above"}, 422, None), ({"condition": "warm"}, 422, "condition"), ({}, 422, "condition"),
       ({"channel_type": "none"}, 422, "channel_type"), ({"channel_type": "x" * 32}, 422, "channel_type"),
       ({"threshold": 1e13}, 422, "threshold"), ({"threshold": "8"}, 400, "threshold"), ({"hysteresis": -1}, 422, "hysteresis"),
       ({"for": "2d"}, 422, "for"), ({"recipients": ["0000000000001"]}, 422, "recipients"), ({"all": True}, 422, "serial"),
       ({"serial": "282C02FFFFFF"}, 404, None), ({"color": 1}, 400, None)]


def test_each_field_of_a_rule_has_its_limit(house):
    whole = {"serial": house.serial, "condition": "above", "channel_type": "temperature", "threshold": 8}
    for change, status, field in BAD:
        body = change if change in (BAD[0][0], {}) else whole | change
        is_problem(house.post(f"{house.org}/alarm-rules", body), status, field=field)
    for body in ({"condition": "lost_connection", "all": True, "for": "60s"},
                 {"condition": "low_battery", "all": True, "for": "60s"},
                 {"condition": "low_battery", "all": True, "threshold": 1}):
        is_problem(house.post(f"{house.org}/alarm-rules", body), 422)
    assert house.items(f"{house.org}/alarm-rules") == []
