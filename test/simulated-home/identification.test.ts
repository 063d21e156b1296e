/** EPC 0x83 of a simulated node and of its device, in all the ways that real ones have it. */

import { describe, expect, it } from "vitest";
import type { HomeNetwork, Receive } from "../../simulated-home/home-network.ts";
import { openHomeNode } from "../../simulated-home/home-node.ts";
import { makeDevice } from "../../simulated-home/make-device.ts";
import { createRandom } from "../../simulated-home/random.ts";
import { createRoom } from "../../simulated-home/room.ts";
import { planNodes } from "../../simulated-home/scenario/plan-nodes.ts";
import { parseScenario } from "../../simulated-home/scenario/scenario.ts";
import { hex, octets } from "../../simulated-home/wire/octets.ts";
import { fakeHost } from "../fakes/fake-host.ts";

/** Starts a node with one air conditioner, and asks both for 83: what each answered, after each of two starts. */
async function identify(identification: string): Promise<{ node: string[]; device: string[] }> {
  const chance = createRandom(1);
  const ids = { fresh: () => "", fraction: chance };
  const host = { ...fakeHost(), ids };
  const life = new AbortController();
  const { signal } = life;
  const [planned] = planNodes(parseScenario({ nodes: [{ identification, objects: [{ class: "0130" }] }] }));
  if (planned === undefined) throw new Error("nothing was planned");
  const random = createRandom(0);
  const around = { room: () => createRoom(host.clock, signal), clock: host.clock, signal, random };
  const devices = planned.planned.map((object) => makeDevice(object, { ...around, find: () => undefined }));
  const sent: string[] = [];
  let receive: Receive = () => undefined;
  const network: HomeNetwork = {
    async plug(address, into) {
      receive = into;
      return { address, send: (frame) => void sent.push(hex(frame)), [Symbol.asyncDispose]: async () => undefined };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const node = await openHomeNode({ planned, number: 3, devices, network, host, random, signal });
  const ask = (eoj: string): string => {
    sent.length = 0;
    receive(octets(`1081000105ff01${eoj}62018300`), "10.0.0.9", false);
    return sent[0]?.slice(26) ?? "silent";
  };
  const answers = { node: [] as string[], device: [] as string[] };
  for (let start = 0; start < 2; start++) {
    node.revive();
    answers.node.push(ask("0ef001"));
    answers.device.push(ask("013001"));
    node.kill();
    expect(ask("0ef001")).toBe("silent");
  }
  life.abort();
  return answers;
}

const ofNode = "feffffff67656e6b616e2d686f6d650003";
const ofDevice = "feffffff67656e6b616e2d640003013001";

describe("The identification of a node", () => {
  it("is by itself 17 octets, the same after each start, another for its device", async () => {
    expect(await identify("unique")).toEqual({
      node: [`11${ofNode}`, `11${ofNode}`],
      device: [`11${ofDevice}`, `11${ofDevice}`],
    });
  });

  it("may be absent", async () => {
    expect(await identify("none")).toEqual({ node: ["00", "00"], device: ["00", "00"] });
  });

  it("may be all zero", async () => {
    const zero = `11${"00".repeat(17)}`;
    expect(await identify("zero")).toEqual({ node: [zero, zero], device: [zero, zero] });
  });

  it("may be four octets long", async () => {
    expect((await identify("short")).node).toEqual(["04fe000003", "04fe000003"]);
  });

  it("may be another one at every start", async () => {
    const { node } = await identify("random");
    for (const one of node) expect(one).toMatch(/^11feffffff[0-9a-f]{26}$/);
    expect(new Set(node).size).toBe(2);
  });

  it("may be shared by the node and its device", async () => {
    const shared = `11${ofNode}`;
    expect(await identify("shared")).toEqual({ node: [shared, shared], device: [shared, shared] });
  });
});
