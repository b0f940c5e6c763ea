"""A clock that was set back: nothing is decided for an instant that has passed already (rule 10)."""
import mmap
import struct

import pytest

from customer import API, DAY, PASSWORD, Customer, eventually, instant, is_problem, new_serial
from device import ACK, CREATED, GET, UNAVAILABLE, Device
from fleet import send, temperatures
from program import Command, environment
from stores import both_stores, look
from web import Client

HOUR, MAX_AGE, FAR = 3600, 14, 800 * DAY
SAID = {"status": "ready", "store": "ok", "clock": "ok", "mail": "not_set", "warnings": [], "left_out": []}
on_postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


def mark_of(server):
    return int(look(server.store_url, "SELECT latest_at FROM clock_mark"))


def log_of(server, event):
    return [line for line in server.log.read_text().splitlines() if f" {event} " in line]


def is_ready(server):
    ready = Client(server.http_address).get("/readyz")
    return ready.status == 200 and ready.json == SAID


def is_not_ready(server, why):
    ready = Client(server.http_address).get("/readyz")
    assert ready.status == 503 and int(ready.headers["Retry-After"]) > 0, ready
    assert ready.json == SAID | {"status": "not_ready", "clock": why}
    return True


def signs_in_and_out(customer):
    """In a new session; the customer keeps the old one."""
    client = Client(customer.server.http_address)
    assert client.sign_in(customer.email, PASSWORD).status == 200
    assert client.get(customer.org).status == 200
    assert client.delete(f"{API}/session").status == 204
    assert client.get(customer.org).status == 401
    return True


def is_put_off(server, serial):
    """A message gets 5.03 with Max-Age, and so does a question for the time, which would set a sensor's clock."""
    with Device(server.coap_address) as device:
        for reply in (device.post("m", temperatures(serial, server.now(), 216)), device.exchange(GET, "t")):
            assert reply and reply.kind == ACK and reply.code == UNAVAILABLE, reply
            assert int.from_bytes(reply.options[MAX_AGE][0], "big") > 0
    return True


def run(server, *words, check="off", synchronized="yes"):
    """A command on the server's store and clock."""
    more = {"TENURE_CLOCK_CHECK": check, "CLOCK_SYNCHRONIZED": synchronized}
    return Command(*words, *server.store_arguments(), cwd=server.folder,
                   env=environment(server.clock, server.offset, more))


def doctor(server, **how):
    """(state, words) of the clock."""
    found, = [one for one in run(server, "doctor", "--json", **how).json["checks"] if one["name"] == "clock"]
    return found["state"], found["detail"]


def once_ahead(make_server):
    """(customer, serial): the clock was 800 days ahead for a while and is right again."""
    customer = Customer.onboard(make_server(offset=0), 3, "P10Y")
    serial, server = customer.sensor(), customer.server
    send(server, serial, server.now(), 215)
    server.move_clock(FAR)
    assert customer.sign_in(customer.email, PASSWORD).status == 200, "the session of before has ended by this clock"
    for _ in range(6):
        Client(server.http_address).sign_in(customer.email, "wrong, again and again")
    customer.sensor()
    server.move_clock(0)
    assert customer.sign_in(customer.email, PASSWORD).status == 200
    return customer, serial


def expired(make_server):
    """(customer, serial): a sensor whose only license has ended an hour ago."""
    customer = Customer.onboard(make_server(offset=0), 1, "P1D")
    serial = customer.sensor()
    server = customer.server
    send(server, serial, server.now(), 215)
    server.move_clock(2 * DAY + HOUR)
    assert customer.row(serial)["state"] == "expired"
    other = customer.post(f"{API}/organizations", {"name": "Other", "time_zone": "UTC"})
    assert other.status == 201, "a write, so that the store remembers this instant"
    return customer, serial


