"""Reads while all else goes on: what was acknowledged before a read began is in its answer, also amid compaction."""
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
        self.reads = self.missed = self.doubled = self.wrong = 0
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
            answer = self.read(sensor, first)
            if answer and answer.status == 200:
                self.look(sensor, first, until, answer.json)

    def read(self, sensor, first):
        client = Client(self.world.server.http_address)
        client.cookie = self.world.customer.cookie
        path = f"{self.world.customer.org}/sensors/{sensor.serial}/measurements"
        try:
            return client.get(path, from_=written(sensor.time_of(first)), limit=1000)
        except NO_ANSWER:
            return None

    def look(self, sensor, first, until, page):
        indexes = [sensor.index_of(instant(item["at"])) for item in page["items"]]
        missed = [i for i in range(first, until) if i not in set(indexes)] if not page["next"] else []
        self.reads += 1
        self.missed += len(missed)
        self.doubled += len(indexes) - len(set(indexes))
        self.wrong += sum(round(item["value"] * 10) != raw_value(sensor.serial, i)
                          for i, item in zip(indexes, page["items"]))
        if missed and self.missed < 100:
            print(f"  a read of {sensor.serial} from {first} misses {len(missed)} samples below {until}, "
                  f"the first {missed[0]}", flush=True)

    def counts(self):
        return {"reads": self.reads, "missed": self.missed, "doubled": self.doubled, "wrong": self.wrong}
