/** Where the local broker goes when other programs have its ports. */

import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { openLocalBroker } from "../../gateway-core/local-broker/local-broker.ts";
import { FakeControl } from "../fakes/fake-control.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";

describe("The local broker", () => {
  it("says that all ports are taken that it could move to, and leaves nothing behind by trying them", async () => {
    const [address, first, last] = ["127.0.9.65", 65_524, 65_535];
    const others = Array.from({ length: last - first + 1 }, (_, at) => createServer().listen(first + at, address));
    await Promise.all(others.map((other) => once(other, "listening")));
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on("warning", hear);
    const opening = openLocalBroker({
      ...{ host: fakeHost(), address, port: first, control: new FakeControl() },
      ...{ arrange: () => ({}), describe: () => ({}) },
    });
    await expect(opening).rejects.toMatchObject({
      code: "address-unusable",
      message: "all ports of 127.0.9.65 from 65524 to 65535 are taken",
    });
    await settle();
    process.off("warning", hear);
    expect(warnings).toEqual([]);
    for (const other of others) other.close();
  });
});
