"""Alarm rules on connection, probe, clock and tampering, by datagrams; and what a sensor shows without a rule."""
import pytest

from customer import Customer, eventually, instant, is_problem, until
from device import CREATED, Device, channel, measurements, message
from stores import both_stores

START, HOUR, DAY = "2026-11-24T13:05:00Z", 3600, 86400
PROBE_BROKEN, PIN, ENCLOSURE = 8388557, 1 << 21, 1 << 22


@pytest.fixture
def house(make_server):
    server = make_server(offset=until(START))
    customer = Customer.onboard(server, 5, "P1Y")
    customer.serial = customer.sensor(name="Fridge", auto_renewal=False)
    return customer


def later(customer, seconds):
    customer.server.move_clock(customer.server.offset + seconds)
    customer.sign_in_again()


def post(customer, path, body):
    with Device(customer.server.coap_address) as device:
        reply = device.post(path, body)
    assert reply and reply.code == CREATED


def send(customer, at, *tenths, serial=None, extra=()):
    post(customer, "m", measurements(serial or customer.serial, channel(1, at, tenths), extra=extra))


def send_config(customer):
    post(customer, "c", message((25, bytes.fromhex(customer.serial)), (3, 900)))


def send_info(customer, enclosure):
    post(customer, "i", message((1, bytes.fromhex(customer.serial)), (3, 1546), (19, enclosure)))


def add_rule(customer, condition, **fields):
    answer = customer.post(f"{customer.org}/alarm-rules", {"all": True, "condition": condition} | fields)
    assert answer.status == 201, answer
    return answer.json


def alerts(customer, **query):
    return customer.items(f"{customer.org}/alerts", **query)


def shown(customer):
    return customer.get(f"{customer.org}/sensors/{customer.serial}").json


@both_stores
def test_a_sensor_that_announces_the_past_is_lost_an_hour_after_its_last_message(house):
    add_rule(house, "lost_connection", **{"for": "5m"})
    for _ in range(2):
        now = house.server.now()
        send(house, now, 40, extra=((5, now - 1),))
        later(house, 600)
    later(house, HOUR - 600)
    assert alerts(house) == [], "an hour, and the slack"
    later(house, 320)
    lost, = eventually(lambda: alerts(house))
    assert lost["cause"] == "silent" and abs(instant(lost["started_at"]) - (now + HOUR)) <= 2
    send_config(house)  # a message of any kind
    assert alerts(house, open="true") == []
    house.server.kill()
    house.server.start()
    house.sign_in_again()
    later(house, 2 * HOUR)
    assert len(eventually(lambda: alerts(house, open="true"))) == 1, "it goes silent again"


def test_a_clock_off_by_years_announces_the_right_interval(house):
    add_rule(house, "lost_connection", **{"for": "5m"})
    wrong = house.server.now() + 5 * 365 * DAY
    send(house, wrong, 40, extra=((5, wrong + 1800),))
    later(house, 1800)
    assert alerts(house) == []
    later(house, 320)
    assert len(eventually(lambda: alerts(house, open="true"))) == 1
    send_info(house, 0)
    assert alerts(house, open="true") == []


@both_stores
def test_a_licensed_sensor_that_never_sent_is_lost_a_day_later(house):
    add_rule(house, "lost_connection", **{"for": "5m"})
    new = house.sensor(name="Freezer", auto_renewal=False)  # after the rule
    send(house, house.server.now(), 40, extra=((5, house.server.now() + 7 * DAY - 60),))
    later(house, DAY)
    assert alerts(house) == []
    later(house, 320)
    lost, = eventually(lambda: alerts(house))
    assert (lost["serial"], lost["cause"], lost["condition"]) == (new, "never_seen", "lost_connection")
    send(house, house.server.now(), 40, serial=new)
    assert alerts(house, open="true") == []


@both_stores
def test_a_broken_probe_is_an_alert_and_is_shown(house):
    add_rule(house, "sensor_error")
    add_rule(house, "sensor_error", channel_type="humidity", **{"for": "10m"})
    now = house.server.now()
    post(house, "m", measurements(house.serial, channel(1, now, (40,)), channel(2, now, (PROBE_BROKEN,))))
    broken, = alerts(house)
    assert (broken["condition"], broken["channel"], broken["ended_at"], broken["cause"]) == ("sensor_error", 2, None, None)
    assert [one.get("error_code") for one in shown(house)["channels"]] == [None, PROBE_BROKEN]
    later(house, 660)
    post(house, "m", measurements(house.serial, channel(1, now + 660, (40,)), channel(2, now + 660, (PROBE_BROKEN,))))
    assert sorted(a["channel_type"] or "" for a in alerts(house, open="true")) == ["", "humidity"]
    later(house, 60)
    post(house, "m", measurements(house.serial, channel(1, now + 720, (40,)), channel(2, now + 720, (55,))))
    assert alerts(house, open="true") == []
    assert [one.get("error_code") for one in shown(house)["channels"]] == [None, None]


