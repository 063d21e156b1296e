/** What the doctor finds of this machine's own FireWire: a tree of files as Linux has it says why a device cannot be used. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firewire } from "../../../command/doctor/firewire.ts";
import { examineMachine } from "../../../gateway-core/gateway.ts";
import { packageRoot } from "../../../host/package-root.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "genkan-firewire-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const machine = (hasKoffi = true) => examineMachine({ root, hasKoffi: () => hasKoffi });
const said = (hasKoffi = true) => firewire("en", machine(hasKoffi));

describe("The doctor finds of FireWire", () => {
  it("that there is no controller", () => {
    put("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n");
    expect(said()).toMatchObject({ state: "ok", text: expect.stringContaining("no FireWire controller") });
    expect(firewire("ja", machine())).toMatchObject({ text: expect.stringContaining("コントローラがなく") });
  });

  it("that a controller has no driver, and how it gets one", () => {
    put("sys/bus/pci/devices/0000:03:00.0/class", "0x0c0010\n");
    expect(said()).toMatchObject({
      state: "warn",
      text: expect.stringContaining("0000:03:00.0"),
      hint: expect.stringContaining("modprobe firewire-ohci"),
    });
  });

  it("that what makes the calls is not installed", () => {
    put("dev/fw0");
    expect(said(false)).toMatchObject({ state: "warn", hint: expect.stringContaining("npm install koffi") });
    expect(examineMachine({ root })).toMatchObject({ state: "there" });
  });

  it("nothing, where all that matters may be opened", () => {
    put("dev/fw0");
    expect(said()).toBeUndefined();
    expect(machine()).toEqual({ state: "there", files: ["/dev/fw0"], denied: [] });
  });

  it("which device may not be opened, and the very rule that is shipped for it", () => {
    const denied = [{ file: "/dev/fw1", name: "Sony DVMC-DA1", units: "0x00a02d:0x010000" }];
    const finding = firewire("en", { state: "there", files: ["/dev/fw0", "/dev/fw1"], denied });
    const file = join(packageRoot(), "packaging", "udev", "70-genkan-firewire.rules");
    const [rule = ""] = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("SUBSYSTEM"));
    expect(finding).toMatchObject({
      state: "warn",
      text: expect.stringContaining("/dev/fw1 (Sony DVMC-DA1, 0x00a02d:0x010000)"),
    });
    expect(finding?.hint).toContain(`sudo cp ${file} /etc/udev/rules.d/`);
    expect(finding?.hint?.endsWith(`: ${rule}`)).toBe(true);
    const [odd] = [{ file: "/dev/fw2", name: "?", units: "" }];
    expect(firewire("en", { state: "there", files: [], denied: [odd] })?.hint).toContain("is_local");
  });

  it("what the kernel read of a device that may not be opened", () => {
    mkdirSync(join(root, "dev"));
    // Nobody can open it, not even an administrator.
    symlinkSync(join(root, "nowhere"), join(root, "dev", "fw1"));
    put("sys/bus/firewire/devices/fw1/vendor_name", "Sony\n");
    put("sys/bus/firewire/devices/fw1/model_name", "DSR-11\n");
    put("sys/bus/firewire/devices/fw1/units", "0x00a02d:0x010001\n");
    expect(machine()).toMatchObject({
      denied: [{ file: "/dev/fw1", name: "Sony DSR-11", units: "0x00a02d:0x010001" }],
    });
  });
});
