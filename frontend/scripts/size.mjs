// Holds the first load to its budget: JavaScript and CSS, gzipped, from nothing to the first picture of a study.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 90_000;
const DIST = new URL("../dist/", import.meta.url);
const ENTRY = "index.html";
const VIEWER = "viewing"; // as vite.config.ts names it

const manifestFile = new URL(".vite/manifest.json", DIST);
if (!existsSync(manifestFile)) {
  console.error("There is no build to measure: run npm run build first.");
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));

const viewer = Object.keys(manifest).find((key) => manifest[key].name === VIEWER && manifest[key].file.endsWith(".js"));

/** Every file that the chunk `key` needs before it can run. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`The build has no ${key}.`);
  if (seen.has(key)) return [];
  seen.add(key);
  const below = (chunk.imports ?? []).flatMap((name) => filesOf(name, seen));
  return [chunk.file, ...(chunk.css ?? []), ...below];
}

const files = [...new Set([...filesOf(ENTRY), ...filesOf(viewer ?? VIEWER)])].filter((file) => /\.(js|css)$/.test(file));
let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  first load, gzipped (budget ${BUDGET_BYTES})`);
if (total > BUDGET_BYTES) {
  console.error(`Over the budget by ${total - BUDGET_BYTES} bytes.`);
  process.exit(1);
}
