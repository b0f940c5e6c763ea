"""Webhooks: every event, signed, told once and surely; what must not be reached is not."""
from customer import DAY, Customer, eventually, is_problem, issue, until
from fleet import send
from receiver import Receiver, signature
from stores import both_stores

ALL = ["license.expiring", "license.expired", "license.renewed", "pool.low", "code.redeemed", "sensor.refused_first"]
PRIVATE = ("--webhook-private", "on")


def subscribe(customer, url, events=ALL):
    answer = customer.post(f"{customer.org}/webhooks", {"url": url, "events": events})
    assert answer.status == 201, answer
    return answer.json


def deliveries(customer, hook):
    return customer.items(f"{customer.org}/webhooks/{hook['id']}/deliveries")


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
        fridge = customer.sensor(name="Fridge")
        room = customer.sensor(name="Room", auto_renewal=False)
        seen = lambda: {event["type"] for event in receiver.events()}
        server.move_clock(server.offset + 33 * DAY)
        eventually(lambda: "license.expiring" in seen(), 20)
        server.move_clock(server.offset + 35 * DAY)
        eventually(lambda: {"license.renewed", "license.expired"} <= seen(), 20)
        send(server, room, server.now(), 215)
        send(server, room, server.now() + 1, 215)
        eventually(lambda: "sensor.refused_first" in seen(), 20)
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
    with Receiver() as receiver:
        port = receiver.server.server_port
        hook = subscribe(customer, receiver.url, ["code.redeemed"])
    for _ in range(3):
        assert customer.redeem(issue(server, 1)).status == 201
    server.kill()
    with Receiver(port) as receiver:
        server.offset += 1000
        server.start()
        receiver.wait(3, 30)
        eventually(lambda: all(d["state"] == "sent" for d in deliveries(customer, hook)))
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert sorted(set(ids)) == sorted(d["message_id"] for d in deliveries(customer, hook)) and len(set(ids)) == 3


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
            failed = eventually(lambda: deliveries(customer, hook)[0]["last_error"] and deliveries(customer, hook)[0], 15)
            assert failed["state"] == "failed", failed
        assert not receiver.got


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
