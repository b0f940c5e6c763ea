"""Notices about licenses that end (rule 7): under a chosen clock over months, through outages and kill -9."""
import contextlib
import sqlite3
import time

from customer import API, Customer, eventually, instant, is_problem, issue, until
from stores import both_stores, look
from web import Client

MONTH_BEFORE, LAST_DAY = "expires_in_one_month", "expires_today"


def told(customer, pool=False, **query):
    """What was told so far of licenses that end (or of the pool), oldest first."""
    found = customer.items(f"{customer.org}/notices", **query)[::-1]
    return [notice for notice in found if (notice["kind"] == "pool_low") == pool]


def tick(customer, only_what_stops=False):
    """Ticks the customer himself in the Notification Manager."""
    me = customer.get(f"{API}/session").json["user"]["id"]
    answer = customer.put(f"{customer.org}/notifications/license-expiration",
                          {"recipients": [{"user_id": me, "only_what_stops": only_what_stops}]})
    assert answer.status == 200, answer
    assert answer.json == {"recipients": [{"user_id": me, "only_what_stops": only_what_stops}]}


def settled(server):
    """Every organization's day is done."""
    now = server.now()
    eventually(lambda: int(look(server.store_url, "SELECT min(notices_due_at) FROM organization")) > now)


def move(customer, text):
    customer.server.move_clock(until(text))
    settled(customer.server)
    customer.sign_in_again()  # a session lasts for 30 days


def onboard(make_server, text, *arguments, **how):
    customer = Customer.onboard(make_server(offset=until(text)), *arguments, **how)
    tick(customer)
    return customer


@both_stores
def test_a_license_is_told_of_a_month_before_and_on_its_last_day_at_the_local_hour(make_server):
    # The last day, 28 March 2027, is the one on which clocks go forward.
    customer = onboard(make_server, "2026-03-28T12:00:00Z", 1, "P1Y", time_zone="Europe/Warsaw")
    serial = customer.sensor(name="Vaccine fridge")
    move(customer, "2027-02-28T06:50:00Z")
    assert told(customer) == []
    move(customer, "2027-02-28T07:00:01Z")
    notice, = told(customer)
    assert instant(notice.pop("queued_at")) >= instant("2027-02-28T07:00:00Z")
    assert notice.pop("id")
    assert notice == {"kind": MONTH_BEFORE, "recipient": customer.email, "serials": [serial], "due_on": "2027-02-28",
                      "state": "waiting", "attempts": 0, "sent_at": None, "last_error": None}
    move(customer, "2027-03-28T05:50:00Z")
    assert len(told(customer)) == 1
    move(customer, "2027-03-28T06:00:01Z")
    assert [(n["kind"], n["due_on"]) for n in told(customer)] == [(MONTH_BEFORE, "2027-02-28"), (LAST_DAY, "2027-03-28")]
    move(customer, "2027-08-01T12:00:00Z")
    assert len(told(customer)) == 2
    assert len(told(customer, serial=serial)) == 2
    assert look(customer.server.store_url, "SELECT count(*) FROM outbox WHERE purpose = 'license_expiration'") == "2"


def test_a_notice_goes_out_in_the_minute_of_its_hour(make_server):
    customer = onboard(make_server, "2026-03-28T12:00:00Z", 1, "P1D")
    customer.sensor()
    customer.server.stop()
    customer.server.offset = until("2026-03-29T07:59:55Z")  # it has 5 s to start
    customer.server.start()
    notice = eventually(lambda: told(customer))[0]
    assert instant("2026-03-29T08:00:00Z") <= instant(notice["queued_at"]) < instant("2026-03-29T08:01:00Z")


def test_month_ends_and_leap_days(make_server):
    customer = onboard(make_server, "2027-03-31T12:00:00Z", 1, "P1Y")
    customer.sensor()  # until 31 March 2028
    move(customer, "2028-02-28T12:00:00Z")
    assert told(customer) == []
    move(customer, "2028-02-29T12:00:00Z")
    assert [(n["kind"], n["due_on"]) for n in told(customer)] == [(MONTH_BEFORE, "2028-02-29")]
    move(customer, "2028-03-31T12:00:00Z")
    assert [(n["kind"], n["due_on"]) for n in told(customer)][1:] == [(LAST_DAY, "2028-03-31")]


