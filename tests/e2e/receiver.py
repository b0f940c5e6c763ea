"""A program of a customer: takes events over HTTP, checks who sent them, answers as it is told."""
import base64
import hashlib
import hmac
import http.server
import json
import threading


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
