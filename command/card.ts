/** `genkan card`: an enrolment card for a home's gateway, as a file, a QR code in the terminal or a drawing to print. */

import { writeFileSync } from "node:fs";
import { renderSVG, renderUnicodeCompact } from "uqr";
import { issueCard } from "../access-broker/access-broker.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { print, say } from "./say.ts";
import { needed } from "./subscriptions.ts";

/** Whoever holds any of them holds the card: files are readable by their owner alone. */
const asSecret = { mode: 0o600 };
/** A card has some 400 octets: with more redundancy than this, the code gets too fine for a terminal. */
const qr = { ecc: "L" } as const;

export async function writeCard(args: Arguments): Promise<void> {
  const { values, isQr, language } = args;
  const number = needed(args, "number");
  const { out, svg } = values;
  // What is only to be drawn leaves no file beside the drawing.
  const file = out ?? (isQr || svg !== undefined ? undefined : `${number}.card.json`);
  const card = await issueCard({ ...provider(args), number });
  const text = JSON.stringify(card);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(card, null, 2)}\n`, asSecret);
  if (svg !== undefined) writeFileSync(svg, renderSVG(text, qr), asSecret);
  const written = [file, svg].filter((one) => one !== undefined);
  const lines = written.map((one) => say(language, "card-written", { file: one, number, expires: card.expires }));
  if (isQr)
    lines.unshift(renderUnicodeCompact(text, qr), say(language, "card-shown", { number, expires: card.expires }));
  const facts = { number, ...(file === undefined ? {} : { file }), ...(svg === undefined ? {} : { svg }) };
  print(args, { ...facts, ...(isQr ? { card: { ...card } } : {}) }, lines.join("\n"));
}
