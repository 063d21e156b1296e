/** What the doctor finds on the network, on real sockets. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { devices } from "../../../command/doctor/devices.ts";
import { multicast } from "../../../command/doctor/multicast.ts";
import { port } from "../../../command/doctor/port.ts";
import { findRunningGateway } from "../../../command/doctor/running-gateway.ts";
import { fileMemory } from "../../../host/system-host.ts";
import { hasNamespaces, runScript } from "../../echonet/in-namespace.ts";
import { examined } from "./examined.ts";

const at = (address: string, more = {}) => examined([], { addresses: [address], ...more });

describe("The doctor finds on the network", () => {
  it("where devices can be heard, and where not", async () => {
    expect(await multicast(at("127.0.7.41"))).toMatchObject({
      state: "ok",
      text: expect.stringContaining("127.0.7.41"),
    });
    expect(await multicast(at("203.0.113.7"))).toMatchObject({
      state: "fail",
      text: expect.stringMatching(/203\.0\.113\.7 \(E/),
    });
    for (const check of [multicast, port, devices]) expect(await check(examined([]))).toMatchObject({ state: "warn" });
  });

  it("that the port is free, or who has it, and that the running gateway may", async () => {
    expect(await port(at("127.0.7.42"))).toMatchObject({ state: "ok" });
    const socket = createSocket("udp4");
    socket.bind(3610, "127.0.7.42");
    await once(socket, "listening");
    const taken = await port(at("127.0.7.42"));
    const ours = await port(at("127.0.7.42", { gateway: { pid: process.pid } }));
    socket.close();
    expect(taken.state).toBe("fail");
    if (process.platform === "linux") {
      expect(taken.text).toContain(`pid ${process.pid}`);
      expect(ours.state).toBe("ok");
    }
  });

  it("how to find out who has the port where the system does not tell", async () => {
    // An address that is not this machine's cannot be bound, and nobody has it.
    expect(await port(at("203.0.113.7"))).toMatchObject({ state: "fail", hint: expect.stringContaining("lsof") });
  });

  it("each device that answers; none, and what to do then; and those that are heard beside another program", {
    timeout: 60_000,
  }, () => {
    const seen = runScript("doctored-home.ts", [hasNamespaces ? "127.0.0" : "127.0.6"], hasNamespaces) as Record<
      string,
      unknown
    >;
    if (hasNamespaces) {
      expect(seen["none"]).toMatchObject({ state: "warn", hint: expect.stringContaining("ufw allow 3610/udp") });
      expect(seen["deaf"]).toMatchObject({ state: "warn", hint: expect.stringContaining("Another program") });
    }
    for (const found of [seen["heard"], seen["beside"]]) {
      expect(found).toMatchObject({ state: "ok", text: expect.stringContaining("(013001 029001)") });
    }
  });
});

describe("The doctor asks a gateway that runs", () => {
  async function ask(answer: string) {
    const server = createServer((_request, response) => response.end(answer)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port: lanPort } = server.address() as AddressInfo;
    try {
      return await devices(at("127.0.7.43", { gateway: { pid: 1, lan: `http://127.0.0.1:${lanPort}/` } }));
    } finally {
      server.close();
    }
  }
  const lamp = { id: "lamp-1", titles: { en: "Lamp", ja: "照明" }, available: true };

  it("what it knows, and what of that does not answer", async () => {
    expect(await ask(JSON.stringify({ devices: [lamp] }))).toMatchObject({
      state: "ok",
      text: expect.stringContaining("Lamp (lamp-1)"),
    });
    expect(await ask(JSON.stringify({ devices: [lamp, { id: "x", available: false }] }))).toMatchObject({
      state: "warn",
      text: expect.stringContaining("do not answer: x"),
    });
    for (const nothing of ["[]", "{}"])
      expect(await ask(nothing)).toMatchObject({ state: "warn", text: expect.stringContaining("no device") });
    expect(await ask("<html>")).toMatchObject({ state: "warn", text: expect.stringContaining("does not answer") });
  });

  it("only while it runs", () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-doctor-"));
    const memory = fileMemory(join(folder, "gateway"));
    expect(findRunningGateway(folder)).toBeUndefined();
    for (const word of [null, [], { pid: "1" }, { pid: 2 ** 30, lan: "http://127.0.0.1:1/" }]) {
      memory.write("running", word);
      expect(findRunningGateway(folder)).toBeUndefined();
    }
    memory.write("running", { pid: process.pid, lan: "" });
    expect(findRunningGateway(folder)).toEqual({ pid: process.pid });
    memory.write("running", { pid: process.pid, lan: "http://127.0.0.1:1/" });
    expect(findRunningGateway(folder)).toEqual({ pid: process.pid, lan: "http://127.0.0.1:1/" });
    writeFileSync(join(folder, "gateway", "running.json"), "{");
    expect(findRunningGateway(folder)).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});
