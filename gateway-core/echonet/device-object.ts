/** One device object of the LAN: where it is, what it told last, and who wants to hear of it. */

import { fromHex, toHex } from "../bytes/hex.ts";
import { isSameOctets } from "../bytes/same-octets.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import type { Answer } from "./answer.ts";
import { type Eoj, formatEoj } from "./eoj.ts";
import type { Frame, Property } from "./frame.ts";
import type { MapCache, MapEdts } from "./map-cache.ts";
import type { PropertyMaps } from "./narrow-descriptor.ts";
import type { Make } from "./object-make.ts";
import { decodePropertyMap } from "./property-map.ts";
import type { PropertyReader, ReadCall, Reading } from "./property-reader.ts";
import type { Exchange, Transactions } from "./transactions.ts";

export interface ObjectListener {
  /** The object is alive. Comes before what it tells. */
  heard(): void;
  told(epc: number, isChanged: boolean): void;
  /** Its node started anew: what is known of it is old. */
  restarted(): void;
  /** It was set, and more may have changed with it. */
  written(): void;
}

/** What a device object works with. */
export interface ObjectParts {
  readonly transactions: Transactions;
  readonly reader: PropertyReader;
  readonly maps: MapCache;
  /** Called when maps were believed because an object of the same make had them. */
  readonly onBelieved: (object: DeviceObject) => void;
}

export class DeviceObject {
  readonly id: DeviceId;
  readonly eoj: Eoj;
  readonly make: Make;
  /** Where it is reached; undefined once another node is there. */
  address: string | undefined;
  /** When any frame of it was last heard; milliseconds since 1970. */
  heardAt: number;
  readonly #edts = new Map<number, Uint8Array>();
  readonly #listeners = new Set<ObjectListener>();
  readonly #parts: ObjectParts;
  #gettable: ReadonlySet<number> | undefined;
  #maps: MapEdts | undefined;
  #isAsked = false;

  constructor(
    { id, eoj, make, address, heardAt }: Pick<DeviceObject, "id" | "eoj" | "make" | "address" | "heardAt">,
    parts: ObjectParts,
  ) {
    this.id = id;
    this.eoj = eoj;
    this.make = make;
    this.address = address;
    this.heardAt = heardAt;
    this.#parts = parts;
  }

  /** How many properties one frame may set. */
  get mostInFrame(): number {
    return this.#parts.transactions.pace.mostProperties;
  }

  /** The EDT that the object told last. */
  edtOf(epc: number): Uint8Array | undefined {
    return this.#edts.get(epc);
  }

  /** Whether the object lets this property be got, as far as it says; true while it did not say. */
  canGet(epc: number): boolean {
    return this.#gettable?.has(epc) ?? true;
  }

  /** From the object itself, or, until it was asked, as objects of its make have them. @throws HomeError `device-silent`. */
  async readMaps(call: ReadCall): Promise<PropertyMaps> {
    const believed = this.#isAsked ? undefined : this.#parts.maps.read(this.make.name);
    this.#maps = believed ?? (await this.#askMaps(call));
    if (believed !== undefined) this.#parts.onBelieved(this);
    const [announced, settable, gettable] = this.#maps.map(decodeMap);
    this.#gettable = gettable;
    return { announced, settable, gettable };
  }

  /** Whether the object has the maps still that it was described by. @throws HomeError `device-silent`. */
  async hasSameMaps(call: ReadCall): Promise<boolean> {
    const now = await this.#askMaps(call);
    return this.#maps === undefined || this.#maps.every((edt, index) => edt === now[index]);
  }

  async #askMaps(call: ReadCall): Promise<MapEdts> {
    const { values } = await this.read([0x9d, 0x9e, 0x9f], call);
    const edtOf = (epc: number): string | null => toHex(values.get(epc) ?? new Uint8Array(0)) || null;
    const maps: MapEdts = [edtOf(0x9d), edtOf(0x9e), edtOf(0x9f)];
    this.#isAsked = true;
    if (values.has(0x9f)) this.#parts.maps.write(this.make.name, maps);
    return maps;
  }

  /** @throws HomeError `device-silent`. */
  async read(epcs: readonly number[], { selectors = new Map(), ...call }: ReadCall): Promise<Reading> {
    const told = new Map([...selectors].filter(([, selector]) => this.canGet(selector)));
    return this.#parts.reader.read(this.#reachable(), epcs, { ...call, selectors: told });
  }

  /** Sets by SetC. @throws HomeError `device-silent`. */
  async write(properties: readonly Property[], call: Pick<Exchange, "attempts" | "signal">): Promise<Answer> {
    const request = { eoj: this.eoj, esv: "SetC", properties } as const;
    const exchange = { address: this.#reachable(), request, priority: "set", ...call } as const;
    const answer = await this.#parts.transactions.exchange(exchange);
    for (const listener of this.#listeners) listener.written();
    return answer;
  }

  /** Takes a frame that this object sent, to whomever, for whatever reason. */
  hear(frame: Frame, now: number): void {
    this.heardAt = now;
    for (const listener of this.#listeners) listener.heard();
    for (const { epc, edt } of valuesIn(frame)) {
      const isChanged = !isSameOctets(this.#edts.get(epc), edt);
      if (isChanged) this.#edts.set(epc, edt.slice());
      for (const listener of this.#listeners) listener.told(epc, isChanged);
    }
  }

  restart(): void {
    this.#parts.reader.forget();
    for (const listener of this.#listeners) listener.restarted();
  }

  /** Calls the listener from now on; returns how to stop. */
  listen(listener: ObjectListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #reachable(): string {
    if (this.address !== undefined) return this.address;
    throw new HomeError("device-silent", `nobody knows where object ${formatEoj(this.eoj)} is now`, {
      device: this.id,
    });
  }
}

function decodeMap(edt: string | null): ReadonlySet<number> | undefined {
  return edt === null ? undefined : new Set(decodePropertyMap(fromHex(edt)));
}

/** What a frame tells of its sender's properties. */
function valuesIn({ esv, properties, properties2 = [] }: Frame): readonly Property[] {
  const isTelling = esv === "INF" || esv === "INFC" || esv === "Get_Res" || esv === "Get_SNA";
  return (isTelling ? properties : properties2).filter(({ edt }) => edt.length > 0);
}
