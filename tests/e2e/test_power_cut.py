"""Which names a power cut would lose at each step of a first start: none that the store relies on."""
import errno
import json
import os

import pytest

from program import Command, Start

ISSUE = ["code", "issue", "--quantity", "1", "--term", "P1Y"]


class Names:
    """The entries of folders that were made, and are not yet synced: a power cut may lose each of them."""

    def __init__(self):
        self.at_risk = set()

    def take(self, call, *paths):
        if call == "make" or call == "link":
            self.at_risk.add(os.path.normpath(paths[-1]))
        elif call == "sync":
            self.at_risk -= {path for path in self.at_risk if os.path.dirname(path) == paths[0]}

    def would_lose(self, path):
        return any(path == name or path.startswith(name + "/") for name in self.at_risk)


def places(tmp_path):
    return tmp_path / "store" / "tenure.db", tmp_path / "state" / "tenure" / "secret"


def arguments(tmp_path):
    store, secret = places(tmp_path)
    return ["--store", f"sqlite:{store}", "--secret-file", secret]


def check(calls, tmp_path, names):
    """Whenever something is written into the store, its own name is safe, and that of the secret once it has one."""
    store, secret = map(str, places(tmp_path))
    writes = 0
    for call in calls:
        names.take(*call)
        if call[0] == "write" and call[1] in (store, store + "-wal"):
            writes += 1
            assert not names.would_lose(store), call
            assert not names.would_lose(call[1]), "the log, too"
            assert not names.would_lose(secret), call
    return writes


def test_a_first_start_binds_the_store_to_no_name_that_a_power_cut_loses(disk, tmp_path):
    done = Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert done.code == 0, done.err
    calls = disk.calls()
    made = [call[-1] for call in calls if call[0] in ("make", "link")]
    assert {str(place) for place in places(tmp_path)} <= set(made), "the record holds what is asked here"
    assert check(calls, tmp_path, Names()) > 10


@pytest.mark.parametrize("name", ["/store", "/state/tenure", "/state", "/secret"])
def test_a_start_that_was_killed_before_a_sync_is_made_up_by_the_next(disk, tmp_path, name):
    names = Names()
    disk.fail("sync", name, "kill", count=1)
    killed = Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert killed.code == -9
    check(disk.calls(), tmp_path, names)
    disk.heal()
    done = Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert done.code == 0, done.err
    assert check(disk.calls(), tmp_path, names) > 0


@pytest.mark.parametrize("how", ["EIO", "ENOSPC", "EDQUOT"])
@pytest.mark.parametrize("name", ["/store", "/state/tenure", "/secret"])
def test_a_folder_that_cannot_be_synced_is_one_sentence_and_binds_nothing(disk, tmp_path, name, how):
    disk.fail("sync", name, how)
    refused = Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert refused.code == 1 and not refused.out
    last = json.loads(refused.err.splitlines()[-1])["detail"]
    assert "synced to the disk" in last and os.strerror(getattr(errno, how)) in last, refused.err
    disk.heal()
    store, secret = places(tmp_path)
    secret.unlink(missing_ok=True)  # as if the power had gone: the store must not miss it
    done = Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert done.code == 0, done.err


@pytest.mark.parametrize("how", ["EIO", "ENOSPC"])
def test_a_commit_does_not_rely_on_a_log_whose_name_cannot_be_synced(disk, tmp_path, how):
    """Each start makes the log anew."""
    assert Start(*arguments(tmp_path), cwd=tmp_path, env=disk.environment()).code == 0
    disk.fail("sync", "/store", how)
    refused = Command(*ISSUE, *arguments(tmp_path), cwd=tmp_path, env=disk.environment())
    assert refused.code == 1 and not refused.out and "synced to the disk" in refused.err, refused.err
    disk.heal()
    assert Command(*ISSUE, *arguments(tmp_path), cwd=tmp_path, env=disk.environment()).code == 0