@both_stores
def test_a_wrong_clock_is_an_alert_by_time_alone_and_is_shown(house):
    add_rule(house, "clock_wrong", **{"for": "10m"})
    assert shown(house)["clock_wrong"] is None
    now = house.server.now()
    send(house, now + 2 * DAY, 40)
    wrong = shown(house)["clock_wrong"]
    assert abs(instant(wrong["since"]) - now) <= 2 and abs(wrong["offset_seconds"] - 2 * DAY) <= 2
    assert abs(instant(shown(house)["last_seen_at"]) - now) <= 2
    later(house, 300)
    assert alerts(house) == []
    house.server.kill()
    house.server.start()
    later(house, 320)
    alert, = eventually(lambda: alerts(house))
    assert alert["condition"] == "clock_wrong" and instant(alert["started_at"]) == instant(wrong["since"])
    later(house, 2 * HOUR)  # compacted meanwhile
    send(house, house.server.now() + 3 * DAY, 40)
    assert shown(house)["clock_wrong"]["since"] == wrong["since"]
    assert abs(shown(house)["clock_wrong"]["offset_seconds"] - 3 * DAY) <= 2
    send(house, house.server.now(), 40)
    assert alerts(house, open="true") == [] and shown(house)["clock_wrong"] is None


@both_stores
def test_tampering_is_an_alert_and_is_shown(house):
    add_rule(house, "tamper")
    now = house.server.now()
    assert shown(house)["tamper"] is None
    send(house, now, 40, extra=((6, PIN),))
    tamper, = alerts(house)
    assert (tamper["cause"], tamper["ended_at"], tamper["peak"]) == ("pin", None, None)
    send(house, now + 1, 40)
    assert alerts(house, open="true") == []
    seen = shown(house)["tamper"]
    assert (seen["pin"], seen["enclosure"], seen["enclosure_open"]) == (True, False, False)
    later(house, 60)
    send_info(house, 1)
    send(house, now + 61, 40)
    opened, = alerts(house, open="true")
    assert opened["cause"] == "enclosure"
    seen = shown(house)["tamper"]
    assert (seen["pin"], seen["enclosure"], seen["enclosure_open"]) == (False, True, True)
    send_info(house, 0)
    assert alerts(house, open="true") == [] and shown(house)["tamper"]["enclosure_open"] is False
    send(house, now + 62, 40, extra=((6, PIN | ENCLOSURE),))
    assert alerts(house, open="true")[0]["cause"] == "pin_and_enclosure"


def test_a_rule_tells_its_maker_unless_it_says_otherwise(house):
    me = house.get("/api/v1/session").json["user"]["id"]
    assert add_rule(house, "tamper")["recipients"] == [me]
    nobody = add_rule(house, "tamper", recipients=[])
    assert nobody["recipients"] == []
    path = f"{house.org}/alarm-rules/{nobody['id']}"
    assert house.patch(path, {"tell_when_over": False}).json["recipients"] == []
    assert house.patch(path, {"recipients": [me]}).json["recipients"] == [me]
    assert house.patch(path, {"recipients": []}).json["recipients"] == []


@pytest.mark.parametrize("fields, field", [
    ({"condition": "tamper", "for": "5m"}, "for"),
    ({"condition": "tamper", "channel_type": "temperature"}, "channel_type"),
    ({"condition": "clock_wrong", "threshold": 1}, "threshold"),
    ({"condition": "clock_wrong", "channel_type": "temperature"}, "channel_type"),
    ({"condition": "clock_wrong", "for": "25h"}, "for"),
    ({"condition": "sensor_error", "hysteresis": 1}, "hysteresis"),
    ({"condition": "sensor_error", "channel_type": "none"}, "channel_type"),
    ({"condition": "memory_growing"}, "condition"),
])
def test_each_condition_has_its_fields(house, fields, field):
    is_problem(house.post(f"{house.org}/alarm-rules", {"all": True} | fields), 422, field=field)
    assert house.items(f"{house.org}/alarm-rules") == []
