#!/usr/bin/env python3
"""Turns sql/queries/*.sql and sql/migrations/*.sql into C.

    sqlgen.py SQL... --into DIR [--name statements] [--from 0]

A statement is named and says what goes in and what comes out:

    -- name: sensors_by_ids :many
    -- Prose for the header.
    -- in:   ids       int64[32]     (an array: `IN (:ids)`; pad by repeating one)
    -- out:  serial    text
    -- out:  ended_at  int64?        (NULL is told from 0)
    SELECT serial, ended_at FROM sensor WHERE id IN (:ids);

Kinds: int64 int64? bool real text bytes. Arities: one maybe many each exec
batch. `-- for: sqlite` and `-- for: postgres` part two texts. The {words}
below are spelled for each database. What is checked here: every :parameter is
declared and every declared one is used, and no name stands twice; the rest is
checked by tests/store/test_statements.c, which runs all of them.

What several statements of a file say alike is said once, before them:

    -- fragment: sensor_filter
    -- in:   q  text
    sensor.removed_at IS NULL AND sensor.name_folded LIKE :q

and stands, with its fields, wherever a line says `-- include: sensor_filter`.

Statements that take or give the same fields share a row type, so that C needs
one function for all of them. `-- like: alerts_page` gives a statement the `in`
and the `out` of a statement that stands before it, in this file, in core.sql or
in one that sorts before it; `-- like: alerts_page out` gives it only the `out`.
A statement binds the fields of a shared `in` that it uses; one of those that
share it has to use each field.

Writes NAME.h and NAME.c, and migrations.c when there are migrations.
"""
import argparse
import pathlib
import re
import sys

C_TYPE = {"int64": "int64_t ", "int64?": "struct optional_int64 ", "bool": "bool ",
          "real": "double ", "text": "const char *", "bytes": "struct bytes "}
ROWS_OUT = {"one": True, "maybe": True, "many": True, "each": True, "exec": False, "batch": False}
DIALECTS = ("sqlite", "postgres")
WORDS = {  # {word}: (SQLite, PostgreSQL)
    "int64": ("INTEGER", "BIGINT"),
    "bool": ("INTEGER", "BOOLEAN"),
    "real": ("REAL", "DOUBLE PRECISION"),
    "text": ("TEXT", 'TEXT COLLATE "C"'),  # compared and sorted by bytes, in both
    "bytes": ("BLOB", "BYTEA"),
    "strict": (" STRICT", ""),
    "clustered": (" STRICT, WITHOUT ROWID", ""),  # rows live in the key's tree: for small rows
}
MOST_PARAMETERS, MOST_COLUMNS = 512, 64  # as in store/statement.h
MANY_ROWS = 64  # of an insertion, at most
# What stands between quotes is kept, comments go, `::type` is a cast.
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::|:[a-z_]\w*|\{\w+\}|.", re.S)
FIELD = re.compile(r"-- (in|out):\s*([a-z]\w*)\s+(\w+)(\?)?(?:\[(\d+)\])?(?:\s.*)?$")
LIKE = re.compile(r"-- like:\s*(\w+)(?:\s+(in|out))?\s*")
INCLUDE = re.compile(r"\s*-- include:\s*(\w+)\s*")
MADE = "/* Made by tools/sqlgen.py; edit sql/ instead. */\n"
# The standard promises 4095 bytes a literal; the compilers we use take more.
LONG_TEXTS = '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'


class Field:
    def __init__(self, name, kind, optional, count):
        self.name, self.optional, self.count = name, bool(optional), int(count or 1)
        self.kind, self.array = kind, count is not None

    def declaration(self):
        length = f"[{self.count}]" if self.array else ""
        return f"{C_TYPE[self.kind + '?' * self.optional]}{self.name}{length};"

    def cell(self, struct):
        return (f"{{ offsetof({struct}, {self.name}), VALUE_{self.kind.upper()}, "
                f"{self.count}, {str(self.optional).lower()} }}")


