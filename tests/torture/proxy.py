"""Stands between the program and PostgreSQL, understands message frames, and cuts connections on command.

The frames are those of PostgreSQL's protocol 3.0 (its manual, "Frontend/Backend Protocol")."""
import contextlib
import socket
import struct
import threading
import urllib.parse

import ground  # noqa: F401

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
CUTS = ("before", "after", "late", "never")


def place_of(url):
    """(family, address) of a PostgreSQL that a URL names."""
    parts = urllib.parse.urlparse(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    host, port = query.get("host") or parts.hostname or "127.0.0.1", int(query.get("port") or parts.port or 5432)
    if host.startswith("/"):
        return socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"
    return socket.AF_INET, (host, port)


def close(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


class Frames:
    """Whole frames of what arrives on a socket, as (type, bytes)."""

    def __init__(self, end):
        self.end, self.data = end, b""

    def fill(self, size):
        while len(self.data) < size:
            got = self.end.recv(65536)
            if not got:
                raise EOFError
            self.data += got

    def take(self, typed=True):
        head = 5 if typed else 4
        self.fill(head)
        size = struct.unpack_from("!I", self.data, head - 4)[0] + head - 4
        self.fill(size)
        frame, self.data = self.data[:size], self.data[size:]
        return frame


class Connection:
    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server, self.target = proxy, client, server, proxy.target
        self.reads_only = self.writing = self.swallows = False
        self.name, self.names = "", set()  # the prepared statement that runs; those that ran since BEGIN
        self.is_open = True

    def start(self):
        for run in (self.forward, self.backward):
            threading.Thread(target=self.guard, args=(run,), daemon=True).start()

    def guard(self, run):
        try:
            run()
        except (OSError, EOFError):
            pass
        finally:
            if run == self.backward or not self.swallows:
                self.cut()

    def cut(self):
        self.is_open = False
        close(self.client)
        close(self.server)
        self.proxy.forget(self)

    def forward(self):
        frames = Frames(self.client)
        while True:
            first = frames.take(typed=False)
            if struct.unpack_from("!I", first, 4)[0] not in (SSL_REQUEST, GSS_REQUEST):
                break
            self.client.sendall(b"N")
        self.server.sendall(first)
        while True:
            frame = frames.take()
            if not self.look(frame):
                return
            self.server.sendall(frame)

    def look(self, frame):
        """False: the frame is not to be passed on."""
        kind, body = frame[:1], frame[5:]
        if kind == b"B":  # Bind: portal, statement
            self.name = body.split(b"\0", 2)[1].decode()
            self.names.add(self.name)
            if self.proxy.on_run:
                self.proxy.on_run(self)
        elif kind == b"Q":
            text = body.rstrip(b"\0").decode(errors="replace")
            if text.startswith("BEGIN"):
                self.writing, self.names = "READ WRITE" in text, set()
            elif "default_transaction_read_only = on" in text:
                self.reads_only = True
            elif text.startswith("COMMIT"):
                how = self.proxy.wants(self)
                if self.writing and self.proxy.slow:
                    threading.Event().wait(self.proxy.slow())
                self.writing = False
                return not how or self.cut_commit(how, frame)
        return True

    def cut_commit(self, how, frame):
        """Cuts around a COMMIT, as Proxy.cut_commit() says."""
        how, seconds = how
        if how == "before":
            self.cut()
            self.proxy.done()
        elif how == "after":
            self.swallows = True  # and backward() cuts when the answer comes
            self.server.sendall(frame)
        elif how == "stall":
            self.swallows = True
            threading.Event().wait(seconds)  # meanwhile the program may give up by itself
            self.server.sendall(frame)
        else:
            self.swallows = True
            close(self.client)
            self.proxy.done()  # the second run may begin while the first one waits here
            threading.Event().wait(seconds)
            if how == "late":
                self.server.sendall(frame)
            else:
                self.cut()
        return False

    def backward(self):
        frames = Frames(self.server)
        while True:
            frame = frames.take()
            if self.swallows:
                if frame[:1] in (b"C", b"E"):  # CommandComplete, ErrorResponse
                    self.cut()
                    self.proxy.done()
                    return
                continue
            self.client.sendall(frame)


class Proxy:
    """Listens on a loopback port. `target` is where new connections go; it may change."""

    def __init__(self, url):
        self.target = place_of(url)
        self.lock, self.connections = threading.Condition(), set()
        self.order = None  # (how, about, how many such commits pass before)
        self.cuts = dict.fromkeys(CUTS, 0)
        self.on_run = None  # called with (connection) at each statement
        self.slow = None  # gives the seconds by which the next COMMIT is delayed
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        parts = urllib.parse.urlparse(url)
        user = parts.netloc.rpartition("@")[0] or "postgres"
        self.url = parts._replace(netloc=f"{user}@127.0.0.1:{self.listener.getsockname()[1]}",
                                  query="sslmode=disable&gssencmode=disable").geturl()

    def __enter__(self):
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        close(self.listener)
        self.cut_all()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                family, address = self.target
                server = socket.socket(family, socket.SOCK_STREAM)
                try:
                    server.connect(address)
                except OSError:
                    close(client)
                    continue
                if family == socket.AF_INET:
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = Connection(self, client, server)
                with self.lock:
                    self.connections.add(connection)
                connection.start()

    def forget(self, connection):
        with self.lock:
            self.connections.discard(connection)

    def cut_all(self, which=lambda connection: True):
        """Cuts the open connections that `which` picks; gives how many."""
        with self.lock:
            found = [connection for connection in self.connections if which(connection)]
        for connection in found:
            connection.cut()
        return len(found)

    def cut_commit(self, how, about="", skip=0, seconds=0.0):
        """Orders a cut of the commit of a writing transaction that ran a statement whose name contains `about`, after
        `skip` such commits. `how`, seen from PostgreSQL:
        "before"  the connection ends, and no COMMIT comes
        "after"   the COMMIT comes, and its answer is lost
        "late"    the COMMIT comes late by so many seconds
        "never"   the transaction stands open for so many seconds, then its connection ends
        "stall"   as "late", but the connection to the program is left open: it has to give up by itself"""
        with self.lock:
            self.order, self.is_done = [(how, seconds), about, skip], False

    def wait(self, seconds=30.0):
        with self.lock:
            return self.lock.wait_for(lambda: self.is_done, seconds)

    def wants(self, connection):
        with self.lock:
            if not self.order or not connection.writing:
                return None
            how, about, skip = self.order
            if about and not any(about in name for name in connection.names):
                return None
            if skip:
                self.order[2] -= 1
                return None
            self.order = None
            self.cuts[how[0]] = self.cuts.get(how[0], 0) + 1
            return how

    def done(self):
        with self.lock:
            self.is_done = True
            self.lock.notify_all()
