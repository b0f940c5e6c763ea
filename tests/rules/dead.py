#!/usr/bin/env python3
"""Nothing in src/ or sql/ lies unused. Runs as a test.

    dead.py ROOT

A function that only its own file calls is static; a function, type, constant or macro that
nothing in src/ uses goes; so does a statement that src/ never calls, and a header declares
only what is defined. What tests alone use is unused as well, unless ALIVE says why it stays.
"""
import collections
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from layers import code_only

MADE = "statements.c, which tools/sqlgen.py makes, calls it"
ALIVE = {  # name: why it stays, or stays extern, although nothing else in src/ uses it
    "statement_one": MADE, "statement_maybe": MADE, "statement_many": MADE, "statement_each": MADE,
    "statement_exec": MADE, "statement_batch": MADE,
    "store_driver_for": "tests open a store with a driver that fails at a given call",
    "store_open_with": "tests open a store with a driver that fails at a given call",
    "coverage_current": "a law of tests/property", "notice_month_before": "a law of tests/property",
    "throttle_add": "the rule itself, without a store: a table of tests",
    "outbox_try_pause_seconds": "the rule itself, without a store: a table of tests",
    "access_origin_accepted": "the rule itself, without a request: a table of tests",
    "MHD_queue_response": "libmicrohttpd calls it in place of its own",
    "problem_word": "a table of tests", "problem_http_code": "a table of tests",
    "webhook_list": "tests see by it what the verbs have done",
    "compactor_most_messages": "tests prove by it when packets wait",
    "coverage_table_sensors": "tests hold the table's size against it",
    "coverage_table_bytes": "tests and bench/table.c measure memory by it",
    "DECODE_FIRST_TIME": "a law of tests/fuzz", "PACKET_NON": "a value of RFC 7252, section 3",
}
DEFINED = re.compile(r"(?m)^([a-z][\w *]*)\n(\w+)\([^;{}]*\)\n\{")
DECLARED = re.compile(r"(?m)^(?!static|typedef|return|#)[a-z][\w *\n]*?\b(\w+)\([^;{}]*\)\s*(?:__attribute__[^;{}]*)?;")
ENUM = re.compile(r"\benum(?:\s+\w+)?\s*\{([^{}]*)\}")
STRUCT = re.compile(r"\b(?:struct|union)\s+(\w+)\s*[{;]")  # the name of an enum may serve readers alone
MACRO = re.compile(r"(?m)^#\s*define\s+(\w+)")
WORD = re.compile(r"\b[A-Za-z_]\w*\b")


class Tree:
    """The program's text, and how often each word stands in which file."""

    def __init__(self, root):
        files = [file for file in sorted((root / "src").rglob("*.[ch]"))]
        self.texts = {file.relative_to(root).as_posix(): code_only(file.read_text()) for file in files}
        self.words = {path: collections.Counter(WORD.findall(text)) for path, text in self.texts.items()}
        self.total = sum(self.words.values(), collections.Counter())

    def of(self, ending):
        return {path: text for path, text in self.texts.items() if path.endswith(ending)}


def functions(tree):
    """name: (path, whether it is static), of the definitions in .c files."""
    for path, text in tree.of(".c").items():
        for found in DEFINED.finditer(text):
            yield found[2], path, found[1].startswith("static")


def function_faults(tree, declared):
    """A call is any mention outside of headers' declarations."""
    for name, path, static in functions(tree):
        if static or name == "main" or name in ALIVE:
            continue
        mentions = tree.total[name] - declared[name]
        own = tree.words[path][name]
        if mentions == 1:
            yield f"{path}: {name}() is dead: nothing in src/ calls it"
        elif mentions == own:
            yield f"{path}: {name}() is called by its own file only: make it static"


def declaration_faults(tree, declarations, statements):
    defined = {name for name, _, _ in functions(tree)} | set(statements)
    for path, name in declarations:
        if name not in defined and name not in ALIVE:
            yield f"{path}: {name}() is declared, but nothing defines it"


def type_faults(tree):
    """Types, constants and macros: something else than their definition has to name them."""
    for path, text in tree.texts.items():
        names = set(MACRO.findall(text)) | set(STRUCT.findall(text))
        for body in ENUM.findall(text):
            names |= {WORD.search(part)[0] for part in body.split(",") if WORD.search(part)}
        for name in sorted(names - ALIVE.keys()):
            if tree.total[name] == 1 and not (path.endswith(".h") and name.endswith("_H")):
                yield f"{path}: {name} is dead: nothing in src/ uses it"


def statement_faults(tree, statements):
    for name in statements:
        if not tree.total[name] and name not in ALIVE:
            yield f"sql/queries: {name} is dead: nothing in src/ calls it"


def statement_names(root):
    for path in sorted((root / "sql/queries").glob("*.sql")):
        yield from re.findall(r"(?m)^-- name:\s*(\w+)", path.read_text())


def faults(root):
    tree, statements = Tree(root), list(statement_names(root))
    declarations = [(path, found[1]) for path, text in tree.of(".h").items() for found in DECLARED.finditer(text)]
    yield from function_faults(tree, collections.Counter(name for _, name in declarations))
    yield from declaration_faults(tree, declarations, statements)
    yield from type_faults(tree)
    yield from statement_faults(tree, statements)
    known = set(tree.total) | set(statements)
    yield from (f"ALIVE names {name}, which is gone" for name in sorted(ALIVE.keys() - known))


SMALL = {  # a tree with one fault of each kind
    "src/a.h": "#define A_H\n#define UNUSED 1\nenum { A_USED, A_UNUSED };\nstruct unused {\n};\n"
               "int a_used(void);\nint a_own(void);\nint a_dead(void);\nint a_gone(void);\n",
    "src/a.c": "static int\na_static(void)\n{\n    return A_USED;\n}\n\nint\na_used(void)\n{\n    return a_static();\n}\n\n"
               "int\na_own(void)\n{\n    return 1;\n}\n\nint\na_dead(void)\n{\n    return a_own(); /* a_dead() */\n}\n",
    "src/b.c": "int\nmain(void)\n{\n    return a_used() + run_used();\n}\n",
    "sql/queries/a.sql": "-- name: run_used :exec\nSELECT 1;\n-- name: run_dead :exec\nSELECT 1;\n",
}
FOUND = [
    "src/a.c: a_own() is called by its own file only: make it static",
    "src/a.c: a_dead() is dead: nothing in src/ calls it",
    "src/a.h: a_gone() is declared, but nothing defines it",
    "src/a.h: A_UNUSED is dead: nothing in src/ uses it", "src/a.h: UNUSED is dead: nothing in src/ uses it",
    "src/a.h: unused is dead: nothing in src/ uses it",
    "sql/queries: run_dead is dead: nothing in src/ calls it",
]


def own_faults():
    """This rule finds what it should, and only that."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in SMALL.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found = [fault for fault in faults(pathlib.Path(folder)) if not fault.startswith("ALIVE")]
    if found != FOUND:
        yield "dead.py finds in its own small tree: " + "; ".join(found)


if __name__ == "__main__":
    wrong = [*own_faults(), *faults(pathlib.Path(sys.argv[1]))]
    print("\n".join(wrong) or "nothing is dead")
    sys.exit(bool(wrong))
