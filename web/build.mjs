// Builds the pages into a folder: node build.mjs [--out DIR] [--no-check] [--stamp FILE --depfile FILE]
// --stamp is written when all is done; --depfile lists, in the form of make, what the pages were built from.
// index.html refers to assets whose names carry a hash of their content, so that they may be cached for ever.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "dist") },
    "no-check": { type: "boolean", default: false },
    stamp: { type: "string" },
    depfile: { type: "string" },
  },
});
const out = resolve(options.out);

if (!existsSync(join(root, "node_modules", "esbuild"))) {
  console.error("The packages of the web pages are missing. Run: npm ci --prefix web");
  process.exit(1);
}
const { build } = await import("esbuild");

if (!options["no-check"]) {
  try {
    execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", root],
      { stdio: "inherit" },
    );
  } catch {
    process.exit(1);
  }
}

// Pico carries its icons as data: addresses, which the Content-Security-Policy refuses; we draw our own.
const withoutDataAddresses = {
  name: "without-data-addresses",
  setup(build) {
    build.onLoad({ filter: /@picocss.*\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/url\("data:[^"]*"\)/g, "none"),
      loader: "css",
    }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "assets"), { recursive: true });

let made;
try {
  made = await build({
    absWorkingDir: root,
    entryPoints: {
      app: "src/main.tsx",
      style: "styles/index.css",
      manifest: "manifest.webmanifest",
    },
    outdir: join(out, "assets"),
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets",
    loader: { ".svg": "file", ".woff2": "file", ".webmanifest": "copy" },
    bundle: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "eof",
    metafile: true,
    plugins: [withoutDataAddresses],
  });
} catch {
  process.exit(1); // esbuild has said why
}

/** The address of the one asset whose name begins so. */
function address(name) {
  const found = Object.keys(made.metafile.outputs)
    .map((path) => basename(path))
    .filter((file) => new RegExp(`^${name}-[0-9A-Z]{8}\\.`).test(file));
  if (found.length !== 1)
    throw new Error(`expected one asset named ${name}, found ${found.length}`);
  return `/assets/${found[0]}`;
}

const page = (await readFile(join(root, "index.html"), "utf8")).replace(
  /\{\{([a-z-]+)\}\}/g,
  (_, name) => address(name),
);
await writeFile(join(out, "index.html"), page);

if (options.depfile) {
  const sources = Object.keys(made.metafile.inputs);
  const others = ["build.mjs", "index.html", "package-lock.json", "tsconfig.json"];
  const paths = [...sources, ...others].map((path) => resolve(root, path).replace(/ /g, "\\ "));
  await writeFile(options.depfile, `${options.stamp}: ${paths.join(" ")}\n`);
}
if (options.stamp) await writeFile(options.stamp, "");
