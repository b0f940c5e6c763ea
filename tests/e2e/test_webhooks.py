"""Webhooks: every event, signed, told once and surely; what must not be reached is not."""
from conftest import OPERATOR_EMAIL, OPERATOR_PASSWORD
from customer import API, DAY, PASSWORD, Customer, eventually, instant, is_problem, issue, until
from fleet import send
from receiver import Receiver, signature
from stores import both_stores
from web import Client

ALL = ["license.expiring", "license.expired", "license.renewed", "pool.low", "code.redeemed", "sensor.refused_first",
       "sensor.conflicts"]
PRIVATE = ("--webhook-private", "on")


def subscribe(customer, url, events=ALL):
    answer = customer.post(f"{customer.org}/webhooks", {"url": url, "events": events})
    assert answer.status == 201, answer
    return answer.json


def deliveries(customer, hook):
    return customer.items(f"{customer.org}/webhooks/{hook['id']}/deliveries")


def sign_in_operator(server, folder):
    password = folder / "operator.password"
    password.write_text(OPERATOR_PASSWORD + "\n")
    assert server.command("user", "add", "--email", OPERATOR_EMAIL, "--operator", "--password-file", password).code == 0
    operator = Client(server.http_address)
    assert operator.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD).status == 200
    return operator


def all_sent(customer, hook):
    """And known to be: what our end cuts off is sent once more."""
    eventually(lambda: {one["state"] for one in deliveries(customer, hook)} == {"sent"})


def begin(make_server, quantity=1, term="P1D"):
    server = make_server(offset=until("2026-03-10T12:00:00Z"), arguments=PRIVATE)
    return Customer.onboard(server, quantity, term)


@both_stores
def test_every_event_comes_signed(make_server):
    customer = begin(make_server, 3, "P2M")
    server = customer.server
    with Receiver() as receiver:
        hook = subscribe(customer, receiver.url + "/tenure?who=1")
        assert "secret" not in customer.items(f"{customer.org}/webhooks")[0]
        customer.redeem(issue(server, 1, "P2M"))
        receiver.wait(1)
        all_sent(customer, hook)
        fridge = customer.sensor(name="Fridge")
        room = customer.sensor(name="Room", auto_renewal=False)
        seen = lambda: {event["type"] for event in receiver.events()}
        server.move_clock(server.offset + 33 * DAY)
        eventually(lambda: "license.expiring" in seen())
        all_sent(customer.sign_in_again(), hook)
        server.move_clock(server.offset + 35 * DAY)
        eventually(lambda: {"license.renewed", "license.expired"} <= seen())
        send(server, room, server.now(), 215)
        send(server, room, server.now() + 1, 215)
        eventually(lambda: "sensor.refused_first" in seen())
        kinds = [event["type"] for event in receiver.events()]
        assert kinds.count("sensor.refused_first") == 1 and kinds.count("license.expired") == 1
        assert kinds.count("license.renewed") == 1
        renewed, = [e["data"] for e in receiver.events() if e["type"] == "license.renewed"]
        assert renewed["serial"] == fridge
        expired, = [e["data"] for e in receiver.events() if e["type"] == "license.expired"]
        assert (expired["serial"], expired["name"]) == (room, "Room")
        for headers, body in receiver.got:
            assert headers["webhook-signature"] == signature(hook["secret"], headers, body)
            assert headers["content-type"] == "application/json"
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert len(set(ids)) == len(ids)


def test_what_was_not_taken_comes_again_under_the_same_id(make_server):
    customer = begin(make_server)
    server = customer.server
    with Receiver() as receiver:
        receiver.answers = [500, 302]
        hook = subscribe(customer, receiver.url, ["code.redeemed"])
        customer.redeem(issue(server, 1))
        receiver.wait(1)
        eventually(lambda: deliveries(customer, hook)[0]["attempts"] == 1 and deliveries(customer, hook)[0]["last_error"])
        waiting, = deliveries(customer, hook)
        assert waiting["state"] == "waiting" and waiting["answer_code"] == 500 and "500" in waiting["last_error"]
        server.move_clock(server.offset + 120)
        receiver.wait(2)
        eventually(lambda: deliveries(customer, hook)[0]["answer_code"] == 302)  # a try that our end cuts off does not count
        server.move_clock(server.offset + 600)
        got = receiver.wait(3)
        assert len({headers["webhook-id"] for headers, _ in got}) == 1 and len({body for _, body in got}) == 1
        eventually(lambda: deliveries(customer, hook)[0]["state"] == "sent")
        sent, = deliveries(customer, hook)
        assert sent["message_id"] == got[0][0]["webhook-id"] and sent["last_error"] is None
        assert (sent["answer_code"], sent["attempts"]) == (204, 3)
        again = customer.post(f"{customer.org}/webhooks/{hook['id']}/deliveries/{sent['id']}/redelivery", {})
        assert again.status == 200 and again.json["state"] == "waiting"
        assert receiver.wait(4)[3][0]["webhook-id"] == sent["message_id"]


