"""Receivers that hang, never end, or ask for a pause: each message arrives, and no receiver delays the others."""
import pathlib
import re
import socket
import subprocess

import pytest

from customer import Customer, eventually, instant, issue, until, written
from receiver import RoughReceiver
from stores import both_stores, look
from test_webhooks import DAY, PRIVATE, begin, deliveries, subscribe

LEASE, HOUR = 301, 3600


@pytest.fixture(scope="session")
def resolver(tmp_path_factory):
    """The library with a name server that never answers, for LD_PRELOAD."""
    source = pathlib.Path(__file__).parents[1] / "support" / "resolver.c"
    library = tmp_path_factory.mktemp("resolver") / "resolver.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


@pytest.fixture
def rough():
    with RoughReceiver() as receiver:
        yield receiver


def hook_with_test(customer, url):
    """A webhook, with a test message on its way."""
    hook = subscribe(customer, url, ["pool.low"])
    send_test(customer, hook)
    return hook


def send_test(customer, hook):
    assert customer.post(f"{customer.org}/webhooks/{hook['id']}/test", {}).status == 201


def ended(customer, hook):
    """The delivery, once a try of it has ended."""
    return eventually(lambda: [one for one in deliveries(customer, hook) if one["state"] != "waiting" or one["last_error"]])[0]


def outbox(server, what):
    return look(server.store_url, f"SELECT {what} FROM outbox WHERE kind = 'webhook'")


@both_stores
def test_twenty_receivers_that_hang_hold_up_no_other_organization(make_server, rough):
    hanging = begin(make_server)
    other = Customer.onboard(hanging.server, 1)
    for number in range(20):
        hook_with_test(hanging, f"{rough.url}/hang/{number}")
    rough.wait("/hang", 2)
    hook = hook_with_test(other, f"{rough.url}/says/other")
    rough.wait("/says/other")
    before = rough.story[:rough.story.index(("came", "/says/other"))]
    assert [what for what, path in before if path.startswith("/hang")] == ["came", "came"], "two at a time, and they hang"
    assert ended(other, hook)["state"] == "sent"


def test_a_receiver_that_hangs_holds_up_neither_the_end_nor_the_next_start(make_server, rough):
    customer = begin(make_server)
    server = customer.server
    for number in range(20):
        hook_with_test(customer, f"{rough.url}/hang/{number}")
    rough.wait("/hang", 2)
    assert server.stop() == 0
    assert outbox(server, "sum(attempts)") == "0", "a try that we cut off ourselves does not count"
    assert outbox(server, f"count(CASE WHEN next_try_at <= {server.now()} THEN 1 END)") == "20", "no lease is left"
    server.start()
    rough.wait("/hang", 4)


@both_stores
def test_a_server_that_is_killed_during_a_try_sends_the_same_message_again(make_server, rough):
    customer = begin(make_server)
    server = customer.server
    hook = hook_with_test(customer, f"{rough.url}/hangs_once")
    rough.wait("/hangs_once")
    server.kill()
    server.offset += LEASE
    server.start()
    first, second = rough.wait("/hangs_once", 2)
    assert first == second
    sent = ended(customer.sign_in_again(), hook)
    assert sent["state"] == "sent" and sent["attempts"] == 2


def test_the_status_decides_whatever_follows_it(make_server, rough):
    customer = begin(make_server)
    paths = {"endless_body": 200, "silent_body": 200, "endless_headers": 201, "reset": 200, "hesitates": 202, "says": 204}
    hooks = {path: hook_with_test(customer, f"{rough.url}/{path}") for path in paths}
    for path, code in paths.items():
        sent = ended(customer, hooks[path])
        assert (sent["state"], sent["answer_code"], sent["attempts"]) == ("sent", code, 1), (path, sent)
    assert sorted(path for path, _ in rough.came) == sorted(f"/{path}" for path in paths), "each came once"


def test_other_answers_are_tried_again_and_a_redirect_is_not_followed(make_server, rough):
    customer = begin(make_server)
    states = {"200 OK": "sent", "304 Not Modified": "waiting", "307 Temporary Redirect": "waiting", "404 Not Found": "waiting",
              "410 Gone": "failed", "500 Oh": "waiting"}
    hooks = {}
    for number, answer in enumerate(states):
        rough.answers[f"/says/{number}"] = (f"HTTP/1.1 {answer}\r\nLocation: {rough.url}/says/elsewhere\r\n"
                                            "Content-Length: 9999999\r\n\r\nand the rest never comes").encode()
        hooks[answer] = hook_with_test(customer, f"{rough.url}/says/{number}")
    for answer, state in states.items():
        got = ended(customer, hooks[answer])
        assert got["state"] == state and str(got["answer_code"]) == answer[:3], (answer, got)
        assert got["last_error"] == (None if state == "sent" else f"it answered {answer[:3]}")
    assert "/says/elsewhere" not in [path for path, _ in rough.came]