class Statement:
    def __init__(self, where, name, arity):
        self.where, self.name, self.arity = f"{where}: {name}", name, arity
        self.fields = {"in": [], "out": []}
        self.owner = {"in": self, "out": self}  # the statement that the row type is named after
        self.shares = False  # `in` with another statement
        self.prose = []
        self.texts = {}

    def refuse(self, why):
        sys.exit(f"{self.where}: {why}")

    def add_field(self, line):
        match = FIELD.match(line)
        if not match:
            self.refuse(f"cannot read {line!r}")
        way, name, kind, optional, count = match.groups()
        if kind + (optional or "") not in C_TYPE:
            self.refuse(f"unknown kind in {line!r}")
        if count and (way == "out" or optional or int(count) < 1):
            self.refuse(f"an array is of plain kinds, goes in, and has a length: {line!r}")
        if name in (field.name for field in self.fields[way]):
            self.refuse(f"{name} stands twice")
        if self.owner[way] is not self:
            self.refuse(f"has the `{way}` of {self.owner[way].name}: {name} cannot be added")
        self.fields[way].append(Field(name, kind, optional, count))

    def add_like(self, line, known):
        match = LIKE.fullmatch(line)
        if not match:
            self.refuse(f"cannot read {line!r}")
        name, only = match.groups()
        if name not in known:
            self.refuse(f"no statement {name} stands before it")
        other = known[name]
        ways = [way for way in ("in", "out") if other.fields[way] and only in (None, way)]
        if not ways:
            self.refuse(f"{name} has no `{only}`" if only else f"{name} has no fields")
        for way in ways:
            if self.fields[way]:
                self.refuse(f"says its `{way}` twice: in fields and by `-- like: {name}`")
            self.fields[way], self.owner[way] = other.fields[way], other.owner[way]
        if "in" in ways:
            self.shares = self.owner["in"].shares = True

    def type_of(self, way):
        return f"struct {self.owner[way].name}_{way}"

    def used(self):
        """The names of the parameters that its texts use."""
        names = set()
        for dialect in DIALECTS:
            rewrite(self.texts[dialect], dialect, self.where, lambda name: names.add(name) or name)
        return names

    def given(self):
        """The fields of `in` that it binds: all of them, unless the row type is shared."""
        if not self.shares:
            return self.fields["in"]
        used = self.used()
        return [field for field in self.fields["in"] if field.name in used]

    def check(self):
        if self.arity not in ROWS_OUT:
            self.refuse(f"unknown arity :{self.arity}")
        if ROWS_OUT[self.arity] != bool(self.fields["out"]):
            needs = "needs" if ROWS_OUT[self.arity] else "has no"
            self.refuse(f":{self.arity} {needs} columns (-- out:)")
        if self.arity == "batch" and not self.fields["in"]:
            self.refuse(":batch needs parameters (-- in:)")
        if set(self.texts) != set(DIALECTS) or not all(self.texts.values()):
            self.refuse("needs a text for each of " + ", ".join(DIALECTS))
        if self.parameter_count() > MOST_PARAMETERS or len(self.fields["out"]) > MOST_COLUMNS:
            self.refuse("has too many parameters or columns")
        if len(self.name) > 60:
            self.refuse("has too long a name")

    def many(self):
        """An insertion of one row becomes one of many for PostgreSQL, which is slow row by row:
        (text, rows); None where a row may meet another of the same batch (ON CONFLICT)."""
        if self.arity != "batch":
            return None
        found = re.fullmatch(r"(INSERT INTO .* VALUES )(\([^()]*\))", self.text_for("postgres"))
        count = self.parameter_count()
        if not found:
            return None
        rows = min(MANY_ROWS, MOST_PARAMETERS // count)

        def row(place):
            return re.sub(r"\$(\d+)", lambda number: f"${int(number[1]) + place * count}", found[2])
        return found[1] + ", ".join(row(place) for place in range(rows)), rows

    def parameter_count(self):
        return sum(field.count for field in self.given())

    def text_for(self, dialect):
        """The SQL with ?1 or $1 for :name, in one line."""
        places, used, next_place = {}, set(), 1
        for field in self.given():
            places[field.name] = range(next_place, next_place + field.count)
            next_place += field.count

        def place(name):
            if name not in places:
                self.refuse(f"{dialect}: the parameter :{name} is not declared")
            used.add(name)
            return ", ".join(f"{'?' if dialect == 'sqlite' else '$'}{n}" for n in places[name])

        text = rewrite(self.texts[dialect], dialect, self.where, place)
        if used != set(places):
            self.refuse(f"{dialect}: declared but not used: {sorted(set(places) - used)}")
        return text


def rewrite(sql, dialect, where, place):
    """Spells {words}, drops comments, squeezes white space; keeps what is quoted."""
    parts = []
    for token in TOKEN.findall(sql):
        if token.startswith(("--", "/*")):
            token = " "
        elif token[0] == ":" and len(token) > 1 and token != "::":
            token = place(token[1:])
        elif token[0] == "{" and len(token) > 1:
            if token[1:-1] not in WORDS:
                sys.exit(f"{where}: unknown word {token}")
            token = WORDS[token[1:-1]][DIALECTS.index(dialect)]
        elif token.isspace():
            token = " "
        if token != " " or (parts and parts[-1] != " "):
            parts.append(token)
    return "".join(parts).strip().rstrip(";").rstrip()


def blocks_of(path):
    """(words after `-- name:`, lines) of each statement, with what it includes."""
    head, *parts = re.split(r"(?m)^-- (name|fragment):", path.read_text())
    if rewrite(head, "sqlite", str(path), str):
        sys.exit(f"{path}: SQL before the first `-- name:`")
    fragments, used = {}, set()

    def included(line, before, shared):
        """The line, or what it includes; without the fields the second time, or of a shared row."""
        found = INCLUDE.fullmatch(line)
        if not found:
            return [line]
        name = found[1]
        if name not in fragments:
            sys.exit(f"{path}: no fragment {name} stands before it is included")
        again = name in before
        used.add(name)
        before.add(name)
        return [one for one in fragments[name]
                if not (field := FIELD.match(one)) or not again and field[1] not in shared]

    for kind, block in zip(parts[::2], parts[1::2]):
        first, *lines = block.splitlines()
        before = set()
        likes = [found for line in lines if (found := LIKE.fullmatch(line))]
        shared = {way for found in likes for way in ("in", "out") if found[2] in (None, way)}
        lines = [line for one in lines for line in included(one, before, shared)]
        if kind == "name":
            yield first, lines
            continue
        if first.strip() in fragments:
            sys.exit(f"{path}: the fragment {first.strip()} stands twice")
        fragments[first.strip()] = [line for line in lines if line.strip() and
                                    (not line.startswith("--") or FIELD.match(line))]
    if set(fragments) - used:
        sys.exit(f"{path}: fragments that nothing includes: {sorted(set(fragments) - used)}")


def parse(path, known):
    """The statements of a file; `known` are those before it, by name, and is added to."""
    for first, lines in blocks_of(path):
        match = re.fullmatch(r"\s*([a-z]\w*)\s+:(\w+)\s*", first)
        if not match:
            sys.exit(f"{path}: cannot read `-- name:{first}`")
        statement = Statement(path, *match.groups())
        current, bodies = None, {}
        for line in lines:
            if re.match(r"-- (in|out):", line):
                statement.add_field(line)
            elif line.startswith("-- like:"):
                statement.add_like(line, known)
            elif found := re.fullmatch(r"-- for:\s*(\w+)\s*", line):
                current = found[1]
            elif line.startswith("--") and not bodies:
                statement.prose.append(line[2:].strip().replace("*/", "* /"))
            else:
                bodies.setdefault(current, []).append(line)
        common = "\n".join(bodies.pop(None, [])).strip()
        if common and bodies:
            statement.refuse("SQL before the first `-- for:`")
        texts = {dialect: "\n".join(body).strip() for dialect, body in bodies.items()}
        statement.texts = texts or {dialect: common for dialect in DIALECTS}
        statement.check()
        if statement.name in known:
            statement.refuse(f"stands twice, first in {known[statement.name].where.split(':')[0]}")
        known[statement.name] = statement
        yield statement


def parse_all(paths):
    known = {}
    paths = sorted(paths, key=lambda path: (path.stem != "core", path))
    statements = [statement for path in paths for statement in parse(path, known)]
    for owner in statements:
        if owner.shares and owner.owner["in"] is owner:
            used = set().union(*(one.used() for one in statements if one.owner["in"] is owner))
            if unused := {field.name for field in owner.fields["in"]} - used:
                owner.refuse(f"declared but not used by any that shares its `in`: {sorted(unused)}")
    return statements


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def declare_struct(statement, way):
    if not statement.fields[way] or statement.owner[way] is not statement:
        return ""
    body = "".join(f"    {field.declaration()}\n" for field in statement.fields[way])
    return f"struct {statement.name}_{way} {{\n{body}}};\n"


def signature(statement):
    name, row_in, row_out = statement.name, statement.type_of("in"), statement.type_of("out")
    parts = ["struct db *db"]
    if statement.arity == "batch":
        parts += [f"const {row_in} *rows", "size_t count"]
    elif statement.fields["in"]:
        parts.append(f"const {row_in} *in")
    parts += {"one": [f"{row_out} *out"],
              "maybe": [f"{row_out} *out", "bool *found"],
              "many": [f"{row_out} **out", "size_t *count"],
              "each": [f"{name}_row *row", "void *with"],
              "exec": ["int64_t *changed"], "batch": ["int64_t *changed"]}[statement.arity]
    return f"enum status {name}({', '.join(parts)})"


def declare(statement):
    prose = statement.prose
    parts = ["/* " + "\n * ".join(prose) + " */\n" if prose else ""]
    parts += [declare_struct(statement, way) for way in ("in", "out")]
    if statement.arity == "each":
        parts.append(f"typedef enum status {statement.name}_row("
                     f"void *with, const {statement.type_of('out')} *row, struct fault *fault);\n")
    return "".join(parts) + signature(statement) + ";\n"


def layout(statement, way):
    fields = statement.given() if way == "in" else statement.fields[way]
    if not fields:
        return "NULL"
    return "(const struct cell[]){\n        " + ",\n        ".join(
        field.cell(statement.type_of(way)) for field in fields) + " }"


def define(statement, number):
    name, arity = statement.name, statement.arity
    sizes = {way: f"sizeof({statement.type_of(way)})" if fields else "0"
             for way, fields in statement.fields.items()}
    streams = str(arity == "each").lower()
    many, many_rows = statement.many() or (None, 0)
    text = f"""static const struct statement statement_{name} = {{
    .name = "{name}",
    .number = {number},
    .sqlite = {c_text(statement.text_for('sqlite'))},
    .postgres = {c_text(statement.text_for('postgres'))},
    .postgres_many = {c_text(many) if many else "NULL"}, .many_rows = {many_rows},
    .in = {layout(statement, 'in')},
    .in_count = {len(statement.given())}, .in_size = {sizes['in']},
    .parameter_count = {statement.parameter_count()},
    .out = {layout(statement, 'out')},
    .out_count = {len(statement.fields['out'])}, .out_size = {sizes['out']}, .streams = {streams},
}};

"""
    given = "in" if statement.fields["in"] else "NULL"
    call = {"one": f"one(db, &statement_{name}, {given}, out)",
            "maybe": f"maybe(db, &statement_{name}, {given}, out, found)",
            "exec": f"exec(db, &statement_{name}, {given}, changed)",
            "batch": f"batch(db, &statement_{name}, rows, count, changed)"}
    if arity in call:
        return text + f"{signature(statement)}\n{{\n    return statement_{call[arity]};\n}}\n"
    if arity == "many":
        return text + f"""{signature(statement)}
{{
    void *rows = NULL;
    enum status status = statement_many(db, &statement_{name}, {given}, &rows, count);

    if (!status)
        *out = rows;
    return status;
}}
"""
    return text + f"""struct {name}_each {{
    {name}_row *row;
    void *with;
}};

static enum status
{name}_pass(void *with, const void *row, struct fault *fault)
{{
    const struct {name}_each *each = with;

    return each->row(each->with, row, fault);
}}

{signature(statement)}
{{
    struct {name}_each each = {{ row, with }};
    {statement.type_of("out")} record;
    struct statement_rows rows = {{ &record, {name}_pass, &each }};

    return statement_each(db, &statement_{name}, {given}, &rows);
}}
"""


def write_statements(paths, into, name, first_number):
    statements = parse_all(paths)
    guard = f"{name.upper()}_H"
    header = [MADE, f"#ifndef {guard}\n#define {guard}\n",
              "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n",
              '#include "store/db.h"\n#include "store/kinds.h"\n']
    header += [declare(statement) for statement in statements]
    header += ["/* Every statement, NULL at the end: for tests that run them all. */\n"
               f"struct statement;\nextern const struct statement *const {name}_all[];\n", "#endif"]
    source = [MADE, LONG_TEXTS, f'#include "{name}.h"\n', '#include "store/statement.h"\n']
    source += [define(statement, n) for n, statement in enumerate(statements, first_number)]
    all_of_them = "".join(f"    &statement_{statement.name},\n" for statement in statements)
    source.append(f"const struct statement *const {name}_all[] = {{\n{all_of_them}    NULL,\n}};")
    (into / f"{name}.h").write_text("\n".join(header) + "\n")
    (into / f"{name}.c").write_text("\n".join(source) + "\n")


def parts_of(path):
    """The text for each database: what stands before the first `-- for:` is for both."""
    common, *parts = re.split(r"(?m)^-- for:\s*(\w+)\s*$", path.read_text())
    texts = {dialect: common for dialect in DIALECTS}
    for dialect, text in zip(parts[::2], parts[1::2]):
        if dialect not in DIALECTS:
            sys.exit(f"{path}: unknown database {dialect}")
        texts[dialect] += text
    return texts


def write_migrations(paths, into):
    rows = []
    for expected, path in enumerate(paths):
        match = re.fullmatch(r"(\d{4})_(\w+)", path.stem)
        if not match or int(match[1]) != expected:
            sys.exit(f"{path}: migrations are numbered 0000, 0001, 0002, ... without a hole")
        texts = [c_text(rewrite(part, dialect, str(path), lambda name: ":" + name))
                 for dialect, part in parts_of(path).items()]
        rows.append(f'{{ {expected}, "{match[2]}",\n{texts[0]},\n{texts[1]} }},\n')
    (into / "migrations.c").write_text(
        MADE + LONG_TEXTS + '#include "store/migrate.h"\n\n#include <stddef.h>\n\n'
        "const struct migration migrations_all[] = {\n" + "".join(rows) + "{ 0, NULL, NULL, NULL },\n};\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sql", nargs="+", type=pathlib.Path)
    parser.add_argument("--into", required=True, type=pathlib.Path)
    parser.add_argument("--name", default="statements")
    parser.add_argument("--from", dest="first_number", default=0, type=int)
    options = parser.parse_args()
    migrations = sorted(path for path in options.sql if path.parent.name == "migrations")
    queries = sorted(path for path in options.sql if path.parent.name != "migrations")
    write_statements(queries, options.into, options.name, options.first_number)
    if migrations:
        write_migrations(migrations, options.into)


if __name__ == "__main__":
    main()
