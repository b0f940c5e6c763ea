"""A second `serve` on one SQLite store (SQLite alone: on PostgreSQL it is allowed)."""
from checker import Counts, check_load
from ground import Failure
from sensors import Load
from world import Serve, World, new_folder

TRIES = 3


def second(case):
    """It is refused with a reason, each time; the first one goes on and loses nothing. Once the first one is gone, also
    by kill -9, the next one starts."""
    counts = Counts()
    with new_folder() as folder, new_folder() as aside:
        world = World(case.url, folder, case.seed)
        other = Serve(case.url, aside, world.clock, secret=world.server.secret)
        try:
            world.settle(sensors=4)
            with Load([world.server], world.serials, world.first, case.rng.random(), gap=0.02) as load:
                for _ in range(TRIES * case.effort):
                    load.wait(20)
                    counts.add(tries=1, second_started=starts(other))
                    load.wait(20)
                    world.server.kill()
                    world.server.start()
                load.drain()
            counts.add(acknowledged=sum(sensor.acknowledged for sensor in load.sensors))
            check_load(world.customer, load, counts)
            world.server.kill()
            if not starts(other):
                raise Failure(f"stuck: after kill -9 of the first one no other starts: {world.last_log(other)}")
        finally:
            other.kill()
            world.server.kill()
    return counts


def starts(server):
    """1 when it listens; then it is killed."""
    try:
        server.start()
    except AssertionError:
        return 0
    server.kill()
    return 1
