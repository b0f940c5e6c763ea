// A mail relay that takes every mail and keeps it, but none for who is in `refused`.
import { createServer } from "node:net";

/** The text of a mail: its first part in base64, decoded. */
function textOf(mail) {
  const [, encoded] = /text\/plain[^]*?base64\r\n\r\n([^]*?)\r\n--/.exec(mail);
  return Buffer.from(encoded, "base64").toString();
}

function talk(socket, texts, refused) {
  let said = "",
    content = false;
  const answer = (line) => socket.write(`${line}\r\n`);
  answer("220 localhost");
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    said += bytes.toString("latin1");
    for (;;) {
      const end = content ? "\r\n.\r\n" : "\r\n";
      const at = said.indexOf(end);
      if (at < 0) return;
      const line = said.slice(0, at);
      said = said.slice(at + end.length);
      if (content) texts.push(textOf(line));
      const verb = content ? "" : line.slice(0, 4).toUpperCase();
      content = verb === "DATA";
      const unknown = verb === "RCPT" && refused.has(/<(.*)>/.exec(line)[1]);
      answer(
        content
          ? "354 go on"
          : verb === "QUIT"
            ? "221 bye"
            : unknown
              ? "550 5.1.1 no such user here"
              : "250 localhost",
      );
    }
  });
}

/** Listens on a free loopback port. `link(page)` waits for the next link to a page of that name. */
export async function startRelay() {
  const texts = [],
    refused = new Set();
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    talk(socket, texts, refused);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const link = async (page) => {
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      const text = texts.shift();
      const found = text && new RegExp(`https?://\\S+/${page}/\\S+`).exec(text);
      if (found) return found[0];
      if (!text) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail with a link to ${page}`);
  };
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `smtp+plain://127.0.0.1:${server.address().port}`, link, refused, stop };
}
