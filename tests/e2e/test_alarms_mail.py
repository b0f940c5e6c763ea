"""Mails of alerts all the way to a relay: one for what begins and one for what is over, each once."""
from customer import API, Customer, eventually, until
from relay import Relay
from test_alarms import START, add_rule, alerts, later, send

PAUSE = 300  # between two mails to one who is told


def mails_apart(relay, customer):
    """What came twice because the relay's yes was cut off counts once, as it does in a mail program."""
    return list({mail["Message-ID"]: mail for mail in relay.to(customer.email)}.values())


def told(customer, alert):
    """(kind, state of the mail) of each notice of an alert, the oldest first."""
    notices = customer.get(f"{customer.org}/notices?alert={alert['id']}").json["items"]
    assert all(one["serials"] == [customer.serial] for one in notices), notices
    return [(one["kind"], one["state"]) for one in reversed(notices)]


def test_whoever_a_rule_names_is_told_once_that_it_began_and_once_that_it_is_over(make_server):
    with Relay() as relay:
        house = Customer.onboard(make_server(offset=until(START), arguments=[
            "--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", "tenure@example.com"]), 5)
        house.serial = house.sensor(name="Kühlhaus")
        user = house.get(f"{API}/session").json["user"]["id"]
        rule = add_rule(house, recipients=[user])
        assert rule["recipients"] == [user]

        send(house, house.server.now(), 85)
        mail, = eventually(lambda: relay.to(house.email))
        opened, = alerts(house, open="true")
        assert mail["Subject"].startswith("Alert: Kühlhaus: ")
        for kind in ("plain", "html"):
            words = " ".join(mail.get_body((kind,)).get_content().split())
            assert f"Kühlhaus ({house.serial})" in words and "temperature above 8 °C" in words, words
            assert "up to 8.5 °C" in words and "since 24 November 2026 13:05" in words, words
        assert mail["Auto-Submitted"] == "auto-generated"

        assert eventually(lambda: told(house, opened) == [("alert_began", "sent")])

        house.server.kill()  # what was told is not told again
        house.server.start()
        house.sign_in_again()
        later(house, PAUSE + 60)
        send(house, house.server.now(), 60)
        over = eventually(lambda: mails_apart(relay, house)[1:])[0]
        assert over["Subject"].startswith("Over: Kühlhaus: ")
        words = " ".join(over.get_body(("plain",)).get_content().split())
        assert "up to 8.5 °C, 24 November 2026 13:05 to 13:11" in words, words
        closed, = alerts(house)
        assert closed["id"] == opened["id"] and closed["ended_at"] and not alerts(house, open="true")

        assert eventually(lambda: told(house, closed) == [("alert_began", "sent"), ("alert_over", "sent")])

        later(house, PAUSE + 60)
        send(house, house.server.now(), 61)
        assert len(alerts(house)) == 1 and len(mails_apart(relay, house)) == 2


def test_nobody_is_told_of_a_rule_that_names_nobody_or_a_stranger(make_server):
    house = Customer.onboard(make_server(offset=until(START)), 5)
    house.serial = house.sensor()
    stranger = Customer.onboard(house.server, 1).get(f"{API}/session").json["user"]["id"]
    refused = house.post(f"{house.org}/alarm-rules", {"serial": house.serial, "condition": "above", "channel_type": "temperature",
                                                      "threshold": 8, "recipients": [stranger]})
    assert refused.status == 422 and refused.json["field"] == "recipients", refused
    add_rule(house, recipients=[])
    send(house, house.server.now(), 85)
    assert len(alerts(house)) == 1


def test_what_became_of_an_alerts_mail_is_listed(make_server):
    with Relay() as relay:
        house = Customer.onboard(make_server(offset=until(START), arguments=[
            "--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", "tenure@example.com"]), 5)
        house.serial = house.sensor()
        relay.says[house.email] = "550 5.1.1 no such user here"
        add_rule(house, recipients=[house.get(f"{API}/session").json["user"]["id"]])
        send(house, house.server.now(), 85)
        alert, = eventually(lambda: alerts(house))
        notice, = eventually(lambda: [one for one in house.get(f"{house.org}/notices?serial={house.serial}").json["items"]
                                      if one["state"] == "failed"])
        assert notice["kind"] == "alert_began" and notice["recipient"] == house.email, notice
        assert notice["due_on"] == "2026-11-24" and notice["attempts"] == 1 and notice["sent_at"] is None, notice
        assert "no such user here" in notice["last_error"], notice
        assert told(house, alert) == [("alert_began", "failed")]
        for alert, status in ((notice["id"], 404), ("0", 400), ("", 400), ("none", 400)):
            answer = house.get(f"{house.org}/notices?alert={alert}")
            assert answer.status == status, (alert, answer)


def test_one_mail_lists_all_sensors_that_never_sent_and_others_say_what_is_wrong(make_server):
    with Relay() as relay:
        house = Customer.onboard(make_server(offset=until(START), arguments=[
            "--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", "tenure@example.com"]), 5)
        serials = [house.sensor(name=f"Shelf {n}") for n in range(3)]
        house.serial = house.sensor(name="Fridge")
        for condition in ("lost_connection", "sensor_error", "clock_wrong", "tamper"):
            assert house.post(f"{house.org}/alarm-rules", {"all": True, "condition": condition}).status == 201
        send(house, house.server.now(), 40, extra=((5, house.server.now() + 7 * 86400 - 60),))
        later(house, 86400 + 700)
        mail, = eventually(lambda: relay.to(house.email))
        assert mail["Subject"].endswith(": 3 alerts"), mail["Subject"]
        words = " ".join(mail.get_body(("plain",)).get_content().split())
        assert all(f"Shelf {n} ({serial})" in words for n, serial in enumerate(serials)), words
        assert words.count("never sent a message") == 3 and "since" not in words, words

        later(house, PAUSE + 60)
        house.sign_in_again()
        now = house.server.now()
        send(house, now, 8388557, extra=((6, 3 << 21),))
        send(house, now + 3 * 86400, 40, extra=((6, 1 << 22),))
        mail = eventually(lambda: mails_apart(relay, house)[1:])[0]
        words = " ".join(mail.get_body(("plain",)).get_content().split())
        assert "probe error on channel 1" in words and "wrong PIN entered and enclosure opened" in words, words
        eventually(lambda: any("clock is wrong" in mail.get_body(("plain",)).get_content() for mail in relay.to(house.email))
                   or (later(house, PAUSE + 60) and False))
