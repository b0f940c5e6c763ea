"""Reads while all else goes on: what was acknowledged before a read began is in its answer, also amid compaction.

Of two servers each shows what it took itself; what the other one took may come later."""
import random
import threading

from customer import instant, written
from sensors import raw_value
from web import Client
from world import NO_ANSWER

WINDOW = 250  # samples looked at in one read


class Reader:
    def __init__(self, world, load, seed):
        self.world, self.load, self.rng = world, load, random.Random(seed)
        self.reads = self.missed = self.doubled = self.wrong = self.later = 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(30)

    def run(self):
        while not self.ending.wait(0.01):
            sensor = self.rng.choice(self.load.sensors)
            until = sensor.acknowledged
            first = max(0, until - WINDOW)
            server = self.rng.choice(self.world.servers)
            wanted = {i for begin, count, _, took in list(sensor.took[-WINDOW:]) for i in range(begin, begin + count)
                      if first <= i < until and took is server}
            items = self.read(server, sensor, first)
            if items is not None:
                self.look(sensor, wanted, items)

    def read(self, server, sensor, first):
        """Page by page, of any length: compaction goes on between them. None when an answer fails."""
        client = Client(server.http_address)
        client.cookie = self.world.customer.cookie
        path = f"{self.world.customer.org}/sensors/{sensor.serial}/measurements"
        query, items = {"from_": written(sensor.time_of(first)), "limit": self.rng.randint(20, 600)}, []
        while True:
            try:
                answer = client.get(path, **query)
            except NO_ANSWER:
                return None
            if answer.status != 200:
                return None
            items += answer.json["items"]
            query["cursor"] = answer.json["next"]
            if not query["cursor"]:
                return items

    def look(self, sensor, wanted, items):
        indexes = [sensor.index_of(instant(item["at"])) for item in items]
        there = set(indexes)
        missed = sorted(wanted - there)
        self.reads += 1
        self.missed += len(missed)
        self.doubled += len(indexes) - len(there)
        off = [round(item["value"] * 10) - raw_value(sensor.serial, i) for i, item in zip(indexes, items)]
        self.later += off.count(1)  # Sensor.stray()
        self.wrong += sum(by not in (0, 1) for by in off)
        if missed and self.missed < 100:
            print(f"  a read of {sensor.serial} misses {len(missed)} of {len(wanted)} samples, from {missed[0]} on",
                  flush=True)

    def counts(self):
        later = "later_won" if len(self.world.servers) == 1 else "reads_later"  # until the first value is compacted
        return {"reads": self.reads, "missed": self.missed, "doubled": self.doubled, "reads_wrong": self.wrong,
                later: self.later}
