"""Sensors from outside: how they are answered, and which of what they send is kept."""
import contextlib
import os
import shutil
import struct
import subprocess

import pytest

from customer import DAY, Customer, eventually, has_happened, instant, issue, new_serial, until, written
from device import (ACK, BAD_REQUEST, CON, CONTENT, GET, NON, NOT_FOUND, POST, RST, Device, datagram, measurements, message,
                    read_message, zigzag)
from fleet import TEMPERATURE, Fleet, is_acknowledged, tells_the_time, temperatures
from stores import both_stores, look

METHOD_NOT_ALLOWED, TOO_LARGE, NO_PROXY = 0x85, 0x8D, 0xA5
BLOCK1, SIZE1 = 27, 60


@pytest.fixture
def small_fleet(make_server):
    """For what is the same whatever the store."""
    return Fleet(make_server(offset=0))


# answers

def test_a_non_is_never_answered_and_yet_stored(fleet):
    serial, other, at = fleet.serial(), fleet.serial(), fleet.then()
    with Device(fleet.server.coap_address) as device:
        device.send(datagram(NON, POST, 7, b"nons", "m", temperatures(serial, at, 215)))
        # Answers leave in the order of the commits: the first to come is that of the second message.
        assert is_acknowledged(fleet.server, device.post("m", temperatures(other, at, 1)))
        assert eventually(lambda: fleet.kept(serial))[0]["value"] == 21.5
        assert device.receive(0.2) is None


@pytest.mark.parametrize("path, payload", [("m", b"\xff\xff"), ("none", b""), ("m", b""), ("t", b""), ("i", b"\x08")])
def test_nothing_sent_as_non_is_ever_answered(fleet, path, payload):
    with Device(fleet.server.coap_address) as device:
        device.send(datagram(NON, POST, 8, b"nons", path, payload))
        assert device.exchange(POST, "t").code == CONTENT
        assert device.receive(0.1) is None


@pytest.mark.parametrize("method", [GET, POST])
def test_the_time_is_four_bytes_big_endian(fleet, method):
    reply = fleet.device.exchange(method, "t")
    assert reply.kind == ACK and reply.code == CONTENT and len(reply.payload) == 4
    assert tells_the_time(fleet.server, reply, struct.unpack("!I", reply.payload)[0])


def test_device_info_and_config_are_acknowledged_with_the_time(fleet):
    serial = fleet.serial()
    info = message((1, bytes.fromhex(serial)), (3, 0x060A), (15, "abc"), (16, ""), (13, message((1, 77), (4, 3600))),
                   (14, message((1, 4), (2, [1, 2, 3, 4, -95, -12, -83, 9]), (5, "490154203237518"))))
    config = message((25, bytes.fromhex(serial)), (2, 60), (26, 1), (3, 3600), (5, 0xFFFFFFFF), (20, 17), (27, 1))
    assert is_acknowledged(fleet.server, fleet.device.post("i", info))
    assert is_acknowledged(fleet.server, fleet.device.post("c", config))


@pytest.mark.parametrize("path", ["", "x", "m/m", "mm", "M", "api/v1", "well-known/core", "efento/m"])
def test_any_other_path_is_not_found(fleet, path):
    assert fleet.device.post(path, b"").code == NOT_FOUND


@pytest.mark.parametrize("path", ["m", "i", "c"])
def test_a_delivery_cannot_be_fetched(fleet, path):
    assert fleet.device.exchange(GET, path).code == METHOD_NOT_ALLOWED


@pytest.mark.parametrize("size", range(9))
def test_message_id_and_token_of_every_length_come_back(fleet, size):
    serial, token = fleet.serial(), os.urandom(size)
    for number, path, payload in ((0, "m", temperatures(serial, fleet.then(), size)), (0xFFFF, "t", b""), (77, "no", b"")):
        fleet.device.send(datagram(CON, POST, number, token, path, payload))
        reply = fleet.device.receive()
        assert reply.kind == ACK and reply.message_id == number and reply.token == token


