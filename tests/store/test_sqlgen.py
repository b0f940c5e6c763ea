#!/usr/bin/env python3
"""What tools/sqlgen.py refuses, with a reason that names the statement. Runs as a test."""
import pathlib
import re
import subprocess
import sys
import tempfile

GOOD = "-- name: a :many\n-- in: x int64\n-- out: y text\nSELECT y FROM t WHERE x = :x;\n"
# Said once, with its field, and included twice in one statement.
SHARED = ("-- fragment: f\n-- in: x int64\n-- Prose.\nx = :x\n\n"
          "-- name: a :many\n-- out: y text\nSELECT y FROM t WHERE\n  -- include: f\n OR NOT\n  -- include: f\n;\n")
# `b` takes less of the row, and by another name only its columns.
LIKE = (GOOD.replace("-- out", "-- in: z text\n-- out").replace("= :x", "= :x OR y = :z")
        + "-- name: b :many\n-- like: a\nSELECT y FROM u WHERE z = :z;\n"
        + "-- name: c :one\n-- in: w int64\n-- like: b out\nSELECT y FROM u WHERE z = :w;\n")
# The fields of a fragment stand in the shared row already.
LIKE_SHARED = SHARED + "-- name: b :many\n-- like: a\nSELECT y FROM u WHERE\n-- include: f\n;\n"
REFUSED = [  # (queries, a part of the reason)
    (GOOD + GOOD, "a: stands twice"),
    (GOOD.replace(":many", ":some"), "a: unknown arity :some"),
    (GOOD.replace("int64", "int32"), "a: unknown kind"),
    (GOOD.replace("int64", "text?"), "a: unknown kind"),
    (GOOD.replace("int64", "int64[0]"), "a: an array"),
    (GOOD.replace("text", "text[2]"), "a: an array"),
    (GOOD.replace("int64", "int64[513]"), "a: has too many parameters"),
    (GOOD.replace("-- in: x int64", "-- in: x"), "a: cannot read"),
    (GOOD.replace("-- name: a :many", "-- name: a"), "cannot read"),
    (GOOD.replace("-- in: x int64\n", ""), "a: sqlite: the parameter :x is not declared"),
    (GOOD.replace("= :x", "= ':x'"), "a: sqlite: declared but not used: ['x']"),
    (GOOD.replace("= :x", "= 1 -- :x"), "a: sqlite: declared but not used: ['x']"),
    (GOOD.replace("= :x", "= 1::x"), "a: sqlite: declared but not used: ['x']"),
    (GOOD.replace("-- in: x int64", "-- in: x int64\n-- in: x int64"), "a: x stands twice"),
    (GOOD.replace("-- out: y text\n", ""), "a: :many needs columns"),
    (GOOD.replace(":many", ":exec"), "a: :exec has no columns"),
    (GOOD.replace("SELECT", "-- for: sqlite\nSELECT"), "a: needs a text for each of"),
    (GOOD.replace("SELECT y", "SELECT {int}"), "unknown word {int}"),
    ("SELECT 1;\n" + GOOD, "SQL before the first"),
    (SHARED.replace("fragment: f", "fragment: g", 1), "no fragment f stands before"),
    (GOOD + SHARED, "a: stands twice"),
    (SHARED + "-- fragment: f\nx\n", "the fragment f stands twice"),
    (SHARED + "-- fragment: g\nx\n", "fragments that nothing includes: ['g']"),
    (SHARED.replace("-- out: y text\n", "-- out: y text\n-- in: x int64\n"), "a: x stands twice"),
    (LIKE.replace("like: a", "like: b"), "b: no statement b stands before it"),
    (LIKE.replace("like: a", "like: a both"), "b: cannot read '-- like: a both'"),
    (LIKE.replace("-- like: a", "-- in: x int64\n-- like: a"), "b: says its `in` twice"),
    (LIKE.replace("-- like: a", "-- like: a\n-- in: v int64"), "b: has the `in` of a: v cannot be added"),
    (LIKE.replace("-- like: a", "-- like: a\n-- like: a"), "b: says its `in` twice"),
    (LIKE.replace("like: b out", "like: b"), "c: says its `in` twice"),
    (LIKE.replace("z = :z;", "z = :v;"), "b: sqlite: the parameter :v is not declared"),
    (LIKE.replace("SELECT y FROM u WHERE z = :z;", "-- for: sqlite\nSELECT :z;\n-- for: postgres\nSELECT :x;"),
     "b: sqlite: declared but not used: ['x']"),
    (LIKE.replace("y = :z", "y = 1").replace("z = :z", "z = 1"), "a: declared but not used by any"),
    (LIKE.replace("b :many", "b :exec"), "b: :exec has no columns"),
    (GOOD + "-- name: b :exec\nSELECT 1;\n-- name: c :exec\n-- like: b\nSELECT 1;", "c: b has no fields"),
    (GOOD + "-- name: b :exec\nSELECT 1;\n-- name: c :exec\n-- like: b in\nSELECT 1;", "c: b has no `in`"),
]


def text_of(text):
    """The statement's SQL as it is written for SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        generate(text, folder)
        found = re.search(r'\.sqlite = "(.*)"', pathlib.Path(folder, "statements.c").read_text())
        return found[1]


def generate(text, folder):
    source = pathlib.Path(folder, "q.sql")
    source.write_text(text)
    tool = pathlib.Path(__file__).resolve().parents[2] / "tools" / "sqlgen.py"
    return subprocess.run([sys.executable, tool, source, "--into", folder],
                          capture_output=True, text=True, check=False)


def run(text):
    with tempfile.TemporaryDirectory() as folder:
        done = generate(text, folder)
        return done.returncode, done.stderr


def faults_of_like():
    with tempfile.TemporaryDirectory() as folder:
        done = generate(LIKE, folder)
        if done.returncode:
            yield f"a row type is not shared: {done.stderr}"
            return
        header = pathlib.Path(folder, "statements.h").read_text()
        source = pathlib.Path(folder, "statements.c").read_text()
    for wanted in ("b(struct db *db, const struct a_in *in, struct a_out **out,",
                   "c(struct db *db, const struct c_in *in, struct a_out *out)"):
        if wanted not in header:
            yield f"the header does not say: {wanted}"
    if re.search(r"struct (b_in|b_out|c_out) {", header):
        yield "a shared row type is declared again"
    bound = source.split("statement_b = {")[1].split("};")[0]
    if "offsetof(struct a_in, z)" not in bound or "offsetof(struct a_in, x)" in bound or ".in_count = 1," not in bound:
        yield f"b binds something else than z:\n{bound}"


def faults():
    if run(GOOD) != (0, ""):
        yield f"a good one is refused: {run(GOOD)[1]}"
    if run(SHARED) != (0, "") or text_of(SHARED) != "SELECT y FROM t WHERE x = ?1 OR NOT x = ?1":
        yield f"a fragment is not included: {run(SHARED)[1]}"
    yield from faults_of_like()
    if run(LIKE_SHARED) != (0, ""):
        yield f"a row type of a fragment's fields is not shared: {run(LIKE_SHARED)[1]}"
    for text, reason in REFUSED:
        code, said = run(text)
        if code != 1 or reason not in said:
            yield f"said {said.strip()!r} ({code}), not {reason!r}, to:\n{text}"


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) or "sqlgen refuses what it should")
    sys.exit(bool(found))
