"""Frames from outside: what is sent over UDP comes out of the API as the tables say."""
import json
import pathlib

import pytest

from customer import Customer, eventually, has_happened, instant, until, written
from device import (ACK, BAD_REQUEST, CON, CONTENT, GET, NON, NOT_FOUND, POST, RST, Device, channel, datagram,
                    measurements, message, read_message, zigzag)
from fleet import HUMIDITY, OK_ALARM, TEMPERATURE, Fleet, is_acknowledged, temperatures
from stores import both_stores, look

VECTORS = pathlib.Path(__file__).parents[1] / "vectors" / "device-vectors.jsonl"
FRAMES = [v for v in map(json.loads, VECTORS.read_text().splitlines()) if v["endpoint"] == "m"]


# the frames of real devices

def known(samples):
    """What a vector expects, as the API writes it."""
    for sample in samples:
        if isinstance(sample, list):
            yield {"at": written(sample[0]), "value": sample[1]}
        elif "state" in sample:
            yield {"at": written(sample["at"]), "state": sample["state"].lower()}
        else:
            yield {key: written(sample[key]) if key == "at" else sample[key]
                   for key in ("at", "value", "error_code") if key in sample}


NAMES = {1: ("temperature", "°C"), 2: ("humidity", "%"), 5: ("ok_alarm", None)}


@both_stores
@pytest.mark.parametrize("vector", FRAMES, ids=lambda v: v["payload_hex"][-24:])
def test_a_frame_of_a_real_device_is_read_exactly(make_server, vector):
    frame, expected = bytes.fromhex(vector["payload_hex"]), vector["expected"]
    serial = frame[2:8].hex().upper()
    first = read_message(read_message(frame)[4][0])[2][0]
    server = make_server(offset=until(written(first - 3600)))
    customer = Customer.onboard(server)
    assert customer.add(serial.lower()).status == 201
    server.move_clock(until(written(first + 600)))

    began = server.now()
    with Device(server.coap_address) as device:
        assert is_acknowledged(server, device.post("m", frame))

    kept = customer.measurements(serial)
    for wanted in expected.get("channels", []):
        got = [item for item in kept if item["channel"] == wanted["channel"]]
        if wanted["type"]:
            name, unit = NAMES[wanted["type"]]
            assert all(item["type"] == name and unit in (None, item["unit"]) for item in got)
        bare = [{k: v for k, v in item.items() if k not in ("channel", "type", "unit")} for item in got]
        assert bare == list(known(wanted.get("samples", wanted.get("values"))))
    if "channels" in expected:
        assert len(kept) == sum(len(c.get("samples", c.get("values"))) for c in expected["channels"])
    sensor = customer.get(f"{customer.org}/sensors/{serial}").json
    assert sensor["battery_ok"] is expected.get("battery_ok", True)
    assert has_happened(server, sensor["last_seen_at"], began)


# every type of the table: type, name, unit, divisor; mK: value = raw div K, meta = |raw| mod K

TYPES = [
    (1, "temperature", "°C", 10), (2, "humidity", "%", 1), (3, "atmospheric_pressure", "hPa", 10),
    (4, "differential_pressure", "Pa", 1), (6, "iaq", "index", "m3"), (8, "pulse_counter", "per period", 1),
    (9, "electricity_meter", "Wh per period", 1), (10, "water_meter", "l per period", 1), (11, "soil_moisture", "kPa", 1),
    (12, "co_gas", "ppm", 1), (13, "no2_gas", "ppm", 1), (14, "h2s_gas", "ppm", 100), (15, "ambient_light", "lx", 10),
    (16, "pm_1_0", "µg/m³", 1), (17, "pm_2_5", "µg/m³", 1), (18, "pm_10", "µg/m³", 1), (19, "noise_level", "dB", 10),
    (20, "nh3_gas", "ppm", 1), (21, "ch4_gas", "ppm", 1), (22, "high_pressure", "kPa", 1), (23, "distance", "mm", 1),
    (24, "water_meter_acc_minor", "l", "m6"), (25, "water_meter_acc_major", "100 l", "m4"), (26, "co2_gas", "ppm", "m3"),
    (27, "humidity_accurate", "%", 10), (28, "static_iaq", "index", "m3"), (29, "co2_equivalent", "ppm", "m3"),
    (30, "breath_voc", "ppm", "m3"), (32, "percentage", "%", 100), (33, "voltage", "mV", 10), (34, "current", "mA", 100),
    (35, "pulse_counter_acc_minor", "pulses", "m6"), (36, "pulse_counter_acc_major", "1000 pulses", "m4"),
    (37, "electricity_acc_minor", "Wh", "m6"), (38, "electricity_acc_major", "kWh", "m4"),
    (39, "pulse_counter_acc_wide_minor", "pulses", "m6"), (40, "pulse_counter_acc_wide_major", "1e6 pulses", "m4"),
    (41, "current_precise", "mA", 1000), (43, "resistance", "ohm", 1), (77, "type_77", None, 1)]


