/** Lets go of what has come over the links: each piece is memory outside V8's heap, and V8 looks after its heap. */

/**
 * Beyond 64 MB of such memory V8 marks the whole heap, again and again while a film passes, which costs more than the film.
 * A collection of young objects frees it in a fraction of a millisecond; the few objects that it hangs on would not call for
 * one in time.
 */
const dueOctets = 24 * 1024 * 1024;

/** Counts what has come, over all links together. */
export function createOctetCare(collectYoung: (() => void) | undefined): (octets: number) => void {
  let since = 0;
  return (octets) => {
    since += octets;
    if (since < dueOctets) return;
    since = 0;
    collectYoung?.();
  };
}
