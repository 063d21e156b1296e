/** An open session of the adapter: its sources are those of the settings, from the first moment on (contract/adapter.ts Session). */

import type { Call, Change, DeviceRef, Outcome, Session, Sighting } from "../contract/adapter.ts";
import { type Clock, sleep } from "../contract/clock.ts";
import type { Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { type ErrorBody, HomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import { createMailbox } from "../contract/mailbox.ts";
import { within } from "../contract/within.ts";
import { addressOf } from "./av-origin.ts";
import type { AvSettings } from "./av-settings.ts";
import { createAvSource, type OpenableSource } from "./av-source.ts";
import { sourceTrouble } from "./source-trouble.ts";
import type { AvWires } from "./wires.ts";

export const protocol = "av";
const firstLookMs = 1_000;

export function startAvSession(settings: AvSettings, wires: AvWires, clock: Clock): Session {
  const closing = new AbortController();
  const { signal: life } = closing;
  const sources = new Map(
    settings.sources.map((setting) => [setting.id, createAvSource(setting, settings, wires, clock)]),
  );

  function sourceOf({ id }: DeviceRef): OpenableSource {
    const source = sources.get(id);
    if (source === undefined) throw new HomeError("unknown-device", `no source ${id} is set`, { device: id });
    return source;
  }

  const refused = (names: readonly string[], descriptor: Descriptor): Outcome["errors"] =>
    Object.fromEntries(
      names.map((name): [string, ErrorBody] => {
        const code = Object.hasOwn(descriptor.properties, name) ? "read-only" : "unknown-property";
        return [name, new HomeError(code, `${name} is not set from here`, { property: name }).toBody()];
      }),
    );

  return {
    async *discover({ signal }) {
      const mailbox = createMailbox<Sighting>(AbortSignal.any([signal, life]));
      for (const source of sources.values()) mailbox.put(sightingOf(source));
      yield* mailbox;
    },

    async describe(ref, model) {
      const { setting, facts } = sourceOf(ref);
      const { name, kind = model["gk:kind"] } = setting;
      const properties = Object.entries(model.properties)
        .filter(([, property]) => facts.get(factOf(property)) !== undefined)
        .map(([property, schema]) => [property, { ...schema, readOnly: true, observable: true }]);
      return {
        ...{ ...model, title: name, titles: { en: name, ja: name }, "gk:kind": kind },
        properties: Object.fromEntries(properties),
      };
    },

    async get(ref, descriptor, names, { signal }) {
      const { facts, look } = sourceOf(ref);
      await look(AbortSignal.any([signal, life]));
      signal.throwIfAborted();
      const values = names.flatMap((name): [string, Json][] => {
        const value = facts.get(factOf(descriptor.properties[name]));
        return value === undefined ? [] : [[name, value]];
      });
      const missing = names.filter((name) => !values.some(([known]) => known === name));
      const errors = missing.map((name): [string, ErrorBody] => {
        return [name, new HomeError("unknown-property", `there is no ${name}`, { property: name }).toBody()];
      });
      return { values: Object.fromEntries(values), errors: Object.fromEntries(errors) };
    },

    async set(_ref, descriptor, values) {
      return { values: {}, errors: refused(Object.keys(values), descriptor) };
    },

    subscribe: (ref, descriptor, call) => follow(sourceOf(ref), descriptor, call),

    async invoke(_ref, _descriptor, action) {
      throw new HomeError("unknown-action", `a source has no action ${action}`, { action });
    },

    async stream(ref, _descriptor, { signal }) {
      return sourceOf(ref).open(AbortSignal.any([signal, life]));
    },

    async [Symbol.asyncDispose]() {
      closing.abort(new HomeError("device-unavailable", "the sources are closed"));
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };

  async function* follow(source: OpenableSource, descriptor: Descriptor, call: Call): AsyncGenerator<Change> {
    const { facts, lookMs } = source;
    const signal = AbortSignal.any([call.signal, life]);
    const mailbox = createMailbox<Change>(signal);
    // What takes longer to be looked at is told when it is known.
    await within({ clock, ms: firstLookMs, signal, late }, () => source.look(signal)).catch(() => undefined);
    mailbox.put({ type: "availability", available: facts.isAvailable });
    for (const name of facts.names()) mailbox.put({ type: "value", property: name, value: facts.get(name) ?? null });
    const stop = facts.onChange((change) => mailbox.put(change));
    if (lookMs !== undefined) void keepLooking(source, lookMs, signal);
    try {
      for await (const change of mailbox) yield* inWordsOf(descriptor, change);
    } finally {
      stop();
    }
  }

  async function keepLooking(source: OpenableSource, lookMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(clock, lookMs, signal).catch(() => undefined);
      if (!signal.aborted) await source.look(signal);
    }
  }
}

const sightingOf = ({ setting: { id, origin } }: OpenableSource): Sighting => ({
  ...{ protocol, ref: { id, address: addressOf(origin) } },
  key: { protocol, from: origin.type },
});

const late = (): HomeError => sourceTrouble("silent");

/** Which fact of a source a property tells, as its descriptor says. */
function factOf(property: PropertyDescriptor | undefined): string {
  const fact = property?.["gk:bind"][protocol]?.["fact"];
  return typeof fact === "string" ? fact : "";
}

/** A fact under each name that the descriptor has for it. */
function* inWordsOf(descriptor: Descriptor, change: Change): Generator<Change> {
  if (change.type !== "value") return yield change;
  for (const [name, property] of Object.entries(descriptor.properties)) {
    if (factOf(property) === change.property) yield { ...change, property: name };
  }
}