def test_every_device_of_a_crowd_gets_the_answer_to_its_own_message(fleet):
    serial, at = fleet.serial(), fleet.then()
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(Device(fleet.server.coap_address)) for _ in range(100)]
        for number, device in enumerate(crowd):
            frame = temperatures(serial, at + number, number)
            device.send(datagram(CON, POST, number, b"%03d" % number, "m", frame))
        for number, device in enumerate(crowd):
            reply = device.receive()
            assert is_acknowledged(fleet.server, reply) and (reply.message_id, reply.token) == (number, b"%03d" % number)
    assert [item["value"] for item in fleet.kept(serial)] == [number / 10 for number in range(100)]


@pytest.mark.parametrize("options", [[(65001, b"secret token")], [(2049, b"x" * 300), (2050, b"y")], [(9, b"")],
                                     [(65535, b"\x00" * 36)], [(12, b"\x2a"), (17, b"\x3c"), (15, b"a=b")],
                                     [(3, b"device.example.com"), (7, b"\x16\x33")], [(1, b""), (5, b"")]])
def test_options_of_any_number_are_passed_over(fleet, options):
    serial, at = fleet.serial(), fleet.then()
    reply = fleet.device.post("m", temperatures(serial, at, 215), options=options)
    assert is_acknowledged(fleet.server, reply)
    assert fleet.device.exchange(GET, "t", options=options).code == CONTENT
    assert fleet.customer.times(serial) == [at]


def is_told_to_send_whole(reply):
    return reply.kind == ACK and reply.code == TOO_LARGE and reply.options[SIZE1] == [b"\x05\x78"] and reply.payload


FRAGMENTS = [b"\x08", b"\x0e", b"\x10", b"\x16", b"\x1e", b"\x01\x06", b"\xff\xff\xff"]


@both_stores
def test_a_fragment_is_never_taken_for_a_message(make_server):
    fleet = Fleet(make_server(offset=0), sensors=2)
    serial, other, at = fleet.serial(), fleet.serial(), fleet.then()
    whole = {"m": temperatures(serial, at, 215), "i": message((1, bytes.fromhex(serial)), (3, 7)),
             "c": message((25, bytes.fromhex(serial)), (2, 60))}
    for path, payload in whole.items():
        for value in FRAGMENTS:
            assert is_told_to_send_whole(fleet.device.post(path, payload, options=[(BLOCK1, value)])), (path, value)
            fleet.device.send(datagram(NON, POST, 9, b"nons", path, payload, [(BLOCK1, value)]))
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(other, at, 1)))
    assert fleet.device.receive(0.1) is None, "a NON is not answered"
    assert fleet.kept(serial) == [] and look(fleet.server.store_url, "SELECT count(*) FROM sensor_report") == "0"
    for path, payload in whole.items():
        assert is_acknowledged(fleet.server, fleet.device.post(path, payload))
    assert fleet.customer.times(serial) == [at]


def test_one_block_that_is_the_whole_message_is_taken(fleet):
    serial, at = fleet.serial(), fleet.then()
    for i, value in enumerate((b"", b"\x00", b"\x06", b"\x00\x00\x04")):
        reply = fleet.device.post("m", temperatures(serial, at + 60 * i, 215), options=[(BLOCK1, value)])
        assert is_acknowledged(fleet.server, reply) and reply.options == {BLOCK1: [value.lstrip(b"\0")]}
    assert len(fleet.kept(serial)) == 4


def test_a_message_too_large_is_told_how_large_it_may_be(fleet):
    serial, at = fleet.serial(), fleet.then()
    large = temperatures(serial, at, 215) + message((90, b"x" * 1600))
    assert is_told_to_send_whole(fleet.device.post("m", large))
    with Device(fleet.server.coap_address) as device:
        device.send(datagram(NON, POST, 9, b"nons", "m", large))
        assert is_acknowledged(fleet.server, device.post("m", temperatures(serial, at + 60, 1)))
        assert device.receive(0.1) is None
    assert fleet.customer.times(serial) == [at + 60]
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at, 215) + message((90, b"x" * 1350))))


def test_nothing_is_forwarded_to_another_server(fleet):
    serial, at = fleet.serial(), fleet.then()
    for option in ((35, b"coap://example.com/m"), (39, b"coap"), (39, b"HTTPS")):
        assert fleet.device.post("m", temperatures(serial, at, 215), options=[option]).code == NO_PROXY
    assert fleet.kept(serial) == []


