/** Draws the icons of the installed page (ui/public/icons/) from its one drawing, ui/public/favicon.svg: run it when that changes. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../host/package-root.ts";
import { launch } from "../journeys/browser.ts";

const folder = join(packageRoot(), "ui", "public", "icons");
const drawing = readFileSync(join(packageRoot(), "ui", "public", "favicon.svg"), "utf8");
/** Cut to any shape by who shows it: what matters lies in the middle four fifths, and the colour fills the rest. */
const maskable = drawing
  .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
  .replace(/<rect[^>]*>/, '<rect x="-4" y="-4" width="40" height="40" fill="#0b6bb5"/>');
const square = drawing.replace(/ rx="8"/, "");

const browser = await launch();
mkdirSync(folder, { recursive: true });
for (const [name, size, svg] of [
  ["icon-192", 192, drawing],
  ["icon-512", 512, drawing],
  ["maskable-512", 512, maskable],
  ["touch-180", 180, square],
] as const) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  const drawn = join(folder, `${name}.raw.png`);
  await page.screenshot({ path: drawn, omitBackground: true });
  execFileSync("ffmpeg", [
    "-v",
    "error",
    "-y",
    "-i",
    drawn,
    "-compression_level",
    "100",
    "-pred",
    "mixed",
    join(folder, `${name}.png`),
  ]);
  rmSync(drawn);
  await page.close();
}
await browser.close();
