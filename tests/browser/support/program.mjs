// The program under test: its commands, and a server of its own on free loopback ports.
import { execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const binary = process.env.TENURE_BINARY;
const START_MS = 20_000,
  STOP_MS = 10_000;

function freeTcpPort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function freeUdpPort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4").once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Starts a server with an empty store, and with more settings. `stop()` ends it and removes all that it kept. */
export async function startProgram(...settings) {
  const folder = await mkdtemp(join(tmpdir(), "tenure-browser-"));
  const store = `sqlite:${folder}/tenure.db`;
  const run = async (...words) => {
    const { stdout } = await promisify(execFile)(binary, [...words, "--store", store], {
      timeout: START_MS,
    });
    return stdout;
  };
  const addOperator = async (email, password) => {
    const file = join(folder, "password");
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    await run("user", "add", "--email", email, "--operator", "--password-file", file);
  };
  const issueCode = async (quantity, term) =>
    JSON.parse(await run("code", "issue", "--quantity", String(quantity), "--term", term, "--json"))
      .code;

  const http = await freeTcpPort(),
    coap = await freeUdpPort();
  const server = spawn(
    binary,
    ["serve", "--store", store, "--http", `127.0.0.1:${http}`, "--coap", `127.0.0.1:${coap}`, ...settings],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (text) => {
      said += text;
    });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const url = `http://127.0.0.1:${http}`;

  const stop = async () => {
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  const setUpLink = () => /http:\S+\/set-up\/\S+/.exec(said)?.[0];
  try {
    await ready(url, server);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said}`);
  }
  return { url, coap, setUpLink, addOperator, issueCode, stop };
}

async function ready(url, server) {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      /* not listening yet */
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the server was not ready in time");
}
