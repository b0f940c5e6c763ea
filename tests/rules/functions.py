#!/usr/bin/env python3
"""How long functions are, how many parameters they take, and what statics are called. Runs as a test.

    functions.py ROOT [--shrink]

A function has at most 50 lines and 5 parameters, and a static function of src/ has a name that
no other file gives to one, so that a backtrace and grep tell which. today.txt lists what is more
today: it may only shrink, which --shrink does.
"""
import collections
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from layers import code_only

MOST_LINES, MOST_PARAMETERS = 50, 5
TODAY = pathlib.Path(__file__).with_name("today.txt")
DICTATED = {  # a function with the signature that a library wants: whose it is
    "handle": "MHD_AccessHandlerCallback of libmicrohttpd",
    "head_read_one": "MHD_KeyValueIteratorN of libmicrohttpd",
}
DEFINED = re.compile(r"(?m)^([a-z][\w *]*)\n(\w+)\(([^;{}]*)\)\n\{\n(.*?)^\}", re.S)


def definitions(root):
    """(path, name, whether it is static, number of parameters, lines), of all in src/."""
    for file in sorted((root / "src").rglob("*.c")):
        path = file.relative_to(root).as_posix()
        for returns, name, parameters, body in DEFINED.findall(code_only(file.read_text())):
            yield path, name, returns.startswith("static"), count_parameters(parameters), body.count("\n")


def count_parameters(text):
    """Commas inside of parentheses part no parameters, and `...` is not one."""
    while "(" in text:
        text = re.sub(r"\([^()]*\)", "", text)
    return len([one for one in text.split(",") if one.strip() not in ("", "void", "...")])


def excess(root):
    """{(what, name): (how many, a sentence)} of what is more than it should be."""
    found, files, names = {}, collections.defaultdict(set), set()
    for path, name, static, parameters, lines in definitions(root):
        names.add(name)
        if lines > MOST_LINES:
            found["lines", name] = lines, f"{path}: {name}() has {lines} lines, more than {MOST_LINES}: split it"
        if parameters > MOST_PARAMETERS and name not in DICTATED:
            found["parameters", name] = parameters, \
                f"{path}: {name}() has {parameters} parameters, more than {MOST_PARAMETERS}: pass a struct"
        if static:
            files[name].add(path)
    for name in DICTATED.keys() - names:
        found["name", name] = 1, f"functions.py: {name}() is gone: take it out of DICTATED"
    for name, paths in files.items():
        if len(paths) > 1:
            found["files", name] = len(paths), \
                f"{', '.join(sorted(paths))}: each has a static {name}(): its name begins with its file or verb"
    return found


def read_today(text):
    """{(what, name): how many}"""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {(what, name): int(count) for what, name, count in lines}


def write_today(found, today):
    head = "# What tests/rules/functions.py finds today, and how much of it. Only shorter: functions.py ROOT --shrink\n"
    kept = {key: min(count, found[key][0]) for key, count in today.items() if key in found}
    return head + "".join(f"{what} {name} {count}\n" for (what, name), count in sorted(kept.items()))


def faults(found, today):
    for key, (count, sentence) in sorted(found.items()):
        if count > today.get(key, 0):
            yield sentence
    less = [name for (what, name), count in sorted(today.items()) if found.get((what, name), (0, ""))[0] < count]
    if less:
        yield f"today.txt: it says too much of {', '.join(less)}: run tests/rules/functions.py ROOT --shrink"


def own_faults():
    """This rule finds what it should, and only that."""
    long = "".join("    one();\n" for _ in range(MOST_LINES + 1))
    texts = {"a.c": "static void\nrun(void)\n{\n}\n\nint\na_long(int (*f)(int, int))\n{\n" + long + "}\n",
             "b.c": "static int\nrun(int a)\n{\n}\n\nint\nb_wide(int a, int b, int c,\n       int d, int e, int f, ...)\n{\n}\n"}
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "src")
        source.mkdir()
        for path, text in texts.items():
            (source / path).write_text(text)
        found = {key: what for key, what in excess(pathlib.Path(folder)).items() if key[0] != "name"}
    said = [re.match(r"\S+ \w+\(\) has \w+ \w+|.*: each has a static run\(\)", fault)[0] for fault in faults(found, {})]
    if said != ["src/a.c, src/b.c: each has a static run()", "src/a.c: a_long() has 51 lines", "src/b.c: b_wide() has 6 parameters"]:
        yield f"functions.py finds in its own small tree: {said}"
    allowed = {("files", "run"): 2, ("lines", "a_long"): 51, ("parameters", "b_wide"): 7, ("lines", "gone"): 60}
    if not list(faults(found, allowed))[0].startswith("today.txt: it says too much of gone, b_wide:"):
        yield "functions.py does not see that today.txt could be shorter"
    if read_today(write_today(found, allowed)) != {**{key: allowed[key] for key in found}, ("parameters", "b_wide"): 6}:
        yield "functions.py does not shorten today.txt as it should"


if __name__ == "__main__":
    more = excess(pathlib.Path(sys.argv[1]))
    known = read_today(TODAY.read_text())
    if "--shrink" in sys.argv:
        TODAY.write_text(write_today(more, known))
        sys.exit()
    wrong = [*own_faults(), *faults(more, known)]
    print("\n".join(wrong) or "functions are short, and their names tell them apart")
    sys.exit(bool(wrong))
