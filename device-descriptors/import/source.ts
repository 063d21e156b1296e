/** A device class as a source tells it, whichever source: what descriptors are made of. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import type { Data } from "./data.ts";

export interface SourceProperty {
  /** "0x80" to "0xFF". */
  readonly epc: string;
  /** The source's short name, or one made of its title; undefined where it has none of use. */
  readonly name: string | undefined;
  readonly titles: Texts;
  readonly isReadable: boolean;
  readonly isSettable: boolean;
  /** Whether every such device announces its changes. */
  readonly isObservable: boolean;
  readonly data: Data;
  /** The EPC that selects which of its values this property tells. */
  readonly atomic?: string;
}

export interface SourceClass {
  /** "0x0130"; the super class is "0x0000". */
  readonly eojClass: string;
  readonly titles: Texts;
  readonly properties: readonly SourceProperty[];
}

export const superClass = "0x0000";
