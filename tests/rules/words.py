#!/usr/bin/env python3
"""What must not stand in any of the project's files: a registry's host, a path
of the machine that it was written on. Runs as a test."""
import pathlib
import re
import subprocess
import sys

FORBIDDEN = {  # what: why. Written in halves, so that this file may be looked at as well
    "registry." + "npmjs": "npm knows its registry", "registry." + "yarnpkg": "npm knows its registry",
    "pypi." + "org": "Debian's Python only", "deb." + "debian.org": "apt knows its sources",
    "../" + "shared": "not part of the project", "/" + "work/": "a path of one machine",
}
BINARY = {".png", ".woff2", ".ico", ".jpg", ".webp", ".bin"}


def project_files(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, check=False)
    if listed.returncode:
        return []  # not a checkout: a release's tarball was looked at before
    return sorted(filter(None, listed.stdout.decode().split("\0")))


def faults(root):
    for path in project_files(root):
        file = root / path
        if file.suffix in BINARY or not file.is_file():
            continue
        text = file.read_text(errors="replace")
        for word, why in FORBIDDEN.items():
            for found in re.finditer(re.escape(word), text):
                number = text.count("\n", 0, found.start()) + 1
                yield f"{path}:{number}: {word!r} must not be here: {why}"


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "words hold")
    sys.exit(bool(found))
