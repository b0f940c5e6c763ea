"""`tenure demo` from outside: an example to look at, of which nothing stays."""
import socket

import pytest

from customer import eventually
from program import Command, Server, environment, first_start
from web import Client


class Demo(Server):
    """The demonstration, run as the servers of the other tests are."""

    def command_line(self):
        return ["demo", "--json", "--http", "127.0.0.1:0", "--coap", self.coap_wish]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder in which the program makes its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def demo(tmp_path, temporary):
    made = Demo(None, tmp_path, None)
    yield made.start()
    made.kill()


def organization_of(demo):
    """A signed-in client and the address of its organization."""
    client = Client(demo.http_address)
    answer = client.sign_in(demo.told["email"], demo.told["password"])
    assert answer.status == 200, answer
    return client, f"/api/v1/organizations/{answer.json['organizations'][0]['id']}"


def test_the_example_has_sensors_in_all_states_that_really_send(demo):
    client, organization = organization_of(demo)
    shown = client.get(f"{organization}/license-manager").json
    assert len(shown["items"]) == 12 and shown["licenses_left"] > 0
    assert all(shown["counts"][state] > 0 for state in ("active", "expiring", "expired", "unlicensed"))
    serials = {state: [row["serial"] for row in shown["items"] if row["state"] == state] for state in shown["counts"]}
    for serial in serials["active"]:
        measured = f"{organization}/sensors/{serial}/measurements"
        assert eventually(lambda: client.get(measured).json["items"])
    for serial in serials["unlicensed"]:
        assert client.get(f"{organization}/sensors/{serial}/measurements").json["items"] == []


def test_its_members_are_told_of_what_ends_and_there_are_alerts(demo):
    client, organization = organization_of(demo)
    emails = {one["user_id"]: one["email"] for one in client.get(f"{organization}/members").json["items"]}
    ticked = client.get(f"{organization}/notifications/license-expiration").json["recipients"]
    told = {emails[one["user_id"]]: one["only_what_stops"] for one in ticked}
    assert told == {demo.told["email"]: False, demo.told["analyst_email"]: True}
    notices = eventually(lambda: client.get(f"{organization}/notices").json["items"])
    assert {notice["recipient"] for notice in notices} == set(told)
    assert {notice["state"] for notice in notices} == {"waiting"}, "there is no relay"
    assert eventually(lambda: client.get(f"{organization}/alerts").json["items"])
    assert all(rule["recipients"] for rule in client.get(f"{organization}/alarm-rules").json["items"])


def test_its_activation_code_can_be_redeemed(demo):
    client, organization = organization_of(demo)
    answer = client.post(f"{organization}/activation-codes", {"code": demo.told["activation_code"]})
    assert answer.status == 201, answer


def test_when_it_has_ended_nothing_of_it_is_left(demo, temporary):
    assert list(temporary.iterdir())
    assert demo.stop() == 0
    assert not list(temporary.iterdir())


def test_each_time_the_password_is_another(demo, tmp_path):
    other = Demo(None, tmp_path, None).start()
    try:
        assert other.told["password"] != demo.told["password"]
    finally:
        other.stop()


def test_a_store_that_is_not_empty_is_left_alone(tmp_path, temporary):
    password = tmp_path / "password"
    password.write_text("a long password")
    store = ["--store", f"sqlite:{tmp_path}/tenure.db"]
    first_start(*store, cwd=tmp_path)
    added = Command("user", "add", "--email", "a@example.com", "--password-file", password, *store, cwd=tmp_path)
    assert added.code == 0, added.err
    told = Command("demo", "--json", *store, cwd=tmp_path)
    assert told.code == 1 and told.problem["code"] == "store_not_empty"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("store", [[], ["--store", "sqlite:named.db"]], ids=["temporary", "named"])
def test_a_port_in_use_that_was_asked_for_is_said_and_nothing_stays(tmp_path, temporary, store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        asked = "127.0.0.1:%d" % taken.getsockname()[1]
        told = Command("demo", "--http", asked, "--coap", "127.0.0.1:0", *store, cwd=tmp_path, env=environment())
    assert told.code == 1 and asked in told.err and not told.out
    assert not list(temporary.iterdir()) and not list(tmp_path.glob("named*"))
