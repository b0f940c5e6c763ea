"""A relay that takes its time with some mails: the others pass it."""
import asyncio

from customer import Customer, eventually
from relay import Relay
from stores import look
from test_mail import outbox, send_test, settings

QUICK = 3  # MAIL_MOST_QUICK of src/edge/outgoing/mail.h


class Tarpit(Relay):
    """Does not answer to RCPT of the addresses in `at_recipient`, nor to mails to those in `at_content`, while they are
    there. `waiting` holds the addresses that it keeps waiting."""

    def __init__(self):
        self.at_recipient, self.at_content, self.waiting = set(), set(), set()
        super().__init__()

    async def keep(self, address, those):
        self.waiting.add(address)
        while address in those:
            await asyncio.sleep(0.02)
        self.waiting.discard(address)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.at_recipient:
            await self.keep(address, self.at_recipient)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0] in self.at_content:
            await self.keep(envelope.rcpt_tos[0], self.at_content)
        return await super().handle_DATA(server, session, envelope)


def test_recipients_that_the_relay_is_slow_with_hold_up_no_other(make_server):
    with Tarpit() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        *slow, good = (Customer.onboard(server, 1) for _ in range(QUICK + 2))
        addresses = {customer.email for customer in slow}
        relay.at_recipient, relay.at_content = set(list(addresses)[:2]), set(list(addresses)[2:])
        for customer in slow:
            send_test(customer)
        eventually(lambda: relay.waiting == addresses)
        send_test(good)
        eventually(lambda: relay.to(good.email))
        assert relay.waiting == addresses and not any(relay.to(address) for address in addresses), "they wait all the while"
        relay.at_recipient.clear(), relay.at_content.clear()
        for address in addresses:
            eventually(lambda: relay.to(address))
        eventually(lambda: look(server.store_url, "SELECT count(*) FROM outbox WHERE state = 'sent'") == str(QUICK + 2))
        assert look(server.store_url, "SELECT sum(attempts) FROM outbox") == str(QUICK + 2)


def test_an_address_and_an_organization_get_few_mails_at_a_time(make_server):
    with Tarpit() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        slow, good = Customer.onboard(server, 1), Customer.onboard(server, 1)
        relay.at_recipient = {slow.email}
        for _ in range(3):
            send_test(slow)
        eventually(lambda: relay.waiting == {slow.email})
        send_test(good)
        eventually(lambda: relay.to(good.email))
        assert look(server.store_url, "SELECT sum(attempts) FROM outbox") == "2", "the others wait for the first one"
        relay.at_recipient.clear()
        eventually(lambda: len(relay.to(slow.email)) == 3)


def test_a_relay_that_hangs_everywhere_does_not_hold_up_the_end(make_server):
    with Tarpit() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customers = [Customer.onboard(server, 1) for _ in range(QUICK)]
        relay.at_content = {customer.email for customer in customers}
        for customer in customers:
            send_test(customer)
        eventually(lambda: relay.waiting == relay.at_content)
        assert server.stop() == 0
        assert outbox(server, "sum(attempts)") == "0"
        relay.at_content.clear()
        server.start()
        for customer in customers:
            eventually(lambda: relay.to(customer.email))