def test_a_token_may_stand_in_an_option_of_any_number(fleet):
    serial, at, sent = fleet.serial(), fleet.then(), 0
    for number in (1, 3, 5, 6, 7, 9, 12, 15, 17, 19, 23, 27, 28, 31, 35, 39, 60, 252, 258, 292, 2053):
        for token in (b"490154203237518", b"x" * 36, b"7c5f"):
            reply = fleet.device.post("m", temperatures(serial, at + sent, 215), options=[(number, token)])
            assert is_acknowledged(fleet.server, reply), (number, token)
            sent += 1
    assert len(fleet.kept(serial)) == sent


def test_what_is_no_request_is_reset_where_confirmable_and_ignored_else(fleet):
    serial, at = fleet.serial(), fleet.then()
    with Device(fleet.server.coap_address) as device:
        for code in (0x21, 0x41, 0x44, 0x45, 0x61, 0x80, 0xA3, 0xC0, 0xE1):
            device.send(datagram(NON, code, 78, b"nons", "m", temperatures(serial, at, 215)))
            device.send(datagram(CON, code, 77, b"cons", "m", temperatures(serial, at, 215)))
            reply = device.receive()
            assert (reply.kind, reply.code, reply.message_id, reply.token) == (RST, 0, 77, b""), code
        assert is_acknowledged(fleet.server, device.post("m", temperatures(serial, at + 60, 1)))
    assert fleet.customer.times(serial) == [at + 60]


def test_a_coap_ping_is_answered_with_a_reset(fleet):
    fleet.device.send(struct.pack("!BBH", 0x40, 0, 4711))
    reply = fleet.device.receive()
    assert (reply.kind, reply.code, reply.message_id, reply.token) == (RST, 0, 4711, b"")


# once is once

def test_the_same_message_again_is_acknowledged_again_and_stored_once(fleet):
    serial, at = fleet.serial(), fleet.then()
    same = datagram(CON, POST, 21, b"same", "m", temperatures(serial, at, 215, 216))
    with Device(fleet.server.coap_address) as device:
        for data in (same, same, datagram(CON, POST, 22, b"more", "m", temperatures(serial, at, 215, 216))):
            device.send(data)
            assert is_acknowledged(fleet.server, device.receive())
    assert [item["value"] for item in fleet.kept(serial)] == [21.5, 21.6]


def test_samples_that_come_again_in_other_groupings_are_stored_once(fleet):
    serial, at = fleet.serial(), fleet.then()
    for first, values in ((0, [1, 2, 3]), (2, [3, 4]), (1, [2]), (0, [1, 2, 3, 4, 5])):
        assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at + 60 * first, *values)))
    assert fleet.customer.times(serial) == [at + 60 * i for i in range(5)]
    assert [item["value"] for item in fleet.kept(serial)] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_of_a_differing_repeat_the_first_value_stays(fleet):
    serial, at = fleet.serial(), fleet.then()
    for value in (215, 999, 1):
        assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, at, value)))
    assert [item["value"] for item in fleet.kept(serial)] == [21.5]


@both_stores
def test_once_is_once_across_a_restart(make_server):
    fleet = Fleet(make_server(offset=0))
    serial, at = fleet.serial(), fleet.then()
    for value in (215, 999):
        with Device(fleet.server.coap_address) as device:
            assert is_acknowledged(fleet.server, device.post("m", temperatures(serial, at, value, 1)))
        assert fleet.server.stop() == 0
        fleet.server.start()
    assert [item["value"] for item in fleet.kept(serial)] == [21.5, 0.1]


# the license decides sample by sample

@both_stores
def test_of_a_message_that_spans_the_end_of_a_license_the_covered_samples_are_kept(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 5, "P1D")
    serial = customer.sensor(auto_renewal=False)
    started = instant(customer.row(serial)["activated_at"])
    end = instant("2026-03-12T00:00:00Z")
    assert customer.row(serial)["expires_at"] == written(end)
    server.move_clock(until("2026-03-12T01:00:00Z"))

    began = server.now()
    with Device(server.coap_address) as device:
        half_hours = temperatures(serial, end - 5400, 1, 2, 3, 4, 5, period=1800)
        assert is_acknowledged(server, device.post("m", half_hours))
        assert customer.times(serial) == [end - 5400, end - 3600, end - 1800]
        refused = customer.row(serial)["refused"]
        assert refused["count"] == 2 and has_happened(server, refused["last_at"], began)

        # The first and the last second of the license, and those beside them.
        edges = [message((1, TEMPERATURE), (2, at), (5, [7])) for at in (started - 1, started, end - 1, end)]
        assert is_acknowledged(server, device.post("m", measurements(serial, *edges)))
    assert customer.times(serial)[0] == started and customer.times(serial)[-1] == end - 1
    assert len(customer.times(serial)) == 5
    assert customer.row(serial)["refused"]["count"] == 4


