/** The property maps of makes that were met before, kept in memory: a start need not ask each device again what it has. */

import type { Memory } from "../contract/clock.ts";
import { isJsonObject, isSameJson, type Json } from "../contract/json.ts";

/** EDTs of the maps 9D, 9E and 9F in hexadecimal; null for one that is not given. */
export type MapEdts = readonly [announced: string | null, settable: string | null, gettable: string | null];

export interface MapCache {
  read(make: string): MapEdts | undefined;
  write(make: string, maps: MapEdts): void;
}

const memoryName = "echonet-property-maps";
/** More makes than any home has; the one that was not met for longest goes first. */
const mostMakes = 300;

export function openMapCache(memory: Memory): MapCache {
  const makes = parseMakes(memory.read(memoryName));

  function enter(make: string, maps: MapEdts): void {
    makes.delete(make);
    makes.set(make, maps);
    for (const oldest of makes.keys()) {
      if (makes.size <= mostMakes) return;
      makes.delete(oldest);
    }
  }

  return {
    read(make) {
      const maps = makes.get(make);
      if (maps !== undefined) enter(make, maps);
      return maps;
    },
    write(make, maps) {
      const isKnown = isSameJson(makes.get(make), [...maps]);
      enter(make, maps);
      if (!isKnown)
        memory.write(memoryName, Object.fromEntries(Array.from(makes, ([name, edts]) => [name, [...edts]])));
    },
  };
}

/** What cannot be read is left out: those maps are asked for. */
function parseMakes(makes: Json | undefined): Map<string, MapEdts> {
  const known = isJsonObject(makes) ? Object.entries(makes) : [];
  return new Map(
    known.flatMap(([make, maps]) => {
      const edts = Array.isArray(maps) ? maps.map(parseEdt) : [];
      const [announced, settable, gettable] = edts;
      if (announced === undefined || settable === undefined || gettable === undefined) return [];
      return [[make, [announced, settable, gettable] as const] as const];
    }),
  );
}

function parseEdt(edt: Json): string | null | undefined {
  return edt === null || (typeof edt === "string" && /^(?:[0-9a-f]{2})+$/.test(edt)) ? edt : undefined;
}
