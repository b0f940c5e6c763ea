"""Notices all the way to a relay: over a year, what the mails say, and what the page says of their delivery."""
import csv
import io

from customer import API, Customer, eventually, issue, until
from relay import Relay
from test_notices import LAST_DAY, MONTH_BEFORE, move, tick, told
from web import Client

PUBLIC = "https://licenses.example.com"


def served(make_server, relay, text):
    return make_server(offset=until(text), arguments=["--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from",
                                                      "tenure@example.com", "--public-url", PUBLIC])


def rows_of(mail):
    attachment, = mail.iter_attachments()
    assert attachment.get_content_type() == "text/csv" and attachment.get_filename().startswith("licenses-")
    text = attachment.get_content()
    assert text.startswith("\ufeff"), "Excel takes it for UTF-8"
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_a_year_of_mails(make_server):
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-29T12:00:00Z"), 5, "P1Y", time_zone="Europe/Warsaw")
        tick(customer)
        queued, renewed, stops = (customer.sensor(name=name) for name in ("Kühlhaus", "Archive", "Fridge"))
        assert customer.assign(queued).status == 201
        assert customer.patch(f"{customer.org}/sensors/{stops}", {"auto_renewal": False}).status == 200
        for day in ("2026-06-01T12:00:00Z", "2026-10-25T12:00:00Z", "2027-02-27T12:00:00Z"):
            move(customer, day)
        assert relay.to(customer.email) == []

        move(customer, "2027-02-28T07:00:30Z")
        mail, = eventually(lambda: relay.to(customer.email))
        assert mail["Subject"] == "Cold Chain: 1 sensor stops within a month"
        assert f"<{PUBLIC}/o/{customer.id}/notifications>" in mail["List-Unsubscribe"]
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        for body in (text, html):
            words = " ".join(body.split())
            assert words.index(stops) < words.index(renewed) and "Kühlhaus" in words
            assert "will stop on 29 March 2027" in words and "Europe/Warsaw" in words
            assert words.count("auto renewal is off") == 1 and "no license is left for it" not in words
            assert f"{PUBLIC}/o/{customer.id}/licenses?within=60" in words
        assert {row["serial"]: (row["last_day"], row["next"]) for row in rows_of(mail)} == {
            queued: ("2027-03-29", "queue"), renewed: ("2027-03-29", "pool"), stops: ("2027-03-29", "stops")}
        notice, = eventually(lambda: [n for n in told(customer) if n["state"] == "sent"])
        assert notice["kind"] == MONTH_BEFORE and notice["attempts"] == 1 and notice["sent_at"] and not notice["last_error"]

        move(customer, "2027-03-29T06:00:30Z")
        mail = eventually(lambda: relay.to(customer.email)[1:])[0]
        assert mail["Subject"] == "Cold Chain: 1 sensor stops today"
        move(customer, "2027-05-01T12:00:00Z")
        assert [n["kind"] for n in told(customer)] == [MONTH_BEFORE, LAST_DAY]
        assert len([m for m in relay.to(customer.email) if "stop" in m["Subject"]]) == 2
        ids = [m["Message-ID"] for m in relay.to(customer.email)]
        assert len(set(ids)) == len(ids)


def test_days_without_a_server_come_in_one_mail_in_the_past_tense(make_server):
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-10T12:00:00Z"), 1, "P10D")
        tick(customer)
        first = customer.sensor()
        assert customer.patch(f"{customer.org}/sensors/{first}", {"auto_renewal": False}).status == 200
        assert customer.redeem(issue(customer.server, 1, "P12D")).status == 201
        second = customer.sensor()
        assert customer.patch(f"{customer.org}/sensors/{second}", {"auto_renewal": False}).status == 200
        move(customer, "2026-04-02T12:00:00Z")
        mail, = stops_mails(relay, customer, 1)
        assert mail["Subject"] == "Cold Chain: 2 sensors have stopped"
        text = mail.get_body(("plain",)).get_content()
        assert "stopped on 20 March 2026" in text and "stopped on 22 March 2026" in text
        assert f"{PUBLIC}/o/{customer.id}/licenses?state=expired" in text


