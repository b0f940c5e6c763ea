"""Whose is what: organizations among each other, roles, operators, signing up and in."""
import itertools

import pytest

from customer import API, DAY, PASSWORD, Customer, is_problem, issue, new_serial
from fleet import send
from web import Client


def test_what_belongs_to_another_organization_looks_as_if_it_were_not_there(common_server):
    owner, other = Customer.onboard(common_server, 2), Customer.onboard(common_server, 2)
    serial = owner.sensor()
    is_problem(other.add(serial), 409, "sensor_not_available")
    assert other.manager()["licenses_left"] == 2, "a refusal takes no license"
    for path in (owner.org, f"{owner.org}/license-manager", f"{owner.org}/sensors", f"{owner.org}/activation-codes",
                 f"{owner.org}/sensors/{serial}", f"{owner.org}/sensors/{serial}/measurements",
                 f"{owner.org}/sensors/{serial}/licenses", f"{other.org}/sensors/{serial}",
                 f"{other.org}/sensors/{serial}/measurements", f"{other.org}/sensors/{serial}/licenses",
                 f"{API}/organizations/0000000000001/license-manager", f"{API}/organizations/!/license-manager"):
        is_problem(other.get(path), 404, "not_found")
    for path, body in ((f"{owner.org}/sensors", {"serial": new_serial()}), (f"{owner.org}/activation-codes", {"code": "x"}),
                       (f"{owner.org}/sensors/{serial}/licenses", {}), (f"{other.org}/sensors/{serial}/licenses", {})):
        is_problem(other.post(path, body), 404, "not_found")
    is_problem(other.patch(owner.org, {"name": "mine"}), 404, "not_found")
    is_problem(other.patch(f"{owner.org}/sensors/{serial}", {"name": "mine"}), 404, "not_found")
    key = owner.items(f"{owner.org}/activation-codes")[0]["key"]
    is_problem(other.add(new_serial(), key=key), 404)


def make_analyst(server, customer):
    """A second member, invited."""
    analyst = Customer.sign_up(server, issue(server))
    link = customer.post(f"{customer.org}/members", {"email": analyst.email, "role": "analyst"}).json["link"]
    assert analyst.post(f"{API}/invitations/{link.rsplit('/', 1)[1]}", {}).status == 200
    analyst.org, analyst.id = customer.org, customer.id
    return analyst


def test_an_analyst_sees_measurements_and_no_license(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 2)
    serial = customer.sensor()
    send(server, serial, server.now(), 215)
    analyst = make_analyst(server, customer)
    assert [item["value"] for item in analyst.measurements(serial)] == [21.5]
    for path in ("", "/sensors", f"/sensors/{serial}"):
        assert analyst.get(analyst.org + path).status == 200
    assert "device_token" not in analyst.get(analyst.org).json and "device_token" in customer.get(customer.org).json
    for path in ("/license-manager", "/activation-codes", f"/sensors/{serial}/licenses"):
        is_problem(analyst.get(analyst.org + path), 403, "forbidden")
    for answer in (analyst.add(new_serial()), analyst.redeem("x"), analyst.assign(serial),
                   analyst.patch(analyst.org, {"name": "x"}), analyst.post(analyst.org + "/device-token"),
                   analyst.patch(f"{analyst.org}/sensors/{serial}", {"name": "x"})):
        is_problem(answer, 403, "forbidden")
    assert customer.manager()["licenses_left"] == 1


def test_without_a_session_nothing_of_an_organization_can_be_seen(customer):
    nobody = Client(customer.address)
    for path in ("", "/sensors", "/license-manager", "/activation-codes"):
        is_problem(nobody.get(customer.org + path), 401, "not_signed_in")
    is_problem(nobody.post(f"{API}/organizations", {"name": "x", "time_zone": "UTC"}), 401, "not_signed_in")
    is_problem(nobody.get(f"{API}/session"), 401, "not_signed_in")
    is_problem(nobody.get(f"{API}/operator/activation-codes"), 401, "not_signed_in")
    nobody.cookie = "tenure_session=" + "A" * 43
    is_problem(nobody.get(customer.org), 401, "not_signed_in")


# the operator

