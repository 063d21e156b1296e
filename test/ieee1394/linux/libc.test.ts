/** The operating system's calls, made for real: without a FireWire card, as far as that goes. */

import { writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { noBus } from "../../../gateway-core/ieee1394/bus.ts";
import { openLibc } from "../../../gateway-core/ieee1394/linux/libc.ts";
import { deviceFiles } from "../../../gateway-core/ieee1394/linux/start-card.ts";
import { openNamedBus } from "../../../gateway-core/ieee1394/open-bus.ts";
import { fakeHost } from "../../fakes/fake-host.ts";

const isLinux = process.platform === "linux";

describe.skipIf(!isLinux)("The calls of Linux", () => {
  it("wait for a file that wakes them, and no longer than told", () => {
    const libc = openLibc();
    const fd = libc.wakeFile();
    expect(libc.poll([fd], 1)).toEqual([]);
    writeSync(fd, new BigUint64Array([1n]));
    expect(libc.poll([fd], 1_000)).toEqual([{ fd, isReadable: true, isGone: false }]);
    expect(libc.read(fd, new Uint8Array(8))).toBe(8);
    libc.close(fd);
    expect(libc.poll([fd], 1_000)).toEqual([{ fd, isReadable: false, isGone: true }]);
    expect(libc.read(fd, new Uint8Array(8))).toBe(0);
  });

  it("tell by a negative number why they refuse", () => {
    const libc = openLibc();
    const fd = libc.wakeFile();
    expect(libc.ioctl(fd, 0xc028_2300, new Uint8Array(40), [{ at: 16, to: new Uint8Array(40) }])).toBe(-25);
    expect(libc.map(fd, 4096)).toBeUndefined();
    expect(libc.open("no-such-file")).toEqual({ refusal: "absent" });
    libc.close(fd);
  });

  it.skipIf(deviceFiles().length > 0)("find no bus on a machine that has none, and can be closed", async () => {
    const bus = openNamedBus("", fakeHost());
    bus.listen(1, () => undefined);
    expect(bus.state).toBe(noBus);
    expect((await bus.read({ nodeId: 0xffc0, generation: 0 }, 0, 4)).rcode).toBe("cancelled");
    await bus[Symbol.asyncDispose]();
  });
});