def test_a_refused_recipient_does_not_hold_up_the_others(make_server):
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-10T12:00:00Z"), 1, "P10D")
        assert customer.post(f"{customer.org}/members", {"email": "bob@example.com", "role": "analyst"}).status == 201
        invitation, = eventually(lambda: relay.to("bob@example.com"))
        link = next(line for line in invitation.get_body(("plain",)).get_content().split() if "/invitations/" in line)
        bob = Client(customer.server.http_address).post(f"{API}/invitations/{link.rsplit('/', 1)[1]}",
                                                        {"password": "nine green bottles"})
        assert bob.status == 200, bob
        me = customer.get(f"{API}/session").json["user"]["id"]
        both = [{"user_id": user, "only_what_stops": False} for user in (bob.json["user"]["id"], me)]
        assert customer.put(f"{customer.org}/notifications/license-expiration", {"recipients": both}).status == 200
        customer.sensor()
        relay.says["bob@example.com"] = "550 5.1.1 no such user here"
        move(customer, "2026-03-20T12:00:00Z")
        mail, = eventually(lambda: [m for m in relay.to(customer.email) if "today" in m["Subject"]])
        assert "no license is left for it" in " ".join(mail.get_body(("plain",)).get_content().split())
        states = eventually(lambda: (lambda found: len(found) == 2 and found)(
            {n["recipient"]: n for n in told(customer) if n["state"] != "waiting"}))
        assert states[customer.email]["state"] == "sent"
        assert states["bob@example.com"]["state"] == "failed" and "no such user" in states["bob@example.com"]["last_error"]


def stops_mails(relay, customer, count):
    """So many of those that say what stops, in the order in which they came."""
    return eventually(lambda: (lambda found: len(found) == count and found)(
        [mail for mail in relay.to(customer.email) if "stop" in mail["Subject"]]))


def test_both_notices_of_a_license_in_one_run_name_the_sensor_once(make_server):
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-10T12:00:00Z"), 1, "P40D")
        tick(customer)
        serial = customer.sensor()  # until 19 April
        assert customer.patch(f"{customer.org}/sensors/{serial}", {"auto_renewal": False}).status == 200
        move(customer, "2026-04-19T12:00:00Z")
        mail, = stops_mails(relay, customer, 1)
        assert mail["Subject"] == "Cold Chain: 1 sensor stops today"
        assert mail.get_body(("plain",)).get_content().count(serial) == 1 and len(rows_of(mail)) == 1
        assert {(n["kind"], n["due_on"]) for n in told(customer)} == {(LAST_DAY, "2026-04-19"), (MONTH_BEFORE, "2026-03-19")}
        move(customer, "2026-04-25T12:00:00Z")
        assert len(stops_mails(relay, customer, 1)) == 1 and len(told(customer)) == 2


def test_a_notice_made_up_on_the_last_day_says_today(make_server):
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-10T12:00:00Z"), 1, "P40D")
        tick(customer)
        assert customer.patch(f"{customer.org}/sensors/{customer.sensor()}", {"auto_renewal": False}).status == 200
        move(customer, "2026-04-19T06:00:00Z")  # the last day, before its hour
        first, = stops_mails(relay, customer, 1)
        move(customer, "2026-04-19T08:00:05Z")
        assert [n["kind"] for n in told(customer)] == [MONTH_BEFORE, LAST_DAY]
        for mail in (first, stops_mails(relay, customer, 2)[1]):
            assert mail["Subject"] == "Cold Chain: 1 sensor stops today"
            assert f"/licenses?state=expiring" in mail.get_body(("plain",)).get_content()


def test_the_link_of_a_mail_shows_what_it_tells_of(make_server):
    """Not a list that leaves out all sensors, or some of those that stop."""
    with Relay() as relay:
        customer = Customer.onboard(served(make_server, relay, "2026-03-10T12:00:00Z"), 2, "P10D")
        tick(customer)
        customer.sensor()
        move(customer, "2026-03-25T12:00:00Z")  # it was renewed meanwhile: nothing has expired
        mail, = stops_mails(relay, customer, 1)
        assert mail["Subject"] == "Cold Chain: 1 license has ended, no sensor stops"
        assert f"{PUBLIC}/o/{customer.id}/licenses\n" in mail.get_body(("plain",)).get_content().replace("\r", "")
