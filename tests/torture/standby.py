"""A standby that lags: for a while new connections lead to it, as with a balancer or a name that points wrong."""
import ground  # noqa: F401
from checker import Counts, check_audit, check_compaction, check_ledger, check_load, check_samples
from clerk import Clerk
from customer import eventually
from ground import Failure
from proxy import Proxy, place_of
from replica import APPLY_DELAY_MS, Pair, ask
from sensors import Load
from world import WELL_SECONDS, World, new_folder

ON_STANDBY_SECONDS = 2.0


def visit(proxy, standby, primary, world, load, which):
    """Connections that `which` picks are cut; for two seconds all new ones lead to the standby."""
    proxy.target = place_of(standby.url)
    cut = proxy.cut_all(which)
    world.force_round()
    load.ending.wait(ON_STANDBY_SECONDS)
    proxy.target = place_of(primary.url)  # connections that lead to the standby stay open
    return cut


def standby(case):
    """A visit of the reading connections alone, then of all. Nothing that was acknowledged may be lost."""
    counts = Counts()
    with new_folder() as folder, Pair() as (primary, second), Proxy(primary.url) as proxy:
        world = World(proxy.url, folder, case.seed)
        try:
            world.settle(sensors=12)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.02) as load, \
                    Clerk(world, case.rng.random(), threads=1, gap=0.2) as clerk:
                for everyone in case.rng.sample([False, True] * case.effort, 2 * case.effort):
                    one_visit(counts, world, load, (proxy, primary, second), everyone)
                clerk.finish()
                check_compaction(world, counts)
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors), **clerk.counts())
            clerk.tell()
            check_load(world.customer, load, counts)
            check_ledger(world, clerk, counts)
            check_audit(world.server, counts)
        finally:
            world.server.kill()
    return counts


def one_visit(counts, world, load, databases, everyone):
    """Ends with a restart of the program, so that the next visit begins with fresh connections."""
    proxy, primary, second = databases
    named = "all" if everyone else "the reading"
    load.go_on()
    load.wait(100)
    counts.add(visits=1, cut=visit(proxy, second, primary, world, load, lambda one: everyone or one.reads_only))
    try:
        load.wait(50, WELL_SECONDS)
        world.force_round()
        load.wait(50, WELL_SECONDS)
        world.is_well()
    except Failure as failure:
        counts.add(stuck=1)
        print(f"  after a visit of {named} connections: {failure}", flush=True)
    world.server.kill()
    world.server.start()
    load.drain()
    wait_for_standby(primary, second)
    seen = Counts()
    check_samples(world.customer, load.sensors, seen)
    print(f"  after a visit of {named} connections: {seen.line()}", flush=True)


def wait_for_standby(primary, second):
    """Readings that are merely late, from a connection that stays on the standby, are not counted as lost."""
    position = ask(primary.server_url, "SELECT pg_current_wal_insert_lsn()")
    ask(primary.server_url, "SELECT txid_current()")  # a commit that carries the standby past it
    eventually(lambda: ask(second.url, f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn") == "t",
               30 + APPLY_DELAY_MS / 1000)
