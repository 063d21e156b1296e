/** One ECHONET Lite node: finds the objects that a frame is for, sends their answers, and announces what changes. Knows no socket. */

import { answer } from "./answers.ts";
import { createNodeProfile, nodeProfileEoj } from "./node-profile.ts";
import type { SimulatedObject } from "./simulated-object.ts";
import { esv, type Frame, readFrame, writeFrame } from "./wire/frame.ts";
import type { Octets } from "./wire/octets.ts";

export interface NodeOptions {
  /** 13 octets in hexadecimal that tell this node from every other, now and after a restart. */
  readonly identity: string;
  readonly objects: readonly SimulatedObject[];
  /** Without an address: to everybody (multicast). */
  send(octets: Octets, address?: string): void;
}

export interface SimulatedNode {
  /** Tells everybody which objects are here, as a node does when it joins (part II, 4.3.1). */
  start(): void;
  receive(octets: Uint8Array, address: string): void;
  /** Nothing is announced any more. */
  stop(): void;
}

export function createSimulatedNode({ identity, objects, send }: NodeOptions): SimulatedNode {
  const profile = createNodeProfile(identity, objects);
  const all = [profile, ...objects];
  const changed = new Map<SimulatedObject, Set<number>>();
  let lastTid = 0;

  const tell = (object: SimulatedObject, epcs: Iterable<number>): void => {
    lastTid = (lastTid + 1) % 0x10000;
    const properties = Array.from(epcs, (epc) => ({ epc, edt: object.tell(epc) ?? new Uint8Array() }));
    send(writeFrame({ tid: lastTid, seoj: object.eoj, deoj: nodeProfileEoj, esv: esv.inf, properties }));
  };

  /** The answer to a Set leaves first; all that one Set changed is one announcement. */
  const announceSoon = (object: SimulatedObject, epc: number): void => {
    if (changed.size === 0) queueMicrotask(announce);
    changed.set(object, (changed.get(object) ?? new Set<number>()).add(epc));
  };
  const announce = (): void => {
    const told = [...changed];
    changed.clear();
    for (const [object, epcs] of told) tell(object, epcs);
  };

  const stops = all.map((object) =>
    object.onChange((epc, isAnnounced) => {
      if (isAnnounced) announceSoon(object, epc);
    }),
  );

  return {
    start: () => tell(profile, [0xd5]),
    receive(octets, address) {
      const request = readFrame(octets);
      if (request === undefined) return;
      for (const object of all.filter(({ eoj }) => isFor(request, eoj))) {
        const reply = answer(object, request);
        if (reply?.esv === esv.inf) send(writeFrame({ ...reply, deoj: nodeProfileEoj }));
        else if (reply !== undefined) send(writeFrame(reply), address);
      }
    },
    stop() {
      for (const stop of stops) stop();
      changed.clear();
    },
  };
}

/** Instance 00 means every instance of the class. */
function isFor({ deoj }: Frame, eoj: number): boolean {
  return deoj === eoj || ((deoj & 0xff) === 0 && deoj === (eoj & 0xffff00));
}
