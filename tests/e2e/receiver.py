"""A program of a customer: takes events over HTTP, checks who sent them, answers as it is told."""
import base64
import hashlib
import hmac
import http.server
import json
import socket
import struct
import threading
import time


class Receiver:
    """Listens as long as the block on a loopback port that is its own before that; `answers` are the next status
    codes, then 204."""

    def __init__(self):
        self.got, self.answers, self.lock = [], [], threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.got.append((dict((k.lower(), v) for k, v in self.headers.items()), body))
                    code = receiver.answers.pop(0) if receiver.answers else 204
                    receiver.lock.notify_all()
                self.send_response(code)
                if 300 <= code < 400:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.server_bind()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.server.server_activate()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait(self, count, seconds=60):
        """All that came, once they are so many."""
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.got) >= count, seconds), f"{len(self.got)} of {count} came"
            return list(self.got)

    def events(self):
        return [json.loads(body) for _, body in self.got]


def signature(secret, headers, body):
    """As Standard Webhooks 1.0 says."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert 24 <= len(key) <= 64
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class RoughReceiver:
    """Speaks HTTP as badly as the first word of the path says. `came` holds (path, webhook-id) of all requests in
    order, `story` what happened on which path: "came", "left"."""

    def __init__(self):
        self.came, self.story, self.lock = [], [], threading.Condition()
        self.answers = {}  # path: the bytes of an answer, for /says
        self.going = True
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def listen(self):
        while self.going:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        path = "?"  # until a request comes
        connection.settimeout(60)
        try:
            with connection, connection.makefile("rb") as stream:
                while path := self.read(stream):
                    self.tell("came", path)
                    getattr(self, path.split("/")[1])(connection, path)
        except OSError:
            pass  # the other side has gone, or we made it go
        self.tell("left", path)

    def read(self, stream):
        words, headers = stream.readline().split(b" "), {}
        if len(words) != 3:
            return None
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        stream.read(int(headers.get("content-length", 0)))
        path = words[1].decode()
        with self.lock:
            self.came.append((path, headers.get("webhook-id")))
        return path

    def tell(self, what, path):
        with self.lock:
            self.story.append((what, path))
            self.lock.notify_all()

    def wait(self, path, count=1, seconds=60):
        """Waits for this many requests whose paths begin like this, and returns their ids."""
        ids = lambda: [one for came, one in self.came if came.startswith(path)]
        with self.lock:
            assert self.lock.wait_for(lambda: len(ids()) >= count, seconds), f"{len(ids())} of {count} at {path}"
            return ids()

    def says(self, connection, path):
        connection.sendall(self.answers.get(path) or b"HTTP/1.1 204 No Content\r\n\r\n")

    def hang(self, connection, path):
        connection.recv(1)  # until the other side goes
        raise OSError

    def hangs_once(self, connection, path):
        (self.hang if len(self.wait(path)) == 1 else self.says)(connection, path)

    def endless_body(self, connection, path):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while self.going:
            connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    def silent_body(self, connection, path):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        self.hang(connection, path)

    def endless_headers(self, connection, path):
        connection.sendall(b"HTTP/1.1 201 Created\r\n")
        while self.going:
            connection.sendall(b"X-More: and more\r\n")
            time.sleep(0.01)

    def reset(self, connection, path):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        time.sleep(0.2)  # so that the answer arrives: a reset takes back what still waits at the other side
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise OSError

    def hesitates(self, connection, path):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    def drips(self, connection, path):
        for byte in b"HTTP/1.1 200 OK and then a reason that is far too long for the patience of anybody\r\n":
            connection.sendall(bytes([byte]))
            time.sleep(1)
