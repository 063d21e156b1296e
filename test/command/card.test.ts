/** `genkan card`: what is written and what is shown. */

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import { parseArguments } from "../../command/arguments.ts";
import { writeCard } from "../../command/card.ts";
import { provider } from "../../command/provider-of.ts";
import { parseCard } from "../../gateway-core/access-link/enrol.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-card-"));
const argumentsOf = (...args: string[]) =>
  parseArguments(["card", "--number", "090-1234-5678", "--state", folder, "--lang", "en", ...args], {});
beforeAll(async () => {
  const person = { number: "090-1234-5678", user: "hanako", password: "correct horse battery", isOneTime: false };
  await subscribe({ ...provider(argumentsOf()), ...person });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function card(...args: string[]): Promise<string> {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  await writeCard(argumentsOf(...args)).finally(() => write.mockRestore());
  return written.join("");
}

describe("genkan card", () => {
  it("writes a card that its owner alone can read", async () => {
    const file = join(folder, "card.json");
    expect(await card("--out", file)).toContain("holds a secret");
    expect(parseCard(readFileSync(file, "utf8"))).toMatchObject({ number: "090-1234-5678" });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("shows it as a QR code that fits a terminal, and draws it, without a file beside", async () => {
    const svg = join(folder, "card.svg");
    const shown = await card("--qr", "--svg", svg);
    const rows = shown.split("\n").filter((line) => /[█▀▄]{4}/.test(line));
    expect(rows.length).toBeGreaterThan(20);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
    expect(shown).toContain("/setup");
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(statSync(svg).mode & 0o077).toBe(0);
  });
});
