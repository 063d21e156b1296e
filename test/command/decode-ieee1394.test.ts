import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { explainerOfIeee1394 } from "../../command/decode-ieee1394.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-decode-"));
afterAll(() => rmSync(folder, { recursive: true }));
const explain = (text: string, isByLine = false): unknown =>
  JSON.parse(explainerOfIeee1394("config-rom", isByLine)?.(text) ?? "null");
const written = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe("genkan decode of IEEE 1394", () => {
  const expected = expect.objectContaining({ vendorId: "080046" });

  it("takes hexadecimal digits, a file of octets and a file of digits", () => {
    expect(explain(" 01080046\n")).toEqual(expected);
    expect(explain(written("rom.bin", Uint8Array.of(0x01, 0x08, 0x00, 0x46)))).toEqual(expected);
    expect(explain(written("rom.txt", "0108\n0046\n"))).toEqual(expected);
  });

  it("takes digits only where lines are read", () => {
    expect(explain("01080046", true)).toEqual(expected);
    const path = written("line.bin", Uint8Array.of(0x01, 0x08, 0x00, 0x46));
    expect(() => explain(path, true)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });

  it("says of what is neither digits nor a file that it is no value", () => {
    for (const text of ["not-there.bin", folder, "0"]) {
      expect(() => explain(text)).toThrow(expect.objectContaining({ code: "value-invalid" }));
    }
  });

  it("leaves other forms to others", () => {
    expect(explainerOfIeee1394("echonet", false)).toBeUndefined();
  });
});
