#!/usr/bin/env python3
"""No statement reads all of an organization where an index would do. Runs as a test.

    plans.py ROOT

Asks SQLite how it would run each statement of sql/queries on a store without rows, as the
program does (sql/migrations says what the planner is told), and refuses a look at sensors,
licenses, measurements or messages that is narrowed by nothing or by the organization
alone; and a page that does not begin at its cursor.
"""
import pathlib
import re
import sqlite3
import sys

sys.dont_write_bytecode = True
LARGE = {"sensor", "license", "journal", "block", "refusal", "alert", "outbox"}
TOLD = {  # these say in sql/queries that they do
    "organization_counts_page", "clock_leftovers", "clock_reset_messages", "clock_reset_sensors", "clock_reset_refusals",
    "clock_reset_journal", "journal_index_load", "journal_of_sensor",
    # By an index of what is open, or still to be told, alone:
    "alerts_end_of_rule", "alert_mail_due", "alert_mail_next_at", "alert_mail_last",
    "alert_mail_batch_insert", "alerts_set_mailed",
}
TURN = "SEARCH outbox USING INDEX outbox_turns (kind=? AND (organization_id,target,next_try_at)>(?,?,?))"
CURSORS = {  # what the plan of a page must say
    "audit_log_page": "(organization_id=? AND sequence<?) LIST SUBQUERY 1 SEARCH user_account USING COVERING INDEX",
    "manager_page_by_serial": "serial>?", "manager_page_by_name": "(name_folded,serial)>(?,?)",
    "manager_page_by_end": "(coverage_ends_at,serial)>(?,?)",
    "manager_page_by_start": "(last_starts_at,serial)>(?,?)",
    "outbox_due": "SEARCH outbox USING INDEX outbox_due (kind=? AND next_try_at<?)",
}


def plans(root):
    """(name, lines of the plan) of each statement."""
    sys.path.insert(0, str(root / "tools"))
    import sqlgen
    store = sqlite3.connect(":memory:")
    for path in sorted((root / "sql/migrations").glob("*.sql")):
        store.executescript(sqlgen.rewrite(sqlgen.parts_of(path)["sqlite"], "sqlite", str(path), str))
    for statement in sqlgen.parse_all((root / "sql/queries").glob("*.sql")):
        text = statement.text_for("sqlite")
        rows = store.execute("EXPLAIN QUERY PLAN " + text, [1] * statement.parameter_count())
        yield statement.name, text, [row[3] for row in rows]


def table_of(alias, text):
    found = re.search(rf"\b(\w+) AS {alias}\b", text)
    return found[1] if found else alias


def faults(root):
    for name, text, plan in plans(root):
        if CURSORS.get(name, "") not in " ".join(plan):
            yield f"{name}: the page does not begin at its cursor"
        if name == "outbox_turns" and plan.count(TURN) != 2:  # for the first target, and for the next one
            yield f"{name}: it reads more than one entry of the index for a target"
        for line in plan:
            found = re.match(r"(?:SCAN (\w+)|SEARCH (\w+) .*\(organization_id=\?\))(?: |$)", line)
            if found and table_of(found[1] or found[2], text) in LARGE and name not in TOLD:
                yield f"{name}: {line}"


if __name__ == "__main__":
    wrong = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(wrong) or "no statement reads more than it has to")
    sys.exit(bool(wrong))
