"""A midnight at which every license ends and is renewed from the pools, while sensors send.

Beside it, on the same copy of the store in the same run, the bare SQL that writes the same
rows in steps of 10,000 sensors, with nobody else at work.
"""
import json
import re
import subprocess
import sys
import time

from program import Program, clock_environment

BEFORE_SECONDS = 8      # the server's clock at its start stands as long before midnight
AFTER_SECONDS = 90      # and this is the longest that it may take, or
AFTER_TIMES = 3         # as many times what the bare SQL takes
RATE = 2000             # messages a second: a million sensors that send every eight minutes
OUTSTANDING = 256
STEP_ORGANIZATIONS = 10

TABLE = ("CREATE TEMP TABLE step (organization_id BIGINT, sensor_id BIGINT, key_id BIGINT, license_id BIGINT,"
         " serial TEXT, key TEXT, place BIGINT)")
DUE = """
WITH line AS (
    SELECT organization_id, id, serial, coverage_ends_at,
           row_number() OVER (PARTITION BY organization_id ORDER BY coverage_ends_at, serial) AS place
      FROM sensor
     WHERE organization_id IN ({ids}) AND auto_renewal AND removed_at IS NULL AND coverage_ends_at <= {midnight}),
pool AS (
    SELECT organization_id, id, key, quantity - assigned - withdrawn AS free,
           sum(quantity - assigned - withdrawn) OVER (PARTITION BY organization_id ORDER BY redemption) AS upto
      FROM license_key
     WHERE organization_id IN ({ids}) AND assigned + withdrawn < quantity)
INSERT INTO step (organization_id, sensor_id, key_id, license_id, serial, key, place)
SELECT line.organization_id, line.id, pool.id, {random}, line.serial, pool.key, line.place
  FROM line
  JOIN pool ON pool.organization_id = line.organization_id
           AND line.place > pool.upto - pool.free AND line.place <= pool.upto"""
STATEMENTS = [
    "UPDATE organization SET version = version + 1 WHERE id IN ({ids})",
    DUE,
    "INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, expires_at, assigned_at, assigned_by,"
    " cause) SELECT organization_id, license_id, sensor_id, key_id, {midnight}, {midnight} + 86400, {midnight},"
    " 'system', 'auto_renewal' FROM step",
    "UPDATE sensor SET coverage_ends_at = {midnight} + 86400, last_starts_at = {midnight}, version = organization.version"
    " FROM step JOIN organization ON organization.id = step.organization_id"
    " WHERE sensor.organization_id = step.organization_id AND sensor.id = step.sensor_id",
    "UPDATE license_key SET assigned = assigned + taken.count"
    " FROM (SELECT organization_id, key_id, count(*) AS count FROM step GROUP BY organization_id, key_id) AS taken"
    " WHERE license_key.organization_id = taken.organization_id AND license_key.id = taken.key_id",
    "INSERT INTO audit_entry (organization_id, sequence, at, actor_kind, actor_id, actor_name, action, object_kind,"
    " object_id, before, after, hash) SELECT step.organization_id, audit_chain.sequence + step.place, {midnight},"
    " 'system', 0, 'system', 'license.renew', 'sensor', step.serial, 'null',"
    " '{{\"license\":\"' || step.license_id || '\",\"key\":\"' || step.key ||"
    " '\",\"starts_at\":\"2027-01-01T00:00:00Z\",\"expires_at\":\"2027-01-02T00:00:00Z\"}}', audit_chain.hash"
    " FROM step JOIN audit_chain ON audit_chain.organization_id = step.organization_id",
    "UPDATE audit_chain SET sequence = audit_chain.sequence + taken.count"
    " FROM (SELECT organization_id, count(*) AS count FROM step GROUP BY organization_id) AS taken"
    " WHERE audit_chain.organization_id = taken.organization_id",
    "DELETE FROM step",
]
RANDOM = {"SQLite": "abs(random())", "PostgreSQL": "(random() * 9e18)::bigint"}
COUNT = "SELECT sum(assigned) FROM license_key"


