"""The program under test, as a process: a server or one command."""
import json
import os
import pathlib
import resource
import select
import signal
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 5  # what the program promises
ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.path.abspath(os.environ.get("TENURE_BINARY") or ROOT / "build" / "tenure")


def environment(clock=None, offset=None, extra=None):
    """Without the settings of the person who runs the tests; optionally under a chosen clock, which the kernel calls
    synchronized and which nobody compares with that of PostgreSQL."""
    made = {k: v for k, v in os.environ.items()
            if not k.startswith("TENURE_") and k not in ("STATE_DIRECTORY", "LD_PRELOAD")}
    if offset is not None:
        made |= {"LD_PRELOAD": str(clock), "CLOCK_OFFSET": str(int(offset)), "CLOCK_SYNCHRONIZED": "yes"}
    if offset is not None or "CLOCK_FILE" in os.environ:
        made["TENURE_CLOCK_CHECK"] = "off"
    return made | (extra or {})


class Command:
    """What one run of the program said."""

    def __init__(self, *arguments, cwd=None, env=None, stdin=subprocess.DEVNULL, timeout=120):
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                              env=env or environment(), stdin=stdin, timeout=timeout, start_new_session=True)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def problem(self):
        return json.loads(self.err.splitlines()[-1])


class Start:
    """A server that stops as soon as it serves. It makes the store. `code`: negative if a signal ended it."""

    def __init__(self, *arguments, cwd=None, env=None):
        command = [BINARY, "serve", "--json", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", *map(str, arguments)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, text=True,
                              env=env or environment(), start_new_session=True) as process:
            self.out = process.stdout.readline()
            process.terminate()
            _, self.err = process.communicate(timeout=START_SECONDS)
        self.code = process.returncode


def first_start(*arguments, cwd=None, env=None):
    """Serves once, which makes the store."""
    start = Start(*arguments, cwd=cwd, env=env)
    assert start.out and start.code == 0, start.err


class Server:
    """`tenure serve` on free loopback ports. start() and stop() as often as wished: the store stays."""

    def __init__(self, store_url, folder, clock, offset=None, coap="127.0.0.1:0", arguments=(), zones=None,
                 files=None):
        self.store_url, self.folder, self.clock = store_url, pathlib.Path(folder), clock
        self.offset, self.coap_wish, self.arguments = offset, coap, list(arguments)
        self.extra = {"TZDIR": str(zones)} if zones else {}
        self.files = files  # (soft, hard): the limits of open files; None: those of the tests
        self.process = None
        self.log = self.folder / "server.log"

    def store_arguments(self):
        return ["--store", self.store_url, "--secret-file", str(self.folder / "secret")]

    def environment(self):
        return environment(self.clock, self.offset, self.extra)

    def command_line(self):
        return ["serve", "--json", *self.store_arguments(), "--http", "127.0.0.1:0", "--coap", self.coap_wish]

    def start(self):
        command = [BINARY, *self.command_line(), *self.arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=self.folder,
                                            env=self.environment(), start_new_session=True, preexec_fn=self.limit_files)
        self.told = json.loads(self.first_line())
        self.http_address, self.coap_address = map(address, (self.told["http"], self.told["coap"]))
        return self

    def limit_files(self):
        if self.files:
            resource.setrlimit(resource.RLIMIT_NOFILE, self.files)

    def first_line(self):
        line, until = b"", time.monotonic() + START_SECONDS
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            got = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not got:
                self.kill()
                raise AssertionError(f"the server does not listen:\n{self.log.read_text(errors='replace')}")
            line += got
        return line.splitlines()[0]

    def stop(self):
        """SIGTERM; gives the exit code. Fails when it takes longer than promised."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            raise AssertionError(f"no end within {STOP_SECONDS} s:\n{self.log.read_text(errors='replace')}") from late
        finally:
            self.process.wait(STOP_SECONDS)
            self.process.stdout.close()
            self.process = None

    def kill(self):
        """SIGKILL: as a power cut, for the program."""
        if self.process:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
            self.process.stdout.close()
            self.process = None

    def move_clock(self, offset):
        """Ends, and goes on with a clock that is `offset` seconds ahead of the machine's."""
        self.stop()
        self.offset = offset
        return self.start()

    def now(self):
        return int(time.time()) + (self.offset or 0)

    def command(self, *arguments):
        """A command on the same store under the same clock."""
        return Command(*arguments, *self.store_arguments(), cwd=self.folder,
                       env=self.environment())


def address(text):
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)
