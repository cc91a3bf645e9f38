// Which packages stand in the bundle, and under which terms.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Writes each licence once, above it the packages that esbuild's `metafile` says are in the bundle under it. */
export async function writeLicences(metafile, target) {
  const packages = await Promise.all(folders(metafile).map(describe));
  packages.sort((a, b) => (a.title < b.title ? -1 : 1));
  const list = packages.map(({ title, licence }) => `  ${title}: ${licence}`).join("\n");
  const texts = [...byText(packages)].map(([text, titles]) => `${"-".repeat(78)}\n${titles.join("\n")}\n\n${text}`);
  await writeFile(target, `explorer.js and explorer.css contain these packages:\n\n${list}\n\n${texts.join("\n\n")}\n`);
}

function folders(metafile) {
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => PACKAGE.exec(path)?.[1]),
  );
  return [...new Set(inputs)].filter(Boolean);
}

async function describe(folder) {
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice)/i.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const text = texts.map((each) => each.replace(/[ \t\r]+$/gm, "").trim()).join("\n\n");
  return { title: `${about.name} ${about.version}`, licence: about.license, text: text || unwritten(about) };
}

function byText(packages) {
  const titles = new Map();
  for (const { text, title } of packages) titles.set(text, [...(titles.get(text) ?? []), title]);
  return titles;
}

/** Some packages name the MIT licence without carrying its text; for any other licence the build stops. */
function unwritten({ name, license, author }) {
  if (license !== "MIT") throw new Error(`${name} carries no text of its licence, ${license}`);
  const owner = (typeof author === "string" ? author : author?.name) ?? `the authors of ${name}`;
  return MIT.replace("OWNER", owner.replace(/\s*[<(].*$/, ""));
}

const MIT = `MIT License

Copyright (c) OWNER

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
