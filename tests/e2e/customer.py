"""A customer: somebody with an organization, what they do through the API, and the time they live in."""
import contextlib
import datetime
import itertools
import time
import urllib.parse

from program import Server
from stores import new_store, numbers
from web import Client

API, PASSWORD, DAY = "/api/v1", "nine green bottles", 86400
serial_numbers = itertools.count(1)


def instant(text):
    """Seconds since 1970 of an instant as the API writes it."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def written(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def until(text):
    """The clock offset at which it is that instant now."""
    return instant(text) - int(time.time())


def new_serial():
    return f"282C02{next(serial_numbers):06X}"


def eventually(check, seconds=60.0):
    """Waits until `check` gives something true, and gives that."""
    end = time.monotonic() + seconds
    while not (got := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)  # between two looks: the deadline decides
    return got


def has_happened(server, text, since):
    """At an instant between `since`, which server.now() gave, and now: however long it took."""
    assert since <= instant(text) <= server.now(), (text, written(since), written(server.now()))
    return True


def is_problem(answer, status, code=None, field=None):
    """The shape that every refusal has."""
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json
    assert said["status"] == status and said["type"] == f"/problems/{said['code']}"
    assert said["title"] and said["detail"].endswith(".") and said["request_id"]
    assert code is None or said["code"] == code, answer
    assert field is None or said.get("field") == field, answer
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0
    return True


def issue(server, quantity=5, term="P2Y", *more):
    """A new activation code, as the operator sells it."""
    told = server.command("code", "issue", "--json", "--quantity", quantity, "--term", term, *more)
    assert told.code == 0, told.err
    return told.json["code"]


class Customer(Client):
    """Signed in; its address follows the server through restarts."""

    def __init__(self, server, email):
        self.server, self.email, self.cookie = server, email, None
        self.id = self.org = None

    @property
    def address(self):
        return self.server.http_address

    @classmethod
    def sign_up(cls, server, code, email=None):
        who = cls(server, email or f"user{next(numbers)}@example.com")
        answer = who.post(f"{API}/users", {"email": who.email, "password": PASSWORD, "activation_code": code})
        assert answer.status == 201, answer
        return who

    @classmethod
    def onboard(cls, server, quantity=10, term="P2Y", time_zone="UTC", email=None):
        """Somebody who held nothing but a code, and now has an organization with a pool."""
        code = issue(server, quantity, term)
        who = cls.sign_up(server, code, email).found(time_zone)
        answer = who.redeem(code)
        assert answer.status == 201, answer
        return who

    def found(self, time_zone="UTC", name="Cold Chain"):
        answer = self.post(f"{API}/organizations", {"name": name, "time_zone": time_zone})
        assert answer.status == 201, answer
        self.id = answer.json["id"]
        self.org = f"{API}/organizations/{self.id}"
        return self

    def sign_in_again(self):
        assert self.sign_in(self.email, PASSWORD).status == 200
        return self

    def redeem(self, code, **query):
        path = f"{self.org}/activation-codes" + ("?" + urllib.parse.urlencode(query) if query else "")
        return self.post(path, {"code": code})

    def add(self, serial, **fields):
        return self.post(f"{self.org}/sensors", {"serial": serial} | fields)

    def sensor(self, **fields):
        """Adds one with a serial of its own, and gives that."""
        serial = new_serial()
        answer = self.add(serial, **fields)
        assert answer.status == 201, answer
        return serial

    def assign(self, serial, **fields):
        return self.post(f"{self.org}/sensors/{serial}/licenses", fields)

    def licenses(self, serial):
        return self.items(f"{self.org}/sensors/{serial}/licenses")

    def manager(self, **query):
        answer = self.get(f"{self.org}/license-manager", **query)
        assert answer.status == 200, answer
        return answer.json

    def row(self, serial):
        rows = self.manager(q=serial)["items"]
        assert [row["serial"] for row in rows] == [serial]
        return rows[0]

    def items(self, path, **query):
        """All of a list, page by page."""
        found = []
        while True:
            answer = self.get(path, **query)
            assert answer.status == 200, answer
            found += answer.json["items"]
            query["cursor"] = answer.json["next"]
            if not query["cursor"]:
                return found

    def measurements(self, serial, **query):
        return self.items(f"{self.org}/sensors/{serial}/measurements", **query)

    def times(self, serial, **query):
        return [instant(item["at"]) for item in self.measurements(serial, **query)]


@contextlib.contextmanager
def running(kind, folder, clock, **how):
    """A server with a store of its own, for several tests."""
    with new_store(kind, folder) as url:
        server = Server(url, folder, clock, **how)
        try:
            yield server.start()
        finally:
            server.kill()