@both_stores
def test_under_a_clock_set_far_back_reading_goes_on_and_nothing_is_written(make_server):
    customer, serial = expired(make_server)
    server, mark = customer.server, mark_of(customer.server)
    server.move_clock(server.offset - 2 * HOUR - DAY)

    row = customer.row(serial)
    assert row["state"] == "expired", "what has ended does not come to life again"
    assert len(customer.times(serial)) == 1
    for answer in (customer.add(new_serial()), customer.assign(serial), customer.patch(customer.org, {"name": "x"})):
        is_problem(answer, 503, "clock_behind")
    assert signs_in_and_out(customer)
    for _ in range(2):
        assert is_put_off(server, serial) and is_not_ready(server, "behind")
    assert mark_of(server) == mark
    line, = log_of(server, "clock.behind")
    assert "correct the clock" in line
    assert not log_of(server, "store.unavailable")

    server.move_clock(server.offset + 2 * HOUR + DAY)
    assert is_ready(server) and customer.patch(customer.org, {"name": "x"}).status == 200
    assert len(customer.times(serial)) == 1, "what was put off was not kept"


@both_stores
def test_under_a_clock_a_little_behind_time_stands_still(make_server):
    customer = Customer.onboard(make_server(offset=0), 3)
    server, mark = customer.server, mark_of(customer.server)
    server.move_clock(-45)
    serial = customer.sensor()
    assert mark_of(server) == mark
    license, = customer.licenses(serial)
    assert license["starts_at"] == license["assigned_at"]
    assert instant(license["starts_at"]) == mark, "time stands still at the latest instant acted on"
    with Device(server.coap_address) as device:
        assert device.post("m", temperatures(serial, mark, 215)).code == CREATED
    assert customer.times(serial) == [mark]
    assert is_ready(server)
    assert not log_of(server, "clock.behind")


@both_stores
def test_under_a_clock_set_back_a_good_link_is_put_off_and_works_later(make_server):
    customer, _ = once_ahead(make_server)
    server = customer.server
    assert run(server, "clock", "reset", "--yes").code == 0
    invited = customer.post(f"{customer.org}/members", {"email": "grace@example.com", "role": "analyst"})
    link = f"{API}/invitations/{invited.json['link'].rsplit('/', 1)[1]}"
    server.move_clock(FAR)
    assert customer.sign_in(customer.email, PASSWORD).status == 200
    assert customer.patch(customer.org, {"name": "x"}).status == 200
    server.move_clock(0)
    for path, body in ((link, {"password": PASSWORD}), (f"{API}/password-resets/{'x' * 43}", {"password": PASSWORD}),
                       (f"{API}/users", {"email": "new@example.com", "password": PASSWORD, "activation_code": "0" * 25})):
        is_problem(Client(server.http_address).post(path, body), 503, "clock_behind")
    assert run(server, "clock", "reset", "--yes").code == 0
    assert Client(server.http_address).post(link, {"password": PASSWORD}).status == 200


@both_stores
def test_after_a_clock_was_far_ahead_reading_and_signing_in_go_on(make_server):
    customer, serial = once_ahead(make_server)
    server, mark = customer.server, mark_of(customer.server)
    assert mark > server.now() + FAR - HOUR
    assert signs_in_and_out(customer)
    is_problem(Client(server.http_address).sign_in(customer.email, "a wrong password"), 401, "sign_in_failed")
    assert len(customer.times(serial)) == 1
    is_problem(customer.patch(customer.org, {"name": "x"}), 503, "clock_behind")
    is_problem(Client(server.http_address).post(f"{API}/password-resets", {"email": customer.email}), 503, "clock_behind")
    assert is_put_off(server, serial) and is_not_ready(server, "behind")
    assert mark_of(server) == mark
    assert len(log_of(server, "clock.behind")) == 1 and not log_of(server, "clock.right")

    state, words = doctor(server)
    assert state == "failed" and "tenure clock reset" in words
    state, words = doctor(server, synchronized="no")
    assert state == "failed" and "If it is wrong, set it" in words, "the clock may be the wrong one"


class Moved:
    """The clock of a server that runs."""

    def __init__(self, server, check):
        self.path = server.folder / "clock"
        self.path.write_bytes(struct.pack("=q", 0))
        with open(self.path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 8)
        self.server, more = server, {"CLOCK_FILE": str(self.path), "TENURE_CLOCK_CHECK": check}
        server.stop()
        server.environment = lambda: environment(server.clock, 0, more)
        server.start()

    def move(self, seconds):
        self.shared[:8] = struct.pack("=q", seconds)
        self.server.offset = seconds


