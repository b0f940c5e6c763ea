#!/usr/bin/env python3
"""A statement is called from one room. Runs as a test.

    statements.py ROOT

sql/queries/ROOM.sql holds the statements that src/service/ROOM/ calls, store.sql those of src/store/
and src/main/. A room that needs another's rows asks its functions. TODAY lists the statements that
another room calls today; it may only become shorter.
"""
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from layers import code_only

FOLDERS = {"store": ("src/store/", "src/main/")}  # of a file of statements; others: src/service/ROOM/
TODAY = {}  # statement: the rooms that call it although it is another's
CALL = re.compile(r"(?<![\w.>])([a-z]\w*?)(?:_in\b|_out\b|_row\b|\()")  # by name, or by the type of a row
NAME = re.compile(r"(?m)^-- name:\s*(\w+)")


def folders_of(room):
    return FOLDERS.get(room, (f"src/service/{room}/",))


def room_of(path):
    """"alarm" of src/service/alarm/alerts.c, "store" of src/store/store.c."""
    parts = path.split("/")
    return parts[2] if parts[1] == "service" and len(parts) > 3 else parts[1]


def faults(root, today):
    texts = {file.relative_to(root).as_posix(): code_only(file.read_text()) for file in sorted(root.glob("src/**/*.c"))}
    calls = {path: set(CALL.findall(text)) for path, text in texts.items()}
    found = {}
    for file in sorted((root / "sql/queries").glob("*.sql")):
        folders = folders_of(file.stem)
        if not any(path.startswith(folders) for path in texts):
            yield f"sql/queries/{file.name}: there is no {' or '.join(folders)}"
        for name in NAME.findall(file.read_text()):
            away = [path for path in texts if name in calls[path] and not path.startswith(folders)]
            found[name] = {room_of(path) for path in away}
            for path in away:
                if room_of(path) not in today.get(name, ()):
                    yield f"{path}: {name}() belongs to {file.stem}: call a function of that room"
    for name, rooms in sorted(today.items()):
        for room in sorted(set(rooms) - found.get(name, set())):
            yield f"TODAY: {room} calls {name}() no longer: take it off the list"


def own_faults():
    """This rule finds what it should, and only that."""
    texts = {"sql/queries/a.sql": "-- name: a_read :exec\nSELECT 1;\n", "sql/queries/none.sql": "",
             "src/service/a/a.c": "a_read();\n", "src/service/b/b.c": "a_read(); /* a_write() */\n"}
    with tempfile.TemporaryDirectory() as folder:
        for path, text in texts.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        bare = list(faults(pathlib.Path(folder), {}))
        listed = list(faults(pathlib.Path(folder), {"a_read": ["b", "c"]}))
    none = "sql/queries/none.sql: there is no src/service/none/"
    if bare != ["src/service/b/b.c: a_read() belongs to a: call a function of that room", none]:
        yield f"statements.py finds in its own small tree: {bare}"
    if listed != [none, "TODAY: c calls a_read() no longer: take it off the list"]:
        yield f"statements.py reads TODAY wrongly: {listed}"


if __name__ == "__main__":
    wrong = [*own_faults(), *faults(pathlib.Path(sys.argv[1]), TODAY)]
    print("\n".join(wrong) or "each statement is called from one room")
    sys.exit(bool(wrong))
