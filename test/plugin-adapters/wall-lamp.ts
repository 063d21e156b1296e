/** A lamp on a wire of its own, and the adapter that another package might have for it: plain objects and the host, nothing of ours. */

import type { Call, Change, DeviceRef, Outcome } from "../../gateway-core/contract/adapter.ts";
import type { Clock, Host } from "../../gateway-core/contract/clock.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { PluginAdapter } from "../../gateway-core/contract/plugin-adapter.ts";
import { lampModel } from "../fakes/fake-session.ts";

export const availabilityMs = 10_000;

export const wallLamp: Descriptor = {
  ...lampModel,
  "gk:type": "wall:lamp",
  "gk:match": [{ protocol: "wall", model: "lamp" }],
  "gk:screen": { compact: ["power", "temperature"] },
};

type Listener = (name: string, value: Json) => void;

/** The wire: one lamp that answers while it is plugged in. */
export class Wall {
  readonly values: Record<string, Json> = { power: false, brightness: 40, fault: false };
  readonly listeners = new Set<Listener>();
  readonly openings: object[] = [];
  isPlugged = true;
  users = 0;

  change(name: string, value: Json): void {
    this.values[name] = value;
    for (const listener of this.listeners) listener(name, value);
  }
}

const fault = (code: string, message: string): Error => Object.assign(new Error(message), { code });
const silent = (): Error => fault("device-silent", "the lamp does not answer");

export function wallAdapter(wall: Wall, more: Partial<PluginAdapter> = {}): PluginAdapter {
  return {
    api: 1,
    protocol: "wall",
    config: {
      type: "object",
      additionalProperties: false,
      properties: { room: { type: "string", minLength: 1 } },
    },
    descriptors: [wallLamp],
    async open(config, host) {
      wall.openings.push(config);
      wall.users++;
      return session(wall, host);
    },
    ...more,
  };
}

function session(wall: Wall, { clock }: Host) {
  const closing = new AbortController();
  const answering = (): void => {
    if (!wall.isPlugged) throw silent();
  };
  const outcome = (): { values: Record<string, Json>; errors: Record<string, never> } => ({ values: {}, errors: {} });
  return {
    async *discover({ signal }: Call) {
      yield { protocol: "wall", ref: { id: "1", address: "the wall" }, key: { protocol: "wall", model: "lamp" } };
      await until(AbortSignal.any([signal, closing.signal]));
    },
    async describe(_: DeviceRef, model: Descriptor): Promise<Descriptor> {
      answering();
      const kept = Object.entries(model.properties).filter(([name]) => Object.hasOwn(wall.values, name));
      const properties = Object.fromEntries(kept.map(([name, one]) => [name, { ...one, readOnly: name === "fault" }]));
      return { ...model, properties };
    },
    async get(_: DeviceRef, __: Descriptor, names: readonly string[], { signal }: Call): Promise<Outcome> {
      if (!wall.isPlugged) await until(signal);
      const [told, errors]: [Record<string, Json>, Record<string, never>] = [{}, {}];
      for (const name of names) {
        const value = wall.values[name];
        if (value === undefined) Object.assign(errors, { [name]: { code: "unknown-property", message: name } });
        else told[name] = value;
      }
      return { values: told, errors };
    },
    async set(_: DeviceRef, __: Descriptor, values: Readonly<Record<string, Json>>): Promise<Outcome> {
      const told = outcome();
      for (const [name, value] of Object.entries(values)) {
        const error = wall.isPlugged ? { code: "device-refused", message: "too bright" } : silentBody;
        if (!wall.isPlugged || value === 99) Object.assign(told.errors, { [name]: error });
        else {
          wall.change(name, value);
          told.values[name] = value;
        }
      }
      return told;
    },
    async *subscribe(_: DeviceRef, descriptor: Descriptor, { signal }: Call): AsyncGenerator<Change> {
      const names = Object.keys(descriptor.properties);
      const ended = AbortSignal.any([signal, closing.signal]);
      let isAvailable = true;
      const changes = follow(wall, clock, ended);
      for (const property of names) yield { type: "value", property, value: wall.values[property] ?? null };
      for await (const [property, value] of changes) {
        if (isAvailable !== wall.isPlugged) {
          isAvailable = wall.isPlugged;
          yield { type: "availability", available: isAvailable };
          for (const name of isAvailable ? names : []) {
            yield { type: "value", property: name, value: wall.values[name] ?? null };
          }
        }
        if (property !== "") yield { type: "value", property, value };
      }
    },
    async invoke(): Promise<Outcome> {
      answering();
      return outcome();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      wall.users--;
    },
  };
}

const silentBody = { code: "device-silent", message: "the lamp does not answer" };

/** What the lamp tells, and a beat ("") that says whether it is there at all. */
async function* follow(wall: Wall, clock: Clock, ended: AbortSignal): AsyncGenerator<[string, Json]> {
  const waiting: [string, Json][] = [];
  let wake = (): void => undefined;
  const tell = (name: string, value: Json): void => {
    waiting.push([name, value]);
    wake();
  };
  let timer = clock.after(500, beat);
  function beat(): void {
    tell("", null);
    timer = clock.after(500, beat);
  }
  wall.listeners.add(tell);
  ended.addEventListener("abort", () => wake());
  try {
    while (!ended.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    timer.cancel();
    wall.listeners.delete(tell);
  }
}

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
