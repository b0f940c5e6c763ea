"""The conventions of the HTTP API: refusals, limits, pages of lists, repeats, origins, headers."""
import concurrent.futures
import http.client
import itertools
import json

import pytest

from customer import (API, DAY, PASSWORD, Customer, is_problem, issue, new_serial,
                      running, until)
from stores import both_stores
from web import Client

BODY_MOST = 64 * 1024
walks = itertools.count()


@pytest.fixture(scope="module")
def house(tmp_path_factory, clock):
    """One server for all that changes nothing: (a customer with one sensor, an operator, the sensor's serial)."""
    folder = tmp_path_factory.mktemp("house")
    with running("sqlite", folder, clock, offset=until("2026-03-10T12:00:00Z")) as server:
        someone = Customer.onboard(server, 5)
        (folder / "password").write_text(PASSWORD)
        added = server.command("user", "add", "--email", "op@example.com", "--operator", "--password-file",
                               folder / "password")
        assert added.code == 0, added.err
        seller = Customer(server, "op@example.com").sign_in_again()
        yield someone, seller, someone.sensor()


# every field of every request has a limit: (method, path, a good body, field, bad values)

GOOD = {
    "session": ("POST", f"{API}/session", {"email": "ada@example.com", "password": "x"}),
    "users": ("POST", f"{API}/users", {"email": "ada@example.com", "password": PASSWORD}),
    "organizations": ("POST", f"{API}/organizations", {"name": "x", "time_zone": "UTC"}),
    "organization": ("PATCH", "{org}", {}),
    "redeem": ("POST", "{org}/activation-codes", {"code": "x"}),
    "add": ("POST", "{org}/sensors", {"serial": "282C02ABCDEF"}),
    "change": ("PATCH", "{org}/sensors/{serial}", {}),
    "assign": ("POST", "{org}/sensors/{serial}/licenses", {}),
    "issue": ("POST", f"{API}/operator/activation-codes", {"quantity": 1, "term": "P1Y"}),
}
LIMITS = [
    ("session", "email", ["", "a" * 255]), ("session", "password", ["", "x" * 1025]),
    ("users", "email", ["", "ada", "@example.com", "ada@", "a" * 250 + "@example.com", "a b@c.de", "a@b\n"]),
    ("users", "password", ["", "123456789", "x" * 1025]), ("users", "name", ["x" * 201, "a\nb"]),
    ("users", "activation_code", ["x" * 101]),
    ("organizations", "name", ["", "x" * 201, "ą" * 101, "a\x07b"]),
    ("organizations", "time_zone", ["", "x" * 65, "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "europe/warsaw!"]),
    ("organization", "name", ["", "x" * 201]), ("organization", "time_zone", ["", "x" * 65, "Mars/Base"]),
    ("organization", "pool_order", ["", "newest_first"]),
    ("organization", "notice_time", ["", "8:00", "24:00", "08:60", "08:00:00", "noon!"]),
    ("redeem", "code", ["", "x" * 101]),
    ("add", "serial", ["", "282C02", "282C02ABCDEFAA", "282C02ABCDEG", "x" * 33]), ("add", "name", ["x" * 201, "a\tb", "a\x85b"]),
    ("add", "key", ["", "x" * 201]), ("change", "name", ["x" * 201, "a\x00b"]), ("assign", "key", ["", "x" * 201]),
    ("issue", "quantity", [0, -1, 100_001, 2**62]),
    ("issue", "term", ["", "P", "2Y", "P0D", "P11Y", "P3654D", "P1Y2M", "PT1H", "p1y", "P" + "1" * 20]),
    ("issue", "redeem_by", ["", "2027-02-30", "tomorrow", "2027-1-1", "2001-01-01"]),
    ("issue", "organization_id", ["", "x", "!" * 13]), ("issue", "reference", ["x" * 201, "a\nb"]),
]


def ask(house, request, **changed):
    """One of GOOD with some fields changed; a field that is None is left out."""
    someone, seller, serial = house
    method, path, body = GOOD[request]
    who = seller if request == "issue" else someone
    who = Client(who.address) if request in ("session", "users") else who
    body = {k: v for k, v in (body | changed).items() if v is not None}
    return who.request(method, path.format(org=someone.org, serial=serial), body)


@pytest.mark.parametrize("request_, field, value", [(r, f, v) for r, f, values in LIMITS for v in values],
                         ids=lambda v: str(v)[:16] if isinstance(v, (str, int)) else None)
def test_a_value_beyond_the_limit_of_its_field_is_refused_by_name(house, request_, field, value):
    answer = ask(house, request_, **{field: value})
    is_problem(answer, 400 if isinstance(value, str) and "\x00" in value else 422)
    assert "\x00" in str(value) or answer.json["field"] == field


@pytest.mark.parametrize("request_, field", [(r, f) for r, (_, _, body) in GOOD.items() for f in body])
def test_a_field_that_is_missing_is_named(house, request_, field):
    is_problem(ask(house, request_, **{field: None}), 422, None, field)


WRONG_TYPES = [(r, f, v) for r, f, _ in LIMITS for v in ([], {}, True, 1.5, "1" if f == "quantity" else 1)] + [
    (r, f, v) for r, f in (("add", "auto_renewal"), ("change", "auto_renewal"), ("change", "alarms_paused"),
                           ("organization", "device_token_required")) for v in ("true", 1, [], {})]


@pytest.mark.parametrize("request_, field, value", WRONG_TYPES, ids=str)
def test_a_value_of_the_wrong_type_is_malformed(house, request_, field, value):
    is_problem(ask(house, request_, **{field: value}), 400, "wrong_type", field)


@pytest.mark.parametrize("request_", GOOD)
def test_an_unknown_field_is_refused(house, request_):
    is_problem(ask(house, request_, colour="red"), 400, "unknown_field", "colour")


@pytest.mark.parametrize("body", ["{", "[]", "null", "1", '"x"', '{"name":"x"} {}', '{"name":"x","name":"y"}',
                                  '{"name":"\\ud800"}', b'{"name":"\xff"}', '{"name":NaN}', "{'name':'x'}", "[" * 5000])
def test_a_body_that_is_no_json_object_is_malformed(house, body):
    someone, _, _ = house
    is_problem(someone.request("PATCH", someone.org, body, {"Content-Type": "application/json"}), 400)


QUERIES = [("license-manager", q) for q in ({"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"limit": ""}, {"cursor": "!"},
                                            {"cursor": ""}, {"cursor": "x" * 2049}, {"state": "gone"}, {"sort": "key"},
                                            {"q": "x" * 101}, {"key": ""}, {"expires_before": "soon"}, {"page": 2})] + [
    ("sensors", q) for q in ({"limit": 0}, {"limit": 1001}, {"cursor": "!"}, {"colour": "red"})] + [
    ("activation-codes", q) for q in ({"limit": -1}, {"cursor": "!"}, {"x": 1})] + [
    ("sensors/{serial}/licenses", q) for q in ({"limit": 0}, {"cursor": "!"}, {"x": 1})] + [
    ("sensors/{serial}/measurements", q) for q in (
        {"channel": 0}, {"channel": 7}, {"channel": "x"}, {"from_": "2026-03-10"}, {"from_": "2026-02-30T00:00:00Z"},
        {"to": "now"}, {"resolution": "1"}, {"resolution": "1y"}, {"resolution": "59s"}, {"resolution": "32d"},
        {"limit": 1001}, {"cursor": "!"}, {"x": 1})]


@pytest.mark.parametrize("path, query", QUERIES, ids=str)
def test_a_malformed_query_value_is_refused(house, path, query):
    someone, _, serial = house
    is_problem(someone.get(f"{someone.org}/{path.format(serial=serial)}", **query), 400)


@pytest.mark.parametrize("query", [{"limit": 0}, {"state": "sold"}, {"reference": "x" * 201}, {"cursor": "!"},
                                   {"x": 1}], ids=str)
def test_a_malformed_query_value_of_an_operator_is_refused(house, query):
    is_problem(house[1].get(f"{API}/operator/activation-codes", **query), 400)


def test_a_parameter_that_stands_twice_is_refused(house):
    someone, _, _ = house
    is_problem(someone.get(f"{someone.org}/sensors?limit=1&limit=2"), 400, None, "limit")


def test_a_body_of_64_kib_is_taken_and_one_byte_more_is_too_large(house):
    someone, _, serial = house
    path, headers = f"{someone.org}/sensors/{serial}", {"Content-Type": "application/json"}
    fits = b'{"name":"Dock"}'.ljust(BODY_MOST)
    assert someone.request("PATCH", path, fits, headers).json["name"] == "Dock"
    is_problem(someone.request("PATCH", path, fits + b" ", headers), 413, "too_large")


def test_a_body_in_chunks_has_the_same_limit(house):
    someone, _, serial = house
    for size, status in ((BODY_MOST, 200), (BODY_MOST + 1, 413)):
        connection = http.client.HTTPConnection(*someone.address, timeout=10)
        body = b'{"name":"Dock"}'.ljust(size)
        headers = {"Content-Type": "application/json", "Cookie": someone.cookie, "Transfer-Encoding": "chunked"}
        connection.request("PATCH", f"{someone.org}/sensors/{serial}", iter([body[:9], body[9:]]), headers,
                           encode_chunked=True)
        assert connection.getresponse().status == status
        connection.close()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_body_that_is_not_called_json_is_refused(house, kind):
    someone, _, serial = house
    headers = {"Content-Type": kind} if kind else {}
    answer = someone.request("PATCH", f"{someone.org}/sensors/{serial}", '{"name":"Dock"}', headers)
    is_problem(answer, 415, "unsupported_media_type")


# addresses and headers

@pytest.mark.parametrize("path", [f"{API}/nothing", f"{API}/", f"{API}/organizations/", f"{API}/session/x", "/problems/none",
                                  f"{API}/../healthz", f"{API}/organizations/%00", "/favicon.ico", "/.well-known/none.txt"])
def test_an_address_without_anything_is_a_problem(house, path):
    is_problem(house[0].get(path), 400 if "%00" in path else 404)


@pytest.mark.parametrize("method, path", [("PUT", f"{API}/session"), ("DELETE", f"{API}/users"), ("POST", "/healthz"),
                                          ("BREW", f"{API}/session")])
def test_a_method_that_is_not_taken_is_405_with_those_that_are(house, method, path):
    answer = house[0].request(method, path)
    is_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"] or "GET" in answer.headers["Allow"]


def test_a_problem_has_a_page_that_explains_it(house):
    someone, _, _ = house
    problem = someone.get(f"{API}/nothing").json
    page = someone.get(problem["type"])
    assert page.status == 200 and page.headers["Content-Type"].startswith("text/html")
    assert problem["code"] in page.body.decode()
    ids = {someone.get(f"{API}/nothing").json["request_id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", f"{API}/session", f"{API}/nothing", "/problems/not_found"])
def test_every_answer_has_the_headers_that_protect_a_browser(house, path):
    headers = house[0].get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers and headers["X-Request-Id"]


def test_health_and_readiness_are_told_to_anybody(house):
    nobody = Client(house[0].address)
    assert nobody.get("/healthz").status == 200
    assert nobody.get("/readyz").status == 200
    assert nobody.request("HEAD", "/healthz").body == b""


def test_the_cookie_of_a_session_is_for_this_site_alone(make_server):
    for arguments, secure in (((), False), (("--public-url", "https://licenses.example.com"), True)):
        server = make_server(offset=0, arguments=arguments)
        who = Client(server.http_address)
        answer = who.post(f"{API}/users", {"email": f"{len(arguments)}@example.com", "password": PASSWORD,
                                           "activation_code": issue(server)})
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
        assert ("Secure" in cookie) is secure and PASSWORD not in cookie
        assert answer.headers["Cache-Control"] == "no-store"
        assert ("Strict-Transport-Security" in answer.headers) is secure
        server.stop()


def test_a_write_from_another_origin_is_refused(house):
    someone, _, serial = house
    path, own = f"{someone.org}/sensors/{serial}", "http://%s:%d" % someone.address
    for origin in ("http://evil.example.com", "null", own.replace("http", "ftp"), own + "1", own + ".evil.example.com",
                   "http://127.0.0.1"):
        is_problem(someone.patch(path, {"name": "Dock"}, {"Origin": origin}), 403, "wrong_origin")
        assert someone.get(path, {"Origin": origin}).status == 200
    assert someone.patch(path, {"name": "Dock"}, {"Origin": own}).status == 200
    is_problem(Client(someone.address).post(f"{API}/session", {"email": someone.email, "password": PASSWORD},
                                            {"Origin": "http://evil.example.com"}), 403, "wrong_origin")


def test_with_a_public_url_only_its_origin_may_write(make_server):
    server = make_server(offset=0, arguments=["--public-url", "https://licenses.example.com"])
    someone = Customer.onboard(server)
    for origin, status in (("https://licenses.example.com", 200), ("http://licenses.example.com", 403),
                           ("https://licenses.example.com:8443", 403), ("http://%s:%d" % server.http_address, 403)):
        assert someone.patch(someone.org, {"name": "x"}, {"Origin": origin}).status == status


# a write that is sent again

@both_stores
def test_a_write_with_an_idempotency_key_happens_once(make_server):
    server = make_server(offset=0)
    someone, other = Customer.onboard(server, 3), Customer.onboard(server, 3)
    serial, key = new_serial(), {"Idempotency-Key": "7f3c"}
    path = f"{someone.org}/sensors"
    first = someone.post(path, {"serial": serial}, key)
    assert first.status == 201
    again = someone.post(path, {"serial": serial}, key)
    assert again.status == 201 and again.json == first.json
    assert someone.manager()["licenses_left"] == 2
    is_problem(someone.post(path, {"serial": new_serial()}, key), 422, "idempotency_key_reused")
    is_problem(someone.post(f"{path}/{serial}/licenses", {}, key), 422, "idempotency_key_reused")
    assert other.post(f"{other.org}/sensors", {"serial": new_serial()}, key).status == 201, "another user's key"
    plus = {"Idempotency-Key": "plus"}
    queued = [someone.post(f"{path}/{serial}/licenses", {}, plus).json for _ in range(2)]
    assert queued[0] == queued[1]
    assert len(someone.licenses(serial)) == 2
    server.move_clock(server.offset + DAY + 60)
    is_problem(someone.post(path, {"serial": serial}, key), 409, "sensor_exists")


def test_the_same_write_many_times_at_once_happens_once(common_server):
    someone = Customer.onboard(common_server, 9)
    path, key = f"{someone.org}/sensors/{someone.sensor()}/licenses", {"Idempotency-Key": "at-once"}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: someone.post(path, {}, key), range(6)))
    assert {answer.status for answer in answers} == {201} and len({answer.body for answer in answers}) == 1
    assert someone.manager()["licenses_left"] == 7


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
def test_an_idempotency_key_beyond_its_limit_is_refused(house, key):
    someone, _, serial = house
    is_problem(someone.patch(f"{someone.org}/sensors/{serial}", {"name": "x"}, {"Idempotency-Key": key}), 400)


# lists

LISTS = [("sensors", None)] + [("license-manager", sort) for sort in ("serial", "name", "expires_at", "activated_at")]


@pytest.mark.parametrize("path, sort", LISTS)
def test_a_walk_through_a_list_meets_every_row_once_while_others_come(common_server, path, sort):
    someone = Customer.onboard(common_server, 60)
    prefix = f"28FF0{next(walks):X}"
    serials = [f"{prefix}{i:06X}" for i in range(0, 200, 10)]
    for serial in serials:
        assert someone.add(serial, name=f"Sensor {serial[-3:]}").status == 201
    query, met, extra = {"limit": 3} | ({"sort": sort} if sort else {}), [], 1
    while True:
        page = someone.get(f"{someone.org}/{path}", **query)
        assert page.status == 200 and len(page.json["items"]) <= 3, page
        met += [row["serial"] for row in page.json["items"]]
        if not page.json["next"]:
            assert "Link" not in page.headers
            break
        query["cursor"] = page.json["next"]
        # One comes before the place that is reached, one behind it.
        for number in (extra, 200 - extra):
            assert someone.add(f"{prefix}{number:06X}", name=f"Sensor {number:03X}").status == 201
        extra += 10
    assert [serial for serial in met if serial in serials] == serials
    assert len(met) == len(set(met))


def test_the_license_manager_finds_by_part_of_serial_or_name_and_by_key(house):
    someone, _, serial = house
    someone.patch(f"{someone.org}/sensors/{serial}", {"name": "Žluťoučký 100% Dock_7"})
    for part in (serial, serial[3:9].lower(), "dock", "DOCK_7", "100%", "Žluťoučký"):
        assert [row["serial"] for row in someone.manager(q=part)["items"]] == [serial], part
    for part in ("dock-7", "1000%", "%", "_7_", "\\"):
        assert (serial in str(someone.manager(q=part)["items"])) is (part == "%"), part
    key = someone.row(serial)["key"]
    assert serial in [row["serial"] for row in someone.manager(key=key)["items"]]
    assert someone.manager(key=issue(someone.server))["items"] == []


def test_answers_are_json_in_utf_8(house):
    someone, _, serial = house
    name = "Kühlraum „A“ ❄ \\ \" </script>"
    answer = someone.patch(f"{someone.org}/sensors/{serial}", {"name": name})
    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.body.decode("utf-8"))["name"] == name
