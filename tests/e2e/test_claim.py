"""One server at a time on one SQLite file; the commands work beside it."""
import contextlib
import fcntl
import os
import struct

import pytest

from program import Command, environment

PORTS = ["--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"]


def beside(server, *arguments, store=None):
    """Another run of the program on the same store, or on a name of it."""
    return Command(*arguments, "--store", store or server.store_url, "--secret-file", server.folder / "secret",
                   cwd=server.folder, env=environment())


@contextlib.contextmanager
def locked(path):
    """The lock that a server holds."""
    with open(path, "w") as file:
        os.chmod(path, 0o600)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
        yield


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_second_server_on_one_sqlite_file_is_refused_and_the_first_goes_on(server, http, command):
    told = beside(server, command, *PORTS)
    assert told.code == 1 and not told.out
    assert told.err.startswith("tenure: ") and told.err.count("\n") == 1, told.err
    assert f"another Tenure (process {server.process.pid}) serves the store" in told.err
    assert "tenure.db" in told.err and "stop it first" in told.err
    assert beside(server, command, "--json", *PORTS).problem["code"] == "store_in_use"
    assert http.get("/readyz").status == 200
    assert server.stop() == 0


def test_another_name_of_the_file_does_not_help(server):
    folder = server.folder / "linked"
    folder.symlink_to(server.folder, target_is_directory=True)
    file = server.folder / "other.db"
    file.symlink_to("tenure.db")
    for name in (folder / "tenure.db", file, "tenure.db", f"{server.folder}/./tenure.db"):
        told = beside(server, "serve", *PORTS, store=f"sqlite:{name}")
        assert told.code == 1 and "another Tenure" in told.err, (name, told.err)


def test_a_hard_link_or_a_lost_lock_file_does_not_help(server, http):
    os.link(server.folder / "tenure.db", server.folder / "hard.db")
    (server.folder / "tenure.db.lock").unlink()
    for name in "hard.db", "tenure.db":
        told = beside(server, "serve", *PORTS, store=f"sqlite:{server.folder}/{name}")
        assert told.code == 1 and "another Tenure serves the store" in told.err, (name, told.err)
    assert not (server.folder / "hard.db-wal").exists()
    assert http.get("/readyz").status == 200 and server.stop() == 0


def test_a_refused_server_changes_nothing_in_the_store(tmp_path):
    (tmp_path / "tenure.db").touch(0o600)
    with locked(tmp_path / "tenure.db.lock"):
        told = Command("serve", *PORTS, "--store", f"sqlite:{tmp_path}/tenure.db", cwd=tmp_path)
        assert told.code == 1 and "another Tenure serves the store" in told.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tenure.db", "tenure.db.lock"]
    assert (tmp_path / "tenure.db").stat().st_size == 0, "nothing was migrated"


def test_the_lock_ends_with_its_process_however_that_ends(server):
    server.kill()
    server.start()
    assert server.stop() == 0
    assert (server.folder / "tenure.db.lock").stat().st_mode & 0o777 == 0o600
    server.start()


def test_the_commands_work_beside_a_server_and_doctor_is_content(server, operator):
    issued = beside(server, "code", "issue", "--json", "--quantity", "1", "--term", "P1Y")
    assert issued.code == 0, issued.err
    assert beside(server, "audit", "verify").code == 0
    told = beside(server, "doctor", "--json", *PORTS)
    assert told.code == 0, told.out
    assert {check["name"]: check["state"] for check in told.json["checks"]}["store"] == "ok"
    refused = beside(server, "serve", *PORTS)
    assert refused.code == 1 and "another Tenure" in refused.err, "and no command took the lock away"


def test_a_server_without_a_usable_secret_file_leaves_no_lock_behind(tmp_path):
    (tmp_path / "secret").write_bytes(b"s" * 31)
    (tmp_path / "secret").chmod(0o600)
    told = Command("serve", *PORTS, "--store", f"sqlite:{tmp_path}/tenure.db", "--secret-file", tmp_path / "secret",
                   cwd=tmp_path)
    assert told.code == 2 and "32 bytes" in told.err
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
