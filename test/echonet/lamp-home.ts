/** A home with one lamp. */

import { FakeNode, type Quirks } from "../fakes/fake-echonet-node.ts";
import { openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

export const address = "10.0.0.2";

/** Of these quirks and EDTs, found and described. */
export async function lampWith(quirks: Quirks, edts: Record<string, string> = {}) {
  const node = new FakeNode(address, { [lampEoj]: lampObject(edts) }, quirks);
  const home = await openFakeHome([node]);
  await home.pass(10_000);
  const ref = home.at(address);
  const descriptor = await home.describe(ref);
  return { node, home, ref, descriptor };
}
