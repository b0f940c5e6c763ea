"""A sensor: protobuf bodies and CoAP datagrams made by hand, so that no library's habits stand between."""
import os
import socket
import struct
import time

CON, NON, ACK, RST = range(4)
GET, POST = 0x01, 0x02
CREATED, CONTENT, BAD_REQUEST, NOT_FOUND, UNAVAILABLE = 0x41, 0x45, 0x80, 0x84, 0xA3


# Protocol Buffers: a message is a list of (field number, value).

def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number):
    return number << 1 ^ number >> 63


def message(*fields):
    """int and bool: varint; bytes: as they are; text: UTF-8; a list of ints: packed sint32."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
            continue
        if isinstance(value, str):
            value = value.encode()
        elif isinstance(value, list):
            value = b"".join(varint(zigzag(v)) for v in value)
        out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def channel(kind, timestamp, values, start=0):
    """One channel of raw values: sample i is `start` + values[i]; binary: give start=None."""
    fields = [(1, kind), (2, timestamp)]
    if start:
        fields.append((4, zigzag(start)))
    return message(*fields, (5, list(values)))


def measurements(serial, *channels, period=60, factor=1, battery=True, token="", extra=()):
    fields = [(1, bytes.fromhex(serial)), (3, period)] + ([(2, True)] if battery else [])
    return message(*fields, *((4, c) for c in channels), (8, factor), (16, token), *extra)


def read_message(data):
    """Field number -> list of values; varints as ints, the rest as bytes."""
    out, at = {}, 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = read_varint()
        if key & 7 == 0:
            value = read_varint()
        else:
            assert key & 7 == 2, "neither varint nor bytes"
            size = read_varint()
            value = data[at:at + size]
            at += size
        out.setdefault(key >> 3, []).append(value)
    return out


# CoAP, RFC 7252.

def option_bytes(options):
    out, before = b"", 0
    for number, value in sorted(options, key=lambda o: o[0]):
        def nibble(n):
            return (n, b"") if n < 13 else (13, bytes([n - 13])) if n < 269 else (14, struct.pack("!H", n - 269))
        (delta, delta_more), (size, size_more) = nibble(number - before), nibble(len(value))
        out += bytes([delta << 4 | size]) + delta_more + size_more + value
        before = number
    return out


def datagram(kind, code, message_id, token, path, payload=b"", options=()):
    options = [(11, segment.encode()) for segment in path.split("/") if segment] + list(options)
    head = struct.pack("!BBH", 0x40 | kind << 4 | len(token), code, message_id)
    return head + token + option_bytes(options) + (b"\xff" + payload if payload else b"")


class Reply:
    def __init__(self, data, sent_at):
        self.sent_at = sent_at  # what it answers; monotonic
        first, self.code, self.message_id = struct.unpack_from("!BBH", data)
        self.kind, size = first >> 4 & 3, first & 15
        self.token, at, number = data[4:4 + size], 4 + size, 0
        self.options, self.payload = {}, b""
        while at < len(data) and data[at] != 0xFF:
            first, at = data[at], at + 1
            parts = []
            for nibble in (first >> 4, first & 15):
                if nibble == 13:
                    nibble, at = data[at] + 13, at + 1
                elif nibble == 14:
                    nibble, at = struct.unpack_from("!H", data, at)[0] + 269, at + 2
                parts.append(nibble)
            number += parts[0]
            self.options.setdefault(number, []).append(data[at:at + parts[1]])
            at += parts[1]
        if at < len(data):
            self.payload = data[at + 1:]

    def __repr__(self):
        return f"<{self.code >> 5}.{self.code & 31:02d} {self.payload!r}>"


class Device:
    """One UDP socket towards the server's CoAP port."""

    def __init__(self, address):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.connect(address)
        self.message_id = int.from_bytes(os.urandom(2), "big")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.sent_at = time.monotonic()
        self.socket.send(data)

    def receive(self, seconds=10.0):
        """The next reply, or None when none comes."""
        self.socket.settimeout(seconds)
        try:
            return Reply(self.socket.recv(2048), self.sent_at)
        except socket.timeout:
            return None

    def exchange(self, code, path, payload=b"", kind=CON, options=(), seconds=10.0):
        """Sends one request; gives its reply (None for none in time)."""
        self.message_id = self.message_id + 1 & 0xFFFF
        token = os.urandom(4)
        self.send(datagram(kind, code, self.message_id, token, path, payload, options))
        reply = self.receive(seconds)
        if reply:
            assert reply.token == token, "an answer to something else"
        return reply

    def post(self, path, payload, **how):
        return self.exchange(POST, path, payload, **how)
