"""Empty stores for tests: SQLite in a folder, PostgreSQL as a database of its own."""
import contextlib
import itertools
import os
import sqlite3
import subprocess
import urllib.parse

import pytest

numbers = itertools.count(1)

both_stores = pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)


def psql(statement):
    subprocess.run(["psql", "-q", "-X", os.environ["TEST_POSTGRES_URL"], "-c", statement], check=True,
                   timeout=120, capture_output=True)


@contextlib.contextmanager
def new_store(kind, folder):
    """The URL of an empty store that lasts as long as the block."""
    if kind == "sqlite":
        yield f"sqlite:{folder}/tenure.db"
        return
    if not os.environ.get("TEST_POSTGRES_URL"):
        pytest.skip("TEST_POSTGRES_URL is not set")
    name = f"e2e_{os.getpid()}_{next(numbers)}"
    psql(f"CREATE DATABASE {name}")
    try:
        yield urllib.parse.urlparse(os.environ["TEST_POSTGRES_URL"])._replace(path="/" + name).geturl()
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)")


def look(store_url, statement):
    """The one value that a statement gives, read beside the program."""
    if store_url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(store_url.removeprefix("sqlite:"), timeout=5)) as store:
            return str(store.execute(statement).fetchone()[0])
    return subprocess.run(["psql", "-q", "-X", "-A", "-t", store_url, "-c", statement], check=True, timeout=120,
                          capture_output=True, text=True).stdout.strip()


def change(store_url, statement):
    """Runs a statement that changes rows, beside the program."""
    if store_url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(store_url.removeprefix("sqlite:"), timeout=5)) as store:
            store.execute(statement)
            store.commit()
    else:
        subprocess.run(["psql", "-q", "-X", store_url, "-c", statement], check=True, timeout=30, capture_output=True)
