"""Relays under the test's control: a real one (aiosmtpd), and one that stops at a step of SMTP."""
import email
import email.policy
import socket
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = "tenure@example.com", "a long relay password"
STEPS = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "content", "taken")


def read_mail(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def certificate(folder):
    """(certificate, key) of localhost, signed by itself."""
    files = folder / "relay.crt", folder / "relay.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", files[1], "-out", files[0]], check=True, capture_output=True, timeout=30)
    return files


class Listening(Controller):
    """On a socket that listens already: between the choice of a port and its use nobody else can take it."""

    def __init__(self, handler, listener, **how):
        self.listener = listener
        super().__init__(handler, *listener.getsockname(), **how)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listener, ssl=self.ssl_context)


class Relay:
    """aiosmtpd on a free port. `says` holds what it answers to RCPT of an address, instead of 250; `refuses`
    what it answers at a step (EHLO, MAIL, RCPT, DATA); `heard` what came: (step, argument)."""

    def __init__(self, files=None, starttls=False, sign_in=False, utf8=False):
        self.mails, self.says, self.lock = [], {}, threading.Lock()
        self.refuses, self.heard = {}, []
        context = None
        if files:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*files)
        tls = {"tls_context": context, "require_starttls": True} if starttls else {"ssl_context": context}
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.controller = Listening(self, listener, **(tls if files else {}), server_hostname="localhost", enable_SMTPUTF8=utf8,
                                    **({"auth_required": True, "authenticator": self.authenticate,
                                        "auth_require_tls": bool(starttls)} if sign_in else {}))

    def authenticate(self, server, session, envelope, mechanism, data):
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=good)  # a no is said for us

    def hear(self, step, argument):
        with self.lock:
            self.heard.append((step, argument))
        return self.refuses.get(step)

    def heard_of(self, step):
        with self.lock:
            return [argument for heard, argument in self.heard if heard == step]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        refused = self.hear("EHLO", hostname)
        if not refused:
            session.host_name = hostname
        return [refused] if refused else responses

    async def handle_HELO(self, server, session, envelope, hostname):
        return self.refuses.get("EHLO") or "250 localhost"

    async def handle_MAIL(self, server, session, envelope, address, options):
        refused = self.hear("MAIL", address)
        if not refused:
            envelope.mail_from = address
        return refused or "250 OK"

    async def handle_RSET(self, server, session, envelope):
        return self.hear("RSET", "") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.hear("RCPT", address) or self.says.get(address)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        refused = self.hear("DATA", "")
        if refused:
            return refused
        with self.lock:
            self.mails.append((envelope.rcpt_tos[0], read_mail(envelope.content)))
        return "250 taken"

    def to(self, address):
        with self.lock:
            return [mail for whom, mail in self.mails if whom == address]

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


class StoppingRelay:
    """Stops before its answer to the step `stop_at`, once, and tells so by `reached`. "content" is after
    the last dot, "taken" after the answer to that."""

    def __init__(self):
        self.stop_at, self.reached, self.go_on = None, threading.Event(), threading.Event()
        self.greeting = b"220 localhost"
        self.arrived = []  # Message-IDs, of all mails that came whole
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def stop(self, step):
        if self.stop_at == step:
            self.stop_at = None
            self.reached.set()
            self.go_on.wait(60)

    def serve(self, connection):
        try:
            with connection, connection.makefile("rwb") as stream:
                self.talk(stream)
        except OSError:
            pass  # the other side was killed

    def answer(self, stream, step, line):
        self.stop(step)
        stream.write(line + b"\r\n")
        stream.flush()

    def talk(self, stream):
        self.answer(stream, "banner", self.greeting)
        while line := stream.readline():
            word = line[:4].upper().decode()
            if word == "QUIT":
                return
            self.answer(stream, word, b"354 go on" if word == "DATA" else b"250 localhost")
            if word == "DATA":
                self.take(stream)

    def take(self, stream):
        content = b""
        while (line := stream.readline()) not in (b".\r\n", b""):
            content += line
        if not line:
            return  # cut off: not a whole mail
        self.arrived.append(str(read_mail(content)["Message-ID"]))
        self.answer(stream, "content", b"250 taken")
        self.stop("taken")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go_on.set()
        self.listener.close()
