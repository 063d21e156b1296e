/** The TOPOLOGY_MAP of a bus manager, or of the kernel in its place: the self-ID packets of all nodes (IEEE 1394-1995, 8.3.2.4.1; IEEE 1394a-2000, 4.3.4.1). Pure. */

export interface Topology {
  /** Physical ids of the nodes whose link is active. */
  readonly physicalIds: readonly number[];
  readonly gapCount: number;
}

const headerQuadlets = 3;
const selfId = 0b10;

/** Undefined where no node is in it. */
export function decodeTopologyMap(octets: Uint8Array): Topology | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const quadlets = Array.from({ length: Math.floor(octets.length / 4) }, (_, place) => view.getUint32(4 * place));
  const count = (quadlets[headerQuadlets - 1] ?? 0) & 0xffff;
  // Second and later packets of a node, with more of its ports, have bit 23 set.
  const first = quadlets
    .slice(headerQuadlets, headerQuadlets + count)
    .filter((quadlet) => quadlet >>> 30 === selfId && (quadlet & 0x80_0000) === 0);
  const [one] = first;
  if (one === undefined) return undefined;
  return {
    physicalIds: first.filter((quadlet) => (quadlet & 0x40_0000) !== 0).map((quadlet) => (quadlet >>> 24) & 0x3f),
    gapCount: (one >>> 16) & 0x3f,
  };
}
