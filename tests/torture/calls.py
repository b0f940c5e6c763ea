"""Orders for the preload calls.c: which system calls on the store's files fail, or kill the program."""
import errno
import mmap
import os
import pathlib
import struct

READ, WRITE, SYNC, TRUNCATE, OPEN, NAMES = (1 << i for i in range(6))
SHORT, KILL_BEFORE, KILL_AFTER = -1, -2, -3
CHANGES = WRITE | SYNC | TRUNCATE | NAMES
ERRORS = {errno.EIO: READ | WRITE | SYNC | TRUNCATE, errno.ENOSPC: WRITE | TRUNCATE | OPEN, errno.EMFILE: OPEN,
          SHORT: WRITE}
FORM = "=6q"  # struct order


class Calls:
    def __init__(self, folder, under):
        path = pathlib.Path(folder) / "calls"
        path.write_bytes(bytes(struct.calcsize(FORM)))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), struct.calcsize(FORM))
        os.environ |= {"CALLS_FILE": str(path), "CALLS_UNDER": str(under)}

    def order(self, kinds, skip, times, how):
        """Of the next calls of these kinds `skip` pass, then `times` fail."""
        self.shared[8:40] = struct.pack("=4q", skip, times, how, 0)
        self.shared[:8] = struct.pack("=q", kinds)

    def end(self):
        """All calls pass again; gives how many have failed."""
        self.shared[:8] = bytes(8)
        return self.hits

    @property
    def seen(self):
        """All calls so far, of any kind."""
        return struct.unpack(FORM, self.shared[:])[5]

    @property
    def hits(self):
        return struct.unpack(FORM, self.shared[:])[4]
