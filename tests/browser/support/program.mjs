// The program under test: its commands, and a server of its own on free loopback ports.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const binary = process.env.TENURE_BINARY;
const START_MS = 60_000,
  STOP_MS = 10_000;

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

  const server = spawn(
    binary,
    ["serve", "--json", "--store", store, "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", ...settings],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  server.stderr.on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));

  const stop = async () => {
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { http, coap, set_up: setUpLink } = JSON.parse(await firstLine(server));
    return {
      url: `http://${http}`,
      coap: Number(coap.split(":")[1]),
      setUpLink,
      addOperator,
      issueCode,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said}`);
  }
}

/** What a server says once it listens: where. */
function firstLine(server) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error("the server was not ready in time")),
      START_MS,
    );
    const settle = (how, what) => {
      clearTimeout(timer);
      how(what);
    };
    createInterface(server.stdout).once("line", (line) => settle(resolve, line));
    server.once("exit", (code) => settle(reject, new Error(`the server ended with ${code}`)));
  });
}
