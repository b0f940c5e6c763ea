"""Invitations and forgotten passwords all the way to a relay: the link comes by mail, and by nothing else."""
import pytest

from customer import API, PASSWORD, Customer, eventually, is_problem
from relay import Relay
from stores import both_stores, look
from test_members import accept, members
from web import Client

PUBLIC, NEW_PASSWORD = "https://licenses.example.com", "ten purple elephants"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def relay():
    with Relay() as relay:
        yield relay


@pytest.fixture
def served(make_server, relay):
    """A server that sends by the relay."""
    return make_server(offset=0, arguments=["--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from",
                                            "tenure@example.com", "--public-url", PUBLIC])


def tokens(relay, email, page):
    """Those of the links to a page of that name, in the mails to that address. Both parts of each have it."""
    found = []
    for mail in relay.to(email):
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        for link in (word for word in text.split() if word.startswith(f"{PUBLIC}/{page}/")):
            assert link in html, html
            found.append(link.rsplit("/", 1)[1])
    return found


def next_token(relay, email, page, before=()):
    token, = eventually(lambda: set(tokens(relay, email, page)) - set(before))
    return token


def invite(customer, relay, email, before=()):
    answer = customer.post(f"{customer.org}/members", {"email": email, "role": "analyst"})
    assert answer.status == 201 and answer.json["state"] == "invited", answer
    assert answer.json.get("link") is None, answer
    token = next_token(relay, email, "invitations", before)
    assert token not in answer.body.decode()
    return token


def ask(server, email):
    answer = Client(server.http_address).post(f"{API}/password-resets", {"email": email})
    assert answer.status == 204 and answer.body == b"", answer
    return answer


def looks(server, token, page):
    return Client(server.http_address).get(f"{API}/{page}/{token}").status


@both_stores
def test_an_invitation_comes_by_mail_and_somebody_new_joins(served, relay):
    customer = Customer.onboard(served, 1)
    token = invite(customer, relay, "grace@example.com")
    mail, = relay.to("grace@example.com")
    assert mail["Subject"] == "You are invited to an organization in Tenure"
    words = " ".join(mail.get_body(("plain",)).get_content().split())
    assert f"{customer.email} invites you to join the organization “Cold Chain” in Tenure as an analyst." in words
    grace, answer = accept(served, token, password=PASSWORD, name="Grace")
    assert answer.status == 200 and answer.json["organizations"][0]["role"] == "analyst"
    assert grace.get(f"{customer.org}/sensors").status == 200
    assert members(customer)["grace@example.com"]["state"] == "active"
    is_problem(accept(served, token, password=PASSWORD)[1], 404, "invitation_not_valid")
    assert token not in served.log.read_text()


ADVERTISEMENT = "WIN a phone at https://shop.example/win or www.shop.example, " + "only today " * 10


def test_an_organization_cannot_advertise_in_its_name(served, relay):
    customer = Customer.onboard(served, 1)
    assert customer.patch(customer.org, {"name": ADVERTISEMENT}).status == 200
    token = invite(customer, relay, "grace@example.com")
    mail, = relay.to("grace@example.com")
    assert "WIN" not in mail["Subject"] and customer.email in mail.get_body(("plain",)).get_content()
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert "shop.example" not in body and "only today only" not in " ".join(body.split())
        assert f"{PUBLIC}/invitations/{token}" in body and "chosen its name" in " ".join(body.split())


@both_stores
def test_a_user_sends_few_invitations_in_a_day(served, relay):
    customer = Customer.onboard(served, 1)
    other = customer.post(f"{API}/organizations", {"name": "Other", "time_zone": "UTC"})
    paths = [f"{customer.org}/members", f"{API}/organizations/{other.json['id']}/members"]
    for number in range(20):  # one is sent again, one is withdrawn
        email = "again@example.com" if number in (3, 7) else f"stranger{number}@example.com"
        answer = customer.post(paths[number % 2], {"email": email, "role": "analyst"})
        assert answer.status == 201, answer
        if number == 5:
            assert customer.delete(f"{paths[1]}/{answer.json['user_id']}").status == 204
    for path in paths:
        answer = customer.post(path, {"email": "one.more@example.com", "role": "analyst"})
        is_problem(answer, 429, "user_invitation_limit")
        assert 23 * HOUR < int(answer.headers["Retry-After"]) <= 24 * HOUR
    served.move_clock(HOUR)
    is_problem(customer.post(paths[0], {"email": "one.more@example.com", "role": "analyst"}), 429, "user_invitation_limit")
    assert Client(served.http_address).get("/problems/user_invitation_limit").status == 200
    served.move_clock(25 * HOUR)
    assert customer.post(paths[0], {"email": "one.more@example.com", "role": "analyst"}).status == 201
    assert eventually(lambda: len(relay.to("stranger0@example.com")) == 1)


