"""The stores that the measurements need: seeded once, copied for each run.

Both kinds answer to the same few names, so that a measurement is written once.
"""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres  # noqa: E402

# A server as it is installed: with a sync for each commit. Memory as a small machine has it.
postgres.SETTINGS.update({
    "fsync": "on", "full_page_writes": "on", "shared_buffers": "1GB", "max_wal_size": "8GB",
    "autovacuum": "on", "synchronous_commit": "on",
})
POSTGRES = postgres.cluster


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def url(self, store):
        return f"sqlite:{self.folder / store}.db"

    def copy(self, store, to):
        for old in self.folder.glob(f"{to}.*"):
            old.unlink()
        shutil.copyfile(self.folder / f"{store}.db", self.folder / f"{to}.db")
        os.chmod(self.folder / f"{to}.db", 0o600)
        os.sync()

    @contextlib.contextmanager
    def open(self, store):
        """A function that runs one statement and gives its rows."""
        with contextlib.closing(sqlite3.connect(self.folder / f"{store}.db", isolation_level=None,
                                                timeout=30)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -65536")
            yield lambda statement: connection.execute(statement).fetchall()

    def settle(self, store):
        """What the database does sooner or later by itself after so many rows."""


class Postgres:
    name = "PostgreSQL"

    def __init__(self, url):
        self.server = url

    def url(self, store):
        return urllib.parse.urlparse(self.server)._replace(path="/" + store).geturl()

    def copy(self, store, to):
        with self.open("postgres") as run:
            run(f"DROP DATABASE IF EXISTS {to} WITH (FORCE)")
            run(f"CREATE DATABASE {to} TEMPLATE {store}")
            run("CHECKPOINT")

    def make(self, store):
        with self.open("postgres") as run:
            run(f"CREATE DATABASE {store}")

    @contextlib.contextmanager
    def open(self, store):
        psql = subprocess.Popen(["psql", "-q", "-w", "-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.url(store)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def run(statement):
            psql.stdin.write(f"{statement};\n\\echo done\n")
            psql.stdin.flush()
            rows = []
            while (line := psql.stdout.readline().rstrip("\n")) != "done":
                if psql.poll() is not None:
                    sys.exit(f"bench: psql ended at: {statement[:200]}")
                if line:
                    rows.append(tuple(line.split("\t")))
            return rows
        yield run
        psql.stdin.close()
        psql.wait(timeout=30)

    def settle(self, store):
        with self.open(store) as run:
            run("VACUUM ANALYZE")
