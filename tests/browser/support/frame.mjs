// A sensor's message, byte by byte: protobuf in CoAP (RFC 7252), sent as a confirmable one and acknowledged.
import { createSocket } from "node:dgram";
import { randomBytes, randomInt } from "node:crypto";

function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);
const number = (field, value) => [...varint(field << 3), ...varint(value)];
const bytes = (field, content) => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...content,
];

/** A continuous channel: raw values from `at` (Unix seconds) on, in steps of the message's period. An
 * error code is counted from the start point 0. */
const channel = ({ type, at, raw, start = raw[0] }) => [
  ...number(1, type),
  ...number(2, at),
  ...number(4, zigzag(start)),
  ...bytes(
    5,
    raw.flatMap((value) => varint(zigzag(value - start))),
  ),
];

export function measurements({ serial, period, channels, reason = 0 }) {
  return Buffer.from([
    ...bytes(1, Buffer.from(serial, "hex")),
    ...number(2, 1),
    ...number(3, period),
    ...channels.flatMap((one) => bytes(4, channel(one))),
    ...number(6, reason),
    ...number(7, 40),
    ...number(8, 1),
    ...bytes(16, []),
  ]);
}

/** POST /m, confirmable; resolves with the answer's code, such as "2.01". */
export function post(port, payload) {
  const id = randomInt(65536),
    token = randomBytes(4);
  const head = Buffer.from([0x44, 0x02, id >> 8, id & 255, ...token, 0xb1, 0x6d, 0xff]);
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => done(reject, new Error("the message was not acknowledged")),
      5000,
    );
    const done = (how, what) => {
      clearTimeout(timer);
      socket.close();
      how(what);
    };
    socket.once("error", (error) => done(reject, error));
    socket.on("message", (answer) => {
      if (answer.length < 4 || answer.readUInt16BE(2) !== id || (answer[0] & 0x30) !== 0x20) return;
      done(resolve, `${answer[1] >> 5}.${String(answer[1] & 31).padStart(2, "0")}`);
    });
    socket.send(Buffer.concat([head, payload]), port, "127.0.0.1");
  });
}
