import { once } from "node:events";
import { createServer } from "node:net";
import { connectAsync } from "mqtt";
import { describe, expect, it } from "vitest";
import type { CommandResult } from "../gateway-core/contract/messages.ts";
import { createGateway, joints, parseSettings } from "../gateway-core/gateway.ts";
import { gatewayModel } from "../gateway-core/gateway-model.ts";
import { packageRoot } from "../host/package-root.ts";
import { fakeHost } from "./fakes/fake-host.ts";
import { until } from "./until.ts";

describe("A gateway", () => {
  it("tells its provider what the package says of itself", () => {
    expect(gatewayModel(packageRoot())).toEqual({
      model: "home-gateway",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });
});

describe("A gateway of which nothing is deployed", () => {
  it("answers a command as it answers any: by its promise, and to all who listen for results", async () => {
    await using gateway = createGateway({
      settings: parseSettings({}),
      host: fakeHost(),
      packageRoot: packageRoot(),
    });
    const told: CommandResult[] = [];
    const stop = gateway.control.onResult((result) => told.push(result));
    const request = { kind: "property", name: "power", value: true } as const;
    const result = await gateway.control.execute({ id: "a", device: "lamp", request });
    expect(result).toMatchObject({ id: "a", device: "lamp", request, ok: false, error: { code: "unknown-device" } });
    expect(told).toEqual([result]);
    stop();
    await gateway.control.execute({ id: "b", device: "lamp", request });
    expect(told).toHaveLength(1);
  });
});

describe("A broker that could not open when the gateway started", () => {
  it("knows every device once it can: what was told before is told anew", async () => {
    const [address, port] = ["127.0.9.64", 65_535];
    const other = createServer().listen(port, address);
    await once(other, "listening");
    const host = fakeHost();
    await using gateway = createGateway({
      settings: parseSettings({
        localBroker: { address, port },
        media: { sources: [{ name: "Clip", from: "/nowhere/clip.ts" }] },
      }),
      ...{ host, packageRoot: packageRoot() },
    });
    const { stations } = gateway;
    const isMeant = (name: string): boolean => ["discovery:av", "translation", "local-broker"].includes(name);
    for (const { from, to } of joints.filter((joint) => isMeant(joint.from) && isMeant(joint.to))) {
      stations.get(from)?.onOutput((message, output) => output === 0 && stations.get(to)?.receive(message));
    }
    for (const [name, station] of stations) if (isMeant(name)) station.hold();
    await until(() => {
      expect(stations.get("local-broker")?.status).toMatchObject({ state: "failed", text: "address-unusable" });
      expect(gateway.devices()).toMatchObject([{ id: "av-clip" }]);
    });
    await new Promise((resolve) => other.close(resolve));
    await host.clock.advance(2_000);
    await until(() => expect(stations.get("local-broker")?.status.state).toBe("open"));
    const client = await connectAsync(`mqtt://${address}:${port}`);
    const told: string[] = [];
    client.on("message", (_topic, payload) => told.push(payload.toString()));
    await client.subscribeAsync("home/devices");
    await until(() => expect(JSON.parse(told.at(-1) ?? "[]")).toMatchObject([{ id: "av-clip" }]));
    await client.endAsync(true);
  });
});