@both_stores
def test_a_clock_that_jumps_while_the_server_runs_needs_a_reset(make_server):
    customer = Customer.onboard(make_server(offset=0), 3, "P10Y")
    server, clock = customer.server, Moved(customer.server, "off")
    clock.move(FAR)
    assert customer.sign_in(customer.email, PASSWORD).status == 200
    assert customer.patch(customer.org, {"name": "x"}).status == 200
    clock.move(0)
    assert customer.sign_in(customer.email, PASSWORD).status == 200 and signs_in_and_out(customer)
    is_problem(customer.patch(customer.org, {"name": "y"}), 503, "clock_behind")
    assert is_not_ready(server, "behind")
    done = run(server, "clock", "reset", "--yes", "--json")
    assert done.code == 0 and done.json["changed"]
    assert customer.patch(customer.org, {"name": "y"}).status == 200 and eventually(lambda: is_ready(server))


@on_postgresql
def test_a_clock_that_jumps_while_the_server_runs_is_noticed(make_server):
    customer = Customer.onboard(make_server(offset=0), 3)
    serial, server, clock = customer.sensor(), customer.server, Moved(customer.server, "on")
    for seconds in (FAR, 2 * HOUR, 45):
        clock.move(seconds)
        assert customer.sign_in(customer.email, PASSWORD).status == 200
        is_problem(customer.patch(customer.org, {"name": "x"}), 503, "clock_differs")
        assert is_put_off(server, serial) and is_not_ready(server, "differs")
        clock.move(0)
        assert customer.sign_in(customer.email, PASSWORD).status == 200
        assert customer.patch(customer.org, {"name": str(seconds)}).status == 200 and is_ready(server)
        send(server, serial, server.now(), 215)
    assert mark_of(server) <= server.now()


@both_stores
def test_a_reset_of_the_clock_frees_a_server_that_runs(make_server):
    customer, serial = once_ahead(make_server)
    server, mark = customer.server, mark_of(customer.server)
    entries = int(look(server.store_url, "SELECT count(*) FROM audit_entry"))
    done = run(server, "clock", "reset", "--json")  # no terminal: it does not ask
    assert done.code == 0, done.err
    assert done.json["changed"] and instant(done.json["mark_before"]) == mark
    assert instant(done.json["mark"]) <= server.now()
    assert done.json["not_undone"]["licenses_assigned"] == 1, "the sensor that was added meanwhile"
    assert int(look(server.store_url, "SELECT count(*) FROM audit_entry")) == entries + 1
    assert look(server.store_url, "SELECT action FROM audit_entry WHERE object_kind = 'clock'") == "clock.reset"

    assert customer.patch(customer.org, {"name": "x"}).status == 200
    assert eventually(lambda: is_ready(server))
    send(server, serial, server.now() + 1, 217)  # the first may be of this second
    assert len(customer.times(serial)) == 2
    assert len(log_of(server, "clock.right")) == 1
    again = run(server, "clock", "reset", "--yes", "--json")
    assert again.code == 0 and not again.json["changed"]
    assert doctor(server)[0] == "ok"
    assert run(server, "audit", "verify").code == 0


@both_stores
def test_a_reset_of_the_clock_needs_no_server(make_server):
    customer, serial = once_ahead(make_server)
    server = customer.server
    server.stop()
    done = run(server, "clock", "reset", "--yes", synchronized="no")
    assert done.code == 0 and "is now" in done.out and "cannot undo" in done.err, done
    assert "does not call it synchronized" in done.err
    server.start()
    assert is_ready(server) and customer.patch(customer.org, {"name": "x"}).status == 200
    for column in ("notices_due_at", "notices_through * 86400"):
        assert int(look(server.store_url, f"SELECT max({column}) FROM organization")) < server.now() + 3 * DAY, column
    for column, table in (("expires_at", "session"), ("check_at", "pool_watch"), ("forget_at", "throttle")):
        assert int(look(server.store_url, f"SELECT coalesce(max({column}), 0) FROM {table}")) < server.now() + 31 * DAY


def test_a_reset_of_the_clock_makes_no_store(tmp_path):
    none = Command("clock", "reset", "--yes", "--store", f"sqlite:{tmp_path}/none.db", cwd=tmp_path, env=environment())
    assert none.code == 1 and not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("seconds, works", [(58, True), (70, False), (HOUR, False)])
