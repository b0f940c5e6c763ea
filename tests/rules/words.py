#!/usr/bin/env python3
"""Words that must not be in the project's files: a registry's host, a path of the machine that it
was written on, and phrases that are not plain English. Runs as a test.

words_today.txt lists the files that still have such phrases. It may only shrink, which --shrink does."""
import pathlib
import re
import subprocess
import sys

FORBIDDEN = {  # what: why. Written in halves, so that this file may be looked at as well
    "registry." + "npmjs": "npm knows its registry", "registry." + "yarnpkg": "npm knows its registry",
    "pypi." + "org": "Debian's Python only", "deb." + "debian.org": "apt knows its sources",
    "../" + "shared": "not part of the project", "/" + "work/": "a path of one machine",
}
STILTED = re.compile(  # what a native editor would mend first
    r"\bwho" r"ever\b|\b(?:is|are|was|were) told of\b|\bas good as none\b"
    r"|\bwhat is (?:[a-z']+ ){1,6}is\b", re.IGNORECASE)
TODAY = pathlib.Path(__file__).with_name("words_today.txt")
BINARY = {".png", ".woff2", ".ico", ".jpg", ".webp", ".bin"}


def project_files(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, check=False)
    if listed.returncode:
        return []  # not a checkout: a release's tarball was looked at before
    return sorted(filter(None, listed.stdout.decode().split("\0")))


def stilted(path, text):
    for match in STILTED.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        yield f"{path}:{number}: {' '.join(match[0].split())!r} is not plain English: subject, verb, object"


def faults(root, today):
    plain = set(today)
    for path in project_files(root):
        file = root / path
        if file.suffix in BINARY or not file.is_file():
            continue
        text = file.read_text(errors="replace")
        if file.name not in ("words.py", "CONTRIBUTING.md"):  # they name the phrases
            found = list(stilted(path, text))
            if found and path in today:
                plain.discard(path)
            else:
                yield from found
        for word, why in FORBIDDEN.items():
            for found in re.finditer(re.escape(word), text):
                number = text.count("\n", 0, found.start()) + 1
                yield f"{path}:{number}: {word!r} must not be here: {why}"
    if plain:
        yield f"words_today.txt: {' '.join(sorted(plain))} can go: run tests/rules/words.py ROOT --shrink"


def shrink(root, today):
    texts = {path: (root / path).read_text(errors="replace") for path in today if (root / path).is_file()}
    TODAY.write_text("".join(f"{path}\n" for path, text in texts.items() if any(stilted(path, text))))


if __name__ == "__main__":
    at, listed = pathlib.Path(sys.argv[1]), TODAY.read_text().split()
    if "--shrink" in sys.argv:
        shrink(at, listed)
        listed = TODAY.read_text().split()
    found = list(faults(at, listed))
    print("\n".join(found) or "words hold")
    sys.exit(bool(found))