@both_stores
def test_days_without_a_server_are_made_up_in_one_mail(make_server):
    customer = onboard(make_server, "2026-03-10T12:00:00Z", 1, "P40D")
    gone = customer.sensor()  # until 19 April
    assert customer.patch(f"{customer.org}/sensors/{gone}", {"auto_renewal": False}).status == 200
    customer.redeem(issue(customer.server, 1, "P60D"))
    runs = customer.sensor()  # until 9 May
    move(customer, "2026-04-25T07:00:00Z")
    assert {(n["kind"], n["due_on"], *n["serials"]) for n in told(customer)} == {
        (LAST_DAY, "2026-04-19", gone), (MONTH_BEFORE, "2026-04-09", runs)}
    assert look(customer.server.store_url, "SELECT count(*) FROM outbox WHERE purpose = 'license_expiration'") == "1"


def test_only_what_stops_leaves_out_what_goes_on(make_server):
    customer = onboard(make_server, "2026-03-10T12:00:00Z", 3, "P10D")
    tick(customer, only_what_stops=True)
    renewed, stops = customer.sensor(), customer.sensor()
    assert customer.patch(f"{customer.org}/sensors/{stops}", {"auto_renewal": False}).status == 200
    move(customer, "2026-03-20T12:00:00Z")
    notice, = told(customer)
    assert notice["serials"] == [stops]
    assert told(customer, serial=renewed) == []


@both_stores
def test_a_server_that_is_killed_again_and_again_tells_each_once(make_server):
    organizations = 12
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customers = []
    for _ in range(organizations):
        customer = Customer.onboard(server, 3, "P10D")
        tick(customer)
        for _ in range(3):
            customer.sensor()
        customers.append(customer)
    server.stop()
    server.offset = until("2026-03-20T12:00:00Z")
    for turn in range(15):
        server.start()
        time.sleep(0.01 * turn)  # the moment of the kill is what this varies
        server.kill()
    server.start()
    settled(server)
    for customer in customers:
        notice, = told(customer)
        assert len(notice["serials"]) == 3
    assert look(server.store_url, "SELECT count(*) FROM outbox WHERE purpose = 'license_expiration'") == str(organizations)


def test_the_low_pool_is_told_once(make_server):
    customer = onboard(make_server, "2026-03-10T12:00:00Z", 1, "P50D")
    customer.sensor()
    customer.server.move_clock(customer.server.offset)
    notice, = eventually(lambda: told(customer, pool=True))
    assert (notice["kind"], notice["serials"], notice["due_on"]) == ("pool_low", [], "2026-03-10")
    move(customer, "2026-03-12T12:00:00Z")
    assert len(told(customer, pool=True)) == 1


