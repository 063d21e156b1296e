/** Memory on a disk that fails for some names: a file that cannot be read, or cannot be written. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { FakeMemory } from "./fake-host.ts";

export class FailingMemory extends FakeMemory {
  readonly unreadable = new Set<string>();
  /** Nothing can be written. */
  isFull = false;

  constructor(...unreadable: readonly string[]) {
    super();
    for (const name of unreadable) this.unreadable.add(name);
  }

  override read(name: string): Json | undefined {
    if (this.unreadable.has(name)) throw new HomeError("store-unavailable", `cannot read ${name}.json: no JSON`);
    return super.read(name);
  }

  override write(name: string, value: Json): void {
    if (this.isFull) throw new HomeError("store-unavailable", `cannot write ${name}.json: ENOSPC`);
    super.write(name, value);
  }
}
