"""Odd values in the paths and queries of every route: each is a refusal, never a fault of the server."""
import base64
import functools
import http.client
import json
import pathlib
import re
import string

import pytest
import yaml

from conftest import STORES
from customer import Customer, running
from fleet import send
from program import ROOT
from web import Answer, Client

JSON_VALUES = ('"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\xff"', '"\xed\xa0\x80"', '"\\uffff"', '"\\udb40\\udc01"',
               '"' + "x" * 300 + '"', '"' + "\\u0301" * 100 + '"', "1e308", "-1e308", "1e999", "9223372036854775807", "-9223372036854775808",
               "9223372036854775808", "0.1", "-1", "null", "true", "[]", "[null]", '["\\u0000"]', "{}", '[{"a":1}]',
               '"300000-01-01"', '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"P10Y"', '"P99999Y"', '"\\\\"', '"%"')
METHODS = ("get", "post", "put", "patch", "delete")
NUMBERS = (0, 1, -1, 2**31, 2**32, 2**62, 2**63 - 1, 2**63 - 2, -(2**63), 1 - 2**63, 253402300800, -62135596801)
CURSOR_TEXTS = (b"", b"\0", b"a\0b", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
                b"\xef\xbf\xbf", b"\xf3\xa0\x80\x81", b"%", b"_", b"\\", b"'", b"\n", b"\x1b[0m", b"\xc2\x85", b"x" * 500,
                b"7zzzzzzzzzzzz", b"0000000000001", b"0000000000000", b"282C02000001", b"user@example.com")
SORTS = ("expires_at", "name", "serial", "activated_at")
SOUND_TEXTS = (b"0000000000001", b"282C02000001", b"a@example.com", b"")
VALUES = (
    "%00", "a%00b", "%FF", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "%EF%BF%BF", "%F3%A0%80%81", "%", "%zz", "%25",
    "%5C", "%27", "_", "%0A", "%C2%85", "x" * 200, "x" * 3000, "%F0%9F%A6%84" * 40, "%CC%81" * 60, "0", "-1", "1e9", "1.5",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "9" * 40, "300000-01-01", "300000-01-01T00:00:00Z",
    "-0044-03-15", "-0044-03-15T00:00:00Z", "0000-01-01", "0000-01-01T00:00:00Z", "0001-01-01", "0001-01-01T00:00:00Z",
    "9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59", "2026-02-30", "infinity",
    "NaN", "now", "true", "7zzzzzzzzzzzz", "0000000000000", "0000000000001", "282C02FFFFFF", "1000000d", "0h", "1h", "1d")