@pytest.mark.parametrize("number, name, unit, divisor", TYPES, ids=[row[1] for row in TYPES])
def test_a_continuous_channel_is_read_by_its_row_of_the_table(fleet, number, name, unit, divisor):
    serial, at, start = fleet.serial(), fleet.then(), 100
    offsets = [17, 0, -111, 1_000_001, 8_388_557]
    reply = fleet.device.post("m", measurements(serial, channel(number, at, offsets, start)))
    assert is_acknowledged(fleet.server, reply)

    kept = fleet.kept(serial)
    assert all(item["channel"] == 1 and item["type"] == name and unit in (None, item["unit"]) for item in kept)
    assert [instant(item["at"]) for item in kept] == [at + 60 * i for i in range(len(offsets))]
    assert kept.pop()["error_code"] == 8_388_557
    for item, raw in zip(kept, [start + offset for offset in offsets], strict=False):
        if isinstance(divisor, int):
            assert item["value"] == raw / divisor and "meta" not in item
        else:
            modulus = int(divisor[1:])
            assert item["value"] == int(raw / modulus) and item["meta"] == abs(raw) % modulus
        assert "error_code" not in item and "state" not in item


@pytest.mark.parametrize("number, name, off, on", [(5, "ok_alarm", "ok", "alarm"), (7, "flooding", "dry", "water"),
                                                   (42, "output_control", "off", "on")])
def test_a_binary_channel_is_states_at_their_own_times(fleet, number, name, off, on):
    serial, at = fleet.serial(), fleet.then()
    reply = fleet.device.post("m", measurements(serial, channel(number, at, [-1, 300, -301, 900])))
    assert is_acknowledged(fleet.server, reply)
    kept = fleet.kept(serial)
    assert [(instant(i["at"]) - at, i["type"], i["state"]) for i in kept] == [
        (0, name, off), (299, name, on), (300, name, off), (899, name, on)]
    assert not any("value" in item or "error_code" in item for item in kept)


@pytest.mark.parametrize("minor, major, factor", [(24, 25, 100), (35, 36, 1000), (37, 38, 1000), (39, 40, 1_000_000)])
def test_a_minor_and_its_major_have_a_total(fleet, minor, major, factor):
    serial, at = fleet.serial(), fleet.then()
    reply = fleet.device.post("m", measurements(serial, channel(minor, at, [57 * 6 + 1]), channel(major, at, [40_000 * 4])))
    assert is_acknowledged(fleet.server, reply)
    low, high = fleet.kept(serial)
    assert (low["value"], low["meta"]) == (57, 1) and "total" not in low
    assert (high["value"], high["meta"], high["total"]) == (40_000, 0, 40_000 * factor + 57)


@both_stores
def test_an_unknown_type_of_any_number_is_kept_by_it(make_server):
    fleet = Fleet(make_server(offset=0), sensors=2)
    numbers = [77, -5, 70_000, 65_536, 2**31 - 1, -2**31]
    names = [f"type_{number}" for number in numbers]
    serial, other = fleet.serial(), fleet.serial()
    for name in names:
        rule = {"serial": serial, "condition": "above", "channel_type": name, "threshold": 100}
        assert fleet.customer.post(f"{fleet.customer.org}/alarm-rules", rule).status == 201
    at = fleet.server.now()
    for began, value in ((at - 3600, 1), (at, 300)):
        frame = measurements(serial, *(channel(number, began, [value]) for number in numbers))
        assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(other, at, 215)))
    wanted = [(began, i, name, value) for began, value in ((at - 3600, 1), (at, 300)) for i, name in enumerate(names, 1)]

    def check():
        assert [(instant(i["at"]), i["channel"], i["type"], i["value"]) for i in fleet.kept(serial)] == wanted
        sensor = fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}").json
        assert [(c["channel"], c["type"], c["value"]) for c in sensor["channels"]] == [(i, n, 300) for i, n in enumerate(names, 1)]
        table = fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}/measurements", headers={"Accept": "text/csv"}).body.decode()
        assert all(f",{name}," in table for name in names)
        alerts = fleet.customer.get(f"{fleet.customer.org}/alerts").json["items"]
        assert sorted(alert["channel_type"] for alert in alerts) == sorted(names)

    check()
    fleet.server.move_clock(fleet.server.offset + 2 * 3600)
    eventually(lambda: look(fleet.server.store_url, "SELECT count(*) FROM journal") == "0")
    fleet.customer.sign_in_again()
    check()


