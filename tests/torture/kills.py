"""kill -9 at random moments, at chosen system calls, at chosen statements, and during a start."""
import contextlib
import os
import signal
import threading
import time

from calls import CHANGES, KILL_AFTER, KILL_BEFORE, Calls
from checker import Counts, check_audit, check_compaction, check_ledger, check_load, check_samples
from clerk import Clerk
from customer import eventually
from ground import statement
from proxy import Proxy
from reader import Reader
from renewing import Renewing
from sensors import Load
from stores import look, new_store
from world import Serve, World, new_folder

SENSORS, TURNS, FIRST_STARTS, FIRST_START_CALLS = 16, 10, 6, 500
COMPACTION = [statement(name) for name in ("compaction_step_claim", "block_put", "sensor_status_put", "journal_delete")]


def kills(case):
    counts = Counts(kills=0, at_a_start=0)
    with new_folder() as folder, contextlib.ExitStack() as stack:
        if case.store == "sqlite":
            url, preloads = case.url, ("calls", "clock")
        else:
            killer = AtStatement(stack.enter_context(Proxy(case.url)), case.rng)
            url, preloads = killer.proxy.url, ("clock",)
        world = World(url, folder, case.seed, preloads=preloads)
        for _ in range(FIRST_STARTS * case.effort):
            counts.add(first_starts=1, no_start=first_start(case, world))
        if case.store == "sqlite":  # after the first starts, which have had the orders to themselves
            killer = AtCall(folder, case.url, case.rng)
        try:
            world.settle(sensors=SENSORS if case.effort == 1 else 4 * SENSORS)
            renewing = Renewing(world)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.005) as load, \
                    Clerk(world, case.rng.random()) as clerk, Reader(world, load, case.rng.random()) as reader:
                for turn in range(TURNS * case.effort):
                    load.wait(case.rng.randint(1, 200))
                    if case.rng.random() < 0.5:
                        renewing.move_on(hours=5)
                    kill_once(case, counts, world, killer, turn)
                    began = time.monotonic()
                    load.wait(1)
                    counts.most(slowest_answer=time.monotonic() - began)
                load.wait(50)
                world.is_well()
                clerk.finish()
                load.drain()
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors), **clerk.counts(),
                       **reader.counts())
            clerk.tell()
            check_load(world.customer, load, counts)
            check_compaction(world, counts)
            check_samples(world.customer, load.sensors, counts)  # now from blocks alone
            check_ledger(world, clerk, counts)
            renewing.check(world.server, counts)
            check_audit(world.server, counts)
        finally:
            world.server.kill()
    return counts


def kill_once(case, counts, world, killer, turn):
    compaction = bool(turn % 2)
    if compaction:
        world.force_round()
        killer.wait_for_round(world)
    if turn % 3 == 2:
        threading.Event().wait(case.rng.uniform(0, 0.2))  # a random moment
    else:
        killer.order(world.server, compaction)
        for _ in range(4 if compaction else 0):  # round after round, or there would be little to hit
            threading.Event().wait(0.03)
            world.force_round()
        with contextlib.suppress(AssertionError):  # else it is killed now
            eventually(lambda: world.server.process.poll() is not None, 3)
            counts.add(at_the_point=1)
        killer.end()
    world.server.kill()
    counts.add(kills=1, in_compaction=compaction)
    while case.rng.random() < 0.3:
        counts.add(kills=1, at_a_start=start_and_kill(case, world.server, killer))
    began = time.monotonic()
    world.server.start()
    counts.most(slowest_start=time.monotonic() - began)


def start_and_kill(case, server, killer):
    """1 when the kill came before the program listened."""
    killer.order(server, compaction=False)
    timer = threading.Timer(case.rng.uniform(0.01, 0.2), lambda: server.process and server.process.kill())
    timer.start()
    try:
        server.start()
        return 0
    except AssertionError:
        return 1
    finally:
        timer.join()
        killer.end()
        server.kill()


def first_start(case, world):
    """On an empty store, killed somewhere amid it. 1 when the next start fails."""
    with new_folder() as folder, new_store(case.store, folder) as url, contextlib.ExitStack() as stack:
        if case.store == "sqlite":
            killer = AtCall(folder, url, case.rng)
        else:
            killer = AtStatement(stack.enter_context(Proxy(url)), case.rng)
            url = killer.proxy.url
        server = Serve(url, folder, world.clock, preloads=("calls", "clock"))
        killer.order(server, compaction=False, most=case.rng.choice([40, FIRST_START_CALLS]))
        with contextlib.suppress(AssertionError):
            server.start()
        killer.end()
        server.kill()
        try:
            server.start()
        except AssertionError:
            print(f"  no start after one that was killed: {world.last_log(server)}", flush=True)
            return 1
        finally:
            server.kill()
        return 0


class AtCall:
    """Kills at a system call that changes the SQLite store's files."""

    def __init__(self, folder, url, rng):
        self.rng, self.calls = rng, Calls(folder, os.path.dirname(url.removeprefix("sqlite:")))

    def wait_for_round(self, world):
        """Until a step of compaction is written."""
        def step():
            return look(world.url, "SELECT hex(max(value)) FROM store_fact WHERE name = 'compaction_step'")
        before = step()
        eventually(lambda: step() != before)

    def order(self, _, compaction, most=60):
        self.calls.order(CHANGES, self.rng.randrange(100 if compaction else most), 1,
                         self.rng.choice([KILL_BEFORE, KILL_AFTER]))

    def end(self):
        self.calls.end()


class AtStatement:
    """Kills when a statement reaches PostgreSQL: before it runs, or shortly after."""

    def __init__(self, proxy, rng):
        self.proxy, self.rng = proxy, rng

    def wait_for_round(self, world):
        """The statement says it."""

    def order(self, server, compaction, most=200):
        wanted = self.rng.choice(COMPACTION) if compaction else ""
        left = self.rng.randrange(6 if compaction else most)

        def look(connection):
            nonlocal left
            if wanted and wanted not in connection.names:
                return
            left -= 1
            if left < 0 and server.process:
                self.proxy.on_run = None
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server.process.pid, signal.SIGKILL)
        self.proxy.on_run = look

    def end(self):
        self.proxy.on_run = None