def test_a_message_of_a_serial_that_nobody_has_is_acknowledged(fleet):
    serial = new_serial()
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, fleet.then(), 1)))
    assert fleet.customer.get(f"{fleet.customer.org}/sensors/{serial}/measurements").status == 404


def test_a_sensor_is_known_from_the_moment_that_it_was_added(fleet):
    serial = new_serial()
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, fleet.then(), 1)))
    assert fleet.customer.add(serial).status == 201
    assert is_acknowledged(fleet.server, fleet.device.post("m", temperatures(serial, fleet.server.now(), 2)))
    assert [item["value"] for item in fleet.kept(serial)] == [0.2]


def test_with_a_required_device_token_messages_without_it_are_acknowledged_counted_and_not_kept(small_fleet):
    fleet = small_fleet
    serial, at = fleet.serial(), fleet.then()
    changed = fleet.customer.patch(fleet.customer.org, {"device_token_required": True})
    assert changed.status == 200, changed
    for value, token in enumerate(("", "wrong", changed.json["device_token"][:-1])):
        reply = fleet.device.post("m", temperatures(serial, at, value, token=token))
        assert is_acknowledged(fleet.server, reply)
    assert fleet.kept(serial) == [] and fleet.refused(serial) == 3
    reply = fleet.device.post("m", temperatures(serial, at, 2, token=changed.json["device_token"]))
    assert is_acknowledged(fleet.server, reply)
    assert [item["value"] for item in fleet.kept(serial)] == [0.2]


def test_what_nobody_has_added_or_comes_without_its_token_is_logged_once_in_ten_seconds(make_server):
    server = make_server(offset=0)
    customer, unknown = Customer.onboard(server), new_serial()
    serial = customer.sensor()
    assert customer.patch(customer.org, {"device_token_required": True}).status == 200
    with Device(server.coap_address) as device:
        for turn in range(3):
            for name in (unknown, serial):
                assert is_acknowledged(server, device.post("m", temperatures(name, server.now() + turn, 1)))
    said = [line.split(" ", 2)[2] for line in server.log.read_text().splitlines() if " ingest." in line]
    assert said == [f"ingest.unknown_sensor serial={unknown} count=1", f"ingest.bad_token serial={serial} count=1"]


# ways to listen

def test_ipv4_and_ipv6_are_served_at_once(make_server):
    fleet = Fleet(make_server(offset=0, coap="[::]:0"))
    port = fleet.server.coap_address[1]
    for host in ("127.0.0.1", "::1"):
        serial = fleet.serial()
        with Device((host, port)) as device:
            assert is_acknowledged(fleet.server, device.post("m", temperatures(serial, fleet.then(), 215)))
        assert [item["value"] for item in fleet.kept(serial)] == [21.5]


@pytest.mark.parametrize("prefix", ["efento", "/efento", "a/b"])
def test_with_a_prefix_only_the_paths_under_it_are_served(make_server, prefix):
    server = make_server(offset=0, arguments=["--coap-prefix", prefix])
    at = server.now()
    with Device(server.coap_address) as device:
        for path in ("m", "i", "c"):
            assert device.post(path, b"").code == NOT_FOUND
        assert device.exchange(GET, "t").code == NOT_FOUND
        assert device.exchange(GET, prefix + "/t").code == CONTENT
        assert is_acknowledged(server, device.post(prefix + "/m", temperatures(new_serial(), at, 1)))


# another implementation as the peer

COAP_CLIENT = shutil.which("coap-client-notls") or shutil.which("coap-client")


