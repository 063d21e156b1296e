/** Packs what must not be parted into frames of a size. Pure. */

/** In order, as many units in a frame as fit; one that is larger than a frame has one of its own. */
export function packed<T>(units: readonly (readonly T[])[], size: number): (readonly T[])[][] {
  const frames: (readonly T[])[][] = [];
  let room = 0;
  for (const unit of units) {
    const last = frames.at(-1);
    if (last === undefined || unit.length > room) {
      frames.push([unit]);
      room = size - unit.length;
    } else {
      last.push(unit);
      room -= unit.length;
    }
  }
  return frames;
}
