// Builds <cps-news>, `node build.mjs [folder]`, and the style sheets, `node build.mjs --styles [folder]`. Checks the types
// first; the same source gives the same bytes.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const product = join(here, "../wagtail_cpsnews");
const source = join(product, "embed/js/cps-news.js");
const stylesOnly = process.argv[2] === "--styles";
const wanted = process.argv[stylesOnly ? 3 : 2];

// The style sheets that are served from styles/: the newsroom's pages, and what a frame carries in its <style>.
if (stylesOnly || !wanted) {
  const sheets = { newsroom: "static/wagtail_cpsnews", frame: "embed" };
  for (const [name, home] of Object.entries(sheets)) {
    buildSync({
      entryPoints: [join(product, `styles/${name}.css`)],
      outfile: join(wanted ?? join(product, home), `${name}.css`),
      bundle: true,
      minify: true,
      charset: "utf8",
      banner: name === "newsroom" ? { css: "/* Built from wagtail_cpsnews/styles/newsroom by `make widget`. */" } : {},
    });
  }
}
if (stylesOnly) process.exit();

const folder = resolve(wanted ?? join(product, "embed/dist"));
mkdirSync(folder, { recursive: true });

// Types. What TypeScript cannot say from JavaScript (tag, attributes, events, JSX) is in types.d.ts.
const types = mkdtempSync(join(tmpdir(), "cps-news-"));
const check = ["--allowJs", "--checkJs", "--strict", "--target", "esnext", "--module", "esnext", "--lib", "esnext,dom,dom.iterable"];
const tsc = join(here, "node_modules/.bin/tsc");
execFileSync(tsc, [...check, "--declaration", "--emitDeclarationOnly", "--outDir", types, source], { stdio: "inherit" });
const declarations = readFileSync(join(types, "cps-news.d.ts"), "utf8");
rmSync(types, { recursive: true });
writeFileSync(join(folder, "cps-news.min.d.ts"), declarations + readFileSync(join(here, "types.d.ts"), "utf8"));

// esbuild leaves the spaces in values of custom properties.
const css = buildSync({ entryPoints: [source.replace(/js$/, "css")], minify: true, charset: "utf8", write: false });
const bundle = buildSync({
  entryPoints: [source],
  define: { LIST_CSS: JSON.stringify(css.outputFiles[0].text.trim().replace(/(?<=[:,]) /g, "")) },
  bundle: true,
  format: "esm",
  minify: true,
  charset: "utf8",
  target: "es2022",
  write: false,
});
// A second pass, by another minifier, takes off another hundredth of the compressed size.
const small = await minify(bundle.outputFiles[0].text, {
  module: true,
  ecma: 2022,
  compress: { passes: 3, hoist_vars: true, pure_getters: true, reduce_funcs: false },
});
writeFileSync(join(folder, "cps-news.min.js"), `${small.code}\n`);

// The npm package is this folder; its version is the Python package's.
const version = /__version__ = "(.+)"/.exec(readFileSync(join(product, "__init__.py"), "utf8"))[1];
const manifest = {
  name: "cps-news-widget",
  version,
  description: "<cps-news>: a list of a publisher's latest stories on any page, without a framework.",
  license: "BSD-3-Clause",
  type: "module",
  exports: { ".": { types: "./cps-news.min.d.ts", default: "./cps-news.min.js" } },
  types: "./cps-news.min.d.ts",
  sideEffects: true,
  files: ["cps-news.min.js", "cps-news.min.d.ts"],
};
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(here, "../LICENSE"), join(folder, "LICENSE"));
copyFileSync(join(here, "README.md"), join(folder, "README.md"));
