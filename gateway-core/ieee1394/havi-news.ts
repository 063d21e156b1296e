/**
 * What HAVi elements tell by themselves: system events by way of event managers, changed attributes of functional
 * components, changed screens; each is asked for once in a generation of the bus (HAVi 1.1, as reconstructed).
 */

import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { apiCode, operationOf } from "./havi/api-table.ts";
import handles from "./havi/handles.json" with { type: "json" };
import { decodeFields, noFields, operationForm } from "./havi/operation-form.ts";
import type { HaviMessenger } from "./havi-messenger.ts";
import type { NodeDirectory } from "./node-directory.ts";

/** One of `event`, `attribute` and `screen` is there. */
export interface HaviNewsItem {
  /** Which software element it is about. */
  readonly poster: string;
  /** The word of a system event; the number in hexadecimal of any other. */
  readonly event?: string;
  /** The indicator of a functional component's attribute. */
  readonly attribute?: number;
  /** What NotifyDdiChange tells. */
  readonly screen?: JsonObject;
}

export interface HaviNews {
  follow(listener: (item: HaviNewsItem) => void): () => void;
  /** Has the event manager at a node tell system events; one that refuses tells none. @throws HomeError `device-silent` */
  subscribe(guid: string, events: readonly string[], signal: AbortSignal): Promise<void>;
  /** Adds an event to those. @throws HomeError `device-silent` */
  addEvent(guid: string, event: string, signal: AbortSignal): Promise<void>;
  /** Has a functional component tell changes of an attribute. @throws HomeError `device-silent` */
  addAttribute(seid: string, attribute: number, signal: AbortSignal): Promise<void>;
  /** Takes the fields of an event that another event manager passed on. */
  tellEvent(fields: JsonObject): void;
}

/** Where screens are called back; screens subscribe by themselves. */
export const screenCallback: JsonObject = { api: "DdiTarget", operation: "80" };
const attributeCallback: JsonObject = { api: "Fcm", operation: "81" };
const eventCallback: JsonObject = { api: "EventManager", operation: "ff" };
const guidDigits = 16;
const unknownMessage = 1;
const invalidParameter = 6;
const subscribe = operationForm("EventManager", "Subscribe");
const addEvent = operationForm("EventManager", "AddEvent");
const subscribeNotification = operationForm("Fcm", "SubscribeNotification");

const system = (base: string): JsonObject => ({ schema: "SYSTEM", base });

export function createHaviNews(messenger: HaviMessenger, directory: Pick<NodeDirectory, "node">): HaviNews {
  const listeners = new Set<(item: HaviNewsItem) => void>();
  /** What was asked of whom, and in which generation. */
  const asked = new Map<string, number>();

  const tell = (item: HaviNewsItem): void => {
    for (const listener of [...listeners]) listener(item);
  };

  function tellEvent({ poster, eventId }: JsonObject): void {
    const event = isJsonObject(eventId) ? eventId["base"] : undefined;
    tell({ poster: String(poster), event: String(event) });
  }

  const callbacks = [
    { to: eventCallback, take: (_source: string, fields: JsonObject) => tellEvent(fields) },
    {
      to: attributeCallback,
      take: (poster: string, { attribute }: JsonObject) => tell({ poster, attribute: Number(attribute) }),
    },
    { to: screenCallback, take: (poster: string, screen: JsonObject) => tell({ poster, screen }) },
  ].map(({ to, take }) => {
    const [api, operation] = [String(to["api"]), Number.parseInt(String(to["operation"]), 16)];
    return { api: apiCode(api), operation, parameters: operationOf(api, operation)?.parameters ?? noFields, take };
  });

  messenger.serve(handles.client, (source, { api, operation, payload }) => {
    const callback = callbacks.find((one) => one.api === api && one.operation === operation);
    if (callback === undefined) return unknownMessage;
    try {
      callback.take(source, decodeFields(callback.parameters, payload));
      return new Uint8Array();
    } catch (thrown) {
      if (thrown instanceof HomeError) return invalidParameter;
      throw thrown;
    }
  });

  /** Whoever refuses is looked at now and then instead. */
  async function once(key: string, guid: string, act: () => Promise<JsonObject>): Promise<void> {
    const generation = directory.node(guid)?.at.generation;
    if (generation === undefined || asked.get(key) === generation) return;
    asked.set(key, generation);
    try {
      await act();
    } catch (thrown) {
      const { code } = toHomeError(thrown);
      if (code === "device-refused" || code === "frame-malformed") return;
      asked.delete(key);
      throw thrown;
    }
  }

  return {
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    subscribe: (guid, events, signal) =>
      once(guid, guid, () =>
        messenger.call(
          `${guid}${handles.eventManager}`,
          subscribe,
          { events: events.map(system), callback: eventCallback },
          signal,
        ),
      ),
    addEvent: (guid, event, signal) =>
      once(`${guid} ${event}`, guid, () =>
        messenger.call(`${guid}${handles.eventManager}`, addEvent, { eventId: system(event) }, signal),
      ),
    addAttribute: (seid, attribute, signal) =>
      once(`${seid} ${attribute}`, seid.slice(0, guidDigits), () =>
        messenger.call(
          seid,
          subscribeNotification,
          { attribute, value: "", comparator: "ANY", callback: attributeCallback },
          signal,
        ),
      ),
    tellEvent,
  };
}
