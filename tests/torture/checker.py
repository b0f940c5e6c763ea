"""Holds what the program promised: every acknowledged sample once, every acknowledged verb once."""
import collections

import ground  # noqa: F401
from customer import eventually, instant
from ground import Failure
from sensors import raw_value
from stores import look

COMPACTED_SECONDS = 40


class Counts(dict):
    """Named counts of a scenario; those in FAULTS must be zero in the end."""

    FAULTS = ("no_start", "gone", "stuck", "lost", "missed", "doubled", "wrong", "reads_wrong", "later_won",
              "never_sent", "strange", "verbs_wrong", "audit_broken", "deadlocks", "taken_back_and_saved",
              "saved_unlicensed", "saved_past_end", "covered_lost", "forms_differ", "not_put_off", "second_started",
              "renewals_wrong")

    def add(self, **more):
        for name, number in more.items():
            self[name] = self.get(name, 0) + number
        return self

    def most(self, **seconds):
        """The longest of what was measured, in milliseconds."""
        for name, value in seconds.items():
            self[f"{name}_ms"] = max(self.get(f"{name}_ms", 0), round(1000 * value))
        return self

    def line(self):
        return " ".join(f"{name}={value}" for name, value in self.items())

    def pass_over(self, name):
        """Counted, and no fault in this scenario."""
        if name in self:
            self[f"{name}_passed_over"] = self.pop(name)

    def faults(self):
        return [f"{name}={self[name]}" for name in self.FAULTS if self.get(name)]


def read_samples(customer, serial):
    """Index-free: a list of (instant, tenths of a degree), as often as the program tells them."""
    return [(instant(item["at"]), round(item["value"] * 10)) for item in customer.measurements(serial, limit=1000)]


def check_samples(customer, sensors, counts, maybe_lost=()):
    """Compares each sensor's readings with what it sent. Gives the serials that lost something."""
    worse = []
    for sensor in sensors:
        seen = {}
        for at, value in read_samples(customer, sensor.serial):
            seen.setdefault(sensor.index_of(at), []).append(value)
        lost = [i for i in range(sensor.acknowledged) if i not in seen]
        later = sum(values[0] == raw_value(sensor.serial, i) + 1 for i, values in seen.items())  # Sensor.stray()
        counts.add(checked=sensor.acknowledged, lost=len(lost), later_won=later,
                   doubled=sum(len(values) - 1 for values in seen.values()),
                   wrong=sum(values[0] != raw_value(sensor.serial, i) for i, values in seen.items()) - later,
                   never_sent=sum(not 0 <= i < sensor.sent for i in seen))
        counts.add(forms_differ=check_forms(customer, sensor.serial, len(seen)))
        if lost:
            worse.append((sensor.serial, lost))
    return worse


def check_forms(customer, serial, count):
    """0 when CSV and the days' counts tell of as many samples."""
    path = f"{customer.org}/sensors/{serial}/measurements"
    lines = customer.get(path, headers={"Accept": "text/csv"}).body.splitlines()
    days = customer.items(path, resolution="1d", limit=1000)
    return int(len(lines) - 1 != count or sum(day["count"] for day in days) != count)


def check_load(customer, load, counts):
    """All that the load sent and the program acknowledged."""
    for name in ("messages", "put_off", "repeated", "strays"):
        counts.add(**{name: getattr(load, name)})
    counts.add(strange=len(load.strange))
    return check_samples(customer, load.sensors, counts)


def check_compaction(world, counts):
    """With nothing new to come, all messages move into blocks; after two hours those, too, whose commit reached
    PostgreSQL after a kill and the next start. Before the samples are read."""
    for _ in range(2):
        world.force_round()
    try:
        eventually(lambda: look(world.url, "SELECT count(*) FROM journal") == "0", COMPACTED_SECONDS)
    except AssertionError:
        counts.add(stuck=1)
        print(f"  {look(world.url, 'SELECT count(*) FROM journal')} messages are not compacted within "
              f"{COMPACTED_SECONDS} s: {world.last_log(world.server)}", flush=True)


def check_audit(server, counts):
    done = server.command("audit", "verify")
    counts.add(audit_broken=int(done.code != 0))
    if done.code:
        print("  audit verify:", done.out.strip(), done.err.strip(), flush=True)


def difference(got, wanted):
    if not isinstance(wanted, list):
        return f"{got}, not {wanted}"
    got, wanted = collections.Counter(got), collections.Counter(wanted)
    return f"too many {dict(got - wanted)}, too few {dict(wanted - got)}"


def check_ledger(world, clerk, counts):
    """Licenses left and assigned make the quantity; each verb took hold once."""
    customer = world.customer
    wrong = []

    def expect(what, got, wanted):
        counts.add(verbs_checked=1)
        if got != wanted:
            wrong.append(f"{what}: {difference(got, wanted)}")

    left = customer.manager(limit=1)["licenses_left"]
    rows = [item["serial"] for item in customer.items(f"{customer.org}/sensors", limit=1000)]
    held = {serial: len(customer.licenses(serial)) for serial in set(rows)}
    expect("left and assigned licenses", left + sum(held.values()) + clerk.removed, world.quantity + clerk.redeemed)
    for serial, count in clerk.licenses.items():
        expect(f"licenses of {serial}", held.get(serial, 0), count)
    expect("sensors", sorted(rows), sorted(clerk.licenses))
    hooks = [item["url"] for item in customer.items(f"{customer.org}/webhooks", limit=1000)]
    expect("webhooks", sorted(hooks), sorted(clerk.hooks.values()))
    orders = [item["reference"] for item in world.operator_items()]
    expect("issued codes", sorted(r for r in orders if r), sorted(clerk.orders))
    names = [one["name"] for one in customer.get("/api/v1/session").json["organizations"]]
    expect("organizations", sorted(names), sorted(clerk.organizations))
    # A verb whose outcome the program does not know may show in two places, and in no more.
    counts.add(verbs_wrong=max(0, len(wrong) - 2 * clerk.unknown))
    for line in wrong[:10]:
        print("  ledger:", line[:300], flush=True)
    return wrong


def must_hold(counts):
    if faults := counts.faults():
        raise Failure(", ".join(faults))
