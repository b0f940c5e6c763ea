"""Runs steps side by side, and prints the output of each as one block when it ends.

A step is a command with a name. Its whole output stays in build-logs/. A step that passes prints a short block: the
slowest tests and what the runner says at its end. A step that fails prints all but the lines of tests that passed.
"""
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOGS = ROOT / "build-logs"
PROGRESS_SECONDS, END_SECONDS = 30, 20
MOST_LINES, MOST_WIDTH, MOST_SLOW = 30, 160, 10  # of a step that passes

# What the runners say of tests that passed, of their progress, and of themselves.
NOISE = re.compile("|".join((
    r"\[ RUN      \]", r"\[       OK \]", r"\[={10}\]", r"\s*$", r"[.sxX]+ +\[ *\d+%\]$", r"\s*✔",
    r"bringing up nodes", r"ninja: ", r"[―═=]{10}", r"▶|\d+/\d+ ", r"Full log written",
    r"Expected Fail|Unexpected Pass|Skipped:|Timeout:", r"ℹ (suites|cancelled|skipped|todo|tests)",
    r"\d{4}-\d\d-\d\dT\S+Z (error|warn)", r" +SEED=", r"\[.*\d+/\d+\]")))
ENDED = r"\b(?=.* in [0-9.]+ ?s)"  # pytest and torture
TOTALS = tuple((what, re.compile(pattern)) for what, pattern in (
    ("passed", r"\[  PASSED  \] (\d+) test"), ("failed", r"\[  FAILED  \] (\d+) test"),  # cmocka
    ("passed", r"\b(\d+) passed" + ENDED), ("failed", r"\b(\d+) (?:failed|errors?)" + ENDED),
    ("passed", r"^(?:#|ℹ) pass (\d+)"), ("failed", r"^(?:#|ℹ) fail (\d+)"),  # node
    ("passed", r"^fuzz_\w+: \d+ inputs()"), ("failed", r"^fuzz_\w+: FAILED()")))  # tools/fuzz.sh
SCRIPT_TOTALS = ("passed", re.compile(r"^Ok: +(\d+)")), ("failed", re.compile(r"^Fail: +(\d+)"))
NODE_TEST = re.compile(r"✔ (.*) \(([0-9.]+)ms\)")


class Step:
    """`needs` names the steps that have to pass first. `scripts`: Meson itself counts the tests."""

    def __init__(self, name, *command, needs=(), env=None, scripts=False):
        self.name, self.command, self.needs, self.scripts = name, [str(word) for word in command], set(needs), scripts
        self.env = os.environ | (env or {})
        self.log = LOGS / (re.sub(r"\W+", "-", name) + ".log")
        self.process, self.code = None, None
        self.seconds = self.cpu = self.passed = self.failed = 0

    def run(self):
        began = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT, process_group=0)
            _, status, usage = os.wait4(self.process.pid, 0)  # with the processor time of all its children
        self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds, self.cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
        self.count()

    def count(self):
        for line in self.lines():
            for what, pattern in TOTALS + (SCRIPT_TOTALS if self.scripts else ()):
                if found := pattern.search(line):
                    setattr(self, what, getattr(self, what) + int(found[1] or 1))
        if self.code and not self.failed:
            self.failed = 1

    def lines(self):
        return self.log.read_text(errors="replace").splitlines()

    def block(self):
        """What a person wants to read of it."""
        if self.code:
            return [line for line in self.lines() if not re.match(r"\[ RUN  |\[       OK|\s*✔", line)]
        said = [line[:MOST_WIDTH] for line in self.lines() if not NOISE.match(line)]
        return said[-MOST_LINES:] + self.slow_in_browser()

    def slow_in_browser(self):
        tests = [found for line in self.lines() if (found := NODE_TEST.search(line))]
        took = sorted(((float(test[2]) / 1000, test[1]) for test in tests), reverse=True)[:MOST_SLOW]
        return ["slowest tests:"] * bool(took) + [f"{seconds:8.1f} s  {name}" for seconds, name in took]


class Run:
    """Some steps at once, in the order of the list as far as `needs` allows."""

    def __init__(self, steps, at_once, whole):
        self.waiting, self.at_once, self.whole = list(steps), at_once, whole
        self.total, self.began = len(steps), time.monotonic()
        self.running, self.done, self.changed, self.ends = [], [], threading.Condition(), False

    def minutes(self):
        return f"{(time.monotonic() - self.began) / 60:.1f} min"

    def next(self):
        """The next step that can run; None when there is none left."""
        with self.changed:
            while True:
                well = {step.name for step in self.done if step.code == 0}
                over = {step.name for step in self.done} - well
                for step in [step for step in self.waiting if step.needs & over]:
                    self.waiting.remove(step)
                    step.code, step.failed = "not run", 1
                    self.done.append(step)
                    self.say(step, [])
                    over.add(step.name)
                for step in self.waiting:
                    if step.needs <= well:
                        self.waiting.remove(step)
                        self.running.append(step)
                        return step
                if not self.waiting:
                    return None
                self.changed.wait()

    def work(self):
        while not self.ends and (step := self.next()):
            step.run()
            with self.changed:
                self.running.remove(step)
                self.done.append(step)
                self.say(step, step.lines() if self.whole else step.block())
                self.changed.notify_all()

    def say(self, step, block):
        passed, failed = self.totals()
        how = {0: "passed", "not run": "NOT RUN"}.get(step.code, "FAILED")
        print(f"\n── {len(self.done)} of {self.total}: {step.name}")
        print("\n".join(block), end="\n" * bool(block))
        print(f"── {step.name}: {how}, {step.seconds:.0f} s, {step.cpu:.0f} s of CPU; "
              f"so far {passed} passed, {failed} failed, {self.minutes()}", flush=True)

    def totals(self):
        return sum(step.passed for step in self.done), sum(step.failed for step in self.done)

    def tick(self):
        """Says from time to time that it is at work, for logs that nobody sees move."""
        with self.changed:
            while self.waiting or self.running:
                if not self.changed.wait(PROGRESS_SECONDS) and self.running:
                    print(f"   {self.minutes()}: running {'; '.join(step.name for step in self.running)}", flush=True)

    def all(self):
        """0 when every step passed."""
        LOGS.mkdir(exist_ok=True)
        threads = [threading.Thread(target=self.work, daemon=True) for _ in range(self.at_once)]
        for thread in [*threads, threading.Thread(target=self.tick, daemon=True)]:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:
            self.interrupt()
        return self.conclude()

    def interrupt(self):
        """Ends what still runs, as Ctrl-C does: then each runner ends what it has started."""
        self.ends = True
        for number, patience in ((signal.SIGINT, END_SECONDS), (signal.SIGKILL, 1)):
            with self.changed:
                for step in self.running:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(step.process.pid, number)
                if self.changed.wait_for(lambda: not self.running, patience):
                    return

    def conclude(self):
        passed, failed = self.totals()
        print("\nseconds  of CPU  step")
        for step in self.done:
            print(f"{step.seconds:7.0f} {step.cpu:7.0f}  {step.name}")
        print(f"{time.monotonic() - self.began:7.0f} {sum(step.cpu for step in self.done):7.0f}  all")
        if bad := [step for step in self.done if step.code]:
            print("\nFailed: " + "; ".join(f"{step.name} ({step.log.relative_to(ROOT)})" for step in bad))
        print(f"\n{passed} passed, {failed} failed", flush=True)
        return 1 if bad else 0


def run(steps, at_once=2, whole=False):
    """`whole`: also what a step that passes says."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    return Run(steps, at_once, whole).all()