def test_who_may_and_what_is_refused(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    path = f"{customer.org}/notifications/license-expiration"
    first, = customer.get(path).json["recipients"]
    me = customer.get(f"{API}/session").json["user"]["id"]
    assert first == {"user_id": me, "only_what_stops": False}, "who makes an organization is told from the start"
    assert customer.put(path, {"recipients": []}).json == {"recipients": []}
    nobody = {"user_id": customer.id}
    is_problem(customer.put(path, {"recipients": [nobody]}), 422, field="recipients")
    is_problem(customer.put(path, {"recipients": [{"user_id": "no id"}]}), 422, field="user_id")
    is_problem(customer.put(path, {"recipients": [{}]}), 422, "field_missing", "user_id")
    is_problem(customer.put(path, {"recipients": "me"}), 400, "wrong_type", "recipients")
    is_problem(customer.put(path, {}), 422, "field_missing", "recipients")
    is_problem(customer.put(path, {"recipients": [nobody] * 201}), 422, field="recipients")
    is_problem(customer.get(f"{customer.org}/notices", serial="282C02FFFFFF"), 404)
    is_problem(customer.get(f"{customer.org}/notices", cursor="x"), 400, field="cursor")
    stranger = Customer.onboard(server, 1)
    for address in (path, f"{customer.org}/notices", f"{customer.org}/calendar-feed"):
        is_problem(stranger.get(address), 404)
        is_problem(Client(server.http_address).get(address), 401)
    set_role(server, customer, "analyst")
    for address in (path, f"{customer.org}/notices", f"{customer.org}/calendar-feed"):
        is_problem(customer.get(address), 403)
    is_problem(customer.put(path, {"recipients": []}), 403)
    is_problem(customer.post(f"{customer.org}/calendar-feed"), 403)


def test_a_member_who_is_removed_is_told_nothing_more(make_server):
    customer = onboard(make_server, "2026-03-10T12:00:00Z", 2, "P10D")
    customer.sensor()
    invited = customer.post(f"{customer.org}/members", {"email": "bob@example.com", "role": "analyst"})
    assert invited.status == 201, invited
    token = invited.json["link"].rsplit("/", 1)[1]
    bob = Client(customer.server.http_address).post(f"{API}/invitations/{token}", {"password": "nine green bottles"})
    assert bob.status == 200, bob
    path, user = f"{customer.org}/notifications/license-expiration", bob.json["user"]["id"]
    both = customer.get(path).json["recipients"] + [{"user_id": user, "only_what_stops": False}]
    assert customer.put(path, {"recipients": both}).status == 200
    assert customer.delete(f"{customer.org}/members/{user}").status == 204
    assert [r["user_id"] for r in customer.get(path).json["recipients"]] == [both[0]["user_id"]]
    move(customer, "2026-03-20T12:00:00Z")
    assert [notice["recipient"] for notice in told(customer)] == [customer.email]


def set_role(server, customer, role):
    """Written beside the program."""
    with contextlib.closing(sqlite3.connect(server.store_url.removeprefix("sqlite:"), timeout=5)) as store, store:
        store.execute("UPDATE member SET role = ? WHERE user_id = (SELECT id FROM user_account WHERE email = ?)",
                      (role, customer.email))


def test_the_calendar_is_under_a_secret_link(make_server):
    customer = Customer.onboard(make_server(offset=until("2026-03-10T12:00:00Z")), 2, "P10D", time_zone="Asia/Tokyo")
    serial = customer.sensor(name="Kühlhaus, Ecke 1")
    feed = f"{customer.org}/calendar-feed"
    assert customer.get(feed).json == {"made_at": None, "made_by": None}
    is_problem(customer.delete(feed), 404)
    made = customer.post(feed)
    assert made.status == 201 and made.json["made_by"] == customer.email
    path = made.json["url"].removeprefix("http://%s:%d" % customer.server.http_address)
    assert path.startswith("/calendar/") and path.endswith(".ics")
    assert customer.get(feed).json == {k: v for k, v in made.json.items() if k != "url"}

    nobody = Client(customer.server.http_address)
    calendar = nobody.get(path)
    assert calendar.status == 200 and calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = calendar.body.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = calendar.body.decode().replace("\r\n ", "")
    assert f"Kühlhaus\\, Ecke 1 ({serial}) will be renewed from the pool\\n" in whole
    assert "DTSTART;VALUE=DATE:20260320" in lines and "SUMMARY:1 license ends" in lines
    again = nobody.get(path, {"If-None-Match": calendar.headers["ETag"]})
    assert again.status == 304 and not again.body
    customer.patch(f"{customer.org}/sensors/{serial}", {"auto_renewal": False})
    again = nobody.get(path, {"If-None-Match": calendar.headers["ETag"]})
    assert again.status == 200 and b"1 sensor stops" in again.body

    for wrong in (path[:-5] + "x.ics", path.removesuffix(".ics"), "/calendar/.ics", "/calendar/x/y.ics"):
        is_problem(nobody.get(wrong), 404)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in customer.server.log.read_text(errors="replace")
    assert customer.delete(feed).status == 204
    is_problem(nobody.get(path), 404)


def test_a_calendar_without_events_is_one_too(make_server):
    customer = Customer.onboard(make_server(offset=0), 1)
    first, second = (customer.post(f"{customer.org}/calendar-feed").json["url"].split("/calendar/")[1] for _ in range(2))
    nobody = Client(customer.server.http_address)
    is_problem(nobody.get(f"/calendar/{first}"), 404)
    calendar = nobody.get(f"/calendar/{second}").body.decode()
    assert "BEGIN:VEVENT" not in calendar and "BEGIN:VTIMEZONE\r\nTZID:UTC\r\n" in calendar
    assert "METHOD" not in calendar, "it would have to stand in the Content-Type, and wants an organizer"


def test_a_notice_time_that_is_none_is_refused_with_an_example(make_server):
    customer = Customer.onboard(make_server(offset=0), 1)
    for wrong in ("8:00", "24:00", "08:60", "ab:cd", "8"):
        answer = customer.patch(customer.org, {"notice_time": wrong})
        is_problem(answer, 422, "invalid", "notice_time")
        assert "08:00" in answer.json["detail"], answer
    assert customer.patch(customer.org, {"notice_time": "23:59"}).json["notice_time"] == "23:59"
