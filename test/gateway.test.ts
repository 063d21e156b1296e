import { describe, expect, it } from "vitest";
import type { CommandResult } from "../gateway-core/contract/messages.ts";
import { createGateway, parseSettings } from "../gateway-core/gateway.ts";
import { gatewayModel } from "../gateway-core/gateway-model.ts";
import { packageRoot } from "../host/package-root.ts";
import { fakeHost } from "./fakes/fake-host.ts";

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
