#!/usr/bin/env python3
"""Every path in backticks in the pages for developers exists. Runs as a test.

A path is looked for from the project's root, from src/, and from the folder of the page. A bare file
name may stand in any folder. `*` stands for part of a name."""
import fnmatch
import pathlib
import re
import subprocess
import sys

from layers import SERVICE

PAGES = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/glossary.md", "docs/decisions/*.md", "src/*README.md"]
ENDINGS = "c|h|py|sql|md|ts|tsx|mjs|css|sh|yaml|build|proto|jsonl"
PATH = re.compile(rf"(?:[\w.*-]+/)+(?:[\w.*-]+)?|[\w*-]+\.(?:{ENDINGS})|[\w*-]+/")
NOT_KEPT = ("build", "./data/", "sql/migrations/NNNN")  # made by a command; by the program; a form


def project_files(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=False)
    if listed.returncode:  # not a checkout
        return sorted(f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file())
    return sorted(path for path in listed.stdout.splitlines() if (root / path).is_file())


def exists(name, page, known):
    folders = ["", "src/", "src/service/", str(pathlib.PurePosixPath(page).parent) + "/"]
    wanted = [folder + name for folder in folders] + ([] if "/" in name else ["*/" + name])
    return any(fnmatch.filter(known, pattern.rstrip("/")) for pattern in wanted)


def room_faults(text):
    """The table of rooms says the same as layers.py."""
    rows = {name: " ".join(sorted(uses.split())) for name, uses in re.findall(r"(?m)^\| `(\w+)` \|[^|]+\|([^|]*)\|$", text)}
    for room, uses in SERVICE.items():
        if rows.get(room) != " ".join(sorted(uses.split())):
            yield f"ARCHITECTURE.md: the room {room} may use {uses or 'no other'}, not {rows.get(room)}"


def faults(root):
    files = project_files(root)
    folders = {parent.as_posix() for file in files for parent in pathlib.PurePosixPath(file).parents}
    known = files + sorted(folders)
    yield from room_faults((root / "ARCHITECTURE.md").read_text())
    for page in [file for pattern in PAGES for file in fnmatch.filter(files, pattern)]:
        text = (root / page).read_text()
        blank = lambda m: re.sub(r"[^\n]", " ", m[0])
        text = re.sub(r"(?ms)^```.*?^```", blank, text)
        for found in re.finditer(r"`([^`\n]+)`", text):
            name = found[1]
            if PATH.fullmatch(name) and not name.startswith(NOT_KEPT) and not exists(name, page, known):
                yield f"{page}:{text.count(chr(10), 0, found.start()) + 1}: there is no {name}"


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "paths hold")
    sys.exit(bool(found))
