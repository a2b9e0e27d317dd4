// Builds static/vendor/charts: what is drawn with, the licences of what is in it, and a list of both with their digests.
// The same lock file gives the same bytes: tests/survey_app/test_charts_built.py holds the committed files to that.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] || join(here, "..", "..", "static", "vendor", "charts");
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const TAKEN = { echarts: "Apache-2.0", zrender: "BSD-3-Clause", tslib: "0BSD" };

const built = await build({
  absWorkingDir: here, entryPoints: ["charts.mjs"], bundle: true, minify: true, format: "iife", target: "es2018",
  charset: "utf8", legalComments: "none", metafile: true, write: false,
  banner: { js: "/* Apache ECharts and what it is made of: licences in echarts.licences.txt, recipe in requirements/charts. */" },
});

const names = new Set(Object.keys(built.metafile.inputs)
  .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)).filter(Boolean).map((found) => found[1]));
const packages = {};
let licences = "";
for (const name of [...names].sort()) {
  const folder = join(here, "node_modules", name);
  const told = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (told.license !== TAKEN[name]) throw new Error(`${name} is under ${told.license}: look before it is shipped`);
  packages[name] = { version: told.version, license: told.license };
  const texts = ["LICENSE", "LICENSE.txt", "NOTICE"].flatMap((file) => {
    try {
      return [readFileSync(join(folder, file), "utf8").trim()];
    } catch (missing) {
      if (missing.code !== "ENOENT") throw missing;
      return [];
    }
  });
  if (!texts.length) throw new Error(`${name} brings no licence`);
  licences += `${name} ${told.version} (${told.license})\n\n${texts.join("\n\n")}\n\n\n`;
}

const files = { "echarts.js": Buffer.from(built.outputFiles[0].contents), "echarts.licences.txt": Buffer.from(licences) };
const recipe = ["build.mjs", "charts.mjs", "package-lock.json", "package.json"];
const list = {
  files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)])),
  packages,
  recipe: Object.fromEntries(recipe.map((name) => [name, digest(readFileSync(join(here, name)))])),
};
mkdirSync(out, { recursive: true });
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(out, name), bytes);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(list, null, 2)}\n`);
console.log(`${files["echarts.js"].length} bytes of ${Object.keys(packages).length} packages`);
