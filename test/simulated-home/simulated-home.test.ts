/** The simulated home on real sockets: UDP between loopback addresses, and the panel over HTTP. On a port of its own, so that no other home on this machine hears it. */

import { once } from "node:events";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { openSimulatedHome, type SimulatedHome } from "../../simulated-home/simulated-home.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { bound, Listener } from "./listener.ts";

const addresses = ["127.0.77.2", "127.0.77.3"];

let host: FakeHost;
let listener: Listener;
let home: SimulatedHome;
beforeEach(async () => {
  host = fakeHost();
  listener = await Listener.open();
  home = await openSimulatedHome({ host, addresses, port: listener.port });
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  listener.close();
});

const from = (node: number): string => `${addresses[node - 1]}:${listener.port}`;

describe("The simulated home on the wire", { timeout: 30_000 }, () => {
  it("announces both nodes when it starts", async () => {
    expect(await listener.hear(2)).toEqual([
      `${from(1)} all 108100010ef0010ef0017301d50702013001029001`,
      `${from(2)} all 108100010ef0010ef0017301d50702026b01001101`,
    ]);
  });

  it("answers a search of everybody, each node from its own address", async () => {
    await listener.hear(2);
    expect(await listener.ask("1081 0042 05ff01 0ef001 62 01 d600", 2)).toEqual([
      `${from(1)} me 108100420ef00105ff017201d60702013001029001`,
      `${from(2)} me 108100420ef00105ff017201d60702026b01001101`,
    ]);
  });

  it("obeys a controller, and tells all", async () => {
    await listener.hear(2);
    const heard = await listener.ask("1081 0043 05ff01 029001 61 01 800130", 2, addresses[0]);
    expect(heard).toEqual([
      `${from(1)} all 108100020290010ef0017301800130`,
      `${from(1)} me 1081004302900105ff0171018000`,
    ]);
    expect(home.devices()[1]).toMatchObject({ eoj: "029001", properties: { "80": "30" }, state: { power: true } });
  });

  it("hears a frame from any port", async () => {
    await listener.hear(2);
    const elsewhere = await bound("127.0.77.1", 0);
    listener.heard.length = 0;
    elsewhere.send(Buffer.from("1081004405ff0100110162018000", "hex"), listener.port, addresses[1]);
    expect(await listener.hear(1)).toEqual([`${from(2)} me 1081004400110105ff017201800130`]);
    elsewhere.close();
  });

  it("lives by the clock: the room is cooled, the sensor tells when asked", async () => {
    home.set("127.0.77.2", "013001", "80", "30");
    await host.clock.advance(30 * 60_000);
    await listener.hear(3);
    const [answer] = await listener.ask("1081 0045 05ff01 001101 62 01 e000", 1, addresses[1]);
    expect(answer).toMatch(/e00201(04|05|06)$/);
  });

  it("is not disturbed by noise", async () => {
    await listener.hear(2);
    for (const noise of ["", "10", "1081", "ffffffffffffffffffffffffffffff", "1081000105ff0102900162ff8000"]) {
      await listener.ask(noise, 0, addresses[0]);
    }
    expect(await listener.ask("1081 0046 05ff01 029001 62 01 8000", 1, addresses[0])).toHaveLength(1);
  });

  it("can be stopped, and started again on the same addresses", async () => {
    await listener.hear(2);
    await home[Symbol.asyncDispose]();
    expect(host.clock.pending).toBe(0);
    listener.heard.length = 0;
    home = await openSimulatedHome({ host, addresses, port: listener.port });
    expect(await listener.hear(2)).toHaveLength(2);
  });

  it("shares the port with a program that takes every address", async () => {
    const everywhere = await bound("0.0.0.0", 0, true);
    const { port } = everywhere.address();
    const second = await openSimulatedHome({ host, addresses: ["127.0.77.4", "127.0.77.5"], port });
    expect(second.devices()).toHaveLength(4);
    await second[Symbol.asyncDispose]();
    everywhere.close();
  });

  it.each([
    ["a taken address", addresses],
    ["an address of another machine", ["192.0.2.1", "192.0.2.2"]],
    ["what is no address", ["nowhere", "else"]],
  ])("is refused %s", async (_what, wanted) => {
    const opening = openSimulatedHome({ host, addresses: wanted, port: listener.port });
    await expect(opening).rejects.toMatchObject({ name: "HomeError", code: "address-unusable" });
  });

  it("needs an address for each node, and leaves none taken when it fails", async () => {
    const opening = openSimulatedHome({ host, addresses: ["127.0.77.6"], port: listener.port });
    await expect(opening).rejects.toMatchObject({ code: "settings-invalid" });
    const again = await openSimulatedHome({ host, addresses: ["127.0.77.6", "127.0.77.7"], port: listener.port });
    await again[Symbol.asyncDispose]();
  });
});

