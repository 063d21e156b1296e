import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import { parseCapture } from "../../gateway-core/echonet/capture-record.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { replayTransport } from "../../gateway-core/echonet/replay-transport.ts";
import { packageRoot } from "../../host/package-root.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { followHome } from "./follow-home.ts";
import { hasNamespaces, runScript } from "./in-namespace.ts";

describe("A home that was recorded over real UDP", () => {
  it("comes out of its recording with the same devices and the same values, without a wire and without waiting", {
    timeout: 90_000,
  }, async () => {
    const seen = runScript("recorded-home.ts", [hasNamespaces ? "127.0.0" : "127.0.8"], hasNamespaces);
    const { lines, values } = seen as { lines: string[]; values: [string, Record<string, unknown>][] };
    expect(values).toHaveLength(4);
    for (const [, told] of values) expect(Object.keys(told).length).toBeGreaterThan(5);

    const records = parseCapture(lines.join("\n"));
    const host = fakeHost();
    const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
    const leave = new AbortController();
    const adapter = createEchonetAdapter(replayTransport(records, host.clock));
    const session = await adapter.open({ availabilityMs: 600_000, pollMs: 600_000 }, host, leave.signal);
    const followed = followHome(session, (key) => catalogue.find(key), leave.signal);
    await host.clock.advance((records.at(-1)?.t ?? 0) + 5_000);
    expect(followed.values()).toEqual(values);
    leave.abort();
  });
});
