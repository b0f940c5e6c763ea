"""COMMITs whose connection is cut: before PostgreSQL has them, after it did them, or so that they come late."""
import threading

from checker import Counts, check_audit, check_compaction, check_ledger, check_load
from clerk import Clerk
from ground import Failure, statement
from proxy import CUTS, Proxy
from sensors import Load
from world import World, new_folder

VERB, MESSAGES, ANY = statement("audit_entry_insert"), statement("journal_append"), ""


def commits(case):
    """Under load each cut is of a verb's commit, of one of messages, or of any. Each must be done exactly once."""
    return under_load(case, cut_often)


def stalls(case):
    """A COMMIT is held longer than the program waits, and takes hold when it has given up."""
    return under_load(case, stall_some)


def successors(case):
    """The last COMMIT of a killed server takes hold when its successor has read the journal."""
    counts = Counts()
    with new_folder() as folder, Proxy(case.url) as proxy:
        world = World(proxy.url, folder, case.seed)
        try:
            world.settle(sensors=8)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.05) as load:
                for _ in range(2 * case.effort):
                    load.wait(10)
                    proxy.cut_commit("late", MESSAGES, seconds=1.0)
                    if not proxy.wait():
                        raise Failure("stuck: no commit of messages within 30 s")
                    world.server.kill()
                    world.server.start()
                load.wait(10)
                load.drain()
            check_compaction(world, counts)
            counts.add(**proxy.cuts, acknowledged=sum(s.acknowledged for s in load.sensors))
            check_load(world.customer, load, counts)
        finally:
            world.server.kill()
    return counts


def under_load(case, cut_some):
    counts = Counts()
    with new_folder() as folder, Proxy(case.url) as proxy:
        world = World(proxy.url, folder, case.seed)
        try:
            world.settle(sensors=8)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.05) as load, \
                    Clerk(world, case.rng.random(), keyed=0.5) as clerk:
                clerk.wait(5)
                cut_some(case, proxy, clerk)
                clerk.wait(5)
                clerk.finish()
                world.is_well()
                load.drain()
            counts.add(**proxy.cuts, acknowledged=sum(s.acknowledged for s in load.sensors), **clerk.counts())
            clerk.tell()
            check_load(world.customer, load, counts)
            check_ledger(world, clerk, counts)
            check_audit(world.server, counts)
        finally:
            world.server.kill()
    return counts


def cut_often(case, proxy, clerk):
    """Also cuts all connections at random moments, wherever their transactions are."""
    kinds = [(how, about) for how in CUTS for about in (VERB, VERB, MESSAGES, ANY)]
    for how, about in case.rng.sample(kinds * case.effort, len(kinds) * case.effort):
        proxy.cut_commit(how, about, skip=case.rng.randrange(3), seconds=case.rng.uniform(0.02, 0.4))
        if not proxy.wait():
            raise Failure(clerk.stuck or f"stuck: no commit of {about or 'anything'} within 30 s")
        clerk.wait(2)
        if case.rng.random() < 0.3:
            threading.Event().wait(case.rng.uniform(0, 0.05))  # a random moment
            proxy.cuts["all"] = proxy.cuts.get("all", 0) + (proxy.cut_all() > 0)


def stall_some(case, proxy, clerk):
    for about in case.rng.sample((VERB, VERB, MESSAGES) * case.effort, 3 * case.effort):
        proxy.cut_commit("stall", about, skip=case.rng.randrange(3), seconds=case.rng.uniform(4.0, 6.0))
        if not proxy.wait():
            raise Failure(clerk.stuck or f"stuck: no commit of {about} within 30 s")
        clerk.wait(2)
