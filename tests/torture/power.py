"""Power cuts (SQLite): a log of all writes, and a start of the program on what each cut may leave."""
import copy
import os
import shutil

from checker import Counts, read_samples
from clerk import Clerk
from customer import eventually
from device import CREATED, Device, channel, measurements
from cut_disk import Disk, cuts, write_out
from ground import Failure
from sensors import Load, raw_value
from world import NO_ANSWER, Serve, World, new_folder

CUTS = 12  # of each kind of folders
HOW = {True: "names in order", False: "names each for itself"}
MOST_LINES = 8


def serve_on(root, folder, clock, keys, **how):
    return Serve(f"sqlite:{root}/data/tenure.db", folder, clock, secret=f"{root}/{keys}/tenure.secret", **how)


def power(case):
    """In folders that the program makes and in folders that are there; the secret beside the store, or elsewhere."""
    counts = Counts()
    for made_before, keys in ((False, "keys"), (True, "keys"), (True, "data")):
        with new_folder() as folder:
            root, log = f"{folder}/root", f"{folder}/writes"
            folders = [root, *(f"{root}/{name}" for name in {"data", keys} if made_before)]
            for one in folders:
                os.mkdir(one)
            os.environ |= {"WRITELOG": log, "WRITELOG_UNDER": root}
            world = World(f"sqlite:{root}", folder, case.seed)
            world.server = serve_on(root, folder, world.clock, keys, preloads=("writelog", "clock"))
            world.servers = [world.server]
            try:
                history = History(case, world, log)
            finally:
                world.server.kill()
            disk = Disk(root, folders[1:])
            for number, cut in enumerate(cuts(log, disk, CUTS * case.effort, case.rng, history.listened_at)):
                into = f"{folder}/cut{number}"
                write_out(cut[3], root, into)
                check_cut(world, history, counts, cut, serve_on(into, folder, world.clock, keys))
                shutil.rmtree(into)
                counts.add(cuts=1)
            counts.add(log_bytes=os.path.getsize(log), messages=history.load.messages,
                       verbs=len(history.clerk.notes))
    return counts


class History:
    """What is done to one store, and the length of the log at each acknowledgement."""

    def __init__(self, case, world, log):
        def position():
            return os.path.getsize(log)
        world.server.start()
        self.listened_at = position()
        world.settle(sensors=4)
        self.settled_at = position()
        self.load = Load([world.server], world.serials, world.first, case.rng.random(), gap=0.02)
        self.clerk = Clerk(world, case.rng.random(), threads=1, gap=0.02)
        self.load.position = self.clerk.position = position
        with self.load, self.clerk:
            for turn in range(2):
                self.load.wait(100)
                world.force_round()
                self.load.wait(150)
                self.clerk.wait(8)
                world.server.stop()  # closes the store: its log of changes goes into the file
                world.server.start()
            self.clerk.wait(3)
            self.clerk.finish()
            self.load.drain()


def check_cut(world, history, counts, cut, server):
    position, how, ordered, _ = cut
    told = f"cut at {position} of the log (unsynced: {how}, {HOW[ordered]}):"

    def say(line):
        counts.add(told=1)
        if counts["told"] <= MOST_LINES:
            print(f"  {told} {line}"[:400], flush=True)
    server.log.unlink(missing_ok=True)
    counts.add(early=int(position <= history.listened_at))
    try:
        server.start()
    except AssertionError:
        counts.add(no_start=1)
        say(f"no start: {world.last_log(server)}")
        return
    try:
        if position >= history.settled_at:
            for line in check_promises(world, history, counts, server, position):
                say(line)
        audit = server.command("audit", "verify")
        counts.add(audit_broken=int(audit.code != 0))
    except (Failure, *NO_ANSWER, AssertionError) as error:
        counts.add(stuck=1)
        say(f"{type(error).__name__} {str(error)[:200]}; {world.last_log(server)}")
    finally:
        server.kill()


def check_promises(world, history, counts, server, position):
    """Yields a line for each promise of before the cut that is broken."""
    customer = copy.copy(world.customer)
    customer.server = server
    if customer.get("/api/v1/session").status == 401:
        counts.add(gone=1)
        yield "all is gone: the program began a new store"
        return
    for sensor in history.load.sensors:
        until = max((first + count for first, count, at, _ in sensor.took if at <= position), default=0)
        seen = read_samples(customer, sensor.serial)
        indexes = [sensor.index_of(at) for at, _ in seen]
        lost = until - len({i for i in indexes if i < until})
        wrong = sum(not 0 <= i < sensor.sent or value != raw_value(sensor.serial, i)
                    for i, (_, value) in zip(indexes, seen))
        counts.add(checked=until, lost=lost, doubled=len(indexes) - len(set(indexes)), wrong=wrong)
        if lost or wrong:
            yield f"sensor {sensor.serial}: {lost} of {until} lost, {wrong} wrong"
    for kind, detail in missing_verbs(customer, history, position):
        counts.add(verbs_wrong=1)
        yield f"not there: {kind} {detail}"
    keys = sum(key["quantity"] for key in customer.items(f"{customer.org}/activation-codes", limit=1000))
    serials = [row["serial"] for row in customer.items(f"{customer.org}/sensors", limit=1000)]
    held = sum(len(customer.licenses(serial)) for serial in serials)
    left = customer.manager(limit=1)["licenses_left"]
    removed = {detail for at, kind, detail in history.clerk.notes if kind == "sensor" and at <= position} - set(serials)
    if left + held + len(removed) != keys:  # a removed sensor keeps its license
        counts.add(verbs_wrong=1)
        yield f"{left} licenses left, {held} and {len(removed)} held, of {keys}"
    goes_on(world, server, customer)


def missing_verbs(customer, history, position):
    noted = [note[1:] for note in history.clerk.notes if note[0] <= position]
    later = [note[1:] for note in history.clerk.notes if note[0] > position]
    serials = {row["serial"] for row in customer.items(f"{customer.org}/sensors", limit=1000)}
    hooks = {hook["url"] for hook in customer.items(f"{customer.org}/webhooks", limit=1000)}
    names = {one["name"] for one in customer.get("/api/v1/session").json["organizations"]}
    for kind, detail in noted:
        if (kind == "sensor" and detail not in serials and ("removed", detail) not in noted + later) \
                or (kind == "removed" and detail in serials) or (kind == "organization" and detail not in names) \
                or (kind == "unhook" and detail in hooks) \
                or (kind == "hook" and detail not in hooks and ("unhook", detail) not in noted + later):
            yield kind, detail


def goes_on(world, server, customer):
    """It takes a verb and a message again."""
    serial = customer.sensor()
    with Device(server.coap_address) as device:
        def acknowledged():
            frame = measurements(serial, channel(1, server.now(), [1]))
            reply = device.post("m", frame, seconds=1)
            return reply and reply.code == CREATED
        eventually(acknowledged)