def test_who_is_signed_in_with_that_address_joins_by_the_link(served, relay):
    customer, other = Customer.onboard(served, 1), Customer.onboard(served, 1)
    token = invite(customer, relay, other.email)
    is_problem(accept(served, token, password=PASSWORD)[1], 409, "invitation_needs_sign_in")
    is_problem(customer.post(f"{API}/invitations/{token}", {}), 409, "invitation_for_somebody_else")
    answer = other.post(f"{API}/invitations/{token}", {})
    assert answer.status == 200 and len(answer.json["organizations"]) == 2
    assert other.get(customer.org).status == 200


@both_stores
def test_a_refused_mail_of_an_invitation_is_told_with_what_the_relay_said(served, relay):
    customer = Customer.onboard(served, 1)
    relay.says["gone@example.com"] = "550 5.1.1 no such user here"
    answer = customer.post(f"{customer.org}/members", {"email": "gone@example.com", "role": "analyst"})
    assert answer.status == 201 and (answer.json["mail_state"], answer.json["mail_error"]) == ("waiting", None), answer
    invite(customer, relay, "grace@example.com")
    mail = lambda email: (members(customer)[email]["mail_state"], members(customer)[email]["mail_error"])
    eventually(lambda: mail("gone@example.com")[0] == "failed" and mail("grace@example.com")[0] == "sent")
    assert "no such user here" in mail("gone@example.com")[1]
    assert mail("grace@example.com") == ("sent", None) and mail(customer.email) == (None, None)
    gone = customer.patch(f"{customer.org}/members/{members(customer)['gone@example.com']['user_id']}", {"role": "manager"})
    assert gone.status == 200 and gone.json["mail_state"] == "failed", gone

    relay.says.clear()
    served.move_clock(MINUTE)
    invite(customer, relay, "gone@example.com")
    eventually(lambda: mail("gone@example.com") == ("sent", None))


def test_a_second_invitation_ends_the_link_of_the_first_and_withdrawing_ends_both(served, relay):
    customer = Customer.onboard(served, 1)
    first = invite(customer, relay, "grace@example.com")
    second = invite(customer, relay, "grace@example.com", before=[first])
    assert looks(served, first, "invitations") == 404 and looks(served, second, "invitations") == 200
    is_problem(accept(served, first, password=PASSWORD)[1], 404, "invitation_not_valid")
    invited = members(customer)["grace@example.com"]["user_id"]
    assert customer.delete(f"{customer.org}/members/{invited}").status == 204
    assert looks(served, second, "invitations") == 404
    is_problem(accept(served, second, password=PASSWORD)[1], 404, "invitation_not_valid")
    assert "grace@example.com" not in members(customer)


@both_stores
def test_a_link_replaces_a_forgotten_password_once_and_ends_every_session(served, relay):
    customer, other = Customer.onboard(served, 1), Customer.onboard(served, 1)
    elsewhere, stranger = Client(served.http_address), Client(served.http_address)
    assert elsewhere.sign_in(customer.email, PASSWORD).status == 200
    assert stranger.get(f"{API}/password-resets").json == {"by_mail": True}
    ask(served, customer.email.upper())
    token = next_token(relay, customer.email, "password-resets")
    path = f"{API}/password-resets/{token}"
    assert stranger.get(path).json == {"email": customer.email}
    is_problem(stranger.post(path, {"password": "short"}), 422, "invalid", "password")
    assert customer.get(customer.org).status == 200, "asking changes nothing"

    answer = stranger.post(path, {"password": NEW_PASSWORD})
    assert answer.status == 200 and answer.json["user"]["email"] == customer.email
    assert stranger.get(customer.org).status == 200 and other.get(other.org).status == 200
    for ended in (customer, elsewhere):
        is_problem(ended.get(customer.org), 401)
    is_problem(Client(served.http_address).post(path, {"password": PASSWORD}), 404, "reset_not_valid")
    assert looks(served, token, "password-resets") == 404
    assert Client(served.http_address).sign_in(customer.email, PASSWORD).status == 401
    assert Client(served.http_address).sign_in(customer.email, NEW_PASSWORD).status == 200
    assert token not in served.log.read_text() and customer.email not in served.log.read_text()


