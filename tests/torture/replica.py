"""A primary and a hot standby that applies late."""
import pathlib
import shutil
import subprocess
import tempfile

import ground  # noqa: F401
import postgres
from customer import eventually
from ground import Failure
from test_durability import Cluster

APPLY_DELAY_MS = 300


class Standby(Cluster):
    """Made from a copy of a running primary; runs as its hot standby, always APPLY_DELAY_MS late."""

    def __init__(self, folder, primary):
        self.folder, self.port, self.process = folder, postgres.free_port(), None
        self.who, self.bin, self.database = primary.who, primary.bin, primary.database
        self.url = primary.url.replace(f":{primary.port}/", f":{self.port}/")
        if self.who:
            shutil.chown(folder, "postgres", "postgres")
        self.run("pg_basebackup", "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "-D",
                 f"{folder}/data", "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with open(pathlib.Path(folder, "data", "postgresql.auto.conf"), "a") as settings:
            settings.write(f"recovery_min_apply_delay = {APPLY_DELAY_MS}\nhot_standby = on\n")


class Pair:
    """`with Pair() as (primary, standby)`: both run, the database `tenure` is empty."""

    def __enter__(self):
        self.folders = [tempfile.mkdtemp(prefix="torture-postgres-") for _ in range(2)]
        self.primary = self.standby = None
        try:
            self.primary = Cluster(self.folders[0])
            self.primary.start()
            ask(self.primary.server_url, f"CREATE DATABASE {self.primary.database}")
            self.standby = Standby(self.folders[1], self.primary)
            self.standby.start()
            eventually(lambda: ask(self.standby.url, "SELECT pg_is_in_recovery()") == "t")
        except BaseException:
            self.__exit__()
            raise
        return self.primary, self.standby

    def __exit__(self, *_):
        for one in (self.standby, self.primary):
            if one:
                one.stop()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def ask(url, statement):
    done = subprocess.run(["psql", "-q", "-X", "-A", "-t", url, "-c", statement], capture_output=True, text=True,
                          timeout=30)
    if done.returncode:
        raise Failure(f"psql: {done.stderr.strip()}")
    return done.stdout.strip()
