/** Joins the frames that answer one request into one answer, with what real nodes make of the rules. Pure. */

import { type Eoj, isAddressedBy } from "./eoj.ts";
import type { Frame, Property } from "./frame.ts";

export interface Request {
  readonly eoj: Eoj;
  readonly esv: "Get" | "SetC";
  readonly properties: readonly Property[];
}

/** Each EPC asked stands in one of the first two, or in none when nothing was said of it. */
export interface Answer {
  /** What was got, or accepted (then the EDT is empty). */
  readonly given: ReadonlyMap<number, Uint8Array>;
  readonly refused: ReadonlySet<number>;
}

/** Whether a frame is of the kind that answers this request and says something of what was asked. */
export function isAnswerTo(request: Request, { seoj, esv, properties }: Frame): boolean {
  const isKind =
    request.esv === "Get" ? esv === "Get_Res" || esv === "Get_SNA" : esv === "Set_Res" || esv === "SetC_SNA";
  return (
    isKind &&
    isAddressedBy(seoj, request.eoj) &&
    properties.some(({ epc }) => request.properties.some((asked) => asked.epc === epc))
  );
}

/** Collects until everything asked is accounted for; some nodes answer with one frame for each EPC. */
export class AnswerCollector implements Answer {
  readonly given = new Map<number, Uint8Array>();
  readonly refused = new Set<number>();
  readonly #request: Request;
  #isRefusal = false;

  constructor(request: Request) {
    this.#request = request;
  }

  /** Takes an answering frame; true when nothing more is to come. */
  take({ esv, properties }: Frame): boolean {
    this.#isRefusal ||= esv === "SetC_SNA";
    for (const { epc, edt } of properties) {
      if (!this.#request.properties.some((asked) => asked.epc === epc)) continue;
      if (isGiven(esv, edt)) this.given.set(epc, edt.slice());
      else this.refused.add(epc);
    }
    return this.#request.properties.every(({ epc }) => this.given.has(epc) || this.refused.has(epc));
  }

  /** Settles what a node left unsaid about a set: Set_Res accepts it all; a refusal that names nobody refuses all. */
  finish(): Answer {
    if (this.#request.esv === "Get") return this;
    const isNobodyNamed = this.#isRefusal && this.refused.size === 0;
    for (const { epc } of this.#request.properties) {
      if (isNobodyNamed) this.given.delete(epc);
      if (this.given.has(epc) || this.refused.has(epc)) continue;
      if (this.#isRefusal) this.refused.add(epc);
      else this.given.set(epc, new Uint8Array(0));
    }
    return this;
  }
}

/** A property was got when octets came, and was accepted when none of what was sent came back. */
function isGiven(esv: Frame["esv"], edt: Uint8Array): boolean {
  return esv === "Set_Res" || (esv === "SetC_SNA" ? edt.length === 0 : edt.length > 0);
}
