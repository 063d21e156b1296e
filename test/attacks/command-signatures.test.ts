import { wholeGrant } from "../../gateway-core/contract/grant.ts";
/** A home that demands a signature for its lamp, behind an access broker that is honest, and behind one that is broken: it says on both links whatever it likes. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandRequest } from "../../gateway-core/contract/messages.ts";
import type { RemoteCommand } from "../../gateway-core/contract/remote-link.ts";
import { number, openRig, type Rig } from "../access-broker/rig.ts";
import { makeSigner } from "../command-signatures/signer.ts";
import { type HomeBehind, openHomeBehind } from "./home-behind.ts";
import { connectVisitor, makeApp } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const phone = makeSigner();
const path = "/api/devices/lamp-1/properties/power";
const topic = "home/devices/lamp-1/properties/power/set";
let rig: Rig;
let home: HomeBehind;
beforeAll(async () => {
  rig = await openRig();
  home = openHomeBehind(["lamp-1/power"]);
  home.keys.add(phone.line, "phone");
  await rig.join(home.handler, number, home.remote);
  await vi.waitFor(() => expect(home.devices.list()[0]?.values["power"]).toBeDefined(), patience);
});
afterAll(async () => {
  await rig?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  home.lamp.sent.length = 0;
});

interface Wrapped {
  readonly $id: string;
  readonly $expires: string;
  readonly $signature: string;
  readonly value: boolean;
}

/** What `genkan sign` prints. */
function wrap(value: boolean, signer = phone, goodMs = 60_000): Wrapped {
  const request: CommandRequest = { kind: "property", name: "power", value };
  const expires = Date.now() + goodMs;
  const { id, signature } = signer.sign({ id: randomUUID(), device: "lamp-1", request, expires }, number);
  return { $id: id, $expires: new Date(expires).toISOString(), $signature: signature, value };
}

/** What a broken broker may say for whom it likes. */
async function overDataLink(body: unknown, method = "PUT", at = path): Promise<unknown> {
  const type = method === "POST" ? "application/x-www-form-urlencoded" : "application/json";
  const text = method === "POST" ? String(body) : JSON.stringify(body);
  const request = new Request(`https://home.example${at}`, { method, body: text, headers: { "content-type": type } });
  const answer = await home.handler(request, { name: "hanako", from: "remote", session: "s", grant: wholeGrant });
  return answer.status === 200 ? "done" : JSON.parse((await answer.text()) || "{}").code;
}
let count = 0;
const overControlLink = (payload: unknown, more: Partial<RemoteCommand> = {}): void =>
  home.execute({ id: `b${count++}`, topic, payload: JSON.stringify(payload), expires: Date.now() + 60_000, ...more });

describe("Through an honest access broker", () => {
  it("a signed command is done, by HTTP and by MQTT alike; the firewall lets the wrapping pass", async () => {
    const cookie = await rig.logIn();
    const first = wrap(true);
    const answer = await rig.ask(path, { method: "PUT", headers: { cookie }, json: first });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { value: true }]);
    const { client, heard } = await connectVisitor(rig, await makeApp(rig, number));
    await client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
    const second = wrap(false);
    await client.publishAsync(`homes/${number}/${topic.slice("home/".length)}`, JSON.stringify(second), { qos: 1 });
    const result = `homes/${number}/devices/lamp-1/result`;
    await vi.waitFor(
      () => expect(JSON.parse(heard.get(result) ?? "{}")).toMatchObject({ $id: second.$id, ok: true, value: false }),
      patience,
    );
    expect(home.lamp.sent).toEqual([{ power: true }, { power: false }]);
    // The same two once more, each by the other way: told again, and not done again.
    await client.publishAsync(`homes/${number}/${topic.slice("home/".length)}`, JSON.stringify(first), { qos: 1 });
    expect((await rig.ask(path, { method: "PUT", headers: { cookie }, json: second })).status).toBe(200);
    expect(home.lamp.sent).toHaveLength(2);
    client.end(true);
  });

  it("a command without a signature is refused in words and by its code, others are done as ever", async () => {
    const cookie = await rig.logIn();
    const refused = await rig.ask(path, { method: "PUT", headers: { cookie }, json: true });
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      403,
      { code: "signature-required", names: ["power"] },
    ]);
    const other = path.replace("power", "brightness");
    expect((await rig.ask(other, { method: "PUT", headers: { cookie }, json: 30 })).status).toBe(200);
    expect(home.lamp.sent).toEqual([{ brightness: 30 }]);
  });
});

describe("A broken access broker", () => {
  it("can forge no command: not plain, not by a form, not among other properties, not by a key of its own", async () => {
    expect(await overDataLink(true)).toBe("signature-required");
    expect(await overDataLink("value=true&token=x", "POST")).not.toBe("done");
    expect(await overDataLink({ power: true, brightness: 5 }, "PUT", "/api/devices/lamp-1/properties")).toBe(
      "signature-required",
    );
    expect(await overDataLink(wrap(true, makeSigner()))).toBe("signature-invalid");
    overControlLink(true);
    overControlLink({ power: true }, { topic: "home/devices/lamp-1/set" });
    overControlLink(wrap(true, makeSigner()));
    overControlLink({ value: true, $id: "x", $expires: new Date(Date.now() + 1_000).toISOString() });
    expect(home.lamp.sent).toEqual([]);
  });

  it("can alter none: another value, id, end or device is another command", async () => {
    const signed = wrap(false);
    for (const altered of [
      { ...signed, value: true },
      { ...signed, $id: "another" },
      { ...signed, $expires: new Date(Date.now() + 200_000).toISOString() },
    ]) {
      expect(await overDataLink(altered), JSON.stringify(altered)).toBe("signature-invalid");
      overControlLink(altered);
    }
    overControlLink(signed, { topic: topic.replace("lamp-1", "lamp-2") });
    expect(home.lamp.sent).toEqual([]);
    // Nor has any of these taken the place of the one that was meant.
    expect(await overDataLink(signed)).toBe("done");
  });

  it("can repeat none, by either link, and can keep none for later", async () => {
    const signed = wrap(true);
    expect(await overDataLink(signed)).toBe("done");
    for (let n = 0; n < 3; n++) overControlLink(signed);
    expect(await overDataLink(signed)).toBe("done");
    expect(home.lamp.sent).toEqual([{ power: true }]);
    const kept = wrap(false, phone, 50);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(kept.$expires)), patience);
    expect(await overDataLink(kept)).toBe("signature-invalid");
    // Its own idea of when the command ends counts for nothing.
    overControlLink(kept, { expires: Date.now() + 3_600_000 });
    expect(home.lamp.sent).toHaveLength(1);
  });

  it("cannot register a key: nothing that it reaches leads there", async () => {
    for (const [method, at] of [
      ["GET", "/setup/keys"],
      ["PUT", "/setup/keys"],
      ["POST", "/setup/keys"],
      ["POST", "/setup"],
    ] as const) {
      const init = method === "GET" ? { method } : { method, body: `key=${encodeURIComponent(makeSigner().line)}` };
      const answer = await home.handler(new Request(`https://home.example${at}`, init), {
        name: "hanako",
        from: "remote",
        session: "s",
        grant: wholeGrant,
      });
      expect(answer.status, at).toBe(404);
    }
    expect(home.keys.list()).toHaveLength(1);
  });
});
