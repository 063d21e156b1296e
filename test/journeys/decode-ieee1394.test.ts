import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { genkan } from "./home.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-decode-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("The genkan command reads what passes on IEEE 1394", () => {
  it("from an argument and from a file", async () => {
    const argument = await genkan(["decode", "csr", "fffff000090481058000"]);
    expect(JSON.parse(argument.stdout)).toMatchObject({ name: "oPCR[0]", fields: { channel: 5, pointToPoint: 1 } });
    const file = join(folder, "rom.bin");
    writeFileSync(file, Uint8Array.of(0x01, 0x08, 0x00, 0x46));
    const rom = await genkan(["decode", "config-rom", file]);
    expect([rom.code, JSON.parse(rom.stdout)]).toEqual([0, expect.objectContaining({ vendorId: "080046" })]);
  });

  it("line by line, errors in their place, and ends with 1 when there was one", async () => {
    const { code, stdout } = await genkan(["decode", "avc", "--lines"], "0120d07f\n30ff\n0c20c460\n");
    const lines = stdout.trim().split("\n");
    expect(code).toBe(1);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ kind: "command", name: "TRANSPORT STATE" }),
      { error: { code: "frame-malformed", message: expect.stringContaining("HAVi"), offset: 0 } },
      expect.objectContaining({ kind: "response", fields: { transport: "WIND", mode: "stop" } }),
    ]);
  });

  it("and of what it cannot read tells where, on stderr", async () => {
    const { code, stdout, stderr } = await genkan(["decode", "cip", "0106c410a0"]);
    expect([code, stdout, JSON.parse(stderr)]).toMatchObject([
      1,
      "",
      { error: { code: "frame-malformed", offset: 5 } },
    ]);
  });
});