def coap_client(folder, *arguments):
    answer = folder / "answer"
    done = subprocess.run([COAP_CLIENT, "-B", "5", "-o", answer, *map(str, arguments)], capture_output=True, text=True,
                          timeout=20)
    assert done.returncode == 0, done.stderr
    return answer.read_bytes()


@pytest.mark.skipif(not COAP_CLIENT, reason="libcoap's client is not installed")
def test_the_client_of_libcoap_posts_measurements_and_reads_the_time(fleet, tmp_path):
    serial, at = fleet.serial(), fleet.then()
    base = "coap://%s:%d" % fleet.server.coap_address
    frame = tmp_path / "frame"
    frame.write_bytes(temperatures(serial, at, 215))
    began = fleet.server.now()
    config = read_message(coap_client(tmp_path, "-m", "post", "-f", frame, base + "/m"))
    assert began <= config[8][0] <= fleet.server.now()
    assert [item["value"] for item in fleet.kept(serial)] == [21.5]
    told, = struct.unpack("!I", coap_client(tmp_path, "-m", "get", base + "/t"))
    assert began <= told <= fleet.server.now()


@pytest.mark.skipif(not COAP_CLIENT, reason="libcoap's client is not installed")
def test_the_client_of_libcoap_stores_no_fragment(fleet, tmp_path):
    serial, at = fleet.serial(), fleet.then()
    base = "coap://%s:%d" % fleet.server.coap_address
    frame = tmp_path / "frame"
    frame.write_bytes(temperatures(serial, at, *range(60)))
    told = subprocess.run([COAP_CLIENT, "-B", "5", "-b", "64", "-m", "post", "-f", frame, base + "/m"], capture_output=True,
                          text=True, timeout=20)
    assert "4.13" in told.stdout + told.stderr and fleet.kept(serial) == []
    frame.write_bytes(temperatures(serial, at, 215))
    read_message(coap_client(tmp_path, "-b", "512", "-m", "post", "-f", frame, base + "/m"))
    assert [item["value"] for item in fleet.kept(serial)] == [21.5]


# configurations in parts

def stored_configuration(fleet):
    payload = look(fleet.server.store_url, "SELECT " + ("hex(payload)" if fleet.server.store_url.startswith("sqlite")
                                                        else "encode(payload, 'hex')") + " FROM sensor_report")
    return read_message(bytes.fromhex(payload))


@both_stores
def test_a_configuration_in_parts_is_stored_when_it_is_whole(make_server):
    fleet = Fleet(make_server(offset=0), sensors=1)
    serial = fleet.serial()
    part = lambda number, *fields: message((25, bytes.fromhex(serial)), (44, zigzag(number)), *fields)
    count = lambda: look(fleet.server.store_url, "SELECT count(*) FROM sensor_report")
    first = datagram(CON, POST, 501, b"part", "c", part(-1, (2, 60), (3, 3600)))
    for _ in range(2):
        fleet.device.send(first)
        assert is_acknowledged(fleet.server, fleet.device.receive()) and count() == "0"
    fleet.server.move_clock(fleet.server.offset + 60)
    fleet.device = Device(fleet.server.coap_address)
    assert is_acknowledged(fleet.server, fleet.device.post("c", part(2, (26, 5), (29, 600))))
    whole = stored_configuration(fleet)
    assert (whole[2], whole[3], whole[26], whole[29]) == ([60], [3600], [5], [600])

    assert is_acknowledged(fleet.server, fleet.device.post("c", part(2, (26, 7), (29, 700))))
    assert stored_configuration(fleet)[26] == [5], "half of a new one changes nothing"
    assert is_acknowledged(fleet.server, fleet.device.post("c", part(-1, (2, 90), (3, 7200))))
    whole = stored_configuration(fleet)
    assert (whole[2], whole[3], whole[26], whole[29]) == ([90], [7200], [7], [700])

    assert is_acknowledged(fleet.server, fleet.device.post("c", part(-1, (2, 1))))
    assert stored_configuration(fleet) == whole
    assert is_acknowledged(fleet.server, fleet.device.post("c", message((25, bytes.fromhex(serial)), (2, 30)))) and count() == "1"
    assert stored_configuration(fleet)[2] == [30]
    assert fleet.device.post("c", part(9)).code == BAD_REQUEST
