"""System calls on the store's files that fail for a while (SQLite), then work again.

A verb that meets such a call may be answered 500: it was not acknowledged, and is repeated."""
import errno
import os

from calls import ERRORS, OPEN, READ, SHORT, SYNC, TRUNCATE, WRITE, Calls
from checker import Counts, check_audit, check_compaction, check_ledger, check_load, check_samples
from clerk import AGAIN, Clerk
from ground import Failure
from reader import Reader
from sensors import Load
from world import WELL_SECONDS, World, new_folder

SPELLS = 14
NAMES = {READ: "read", WRITE: "write", SYNC: "sync", TRUNCATE: "truncate", OPEN: "open"}


def faults(case):
    counts = Counts()
    with new_folder() as folder:
        calls = Calls(folder, os.path.dirname(case.url.removeprefix("sqlite:")))
        world = World(case.url, folder, case.seed, preloads=("calls", "clock"))
        try:
            world.settle(sensors=8)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.02) as load, \
                    Clerk(world, case.rng.random(), gap=0.01, again=(*AGAIN, 500)) as clerk, \
                    Reader(world, load, case.rng.random()) as reader:
                for _ in range(case.effort):
                    world.no_files(case.rng.uniform(0.5, 2.0))
                    load.wait(20, WELL_SECONDS)
                    world.is_well()
                for kind, how in spells(case):
                    one_spell(case.rng, world, load, (calls, kind, how), counts)
                clerk.wait(5)
                clerk.finish()
                load.drain()
                check_compaction(world, counts)
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors), **clerk.counts(),
                       **reader.counts())
            clerk.tell()
            check_load(world.customer, load, counts)
            check_ledger(world, clerk, counts)
            world.server.kill()
            world.server.start()
            check_samples(world.customer, load.sensors, counts)
            check_ledger(world, clerk, counts)
            check_audit(world.server, counts)
        finally:
            world.server.kill()
    return counts


def spells(case):
    """Pairs of a kind of call and a failure; a shuffled pass over all of them, as often as there is room."""
    pairs = [(kind, how) for how, kinds in ERRORS.items() for kind in NAMES if kind & kinds]
    wanted = SPELLS * case.effort
    return [pair for _ in range(wanted // len(pairs) + 1) for pair in case.rng.sample(pairs, len(pairs))][:wanted]


def one_spell(rng, world, load, order, counts):
    """Some calls fail; then all works again, and so must the program, by itself."""
    calls, kind, how = order
    load.wait(20)
    compaction = rng.random() < 0.5
    calls.order(kind, rng.randrange(60), rng.choice([1, 2, 5, 40, 10**6]), how)
    if compaction:
        world.force_round()
    if kind == OPEN:  # else nothing is opened
        world.server.command("audit", "verify")
    load.ending.wait(rng.uniform(0.2, 1.2))  # so long the disk is ill
    hits = calls.end()
    told = f"{NAMES[kind]} fails with {'a short write' if how == SHORT else errno.errorcode[how]}"
    counts.add(spells=1, failed_calls=hits)
    try:
        if world.server.process.poll() is not None:
            raise Failure(f"the program ended: {world.server.process.returncode}")
        load.wait(30, WELL_SECONDS)
        world.is_well()
    except Failure as failure:
        counts.add(stuck=1)
        print(f"  {told}, {hits} times: {failure}; {world.last_log(world.server)}", flush=True)
        world.server.kill()
        world.server.start()

