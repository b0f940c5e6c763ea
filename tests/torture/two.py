"""Two servers on one PostgreSQL: sensors and people change between them, one is killed now and then.

The way from the second one to PostgreSQL is slow at times, so that transactions of both overlap."""
import contextlib
import os
import random
import signal
import threading

from checker import Counts, check_audit, check_compaction, check_ledger, check_samples, read_samples
from clerk import Clerk
from customer import eventually, new_serial
from device import CON, CREATED, POST, Device, channel, datagram, measurements
from ground import Failure, statement
from proxy import Proxy
from reader import Reader
from renewing import Renewing
from replica import ask
from sensors import Load
from web import Client
from world import Serve, World, new_folder

RACES, KILLS, REFUSED, BURSTS, EACH = 10, 4, 40, 30, 3
COUNTING = statement("refusal_add")

FIND_SOON = """DO $$ BEGIN  -- deadlocks
    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 50', current_database());
END $$"""


def two(case):
    counts = Counts()
    with new_folder() as folder, Proxy(case.url) as proxy:
        proxy.on_run = slow_down
        ask(case.url, FIND_SOON)
        world = World(case.url, folder, case.seed)
        os.mkdir(f"{folder}/second")
        second = Serve(proxy.url, f"{folder}/second", world.clock, secret=world.server.secret)
        try:
            world.settle(sensors=12, spare=200)
            renewing = Renewing(world)
            second.start()
            world.servers.append(second)
            refused = unlicensed(world, REFUSED)
            clerk = Clerk(world, case.rng.random())
            clerk.licenses |= dict.fromkeys(refused, 0)
            slowness = random.Random(case.rng.random())
            proxy.slow = lambda: slowness.uniform(0.03, 0.06)
            races = [race(case.rng, world, clerk, *world.servers) for _ in range(RACES * case.effort)]
            proxy.slow = lambda: slowness.choice([0, slowness.uniform(0, 0.05)])
            with Load(world.servers, world.serials, world.first, case.rng.random(), gap=0.01) as load, \
                    Flood(world.servers, refused, case.rng.random()) as flood, \
                    clerk, Reader(world, load, case.rng.random()) as reader:
                races += [race(case.rng, world, clerk, *case.rng.choices(world.servers, k=2))
                          for _ in range(RACES * case.effort)]
                for _ in range(KILLS * case.effort):
                    load.wait(100)
                    renewing.move_on(hours=11)  # both servers find the same renewals due
                    pause_one(case.rng, world, load, counts)
                    kill_one(case.rng, world, counts)
                clerk.wait(5)
                for server in world.servers:
                    world.is_well(server)
                clerk.finish()
                flood.finish(BURSTS * case.effort)
                load.drain()
                check_compaction(world, counts)
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors), races=len(races),
                       **flood.counts, **clerk.counts(), **reader.counts())
            clerk.tell()
            check_all(world, counts, load, refused, clerk, races)
            renewing.check(world.server, counts)
        finally:
            second.kill()
            world.server.kill()
        counts.add(deadlocks=deadlocks(case.url))
    return counts


