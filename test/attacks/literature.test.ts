/** Attacks on MQTT brokers from papers and changelogs, octet by octet, with real TLS against the access broker as it ships. */

import type { TLSSocket } from "node:tls";
import { generate, type Packet, parser } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setRequirement } from "../../access-broker/access-broker.ts";
import { number, user } from "../access-broker/rig.ts";
import { openRemoteRig, type RemoteRig } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const command = `homes/${number}/devices/door/actions/ring`;
let remote: RemoteRig;
beforeAll(async () => {
  remote = await openRemoteRig();
}, 60_000);
afterAll(async () => remote?.[Symbol.asyncDispose]());

const hello = (more: object = {}): Buffer =>
  generate({
    ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "c", clean: true, keepalive: 60 },
    ...{ username: `${number}/${user}`, password: Buffer.from(remote.app) },
    ...more,
  } as Packet);

/** A raw connection, what it was answered, and its end. */
async function raw(octets?: Uint8Array) {
  const socket: TLSSocket = await remote.socket();
  const answers: Packet[] = [];
  const reader = parser();
  reader.on("packet", (packet) => answers.push(packet));
  socket.on("data", (chunk: Buffer) => reader.parse(chunk));
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  if (octets !== undefined) socket.write(octets);
  const until = (cmd: string, count = 1): Promise<unknown> =>
    vi.waitFor(() => expect(answers.filter((one) => one.cmd === cmd).length).toBeGreaterThanOrEqual(count), patience);
  return { socket, answers, ended, until };
}
async function visitor() {
  const made = await raw(hello());
  await made.until("connack");
  return made;
}

/** A packet of a text that no encoder would write. */
const text = (octets: readonly number[]): number[] => [octets.length >> 8, octets.length & 0xff, ...octets];
const ascii = (word: string): number[] => [...Buffer.from(word)];
const publishOf = (topic: readonly number[]): Uint8Array => {
  const body = [...text(topic), ...ascii("{}")];
  return Uint8Array.of(0x30, body.length, ...body);
};
const subscribeOf = (filter: readonly number[]): Uint8Array => {
  const body = [0, 7, ...text(filter), 1];
  return Uint8Array.of(0x82, body.length, ...body);
};

const inside = `homes/${number}/`;
const hidden = [
  ["U+0000", [...ascii(inside), 0, ...ascii("/set")]],
  ["a cut UTF-8 sequence", [...ascii(inside), 0xe3, 0x81, ...ascii("/set")]],
  ["an overlong slash", [...ascii(`homes/${number}`), 0xc0, 0xaf, ...ascii("devices/a/set")]],
  ["a surrogate", [...ascii(`${inside}devices/`), 0xed, 0xa0, 0x80, ...ascii("/set")]],
  ["an octet that begins nothing", [...ascii(`${inside}devices/`), 0xff, ...ascii("/set")]],
] as const;

describe("A topic with", () => {
  it.each(hidden)("%s ends the connection that publishes on it, and commands nothing", async (_, topic) => {
    const before = remote.commands.length;
    const { socket, ended } = await visitor();
    socket.write(publishOf(topic));
    await ended;
    expect(remote.commands.length).toBe(before);
  });
  it.each(hidden)("%s is granted to nobody who subscribes it", async (_, filter) => {
    const { socket, answers, until } = await visitor();
    socket.write(subscribeOf(filter));
    await until("suback");
    expect(answers.find(({ cmd }) => cmd === "suback")).toMatchObject({ granted: [128] });
  });
  it("nothing in it ends the connection (CVE-2021-34432)", async () => {
    for (const octets of [publishOf([]), subscribeOf([])]) {
      const { socket, ended } = await visitor();
      socket.write(octets);
      await ended;
    }
  });
  it.each(["$CONTROL/dynamic-security/v1", "$SYS/broker", `$share/g/${inside}devices/a/set`])(
    "the broker's own prefix, %s, is nobody's to publish on",
    async (topic) => {
      const { socket, ended } = await visitor();
      socket.write(publishOf(ascii(topic)));
      await ended;
    },
  );
  it.each(["$CONTROL/#", "$CONTROL/dynamic-security/v1/response", `$share/g/${inside}#`, `$queue/${inside}#`])(
    "the broker's own prefix, %s, is nobody's to subscribe",
    async (filter) => {
      const { socket, answers, until } = await visitor();
      socket.write(subscribeOf(ascii(filter)));
      await until("suback");
      expect(answers.find(({ cmd }) => cmd === "suback")).toMatchObject({ granted: [128] });
    },
  );
});

