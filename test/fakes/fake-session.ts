/** An adapter's session whose devices live in memory and behave: they report, refuse, fall silent, hang and leave as told. */

import type { Call, Change, DeviceRef, Outcome, Session, Sighting } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor, PropertyDescriptor } from "../../gateway-core/contract/descriptor.ts";
import type { DeviceId } from "../../gateway-core/contract/device.ts";
import { type ErrorBody, HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";

export interface FakeDevice {
  values: Record<string, Json>;
  /** Properties that the device refuses to set. */
  refuses: Set<string>;
  isSilent: boolean;
  /** While set, a command is under way until it is released. */
  gate: Promise<void> | undefined;
  /** What a set turns a value into, as a device that clips does. */
  clip: (name: string, value: Json) => Json;
  /** What went over the wire. */
  readonly sent: Record<string, Json>[];
  readonly invoked: { action: string; input: Json }[];
}

export class FakeSession implements Session {
  readonly devices = new Map<DeviceId, FakeDevice>();
  readonly #subscribers = new Map<DeviceId, Set<Stream>>();
  readonly described: DeviceId[] = [];
  readonly addresses: string[] = [];
  /** How many subscriptions will fail at once. */
  failingSubscriptions = 0;

  add(id: DeviceId, values: Record<string, Json> = {}): FakeDevice {
    const device: FakeDevice = {
      values,
      refuses: new Set(),
      isSilent: false,
      gate: undefined,
      clip: (_, value) => value,
      sent: [],
      invoked: [],
    };
    this.devices.set(id, device);
    return device;
  }

  /** The device tells something by itself. */
  tell(id: DeviceId, change: Change): void {
    const device = this.devices.get(id);
    if (device !== undefined && change.type === "value") device.values[change.property] = change.value;
    for (const stream of this.#subscribers.get(id) ?? []) stream.push(change);
  }

  /** Every subscription of the device fails now. */
  breakSubscriptions(id: DeviceId): void {
    for (const stream of this.#subscribers.get(id) ?? []) stream.fail(new Error("the wire broke"));
  }

  subscriptions(id: DeviceId): number {
    return this.#subscribers.get(id)?.size ?? 0;
  }

  async *discover(): AsyncIterable<Sighting> {}

  async describe(ref: DeviceRef, model: Descriptor): Promise<Descriptor> {
    this.described.push(ref.id);
    const device = this.#answering(ref);
    const kept = Object.entries(model.properties).filter(([name]) => Object.hasOwn(device.values, name));
    return { ...model, properties: Object.fromEntries(kept) };
  }

  async get(ref: DeviceRef, _: Descriptor, properties: readonly string[]): Promise<Outcome> {
    const { values } = this.#answering(ref);
    return { values: Object.fromEntries(properties.map((name) => [name, values[name] ?? null])), errors: {} };
  }

  async set(ref: DeviceRef, _: Descriptor, values: Readonly<Record<string, Json>>): Promise<Outcome> {
    const device = this.#answering(ref);
    this.addresses.push(ref.address);
    device.sent.push({ ...values });
    await device.gate;
    const outcome: { values: Record<string, Json>; errors: Record<string, ErrorBody> } = { values: {}, errors: {} };
    for (const [name, value] of Object.entries(values)) {
      if (device.refuses.has(name)) outcome.errors[name] = refused(name);
      else outcome.values[name] = device.values[name] = device.clip(name, value);
    }
    return outcome;
  }

  async *subscribe(ref: DeviceRef, descriptor: Descriptor, { signal }: Call): AsyncIterable<Change> {
    const device = this.#answering(ref);
    if (this.failingSubscriptions > 0) {
      this.failingSubscriptions--;
      throw new Error("no subscription today");
    }
    const stream = new Stream(signal);
    const streams = this.#subscribers.get(ref.id) ?? new Set();
    this.#subscribers.set(ref.id, streams.add(stream));
    try {
      for (const property of Object.keys(descriptor.properties)) {
        yield { type: "value", property, value: device.values[property] ?? null };
      }
      yield* stream.changes();
    } finally {
      streams.delete(stream);
    }
  }

  async invoke(ref: DeviceRef, _: Descriptor, action: string, input: Json): Promise<Outcome> {
    const device = this.#answering(ref);
    device.invoked.push({ action, input });
    await device.gate;
    if (device.refuses.has(action)) return { values: {}, errors: { [action]: refused(action) } };
    return { values: {}, errors: {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #answering(ref: DeviceRef): FakeDevice {
    const device = this.devices.get(ref.id);
    if (device === undefined || device.isSilent) throw new HomeError("device-silent", `${ref.id} does not answer`);
    return device;
  }
}

function refused(name: string): ErrorBody {
  return new HomeError("device-refused", `the device refused ${name}`, { refused: [name] }).toBody();
}

/** A queue of changes that waits for the next one. */
class Stream {
  readonly #signal: AbortSignal;
  readonly #waiting: Change[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake());
  }
  push(change: Change): void {
    this.#waiting.push(change);
    this.#wake();
  }
  fail(failure: Error): void {
    this.#failure = failure;
    this.#wake();
  }
  async *changes(): AsyncIterable<Change> {
    while (!this.#signal.aborted) {
      const change = this.#waiting.shift();
      if (change !== undefined) yield change;
      else if (this.#failure !== undefined) throw this.#failure;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

export function property(fields: Partial<PropertyDescriptor>): PropertyDescriptor {
  return { titles: { en: "A property", ja: "属性" }, "gk:bind": { fake: { at: 1 } }, ...fields };
}

/** A lamp-like descriptor with one property of each sort that matters to commands. */
export const lampModel: Descriptor = {
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
  "@type": "tm:ThingModel",
  title: "Lamp",
  titles: { en: "Lamp", ja: "照明" },
  version: { model: "1.0.0" },
  "gk:type": "fake:lamp",
  "gk:kind": "light",
  "gk:match": [{ protocol: "fake", model: "lamp" }],
  properties: {
    power: property({ type: "boolean", observable: true, "gk:role": "power" }),
    brightness: property({ type: "integer", minimum: 0, maximum: 100, unit: "%", "gk:role": "brightness" }),
    temperature: property({
      oneOf: [
        { type: "number", minimum: 10, maximum: 30, multipleOf: 0.5 },
        { const: "undefined", titles: { en: "not set", ja: "未設定" }, readOnly: true },
        { const: "auto", titles: { en: "automatic", ja: "自動" } },
      ],
      "gk:settle": 30,
    }),
    place: property({
      oneOf: [
        { const: "living", titles: { en: "living room", ja: "居間" } },
        { const: "kitchen", titles: { en: "kitchen", ja: "台所" } },
        { const: "unset", titles: { en: "not set", ja: "未設定" }, readOnly: true },
      ],
      "gk:role": "installationLocation",
    }),
    fault: property({ type: "boolean", readOnly: true }),
  },
  actions: {
    blink: { titles: { en: "Blink", ja: "点滅" }, "gk:bind": { fake: { at: 2 } } },
    fade: {
      titles: { en: "Fade", ja: "ゆっくり" },
      input: { type: "integer", minimum: 1, maximum: 60 },
      "gk:bind": { fake: { at: 3 } },
    },
  },
};

/** All values of a lamp. */
export const lampValues: Readonly<Record<string, Json>> = {
  power: false,
  brightness: 40,
  temperature: 20,
  place: "living",
  fault: false,
};

export function sighting(id: DeviceId, fields: Partial<Sighting> = {}): Sighting {
  return {
    protocol: "fake",
    ref: { id, address: "10.0.0.1" },
    key: { protocol: "fake", model: "lamp" },
    ...fields,
  };
}
