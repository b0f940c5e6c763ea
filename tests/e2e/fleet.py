"""Sensors that have had licenses for a day, for tests that only need one nobody else uses."""
import time

from customer import DAY, Customer
from device import ACK, CREATED, Device, channel, measurements, read_message

TEMPERATURE, HUMIDITY, OK_ALARM = 1, 2, 5


class Fleet:
    """A customer with sensors that have had licenses for a day, and a device's socket."""

    def __init__(self, server, sensors=5):
        self.server = server
        self.customer = Customer.onboard(server, quantity=sensors + 10)
        self.serials = [self.customer.sensor() for _ in range(sensors)]
        server.move_clock(server.offset + DAY)
        self.device = Device(server.coap_address)

    def serial(self):
        """One that nothing was sent for yet."""
        return self.serials.pop()

    def then(self):
        """A full minute of the last hours."""
        return self.server.now() // 60 * 60 - 7200

    def kept(self, serial, **query):
        return self.customer.measurements(serial, **query)

    def refused(self, serial):
        return self.customer.row(serial)["refused"]["count"]


def is_acknowledged(server, reply):
    """2.01, piggybacked, with a Config whose field 8 is the time."""
    assert reply and reply.kind == ACK and reply.code == CREATED, reply
    return tells_the_time(server, reply, read_message(reply.payload)[8][0])


def tells_the_time(server, reply, told):
    """Of an instant since the message was sent, however long the answer took."""
    assert -1 <= server.now() - told <= time.monotonic() - reply.sent_at + 1, (told, server.now())
    return True


def temperatures(serial, at, *tenths, **how):
    return measurements(serial, channel(TEMPERATURE, at, tenths), **how)


def send(server, serial, at, *tenths):
    """One acknowledged message of temperatures, a minute apart."""
    with Device(server.coap_address) as device:
        reply = device.post("m", measurements(serial, channel(1, at, tenths)))
    assert reply and reply.code == CREATED, reply
