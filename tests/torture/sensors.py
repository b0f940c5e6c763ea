"""Sensors under load: each repeats its message, with the same id and payload, until the program answers."""
import random
import selectors
import socket
import struct
import threading
import time
import zlib

import ground  # noqa: F401
from device import ACK, CON, CREATED, POST, UNAVAILABLE, Reply, channel, datagram, measurements
from ground import Failure

TEMPERATURE = 1
REPEAT_SECONDS = (0.25, 0.5, 1.0, 2.0)  # a device of today waits 2 s, then twice as long each time
REST_SECONDS = 0.1  # after 5.03; a device waits for Max-Age
MOST_SAMPLES = 4  # in one message
STRAY_SHARE = 0.05
PERIOD = 29  # seconds; a block holds a day


def raw_value(serial, index):
    """The measurement of a sensor at an index, in tenths of a degree: the checker computes it again."""
    return zlib.crc32(f"{serial}/{index}".encode()) % 1200 - 400


class Sensor:
    """Sends its samples PERIOD seconds apart, as if it had kept them for days. Each has an index, from 0 on."""

    def __init__(self, serial, first, rng):
        self.serial, self.first, self.rng = serial, first, rng
        self.sent = 0  # indexes below it have left the sensor at least once
        self.acknowledged = 0  # so have been acknowledged; messages go out in order
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.datagram, self.tries, self.due, self.message_id = None, 0, 0.0, rng.randrange(65536)
        self.count, self.target = 0, None
        self.old = []  # some of its datagrams
        self.took = []  # (first index, count, position, server) of each acknowledged message

    def time_of(self, index):
        return self.first + index * PERIOD

    def index_of(self, at):
        """Negative for an instant at which it has measured nothing."""
        index, rest = divmod(at - self.first, PERIOD)
        return -1 if rest else index

    def make(self, servers):
        if not self.count:
            self.count = self.rng.randint(1, MOST_SAMPLES)
            self.target = self.rng.choice(servers)
        self.sent = self.acknowledged + self.count
        values = [raw_value(self.serial, i) for i in range(self.acknowledged, self.sent)]
        self.message_id = self.message_id + 1 & 0xFFFF
        self.datagram = self.frame(self.acknowledged, values, self.message_id)
        self.tries = 0
        if self.rng.random() < 0.05:
            self.old.append(self.datagram)

    def put(self, data):
        try:
            self.socket.sendto(data, self.target.coap_address)
        except OSError:  # the port is closed, or an earlier datagram came back as an error
            pass

    def stray(self):
        """A datagram that the network brings late or twice; or another value for an old sample, which must not count:
        of two values the first stays. Nobody waits for the answer. True when one was sent."""
        if self.acknowledged < 200 or self.rng.random() > STRAY_SHARE:
            return False
        if self.old and self.rng.random() < 0.5:
            self.put(self.rng.choice(self.old))
        else:
            index = self.rng.randrange(self.acknowledged // 2)
            self.put(self.frame(index, [raw_value(self.serial, index) + 1], self.message_id + 32768 & 0xFFFF))
        return True

    def frame(self, index, values, message_id):
        payload = measurements(self.serial, channel(TEMPERATURE, self.time_of(index), values), period=PERIOD)
        return datagram(CON, POST, message_id, struct.pack("!H", message_id), "m", payload)

    def send(self, now):
        self.put(self.datagram)
        self.due = now + REPEAT_SECONDS[min(self.tries, len(REPEAT_SECONDS) - 1)]
        self.tries += 1


class Load:
    """All sensors of a scenario, driven by one thread. `servers` may change while it runs."""

    def __init__(self, servers, serials, first, seed, gap=0.0):
        rng = random.Random(seed)
        self.servers, self.gap = list(servers), gap
        self.sensors = [Sensor(serial, first, random.Random(rng.random())) for serial in serials]
        self.acknowledged = self.put_off = self.repeated = self.messages = self.strays = 0
        self.position = int  # called at each acknowledgement
        self.strange = []  # answers that a device must never get
        self.last_acknowledged_at = time.monotonic()
        self.ending, self.draining, self.lock = threading.Event(), threading.Event(), threading.Condition()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.selector = selectors.DefaultSelector()
        for sensor in self.sensors:
            self.selector.register(sensor.socket, selectors.EVENT_READ, sensor)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(10)
        self.selector.close()
        for sensor in self.sensors:
            sensor.socket.close()

    def run(self):
        while not self.ending.is_set():
            now, next_at = time.monotonic(), time.monotonic() + 0.05
            for sensor in self.sensors:
                if not sensor.count and self.draining.is_set():
                    continue
                if sensor.due <= now:
                    self.step(sensor, now)
                next_at = min(next_at, sensor.due)
            for key, _ in self.selector.select(max(0.0, next_at - time.monotonic())):
                self.take(key.data)

    def step(self, sensor, now):
        if not sensor.datagram:
            sensor.make(self.servers)
            self.messages += 1
        elif sensor.tries:
            self.repeated += 1
        self.strays += sensor.stray()
        sensor.send(now)

    def take(self, sensor):
        while True:
            try:
                reply = Reply(sensor.socket.recv(2048), 0)
            except BlockingIOError:
                return
            except OSError:  # "connection refused" of a server that was killed
                continue
            if reply.message_id == sensor.message_id and sensor.datagram:
                self.answered(sensor, reply)

    def answered(self, sensor, reply):
        now = time.monotonic()
        sensor.datagram = None
        if reply.kind == ACK and reply.code == UNAVAILABLE:
            self.put_off += 1
            sensor.due = now + REST_SECONDS
            return
        if reply.kind != ACK or reply.code != CREATED:
            self.strange.append(f"{sensor.serial}: {reply}")
        with self.lock:
            sensor.took.append((sensor.acknowledged, sensor.count, self.position(), sensor.target))
            sensor.acknowledged, sensor.count = sensor.sent, 0
            sensor.due = now + self.gap * sensor.rng.random()
            self.acknowledged += 1
            self.last_acknowledged_at = now
            self.lock.notify_all()

    def wait(self, more, seconds=60.0):
        """Until so many more messages are acknowledged."""
        with self.lock:
            wanted = self.acknowledged + more
            if not self.lock.wait_for(lambda: self.acknowledged >= wanted, seconds):
                raise Failure(f"stuck: {self.acknowledged - wanted + more} of {more} messages "
                              f"acknowledged within {seconds:.0f} s")

    def drain(self, seconds=60.0):
        """No new messages; those on their way are repeated until they are acknowledged."""
        self.draining.set()
        with self.lock:
            if not self.lock.wait_for(lambda: not any(s.count for s in self.sensors), seconds):
                left = [s.serial for s in self.sensors if s.count]
                raise Failure(f"stuck: {len(left)} sensors get no acknowledgement within {seconds:.0f} s, "
                              f"among them {left[0]}")

    def go_on(self):
        self.draining.clear()
