/** One ECHONET Lite node: finds the objects that a frame is for, sends their answers, and announces what changes. Knows no socket. */

import { answer } from "./answers.ts";
import { createNodeProfile, nodeProfileEoj } from "./node-profile.ts";
import type { Heard, Quirk, Reply } from "./quirks/quirk.ts";
import type { SimulatedObject } from "./simulated-object.ts";
import { esv, type Frame, readFrame, writeFrame } from "./wire/frame.ts";
import { type Octets, octets } from "./wire/octets.ts";

export interface Way {
  readonly lateMs?: number;
  readonly isFromOtherPort?: boolean;
}

export interface NodeOptions {
  /** EPC 0x83 in hexadecimal, 17 octets by the rules; a node without it is one that cannot be told from others. */
  readonly identification?: string | undefined;
  readonly objects: readonly SimulatedObject[];
  readonly quirks?: readonly Quirk[];
  /** Without an address: to everybody (multicast). */
  send(octets: Octets, address?: string, way?: Way): void;
}

export interface SimulatedNode {
  /** Tells everybody which objects are here, as a node does when it joins (part II, 4.3.1). Its TIDs begin anew. */
  start(): void;
  receive(datagram: Uint8Array, address: string, isMulticast?: boolean): void;
  /** Announces one property at once, whether it changed or not. */
  announce(object: SimulatedObject, epc: number): void;
  /** Another 0x83, or none. */
  identify(identification: string | undefined): void;
  /** Nothing is announced any more. */
  stop(): void;
}

export function createSimulatedNode({ identification, objects, quirks = [], send }: NodeOptions): SimulatedNode {
  const profile = createNodeProfile(identification, objects);
  const all = [profile, ...objects];
  const clips = quirks.some((quirk) => quirk.clips === true);
  const changed = new Map<SimulatedObject, Set<number>>();
  let lastTid = 0;
  let askedBy: number | undefined;

  const tell = (object: SimulatedObject, epcs: Iterable<number>): void => {
    lastTid = (lastTid + 1) % 0x10000;
    const properties = Array.from(epcs, (epc) => ({ epc, edt: object.tell(epc) ?? new Uint8Array() }));
    const plain: Frame = { tid: lastTid, seoj: object.eoj, deoj: nodeProfileEoj, esv: esv.inf, properties };
    send(writeFrame(quirks.reduce((frame, quirk) => quirk.announces?.(frame, askedBy) ?? frame, plain)));
  };

  /** The answer to a Set leaves first; all that one Set changed is one announcement. */
  const announceSoon = (object: SimulatedObject, epc: number): void => {
    if (changed.size === 0) queueMicrotask(announceAll);
    changed.set(object, (changed.get(object) ?? new Set<number>()).add(epc));
  };
  const announceAll = (): void => {
    const told = [...changed];
    changed.clear();
    for (const [object, epcs] of told) if (epcs.size > 0) tell(object, epcs);
  };

  const stops = all.map((object) =>
    object.onChange((epc, isAnnounced) => {
      if (isAnnounced) announceSoon(object, epc);
    }),
  );

  function repliesOf(heard: Heard): readonly Reply[] {
    const { request } = heard;
    const asked = all.filter(({ eoj }) => isFor(request, eoj));
    const hearing = asked.filter(({ eoj }) => quirks.every((quirk) => quirk.hears?.(heard, eoj) ?? true));
    const plain = hearing.flatMap((object): Reply[] => {
      const frame = answer(object, request, clips);
      return frame === undefined ? [] : [{ frame }];
    });
    return quirks.reduce<readonly Reply[]>((replies, quirk) => quirk.answers?.(replies, heard) ?? replies, plain);
  }

  return {
    start() {
      lastTid = 0;
      tell(profile, [0xd5]);
    },
    receive(datagram, address, isMulticast = false) {
      const request = readFrame(datagram);
      if (request === undefined) return;
      for (const { frame, ...way } of repliesOf({ request, isMulticast })) {
        if (frame.esv === esv.inf) {
          send(writeFrame({ ...frame, deoj: nodeProfileEoj }), undefined, way);
        } else {
          askedBy = request.seoj;
          const written = quirks.reduce(
            (frameOctets, quirk) => quirk.writes?.(frameOctets) ?? frameOctets,
            writeFrame(frame),
          );
          send(written, address, way);
        }
      }
    },
    announce(object, epc) {
      changed.get(object)?.delete(epc);
      tell(object, [epc]);
    },
    identify(next) {
      profile.preset(0x83, next === undefined ? undefined : octets(next));
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
