#!/usr/bin/env python3
"""The settings of the program, of its manual and of its help are the same.

    settings.py PROGRAM MANUAL

MANUAL is a Markdown page on which each setting has a heading "### `name`" with
its default and its environment variable below.
"""
import json
import pathlib
import re
import subprocess
import sys


def says(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=10).stdout


def sections(manual):
    parts = re.split(r"(?m)^### `([^`]+)`$", manual)
    return dict(zip(parts[1::2], parts[2::2]))


def faults(program, manual):
    told = json.loads(says(program, "help", "--json"))
    described = sections(manual)
    settings = {o["name"]: o for o in told["options"] if o["environment"]}
    for name, setting in settings.items():
        if name not in described:
            yield f"the manual has no heading \"### `{name}`\""
            continue
        for what in ("environment", "default"):
            if setting[what] and f"`{setting[what]}`" not in described[name]:
                yield f"the manual's section on {name} does not say its {what} `{setting[what]}`"
    for name in described.keys() - settings.keys():
        yield f"the manual speaks of {name}, which is no setting"
    for command in told["commands"]:
        text = says(program, "help", *command["name"].split())
        for option in told["options"]:
            if (command["name"] in option["commands"]) != (f"  --{option['name']} " in text):
                yield f"`tenure help {command['name']}` is wrong about --{option['name']}"
    for name in (c["name"] for c in told["commands"]):
        if f"tenure {name}" not in says(program, "help"):
            yield f"`tenure help` does not name {name}"


if __name__ == "__main__":
    page = pathlib.Path(sys.argv[2])
    found = list(faults(sys.argv[1], page.read_text())) if page.is_file() else [f"there is no {page}"]
    print("\n".join(found) or "settings agree")
    sys.exit(bool(found))
