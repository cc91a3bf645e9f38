// Bundles the page into ../explorer.js and ../explorer.css and writes ../LICENSES.txt.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { writeLicences } from "./licences.mjs";

// Each file that decides the bundle; tests compare this print with the one in the bundle's first line.
const SOURCES = ["build.mjs", "explorer.jsx", "fetcher.js", "licences.mjs", "package-lock.json", "page.css", "token.js"];

const print = createHash("sha256");
for (const name of SOURCES) print.update(await readFile(name));
const banner = `/* Built from source/, print ${print.digest("hex")}; licences in LICENSES.txt. */`;

// The stylesheet of GraphiQL carries two font families; the page uses the fonts of the system.
const withoutFonts = {
  name: "without-fonts",
  setup(plugin) {
    plugin.onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replace(/@font-face\s*\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

const { metafile } = await build({
  entryPoints: ["explorer.jsx"],
  outdir: "..",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  legalComments: "none",
  banner: { js: banner, css: banner },
  // graphql looks for the object before it asks for the mode.
  define: { "process.env.NODE_ENV": '"production"', "globalThis.process": "true" },
  // examples.js stays a file of its own, to be edited without a build; graphql-ws is never called.
  external: ["./examples.js", "graphql-ws"],
  metafile: true,
  plugins: [withoutFonts],
});
await writeLicences(metafile, "../LICENSES.txt");
