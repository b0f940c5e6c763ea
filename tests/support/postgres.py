#!/usr/bin/env python3
"""A PostgreSQL of one's own for the time of one command.

    postgres.py -- command argument...

Makes a cluster in a temporary folder, runs the command with TEST_POSTGRES_URL
set, ends the cluster and removes the folder, whichever way the command ends.
The exit code is the command's. Nothing in it survives a power cut: it is for
tests. From Python: `with cluster() as url: ...`.

Where TEST_POSTGRES_URL is set already, that one is used; with `--own --` not
even then. With TENURE_TEST_STORES=sqlite there is none.
"""
import contextlib
import ctypes
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 60
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "200",
    "listen_addresses": "127.0.0.1", "log_min_messages": "fatal", "autovacuum": "off",
}


def programs():
    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin")
    where = max(found, key=lambda path: int(path.parent.name), default=None)
    if not where and (initdb := shutil.which("initdb")):
        where = pathlib.Path(initdb).parent
    if not where:
        sys.exit("postgres.py: there is no PostgreSQL (Debian: apt install postgresql)")
    return where


def end_with_parent():
    """In the child: the kernel ends it when this process is gone, however it went."""
    set_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGQUIT)


def free_port():
    """Below those from which the system takes ports for outgoing connections: a connection to a
    server that is down could get that port itself, and the server could not come back."""
    for port in random.sample(range(10_000, 32_768), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    sys.exit("postgres.py: there is no free port")


def refuse(what, folder):
    sys.exit(f"postgres.py: the cluster {what}:\n" + pathlib.Path(folder, "log").read_text())


def wait_until_ready(bin_path, folder, port, server):
    end = time.monotonic() + START_SECONDS
    ask = [bin_path / "pg_isready", "-q", "-h", folder, "-p", str(port)]
    while subprocess.run(ask).returncode:
        if server.poll() is not None or time.monotonic() > end:
            refuse("did not start", folder)
        time.sleep(0.05)


@contextlib.contextmanager
def cluster():
    bin_path, folder, port = programs(), tempfile.mkdtemp(prefix="postgres-"), free_port()
    # PostgreSQL does not run as root: it gets its packaged user there.
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    if who:
        shutil.chown(folder, "postgres", "postgres")
    data, server = os.path.join(folder, "data"), None
    try:
        with open(os.path.join(folder, "log"), "w") as log:
            where = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **who}
            made = subprocess.run([bin_path / "initdb", "-D", data, "-U", "postgres", "-A", "trust",
                                   "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], **where)
            if made.returncode:
                refuse("could not be made", folder)
            settings = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
            server = subprocess.Popen(
                [bin_path / "postgres", "-D", data, "-k", folder, "-p", str(port), *settings],
                preexec_fn=end_with_parent, start_new_session=True, **where)
        wait_until_ready(bin_path, folder, port, server)
        yield f"postgresql://postgres@/postgres?host={folder}&port={port}"
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)  # a fast shutdown
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments):
    own = arguments[:1] == ["--own"]
    marker, *command = arguments[own:] or [""]
    if marker != "--" or not command:
        sys.exit(__doc__)
    given = os.environ.get("TEST_POSTGRES_URL") and not own
    if given or os.environ.get("TENURE_TEST_STORES") == "sqlite":
        os.execvp(command[0], command)

    def leave(number, _):
        sys.exit(128 + number)  # through the `finally` above

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    with cluster() as url:
        child = subprocess.Popen(command, env={**os.environ, "TEST_POSTGRES_URL": url})
        try:
            result = child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    return 128 - result if result < 0 else result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
