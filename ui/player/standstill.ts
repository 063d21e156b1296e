/** Whether pictures stand still because the device does: told by what it said while they moved. Pure. */

/** What a device has done for so long is what the pictures show: some of them are still on their way when it changes. */
const settledMs = 3_000;

export class Standstill {
  #doing: unknown;
  #since = Number.NEGATIVE_INFINITY;
  /** What it did while pictures moved; undefined while none have. */
  #movedBy: unknown;

  /** `doing`: what the device says it does; `haveMoved`: whether pictures moved until `now`, in milliseconds. */
  look(doing: unknown, haveMoved: boolean, now: number): void {
    if (doing !== this.#doing) [this.#doing, this.#since] = [doing, now];
    if (haveMoved && (this.#movedBy === undefined || now - this.#since >= settledMs)) this.#movedBy = doing;
  }

  /** It does something else than while they moved. */
  get isOfDevice(): boolean {
    return this.#movedBy !== undefined && this.#doing !== this.#movedBy;
  }
}
