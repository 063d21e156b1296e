/** Homes of scenarios on real sockets: what they hold, what happens in them by the clock, and what they refuse. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readScenario } from "../../command/read-scenario.ts";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import { packageRoot } from "../../host/package-root.ts";
import { openSimulatedHome, type SimulatedHome } from "../../simulated-home/simulated-home.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { Listener } from "./listener.ts";

const lamp = { class: "0290" };
const folder = join(packageRoot(), "simulated-home", "scenarios");
const shipped = readdirSync(folder).map((file) => file.slice(0, -".json".length));
const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
const find = (eojClass: string) => catalogue.find({ protocol: "echonet", eojClass: `0x${eojClass}` });
const invalid = (path: string) => expect.objectContaining({ code: "settings-invalid", details: { path } });

// Real sockets on a machine that may be busy: what must hold is waited for.
describe("A home of a scenario", { timeout: 60_000 }, () => {
  let home: SimulatedHome | undefined;
  let listener: Listener | undefined;
  afterEach(async () => {
    await home?.[Symbol.asyncDispose]();
    listener?.close();
    home = listener = undefined;
  });
  const addresses = Array.from({ length: 250 }, (_, index) => `127.0.78.${index + 2}`);

  /** Opens it on a port that no other home hears. */
  async function open(scenario: unknown, host = fakeHost()) {
    listener = await Listener.open();
    home = await openSimulatedHome({ host, addresses, port: listener.port, scenario, find });
    return { home, listener, host };
  }

  it.each(shipped)("of the package opens: %s", async (name) => {
    const { home, host } = await open(readScenario(name));
    expect(home.devices().length).toBeGreaterThan(7);
    expect(
      home
        .devices()
        .map(({ display }) => `${display.en}${display.ja}`)
        .join(),
    ).not.toMatch(/undefined|NaN/);
    await host.clock.advance(10_000);
  });

  it("of two hundred nodes is found whole by one search", async () => {
    const { listener } = await open(readScenario("two-hundred"));
    await listener.hear(200);
    const answers = await listener.ask("1081 0042 05ff01 0ef001 62 01 8300", 200);
    const own = answers.filter((line) => line.includes(" me 108100420ef00105ff0172018311"));
    expect(new Set(own.map((line) => line.split(":")[0])).size).toBe(200);
  });

  it("shows its devices node by node on the panel, and says which node is without power", async () => {
    const nodes = [
      { name: "attic", objects: [{ ...lamp, count: 2 }] },
      { name: "cellar", alive: false, objects: [lamp] },
    ];
    const { home } = await open({ nodes });
    const page = async (language: string): Promise<string> =>
      (await fetch(home.panelUrl, { headers: { "accept-language": language } })).text();
    const [attic, cellar] = (await page("en")).split("<section").slice(1);
    expect(attic).toMatch(/^ id="at-127\.0\.78\.2">\n<h2>attic /);
    expect(attic?.match(/<article>/g)).toHaveLength(2);
    expect(cellar).toMatch(/^ id="at-127\.0\.78\.3" class="dead">\n<h2>cellar .*does not answer/);
    expect(await page("ja")).toMatch(/ノード 2 台・機器 3 台[\s\S]*応答しません/);
  });

  it("of two hundred nodes has a panel that holds them all", async () => {
    const { home } = await open(readScenario("two-hundred"));
    const page = await (await fetch(home.panelUrl)).text();
    expect([page.match(/<section/g)?.length, page.match(/<article>/g)?.length]).toEqual([200, 540]);
    const button = await fetch(new URL(`devices/${addresses[199]}/013001/80`, home.panelUrl), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: '{"edt":"31"}',
    });
    expect(button.status).toBe(204);
    expect(home.devices().at(-1)?.properties["80"]).toBe("31");
  });

  it("has the values that it was given, by name and by EPC, and lacks what was taken away", async () => {
    const values = { "81": "18", brightness: 30, power: true, b1: null, a5: "0102" };
    const { home } = await open({ nodes: [{ objects: [{ ...lamp, values }] }] });
    expect(home.devices()[0]).toMatchObject({
      properties: { "80": "30", "81": "18", b0: "1e", a5: "0102" },
      state: { power: true, brightness: 30 },
    });
    expect(home.devices()[0]?.properties).not.toHaveProperty("b1");
  });

  it.each([
    ["a class that nobody describes", { nodes: [{ objects: [{ class: "06ff" }] }] }, "/nodes/0/objects/0/class"],
    [
      "a property that it has not",
      { nodes: [{ objects: [{ ...lamp, values: { horn: 1 } }] }] },
      "/nodes/0/objects/0/values/horn",
    ],
    [
      "a value without octets",
      { nodes: [{ objects: [{ ...lamp, values: { power: "yes" } }] }] },
      "/nodes/0/objects/0/values/power",
    ],
    ["half an octet", { nodes: [{ objects: [{ ...lamp, values: { b0: "1" } }] }] }, "/nodes/0/objects/0/values/b0"],
    [
      "a wish for what it has not",
      { nodes: [{ objects: [{ ...lamp, properties: ["horn"] }] }] },
      "/nodes/0/objects/0/properties/0",
    ],
    [
      "a step at no node",
      { nodes: [{ objects: [lamp] }], script: [{ atMs: 0, node: "attic", do: "kill" }] },
      "/script/0/node",
    ],
    [
      "a step at no object",
      { nodes: [{ objects: [lamp] }], script: [{ atMs: 0, node: "node-1", do: "set", object: "013001", values: {} }] },
      "/script/0/object",
    ],
    [
      "a step that sets what is not there",
      { nodes: [{ objects: [lamp] }], script: [{ atMs: 0, node: "node-1", do: "set", values: { a5: "01" } }] },
      "/script/0/values",
    ],
    [
      "a burst of what is not there",
      { nodes: [{ objects: [lamp] }], script: [{ atMs: 0, node: "node-1", do: "burst", count: 1, epc: "a5" }] },
      "/script/0/epc",
    ],
    [
      "a burst of another length",
      {
        nodes: [{ objects: [lamp] }],
        script: [{ atMs: 0, node: "node-1", do: "burst", count: 1, epc: "b0", edts: ["0a", "0a0a"] }],
      },
      "/script/0/edts/1",
    ],
  ])("with %s is refused with the path to it", async (_what, scenario, path) => {
    const options = { host: fakeHost(), addresses, port: 0, find };
    await expect(openSimulatedHome({ ...options, scenario })).rejects.toEqual(invalid(path));
  });

  const announced = (node: number, frame: string): string => `${addresses[node - 1]}:${listener?.port} all ${frame}`;

  it("does what its script says, when it says so: set, kill, revive, restart, burst, move", async () => {
    const script = [
      { atMs: 1_000, node: "lamp", do: "set", values: { power: true, "88": "41" } },
      { atMs: 2_000, node: "lamp", do: "burst", epc: "b0", count: 3, edts: ["0a", "14"] },
      { atMs: 3_000, node: "lamp", do: "kill", forMs: 5_000 },
      { atMs: 9_000, node: "lamp", do: "restart", forMs: 1_000 },
      { atMs: 11_000, node: "lamp", do: "move", address: "127.0.78.99" },
      { atMs: 12_000, everyMs: 1_000, node: "late", do: "revive" },
    ];
    const { home, listener, host } = await open({
      nodes: [
        { name: "lamp", objects: [lamp] },
        { name: "late", alive: false, objects: [lamp] },
      ],
      script,
    });
    const begun = "108100010ef0010ef0017301d504" + "01029001";
    expect(await listener.hear(1)).toEqual([announced(1, begun)]);
    const later = async (ms: number, count: number): Promise<string[]> => {
      listener.heard.length = 0;
      await host.clock.advance(ms);
      return listener.hear(count);
    };

    expect(await later(1_000, 1)).toEqual([announced(1, "108100020290010ef0017302880141800130")]);
    expect(await later(1_000, 3)).toEqual([
      announced(1, "108100030290010ef0017301b0010a"),
      announced(1, "108100040290010ef0017301b00114"),
      announced(1, "108100050290010ef0017301b0010a"),
    ]);
    await host.clock.advance(1_000);
    expect(home.devices().map(({ isAlive }) => isAlive)).toEqual([false, false]);
    expect(await later(5_000, 1)).toEqual([announced(1, begun)]);
    expect(await later(2_000, 1)).toEqual([announced(1, begun)]);
    expect(await later(1_000, 1)).toEqual([announced(98, begun)]);
    expect(await listener.ask("1081 0042 05ff01 029001 62 01 b000", 1, "127.0.78.99")).toEqual([
      `127.0.78.99:${listener.port} me 1081004202900105ff017201b0010a`,
    ]);
    expect(home.devices()[0]).toMatchObject({ address: "127.0.78.99", isAlive: true });
    expect(await later(1_000, 1)).toEqual([announced(2, begun)]);
    expect(await later(2_000, 2)).toEqual([announced(2, begun), announced(2, begun)]);
  });

  it("says in its log what of its script could not be done", async () => {
    const script = [{ atMs: 10, node: "a", do: "move", address: "192.0.2.1" }];
    const { host } = await open({ nodes: [{ name: "a", objects: [lamp] }], script });
    await host.clock.advance(10);
    await expect.poll(() => host.log.events("warn")).toEqual(["step-failed"]);
  });

  it("replies from another port than the protocol's where that is its quirk, and twice to everybody's question", async () => {
    const quirks = { repliesFromAnyPort: true };
    const twice = { answersMulticastTwice: true };
    const { listener } = await open({
      nodes: [
        { objects: [lamp], quirks },
        { objects: [lamp], quirks: twice },
      ],
    });
    await listener.hear(2);
    const ports = async (): Promise<Record<string, (number | undefined)[]>> => {
      const heard = await listener.ask("1081 0042 05ff01 029001 62 01 8000", 3);
      const sources = heard.map((line) => /^(\S+):(\d+) me 1081(\w{4})/.exec(line) ?? []);
      return Object.fromEntries(
        addresses
          .slice(0, 2)
          .map((address) => [
            address,
            sources.flatMap(([, from, port, tid]) =>
              from === address ? [Number(port) === listener.port ? Number(`0x${tid}`) : undefined] : [],
            ),
          ]),
      );
    };
    expect(await ports()).toEqual({
      [`${addresses[0]}`]: [undefined],
      [`${addresses[1]}`]: expect.arrayContaining([0x42, undefined]),
    });
  });

  it("holds nothing once it is closed: no timer, no address", async () => {
    const { home: first, listener, host } = await open(readScenario("flaky"));
    await host.clock.advance(1_000);
    await first[Symbol.asyncDispose]();
    expect(host.clock.pending).toBe(0);
    home = await openSimulatedHome({ host, addresses, port: listener.port, scenario: readScenario("flaky"), find });
    expect(home.devices()).toHaveLength(9);
  });
});
