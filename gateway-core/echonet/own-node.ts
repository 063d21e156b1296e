/** The gateway's own node: its node profile and controller object, and how they answer others (ECHONET Lite specification, part II, 4.2 and 6.11). Pure. */

import { controllerEoj, type Eoj, isAddressedBy, nodeProfileEoj } from "./eoj.ts";
import type { Frame, Property } from "./frame.ts";
import { encodeInstanceList } from "./instance-list.ts";
import { encodePropertyMap } from "./property-map.ts";

/** EPC → EDT of one object. */
type Edts = ReadonlyMap<number, Uint8Array>;

export interface OwnNode {
  /** The announcement of a node that starts: D5 from node profile to node profile, by multicast. */
  announcement(tid: number): Frame;
  /** The answer to a frame that is a request to this node; undefined when there is none to give. */
  answer(frame: Frame): Frame | undefined;
}

const none = new Uint8Array(0);
/** "Not registered": the manufacturer code of who has none from the ECHONET Consortium. */
const manufacturer = Uint8Array.of(0xff, 0xff, 0xff);
const instanceListNotification = 0xd5;

/** `identification` is the 17 octets of EPC 0x83, the same at every start. */
export function createOwnNode(identification: Uint8Array): OwnNode {
  const instances = encodeInstanceList([controllerEoj]);
  const controllerClass = Uint8Array.of(1, 0x05, 0xff);
  const common: readonly (readonly [number, Uint8Array])[] = [
    [0x80, Uint8Array.of(0x30)],
    [0x83, identification],
    [0x8a, manufacturer],
  ];
  const objects = new Map<Eoj, Edts>([
    [
      nodeProfileEoj,
      withMaps(
        [0x80, instanceListNotification],
        [
          ...common,
          [0x82, Uint8Array.of(1, 14, 1, 0)],
          [0xd3, Uint8Array.of(0, 0, 1)],
          [0xd4, Uint8Array.of(0, 2)],
          [instanceListNotification, instances],
          [0xd6, instances],
          [0xd7, controllerClass],
        ],
      ),
    ],
    [
      controllerEoj,
      withMaps(
        [0x80, 0x81, 0x88],
        [
          ...common,
          [0x81, Uint8Array.of(0)],
          [0x82, Uint8Array.of(0, 0, "R".charCodeAt(0), 1)],
          [0x88, Uint8Array.of(0x42)],
        ],
      ),
    ],
  ]);

  return {
    announcement: (tid) => ({
      tid,
      seoj: nodeProfileEoj,
      deoj: nodeProfileEoj,
      esv: "INF",
      properties: [{ epc: instanceListNotification, edt: instances }],
    }),
    answer(frame) {
      for (const [eoj, edts] of objects) {
        if (!isAddressedBy(eoj, frame.deoj)) continue;
        const body = answerBody(frame, edts);
        return body && { tid: frame.tid, seoj: eoj, deoj: frame.seoj, ...body };
      }
      return undefined;
    },
  };
}

/** No property of the gateway can be set: every request to set is refused, with what it asked echoed. */
function answerBody({ esv, properties, properties2 = [] }: Frame, edts: Edts): Body | undefined {
  switch (esv) {
    case "Get":
      return read(properties, readable(edts), "Get_Res", "Get_SNA");
    case "INF_REQ":
      return read(properties, edts, "INF", "INF_SNA");
    case "SetI":
      return { esv: "SetI_SNA", properties };
    case "SetC":
      return { esv: "SetC_SNA", properties };
    case "SetGet": {
      const got = read(properties2, readable(edts), "Get_Res", "Get_SNA");
      return { esv: "SetGet_SNA", properties, properties2: got.properties };
    }
    case "INFC":
      return { esv: "INFC_Res", properties: properties.map(({ epc }) => ({ epc, edt: none })) };
    default:
      return undefined;
  }
}

type Body = Pick<Frame, "esv" | "properties" | "properties2">;

function read(asked: readonly Property[], edts: Edts, whole: Frame["esv"], partly: Frame["esv"]): Body {
  const properties = asked.map(({ epc }) => ({ epc, edt: edts.get(epc) ?? none }));
  return { esv: properties.every(({ epc }) => edts.has(epc)) ? whole : partly, properties };
}

/** The instance list notification is announced, and cannot be got. */
function readable(edts: Edts): Edts {
  return new Map([...edts].filter(([epc]) => epc !== instanceListNotification));
}

/** Adds the property maps: what is announced, what can be set (nothing) and what can be got. */
function withMaps(announced: readonly number[], edts: readonly (readonly [number, Uint8Array])[]): Edts {
  const maps = [0x9d, 0x9e, 0x9f];
  const got = readable(new Map([...edts, ...maps.map((epc) => [epc, none] as const)]));
  return new Map([
    ...edts,
    [0x9d, encodePropertyMap(announced)],
    [0x9e, encodePropertyMap([])],
    [0x9f, encodePropertyMap(got.keys())],
  ]);
}