def test_writing_stops_when_the_clock_is_a_minute_behind(make_server, seconds, works):
    customer = Customer.onboard(make_server(offset=0), 3)
    server = customer.server
    server.move_clock(2 * HOUR)
    assert customer.patch(customer.org, {"name": "x"}).status == 200
    server.move_clock(2 * HOUR - seconds)
    assert signs_in_and_out(customer)
    answer = customer.patch(customer.org, {"name": "y"})
    assert answer.status == 200 if works else is_problem(answer, 503, "clock_behind")
    assert is_ready(server) if works else is_not_ready(server, "behind")


@on_postgresql
@pytest.mark.parametrize("hours", [2, -2])
def test_a_server_whose_clock_differs_from_the_database_stops_only_itself(make_server, hours):
    checks = ("--clock-check", "on")
    customer = Customer.onboard(make_server(offset=0, arguments=checks), 3)
    right, serial = customer.server, customer.sensor()
    wrong = make_server(offset=hours * HOUR, arguments=checks)
    away = Customer(wrong, customer.email)
    assert away.sign_in(customer.email, PASSWORD).status == 200
    away.org = customer.org
    for _ in range(2):
        answer = away.patch(away.org, {"name": "x"})
        is_problem(answer, 503, "clock_differs" if hours > 0 else "clock_behind")
        assert away.get(away.org).status == 200 and signs_in_and_out(away)
        assert is_put_off(wrong, serial)
        assert is_not_ready(wrong, "differs" if hours > 0 else "behind")
        wrong.move_clock(wrong.offset)  # and after a restart
        away.cookie = None
        away.sign_in(customer.email, PASSWORD)
    assert mark_of(right) <= right.now()
    assert customer.patch(customer.org, {"name": "y"}).status == 200 and is_ready(right)
    send(right, serial, right.now(), 215)
    assert log_of(wrong, "clock.differs" if hours > 0 else "clock.behind")

    state, words = doctor(wrong, check="on", synchronized="no")
    assert state == "failed" and "this machine's clock" in words and "clock reset" not in words
    state, words = doctor(wrong, check="on")
    assert state == "failed" and "the clock of the database's machine" in words
    issued = run(wrong, "code", "issue", "--quantity", "1", "--term", "P1Y", check="on")
    assert issued.code == 1 and not issued.out
    wrong.move_clock(0)
    assert eventually(lambda: is_ready(wrong)) and away.patch(away.org, {"name": "z"}).status == 200


@on_postgresql
def test_signing_in_where_the_clock_is_wrong_ends_nothing_elsewhere(make_server):
    checks = ("--clock-check", "on")
    customer = Customer.onboard(make_server(offset=0, arguments=checks), 3)
    right, nobody = customer.server, "nobody@example.com"
    for _ in range(6):
        answer = Client(right.http_address).sign_in(nobody, "wrong, again and again")
    is_problem(answer, 429, "sign_in_failed")
    wrong = make_server(offset=FAR, arguments=checks)
    for email in (customer.email, "somebody@example.com"):
        Client(wrong.http_address).sign_in(email, PASSWORD)
    assert log_of(wrong, "clock.differs")
    assert customer.get(customer.org).status == 200, "the session of before"
    is_problem(Client(right.http_address).sign_in(nobody, "wrong"), 429, "sign_in_failed")


@on_postgresql
def test_a_reset_refuses_a_clock_that_differs_from_the_database(make_server):
    customer, _ = once_ahead(make_server)
    server, mark = customer.server, mark_of(customer.server)
    server.move_clock(2 * HOUR)
    refused = run(server, "clock", "reset", "--yes", "--json", check="on")
    assert refused.code == 1 and refused.problem["code"] == "clock_differs" and mark_of(server) == mark
    forced = run(server, "clock", "reset", "--yes", "--force", "--json", check="on")
    assert forced.code == 0 and forced.json["changed"]


def test_a_clock_that_the_kernel_does_not_call_synchronized_is_a_warning(make_server, monkeypatch):
    server = make_server(offset=0)
    server.stop()
    monkeypatch.setattr(server, "environment",
                        lambda: environment(server.clock, 0, {"CLOCK_SYNCHRONIZED": "no"}))
    server.start()
    ready = Client(server.http_address).get("/readyz")
    assert ready.status == 200 and ready.json == SAID | {"warnings": ["clock_unsynchronized"]}
    assert doctor(server, synchronized="no")[0] == "warning" and doctor(server)[0] == "ok"