@functools.cache
def routes():
    """(method, path, names of the parameters in the query) of each operation of the contract."""
    contract, found = yaml.safe_load(pathlib.Path(ROOT, "api", "openapi.yaml").read_text()), []

    def resolve(node):
        return contract["components"]["parameters"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node

    for path, item in contract["paths"].items():
        base = item.get("servers", contract["servers"])[0]["url"].rstrip("/")
        for method in METHODS:
            if method in item:
                parameters = map(resolve, item.get("parameters", []) + item[method].get("parameters", []))
                found.append((method.upper(), base + path, [one["name"] for one in parameters if one["in"] == "query"]))
    return found


@functools.cache
def bodies():
    """(method, path, names of the fields) of each operation that takes JSON."""
    contract, found = yaml.safe_load(pathlib.Path(ROOT, "api", "openapi.yaml").read_text()), []
    for method, path, _ in routes():
        node = contract["paths"].get(path.removeprefix("/api/v1"), contract["paths"].get(path))[method.lower()]
        schema = node.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = contract["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if schema.get("properties"):
            found.append((method, path, list(schema["properties"])))
    return found


class Wire:
    """Sends addresses as they are, over one connection."""

    def __init__(self, client):
        self.client, self.connection = client, http.client.HTTPConnection(*client.address, timeout=60)
        self.connection._validate_path = lambda path: None

    def ask(self, method, target, body=None):
        headers = {"Cookie": self.client.cookie, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            self.connection.request(method, target, body, headers)
            answer = Answer(self.connection.getresponse())
        except (http.client.RemoteDisconnected, ConnectionError):  # idle for too long, or refused whole
            self.connection.close()
            self.connection.request(method, target, body, headers)
            answer = Answer(self.connection.getresponse())
        assert answer.status < 500, (method, target[:300], answer)
        return answer


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def cursor(letter, number, text=b"", text_2=b"", version=1):
    """As src/service/core/cursor.h describes it, whatever it holds."""
    zigzag = (number << 1 ^ number >> 63) & (2**64 - 1)
    return raw(bytes([version]) + letter.encode() + varint(zigzag) + varint(len(text)) + text + varint(len(text_2)) + text_2)


def raw(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@pytest.fixture(scope="module", params=STORES)
def house(request, tmp_path_factory, clock):
    """The wires of an administrator who has a sensor, and of the operator."""
    folder = tmp_path_factory.mktemp("odd")
    with running(request.param, folder, clock) as server:
        customer = Customer.onboard(server, 3)
        customer.serial = customer.sensor()
        send(server, customer.serial, server.now(), 45)
        customer.parts = {"org": customer.id, "serial": customer.serial}
        for kind, body in (("webhooks", {"url": "https://example.com/hook", "events": ["license.expired"]}),
                           ("alarm-rules", {"all": True, "condition": "lost_connection", "for": "5m"})):
            made = customer.post(f"{customer.org}/{kind}", body)
            assert made.status == 201, made
            customer.parts[kind] = made.json["id"]
        (folder / "password").write_text("a quiet green river")
        added = server.command("user", "add", "--email", "op@example.com", "--operator", "--password-file", folder / "password")
        assert added.code == 0, added.err
        operator = Client(server.http_address)
        assert operator.sign_in("op@example.com", "a quiet green river").status == 200
        yield customer, {False: Wire(customer), True: Wire(operator)}


def placed(customer, path, name=None, value=None):
    """The path with real values, except `value` for the part `name`."""
    def part(found):
        if found[2] == name:
            return found[1] + value
        return found[1] + customer.parts.get(found[1].rstrip("/"), customer.parts.get(found[2], "0000000000001"))

    return re.sub(r"([\w-]+/){(\w+)}", part, path)


def wire_for(wires, path):
    return wires["/operator/" in path]


def test_an_odd_value_in_a_query_is_a_refusal(house):
    customer, wires = house
    for method, path, names in routes():
        wire, target = wire_for(wires, path), placed(customer, path)
        for name in names:
            for value in VALUES:
                wire.ask(method, f"{target}?{name}={value}", "{}" if method != "GET" else None)
        wire.ask("GET", f"{target}?%00=1")
        wire.ask("GET", f"{target}?%FF")
        wire.ask("GET", f"{target}?{'&'.join(f'x{n}=1' for n in range(300))}")


def test_limits_and_spans_at_their_ends_are_no_fault(house):
    customer, wires = house
    ends = ("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    for method, path, names in routes():
        for a in ends if {"from", "to"} <= set(names) else ():
            for b in ends:
                for more in ("", "&resolution=1h", "&resolution=1d")[: 3 if "resolution" in names else 1]:
                    wire_for(wires, path).ask(method, f"{placed(customer, path)}?from={a}&to={b}{more}")


def test_an_odd_part_of_a_path_is_a_refusal(house):
    customer, wires = house
    for method, path, _ in routes():
        for name in re.findall(r"{(\w+)}", path):
            for value in VALUES:
                target = placed(customer, path, name, value)
                wire_for(wires, path).ask(method, target, "{}" if method in ("POST", "PUT", "PATCH") else None)


def test_an_odd_value_in_a_body_is_a_refusal(house):
    """Also beside fields that are sound, so that the verb is reached."""
    customer, wires = house
    sound = {"email": "new@example.com", "password": "nine green bottles", "role": "analyst", "serial": "282C02EEEEEE",
             "name": "A name", "time_zone": "UTC", "quantity": 1, "term": "P1Y", "reason": "A reason", "all": True,
             "condition": "lost_connection", "url": "https://example.com/a", "events": ["license.expired"]}
    for method, path, fields in bodies():
        if path.endswith("/session"):
            continue  # it would slow down
        for field in fields:
            for value in JSON_VALUES:
                rest = {name: sound[name] for name in fields if name in sound and name != field}
                body = "{" + ",".join([f'"{field}":{value}', *(f'"{name}":{json.dumps(rest[name])}' for name in rest)]) + "}"
                wire_for(wires, path).ask(method, placed(customer, path), body.encode("latin-1"))


def ordered_lists():
    """(path, sort) of each list that takes a cursor, in each of its orders."""
    for method, path, names in routes():
        if method == "GET" and "cursor" in names:
            yield from ((path, sort) for sort in ([f"&sort={word}" for word in SORTS] if "sort" in names else [""]))


def letters_of(wire, target, sort):
    """The letters whose cursors the list takes."""
    return [letter for letter in string.ascii_letters + string.digits if any(
        wire.ask("GET", f"{target}?cursor={cursor(letter, number, text)}{sort}").status != 400
        for number in (0, 1) for text in SOUND_TEXTS)]


def test_a_crafted_cursor_is_a_refusal_or_a_place(house):
    """Whatever number and texts it holds, in whichever list."""
    customer, wires = house
    taken = []
    for path, sort in ordered_lists():
        wire, target = wire_for(wires, path), placed(customer, path)
        letters = letters_of(wire, target, sort)
        for letter in letters:
            for number in NUMBERS:
                for text in CURSOR_TEXTS:
                    wire.ask("GET", f"{target}?limit=2&cursor={cursor(letter, number, text)}{sort}")
                    wire.ask("GET", f"{target}?limit=2&cursor={cursor(letter, number, b'282C02000001', text)}{sort}")
        # Each list has a letter of its own; the licenses of a sensor are few, and their place is an id.
        assert len(letters) == (not path.endswith("/licenses")), (path, letters)
        taken += letters
    assert len(taken) == len(set(taken)) > 10, taken


def test_bytes_that_are_no_cursor_are_malformed(house):
    customer, wires = house
    sound = base64.urlsafe_b64decode(cursor("s", 5, b"282C02000001") + "==")
    broken = [raw(sound[:size]) for size in range(len(sound))] + [raw(sound + b"\0"), raw(sound) + "=", "!", "x" * 1023, "x" * 2048,
             raw(b"\1s" + b"\xff" * 12), raw(b"\1s\0" + b"\xff" * 9 + b"\1"), raw(b"\1s\x80\0\0\0"), cursor("s", 1, version=0),
             cursor("s", 1, version=255), raw(b"\1\xff\0\0\0"), raw(b"\1\0\0\0\0")]
    for method, path, names in routes():
        if method == "GET" and "cursor" in names:
            for one in filter(None, broken):
                answer = wire_for(wires, path).ask(method, f"{placed(customer, path)}?cursor={one}")
                assert answer.status in (400, 404), (path, one, answer)

