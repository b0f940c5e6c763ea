"""kill -9 between an alert and its mail, and between what a receiver of webhooks answers and our record of it."""
import threading

from customer import API, Customer, eventually, issue, until
from receiver import Receiver, signature
from relay import StoppingRelay
from stores import both_stores, look
from test_alarms import START, add_rule, alerts, send
from test_webhooks import PRIVATE, deliveries, subscribe

LEASE = 1000  # seconds after which a try that nobody has noted is made again


def mailed(relay):
    return ["--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", "tenure@example.com"]


def watched(make_server, relay):
    house = Customer.onboard(make_server(offset=until(START), arguments=mailed(relay)), 5)
    house.serial = house.sensor(name="Fridge")
    user = house.get(f"{API}/session").json["user"]["id"]
    add_rule(house, recipients=[user])
    return house


@both_stores
def test_an_alert_whose_message_was_acknowledged_is_mailed_after_a_kill(make_server, store_url):
    with StoppingRelay() as relay:
        relay.go_on.set()
        house = watched(make_server, relay)
        send(house, house.server.now(), 85)
        house.server.kill()  # acknowledged: the alert is there, its mail queued or not
        assert look(store_url, "SELECT count(*) FROM alert WHERE ended_at IS NULL") == "1"
        house.server.offset += LEASE
        house.server.start()
        house.sign_in_again()
        eventually(lambda: look(store_url, "SELECT count(*) FROM outbox WHERE purpose = 'alert' AND state = 'sent'") == "1")
        assert look(store_url, "SELECT count(*) FROM outbox WHERE purpose = 'alert'") == "1"
        assert len(set(relay.arrived)) == 1 and len(relay.arrived) <= 2, relay.arrived
        assert len(alerts(house)) == 1


@both_stores
def test_a_mail_that_the_relay_took_before_a_kill_comes_once_more_at_most(make_server, store_url):
    with StoppingRelay() as relay:
        relay.stop_at = "taken"
        house = watched(make_server, relay)
        send(house, house.server.now(), 85)
        assert relay.reached.wait(20)
        house.server.kill()
        relay.go_on.set()
        house.server.offset += LEASE
        house.server.start()
        eventually(lambda: look(store_url, "SELECT count(*) FROM outbox WHERE purpose = 'alert' AND state = 'sent'") == "1")
        assert len(set(relay.arrived)) == 1 and len(relay.arrived) <= 2, relay.arrived


class Holding(Receiver):
    """Keeps its first answer until it is let go; the sender may be killed meanwhile."""

    def __init__(self):
        super().__init__()
        self.go_on, self.holding = threading.Event(), threading.Event()
        plain = self.server.RequestHandlerClass
        holder = self

        class Handler(plain):
            def do_POST(self):
                if not holder.holding.is_set():
                    answer = self.send_response

                    def late(code):
                        holder.holding.set()
                        holder.go_on.wait(60)
                        answer(code)
                    self.send_response = late
                try:
                    plain.do_POST(self)
                except OSError:
                    pass  # the sender was killed

        self.server.RequestHandlerClass = Handler


@both_stores
def test_an_event_that_was_taken_before_a_kill_comes_once_more_under_its_id(make_server, store_url):
    customer = Customer.onboard(make_server(offset=until(START), arguments=PRIVATE), 1, "P1D")
    server = customer.server
    with Holding() as receiver:
        hook = subscribe(customer, receiver.url, ["code.redeemed"])
        assert customer.redeem(issue(server, 1)).status == 201
        assert receiver.holding.wait(20)
        server.kill()  # it has the message; we have no record of that
        receiver.go_on.set()
        server.offset += LEASE
        server.start()
        customer.sign_in_again()
        eventually(lambda: deliveries(customer, hook)[0]["state"] == "sent")
        got = receiver.wait(2)
        assert len(got) == 2, "once more, and not again"
        assert len({headers["webhook-id"] for headers, _ in got}) == 1 and len({body for _, body in got}) == 1
        for headers, body in got:
            assert headers["webhook-signature"] == signature(hook["secret"], headers, body)
        sent, = deliveries(customer, hook)
        assert sent["message_id"] == got[0][0]["webhook-id"] and sent["attempts"] == 2
        server.move_clock(server.offset + LEASE)
        customer.sign_in_again()
        assert len(deliveries(customer, hook)) == 1 and len(receiver.got) == 2
