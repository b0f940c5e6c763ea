"""A clock that jumps while a license ends: a sample of after the end is never saved once the end was acted on."""
import threading

from checker import Counts, check_audit, check_load, read_samples
from customer import instant, issue, new_serial
from device import CREATED, UNAVAILABLE, Device, channel, measurements
from ground import Failure
from sensors import Load
from world import WELL_SECONDS, World, new_folder

ROUNDS, ENDING, PROBES = 4, 6, 4
VALUE = 215


def clocks(case):
    counts = Counts()
    with new_folder() as folder:
        world = World(case.url, folder, case.seed)
        try:
            world.settle(sensors=4)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.05) as load:
                for number in range(ROUNDS * case.effort):
                    one_end(case.rng, world, load, counts, number)
                load.wait(50)
                world.is_well()
                load.drain()
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors))
            check_load(world.customer, load, counts)
            check_audit(world.server, counts)
        finally:
            world.server.kill()
    return counts


class Ending:
    """Sensors whose license ends soon, and what they have sent."""

    def __init__(self, world):
        self.world = world
        world.customer.sign_in_again()  # days pass in each round, and a session lasts for 30
        answer = world.customer.redeem(issue(world.server, ENDING, "P1D"))
        self.serials = [new_serial() for _ in range(ENDING)]
        for serial in self.serials:
            answer_to = world.customer.add(serial, key=answer.json["key"], auto_renewal=False)
            if answer_to.status != 201:
                raise Failure(f"a sensor cannot be added: {answer_to}")
        self.end = instant(world.customer.licenses(self.serials[0])[0]["expires_at"])
        self.acted_on = False
        self.covered = set()  # (serial, instant) that must be there: acknowledged, and measured before the end
        self.late = set()  # must never be there: sent after the end was acted on, and measured after it
        self.put_off = 0

    def set_clock(self, after_end):
        self.world.clock.move(self.end + after_end - self.world.server.now())

    def probe(self, rng, ahead=0):
        """Each sensor sends what it measures now, by a clock of its own that is `ahead` of ours."""
        for serial in self.serials:
            at = self.world.server.now() + (rng.randint(0, ahead) if ahead else 0)
            acted_on = self.acted_on
            with Device(self.world.server.coap_address) as device:
                reply = device.post("m", measurements(serial, channel(1, at, [VALUE])), seconds=10)
            if not reply or reply.code not in (CREATED, UNAVAILABLE):
                raise Failure(f"a message of {serial} got {reply}")
            if acted_on and at >= self.end:
                self.late.add((serial, at))
            if reply.code == UNAVAILABLE:
                self.put_off += 1
            elif at < self.end:
                self.covered.add((serial, at))
            elif at <= self.world.server.now():
                self.acted_on = True  # it came when the license had ended, and was judged so


def one_end(rng, world, load, counts, number):
    ending = Ending(world)
    ending.set_clock(-rng.randint(3, 8))
    ending.probe(rng)
    if number % 2:  # by itself the clock passes the end; else it jumps
        ending.set_clock(-1)
        threading.Event().wait(1.2)  # for the clock itself
    else:
        ending.set_clock(rng.randint(1, 18))
    ending.probe(rng)
    back = rng.choice([20, 30, 40, 50])
    if rng.random() < 0.3:
        world.server.kill()
        world.clock.move(-back)
        world.server.start()
    else:
        world.clock.move(-back)
    for _ in range(PROBES):
        ending.probe(rng, ahead=60)
    if rng.random() < 0.5:
        far_off(rng, world, ending, counts)
    world.clock.move(rng.randint(100, 4000))  # right again
    ending.probe(rng)
    load.wait(20, WELL_SECONDS)
    check_end(world, ending, counts)


def far_off(rng, world, ending, counts):
    """Minutes back: nothing is written. An hour ahead and back again: the same, until the clock is right."""
    ahead = rng.choice([0, 3600])
    world.clock.move(ahead)
    ending.probe(rng)
    before = ending.put_off
    world.clock.move(-ahead - rng.randint(180, 1200))
    ending.probe(rng)
    counts.add(far_back=1, not_put_off=ENDING - (ending.put_off - before))
    answer = world.customer.add(new_serial())
    if answer.status != 503:
        counts.add(verbs_wrong=1)
        print(f"  minutes behind: {answer}", flush=True)
    world.clock.move(ahead + 1300)


def check_end(world, ending, counts):
    for serial in ending.serials:
        seen = [(serial, at) for at, _ in read_samples(world.customer, serial)]
        late = ending.late & set(seen)
        lost = {one for one in ending.covered if one[0] == serial} - set(seen)
        counts.add(saved_past_end=len(late), covered_lost=len(lost), doubled=len(seen) - len(set(seen)))
        for _, at in sorted(late)[:1] if counts["saved_past_end"] < 20 else ():
            print(f"  {serial}: measured {at - ending.end} s after the end, saved", flush=True)
    counts.add(ends=1, covered=len(ending.covered), late=len(ending.late), ends_put_off=ending.put_off)