def bare_step(run, store, ids, midnight):
    run("BEGIN IMMEDIATE" if store.name == "SQLite" else "BEGIN")
    for statement in STATEMENTS:
        run(statement.format(ids=", ".join(ids), midnight=midnight, random=RANDOM[store.name]))
    run("COMMIT")


def bare(store, midnight):
    """Seconds that the bare SQL takes, and its longest transaction."""
    taken = []
    with store.open("bare") as run:
        ids = [str(row[0]) for row in run("SELECT id FROM organization ORDER BY id")]
        run(TABLE)
        for at in range(0, len(ids), STEP_ORGANIZATIONS):
            began = time.monotonic()
            bare_step(run, store, ids[at:at + STEP_ORGANIZATIONS], midnight)
            taken.append(time.monotonic() - began)
        if int(run(COUNT)[0][0]) != int(run("SELECT count(*) FROM license")[0][0]):
            sys.exit("bench: the bare SQL has not renewed all")
    return sum(taken), max(taken)


def wait_for_renewals(run, sensors, until):
    while time.monotonic() < until:
        if int(run(COUNT)[0][0]) >= 2 * sensors:
            return time.monotonic()
        time.sleep(0.05)
    return None


def tenure(bench, store, midnight, after):
    """The same under way in the server, whose sensors send across the midnight."""
    offset = midnight - BEFORE_SECONDS - int(time.time())
    environment = clock_environment(bench.clock, offset)
    server = Program([bench.build / "tenure", "serve", "--json", "--store", store.url("tenure"),
                      "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"], bench.folder / "midnight.log", environment)
    start = time.monotonic() + (midnight - offset - time.time())
    port = json.loads(server.first_line)["coap"].rsplit(":", 1)[1]
    load = subprocess.Popen([bench.build / "bench/bench_load", port, str(bench.sensors), str(OUTSTANDING),
                             str(BEFORE_SECONDS + bench.midnight_seconds), str(RATE)],
                            stdout=subprocess.PIPE, text=True, env=environment)
    time.sleep(max(0, start - time.monotonic()))
    with store.open("tenure") as run:
        done = wait_for_renewals(run, bench.sensors, start + after)
    answers = json.loads(load.communicate(timeout=bench.midnight_seconds + 120)[0])
    log = server.stop()
    counts = re.search(r"writer\.stopped .*?packets=(\d+) samples_saved=(\d+) samples_refused=(\d+)", log)
    packets, saved, refused = map(int, counts.groups())
    return {"seconds": done and done - start, "longest": answers["longest_us"] / 1e6, "p99": answers["p99_us"] / 1e6,
            "messages": packets, "refused": packets * 24 - saved, "wrong": answers["wrong"] + answers["lost"]}


def midnight_after_seed(store):
    with store.open("seeded") as run:
        return int(run("SELECT max(coverage_ends_at) FROM sensor")[0][0])


def measure(bench, store):
    bench.seed(store)
    midnight = midnight_after_seed(store)
    store.copy("seeded", "bare")
    bare_seconds, bare_longest = bare(store, midnight)
    store.copy("seeded", "tenure")
    after = max(AFTER_SECONDS, AFTER_TIMES * bare_seconds)
    found = tenure(bench, store, midnight, after)
    print(f"\nMidnight, {store.name}: {bench.sensors:,} licenses end and renew, {RATE:,} messages a second meanwhile")
    taken = found["seconds"] or after
    print(f"  {'renewed in' if found['seconds'] else 'not done after':<21} {taken:6.1f} s; the bare SQL takes {bare_seconds:.1f} s:"
          f" ratio {taken / bare_seconds:.2f}   (bar: at most 2)")
    print(f"  longest wait          {found['longest']:6.3f} s for an acknowledgement, p99 {found['p99']:.3f} s"
          f"   (bar: at most 0.25; the bare SQL's longest step {bare_longest:.3f} s)")
    print(f"  refused               {found['refused']:6d} samples of {found['messages'] * 24:,};"
          f" {found['wrong']} wrong or missing answers   (bar: none)")
