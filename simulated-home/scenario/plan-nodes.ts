/** Spells a scenario out: each node with its name and address, each object with its instance. Pure. */

import type { Scenario, ScenarioNode, ScenarioObject } from "./scenario.ts";
import { invalidAt } from "./scenario.ts";

export interface PlannedNode extends ScenarioNode {
  readonly name: string;
  readonly address: string;
  /** Where it stands in the scenario, for what is said of it. */
  readonly path: readonly (string | number)[];
  readonly planned: readonly PlannedObject[];
}

export interface PlannedObject extends ScenarioObject {
  readonly eoj: number;
  readonly path: readonly (string | number)[];
}

/** A node holds as many objects as its instance list can name in one property (0xD6). */
const mostObjects = 84;
const mostNodes = 500;

/**
 * @param addresses for the nodes in order, where they are not to be 127.0.0.2 and what follows.
 * @throws HomeError `settings-invalid` with `path`.
 */
export function planNodes({ nodes }: Scenario, addresses?: readonly string[]): readonly PlannedNode[] {
  const copies = nodes.flatMap((node, index) =>
    Array.from({ length: node.count ?? 1 }, (_, copy) => ({ node, copy, path: ["nodes", index] })),
  );
  if (copies.length > mostNodes) throw invalidAt(["nodes"], `${copies.length} nodes are more than ${mostNodes}`);
  if (addresses !== undefined && addresses.length < copies.length) {
    throw invalidAt(["nodes"], `${copies.length} nodes need as many addresses, not ${addresses.length}`);
  }
  const taken = new Set(copies.flatMap(({ node, copy }) => ownAddress(node, copy) ?? []));
  const free = freeAddresses(taken);
  const names = new Set<string>();
  const used = new Set<string>();
  return copies.map(({ node, copy, path }, index) => {
    const base = node.name ?? `node-${Number(path[1]) + 1}`;
    const name = node.count === undefined ? base : `${base}-${copy + 1}`;
    const address = addresses?.[index] ?? ownAddress(node, copy) ?? free();
    if (names.has(name)) throw invalidAt([...path, "name"], `two nodes are called "${name}"`);
    if (used.has(address)) throw invalidAt([...path, "address"], `two nodes are at ${address}`);
    names.add(name);
    used.add(address);
    return { ...node, name, address, path, planned: planObjects(node, path) };
  });
}

function planObjects({ objects }: ScenarioNode, path: readonly (string | number)[]): PlannedObject[] {
  const eojs = new Set<number>();
  const planned = objects.flatMap((object, index) => {
    const at = [...path, "objects", index];
    const base = Number.parseInt(object.class, 16) << 8;
    return Array.from({ length: object.count ?? 1 }, (_, copy) => {
      let eoj = base + (object.instance ?? 1) + copy;
      while (object.instance === undefined && eojs.has(eoj)) eoj += 1;
      if (eojs.has(eoj) || eoj - base > 0x7f) throw invalidAt(at, "there is no instance number left for it");
      eojs.add(eoj);
      return { ...object, eoj, path: at };
    });
  });
  if (planned.length > mostObjects) throw invalidAt(path, `${planned.length} objects are more than ${mostObjects}`);
  return planned;
}

function ownAddress({ address }: ScenarioNode, copy: number): string | undefined {
  return address === undefined ? undefined : textOf(numberOf(address) + copy);
}

/** 127.0.0.2, 127.0.0.3 … without the first and the last of each 256, which some programs take for networks. */
function freeAddresses(taken: ReadonlySet<string>): () => string {
  let last = numberOf("127.0.0.1");
  return () => {
    do last += 1;
    while (taken.has(textOf(last)) || last % 256 === 0 || last % 256 === 255);
    return textOf(last);
  };
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join(".");
}
