"""One client never stops HTTP for the others: connections, slow requests, long reads, imports, password hashes."""
import contextlib
import http.client
import json
import resource
import select
import socket
import threading
import time

import pytest

from customer import API, Customer, eventually, is_problem
from device import CREATED, Device, channel, measurements
from stores import both_stores, look
from web import Answer, Client

GOOD_SECONDS = 10  # generous: without the limits an answer never comes


class From(Client):
    """A client at another loopback address."""

    def __init__(self, server, host, cookie=None):
        super().__init__(server.http_address)
        self.host, self.cookie = host, cookie

    def request(self, method, path, body=None, headers=None):
        sent = ({"Cookie": self.cookie} if self.cookie else {}) | (headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body, sent = json.dumps(body), sent | {"Content-Type": "application/json"}
        connection = http.client.HTTPConnection(*self.address, timeout=300, source_address=(self.host, 0))
        try:
            connection.request(method, path, body, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()


@contextlib.contextmanager
def connected(server, host, count, first=b""):
    """Open connections from one address, each with the first bytes of a request."""
    sockets = []
    try:
        for _ in range(count):
            one = socket.create_connection(server.http_address, timeout=10, source_address=(host, 0))
            sockets.append(one)
            with contextlib.suppress(OSError):  # the server may have ended it
                one.sendall(first)
        yield sockets
    finally:
        for one in sockets:
            one.close()


def has_bytes(one, seconds=0.0):
    """The server has sent something, or ended the connection."""
    poll = select.poll()
    poll.register(one, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def is_open(one):
    """The server has not ended the connection: it sends nothing that nobody asked for."""
    return not has_bytes(one)


def answers(server, host="127.0.0.1"):
    """Health and readiness come within a good time."""
    client = From(server, host)
    began = time.monotonic()
    assert client.get("/healthz").status == 200
    assert client.get("/readyz").status == 200
    assert time.monotonic() - began < GOOD_SECONDS
    return True


@both_stores
def test_half_open_connections_of_one_address_leave_the_others_alone(server):
    with connected(server, "127.0.0.2", 1100) as sockets:
        for host in ("127.0.0.1", "127.0.0.3"):
            assert answers(server, host)
        left = sum(is_open(one) for one in sockets)
        assert 128 <= left < 1100  # it has its share, and no more


def test_an_address_with_too_many_connections_is_told_so(server):
    with connected(server, "127.0.0.2", 1100) as sockets:
        refused = [one for one in sockets if not is_open(one)]
        assert refused
        said = refused[0].recv(4096).decode()
        assert said.startswith("HTTP/1.1 429 ") and "\r\nRetry-After: " in said and '"too_many_connections"' in said


def test_a_trusted_proxy_may_have_any_number_of_connections(make_server):
    server = make_server(offset=0, arguments=["--trusted-proxy", "127.0.0.2"])
    with connected(server, "127.0.0.2", 700) as sockets:
        assert answers(server)
        assert all(is_open(one) for one in sockets)


HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"


@pytest.mark.parametrize("first", [HEAD + b"X: ", BODY], ids=["head", "body"])
def test_a_request_that_trickles_is_ended_with_408(server, first):
    with connected(server, "127.0.0.2", 1, first) as (one,):
        def ended():
            with contextlib.suppress(OSError):
                one.sendall(b" ")
            return has_bytes(one, 0.2)
        eventually(ended)
        said = one.recv(4096).decode()
        assert said.startswith("HTTP/1.1 408 ") and '"request_timeout"' in said


def test_a_full_server_takes_idle_connections_for_new_ones(make_server):
    """From 40 addresses, each below its own limit."""
    server = make_server(offset=0)
    with contextlib.ExitStack() as stack:
        for n in range(40):
            stack.enter_context(connected(server, f"127.0.1.{n + 1}", 120, HEAD))
        assert answers(server)


def test_the_server_raises_its_limit_of_open_files(make_server):
    server = make_server(offset=0, files=(300, 2000))
    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (2000, 2000)


@both_stores
def test_few_open_files_cost_connections_but_never_the_store(make_server):
    server = make_server(offset=0, files=(300, 300))
    customer = Customer.onboard(server, 3)
    with contextlib.ExitStack() as stack:
        for n in range(20):
            stack.enter_context(connected(server, f"127.0.1.{n + 1}", 60, HEAD))
        assert answers(server)
        assert customer.sensor()  # a write
        assert customer.get(f"{customer.org}/license-manager").status == 200
        customer.sign_in_again()
    assert "store.failed" not in server.log.read_text()


def invent_sign_ins(server, count, ended):
    """From four addresses, each with more than it may have in the queue. Gives the threads."""
    def invent(n):
        with contextlib.suppress(OSError):  # the server may end first
            ended.append(From(server, f"127.0.2.{n % 4 + 1}").post(
                f"{API}/session", {"email": f"x{n}@example.com", "password": "wrong wrong"}))
    threads = [threading.Thread(target=invent, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    return threads


@both_stores
def test_invented_sign_ins_of_some_addresses_leave_the_others_alone(server, operator):
    ended = []
    threads = invent_sign_ins(server, 160, ended)
    for n in range(5):
        answer = From(server, f"127.0.0.{n + 3}").sign_in("operator@example.com", "a quiet green river")
        assert answer.status == 200, answer
    for thread in threads:
        thread.join()
    assert len(ended) == 160 and {answer.status for answer in ended} <= {401, 429, 503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in ended if answer.status != 401)


IMPORT_HEAD = ("POST {}/sensors/import HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nContent-Type: text/csv\r\n"
               "Content-Length: 9000000\r\n\r\nserial,name\r\n")


@both_stores
def test_imports_that_trickle_leave_the_others_alone(server):
    slow, other = (Customer.onboard(server, 10) for _ in range(2))
    with connected(server, "127.0.0.2", 8, IMPORT_HEAD.format(slow.org, slow.cookie).encode()):
        for customer in (slow, other):  # the same organization, too
            for n in range(3):
                answer = customer.post(f"{customer.org}/sensors/import", f"serial,name\r\n28{customer.id[-4:].encode().hex()[:8]}{n:02X},a\r\n",
                                       {"Content-Type": "text/csv"})
                assert answer.status == 201, answer


def test_a_long_body_of_nobody_is_refused_before_it_is_sent(server):
    with connected(server, "127.0.0.2", 1, IMPORT_HEAD.format(f"{API}/organizations/1", "tenure_session=x").encode()) as (one,):
        one.settimeout(GOOD_SECONDS)
        assert one.recv(4096).startswith(b"HTTP/1.1 401 ")


MESSAGES, VALUES = 150, 600


@pytest.fixture
def flooded(make_server):
    """A customer, and a sensor with many measurements: one a second."""
    server = make_server(offset=-3 * 86400)
    customer = Customer.onboard(server, 20000)
    serial = customer.sensor()
    server.move_clock(0)
    first = server.now() - 2 * 86400
    with Device(server.coap_address) as device:
        for n in range(MESSAGES):
            body = measurements(serial, channel(1, first + n * VALUES, [v % 2 for v in range(VALUES)]), period=1)
            assert device.post("m", body).code == CREATED
    return customer, serial


def download(customer, serial):
    return (f"GET {customer.org}/sensors/{serial}/measurements HTTP/1.1\r\nHost: localhost\r\n"
            f"Accept: text/csv\r\nCookie: {customer.cookie}\r\n\r\n").encode()


@both_stores
def test_long_downloads_leave_the_others_alone(flooded):
    customer, serial = flooded
    path, csv = f"{customer.org}/sensors/{serial}/measurements", {"Accept": "text/csv"}
    whole = customer.get(path, csv)
    assert whole.status == 200 and whole.body.count(b"\n") == MESSAGES * VALUES + 1
    with connected(customer.server, "127.0.0.2", 12, download(customer, serial)) as readers:  # none reads
        assert answers(customer.server)
        assert customer.get(customer.org).status == 200
        heads = [reader.recv(12, socket.MSG_WAITALL) for reader in readers]
        assert set(heads) <= {b"HTTP/1.1 200", b"HTTP/1.1 429"} and heads.count(b"HTTP/1.1 200") == 4
        assert is_problem(customer.get(path, csv), 429, "too_many_long_requests")
    assert eventually(lambda: customer.get(path, csv).status == 200)


def stops(server):
    """In order, within 5 s, whatever goes on; and goes on after a start."""
    assert server.stop() == 0
    log = server.log.read_text(errors="replace")
    assert "Assertion" not in log and "stop_forced" not in log
    server.start()
    assert answers(server)
    return True


MOMENTS = (0, 0.05, 0.3, 1)


@both_stores
def test_the_server_stops_while_clients_download(flooded):
    customer, serial = flooded
    for moment in MOMENTS:
        with connected(customer.server, "127.0.0.2", 12, download(customer, serial)):
            time.sleep(moment)
            assert stops(customer.server)


@both_stores
def test_the_server_stops_while_requests_arrive(server):
    customer = Customer.onboard(server, 1)
    long = IMPORT_HEAD.format(customer.org, customer.cookie).encode()
    for moment in MOMENTS:
        with connected(server, "127.0.0.2", 100), connected(server, "127.0.0.3", 50, HEAD), \
                connected(server, "127.0.0.4", 50, BODY), connected(server, "127.0.0.5", 8, long):
            time.sleep(moment)
            assert stops(server)


@both_stores
def test_the_server_stops_while_passwords_are_hashed(server):
    for moment in MOMENTS:
        threads = invent_sign_ins(server, 150, [])
        time.sleep(moment)
        assert stops(server)
        for thread in threads:
            thread.join()


@both_stores
def test_an_import_that_a_stop_meets_is_whole_or_not_there(server):
    customer, rows = Customer.onboard(server, 60000), 10000
    for number, moment in enumerate((0, 0.1, 0.2, 0.4, 0.8, 1.6)):
        body = "serial,name\n" + "".join(f"28{number:02X}{n:08X},s\n" for n in range(rows))
        answer = []

        def send(client=From(server, "127.0.0.2", customer.cookie)):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer.append(client.post(f"{customer.org}/sensors/import?dry_run={str(number == 0).lower()}", body,
                                          {"Content-Type": "text/csv"}))
        thread = threading.Thread(target=send)
        thread.start()
        time.sleep(moment)
        assert stops(server)
        thread.join()
        there = int(look(server.store_url, f"SELECT count(*) FROM sensor WHERE serial LIKE '28{number:02X}%'"))
        assert there in (0, rows)
        if answer and answer[0].status == 201:
            assert there == rows
