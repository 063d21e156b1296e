/** What every simulated HAVi controller has: messaging system, Registry and event manager (HAVi 1.1, as far as they are known). */

import { hex, type Octets, octets } from "../../wire/octets.ts";
import { joined } from "../rom-writer.ts";
import { type Cursor, content, cursorOf, list, long, octet, short } from "./fields.ts";
import { type HaviNode, invalidParameter, type SoftwareElement, unknownMessage } from "./havi-node.ts";

export const attribute = {
  type: 0,
  vendor: 1,
  huid: 2,
  target: 3,
  class: 5,
  gui: 6,
  maker: 8,
  model: 9,
  language: 0xc,
};
export const api = { events: 2, registry: 3, dcm: 4, fcm: 5, ddi: 0xa, amplifier: 0x13, messaging: 0x7fff };
const event = { newElement: 8, goneElement: 9 };
const comparison = { any: 0, equal: 1 };
const handles = { messaging: 0, registry: 2, events: 3 };

export interface HaviSystem {
  /** Puts an element into the Registry, at a place of its own, and tells it. */
  add(element: SoftwareElement): void;
  remove(handle: number): void;
  /** Tells a system event of an element to all who subscribed it. */
  post(handle: number, event: number, info?: Octets): void;
}

/** @param directory elements of other nodes that this Registry knows beside its own: by software element id */
export function createSystem(node: HaviNode, directory = new Map<string, ReadonlyMap<number, Octets>>()): HaviSystem {
  const clients = new Map<string, { operation: number; events: Set<number> }>();

  const known = (): ReadonlyMap<string, ReadonlyMap<number, Octets>> =>
    new Map([
      ...[...node.elements.values()].map((one) => [node.seidOf(one.handle), one.attributes] as const),
      ...directory,
    ]);

  function matches(query: Cursor, attributes: ReadonlyMap<number, Octets>): boolean {
    if (query.number(4) !== 0) return false;
    const [name, wanted, how] = [query.number(4), query.content(), query.number(2)];
    const told = attributes.get(name);
    if (told === undefined) return false;
    return how === comparison.any || (how === comparison.equal && hex(told) === hex(wanted));
  }

  const systemElement = (handle: number, call: SoftwareElement["call"]): SoftwareElement => ({
    handle,
    attributes: new Map([[attribute.type, long(handle)]]),
    call,
  });

  function register(element: SoftwareElement): void {
    node.elements.set(element.handle, element);
  }

  register(
    systemElement(handles.messaging, (_source, what, operation, fields) => {
      if (what !== api.messaging || operation !== 0) return unknownMessage;
      return octet(known().has(fields.hex(10)) ? 1 : 0);
    }),
  );
  register(
    systemElement(handles.registry, (_source, what, operation, fields) => {
      if (what !== api.registry) return unknownMessage;
      if (operation === 2) {
        const attributes = known().get(fields.hex(10));
        if (attributes === undefined) return invalidParameter;
        return list([...attributes].map(([name, value]) => joined([long(name), content(value)])));
      }
      if (operation !== 3) return unknownMessage;
      const query = fields.hex(14);
      const found = [...known()].filter(([, attributes]) => matches(queryOf(query), attributes));
      return joined([list(found.map(([seid]) => octets(seid))), octet(1)]);
    }),
  );
  register(
    systemElement(handles.events, (source, what, operation, fields) => {
      if (what !== api.events) return unknownMessage;
      const eventOf = (): number => (fields.number(4) === 0 ? fields.number(2) : -1);
      if (operation === 0) {
        const events = new Set(fields.list(eventOf));
        fields.number(2);
        clients.set(source, { operation: fields.number(1), events });
        return new Uint8Array();
      }
      const client = clients.get(source);
      if (operation !== 3 || client === undefined) return unknownMessage;
      client.events.add(eventOf());
      return new Uint8Array();
    }),
  );

  function post(handle: number, posted: number, info: Octets = new Uint8Array()): void {
    const payload = joined([octets(node.seidOf(handle)), long(0), short(posted), content(info)]);
    for (const [client, { operation, events }] of clients) {
      if (events.has(posted)) node.callBack(handles.events, client, api.events, operation, payload);
    }
  }

  return {
    add(element) {
      register(element);
      const noHuid = new Uint8Array(28);
      post(handles.registry, event.newElement, joined([octets(node.seidOf(element.handle)), octet(0), noHuid]));
    },
    remove(handle) {
      node.elements.delete(handle);
      post(handles.registry, event.goneElement, octets(node.seidOf(handle)));
    },
    post,
  };
}

function queryOf(text: string): Cursor {
  return cursorOf(octets(text));
}