describe("The hand at the device", { timeout: 30_000 }, () => {
  it("switches what no controller may set, and all are told", async () => {
    await listener.hear(2);
    listener.heard.length = 0;
    home.set("127.0.77.3", "001101", "88", "41");
    expect(await listener.hear(1)).toEqual([`${from(2)} all 108100020011010ef0017301880141`]);
  });

  it.each([
    ["unknown-device", ["127.0.77.9", "001101", "80", "30"]],
    ["unknown-device", ["127.0.77.2", "001101", "80", "30"]],
    ["unknown-property", ["127.0.77.2", "029001", "ee", "30"]],
    ["value-invalid", ["127.0.77.2", "029001", "80", "3030"]],
    ["value-invalid", ["127.0.77.2", "029001", "80", "zz"]],
    ["value-invalid", ["127.0.77.2", "029001", "80", ""]],
    ["value-invalid", ["127.0.77.2", "029001", "9f", "0b808182888a9d9e9fb0b1b6"]],
  ] as const)("is told %s", (code, [address, eoj, epc, edt]) => {
    expect(() => home.set(address, eoj, epc, edt)).toThrow(expect.objectContaining({ code }));
    expect(() => home.set(address, eoj, epc, edt)).toThrow(HomeError);
  });
});

describe("The panel", { timeout: 30_000 }, () => {
  const devicePath = "devices/127.0.77.2/029001/80";
  const put = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(new URL(path, home.panelUrl), {
      method: "PUT",
      body,
      headers: { "content-type": "application/json", ...headers },
    });

  it("stands on 127.0.0.1 and tells every device in octets and words", async () => {
    expect(home.panelUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const devices: unknown = await (await fetch(new URL("devices", home.panelUrl))).json();
    expect(devices).toEqual(JSON.parse(JSON.stringify(home.devices())));
  });

  it("switches a device, so that its announcement goes out", async () => {
    await listener.hear(2);
    listener.heard.length = 0;
    expect((await put(devicePath, '{"edt":"30"}')).status).toBe(204);
    expect(await listener.hear(1)).toEqual([`${from(1)} all 108100020290010ef0017301800130`]);
  });

  it("does so by a button without script, and comes back to its node on the page", async () => {
    const response = await fetch(new URL(devicePath, home.panelUrl), {
      method: "POST",
      body: new URLSearchParams({ edt: "30" }),
      headers: { origin: new URL(home.panelUrl).origin, "sec-fetch-site": "same-origin" },
      redirect: "manual",
    });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/#at-127.0.77.2"]);
    expect(home.devices()[1]?.state).toMatchObject({ power: true });
  });

  it("speaks English and Japanese", async () => {
    const page = async (language: string): Promise<string> =>
      (await fetch(home.panelUrl, { headers: { "accept-language": language } })).text();
    expect(await page("en-GB,en")).toContain('<html lang="en">');
    const japanese = await page("ja,en;q=0.5");
    for (const text of ['<html lang="ja">', "エアコン", "天井照明", "エコキュート", "温度計", "点灯"]) {
      expect(japanese).toContain(text);
    }
  });

  it("runs no script and may be framed by nobody", async () => {
    const { headers } = await fetch(home.panelUrl);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect((await fetch(new URL("panel.css", home.panelUrl))).headers.get("content-type")).toContain("text/css");
  });

  it.each([
    ["another Host, for a name may be bound to this address", { host: "evil.example" }, 421, "host-not-allowed"],
    ["a foreign page", { origin: "https://evil.example" }, 403, "origin-not-allowed"],
    ["a page without an origin", { origin: "null" }, 403, "origin-not-allowed"],
    ["a page of another port", { origin: "http://127.0.0.1:1" }, 403, "origin-not-allowed"],
    ["a cross-site form", { "sec-fetch-site": "cross-site" }, 403, "origin-not-allowed"],
  ] as const)("refuses %s", async (_who, headers, status, code) => {
    const answer = await rawPut(new URL(devicePath, home.panelUrl), { ...headers });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(home.devices()[1]?.state).toMatchObject({ power: false });
  });

  it.each([
    ["devices/127.0.77.2/029001/zz", '{"edt":"30"}', 404],
    ["devices/127.0.77.2/029009/80", '{"edt":"30"}', 404],
    [devicePath, '{"edt":"3"}', 422],
    [devicePath, '{"edt":30}', 422],
    [devicePath, "{", 422],
    [devicePath, "null", 422],
  ])("answers PUT %s %s with %i", async (path, body, status) => {
    expect((await put(path, body)).status).toBe(status);
  });

  it("answers what it does not know in words", async () => {
    expect((await fetch(new URL("nothing", home.panelUrl))).status).toBe(404);
    expect((await fetch(new URL(devicePath, home.panelUrl), { method: "DELETE" })).status).toBe(405);
  });

  it("does not open on a taken port", async () => {
    const panelPort = Number(new URL(home.panelUrl).port);
    const opening = openSimulatedHome({
      host,
      addresses: ["127.0.77.8", "127.0.77.9"],
      port: listener.port,
      panelPort,
    });
    await expect(opening).rejects.toMatchObject({ code: "address-unusable" });
  });
});

/** fetch lets nobody choose Host and Origin. */
async function rawPut(
  url: URL,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; body: unknown }> {
  const asking = request(url, { method: "PUT", headers: { "content-type": "application/json", ...headers } });
  asking.end('{"edt":"30"}');
  const [response] = await once(asking, "response");
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode, body: JSON.parse(body) };
}