def test_one_link_that_is_used_ends_the_others_of_that_address(served, relay):
    customer = Customer.onboard(served, 1)
    ask(served, customer.email)
    first = next_token(relay, customer.email, "password-resets")
    ask(served, customer.email)
    served.move_clock(6 * MINUTE)
    assert tokens(relay, customer.email, "password-resets") == [first], "its link still works"
    ask(served, customer.email)
    second = next_token(relay, customer.email, "password-resets", before=[first])
    assert Client(served.http_address).post(f"{API}/password-resets/{second}", {"password": NEW_PASSWORD}).status == 200
    assert looks(served, first, "password-resets") == looks(served, second, "password-resets") == 404


def test_a_link_for_a_password_lasts_an_hour(served, relay):
    customer = Customer.onboard(served, 1)
    ask(served, customer.email)
    token = next_token(relay, customer.email, "password-resets")
    served.move_clock(HOUR - MINUTE)
    assert looks(served, token, "password-resets") == 200
    served.move_clock(HOUR + MINUTE)
    assert looks(served, token, "password-resets") == 404
    late = Client(served.http_address).post(f"{API}/password-resets/{token}", {"password": NEW_PASSWORD})
    is_problem(late, 404, "reset_not_valid")
    assert customer.sign_in_again().get(customer.org).status == 200


def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(served, relay):
    customer = Customer.onboard(served, 1)
    unknown, known = ask(served, "nobody@example.com"), ask(served, customer.email)
    assert unknown.headers.keys() == known.headers.keys()
    next_token(relay, customer.email, "password-resets")
    assert look(served.store_url, "SELECT count(*) FROM outbox") == "1" and not relay.to("nobody@example.com")


def test_whoever_invites_the_same_address_again_and_again_has_to_wait(served, relay):
    customer = Customer.onboard(served, 1)
    victim, other = {"email": "grace@example.com", "role": "analyst"}, {"email": "heidi@example.com", "role": "analyst"}
    for _ in range(5):
        assert customer.post(f"{customer.org}/members", victim).status == 201
    is_problem(customer.post(f"{customer.org}/members", victim), 429, "too_many_invitation_mails")
    mine = customer.org
    customer.found(name="Another")
    is_problem(customer.post(f"{customer.org}/members", victim | {"email": "Grace@Example.com"}), 429, "too_many_invitation_mails")
    assert customer.post(f"{mine}/members", other).status == 201
    links = eventually(lambda: (lambda found: len(found) == 5 and found)(tokens(relay, "grace@example.com", "invitations")))
    assert sorted(looks(served, link, "invitations") for link in links) == [200, 404, 404, 404, 404], "refused ones end none"
    stranger = Customer.onboard(served, 1)
    assert stranger.post(f"{stranger.org}/members", victim).status == 201
    served.move_clock(2 * MINUTE)
    assert customer.post(f"{mine}/members", victim).status == 201


def test_a_trusted_proxy_says_who_asks_and_nobody_else(served, relay):
    def ask_as(client):
        asked = Client(served.http_address).post(f"{API}/password-resets", {"email": "nobody@example.com"},
                                                 {"X-Forwarded-For": f"203.0.113.1, {client}"})
        return asked.status

    assert [ask_as(f"198.51.{n}.1") for n in range(6)] == [204] * 5 + [429], "a client can send any header"
    served.arguments += ["--trusted-proxy", "127.0.0.1"]
    served.move_clock(0)
    assert [ask_as(f"198.51.{n}.1") for n in range(6)] == [204] * 6
    assert [ask_as(f"198.51.100.{n}") for n in range(6)] == [204] * 5 + [429], "one network"
    assert [ask_as(f"2001:db8::{n}:1") for n in range(6)] == [204] * 5 + [429]
    assert [ask_as(f"::ffff:198.51.101.{n}") for n in range(6)] == [204] * 5 + [429]
    assert ask_as("198.51.101.77") == 429


def test_strangers_neither_stop_a_link_nor_fill_the_mailbox(served, relay):
    customer = Customer.onboard(served, 1)
    for n in range(40):
        Client(served.http_address, f"127.1.{n % 8}.1").post(f"{API}/password-resets", {"email": customer.email})
    answer = Client(served.http_address, "127.2.0.1").post(f"{API}/password-resets", {"email": customer.email})
    assert answer.status == 204
    token = next_token(relay, customer.email, "password-resets")
    assert looks(served, token, "password-resets") == 200
    assert Client(served.http_address).post(f"{API}/password-resets/{token}", {"password": NEW_PASSWORD}).status == 200
    assert len(relay.to(customer.email)) == 1
