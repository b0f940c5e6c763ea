#!/usr/bin/python3
"""Builds and tests. make calls it after it has installed what is needed.

    tools/test.py all          everything that make test promises, two steps at a time
    tools/test.py quick        unit, property and rules, store and service on SQLite, of what stands in build/
    tools/test.py asan         the C tests under AddressSanitizer and UndefinedBehaviorSanitizer
    tools/test.py tsan         the tests with threads under ThreadSanitizer
    tools/test.py coverage     which lines the C tests and the tests from outside reach: build-coverage/coverage.html
    tools/test.py name PART    each test whose name or file contains PART, of what stands in build/
    tools/test.py tidy         clang-tidy
    tools/test.py system       what needs root, or minutes of its own

Each build has a folder: build (gcc), build-clang (clang with ASan and UBSan), build-tsan, build-coverage.
"""
import json
import os
import re
import subprocess
import sys

from steps import ROOT, Step, run

GCC, ASAN, TSAN, COVERAGE = "build", "build-clang", "build-tsan", "build-coverage"
SETUP = {
    GCC: ("gcc", []),
    ASAN: ("clang", ["-Db_sanitize=address,undefined", "-Dfuzzers=true", "-Doptimization=1"]),
    TSAN: ("clang", ["-Db_sanitize=thread", "-Doptimization=1"]),
    COVERAGE: ("gcc", ["-Db_coverage=true", "-Doptimization=0"]),
}
BUILD = {GCC: "build with gcc", ASAN: "build with clang, ASan, UBSan", TSAN: "build with clang, TSan",
         COVERAGE: "build with gcc, coverage"}
ENVIRONMENT = {
    ASAN: {"ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
           "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"},
    TSAN: {"TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={ROOT}/tests/support/tsan.supp"},
}
SQLITE, POSTGRESQL = {"TENURE_TEST_STORES": "sqlite"}, {"TENURE_TEST_STORES": "postgresql"}
POSTGRES = ["/usr/bin/python3", "tests/support/postgres.py", "--"]
CONTRACT = ["node", "--test", "--test-reporter=spec", "tests/contract/"]
PYTEST = ["/usr/bin/pytest-3", "-q", "--numprocesses", "2", "--dist", "loadgroup", "--durations", "10",
          "--durations-min", "1", "tests/e2e"]

# The sanitizers see every service test on SQLite. On PostgreSQL they see those of the rooms whose code asks whether
# others share the store; the other rooms run the same code on both.
SHARED_ROOMS = ["service/core/", "service/ingest/", "service/license/", "service/measurement/", "service/threads/"]
# What has threads: the writer, the compactor, the schedule; several senders or verbs at once.
THREADED = ["service/threads/", "service/measurement/", "service/outbox/", "service/core/", "service/ingest/"]
TSAN_END_TO_END = "test_devices or test_mail or test_webhooks"  # all threads of a server


def build(folder, *targets):
    """Sets up the folder where that has not been done, and builds."""
    compiler, options = SETUP[folder]
    log = f"build-logs/{folder}-setup.log"
    set_up = f"CC={compiler} meson setup {folder} {' '.join(options)} >{log} || {{ cat {log}; exit 1; }}"
    return Step(BUILD[folder], "bash", "-c",
                f"[ -e {folder}/build.ninja ] || {set_up}; tools/build.sh {folder} {' '.join(targets)}")


def suites(name, folder, *names, **how):
    """Suites of Meson; their executables run one after the other."""
    named = [word for suite in names for word in ("--suite", suite)]
    env = ENVIRONMENT.get(folder, {}) | how.pop("env", {})
    return Step(name, "meson", "test", "-C", folder, "--no-rebuild", *named, "--num-processes", 1,
                "--verbose", "--timeout-multiplier", 10, "--logbase", re.sub(r"\W+", "-", name),
                needs=[BUILD[folder]], env=env, **how)


def c_tests(name, folder, executable, *parts, **how):
    """One executable, or only its tests whose names or files contain one of `parts`."""
    env = ENVIRONMENT.get(folder, {}) | how.pop("env", {})
    return Step(name, *POSTGRES, f"{folder}/tests/{executable}", *parts, needs=[BUILD[folder]], env=env, **how)


def end_to_end(name, folder, stores, *more):
    env = {"TENURE_BINARY": str(ROOT / folder / "tenure"), "TENURE_TEST_STORES": stores}
    return Step(name, *PYTEST, *more, needs=[BUILD[folder]], env=env | ENVIRONMENT.get(folder, {}))


def tsan():
    return [build(TSAN, "tests/service/service_tests", "tests/model/hammer_tests", "tests/model/hammer", "tenure"),
            c_tests("threads, TSan", TSAN, "service/service_tests", *THREADED),
            c_tests("two processes, TSan", TSAN, "model/hammer_tests"),
            end_to_end("end to end, TSan", TSAN, "sqlite", "-k", TSAN_END_TO_END)]


def asan():
    return [build(ASAN),
            suites("unit and property, ASan", ASAN, "unit", "property"),
            suites("store, ASan", ASAN, "store"),
            suites("service on SQLite, ASan", ASAN, "service", env=SQLITE),
            c_tests("service on PostgreSQL, ASan", ASAN, "service/service_tests", *SHARED_ROOMS, env=POSTGRESQL)]


def gcc():
    return [suites("rules", GCC, "rules", scripts=True),
            suites("unit and property, gcc", GCC, "unit", "property"),
            suites("store, gcc", GCC, "store"),
            suites("service, gcc", GCC, "service")]