def test_an_operator_issues_codes_that_are_shown_once(operator, server):
    issued = operator.post(f"{API}/operator/activation-codes", {"quantity": 7, "term": "P18M", "redeem_by": "2099-12-31",
                                                               "reference": "order 9"})
    assert issued.status == 201, issued
    code = issued.json["code"]
    listed, = operator.get(f"{API}/operator/activation-codes", reference="order 9", state="issued").json["items"]
    assert listed["id"] == issued.json["id"] and (listed["quantity"], listed["term"]) == (7, "P18M")
    assert listed["redeem_by"] == "2099-12-31" and listed["state"] == "issued"
    assert code not in str(listed) and code.replace("-", "") not in str(listed)
    customer = Customer.sign_up(server, code).found()
    assert customer.redeem(code).json["quantity"] == 7
    assert operator.get(f"{API}/operator/activation-codes", reference="order 9").json["items"][0]["state"] == "redeemed"
    is_problem(customer.get(f"{API}/operator/activation-codes"), 403, "forbidden")
    is_problem(customer.post(f"{API}/operator/activation-codes", {"quantity": 1, "term": "P1Y"}), 403, "forbidden")
    is_problem(operator.get(customer.org), 404, "not_found")
    is_problem(operator.get(f"{customer.org}/license-manager"), 404, "not_found")


# signing up, in and out

def test_signing_up_needs_an_unredeemed_code(common_server, foreign_codes):
    customer = Customer.onboard(common_server, 1)
    redeemed = customer.items(f"{customer.org}/activation-codes")[0]["key"]
    new = Client(common_server.http_address)

    def sign_up(**fields):
        return new.post(f"{API}/users", {"email": "new@example.com", "password": PASSWORD} | fields)
    assert 400 <= sign_up().status < 500
    for code in (redeemed, foreign_codes(1)[0]):
        is_problem(sign_up(activation_code=code), 404, "code_not_accepted", "activation_code")
    is_problem(sign_up(activation_code="typo"), 422, "code_malformed", "activation_code")
    code = issue(common_server)
    is_problem(sign_up(activation_code=code, email=customer.email.upper()), 409, "email_taken")
    assert new.cookie is None
    assert sign_up(activation_code=code, name="New").status == 201
    assert new.get(f"{API}/session").json["user"]["name"] == "New"
    is_problem(sign_up(activation_code=code, name="Again"), 409, "email_taken")
    for email in ("second@example.com", customer.email):  # which says nothing about other accounts
        is_problem(sign_up(activation_code=code, email=email), 409, "code_has_invited", "activation_code")


@pytest.mark.parametrize("mode, status, code", [("closed", 403, "sign_up_closed"), ("open", 201, None)])
def test_signing_up_can_be_closed_or_open(make_server, mode, status, code):
    server = make_server(offset=0, arguments=["--sign-up", mode])
    answer = Client(server.http_address).post(f"{API}/users", {"email": "new@example.com", "password": PASSWORD})
    assert answer.status == status and (code is None or answer.code == code), answer
    if mode == "closed":
        with_code = Client(server.http_address).post(f"{API}/users", {
            "email": "new@example.com", "password": PASSWORD, "activation_code": issue(server)})
        is_problem(with_code, 403, "sign_up_closed")


def test_a_session_ends_with_signing_out(common_server):
    customer = Customer.onboard(common_server, 1)
    elsewhere = Customer(customer.server, customer.email.upper()).sign_in_again()
    cookie = elsewhere.cookie
    assert elsewhere.get(customer.org).status == 200
    gone = elsewhere.delete(f"{API}/session")
    assert gone.status == 204 and gone.body == b""
    elsewhere.cookie = cookie
    is_problem(elsewhere.get(customer.org), 401, "not_signed_in")
    assert customer.get(customer.org).status == 200, "the other session goes on"
    assert elsewhere.delete(f"{API}/session").status == 204


def test_a_session_ends_by_the_clock(make_server):
    customer = Customer.onboard(make_server(offset=0), 1)
    customer.server.move_clock(400 * DAY)
    is_problem(customer.get(customer.org), 401, "not_signed_in")
    assert customer.sign_in_again().get(customer.org).status == 200


def test_wrong_passwords_slow_down_and_nobody_is_locked_out(make_server):
    customer = Customer.onboard(make_server(offset=0), 1)
    other = Customer.sign_up(customer.server, issue(customer.server))
    stranger = Client(customer.address)
    for tries in itertools.count(1):
        answer = stranger.sign_in(customer.email, "wrong password")
        if answer.status == 429:
            break
        is_problem(answer, 401, "sign_in_failed")
        assert tries < 20, "it never slowed down"
    is_problem(answer, 429)
    is_problem(stranger.sign_in(customer.email, PASSWORD), 429)
    assert stranger.sign_in(other.email, PASSWORD).status == 200
    customer.server.move_clock(2 * 3600)
    assert Client(customer.address).sign_in(customer.email, PASSWORD).status == 200


def test_an_unknown_e_mail_and_a_wrong_password_look_the_same(customer):
    unknown = Client(customer.address).sign_in("nobody@example.com", "wrong password")
    wrong = Client(customer.address).sign_in(customer.email, "wrong password")
    is_problem(unknown, 401, "sign_in_failed")
    is_problem(wrong, 401, "sign_in_failed")
    assert unknown.json["detail"] == wrong.json["detail"] and unknown.json.get("field") == wrong.json.get("field")
