"""A clock that was set back: nothing is decided for an instant that has passed already (rule 10)."""
from customer import API, DAY, Customer, instant, is_problem, new_serial
from device import ACK, CREATED, UNAVAILABLE, Device
from fleet import send, temperatures
from stores import both_stores, look
from web import Client

HOUR, MAX_AGE = 3600, 14


def mark_of(server):
    return int(look(server.store_url, "SELECT latest_at FROM clock_mark"))


def log_of(server, event):
    return [line for line in server.log.read_text().splitlines() if f" {event} " in line]


def is_ready(server):
    ready = Client(server.http_address).get("/readyz")
    return ready.status == 200 and ready.json == {"status": "ready", "store": "ok", "clock": "ok", "mail": "not_set"}


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
    nobody = Client(server.http_address)
    with Device(server.coap_address) as device:
        for turn in range(2):
            reply = device.post("m", temperatures(serial, server.now() + turn, 216))
            assert reply and reply.kind == ACK and reply.code == UNAVAILABLE, reply
            assert int.from_bytes(reply.options[MAX_AGE][0], "big") > 0
            ready = nobody.get("/readyz")
            assert ready.status == 503 and int(ready.headers["Retry-After"]) > 0
            assert ready.json == {"status": "not_ready", "store": "ok", "clock": "behind", "mail": "not_set"}
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
