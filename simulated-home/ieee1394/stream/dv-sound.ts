/** Both pairs of sound of a consumer camcorder: four channels of 32 kHz and 12 bits, nonlinear, in the audio blocks of each frame (IEC 61834-2, 6.4 and 6.5). */

const block = 80;
const blocksOfSequence = 150;
const sequences = 12;
const samplesOfFrame = 1_280;
/** The least that a frame has at this rate: the pack tells how many more there are. */
const leastSamples = 1_264;
const rate = 32_000;
const amplitude = 6_000;
/** AAUX source pack, and what it says: locked, so many samples; two channels in each half of the tracks; 32 kHz, 12 bits. */
const sourcePack = 0x50;
const fourChannels = 0x20;
const thirtyTwoKilohertz = 0x11;

/** Puts the sound of this frame into it, a tone of its own for each pair; changes it. 625 lines only. @param tones hertz of the first pair and of the second */
export function putSound(frame: Uint8Array, number: number, tones: readonly [number, number]): Uint8Array {
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (let group = 0; group < 9; group++) tellSource(frame, audioBlock(sequence, group) + 3);
  }
  for (const [pair, tone] of tones.entries()) {
    for (let sample = 0; sample < samplesOfFrame; sample++) {
      const time = (number * samplesOfFrame + sample) / rate;
      const value = compressed(Math.round(amplitude * Math.sin(2 * Math.PI * tone * time)));
      const sequence = pair * (sequences / 2) + ((Math.floor(sample / 3) + 2 * (sample % 3)) % 6);
      const group = 3 * (sample % 3) + Math.floor((sample % 54) / 18);
      const at = audioBlock(sequence, group) + 8 + 3 * Math.floor(sample / 54);
      // Left and right are the same: eight bits of each, then four of each.
      frame.set([value >> 4, value >> 4, ((value & 0xf) << 4) | (value & 0xf)], at);
    }
  }
  return frame;
}

/** Before every fifteen blocks of picture stands one of sound. */
function audioBlock(sequence: number, group: number): number {
  return (sequence * blocksOfSequence + 6 + 16 * group) * block;
}

function tellSource(frame: Uint8Array, at: number): void {
  if (frame[at] !== sourcePack) return;
  frame[at + 1] = 0x40 | (samplesOfFrame - leastSamples);
  frame[at + 2] = ((frame[at + 2] ?? 0) & 0x9f) | fourChannels;
  frame[at + 4] = ((frame[at + 4] ?? 0) & 0xc0) | thirtyTwoKilohertz;
}

/** Sixteen bits to twelve: small values as they are, each octave above with half the precision of the one below. */
function compressed(value: number): number {
  const size = value < 0 ? ~value : value;
  const octave = size < 512 ? 0 : Math.floor(Math.log2(size)) - 8;
  const small = (size >> octave) + 256 * octave;
  return (value < 0 ? ~small : small) & 0xfff;
}