@both_stores
def test_a_kill_loses_and_doubles_nothing(make_server):
    customer = begin(make_server)
    server = customer.server
    receiver = Receiver()
    hook = subscribe(customer, receiver.url, ["code.redeemed"])
    for _ in range(3):
        assert customer.redeem(issue(server, 1)).status == 201
    server.kill()
    with receiver:
        server.offset += 1000
        server.start()
        receiver.wait(3, 30)
        eventually(lambda: all(d["state"] == "sent" for d in deliveries(customer, hook)))
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert sorted(set(ids)) == sorted(d["message_id"] for d in deliveries(customer, hook)) and len(set(ids)) == 3


@both_stores
def test_an_end_by_revocation_is_told_and_what_was_taken_back_has_no_end(make_server, tmp_path):
    customer = begin(make_server, 2, "P2Y")
    server = customer.server
    key = customer.redeem(issue(server, 1, "P1Y")).json["key"]
    revoked = customer.sensor(name="Revoked", auto_renewal=False, key=key)
    taken_back = customer.sensor(name="Taken back", auto_renewal=False)
    server.move_clock(server.offset + 2)  # what is revoked in the second of its start has been no interval, and has no end
    customer.sign_in_again()
    with Receiver() as receiver:
        hook = subscribe(customer, receiver.url, ["license.expired", "sensor.refused_first"])
        license, = customer.licenses(taken_back)
        assert customer.delete(f"{customer.org}/licenses/{license['id']}").status == 204
        operator = sign_in_operator(server, tmp_path)
        code, = [one for one in operator.get(f"{API}/operator/activation-codes").json["items"] if one["term"] == "P1Y"]
        path = f"{API}/operator/activation-codes/{code['id']}/revocation"
        assert operator.post(path, {"reason": "not paid"}).status == 200
        receiver.wait(1)
        all_sent(customer, hook)
        server.move_clock(server.offset + 2)
        for serial in (revoked, taken_back):
            send(server, serial, server.now(), 215)
        eventually(lambda: len(receiver.got) >= 3)
        told = [(event["type"], event["data"]["serial"], event["data"]["expired_at"]) for event in receiver.events()]
        ended_at = customer.sign_in_again().row(revoked)["expires_at"]
        assert sorted(told) == sorted([("license.expired", revoked, ended_at), ("sensor.refused_first", revoked, ended_at),
                                       ("sensor.refused_first", taken_back, None)])


def test_what_happened_before_a_webhook_was_added_is_not_told_and_neither_is_a_dry_run(make_server):
    customer = begin(make_server)
    code = issue(customer.server, 1)
    assert customer.redeem(issue(customer.server, 1)).status == 201
    with Receiver() as receiver:
        hook = subscribe(customer, receiver.url, ["code.redeemed"])
        assert customer.redeem(code, dry_run="true").status == 200
        assert customer.redeem(code).status == 201
        assert customer.redeem(code).status == 200, "again"
        receiver.wait(1)
        event, = receiver.events()
        assert set(event) == {"type", "timestamp", "data"}
        assert set(event["data"]) == {"key", "quantity", "term", "redeemed_at", "licenses_left"}
        assert len(deliveries(customer, hook)) == 1


