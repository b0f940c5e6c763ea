"""`tenure doctor` says what would stop a start of the server, and nothing else does."""
import contextlib
import os
import resource
import socket
import subprocess
import urllib.parse

import pytest

from program import BINARY, Command, environment, first_start
from stores import both_stores, change, numbers, psql

PORTS = ["--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"]
DISK = """
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
int statvfs(const char *path, struct statvfs *out) {
    memset(out, 0, sizeof *out);
    out->f_frsize = 4096, out->f_bavail = atoi(getenv("DISK_BLOCKS"));
    out->f_files = 1000, out->f_favail = atoi(getenv("DISK_INODES"));
    out->f_flag = getenv("DISK_READ_ONLY") ? ST_RDONLY : 0;
    return path[0] == 0;
}
int statvfs64(const char *path, struct statvfs64 *out) { return statvfs(path, (struct statvfs *)out); }
"""


def doctor(folder, *arguments, env=None, **how):
    """The findings by name, the exit code, and nothing on standard error."""
    told = Command("doctor", "--json", *arguments, cwd=folder, env=env or environment(), **how)
    assert not told.err, told.err
    found = {check["name"]: (check["state"], check["detail"]) for check in told.json["checks"]}
    assert told.code == any(state == "failed" for state, _ in found.values())
    assert told.json["ok"] == (told.code == 0)
    return found


@both_stores
def test_beside_a_running_server_all_that_it_asks_is_well(server):
    address = ["--http", "%s:%d" % server.http_address, "--coap", "%s:%d" % server.coap_address]
    found = doctor(server.folder, *server.store_arguments(), *address, env=server.environment())
    for name in ("store", "secret file", "http", "coap", "time zones"):
        assert found[name][0] == "ok", found
    assert "a running Tenure answers" in found["http"][1] and "answers" in found["coap"][1]
    if server.store_url.startswith("postgresql"):
        assert found["rights"][0] == found["connections"][0] == "ok", found


@pytest.mark.parametrize("kind, name", [(socket.SOCK_STREAM, "http"), (socket.SOCK_DGRAM, "coap")])
def test_a_port_of_another_program_is_a_failure(tmp_path, kind, name):
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        place = "127.0.0.1:%d" % taken.getsockname()[1]
        found = doctor(tmp_path, *PORTS[:2 if name == "coap" else 0], *PORTS[2:4 if name == "http" else 2], f"--{name}", place)
    assert found[name][0] == "failed" and "another program uses" in found[name][1], found
    found = doctor(tmp_path, "--coap", "127.0.0.1:0", "--http", "192.0.2.1:8080")
    assert found["http"][0] == "failed" and "address of this machine" in found["http"][1]


@pytest.mark.parametrize("how, state, words", [
    ({"DISK_BLOCKS": "0", "DISK_INODES": "10"}, "failed", "no space is left"),
    ({"DISK_BLOCKS": "10", "DISK_INODES": "10"}, "warning", "less than 1 GiB"),
    ({"DISK_BLOCKS": "1000000", "DISK_INODES": "0"}, "failed", "inode"),
    ({"DISK_BLOCKS": "1000000", "DISK_INODES": "10", "DISK_READ_ONLY": "1"}, "failed", "read-only"),
    ({"DISK_BLOCKS": "1000000", "DISK_INODES": "10"}, "ok", "GiB left")])
def test_a_disk_that_stops_the_server_is_a_failure(tmp_path, how, state, words):
    source, library = tmp_path / "statvfs.c", tmp_path / "statvfs.so"
    source.write_text(DISK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
    found = doctor(tmp_path, *PORTS, "--store", f"sqlite:{tmp_path}/t.db", env=environment(extra=how | {"LD_PRELOAD": str(library)}))
    assert found["disk"][0] == state and words in found["disk"][1], found


def test_a_unit_that_restricts_too_little_is_named(tmp_path):
    unit = tmp_path / "tenure.service"
    lines = ["[Service]", "User=tenure", "NoNewPrivileges=true", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
             "PrivateDevices=yes", "LimitNOFILE=65536"]
    env = environment(extra={"SYSTEMD_UNIT_PATH": str(tmp_path)})
    unit.write_text("\n".join(lines))
    assert doctor(tmp_path, *PORTS, env=env)["unit"][0] == "ok"
    unit.write_text("\n".join(line for line in lines if "System" not in line and "NOFILE" not in line))
    state, words = doctor(tmp_path, *PORTS, env=env)["unit"]
    assert state == "warning" and "ProtectSystem=strict, LimitNOFILE=" in words and "ProtectHome" not in words, words


def test_few_descriptors_and_root_are_named(tmp_path):
    done = subprocess.run([BINARY, "doctor", *PORTS], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500)))
    assert "warning  descriptors    this user may open 500 files" in done.stdout and not done.stderr, done.stdout
    assert ("warning  user" in done.stdout) == (os.geteuid() == 0)


@pytest.mark.parametrize("store", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:{folder}/text.db", "sqlite:{folder}"])
def test_a_store_that_cannot_be_opened_is_one_line(tmp_path, store):
    (tmp_path / "text.db").write_text("this is no database, but long enough to be looked at\n" * 30)
    found = doctor(tmp_path, *PORTS, "--store", store.format(folder=tmp_path), "--secret-file", tmp_path / "secret")
    assert found["store"][0] == "failed", found


@contextlib.contextmanager
def role(url):
    """A URL of the database for a user without rights of its own."""
    name = f"e2e_{os.getpid()}_{next(numbers)}"
    psql(f"CREATE ROLE {name} LOGIN")
    try:
        yield name, urllib.parse.urlparse(url)._replace(netloc=f"{name}@").geturl()
    finally:
        for statement in (f"DROP OWNED BY {name} CASCADE", f"REASSIGN OWNED BY {name} TO CURRENT_USER"):
            change(url, statement)
        psql(f"DROP ROLE {name}")


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_user_of_the_database_who_may_too_little_is_named(store_url, tmp_path):
    with role(store_url) as (name, url):
        place = [*PORTS, "--store", url, "--secret-file", tmp_path / "secret"]
        state, words = doctor(tmp_path, *place)["rights"]  # PostgreSQL 15: nobody creates in public
        assert state == "failed" and "may not create tables" in words, words
        refused = Command("serve", *place, cwd=tmp_path, env=environment())
        assert refused.code == 1, "as doctor says"
        change(store_url, f"GRANT CREATE ON SCHEMA public TO {name}")
        found = doctor(tmp_path, *place)
        assert found["rights"][0] == "ok" and found["store"][0] == "warning", found

        first_start("--store", store_url, "--secret-file", tmp_path / "secret")
        state, words = doctor(tmp_path, *place)["rights"]
        assert state == "failed" and "may not read and write" in words, words
        change(store_url, f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        state, words = doctor(tmp_path, *place)["rights"]
        assert state == "warning" and "another user owns the table" in words, words
        psql(f"ALTER ROLE {name} CONNECTION LIMIT 3")
        state, words = doctor(tmp_path, *place)["connections"]
        assert state == "failed" and "leaves 3 connections" in words, words
