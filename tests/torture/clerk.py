"""People at work: threads that do verbs over HTTP until each has a definite answer, and note the answers."""
import collections
import contextlib
import itertools
import json
import random
import threading
import time

from customer import API, new_serial
from ground import Failure
from web import Client
from world import NO_ANSWER

MOST_SECONDS = 60  # for one verb, violence included
HOOKS_MOST = 18  # of the 20 that an organization may have
TWIN_SHARE = 0.3  # of the verbs with a key, where there are two servers
QUEUE_MOST = 90  # licenses of a sensor; the program takes 100
AGAIN = (429, 503)  # "nothing was changed, come again"
numbers = itertools.count(1)


class Clerk:
    """`keyed` is the share of verbs that carry an Idempotency-Key: these are repeated whenever no answer comes. The
    others are repeated only after an answer that promises that nothing was changed."""

    def __init__(self, world, seed, threads=2, keyed=True, gap=0.0, again=AGAIN):
        self.world, self.keyed, self.gap, self.again = world, float(keyed), gap, again
        self.lock, self.ending = threading.Condition(), threading.Event()
        self.licenses = {serial: 1 for serial in world.serials}  # serial -> how many it must hold
        self.added = []  # serials: may be removed
        self.waiting = []  # (serial, id): may be taken back
        self.hooks, self.orders, self.codes = {}, [], []
        self.organizations = ["Cold Chain"]
        self.may_found = 3  # a user may have so many organizations that have redeemed no code
        self.redeemed = self.removed = self.done = 0
        self.repeated = self.put_off = self.unknown = self.failed = self.twins = 0
        self.pool = world.quantity - len(world.serials)
        self.notes, self.position = [], int  # (position, kind, detail) of each acknowledged verb
        self.kinds, self.wrong, self.stuck = collections.Counter(), [], None
        self.rng = random.Random(seed)
        self.threads = [threading.Thread(target=self.run, args=(random.Random(self.rng.random()),), daemon=True)
                        for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join(MOST_SECONDS + 10)

    def finish(self):
        """Ends after the verbs on their way."""
        self.__exit__()
        if self.stuck or any(thread.is_alive() for thread in self.threads):
            raise Failure(self.stuck or "stuck: a verb has no end")

    def wait(self, more, seconds=60.0):
        with self.lock:
            wanted = self.done + more
            self.lock.wait_for(lambda: self.done >= wanted or self.stuck, seconds)
            if self.done < wanted:
                raise Failure(self.stuck or f"stuck: {wanted - self.done} of {more} verbs without an answer")

    def run(self, rng):
        verbs = {"add": 3, "remove": 2, "plus": 4, "take_back": 2, "redeem": 2, "hook": 3, "unhook": 2, "found": 1,
                 "issue": 2}
        while not self.ending.is_set():
            name = rng.choices(list(verbs), list(verbs.values()))[0]
            if self.pool < 10:
                name = "redeem"
            try:
                if getattr(self, name)(rng):
                    with self.lock:
                        self.done += 1
                        self.kinds[name] += 1
                        self.lock.notify_all()
            except Failure as failure:
                with self.lock:
                    self.stuck = str(failure)
                    self.lock.notify_all()
                return
            self.ending.wait(self.gap * rng.random())

    def ask(self, who, method, path, body, wanted):
        """The definite answer: its JSON ({} for none). None: no answer came, and it cannot be repeated."""
        key = f"torture-{next(numbers)}-{random.getrandbits(64):x}"
        until, said, keyed = time.monotonic() + MOST_SECONDS, "nothing", self.rng.random() < self.keyed
        if keyed and len(self.world.servers) > 1 and self.rng.random() < TWIN_SHARE:
            threading.Thread(target=self.twin, args=(who, method, path, body, key, wanted), daemon=True).start()
        while time.monotonic() < until:
            try:
                answer = self.request(who, method, path, body, {"Idempotency-Key": key} if keyed else None)
            except NO_ANSWER as error:
                said = repr(error)
                if not keyed:
                    self.unknown += 1
                    return None
                self.repeated += 1
                time.sleep(0.05)  # as a program does between two tries
                continue
            if answer.status == wanted:
                return answer.json if answer.body else {}
            said = repr(answer)
            if not keyed and answer.status == 503 and answer.json["code"] == "in_doubt":
                self.unknown += 1  # the program says that it does not know, either
                return None
            self.failed += answer.status == 500
            if answer.status not in self.again:
                self.wrong.append(f"{method} {path} {'with' if keyed else 'without'} a key: {said[:200]}")
                return None
            self.put_off += 1
            time.sleep(0.05)
        raise Failure(f"stuck: {method} {path} for {MOST_SECONDS} s, at last {said[:200]}")

    def twin(self, who, method, path, body, key, wanted):
        """The same request at the same moment, as from a program that did not want to wait."""
        with contextlib.suppress(*NO_ANSWER):
            answer = self.request(who, method, path, body, {"Idempotency-Key": key})
            self.twins += 1
            if answer.status != wanted and answer.status not in self.again:
                self.wrong.append(f"{method} {path}, the same request at the same moment: {answer!r}"[:300])

    def request(self, who, method, path, body, headers):
        """To any server, with a connection and a cookie of its own: threads share `who`."""
        client = Client(random.choice(self.world.servers).http_address)
        client.cookie = who.cookie
        return client.request(method, path, body, headers)

    # The verbs: each notes what must be there, exactly when it was acknowledged.

    def note(self, kind, detail):
        self.notes.append((self.position(), kind, detail))

    def spend(self, count):
        with self.lock:
            self.pool -= count

    def add(self, _):
        serial = new_serial()
        self.spend(1)
        answer = self.ask(self.world.customer, "POST", f"{self.world.customer.org}/sensors", {"serial": serial}, 201)
        if answer is not None:
            with self.lock:
                self.licenses[serial] = self.licenses.get(serial, 0) + 1
                self.added.append(serial)
                self.note("sensor", serial)
        return answer is not None

    def remove(self, rng):
        """Of those that were added since. The license that runs stays with the serial."""
        with self.lock:
            known = [serial for serial in self.added if self.licenses[serial] == 1]
            if not known:
                return False
            serial = rng.choice(known)
            self.added.remove(serial)
        answer = self.ask(self.world.customer, "DELETE", f"{self.world.customer.org}/sensors/{serial}", None, 204)
        if answer is not None:
            with self.lock:
                del self.licenses[serial]
                self.removed += 1
                self.note("removed", serial)
        return answer is not None

    def plus(self, rng):
        with self.lock:
            short = [serial for serial in self.world.serials if self.licenses[serial] < QUEUE_MOST]
        if not short:
            return False
        serial = rng.choice(short)
        self.spend(1)
        path = f"{self.world.customer.org}/sensors/{serial}/licenses"
        answer = self.ask(self.world.customer, "POST", path, {}, 201)
        if answer is not None:
            with self.lock:
                self.licenses[serial] += 1
                self.waiting.append((serial, answer["id"]))
        return answer is not None

    def take_back(self, rng):
        with self.lock:
            if not self.waiting:
                return False
            serial, number = self.waiting.pop(rng.randrange(len(self.waiting)))
        path = f"{self.world.customer.org}/licenses/{number}"
        answer = self.ask(self.world.customer, "DELETE", path, None, 204)
        if answer is not None:
            with self.lock:
                self.licenses[serial] -= 1
            self.spend(-1)
        return answer is not None

    def issue(self, rng):
        reference, quantity = f"order {next(numbers)}", rng.randint(1, 9)
        body = {"quantity": quantity, "term": "P2Y", "reference": reference}
        answer = self.ask(self.world.operator, "POST", f"{API}/operator/activation-codes", body, 201)
        if answer is not None:
            with self.lock:
                self.orders.append(reference)
                self.codes.append((answer["code"], quantity))
        return answer is not None

    def redeem(self, rng):
        with self.lock:
            code, quantity = self.codes.pop() if self.codes else (None, 0)
        if not code:
            return self.issue(rng)
        path = f"{self.world.customer.org}/activation-codes"
        answer = self.ask(self.world.customer, "POST", path, {"code": code}, 201)
        if answer is not None:
            with self.lock:
                self.redeemed += quantity
            self.spend(-quantity)
        return answer is not None

    def hook(self, _):
        with self.lock:
            if len(self.hooks) >= HOOKS_MOST - len(self.threads):
                return False
        url = f"http://127.0.0.1:9/{next(numbers)}"
        body = {"url": url, "events": ["license.expired"]}
        answer = self.ask(self.world.customer, "POST", f"{self.world.customer.org}/webhooks", body, 201)
        if answer is not None:
            with self.lock:
                self.hooks[answer["id"]] = url
                self.note("hook", url)
        return answer is not None

    def unhook(self, rng):
        with self.lock:
            if not self.hooks:
                return False
            number = rng.choice(sorted(self.hooks))
            url = self.hooks.pop(number)
        answer = self.ask(self.world.customer, "DELETE", f"{self.world.customer.org}/webhooks/{number}", None, 204)
        if answer is not None:
            self.note("unhook", url)
        return answer is not None

    def found(self, _):
        with self.lock:
            if self.may_found == 0:
                return False
            self.may_found -= 1
        name = f"Branch {next(numbers)}"
        answer = self.ask(self.world.customer, "POST", f"{API}/organizations", {"name": name, "time_zone": "UTC"}, 201)
        if answer is not None:
            with self.lock:
                self.organizations.append(name)
                self.note("organization", name)
        return answer is not None

    def counts(self):
        return {"verbs": self.done, "verbs_repeated": self.repeated, "verbs_put_off": self.put_off,
                "verbs_unknown": self.unknown, "verbs_500": self.failed, "verbs_twice": self.twins,
                "verbs_wrong": len(self.wrong)}

    def tell(self):
        for line in self.wrong[:10]:
            print("  verb:", json.dumps(line)[1:-1], flush=True)