def test_pauses_grow_and_after_three_days_it_is_sent_by_hand_only(make_server):
    customer = begin(make_server)
    server = customer.server
    with Receiver() as receiver:
        hook = subscribe(customer, receiver.url, ["pool.low"])
        path = f"{customer.org}/webhooks/{hook['id']}"
        pauses, codes = [], [300, 404, 503]
        receiver.answers = list(codes)
        assert customer.post(f"{path}/test", {}).status == 201
        for count, code in enumerate(codes, 1):
            receiver.wait(count)
            delivery = eventually(lambda: [d for d in deliveries(customer, hook) if d["answer_code"] == code])[0]
            assert delivery["state"] == "waiting" and delivery["attempts"] == count
            pauses.append(instant(delivery["next_try_at"]) - server.now())
            is_problem(customer.post(f"{path}/deliveries/{delivery['id']}/redelivery", {}), 409, "delivery_waiting")
            if count == len(codes):
                receiver.answers = [500]
            server.move_clock(server.offset + (3 * DAY if count == len(codes) else pauses[-1] + 5))
            customer.sign_in_again()
        assert all(later > 1.5 * before for before, later in zip(pauses, pauses[1:])), pauses
        eventually(lambda: deliveries(customer, hook)[0]["state"] == "failed")
        stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.got]
        assert len(stamps) == 4 and stamps == sorted(set(stamps)), "of each attempt"
        assert customer.post(f"{path}/deliveries/{delivery['id']}/redelivery", {}).json["state"] == "waiting"
        eventually(lambda: deliveries(customer, hook)[0]["state"] == "sent")
        assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_is_left_alone(make_server):
    customer = begin(make_server)
    server = customer.server
    with Receiver() as receiver:
        receiver.answers = [410]
        hook = subscribe(customer, receiver.url, ["code.redeemed"])
        customer.redeem(issue(server, 1))
        receiver.wait(1)
        eventually(lambda: customer.items(f"{customer.org}/webhooks")[0]["gone_at"])
        eventually(lambda: deliveries(customer, hook)[0]["state"] == "failed")
        customer.redeem(issue(server, 1))
        assert len(deliveries(customer, hook)) == 1


def test_private_addresses_are_not_reached(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    hooks = f"{customer.org}/webhooks"
    with Receiver() as receiver:
        port = receiver.server.server_port
        for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"):
            answer = customer.post(hooks, {"url": f"http://{host}:{port}/", "events": ["pool.low"]})
            is_problem(answer, 422, "url_not_allowed", "url")
        # Names, and numbers that only the look-up takes for an address, are seen through when the message is sent.
        for host in ("localhost", "2130706433", "0x7f.1"):
            hook = subscribe(customer, f"http://{host}:{port}/", ["pool.low"])
            assert customer.post(f"{hooks}/{hook['id']}/test", {}).status == 201
            failed = eventually(lambda: deliveries(customer, hook)[0]["last_error"] and deliveries(customer, hook)[0])
            assert failed["state"] == "failed", failed
        assert not receiver.got


def test_members_see_and_change_webhooks_by_their_role(make_server):
    customer = begin(make_server)
    hooks = f"{customer.org}/webhooks"
    hook = subscribe(customer, "https://example.com/", ["pool.low"])
    is_problem(Customer.onboard(customer.server, 1).get(hooks), 404)
    for role, reads in (("manager", 200), ("analyst", 403)):
        member = Customer(customer.server, f"{role}@example.com")
        link = customer.post(f"{customer.org}/members", {"email": member.email, "role": role}).json["link"]
        token = link.rsplit("/", 1)[1]
        assert member.post(f"{API}/invitations/{token}", {"password": PASSWORD}).status == 200
        assert member.get(hooks).status == member.get(f"{hooks}/{hook['id']}/deliveries").status == reads
        for path, body in ((hooks, {"url": "https://example.com/", "events": ["pool.low"]}), (f"{hooks}/{hook['id']}/test", {}),
                           (f"{hooks}/{hook['id']}/deliveries/{hook['id']}/redelivery", {})):
            is_problem(member.post(path, body), 403)
        is_problem(member.delete(f"{hooks}/{hook['id']}"), 403)


def test_every_field_has_its_limit(make_server):
    customer = begin(make_server)
    hooks = f"{customer.org}/webhooks"
    good = {"url": "https://example.com/", "events": ["pool.low"]}
    for field, value, status, code in (
            ("url", "", 422, None), ("url", "ftp://example.com", 422, "url_malformed"),
            ("url", "https://example.com/" + "a" * 2029, 422, None), ("url", 7, 400, "wrong_type"),
            ("events", [], 422, "event_missing"), ("events", ["pool.high"], 422, "event_unknown"),
            ("events", ["pool.low"] * 2, 422, "event_repeated"), ("events", ["pool.low"] * 7, 422, None),
            ("secret", "x", 400, "unknown_field")):
        is_problem(customer.post(hooks, good | {field: value}), status, code)
    assert customer.post(hooks, good | {"url": "https://example.com/" + "a" * 2028}).status == 201
    for _ in range(19):
        assert customer.post(hooks, good).status == 201
    is_problem(customer.post(hooks, good), 409, "too_many_webhooks")
    for path in ("nothing", "0123456789abc"):
        assert customer.delete(f"{hooks}/{path}").status == 404
        is_problem(customer.get(f"{hooks}/{path}/deliveries"), 404)
        is_problem(customer.post(f"{hooks}/{path}/test", {}), 404)
