/** A LAN without wires, and nodes on it that behave as real ones do, quirks included. */

import { fromHex } from "../../gateway-core/bytes/hex.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { isAddressedBy } from "../../gateway-core/echonet/eoj.ts";
import { decodeFrame, encodeFrame, type Frame, type Property } from "../../gateway-core/echonet/frame.ts";
import { encodeInstanceList } from "../../gateway-core/echonet/instance-list.ts";
import { encodePropertyMap } from "../../gateway-core/echonet/property-map.ts";
import type { Datagram, OpenTransport, Pace } from "../../gateway-core/echonet/transport.ts";

const nothing = new Uint8Array(0);
const opcOffset = 11;

export class FakeLan {
  /** Milliseconds of each way. */
  latencyMs = 1;
  /** Says which frames of the gateway get lost. */
  loses: (frame: Frame, to: string) => boolean = () => false;
  /** What the gateway sent, in order. */
  readonly sent: { readonly frame: Frame; readonly to: string }[] = [];
  readonly #clock: Clock;
  readonly #nodes = new Map<string, FakeNode>();
  readonly #listeners = new Set<(datagram: Datagram) => void>();
  readonly #reachListeners = new Set<() => void>();
  pace: Pace = { firstAnswerMs: 1_000, longestAnswerMs: 4_000, mostProperties: 10 };
  isOpen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  plug(node: FakeNode): void {
    this.#nodes.set(node.address, node);
    node.onSend = (octets) => {
      if (this.#nodes.get(node.address) === node) this.deliver(node.address, octets);
    };
  }

  unplug(node: FakeNode): void {
    if (this.#nodes.get(node.address) === node) this.#nodes.delete(node.address);
  }

  /** The gateway's wire leads to more than before. */
  widen(): void {
    for (const listener of this.#reachListeners) listener();
  }

  deliver(from: string, octets: Uint8Array): void {
    this.#clock.after(this.latencyMs, () => {
      for (const listener of this.#listeners) listener({ from, octets });
    });
  }

  /** Requests that the gateway sent to one node, as "Get 013001 80 b0". */
  requestsTo(address: string): string[] {
    return this.sent.filter(({ to }) => to === address).map(({ frame }) => sayFrame(frame));
  }

  readonly openTransport: OpenTransport = async () => {
    this.isOpen = true;
    const carry = (octets: Uint8Array, to: string, targets: () => Iterable<FakeNode | undefined>): void => {
      const frame = decodeFrame(octets);
      this.sent.push({ frame, to });
      if (this.loses(frame, to)) return;
      this.#clock.after(this.latencyMs, () => {
        for (const node of targets()) node?.receive(frame);
      });
    };
    return {
      pace: this.pace,
      onReach: (listener) => {
        this.#reachListeners.add(listener);
        return () => void this.#reachListeners.delete(listener);
      },
      send: (octets, to) => carry(octets, to, () => [this.#nodes.get(to)]),
      multicast: (octets) => carry(octets, "multicast", () => [...this.#nodes.values()]),
      onDatagram: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      [Symbol.asyncDispose]: async () => {
        this.#listeners.clear();
        this.isOpen = false;
      },
    };
  };
}

export interface FakeObject {
  /** EDTs in hexadecimal by EPC, such as `{"0x80": "30"}`. */
  readonly edts: Record<string, string>;
  readonly settable: readonly number[];
  readonly announced: readonly number[];
}

export interface Quirks {
  /** The TID of its own that it answers with. */
  readonly ownTid?: number;
  readonly oneReplyPerEpc?: boolean;
  readonly silentInsteadOfSna?: boolean;
  readonly snaWithGoodValues?: boolean;
  /** Answers the first so many EPCs only, by Get_SNA. */
  readonly atMostEpcs?: number;
  /** Does not answer a Get of more EPCs than this at all. */
  readonly deafAboveEpcs?: number;
  /** EPCs that stand in the map; a Get that has one of them is not answered. */
  readonly silentEpcs?: readonly number[];
  /** Octets after the last counted property. */
  readonly surplus?: string;
  readonly answersTwice?: boolean;
  /** Answers everything a second time, with this TID. */
  readonly answersAgainWithTid?: number;
  /** The OPC of what it sends is wrong by so much. */
  readonly opcError?: number;
  /** The count octet of 9F is wrong by so much. */
  readonly countError?: number;
  /** A set beyond this range of single octets is clipped and accepted. */
  readonly clips?: { readonly epc: number; readonly minimum: number; readonly maximum: number };
  /** Refuses these values (hexadecimal EDT). */
  readonly refuses?: { readonly [epc: string]: readonly string[] };
  readonly setSnaNamesNobody?: boolean;
  readonly setResWithoutProperties?: boolean;
}

export class FakeNode {
  readonly address: string;
  readonly objects: Map<number, FakeObject>;
  quirks: Quirks;
  /** EPC 0x83 of the node profile in hexadecimal; absent when undefined. */
  identification: string | undefined;
  onSend: (octets: Uint8Array) => void = () => undefined;
  #tid = 100;

  constructor(address: string, objects: Record<number, FakeObject>, quirks: Quirks = {}, identification?: string) {
    this.address = address;
    this.objects = new Map(Object.entries(objects).map(([eoj, object]) => [Number(eoj), object]));
    this.quirks = quirks;
    this.identification = identification;
  }

  /** Announces that the node has started. */
  start(): void {
    this.#announce(0x0ef001, 0xd5, encodeInstanceList([...this.objects.keys()]));
  }

  /** A change at the device itself, announced if the property is of that kind. */
  change(eoj: number, epc: number, hex: string, deoj = 0x0ef001): void {
    const object = this.objects.get(eoj);
    if (object === undefined) return;
    object.edts[keyOf(epc)] = hex;
    if (object.announced.includes(epc)) this.#announce(eoj, epc, fromHex(hex), deoj);
  }

  #announce(seoj: number, epc: number, edt: Uint8Array, deoj = 0x0ef001): void {
    this.#send({ tid: this.#tid++, seoj, deoj, esv: "INF", properties: [{ epc, edt }] });
  }

  send(frame: Frame): void {
    this.#send(frame);
  }

  #send(frame: Frame): void {
    const { surplus = "", answersTwice = false, answersAgainWithTid: again, opcError = 0 } = this.quirks;
    const octetsOf = (one: Frame): Uint8Array => {
      const octets = encodeFrame(one);
      octets[opcOffset] = (octets[opcOffset] ?? 0) + opcError;
      return Uint8Array.of(...octets, ...fromHex(surplus));
    };
    this.onSend(octetsOf(frame));
    if (answersTwice) this.onSend(octetsOf(frame));
    if (again !== undefined) this.onSend(octetsOf({ ...frame, tid: again }));
  }

  receive(frame: Frame): void {
    for (const eoj of [0x0ef001, ...this.objects.keys()]) {
      if (isAddressedBy(eoj, frame.deoj)) this.#answer(eoj, frame);
    }
  }

  #answer(eoj: number, frame: Frame): void {
    const { ownTid = frame.tid } = this.quirks;
    const head = { tid: ownTid, seoj: eoj, deoj: frame.seoj };
    if (frame.esv === "Get") for (const body of this.#get(eoj, frame.properties)) this.#send({ ...head, ...body });
    if (frame.esv === "SetC") this.#send({ ...head, ...this.#set(eoj, frame.properties) });
  }

  #get(eoj: number, asked: readonly Property[]): Pick<Frame, "esv" | "properties">[] {
    const {
      oneReplyPerEpc,
      silentInsteadOfSna,
      snaWithGoodValues,
      atMostEpcs = 255,
      deafAboveEpcs = 255,
    } = this.quirks;
    const { silentEpcs = [] } = this.quirks;
    if (asked.length > deafAboveEpcs || asked.some(({ epc }) => eoj !== 0x0ef001 && silentEpcs.includes(epc)))
      return [];
    if (oneReplyPerEpc && asked.length > 1) return asked.flatMap((one) => this.#get(eoj, [one]));
    const properties = asked.map(({ epc }, index) => ({
      epc,
      edt: index < atMostEpcs ? fromHex(this.edtOf(eoj, epc) ?? "") : nothing,
    }));
    const isWhole = properties.every(({ edt }) => edt.length > 0);
    if (!isWhole && silentInsteadOfSna) return [];
    if (!isWhole && asked.length > atMostEpcs) return [{ esv: "Get_SNA", properties: properties.slice(0, atMostEpcs) }];
    return [{ esv: isWhole && !snaWithGoodValues ? "Get_Res" : "Get_SNA", properties }];
  }

  #set(eoj: number, wanted: readonly Property[]): Pick<Frame, "esv" | "properties"> {
    const object = this.objects.get(eoj);
    const { refuses = {}, clips, setSnaNamesNobody, setResWithoutProperties } = this.quirks;
    let isWhole = true;
    const properties = wanted.map(({ epc, edt }) => {
      const hex = [...edt].map((octet) => octet.toString(16).padStart(2, "0")).join("");
      if (object?.settable.includes(epc) !== true || refuses[keyOf(epc)]?.includes(hex)) {
        isWhole = false;
        return { epc, edt: setSnaNamesNobody ? nothing : edt };
      }
      const clipped = clips?.epc === epc ? Math.max(clips.minimum, Math.min(clips.maximum, edt[0] ?? 0)) : undefined;
      this.change(eoj, epc, clipped === undefined ? hex : clipped.toString(16).padStart(2, "0"));
      return { epc, edt: nothing };
    });
    if (isWhole && setResWithoutProperties) return { esv: "Set_Res", properties: properties.slice(0, 1) };
    return { esv: isWhole ? "Set_Res" : "SetC_SNA", properties };
  }

  edtOf(eoj: number, epc: number): string | undefined {
    if (eoj === 0x0ef001) {
      if (epc === 0x80) return "30";
      if (epc === 0x83) return this.identification;
      if (epc === 0xd6) return hexOf(encodeInstanceList([...this.objects.keys()]));
      return undefined;
    }
    const object = this.objects.get(eoj);
    if (object === undefined) return undefined;
    if (epc === 0x9d) return hexOf(encodePropertyMap(object.announced));
    if (epc === 0x9e) return hexOf(encodePropertyMap(object.settable));
    if (epc === 0x9f) return this.#gettable(object);
    return object.edts[keyOf(epc)];
  }

  #gettable(object: FakeObject): string {
    const map = encodePropertyMap([...Object.keys(object.edts).map(Number), 0x9d, 0x9e, 0x9f]);
    map[0] = (map[0] ?? 0) + (this.quirks.countError ?? 0);
    return hexOf(map);
  }
}

function keyOf(epc: number): string {
  return `0x${epc.toString(16)}`;
}

function hexOf(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function sayFrame({ esv, deoj, properties }: Frame): string {
  return [esv, deoj.toString(16).padStart(6, "0"), ...properties.map(({ epc }) => epc.toString(16))].join(" ");
}
