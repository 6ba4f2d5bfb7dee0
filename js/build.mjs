// Bundles the front end: `node build.mjs` (or `make widgets` from above). `node build.mjs --check` writes nothing and says
// what is stale. Every built file begins with the sha256 of what it was made from; tests/test_bundles.py counts it again.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url)), root = resolve(here, "..");
const STATIC = "investigate/widgets/static", LICENCES = /^(licen[cs]e|copying|notice)/i;
const check = process.argv.includes("--check");

/** What is built: source, target, kind. Files in entries/ and workbench.js are picked up by being there. */
function targets() {
  const list = [["graph/report_entry.js", "investigate/views/assets/graph.bundle.js", "iife"]];
  if (existsSync(join(here, "workbench.js"))) list.push(["workbench.js", `${STATIC}/workbench.js`, "esm"]);
  if (existsSync(join(here, "entries")))
    for (const name of readdirSync(join(here, "entries")).sort())
      if (name.endsWith(".js")) list.push([`entries/${name}`, `${STATIC}/${name}`, "esm"]);
  return list;
}

const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
// Line ends as LF, so that the digest is the same on every platform.
const text = (path) => readFileSync(join(here, path), "utf8").replaceAll("\r\n", "\n");

/** The package that a file under node_modules belongs to, as the lock names it. */
function packageOf(path) {
  const parts = path.slice(path.lastIndexOf("node_modules/") + 13).split("/");
  return path.slice(0, path.lastIndexOf("node_modules/") + 13) + parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join("/");
}

/** First line of a built file: a digest over the names and texts of its sources and over the packages it was made with. */
function stamp(inputs) {
  const own = inputs.filter((p) => !p.includes("node_modules/")).sort();
  const bought = [...new Set(inputs.filter((p) => p.includes("node_modules/")).map(packageOf)), "node_modules/esbuild"].sort();
  const digest = createHash("sha256");
  for (const path of [...own, "build.mjs"]) digest.update(`${path}\n${text(path)}\n`);
  for (const name of bought) digest.update(`${name} ${lock[name].version} ${lock[name].integrity}\n`);
  return { line: `/* made by "make widgets"; sources sha256 ${digest.digest("hex")}: ${own.join(" ")}; packages: ${bought.map((n) => n.slice(13)).join(" ")} */\n`, bought };
}

const stale = [], used = new Set();
function put(path, content) {
  const whole = join(root, path);
  if (existsSync(whole) && readFileSync(whole, "utf8") === content) return;
  stale.push(path);
  if (check) return;
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
}

for (const [source, target, format] of targets()) {
  const done = await build({
    entryPoints: [join(here, source)], outfile: join(root, target), absWorkingDir: here, format, bundle: true, write: false, metafile: true,
    minify: true, charset: "utf8", target: "es2022", legalComments: "eof", logLevel: "warning",
  });
  for (const file of done.outputFiles) {
    const path = relative(root, file.path).replaceAll("\\", "/");
    const meta = Object.entries(done.metafile.outputs).find(([name]) => resolve(here, name) === file.path)[1];
    const { line, bought } = stamp(Object.keys(meta.inputs));
    bought.forEach((name) => used.add(name));
    put(path, line + file.text + (file.text.endsWith("\n") ? "" : "\n"));
    console.log(`${path}  ${(file.text.length / 1024).toFixed(1)} kB`);
  }
}

// Licence texts of what is inside the bundles (esbuild builds them, and is not in them).
used.delete("node_modules/esbuild");
if (used.size) {
  const parts = ["Licences of the libraries inside the files of this folder.\n"];
  for (const name of [...used].sort()) {
    const texts = readdirSync(join(here, name)).filter((f) => LICENCES.test(f)).sort().map((f) => text(join(name, f)).trim());
    if (!texts.length) throw new Error(`${name} carries no licence text`);
    parts.push(`${"=".repeat(100)}\n${name.slice(13)} ${lock[name].version} (${lock[name].license})\n\n${texts.join("\n\n")}\n`);
  }
  put(`${STATIC}/LICENSES.txt`, parts.join("\n"));
}
if (check && stale.length) { console.error(`stale, run "make widgets": ${stale.join(", ")}`); process.exit(1); }
