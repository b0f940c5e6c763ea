"""Sensors with licenses of a day that are renewed from a pool: each end is followed by exactly one new license."""
from customer import Customer, eventually, instant
from ground import Failure

SENSORS, QUANTITY = 20, 3000
WAIT_SECONDS = 70  # the program looks at least once a minute


class Renewing:
    """An organization of its own, whose pool does not run dry."""

    def __init__(self, world):
        self.world = world
        self.customer = Customer.onboard(world.server, QUANTITY, "P1D")
        self.serials = [self.customer.sensor() for _ in range(SENSORS)]

    def move_on(self, hours):
        """At times a midnight lies between. Less than a day: for so long an Idempotency-Key holds."""
        self.world.clock.move(3600 * hours)

    def licenses(self, serial):
        return sorted((instant(one["starts_at"]), instant(one["expires_at"]))
                      for one in self.customer.licenses(serial))

    def check(self, server, counts):
        """After a start of `server`, which makes up for what fell due."""
        self.customer.server = server
        try:
            eventually(lambda: self.licenses(self.serials[-1])[-1][1] > server.now(), WAIT_SECONDS)
        except AssertionError:
            raise Failure(f"stuck: renewals that are due are not made within {WAIT_SECONDS} s") from None
        held, wrong = 0, 0
        for serial in self.serials:
            found, now = self.licenses(serial), server.now()
            held += len(found)
            good = found[-1][0] <= now < found[-1][1] and all(a[1] == b[0] for a, b in zip(found, found[1:]))
            if not good:
                wrong += 1
                print(f"  {serial} has the licenses {found}, and it is {now}", flush=True)
        left = self.customer.manager(limit=1)["licenses_left"]
        if left + held != QUANTITY:
            wrong += 1
            print(f"  {left} licenses left and {held} held, of {QUANTITY}", flush=True)
        counts.add(renewed=held - SENSORS, renewals_wrong=wrong)