def test_a_shared_modem_and_an_empty_channel_keep_their_place(fleet):
    serial, at = fleet.serial(), fleet.then()
    frame = measurements(serial, message((1, 31)), b"", channel(TEMPERATURE, at, [215]))
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert [(item["channel"], item["value"]) for item in fleet.kept(serial)] == [(3, 21.5)]


def test_six_channels_come_out_in_the_order_of_time_and_channel(fleet):
    serial, at = fleet.serial(), fleet.then()
    frame = measurements(serial, *(channel(TEMPERATURE, at, [10 * i, 10 * i + 5]) for i in range(1, 7)))
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert [(item["channel"], item["value"]) for item in fleet.kept(serial)] == (
        [(i, float(i)) for i in range(1, 7)] + [(i, i + 0.5) for i in range(1, 7)])


def test_offsets_need_not_be_packed_and_unknown_fields_are_passed_over(fleet):
    serial, at = fleet.serial(), fleet.then()
    loose = message((1, TEMPERATURE), (2, at), (4, zigzag(200)), *((5, zigzag(v)) for v in (1, -2, 3)), (90, b"new"))
    frame = measurements(serial, loose, extra=[(700, 5), (701, "new")])
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert [item["value"] for item in fleet.kept(serial)] == [20.1, 19.8, 20.3]


def test_without_a_factor_the_period_is_one_base_and_fourteen_beside_a_binary_channel(fleet):
    plain, mixed, at = fleet.serial(), fleet.serial(), fleet.then()
    for serial, channels in ((plain, [channel(TEMPERATURE, at, [1, 2])]),
                             (mixed, [channel(TEMPERATURE, at, [1, 2]), channel(OK_ALARM, at, [-1])])):
        frame = message((1, bytes.fromhex(serial)), (2, True), (3, 60), *((4, c) for c in channels))
        assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert [t - at for t in fleet.customer.times(plain, channel=1)] == [0, 60]
    assert [t - at for t in fleet.customer.times(mixed, channel=1)] == [0, 14 * 60]


def test_a_period_factor_stretches_the_period(fleet):
    serial, at = fleet.serial(), fleet.then()
    frame = temperatures(serial, at, 1, 2, 3, period=120, factor=5)
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    assert [t - at for t in fleet.customer.times(serial)] == [0, 600, 1200]


@pytest.mark.parametrize("period", [{"period": 0}, {"period": 0, "factor": 5}])
def test_several_samples_without_a_period_are_refused_and_not_lost(fleet, period):
    serial, at = fleet.serial(), fleet.then()
    reply = fleet.device.post("m", temperatures(serial, at, 1, 2, 3, **period))
    assert reply.code == BAD_REQUEST and b"period" in reply.payload
    assert fleet.kept(serial) == []
    frame = measurements(serial, channel(TEMPERATURE, at, [1]), channel(OK_ALARM, at, [-1, 60]), **period)
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame)), "one sample a channel, and states, need none"
    assert [instant(item["at"]) - at for item in fleet.kept(serial)] == [0, 0, 59]


# what stands beside the samples

def test_an_absent_signal_is_unknown_and_0_is_weak(fleet):
    serial, at = fleet.serial(), fleet.then()
    for i, (extra, signal) in enumerate((([], 99), ([(7, 0)], 0), ([(7, 99)], 99), ([(7, 63)], 63), ([], 99))):
        assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at + 60 * i, 215, extra=extra)))
        assert fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}").json["signal"] == signal



def test_the_state_of_a_sensor_is_that_of_its_newest_message(fleet):
    serial, at = fleet.serial(), fleet.then()
    frame = measurements(serial, channel(TEMPERATURE, at, [215]), channel(HUMIDITY, at, [40, 41]), battery=False,
                         extra=[(7, 42)])
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    sensor = fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}").json
    assert sensor["battery_ok"] is False and sensor["signal"] == 42 and sensor["state"] == "active"
    newest = [(c["channel"], c["type"], c["unit"], c["at"], c["value"]) for c in sensor["channels"]]
    assert newest == [(1, "temperature", "°C", written(at), 21.5), (2, "humidity", "%", written(at + 60), 41)]

    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at + 600, 230)))
    sensor = fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}").json
    assert sensor["battery_ok"] is True and sensor["channels"][0]["value"] == 23.0
    assert sensor["channels"][1]["value"] == 41


# what cannot be read