def everything():
    """The builds first, then what is quick, then what takes long, so that both lanes end at about the same time."""
    program = {"TENURE_BINARY": str(ROOT / GCC / "tenure")}
    build_asan, unit_asan, *c_asan = asan()
    build_tsan, *c_tsan = tsan()
    return [build(GCC), build_asan, *gcc(), unit_asan,
            end_to_end("end to end on SQLite, ASan", ASAN, "sqlite"),
            Step("fuzz", "tools/fuzz.sh", ASAN, needs=[BUILD[ASAN]]),
            Step("contract", *CONTRACT, needs=[BUILD[GCC]], env=program),
            Step("browser", "node", "tests/browser/run.mjs", needs=[BUILD[GCC]], env=program),
            *c_asan, build_tsan, *c_tsan,
            Step("torture", "/usr/bin/python3", "tests/torture/run.py", needs=[BUILD[GCC]]),
            end_to_end("end to end on PostgreSQL, gcc", GCC, "postgresql")]


def quick():
    steps = [suites("unit and property, gcc", GCC, "unit", "property"),
             c_tests("store on SQLite, gcc", GCC, "store/store_tests", env=SQLITE),
             c_tests("service on SQLite, gcc", GCC, "service/service_tests", env=SQLITE),
             suites("rules", GCC, "rules", scripts=True)]
    for step in steps:
        step.needs = set()  # make has built it
    return steps


def coverage():
    return [build(COVERAGE),
            suites("C tests, coverage", COVERAGE, "unit", "property", "store", "service"),
            end_to_end("end to end, coverage", COVERAGE, "sqlite postgresql"),
            Step("report", "gcovr", "--root", ".", "--filter", "src/", "--print-summary", "--sort-percentage",
                 "--html-details", f"{COVERAGE}/coverage.html", COVERAGE,
                 needs=["C tests, coverage", "end to end, coverage"])]


def tidy():
    return [build(ASAN), Step("clang-tidy", "tools/tidy.sh", ASAN, needs=[BUILD[ASAN]])]


def system():
    return [*tidy(),
            Step("torture", "/usr/bin/python3", "tests/torture/run.py", "--minutes", 10),
            Step("fuzz", "tools/fuzz.sh", ASAN, 60, needs=[BUILD[ASAN]]),
            Step("bare Debian", "tools/bare.sh")]


def containing(part):
    """The steps with each test whose name or file contains `part`."""
    return [*c_tests_containing(part), *end_to_end_containing(part), *others_containing(part)]


def c_tests_containing(part):
    for test in json.loads(subprocess.check_output(["meson", "introspect", "--tests", GCC], cwd=ROOT)):
        program = ROOT / GCC / test["cmd"][-1]
        if "rules" in test["suite"][0] or not os.access(program, os.X_OK) or program.suffix == ".py":
            if part in test["name"]:
                yield Step(test["name"], "meson", "test", "-C", GCC, "--no-rebuild", "--verbose", test["name"],
                           scripts=True)
        elif any(part in line for line in subprocess.check_output([program, "--list"], text=True).splitlines()):
            launcher = ["--own", "--"] if "--own" in test["cmd"] else ["--"]
            yield Step(test["name"], *POSTGRES[:-1], *launcher, program, part, env=test["env"])


def end_to_end_containing(part):
    files = sorted((ROOT / "tests/e2e").glob("test_*.py"))
    tests = [f"{file.name} {line}" for file in files for line in file.read_text().splitlines()]
    if any(part in test for test in tests if " def test_" in test):
        yield Step("end to end", "/usr/bin/pytest-3", "-q", "-k", part, "--durations", "10", "tests/e2e",
                   env={"TENURE_BINARY": str(ROOT / GCC / "tenure")})


def others_containing(part):
    browser = ["node", "tests/browser/run.mjs", part]
    program = {"TENURE_BINARY": str(ROOT / GCC / "tenure")}
    if subprocess.run([*browser, "--any"], cwd=ROOT, env=os.environ | program).returncode == 0:
        yield Step("browser", *browser, env=program)
    if part in "contract.test.mjs":
        yield Step("contract", *CONTRACT, env=program)
    listed = subprocess.check_output(["/usr/bin/python3", "tests/torture/run.py", "--list"], cwd=ROOT, text=True).split()
    if chosen := [name for name in listed if part in name]:
        yield Step("torture", "/usr/bin/python3", "tests/torture/run.py", "--only", *chosen)
    if (ROOT / ASAN).exists() and any(part in file.stem for file in (ROOT / "tests/fuzz").glob("fuzz_*.c")):
        yield Step("fuzz", "tools/fuzz.sh", ASAN, 10, part)


def main(arguments):
    what, *more = arguments or ["all"]
    plans = {"all": everything, "quick": quick, "asan": asan, "tsan": tsan, "coverage": coverage, "tidy": tidy,
             "system": system}
    if what == "name" and len(more) == 1:
        steps = list(containing(more[0]))
        if not steps:
            sys.exit(f"no test's name contains {more[0]!r}")
        return run(steps, at_once=1, whole=True)
    if what not in plans or more:
        sys.exit(__doc__)
    if what not in ("quick", "tidy", "system") and not os.environ.get("TEST_POSTGRES_URL"):
        os.chdir(ROOT)
        os.execv(POSTGRES[0], [*POSTGRES, "/usr/bin/python3", "tools/test.py", what])
    return run(plans[what](), at_once=1 if what == "system" else 2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
