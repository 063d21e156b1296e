/** DIF blocks of digital video: 80 octets that say where in the frame they belong (IEC 61834-2; SMPTE 314M, 5; IEC 61883-2). */

export const difBlockOctets = 80;
const blocksOfSequence = 150;
/** DIF sequences of a frame of 625 lines; one of 525 lines has ten. */
const mostSequences = 12;

export interface DifBlock {
  readonly section: string;
  /** The DIF sequence in the frame, from 0. */
  readonly sequence: number;
  /** The block among those of its section in the sequence, from 0. */
  readonly number: number;
  /** Where the block starts in the frame. */
  readonly offsetOctets: number;
}

interface Section {
  readonly name: string;
  readonly blocks: number;
  /** Place of its nth block among the 150 of a sequence. */
  readonly place: (number: number) => number;
}

/** Audio blocks stand before every fifteen video blocks. */
const sections: readonly Section[] = [
  { name: "header", blocks: 1, place: () => 0 },
  { name: "subcode", blocks: 2, place: (number) => 1 + number },
  { name: "vaux", blocks: 3, place: (number) => 3 + number },
  { name: "audio", blocks: 9, place: (number) => 6 + 16 * number },
  { name: "video", blocks: 135, place: (number) => 7 + number + Math.floor(number / 15) },
];

/** By the id in the first three octets; undefined when no frame has such a block. */
export function decodeDifBlock(block: Uint8Array): DifBlock | undefined {
  const [type = 0, place = 0, number = 0] = block;
  const section = sections[type >> 5];
  const sequence = place >> 4;
  if (section === undefined || sequence >= mostSequences || number >= section.blocks) return undefined;
  const offsetBlocks = sequence * blocksOfSequence + section.place(number);
  return { section: section.name, sequence, number, offsetOctets: offsetBlocks * difBlockOctets };
}
