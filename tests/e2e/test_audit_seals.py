"""The seals of the audit log from outside: what a person with the database, and without the secret file, cannot do."""
import re

from customer import Customer
from program import first_start
from stores import both_stores, change, look


def verify(server, *more):
    told = server.command("audit", "verify", "--json", *more)
    assert told.code == (0 if told.json["ok"] else 1), told.err
    return told.json


@both_stores
def test_the_log_is_sealed_and_compared_with_a_kept_head(server):
    Customer.onboard(server, 2).sensor()
    first = verify(server)
    assert first["ok"] and first["seals"]["unsealed_entries"] > 0
    told = server.command("audit", "head")
    assert told.code == 0 and re.fullmatch(r"\d+-[0-9a-f]{64}\n", told.out), told.out
    head = told.out.strip()
    second = verify(server, "--head", head)
    assert second["ok"] and second["seals"]["unsealed_entries"] == 0 and second["seals"]["since"]
    assert server.command("audit", "head", "--json").json == {"head": head}, "nothing new, no new seal"
    text = server.command("audit", "verify")
    assert text.code == 0 and re.search(r"Seals 1 to \d+ hold: a log that was rewritten after \S+Z is found", text.out), text.out

    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    differs = verify(server, "--head", other)
    assert not differs["ok"] and "differs from the given head" in differs["seals"]["detail"]
    bad = server.command("audit", "verify", "--head", "nonsense")
    assert bad.code == 2 and "--head" in bad.err, bad.err


@both_stores
def test_removed_entries_and_seals_are_named(server):
    customer = Customer.onboard(server, 2)
    customer.sensor()
    assert server.command("audit", "head").code == 0
    last = int(look(server.store_url, "SELECT max(sequence) FROM audit_entry WHERE organization_id > 0"))
    change(server.store_url, f"DELETE FROM audit_entry WHERE organization_id > 0 AND sequence = {last}")
    change(server.store_url, f"UPDATE audit_chain SET sequence = {last - 1}, sealed = {last - 1}, hash = (SELECT hash FROM"
           f" audit_entry AS e WHERE e.organization_id = audit_chain.organization_id AND e.sequence = {last - 1})"
           " WHERE organization_id > 0")
    found = verify(server)
    assert not found["ok"] and [(flaw["entry"], flaw["detail"]) for flaw in found["flaws"]] == [(last, "is missing")]
    seals = look(server.store_url, "SELECT count(*) FROM audit_seal")
    assert not verify(server)["ok"] and look(server.store_url, "SELECT count(*) FROM audit_seal") == seals, "no seal over it"
    change(server.store_url, "DELETE FROM audit_seal")
    text = server.command("audit", "verify")
    assert text.code == 1 and "The seals do not hold: all seals are missing" in text.out, text.out


@both_stores
def test_a_store_of_an_older_version_gets_a_checkpoint(server):
    Customer.onboard(server, 2)
    server.stop()
    for table in ("audit_seal", "audit_seal_top"):
        change(server.store_url, f"DELETE FROM {table}")
    change(server.store_url, "UPDATE audit_chain SET sealed = 0")
    found = server.command("audit", "verify")
    assert found.code == 1 and "there are no seals" in found.out, found.out
    first_start(*server.store_arguments(), env=server.environment())
    assert look(server.store_url, "SELECT count(*) FROM audit_entry WHERE action = 'audit.checkpoint'") == "1"
    assert verify(server)["ok"]
    first_start(*server.store_arguments(), env=server.environment())
    assert look(server.store_url, "SELECT count(*) FROM audit_entry WHERE action = 'audit.checkpoint'") == "1"
