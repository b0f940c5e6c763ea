"""The edge of HTTP, byte by byte: heads that two programs could read in two ways, hosts, origins and cookies."""
import gzip
import http.client
import io
import json
import re
import socket

import pytest

from customer import API, PASSWORD, Customer, issue
from program import ROOT
from web import Client

PROTECTS = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id", "Cache-Control"]
POST = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def address(common_server):
    return common_server.http_address


def exchange(address, sent):
    """All that the server says to these bytes, until it ends the connection."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(sent)
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
    return got


class Raw:
    """One answer: the bytes from its status line on. A head is followed by nothing but its body."""

    def __init__(self, got):
        head, _, self.body = got.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = http.client.parse_headers(io.BytesIO(head.partition(b"\r\n")[2] + b"\r\n\r\n"))


def is_refused(got, status, code=None):
    answer = Raw(got)
    assert answer.status == status, got
    assert answer.headers["Content-Type"] == "application/problem+json", got
    assert [name for name in PROTECTS if name not in answer.headers] == []
    problem = json.loads(answer.body)
    assert problem["status"] == status and problem["request_id"] == answer.headers["X-Request-Id"]
    assert code is None or problem["code"] == code
    assert got.count(b"HTTP/1.1 ") == 1, "the connection ends with the refusal"
    return problem


BEHIND = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"  # what a smuggler would have answered

HEADS = {
    "a space before the colon": POST + b"Content-Length : 5\r\n\r\n{}   ",
    "a tab before the colon": POST + b"Content-Length\t: 5\r\n\r\n{}   ",
    "no name": GET + b": x\r\n\r\n",
    "a slash in a name": GET + b"X/Y: x\r\n\r\n",
    "a letter beyond ASCII in a name": GET + "Ä: x\r\n\r\n".encode(),
    "a control character in a name": GET + b"X\x01: x\r\n\r\n",
    "a NUL in a name": GET + b"X\x00Y: x\r\n\r\n",
    "a NUL in a value": GET + b"X: a\x00b\r\nY: c\r\n\r\n",
    "a NUL in the last value": GET + b"X: a\x00b\r\n\r\n",
    "a NUL at the begin of a value": GET + b"X: \x00b\r\n\r\n",
    "a bare CR in a value": GET + b"X: a\rb\r\n\r\n",
    "a bare CR before a header": GET + b"X: a\rContent-Length: 5\r\n\r\n",
    "a bare LF before a header": GET + b"X: a\nY: b\r\n\r\n",
    "a bare LF before the last line": GET + b"X: a\n\r\n",
    "a bare LF behind the last header": GET + b"X: a\r\n\n",
    "a bare LF behind the request line": b"GET /healthz HTTP/1.1\nHost: localhost\r\n\r\n",
    "a BEL in a value": GET + b"X: \x07\r\n\r\n",
    "a DEL in a value": GET + b"X: \x7f\r\n\r\n",
    "a folded line": GET + b"X: a\r\n b\r\n\r\n",
    "a folded length": POST + b"Content-Len: 5\r\n gth\r\n\r\n{}   ",
    "a folded first line": b"GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "no colon": GET + b"Nothing\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "two equal lengths": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +5\r\n\r\n{}   ",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a content type twice": POST + b"Content-Type: text/csv\r\nContent-Length: 2\r\n\r\n{}",
    "an origin twice": POST + b"Origin: http://a\r\nOrigin: http://b\r\nContent-Length: 2\r\n\r\n{}",
    "a length twice in a line": POST + b"Content-Length: 5, 5\r\n\r\n{}   ",
    "a length in hexadecimal": POST + b"Content-Length: 0x5\r\n\r\n{}   ",
    "no length": POST + b"Content-Length: \r\n\r\n",
    "two codings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunks and more": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding with a control character": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk with a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    "a chunk without its end": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\nX: y\r\n\r\n",
    "no header": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: localhost\r\n\r\n",
    "a space in the address": b"GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a tab in the address": b"GET /health\tz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a NUL in the address": b"GET /healthz\x00x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a CR in the address": b"GET /healthz\rX HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a NUL in the method": b"GE\x00T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two spaces behind the method": b"GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "no version": b"GET /healthz HTTP/x\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_two_programs_could_read_in_two_ways_is_refused(address, name):
    is_refused(exchange(address, HEADS[name] + BEHIND), 400)


@pytest.mark.parametrize("name", [name for name in HEADS if name not in ("no version",)])
def test_it_is_refused_as_the_second_request_of_a_connection_too(address, name):
    got = exchange(address, GET + b"\r\n" + HEADS[name] + BEHIND)
    first, _, rest = got[1:].partition(b"HTTP/1.1 ")
    assert first.startswith(b"TTP/1.1 200 ") and rest
    is_refused(b"HTTP/1.1 " + rest, 400)


@pytest.mark.parametrize("sent, status, code", [
    (GET + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 431, "headers_too_large"),
    (GET + b"".join(b"X%d: y\r\n" % i for i in range(5000)) + b"\r\n", 431, "headers_too_large"),
    (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 414, "target_too_long"),
    (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "target_too_long"),
    (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, "version_not_supported"),
    (POST + b"Content-Length: 99999999999999999999999\r\n\r\n", 413, "too_large"),
    (POST + b"Content-Length: 70000\r\n\r\n", 413, "too_large"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 413, "too_large"),
    (b"BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404, None),
    (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400, None),
], ids=lambda v: str(v)[:40])
def test_a_refusal_of_the_library_is_a_problem_with_all_headers(address, sent, status, code):
    is_refused(exchange(address, sent[:60_000]), status, code)


def test_an_answer_to_head_has_no_body_whoever_makes_it(address):
    for sent, status in ((GET + b"Nothing\r\n\r\n", 400), (GET + b"X : y\r\n\r\n", 400),
                         (GET + b"Connection: close\r\n\r\n", 200)):
        answer = Raw(exchange(address, sent.replace(b"GET", b"HEAD")))
        assert answer.status == status and answer.body == b"" and int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize("sent", [
    GET + b"X:\ty\t\r\n", GET + b"X:\r\n", GET + b"X:y\r\n", GET + "X: Kühlraum\r\n".encode(),
    b"GET /healthz HTTP/1.0\r\n", b"GET /healthz?x=%20&y HTTP/1.1\r\nHost:localhost\r\n".replace(b"?x=%20&y", b""),
    b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n", b"\r\n" + GET, GET + b"Cookie: a=b; c=d\r\n",
    GET.replace(b"GET", b"GET").replace(b"Host", b"hOST"), GET + b"Content-Length: 0\r\n",
    GET + b"Transfer-Encoding: chunKed\r\n", GET + b"X: " + b"x" * 20_000 + b"\r\n",
], ids=lambda sent: str(sent[:60]))
def test_a_head_of_any_right_form_is_taken(address, sent):
    end = b"0\r\n\r\n" if b"chunKed" in sent else b""
    answer = Raw(exchange(address, sent + b"Connection: close\r\n\r\n" + end))
    assert answer.status == 200, answer.body


# hosts

def of_host(address, host, path="/healthz", method="GET", headers=None):
    return Client(address).request(method, path, headers={"Host": host} | (headers or {}))


OTHERS = ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost", "8.8.8.8",
          "[2001:db8::1]", "", "127.0.0.1:x", "127.0.0.1@evil.example", "128.0.0.1", "localhost, evil.example", "0x7f.1"]


@pytest.mark.parametrize("host", OTHERS)
def test_a_host_of_others_is_refused_with_the_way_out(address, host):
    for path in ("/healthz", "/", f"{API}/session", "/api/none"):
        answer = of_host(address, host, path)
        assert (answer.status, answer.code) == (421, "wrong_host"), answer
        assert "--public-url" in answer.json["detail"]


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return out.getsockname()[0]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.:80", "a.localhost:9", "127.0.0.1", "127.9.8.7:1", "[::1]:8080",
                                  "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", own_address(), socket.gethostname()])
def test_names_of_this_machine_are_its_own(address, host):
    assert of_host(address, host).status == 200


def test_the_host_of_an_absolute_target_counts(address):
    sent = b"GET http://%s/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    is_refused(exchange(address, sent % b"evil.example"), 421, "wrong_host")
    assert Raw(exchange(address, sent % b"LocalHost:80")).status == 200


@pytest.mark.parametrize("url", ["https://licenses.example.com", " HTTPS://Licenses.Example.COM.:443// "])
def test_with_a_public_url_its_host_is_taken_however_it_is_spelled(make_server, url):
    server = make_server(offset=0, arguments=["--public-url", url])
    for host in ("licenses.example.com", "licenses.example.com:443", "Licenses.Example.com.", "localhost", "127.0.0.1:1"):
        assert of_host(server.http_address, host).status == 200, host
    for host in ("licenses.example.com:8443", "licenses.example.com:80", "example.com", "x.licenses.example.com"):
        assert of_host(server.http_address, host).code == "wrong_host", host
    someone = Customer.onboard(server)
    for origin in ("https://licenses.example.com", "https://licenses.example.com:443", "HTTPS://LICENSES.example.com"):
        assert someone.patch(someone.org, {"name": "x"}, {"Origin": origin, "Host": "licenses.example.com:443"}).status == 200


@pytest.mark.parametrize("url", ["https://example.com/tenure", "https://example.com?x", "example.com", "https://a b"])
def test_a_public_url_that_is_none_is_explained_at_the_start(make_server, url):
    server = make_server(offset=0)
    answer = server.command("doctor", "--public-url", url)
    assert answer.code == 2 and "origin" in answer.err and "path" in answer.err


# origins and sites

def test_a_write_from_another_site_is_refused_without_an_origin_too(common_server):
    someone = Customer.onboard(common_server, 3)
    cross, serial = {"Sec-Fetch-Site": "cross-site"}, someone.sensor()
    body = {"email": someone.email, "password": PASSWORD}
    for answer in (someone.patch(someone.org, {"name": "x"}, cross), someone.put(f"{someone.org}/sensors/{serial}/queue", {}, cross),
                   someone.delete(f"{someone.org}/sensors/{serial}", cross), someone.delete(f"{API}/session", cross),
                   someone.post(f"{someone.org}/assignments", {}, cross), someone.post(f"{someone.org}/sensors/import", "x", cross),
                   Client(someone.address).post(f"{API}/session", body, cross),
                   Client(someone.address).post(f"{API}/users", body, {"Sec-Fetch-Site": " Cross-Site "}),
                   Client(someone.address).post(f"{API}/password-resets", {"email": "a@example.com"}, cross)):
        assert (answer.status, answer.code) == (403, "wrong_origin")
    assert someone.get(someone.org, cross).status == 200
    for site in ("same-origin", "same-site", "none"):
        assert someone.patch(someone.org, {"name": "x"}, {"Sec-Fetch-Site": site}).status == 200


# cookies

def cookie_of(server, host=None):
    who = Client(server.http_address)
    answer = who.post(f"{API}/users", {"email": f"{issue(server)}@example.com", "password": PASSWORD,
                                       "activation_code": issue(server)}, {"Host": host} if host else {})
    assert answer.status == 201, answer
    return who, answer.headers["Set-Cookie"].split("=")[0]


@pytest.mark.parametrize("url, host, name", [
    (None, None, "tenure_session_{port}"), (None, "localhost", "tenure_session"), (None, "localhost:9000", "tenure_session_9000"),
    ("https://a.example", None, "__Host-tenure_session"), ("https://a.example:8443", None, "__Host-tenure_session_8443"),
    ("http://a.example", None, "tenure_session"), ("http://a.example:81", None, "tenure_session_81")])
def test_servers_on_two_ports_of_a_host_have_two_cookies(make_server, url, host, name):
    server = make_server(offset=0, arguments=["--public-url", url] if url else [])
    who, cookie = cookie_of(server, host)
    assert cookie == name.format(port=server.http_address[1])
    headers = {"Host": host} if host else {}
    assert who.get(f"{API}/session", headers).status == 200
    token = who.cookie.split("=", 1)[1]
    who.cookie = f"tenure_session_1=x; {cookie}={token}; tenure_session=y"
    assert who.get(f"{API}/session", headers).status == 200
    who.cookie = f"tenure_session={token}"
    assert who.get(f"{API}/session", headers).status == 200, "a session from before the upgrade"
    who.cookie = f"a=b; tenure_session_1={token}"
    assert who.get(f"{API}/session", headers).status == 200, "a session from before the server moved to this port"
    assert "Max-Age=0" in who.delete(f"{API}/session", headers).headers["Set-Cookie"]


# bodies and feeds

def test_a_body_may_begin_with_a_byte_order_mark(common_server):
    someone = Customer.onboard(common_server, 3)
    mark, kind = b"\xef\xbb\xbf", {"Content-Type": "application/json"}
    assert someone.request("PATCH", someone.org, mark + b'{"name":"Dock"}', kind).json["name"] == "Dock"
    rows = mark + b'[{"serial":"282C0242BEEF"}]'
    assert someone.request("POST", f"{someone.org}/sensors/import?dry_run=true", rows, kind).status == 200
    assert someone.request("PATCH", someone.org, mark + mark + b"{}", kind).status == 400


def test_a_calendar_program_may_add_parameters_to_the_feed(common_server):
    someone = Customer.onboard(common_server)
    path = "/calendar/" + someone.post(f"{someone.org}/calendar-feed", {}).json["url"].rpartition("/")[2]
    for query in ("", "?nocache=1", "?nocache=1&nocache=2", "?_=%zz", "?"):
        assert Client(someone.address).get(path + query).body.startswith(b"BEGIN:VCALENDAR"), query


# the manual

def test_the_proxy_of_the_manual_passes_the_longest_body_and_the_host():
    text = (ROOT / "docs/manual/operations.md").read_text()
    block = text[text.index("    server {\n        listen 443"):]
    rows = [line.strip(" ;") for line in block[:block.index("\n    }\n")].splitlines()]
    settings = {" ".join(row.split()[:-1]): row.split()[-1] for row in rows if row}
    limits = (ROOT / "src/edge/http/request.h").read_text()
    mebibytes = int(re.search(r"HTTP_BULK_BODY_MOST_BYTES = (\d+) \* 1024 \* 1024", limits)[1])
    assert settings["client_max_body_size"] == f"{mebibytes}m"
    assert settings["proxy_set_header Host"] == "$http_host" and settings["proxy_http_version"] == "1.1"
    assert settings["proxy_set_header X-Forwarded-For"] == "$remote_addr" and settings["proxy_set_header Connection"] == '""'
    assert int(settings["proxy_read_timeout"].rstrip("s")) >= 60


def test_a_bulk_assignment_takes_100_000_serials(make_server):
    someone = Customer.onboard(make_server(offset=0), 3)
    serials = ["282C%08X" % number for number in range(100_000)]
    answer = someone.post(f"{someone.org}/assignments?dry_run=true", {"serials": serials, "count": 1})
    assert (answer.status, answer.json.get("field")) == (404, "serials"), answer
    answer = someone.post(f"{someone.org}/assignments", {"serials": [*serials, "282D00000000"], "count": 1})
    assert (answer.status, answer.json.get("field")) == (422, "serials"), answer


# compression

GZIP = {"Accept-Encoding": "gzip"}


def test_lists_are_compressed_for_those_who_accept_it(common_server):
    someone = Customer.onboard(common_server, 40)
    for number in range(40):
        assert someone.add("282CDD%06X" % number).status == 201
    paths = [f"{someone.org}/sensors", f"{someone.org}/license-manager?limit=40", f"{someone.org}/audit-log"]
    for path in paths:
        plain, packed = someone.get(path), someone.get(path, GZIP)
        assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body) / 2
        assert "Accept-Encoding" in plain.headers.get_all("Vary") and "Accept-Encoding" in packed.headers.get_all("Vary")
        head = someone.request("HEAD", path, headers=GZIP)
        assert "Accept-Encoding" in head.headers.get_all("Vary")
        got = exchange(common_server.http_address, (
            f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {someone.cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").encode())
        assert got.count(b"HTTP/1.1 200 OK\r\n") == 2 and b"\r\n\r\nHTTP/1.1 200 OK\r\n" in got, "nothing between them"
    for accepts, is_packed in (("gzip;q=0", False), ("GZIP;q=0.001", True), ("identity", False), ("*", True), ("*;q=0", False),
                               ("br, gzip;q=0.5", True), ("gzip;q=0, *", False), ("gzipped", False), ("", False),
                               ("deflate , x-gzip", True)):
        answer = someone.get(paths[0], {"Accept-Encoding": accepts})
        assert ("Content-Encoding" in answer.headers) is is_packed, accepts
    page = Client(someone.address).get("/", GZIP)
    assert page.headers.get_all("Vary") == ["Accept-Encoding"]


def test_answers_with_a_secret_and_short_ones_are_not_compressed(common_server):
    someone = Customer.onboard(common_server, 3)
    name = "x" * 200
    for answer in (someone.get("/healthz", GZIP), someone.get(someone.org, GZIP), someone.get(f"{API}/session", GZIP),
                   someone.patch(someone.org, {"name": name}, GZIP), someone.post(f"{someone.org}/device-token", {}, GZIP)):
        assert answer.status == 200 and "Content-Encoding" not in answer.headers


def test_a_long_bulk_answer_is_compressed_as_a_stream(make_server):
    someone = Customer.onboard(make_server(offset=0), 3)
    rows = "serial,name\r\n" + "".join("282C%08X,Cold room %d\r\n" % (n, n) for n in range(20_000))
    kind = {"Content-Type": "text/csv"}
    for _ in range(3):  # each gives its place back
        answer = someone.post(f"{someone.org}/sensors/import?dry_run=true", rows, kind | GZIP)
        body = gzip.decompress(answer.body) if "Content-Encoding" in answer.headers else answer.body
        assert (answer.status, json.loads(body)["code"]) == (409, "no_licenses_left")
    broken = rows.replace("282C0000", "282X0000")
    answer = someone.post(f"{someone.org}/sensors/import?dry_run=true", broken, kind | GZIP)
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Transfer-Encoding"] == "chunked"
    assert len(json.loads(gzip.decompress(answer.body))["results"]) == 20_000


# pages of problems

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path, status", [("/api/none", 404), (f"{API}/session", 401), ("/assets/none.js", 404),
                                          ("/problems/none", 404), ("/problems/wrong_host", 200), ("/calendar/none.ics", 404),
                                          ("/healthz?a%3Cb%3E=1", 400)])
def test_a_person_who_opens_an_address_that_fails_sees_a_page(address, path, status):
    who = Client(address)
    answer = who.get(path, {"Accept": BROWSER})
    text = answer.body.decode()
    assert answer.status == status and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<a href="/">' in text and "<h1>" in text and "style-" in text and "<b>" not in text and "<script" not in text
    assert status == 200 or answer.headers["X-Request-Id"] in text
    for accept in (None, "*/*", "application/json", "text/html;q=0.5, application/json", "text/html;q=0, */*"):
        answer = who.get(path, {"Accept": accept} if accept else {})
        assert answer.headers["Content-Type"].startswith("text/html" if status == 200 else "application/problem+json"), accept
