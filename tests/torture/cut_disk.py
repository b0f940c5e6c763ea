"""A model of a disk: from the log of what a program changed it makes what a power cut may leave.

What was synced is there. What was not may be there or not: each write, also torn into sectors of 512 bytes, each
change of a file's size, each name. POSIX promises no name before its folder is synced (fsync(2), "Notes")."""
import collections
import os
import pathlib
import random
import struct

RECORD, SECTOR = struct.Struct("=qqII8s"), 512
Change = collections.namedtuple("Change", "position what path other at bytes")


def read_log(path):
    """All changes, each with the length that the log had when it stood."""
    data, at = pathlib.Path(path).read_bytes(), 0
    while at < len(data):
        where, size, first, second, what = RECORD.unpack_from(data, at)
        at += RECORD.size
        names = data[at:at + first].decode(), data[at + first:at + first + second].decode()
        at += first + second
        yield Change(at + size, what.rstrip(b"\0").decode(), *names, where, data[at:at + size])
        at += size


class File:
    """Bytes that are on the disk for sure, and changes that may be."""

    def __init__(self):
        self.sure, self.pending = bytearray(), []

    @staticmethod
    def apply(data, at, written):
        if written is None:
            del data[at:]
            data.extend(bytes(at - len(data)))
        else:
            data.extend(bytes(max(0, at - len(data))))
            data[at:at + len(written)] = written

    def sync(self):
        for at, written in self.pending:
            self.apply(self.sure, at, written)
        self.pending = []

    def left(self, how, rng):
        """What a cut leaves. `how`: "none", "all", "writes" (each or not), "sectors" (also torn)."""
        data = bytearray(self.sure)
        for at, written in self.pending if how != "none" else ():
            if how == "sectors" and written:
                for first, piece in sectors(at, written):
                    if rng.random() < 0.5:
                        self.apply(data, first, piece)
            elif how == "all" or rng.random() < 0.5:
                self.apply(data, at, written)
        return data


def sectors(at, written):
    first = 0
    while first < len(written):
        end = min(len(written), first + SECTOR - (at + first) % SECTOR)
        yield at + first, written[first:end]
        first = end


class Disk:
    """`root` and `folders` in it are there for sure. Names map to File, or to None for a folder."""

    def __init__(self, root, folders):
        self.root = root
        self.sure, self.names = dict.fromkeys(folders), dict.fromkeys(folders)
        self.pending = []  # (folders, {path: File, None or GONE}), oldest first
        self.journaled = 0  # so many of them stood before the last sync of anything

    def play(self, change):
        path = change.path
        if change.what == "sync":
            self.sync(path)
        elif change.what in ("write", "size"):
            if file := self.names.get(path):
                file.pending.append((change.at, change.bytes if change.what == "write" else None))
        elif change.what in ("file", "folder"):
            self.rename({path: File() if change.what == "file" else None})
        elif change.what == "link":
            self.rename({change.other: self.names[path]})
        elif change.what == "rename":
            self.rename({change.other: self.names[path], path: GONE})
        elif change.what == "unlink":
            self.rename({path: GONE})

    def rename(self, change):
        """One step in the names; a rename is two of them at once."""
        set_names(self.names, change)
        self.pending.append(({os.path.dirname(path) for path in change}, change))

    def sync(self, path):
        self.journaled = len(self.pending)
        if file := self.names.get(path):
            file.sync()
            return
        for folders, change in self.pending:
            if path in folders:
                set_names(self.sure, change)
        self.pending = [one for one in self.pending if path not in one[0]]
        self.journaled = len(self.pending)

    def left(self, how, ordered, rng):
        """Path -> bytes, None for a folder. With `ordered` changes of names keep their order, and each sync brings all
        before it to the disk, as with ext4 and its journal; otherwise each name stands for itself."""
        names, kept = dict(self.sure), len(self.pending)
        if ordered:
            kept = {"none": self.journaled, "all": kept}.get(how, rng.randint(self.journaled, kept))
        for _, change in self.pending[:kept]:
            if ordered or how == "all" or (how != "none" and rng.random() < 0.5):
                set_names(names, change)
        return {path: file and file.left(how, rng) for path, file in names.items() if self.is_reached(path, names)}

    def is_reached(self, path, names):
        folder = os.path.dirname(path)
        return folder == self.root or (names.get(folder, GONE) is None and self.is_reached(folder, names))


class Gone:
    pass


GONE = Gone()


def set_names(names, change):
    for path, file in change.items():
        if file is GONE:
            names.pop(path, None)
        else:
            names[path] = file


def write_out(left, root, into):
    """Lays what is left under another folder."""
    os.mkdir(into, 0o700)
    for path in sorted(left):
        place = into + path.removeprefix(root)
        if left[path] is None:
            os.makedirs(place, 0o700)
        else:
            with open(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(left[path])


def cuts(log, disk, count, rng, early):
    """Yields (position, how, ordered, what is left) for random cuts; a part of them lies before `early`."""
    changes = [change for change in read_log(log) if not change.path.endswith("-shm")]
    at_start = [n for n, change in enumerate(changes) if change.position <= early]
    wanted = collections.Counter(rng.choice(at_start) if i % 4 == 0 else rng.randrange(len(changes))
                                 for i in range(count))
    for n, change in enumerate(changes):
        disk.play(change)
        for _ in range(wanted[n]):
            how, ordered = rng.choice(["none", "all", "writes", "sectors"]), rng.random() < 0.5
            yield change.position, how, ordered, disk.left(how, ordered, random.Random(rng.random()))