describe("QoS 2", () => {
  const exactly = (messageId: number): Buffer =>
    generate({ cmd: "publish", topic: command, payload: "", qos: 2, messageId, dup: false, retain: false });

  it("of one id sent over and over does one thing (CVE-2023-28366)", async () => {
    const before = remote.commands.length;
    const { socket, until } = await visitor();
    for (let count = 0; count < 50; count++) {
      socket.write(exactly(1));
      await until("pubrec", count + 1);
    }
    socket.write(generate({ cmd: "pubrel", messageId: 1 }));
    await until("pubcomp");
    await vi.waitFor(() => expect(remote.commands.length).toBe(before + 1), patience);
  });
  it("that is never finished holds 32 ids at most, then the connection ends", async () => {
    const { socket, until, ended } = await visitor();
    for (let id = 1; id <= 32; id++) socket.write(exactly(id));
    await until("pubrec", 32);
    socket.write(exactly(33));
    await ended;
  });
  it("that was left unfinished is not taken up by the next connection, whatever may be done by then", async () => {
    const first = await raw(hello({ clean: false }));
    await first.until("connack");
    const before = remote.commands.length;
    first.socket.write(exactly(9));
    await first.until("pubrec");
    await vi.waitFor(() => expect(remote.commands.length).toBe(before + 1), patience);
    first.socket.destroy();
    const second = await raw(hello({ clean: false }));
    await second.until("connack");
    expect(second.answers[0]).toMatchObject({ sessionPresent: false });
    second.socket.write(generate({ cmd: "pubrel", messageId: 9 }));
    await second.until("pubcomp");
    expect(remote.commands.length).toBe(before + 1);
  });
});

describe("A right that was taken", () => {
  it("takes the subscription with it, and does not give it back (CVE-2021-34434)", async () => {
    const first = await remote.client({ clientId: "durable", clean: false });
    await first.client.subscribeAsync(`${inside}#`, { qos: 1 });
    await setRequirement({ ...remote.rig.provider, number, requirement: "passkey" });
    try {
      first.client.publish(command, "");
      await first.ended;
    } finally {
      await setRequirement({ ...remote.rig.provider, number, requirement: null });
    }
    const again = await remote.client({ clientId: "durable", clean: false });
    remote.home.publish("home/devices/door/events/rang", "1", false);
    await again.client.subscribeAsync(`${inside}status`, { qos: 1 });
    await vi.waitFor(() => expect(again.heard.get(`${inside}status`)).toBe("online"), patience);
    expect(again.heard.size).toBe(1);
  });
  it("leaves nothing retained behind, nor a will (CVE-2018-12546)", async () => {
    const { client } = await remote.client();
    await client.publishAsync(command, "", { qos: 1, retain: true });
    client.end(true);
    const later = await remote.client();
    await later.client.subscribeAsync(`${inside}#`, { qos: 1 });
    await vi.waitFor(() => expect(later.heard.has(`${inside}status`)).toBe(true), patience);
    expect(later.heard.has(command)).toBe(false);
  });
});

describe("A CONNECT", () => {
  it("of MQTT 5 with a thousand user properties is refused before they are read", async () => {
    const userProperties = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${at}`, ""]));
    const { answers, ended } = await raw(hello({ protocolVersion: 5, properties: { userProperties } }));
    await ended;
    expect(answers).toMatchObject([{ cmd: "connack", returnCode: 1 }]);
  });
  it.each([0, 65_535])(
    "that asks for a keepalive of %i holds no place without a good password (CVE-2020-13849)",
    async (keepalive) => {
      const { answers, ended } = await raw(hello({ keepalive, password: Buffer.from("wrong") }));
      await ended;
      expect(answers).toMatchObject([{ returnCode: 4 }]);
      const good = await raw(hello({ keepalive }));
      await good.until("connack");
      expect(good.answers).toMatchObject([{ returnCode: 0 }]);
    },
  );
  it("that comes twice ends the connection (§3.1.0-2)", async () => {
    const { socket, ended } = await visitor();
    socket.write(hello());
    await ended;
  });
  it("with flags that contradict each other, or more after its last field, is answered by nothing", async () => {
    const whole = hello();
    const flags = whole.indexOf("MQTT") + 5;
    for (const change of [0x01, 0x18, 0x20]) {
      const odd = Buffer.from(whole);
      odd[flags] = (odd[flags] ?? 0) | change;
      const { answers, ended } = await raw(odd);
      await ended;
      expect(answers).toEqual([]);
    }
  });
  it("is the first packet, however large another says that it is (CVE-2023-0809)", async () => {
    const { answers, ended } = await raw(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await ended;
    expect(answers).toEqual([]);
  });
});
