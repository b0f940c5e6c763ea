"""Members: invited, changed, removed; a forgotten password. Without a mail relay the link is in the answer."""
from customer import API, DAY, PASSWORD, Customer, is_problem
from stores import look
from web import Client


def invite(customer, email, role="analyst"):
    answer = customer.post(f"{customer.org}/members", {"email": email, "role": role})
    assert answer.status == 201 and answer.json["state"] == "invited" and answer.json["email"] == email.lower(), answer
    return answer.json["link"].rsplit("/", 1)[1]


def accept(server, token, **body):
    client = Client(server.http_address)
    return client, client.post(f"{API}/invitations/{token}", body)


def members(customer):
    return {item["email"]: item for item in customer.items(f"{customer.org}/members")}


def test_somebody_new_joins_by_the_link(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    token = invite(customer, "Grace@Example.com", "manager")
    stranger = Client(server.http_address)
    seen = stranger.get(f"{API}/invitations/{token}").json
    assert (seen["email"], seen["role"], seen["known"], seen["invited_by"]) == (
        "grace@example.com", "manager", False, customer.email)
    is_problem(accept(server, token)[1], 422, "field_missing", "password")
    is_problem(accept(server, token, password="short")[1], 422, "invalid", "password")
    grace, answer = accept(server, token, password=PASSWORD, name="Grace")
    assert answer.status == 200 and answer.json["organizations"][0]["role"] == "manager"
    assert grace.get(f"{customer.org}/license-manager").status == 200
    is_problem(grace.post(f"{customer.org}/members", {"email": "x@example.com", "role": "analyst"}), 403, "forbidden")
    assert grace.get(f"{customer.org}/members").status == 200
    assert members(customer)["grace@example.com"]["state"] == "active"
    is_problem(accept(server, token, password=PASSWORD)[1], 404, "invitation_not_valid")
    is_problem(customer.post(f"{customer.org}/members", {"email": "grace@example.com", "role": "analyst"}), 409,
               "already_member", "email")
    assert token not in server.log.read_text()


def test_somebody_with_an_account_signs_in_to_join(common_server):
    customer, other = Customer.onboard(common_server, 1), Customer.onboard(common_server, 1)
    token = invite(customer, other.email)
    is_problem(accept(common_server, token, password=PASSWORD)[1], 409, "invitation_needs_sign_in")
    is_problem(customer.post(f"{API}/invitations/{token}", {}), 409, "invitation_for_somebody_else")
    is_problem(other.post(f"{API}/invitations/{token}", {"password": PASSWORD}), 422, "invalid", "password")
    answer = other.post(f"{API}/invitations/{token}", {})
    assert answer.status == 200 and len(answer.json["organizations"]) == 2


def test_an_invitation_lasts_seven_days(make_server):
    customer = Customer.onboard(make_server(offset=0), 1)
    token = invite(customer, "late@example.com")
    customer.server.move_clock(7 * DAY - 60)
    assert Client(customer.address).get(f"{API}/invitations/{token}").status == 200
    customer.server.move_clock(7 * DAY + 60)
    is_problem(accept(customer.server, token, password=PASSWORD)[1], 404, "invitation_not_valid")


def test_roles_removal_and_the_last_administrator(common_server):
    customer = Customer.onboard(common_server, 1)
    own = members(customer)[customer.email]["user_id"]
    is_problem(customer.delete(f"{customer.org}/members/{own}"), 409, "last_administrator")
    is_problem(customer.patch(f"{customer.org}/members/{own}", {"role": "analyst"}), 409, "last_administrator")
    is_problem(customer.patch(f"{customer.org}/members/{own}", {"role": "king"}), 422, "invalid", "role")
    is_problem(customer.delete(f"{customer.org}/members/nobody"), 404, "not_found")
    email = f"second.{own}@example.com"
    second, _ = accept(common_server, invite(customer, email), password=PASSWORD)
    theirs = f"{customer.org}/members/{members(customer)[email]['user_id']}"
    is_problem(second.get(f"{customer.org}/members"), 403, "forbidden")
    assert customer.patch(theirs, {"role": "administrator"}).json["role"] == "administrator"
    assert second.delete(f"{customer.org}/members/{own}").status == 204
    is_problem(customer.get(customer.org), 404, "not_found")
    invited = invite_id(second, customer.org, f"third.{own}@example.com")
    assert second.delete(f"{customer.org}/members/{invited}").status == 204
    actions = [entry["action"] for entry in second.get(f"{customer.org}/audit-log").json["items"]]
    assert actions[:6] == ["member.remove", "member.invite", "member.remove", "member.change", "member.join",
                           "member.invite"]


def invite_id(client, org, email):
    return client.post(f"{org}/members", {"email": email, "role": "analyst"}).json["user_id"]


def test_without_a_mail_relay_nobody_gets_a_link_and_everybody_is_told(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    stranger = Client(server.http_address)
    assert stranger.get(f"{API}/password-resets").json == {"by_mail": False}
    for email in (customer.email, "nobody@example.com"):
        answer = stranger.post(f"{API}/password-resets", {"email": email})
        assert answer.status == 204 and answer.body == b""
    told = [line for line in server.log.read_text().splitlines() if "somebody asked for a new password" in line]
    assert len(told) == 1 and "mail.not_set" in told[0], told
    assert look(server.store_url, "SELECT count(*) FROM outbox") == "0"
    is_problem(stranger.post(f"{API}/password-resets", {"email": "x"}), 422, "invalid", "email")
    is_problem(stranger.post(f"{API}/password-resets/{'A' * 43}", {"password": PASSWORD}), 404, "reset_not_valid")
    is_problem(stranger.get(f"{API}/password-resets/{'A' * 43}"), 404, "reset_not_valid")
    for _ in range(4):
        assert stranger.post(f"{API}/password-resets", {"email": "nobody@example.com"}).status == 204
    is_problem(stranger.post(f"{API}/password-resets", {"email": "nobody@example.com"}), 429, "too_many_resets")
    assert stranger.post(f"{API}/password-resets", {"email": "z@example.com"}).status == 204
