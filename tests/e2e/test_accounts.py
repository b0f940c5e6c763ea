"""Strangers keep nobody out of an account; a new password is hard to guess; rights end with the membership."""
import pytest

from customer import API, PASSWORD, Customer, is_problem
from web import Client


@pytest.fixture
def customer(make_server):
    return Customer.onboard(make_server(offset=0), 1)


def try_from(customer, source, password="a wrong password", cookie=None, email=None):
    client = Client(customer.address, source)
    client.cookie = cookie
    return client.sign_in(email or customer.email, password)


def slow_down(customer, source, **more):
    for _ in range(30):
        answer = try_from(customer, source, **more)
        if answer.status == 429:
            return answer
    raise AssertionError("it never slowed down")


def browser_of(client):
    return next(part for part in client.cookie.split("; ") if part.startswith("tenure_browser="))


def test_wrong_passwords_keep_out_only_their_own_network(customer):
    refused = slow_down(customer, "127.1.1.1")
    is_problem(refused, 429, "sign_in_failed")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert try_from(customer, "127.1.1.99", PASSWORD).status == 429, "the same /24"
    assert try_from(customer, "127.1.2.1", PASSWORD).status == 200
    for network in range(3, 40):
        assert try_from(customer, f"127.1.{network}.1").status == 401
    assert try_from(customer, "127.1.200.1", PASSWORD).status == 200, "a new network, under attack"


def test_a_browser_that_has_signed_in_is_let_in_from_an_attacked_network(customer):
    mark = browser_of(customer)
    other = Customer.onboard(customer.server, 1)
    slow_down(customer, "127.3.1.1")
    slow_down(other, "127.3.1.1", email=other.email)
    assert try_from(customer, "127.3.1.1", PASSWORD).status == 429
    assert try_from(customer, "127.3.1.1", PASSWORD, cookie=mark).status == 200
    assert try_from(customer, "127.3.1.1", PASSWORD, cookie=mark, email=other.email).status == 429, "of another account"
    forged = mark[:-1] + ("A" if mark[-1] != "A" else "Q")
    for cookie in (forged, "tenure_browser=", "tenure_browser=x", f"tenure_browser={'A' * 5000}"):
        assert try_from(customer, "127.3.1.1", PASSWORD, cookie=cookie).status == 429
    is_problem(slow_down(customer, "127.3.2.1", cookie=mark), 429, "sign_in_failed")
    assert try_from(customer, "127.3.2.1", PASSWORD).status == 200, "the budget of the browser is its own"


def test_the_mark_of_a_browser_is_out_of_reach_of_pages(customer):
    answer = Client(customer.address).sign_in(customer.email, PASSWORD)
    session, browser = answer.headers.get_all("Set-Cookie")
    assert session.startswith("tenure_session_") and browser.startswith("tenure_browser=")
    for word in ("HttpOnly", "SameSite=Strict", "Path=/api/v1", f"Max-Age={400 * 86400}"):
        assert word in browser.split("; "), browser
    customer.delete(f"{API}/session")
    assert browser_of(customer), "it outlives the session"
    for client in (Client(customer.address),):
        client.cookie = browser.split(";")[0]
        is_problem(client.get(f"{API}/session"), 401)


@pytest.mark.parametrize("password, word", [
    ("éàüöñ", "10 characters"), ("aaaaaaaaaaaa", "repeats"), ("123456789012", "keyboard"), ("qwertyuiopas", "keyboard"),
    ("abcabcabcabc", "repeats"), ("Password123!", "many people"), ("guess.me@example.com", "name"), ("Tenure 2026", "name"),
    ("Guess-Me-2026", "name"), ("x" * 1025, "1024 bytes")])
def test_a_password_that_is_easy_to_guess_is_refused_with_a_reason(make_server, password, word):
    server = make_server(offset=0, arguments=["--sign-up", "open"])
    who = {"email": "guess.me@example.com", "password": password}
    answer = Client(server.http_address).post(f"{API}/users", who)
    is_problem(answer, 422, "invalid", "password")
    assert word in answer.json["detail"], answer
    answer = Client(server.http_address).post(f"{API}/users", who | {"password": "zażółć gęślą jaźń"})
    assert answer.status == 201, answer


def test_a_calendar_link_ends_with_the_membership(customer):
    def subscribe(who):
        made = who.post(f"{customer.org}/calendar-feed")
        assert made.status == 201, made
        return made.json["url"].removeprefix("http://%s:%d" % customer.address)

    link = customer.post(f"{customer.org}/members", {"email": "bob@example.com", "role": "manager"}).json["link"]
    bob = Client(customer.address)
    joined = bob.post(f"{API}/invitations/{link.rsplit('/', 1)[1]}", {"password": PASSWORD})
    assert joined.status == 200, joined
    user, nobody = joined.json["user"]["id"], Client(customer.address)
    own, of_bob = subscribe(customer), subscribe(bob)
    assert nobody.get(own).status == nobody.get(of_bob).status == 200, "each has one"
    assert customer.get(f"{customer.org}/calendar-feed").json["made_by"] == customer.email
    assert customer.patch(f"{customer.org}/members/{user}", {"role": "analyst"}).status == 200
    is_problem(nobody.get(of_bob), 404)
    assert customer.patch(f"{customer.org}/members/{user}", {"role": "manager"}).status == 200
    is_problem(nobody.get(of_bob), 404)
    of_bob = subscribe(bob)
    assert customer.delete(f"{customer.org}/members/{user}").status == 204
    is_problem(nobody.get(of_bob), 404)
    is_problem(nobody.get(of_bob, {"If-None-Match": "*"}), 404)
    assert nobody.get(own).status == 200
    told = [item["action"] for item in customer.get(f"{customer.org}/audit-log").json["items"]]
    assert told.count("calendar.make") == 3 and told.count("calendar.revoke") == 2