def deadlocks(url):
    """As PostgreSQL counts them: a session adds its own when it ends."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    eventually(lambda: ask(url, others) == "0", 30)
    return int(ask(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def slow_down(connection):
    """While it counts refused messages, whose rows it locks one after the other."""
    if connection.name == COUNTING:
        threading.Event().wait(0.001)


def unlicensed(world, count):
    """Sensors whose only license went back to the pool: all that they send is refused."""
    made = []
    for _ in range(count):
        serial = world.customer.sensor()
        license, = world.customer.licenses(serial)
        answer = world.customer.delete(f"{world.customer.org}/licenses/{license['id']}")
        if answer.status != 204:
            raise Failure(f"a license cannot be taken back: {answer}")
        made.append(serial)
    return made


def kill_one(rng, world, counts):
    """Then both compact: the clock has moved."""
    server = rng.choice(world.servers)
    if rng.random() < 0.7:
        world.force_round()
        threading.Event().wait(rng.uniform(0, 1.2))  # a random moment; a round begins within a second
    server.kill()
    counts.add(kills=1)
    server.start()


def pause_one(rng, world, load, counts):
    """As a machine that is moved to another host: it stops amid a transaction while the other one goes on."""
    server = rng.choice(world.servers)
    threading.Event().wait(rng.uniform(0, 0.1))  # a random moment
    server.process.send_signal(signal.SIGSTOP)
    world.force_round()
    load.ending.wait(rng.choice([0.3, 1.5, 3.0]))
    server.process.send_signal(signal.SIGCONT)
    counts.add(pauses=1)


def race(rng, world, clerk, takes_back, takes):
    """A new sensor sends its first sample to one server while its license is taken back at another (or the same one).
    Gives what happened."""
    serial, customer = new_serial(), world.customer
    adding = clerk.ask(customer, "POST", f"{customer.org}/sensors", {"serial": serial}, 201)
    if adding is None:
        raise Failure("a sensor cannot be added")
    license, = customer.licenses(serial)
    at, result = world.server.now(), {"serial": serial}
    pause = rng.uniform(-0.04, 0.01)

    def send():
        with Device(takes.coap_address) as device:
            reply = device.post("m", measurements(serial, channel(1, at, [random.randrange(300)])), seconds=2)
            result["reply"] = reply and reply.code
    sender = threading.Timer(max(0, pause), send)
    sender.start()
    threading.Event().wait(max(0, -pause))
    client = Client(takes_back.http_address)
    client.cookie = customer.cookie
    result["status"] = client.delete(f"{customer.org}/licenses/{license['id']}").status
    sender.join()
    with clerk.lock:
        clerk.licenses[serial] = 0 if result["status"] == 204 else 1
        clerk.pool -= clerk.licenses[serial]
    return result


class Flood:
    """Messages of sensors without a license, as many at once as there are sensors, to each server in an order of its
    own. A server counts them in one transaction, so that two servers lock the same rows in different orders."""

    def __init__(self, servers, serials, seed):
        self.servers, self.serials, self.rng = servers, serials, random.Random(seed)
        self.counts = {"bursts": 0, "refused": 0, "refused_put_off": 0}
        self.first = servers[0].now() - 3600
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(30)

    def finish(self, bursts):
        eventually(lambda: self.counts["bursts"] >= bursts, 60)
        self.__exit__()

    def run(self):
        while not self.ending.is_set():
            with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
                devices = [stack.enter_context(Device(server.coap_address)) for server in self.servers]
                if self.burst(devices):
                    self.counts["bursts"] += 1
            self.ending.wait(0.01)

    def burst(self, devices):
        """True when both servers answered all."""
        at, each = self.first + self.counts["bursts"], self.serials * EACH
        for device in reversed(devices):  # the slow one first
            for number, serial in enumerate(self.rng.sample(each, len(each))):
                frame = measurements(serial, channel(1, at, [number]))
                device.send(datagram(CON, POST, number, b"", "m", frame))
        for device in devices:
            for _ in each:
                reply = device.receive(3)
                if not reply:
                    return False  # the server was killed
                self.counts["refused" if reply.code == CREATED else "refused_put_off"] += 1
        return True


def check_all(world, counts, load, refused, clerk, races):
    """After a restart, since a server does not see the other's messages before they are compacted."""
    for server in world.servers:
        server.kill()
        server.start()
    for server in world.servers:
        world.customer.server = server
        check_samples(world.customer, load.sensors, counts)
    # Of two values that two servers took for one instant, the first one that is compacted stays.
    counts.pass_over("later_won")
    for serial in refused:
        counts.add(saved_unlicensed=len(read_samples(world.customer, serial)))
    for one in races:
        saved = len(read_samples(world.customer, one["serial"]))
        if one["status"] == 204 and saved:
            counts.add(taken_back_and_saved=1)
            print(f"  race: {one} and {saved} saved", flush=True)
    counts.add(taken_back=sum(one["status"] == 204 for one in races),
               in_use=sum(one["status"] == 409 for one in races))
    check_ledger(world, clerk, counts)
    check_audit(world.server, counts)
