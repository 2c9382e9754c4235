// Makes dist/ from scss/, js/ and img/; `cargo xtask ui` runs it after `npm ci`.
// Sass is called as a library: its command line needs a newer Node than the one Debian 12 has.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { compile } from "sass";

// What a phone may have to load, compressed.
const BUDGET = { css: 12 * 1024, js: 12 * 1024 };

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

// The colours of gov.gr: the first value of each name is the light theme's.
const theme = readFileSync(join(modules, "@digigov/theme-default/dist/index.css"), "utf8");
const colours = new Map();
for (const [, name, value] of theme.matchAll(/--color-((?:gray|red|orange|green|blue|purple|yellow)-\d+):(#[0-9a-f]+)/g)) {
  if (!colours.has(name)) colours.set(name, value);
}
const palette = join(modules, ".osn");
mkdirSync(palette, { recursive: true });
writeFileSync(join(palette, "_govgr.scss"), [...colours].map(([name, value]) => `$${name}: ${value};\n`).join(""));

const { css } = compile(join(here, "scss/app.scss"), { style: "compressed", loadPaths: [modules, palette], quietDeps: true });
writeFileSync(join(dist, "app.css"), css);
for (const folder of ["js", "img"]) {
  for (const file of readdirSync(join(here, folder))) copyFileSync(join(here, folder, file), join(dist, file));
}
copyFileSync(join(modules, "govuk-frontend/dist/govuk/govuk-frontend.min.js"), join(dist, "govuk-frontend.min.js"));

// The licence asks that its text goes with the copy; the package names it (MIT) without the text.
const mit = readFileSync(join(here, "../../plugins/sdk/LICENSE-MIT"), "utf8").split("\n").slice(3).join("\n");
const notice = `app.css and govuk-frontend.min.js contain GOV.UK Frontend.\n\nCopyright (c) Crown Copyright (Government Digital Service)\n`;
writeFileSync(join(dist, "licences.txt"), notice + mit);

for (const [kind, limit] of Object.entries(BUDGET)) {
  const files = readdirSync(dist).filter((file) => file.endsWith(`.${kind}`));
  const bytes = files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(join(dist, file))).length, 0);
  console.error(`ui: ${kind} ${bytes} of ${limit} bytes, compressed`);
  if (bytes > limit) {
    console.error(`ui: ${files.join(", ")} are above the budget`);
    process.exit(1);
  }
}
