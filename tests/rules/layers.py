#!/usr/bin/env python3
"""Who may include whom, and what nobody may call. Runs as a test.

A room may include its own headers and those of the rooms named behind it. No
two files need each other, not even around a corner. A library's header is
named by one file, so that the library can be exchanged there.
"""
import pathlib
import re
import sys

SERVICE = {  # a room of src/service: the rooms that it may use, besides core
    "core": "",
    "audit": "",
    "outbox": "",
    "clock": "audit",
    "measurement": "",
    "ledger": "audit outbox",
    "coverage": "ledger outbox",
    "device": "audit",
    "organization": "audit ledger",
    "license": "audit ledger measurement",
    "forecast": "ledger",
    "webhook": "audit ledger outbox",
    "alarm": "audit coverage ledger measurement outbox",
    "ingest": "alarm coverage ledger measurement outbox",
    "manager": "audit ledger license",
    "sensor": "alarm audit device ledger license manager measurement organization",
    "notice": "alarm audit ledger organization outbox sensor",
    "code": "audit ledger license notice organization outbox",
    "release": "audit device ledger notice organization outbox sensor",
    "threads": "alarm audit ingest ledger measurement notice outbox",
    "account": "audit code ledger organization outbox",
}
MAY_INCLUDE = {
    "base": [],
    "domain": ["base"],
    "store": ["base", "statements.h"],
    "store/sqlite": ["base", "store"],
    "store/postgres": ["base", "store"],
    "edge/http": ["base", "domain", "service"],
    "edge/http/routes": ["base", "domain", "service", "edge/http"],
    "edge/coap": ["base", "domain", "service", ".pb-c.h"],
    "edge/cli": ["base", "domain", "service"],
    "edge/outgoing": ["base", "domain", "service"],
    "main": ["base", "domain", "store", "statements.h", "service", "edge/http", "edge/coap", "edge/cli",
             "edge/outgoing"],
}
MAY_INCLUDE |= {
    "service/" + room: ["base", "domain", "store/db.h", "store/in_list.h", "store/store.h", "statements.h", "service/core"]
    + ["service/" + other for other in others.split()]
    for room, others in SERVICE.items()
}
LIBRARIES = re.compile(  # a library's header: one file a library
    r"(sqlite3|libpq-fe|jansson|microhttpd|sodium|zstd|zlib|coap3|protobuf-c|systemd|curl|idn2"
    r"|uni(?=str|norm|case|ctype|types))")
NAMED_BY = {"sodium": {"base/base64.c", "base/secret.c"},
            "microhttpd": {"edge/http/engine.c", "edge/http/head.c", "edge/http/library_answers.c"}}  # more than one, each for a part of it
BANNED = {  # a call: what to use instead
    "time": "call->now", "gettimeofday": "call->now", "clock_gettime": "utc_now or monotonic_nanoseconds",
    "strcpy": "arena_text", "strcat": "buffer_text", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "gets": "nothing", "strtok": "a loop of strcspn", "atoi": "strtoll and its end", "atol": "strtoll and its end",
    "localtime": "base/local_day", "rand": "random_bytes", "srand": "random_bytes", "random": "random_bytes",
    "system": "nothing", "popen": "nothing",
}
MAY_CALL = {"clock_gettime": "base/utc.c"}  # the clock's one place
MOST_LINES = 400


def room_of(path):
    return max((room for room in MAY_INCLUDE if path.startswith(room + "/")), key=len, default="")


def allowed(path, room, header):
    may = [room] + MAY_INCLUDE[room]
    return any(header == a or room_of(header) == a or a == "service" and header.startswith("service/")
               or a[0] == "." and header.endswith(a) for a in may)


def code_only(text):
    """The text without comments and strings; lines stay where they are."""
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)


def line_faults(path, room, text):
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r'#\s*include "([^"]+)"', line):
            if not allowed(path, room, found[1]):
                yield f"{path}:{number}: {room} may not include {found[1]}"
    for number, line in enumerate(code_only(text).splitlines(), 1):
        for call in re.findall(r"(?<![\w.>])(\w+)\(", line):
            if call in BANNED and MAY_CALL.get(call) != path:
                yield f"{path}:{number}: {call}() is banned: use {BANNED[call]}"
    if text.count("\n") > MOST_LINES:
        yield f"{path}: {text.count(chr(10))} lines, more than {MOST_LINES}: split it"


def library_faults(texts):
    users = {}
    for path, text in texts.items():
        for header in re.findall(r"(?m)^#\s*include <([^>]+)>", text):
            if found := LIBRARIES.match(header):
                users.setdefault(found[1], set()).add(path)
    for library, paths in sorted(users.items()):
        if len(paths) > 1 and paths != NAMED_BY.get(library):
            yield f"<{library}…> is named by {' and '.join(sorted(paths))}: one file a library"


def circles(needs):
    done, trail, found = set(), [], []

    def visit(module):
        if module in trail:
            found.append(trail[trail.index(module):] + [module])
        elif module not in done:
            trail.append(module)
            for other in sorted(needs.get(module, ())):
                visit(other)
            trail.pop()
            done.add(module)

    for module in sorted(needs):
        visit(module)
    return found


def circle_faults(texts):
    """What the .c files name says who calls whom; headers among themselves share types."""
    for ending, what in ((".c", "calls"), (".h", "headers")):
        needs = {}
        for path, text in texts.items():
            if path.endswith(ending):
                module = path[:-2]
                names = re.findall(r'(?m)^#\s*include "([^"]+)\.h"', text)
                needs.setdefault(module, set()).update(name for name in names if name != module)
        for circle in circles(needs):
            yield f"a circle of {what}: " + " -> ".join(circle)


def faults(root):
    texts = {f.relative_to(root).as_posix(): f.read_text() for f in sorted(root.rglob("*.[ch]"))}
    for path, text in texts.items():
        room = room_of(path)
        if not room:
            yield f"{path}: stands in no room"
            continue
        yield from line_faults(path, room, text)
    yield from library_faults(texts)
    yield from circle_faults(texts)


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layers hold")
    sys.exit(bool(found))
