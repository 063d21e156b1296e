/** Asks a LAN who is there without being a node of it (ECHONET Lite specification, part II, 4.3 and 6.11): for tools that look at a home from outside the engine. Pure. */

import { controllerEoj, type Eoj, nodeProfileEoj } from "./eoj.ts";
import { decodeFrame, encodeFrame, type Frame } from "./frame.ts";
import { decodeInstanceList } from "./instance-list.ts";

const instanceListNotification = 0xd5;
const instanceList = 0xd6;
const edt = new Uint8Array(0);

/**
 * Two questions to send to everyone: one that each node answers to who asks, at the port of the protocol, and one that it
 * answers to everyone, which is heard also where another program has that port.
 */
export function questionsToAll(tid: number): readonly Uint8Array[] {
  const ask = (esv: Frame["esv"], epc: number): Uint8Array =>
    encodeFrame({ tid, seoj: controllerEoj, deoj: nodeProfileEoj, esv, properties: [{ epc, edt }] });
  return [ask("Get", instanceList), ask("INF_REQ", instanceListNotification)];
}

/** The objects that a node tells of in this frame; undefined for any other frame, and for what is none. */
export function objectsToldIn(octets: Uint8Array): readonly Eoj[] | undefined {
  try {
    const { seoj, esv, properties } = decodeFrame(octets, { allowsMiscount: true });
    const isTold = seoj === nodeProfileEoj && (esv === "Get_Res" || esv === "INF" || esv === "INFC");
    const list = properties.find(({ epc }) => epc === instanceList || epc === instanceListNotification);
    return isTold && list !== undefined ? decodeInstanceList(list.edt) : undefined;
  } catch {
    return undefined;
  }
}
