/** One device object of the LAN: where it is, what it told last, and who wants to hear of it. */

import { isSameOctets } from "../bytes/same-octets.ts";
import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import type { Answer } from "./answer.ts";
import { type Eoj, formatEoj } from "./eoj.ts";
import type { Frame, Property } from "./frame.ts";
import type { PropertyMaps } from "./narrow-descriptor.ts";
import { decodePropertyMap } from "./property-map.ts";
import { createPropertyReader, type ReadCall, type Reading } from "./property-reader.ts";
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

export class DeviceObject {
  readonly id: DeviceId;
  readonly eoj: Eoj;
  readonly key: DescriptorKey;
  /** Where it is reached; undefined once another node is there. */
  address: string | undefined;
  /** When any frame of it was last heard; milliseconds since 1970. */
  heardAt: number;
  readonly #edts = new Map<number, Uint8Array>();
  readonly #listeners = new Set<ObjectListener>();
  readonly #transactions: Transactions;
  readonly #reader;
  #gettable: ReadonlySet<number> | undefined;

  constructor(
    { id, eoj, key, address, heardAt }: Pick<DeviceObject, "id" | "eoj" | "key" | "address" | "heardAt">,
    transactions: Transactions,
  ) {
    this.id = id;
    this.eoj = eoj;
    this.key = key;
    this.address = address;
    this.heardAt = heardAt;
    this.#transactions = transactions;
    this.#reader = createPropertyReader(eoj, transactions);
  }

  /** The EDT that the object told last. */
  edtOf(epc: number): Uint8Array | undefined {
    return this.#edts.get(epc);
  }

  /** Whether the object lets this property be got, as far as it says; true while it did not say. */
  canGet(epc: number): boolean {
    return this.#gettable?.has(epc) ?? true;
  }

  /** @throws HomeError `device-silent`. */
  async readMaps(call: ReadCall): Promise<PropertyMaps> {
    const { values } = await this.read([0x9d, 0x9e, 0x9f], call);
    const mapIn = (epc: number): ReadonlySet<number> | undefined => {
      const edt = values.get(epc);
      return edt && new Set(decodePropertyMap(edt));
    };
    this.#gettable = mapIn(0x9f);
    return { announced: mapIn(0x9d), settable: mapIn(0x9e), gettable: this.#gettable };
  }

  /** @throws HomeError `device-silent`. */
  async read(epcs: readonly number[], call: ReadCall): Promise<Reading> {
    return this.#reader.read(this.#reachable(), epcs, call);
  }

  /** Sets by SetC. @throws HomeError `device-silent`. */
  async write(properties: readonly Property[], call: Pick<Exchange, "attempts" | "signal">): Promise<Answer> {
    const request = { eoj: this.eoj, esv: "SetC", properties } as const;
    const answer = await this.#transactions.exchange({ address: this.#reachable(), request, priority: "set", ...call });
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
    this.#reader.forget();
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

/** What a frame tells of its sender's properties. */
function valuesIn({ esv, properties, properties2 = [] }: Frame): readonly Property[] {
  const isTelling = esv === "INF" || esv === "INFC" || esv === "Get_Res" || esv === "Get_SNA";
  return (isTelling ? properties : properties2).filter(({ edt }) => edt.length > 0);
}
