/** What one object answers to one request (ECHONET Lite specification 1.13, part II, 4.2): pure but for what is set. */

import type { SimulatedObject } from "./simulated-object.ts";
import { esv, type Frame, type WireProperty } from "./wire/frame.ts";

const nothing = new Uint8Array();

interface Answered {
  readonly properties: readonly WireProperty[];
  readonly isWhole: boolean;
}

/** Undefined: nothing is answered. The answer goes back to the asker, but an INF to everybody. `clips`: what is out of range is set as near as may be. */
export function answer(object: SimulatedObject, request: Frame, clips = false): Frame | undefined {
  const reply = (service: number, properties: readonly WireProperty[], gotten?: readonly WireProperty[]): Frame => ({
    tid: request.tid,
    seoj: object.eoj,
    deoj: request.seoj,
    esv: service,
    properties,
    ...(gotten === undefined ? {} : { gotten }),
  });

  switch (request.esv) {
    case esv.setI: {
      const set = setAll(object, request.properties, clips);
      return set.isWhole ? undefined : reply(esv.setIRefused, set.properties);
    }
    case esv.setC: {
      const set = setAll(object, request.properties, clips);
      return reply(set.isWhole ? esv.setDone : esv.setRefused, set.properties);
    }
    case esv.get: {
      const got = readAll((epc) => object.read(epc), request.properties);
      return reply(got.isWhole ? esv.getDone : esv.getRefused, got.properties);
    }
    case esv.infReq: {
      const told = readAll((epc) => object.tell(epc), request.properties);
      return reply(told.isWhole ? esv.inf : esv.infRefused, told.properties);
    }
    case esv.setGet: {
      const set = setAll(object, request.properties, clips);
      const got = readAll((epc) => object.read(epc), request.gotten ?? []);
      return reply(set.isWhole && got.isWhole ? esv.setGetDone : esv.setGetRefused, set.properties, got.properties);
    }
    case esv.infC:
      return reply(
        esv.infCDone,
        request.properties.map(({ epc }) => ({ epc, edt: nothing })),
      );
    default:
      return undefined;
  }
}

/** Accepted: PDC 0. Refused: what was asked comes back. */
function setAll(object: SimulatedObject, properties: readonly WireProperty[], clips: boolean): Answered {
  let isWhole = true;
  const answers = properties.map(({ epc, edt }) => {
    const isAccepted = object.write(epc, edt) || (clips && writeNearest(object, { epc, edt }));
    isWhole &&= isAccepted;
    return { epc, edt: isAccepted ? nothing : edt };
  });
  return { properties: answers, isWhole };
}

function writeNearest(object: SimulatedObject, { epc, edt }: WireProperty): boolean {
  const nearest = object.clip(epc, edt);
  return nearest !== undefined && object.write(epc, nearest);
}

/** Readable: its EDT. Not: PDC 0, and the good values stay. */
function readAll(read: (epc: number) => Uint8Array | undefined, properties: readonly WireProperty[]): Answered {
  const answers = properties.map(({ epc }) => ({ epc, edt: read(epc) ?? nothing }));
  return { properties: answers, isWhole: answers.every(({ edt }) => edt.length > 0) };
}
