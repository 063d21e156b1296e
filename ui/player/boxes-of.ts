/** Boxes of an MP4 (ISO/IEC 14496-12, 4.2) written from a table. Pure. */

/** Octets in hexadecimal, several one behind the other, or boxes by their types. */
export type BoxTable = string | readonly BoxTable[] | { readonly [type: string]: BoxTable };

export const boxesOf = (table: BoxTable): Uint8Array<ArrayBuffer> => Uint8Array.from(octetsOf(table));

function octetsOf(table: BoxTable): number[] {
  if (typeof table === "string") return (table.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16));
  if (isList(table)) return table.flatMap(octetsOf);
  return Object.entries(table).flatMap(([type, held]) => {
    const octets = octetsOf(held);
    const length = (octets.length + 8).toString(16).padStart(8, "0");
    return [...octetsOf(length), ...new TextEncoder().encode(type), ...octets];
  });
}

const isList = (table: BoxTable): table is readonly BoxTable[] => Array.isArray(table);
