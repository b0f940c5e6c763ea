"""PostgreSQL itself stops, crashes, hangs, or ends sessions, and then is well again."""
import shutil
import signal
import tempfile
import threading

from checker import Counts, check_audit, check_compaction, check_ledger, check_load
from clerk import Clerk
from ground import Failure
from reader import Reader
from replica import ask
from sensors import Load
from test_durability import Cluster
from world import WELL_SECONDS, World, new_folder

KINDS = ("stop", "crash", "hang", "long_hang", "terminate", "terminate_some", "cancel", "no_files")
SESSIONS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def database(case):
    counts = Counts()
    place = tempfile.mkdtemp(prefix="torture-postgres-")
    cluster = None
    try:
        cluster = Cluster(place)
        cluster.start()
        ask(cluster.server_url, f"CREATE DATABASE {cluster.database}")
        with new_folder() as folder:
            world = World(cluster.url, folder, case.seed)
            try:
                under_load(case, counts, world, cluster)
            finally:
                world.server.kill()
    finally:
        if cluster:
            cluster.stop(signal.SIGQUIT)
        shutil.rmtree(place, ignore_errors=True)
    return counts


def under_load(case, counts, world, cluster):
    world.settle(sensors=8)
    with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.01) as load, \
            Clerk(world, case.rng.random(), keyed=0.5) as clerk, Reader(world, load, case.rng.random()) as reader:
        for kind in case.rng.sample(KINDS * case.effort, len(KINDS) * case.effort):
            load.wait(case.rng.randint(1, 60))
            if case.rng.random() < 0.5:
                world.force_round()
            threading.Event().wait(case.rng.uniform(0, 0.5))  # a random moment
            hurt(case.rng, world, cluster, kind)
            counts.add(**{kind: 1})
            try:
                load.wait(20, WELL_SECONDS)
                world.is_well()
            except Failure as failure:
                counts.add(stuck=1)
                print(f"  after {kind}: {failure}", flush=True)
                world.server.kill()
                world.server.start()
        clerk.wait(5)
        clerk.finish()
        load.drain()
        check_compaction(world, counts)
    counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors), **clerk.counts(), **reader.counts())
    clerk.tell()
    check_load(world.customer, load, counts)
    check_ledger(world, clerk, counts)
    check_audit(world.server, counts)


def hurt(rng, world, cluster, kind):
    """Ends when all is well again."""
    if kind in ("stop", "crash"):
        cluster.stop(signal.SIGINT if kind == "stop" else signal.SIGQUIT)
        cluster.start()
    elif kind in ("hang", "long_hang"):
        cluster.freeze()  # longer than the program waits for an answer: it does not know what became of a COMMIT
        threading.Event().wait(rng.uniform(0.1, 2.0) if kind == "hang" else rng.uniform(3.5, 6.0))
        cluster.thaw()
    elif kind == "no_files":
        ask(cluster.url, f"SELECT pg_terminate_backend(pid) {SESSIONS}")  # else it would open nothing
        world.no_files(rng.uniform(0.5, 2.0))
    elif kind == "cancel":
        ask(cluster.url, f"SELECT pg_cancel_backend(pid) {SESSIONS}")
    else:
        some = " AND random() < 0.5" if kind == "terminate_some" else ""
        ask(cluster.url, f"SELECT pg_terminate_backend(pid) {SESSIONS}{some}")