AT = instant("2026-03-11T09:00:00Z")
MALFORMED = {
    "no protobuf": b"\xff\xff\xff\xff", "cut short": measurements("282C02FFFFF0", channel(1, AT, [1]))[:-1],
    "nothing": b"", "no serial": message((3, 60), (4, channel(1, AT, [1]))),
    "a serial of 4 bytes": measurements("282C0242", channel(1, AT, [1])),
    "a serial of 7 bytes": measurements("282C0242424242", channel(1, AT, [1])),
    "seven channels": measurements("282C02FFFFF0", *[channel(1, AT, [1])] * 7),
    "a token of 37 bytes": measurements("282C02FFFFF0", channel(1, AT, [1]), token="x" * 37),
    "a varint without end": b"\x0a\x06" + bytes(6) + b"\x18" + b"\x80" * 12,
    "a length beyond the end": b"\x0a\x7f" + bytes(6),
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_decoded_is_a_bad_request_with_a_text_for_con_and_silence_for_non(fleet, payload):
    with Device(fleet.server.coap_address) as device:
        reply = device.post("m", payload)
        assert reply.kind == ACK and reply.code == BAD_REQUEST
        assert reply.payload.decode("utf-8").strip()
        device.send(datagram(NON, POST, 9, b"nons", "m", payload))
        assert device.exchange(GET, "t").code == CONTENT
        assert device.receive(0.1) is None


@pytest.mark.parametrize("path", ["i", "c"])
def test_reports_that_cannot_be_decoded_are_bad_requests(fleet, path):
    assert fleet.device.post(path, b"\xff\xff").code == BAD_REQUEST
    assert fleet.device.post(path, message((1, b"1234"), (25, b"1234"))).code == BAD_REQUEST


@pytest.mark.parametrize("bytes_", [b"", b"\x40", b"\x00" * 20, b"\xff" * 40, b"\xc0\x02\x00\x01", b"\x49\x02\x00\x01tokenlong",
                                    b"\x60\x45\x00\x01", b"\x70\x00\x00\x01", b"\x50\x00\x00\x01", b"\x44\x02\x00\x01tok",
                                    b"\x40\x02\x00\x01\xbd", b"\x40\x02\x00\x01\xb1m\xff", b"\x40\x02\x00\x01\xf1m"],
                         ids=lambda data: data[:8].hex() or "empty")
def test_a_server_lives_on_after_any_datagram(fleet, bytes_):
    with Device(fleet.server.coap_address) as device:
        device.send(bytes_)
        device.send(datagram(CON, GET, 10, b"here", "t"))
        reply = device.receive()
        while reply.token != b"here":
            assert reply.kind in (ACK, RST) and reply.code in (0, BAD_REQUEST, NOT_FOUND)
            reply = device.receive()
        assert reply.code == CONTENT


# reading

def test_measurements_are_read_by_channel_time_and_page(fleet):
    serial, at = fleet.serial(), fleet.then()
    frame = measurements(serial, channel(TEMPERATURE, at, range(10)), channel(HUMIDITY, at, range(10)))
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    path = f"{fleet.customer.org}/sensors/{serial}/measurements"
    part = fleet.kept(serial, channel=2, from_=written(at + 60), to=written(at + 180))
    assert [(item["channel"], item["value"]) for item in part] == [(2, 1), (2, 2)]
    first = fleet.customer.get(path, limit=7)
    assert len(first.json["items"]) == 7 and first.json["next"]
    link = first.headers["Link"]
    assert link.endswith('; rel="next"')
    assert fleet.customer.get(link[link.index("<") + 1:link.index(">")]).json["items"] == fleet.kept(serial)[7:14]
    assert fleet.kept(serial, limit=7) == fleet.kept(serial)


def test_a_resolution_gives_least_mean_most_and_number_without_errors(fleet):
    serial = fleet.serial()
    hour = fleet.then() // 3600 * 3600 - 3600
    frame = temperatures(serial, hour, 100, 200, 8_388_557, 300, period=600)
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    bucket, = fleet.kept(serial, resolution="1h")
    assert bucket["at"] == written(hour) and bucket["channel"] == 1 and bucket["unit"] == "°C"
    assert (bucket["min"], bucket["mean"], bucket["max"], bucket["count"]) == (10, 20, 30, 3)


def test_the_mean_of_a_state_is_its_share_of_the_time(fleet):
    serial = fleet.serial()
    hour = fleet.then() // 3600 * 3600 - 4 * 3600
    opened, closed = 901, 2701  # of the hour: half of it
    frame = measurements(serial, channel(OK_ALARM, hour, [-1, opened, -closed, -7000]))
    assert is_acknowledged(fleet.server, fleet.device.post("m", frame))
    first, second, *_ = fleet.kept(serial, resolution="1h")
    assert (first["mean"], first["count"]) == (0.5, 3)
    assert (second["mean"], second["max"], second["count"]) == (0, 0, 1)


def test_measurements_can_be_downloaded_as_csv(fleet):
    serial, at = fleet.serial(), fleet.then()
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at, 215, 216)))
    answer = fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}/measurements", headers={"Accept": "text/csv"})
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    lines = answer.body.decode("utf-8").split("\r\n")
    assert len(lines) == 4 and lines[3] == ""
    assert "21.5" in lines[1] and written(at) in lines[1] and "21.6" in lines[2]