def http_date(seconds):
    days, months = "Thu Fri Sat Sun Mon Tue Wed".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    year, month, day, time = re.split("[-TZ]", written(seconds))[:4]
    return f"{days[seconds // DAY % 7]}, {day} {months[int(month) - 1]} {year} {time} GMT"


def test_retry_after_is_kept_to(make_server, rough):
    customer = begin(make_server)
    server = customer.server
    date = server.now() + 5 * HOUR
    asks = {"seconds": ("429 Too Many", "7200"), "date": ("503 Later", http_date(date)), "nonsense": ("503 Later", "soon"),
            "year": ("429 Too Many", "31536000"), "moved": ("301 Moved", "7200"), "past": ("503 Later", http_date(date - DAY)),
            "short": ("429 Too Many", "1"), "endless": ("503 Later", "9" * 60)}
    hooks = {}
    since = server.now()
    for name, (answer, after) in asks.items():
        rough.answers[f"/says/{name}"] = f"HTTP/1.1 {answer}\r\nretry-after: {after} \r\nContent-Length: 0\r\n\r\n".encode()
        hooks[name] = hook_with_test(customer, f"{rough.url}/says/{name}")
    for name, hook in hooks.items():
        waiting = ended(customer, hook)
        assert waiting["state"] == "waiting", (name, waiting)
        pause = {"seconds": 2 * HOUR, "moved": 2 * HOUR, "year": 3 * DAY, "endless": 3 * DAY}.get(name, 60)
        at = instant(waiting["next_try_at"])
        if name == "date":
            assert at == date
        else:
            assert since + pause <= at <= server.now() + pause, (name, waiting)


def test_a_receiver_that_asks_for_a_pause_gets_no_other_message_meanwhile(make_server, rough):
    customer = begin(make_server)
    server = customer.server
    pausing = subscribe(customer, f"{rough.url}/says/pausing", ["code.redeemed"])
    rough.answers["/says/pausing"] = b"HTTP/1.1 429 Slowly\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n"
    customer.redeem(issue(server, 1))
    first = instant(ended(customer, pausing)["next_try_at"])
    del rough.answers["/says/pausing"]
    subscribe(customer, f"{rough.url}/says/open", ["code.redeemed"])
    customer.redeem(issue(server, 1))
    rough.wait("/says/open")
    server.move_clock(server.offset + HOUR)
    customer.sign_in_again()
    customer.redeem(issue(server, 1))
    rough.wait("/says/open", 2)
    held = deliveries(customer, pausing)
    assert len(rough.wait("/says/pausing")) == 1 and len(held) == 3
    assert {one["state"] for one in held} == {"waiting"} and {instant(one["next_try_at"]) for one in held} == {first}
    send_test(customer, pausing)  # a person may ask at once, and with that message the others go
    assert len(rough.wait("/says/pausing", 4)) == 4
    server.move_clock(server.offset + HOUR + 60)
    assert len(rough.wait("/says/pausing", 5)) == 5


def test_what_hangs_before_the_request_holds_up_nobody_either(make_server, rough, resolver):
    server = make_server(offset=until("2026-03-10T12:00:00Z"), arguments=PRIVATE)
    plain = server.environment
    server.environment = lambda: (made := plain()) | {"LD_PRELOAD": f"{made['LD_PRELOAD']} {resolver}"}
    server.move_clock(server.offset)
    names, handshakes, other = (Customer.onboard(server, 1) for _ in range(3))
    silent = socket.create_server(("127.0.0.1", 0))  # connections come to it, and nobody answers
    with silent:
        hanging = [(names, hook_with_test(names, f"http://{name}.hanging.example/")) for name in "ab"]
        hanging += [(handshakes, hook_with_test(handshakes, f"https://127.0.0.1:{silent.getsockname()[1]}/")),
                    (handshakes, hook_with_test(handshakes, f"{rough.url}/drips"))]
        eventually(lambda: int(outbox(server, "sum(attempts)")) >= 4)
        assert ended(other, hook_with_test(other, f"{rough.url}/says/other"))["state"] == "sent"
        assert not any(deliveries(customer, hook)[0]["last_error"] for customer, hook in hanging), "they hang all the while"
        for customer, hook in hanging:
            late = ended(customer, hook)
            assert late["state"] == "waiting" and late["answer_code"] is None and late["last_error"], late
        unknown = ended(other, hook_with_test(other, "http://nobody.invalid/"))
        assert unknown["state"] == "waiting" and unknown["last_error"], unknown
        before = int(outbox(server, "sum(attempts)"))
        send_test(names, hanging[0][1])
        eventually(lambda: int(outbox(server, "sum(attempts)")) > before)
        assert server.stop() == 0, "while a name is looked up"
