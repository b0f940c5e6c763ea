#!/usr/bin/env python3
"""The scripts run with the node and the Python of Debian 12. Runs as a test.

    debian.py ROOT

It looks for what a newer machine hides: an npm package that refuses node 18, a
name that node 18 does not have, and a Python module that tools/setup.sh does
not install. `tools/bare.sh` shows the rest: it runs everything on a bare Debian.
"""
import ast
import json
import pathlib
import re
import sys

NODE = (18, 20, 0)  # Debian 12's; tools/setup.sh asks for it
LATER = {  # a name, and the first node that has it
    r"\bArray\.fromAsync\b": "22", r"\bPromise\.withResolvers\b": "22", r"\bPromise\.try\b": "23",
    r"\b(?:Object|Map)\.groupBy\b": "21", r"\.to(?:Sorted|Reversed|Spliced)\(": "20",
    r"\bimport\.meta\.(?:dirname|filename)\b": "20", r"^\s*(?:await )?using \w+ =": "24",
    r"\bglobSync\b": "22", r"\bnode:(?:sqlite|sea)\b": "20", r"\bstyleText\b": "20",
    r"\bprocess\.(?:loadEnvFile|getBuiltinModule)\b": "20", r"\bmock\.module\(": "20",
    r"\bserver\.close\(\w*\)\.": "19 (before, an HTTP server returns nothing here)",
}


def version(text):
    """Three numbers; "18" and "18.x" are 18.0.0."""
    parts = [int(part) if part.isdigit() else 0 for part in text.split(".")]
    return tuple((parts + [0, 0])[:3])


def admits(comparator, node):
    """What it cannot read it admits."""
    found = re.fullmatch(r"(>=|>|<=|<|=|\^|~)?v?(\d+(?:\.[\dx*]+){0,2})", comparator)
    if not found:
        return True
    sign, least = found[1], version(found[2])
    given = sum(part.isdigit() for part in found[2].split("."))
    if sign in (">=", ">"):
        return node >= least
    if sign in ("<", "<="):
        return node < least
    same = {"^": 1, "~": min(given, 2)}.get(sign, given)  # so many numbers must be equal
    return node >= least and node[:same] == least[:same]


def faults_of_packages(root):
    lock = json.loads((root / "web/package-lock.json").read_text())
    for path, package in lock["packages"].items():
        wanted = package.get("engines", {}).get("node", "*")
        spaced = re.sub(r"(>=|>|<=|<|=|\^|~)\s+", r"\1", wanted)
        if not any(all(admits(one, NODE) for one in each.split()) for each in spaced.split("||")):
            yield f"web/package-lock.json: {path or 'this'} wants node {wanted}; Debian 12 has 18.20"


def faults_of_node(root):
    for path in sorted([*root.glob("tests/browser/**/*.mjs"), *root.glob("web/*.mjs")]):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name, since in LATER.items():
                if found := re.search(name, line):
                    yield f"{path.relative_to(root)}:{number}: {found[0].strip()} needs node {since}"


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module, node.lineno


def faults_of_python(root):
    files = [path for room in ("bench", "sql", "tests", "tools") for path in sorted(root.glob(f"{room}/**/*.py"))]
    known = sys.stdlib_module_names | {path.stem for path in files}
    installed = set(re.findall(r"\bpython3-(\w+)", (root / "tools/setup.sh").read_text()))
    for path in files:
        for name, number in imported(path):
            module = name.split(".")[0]
            if module not in known | installed:
                yield f"{path.relative_to(root)}:{number}: tools/setup.sh does not install python3-{module}"


if __name__ == "__main__":
    top = pathlib.Path(sys.argv[1])
    wrong = [*faults_of_packages(top), *faults_of_node(top), *faults_of_python(top)]
    print("\n".join(wrong) or "Debian 12 is enough")
    sys.exit(bool(wrong))
