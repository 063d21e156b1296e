import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parseArguments } from "../../command/arguments.ts";
import { decode } from "../../command/decode.ts";
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

  it.each(["00 20 c3 75", "00:20:C3:75", "0020 c375"])(
    "takes octets as other programs print them: %s",
    async (text) => {
      const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      // The command ends its process with its reader; this one goes on.
      const listen = vi.spyOn(process.stdout, "on").mockReturnValue(process.stdout);
      await decode(parseArguments(["decode", "avc", text, "--state", folder], {}));
      const said = write.mock.calls.join("");
      write.mockRestore();
      listen.mockRestore();
      expect(JSON.parse(said)).toMatchObject({ name: "PLAY", fields: { mode: "forward" } });
    },
  );

  it("leaves other forms to others", () => {
    expect(explainerOfIeee1394("echonet", false)).toBeUndefined();
  });
});
