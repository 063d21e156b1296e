/** Pictures out of one answer that goes on (multipart/x-mixed-replace, each part with its length; docs/interfaces.md, streams). Pure. */

/** The head of a part is shorter. */
const longestHead = 256;
const lengthForm = /content-length: *(\d+)\r\n(?:.+\r\n)*\r\n/i;
/** One letter for each octet. */
const letters = new TextDecoder("latin1");

export class PictureReader {
  #kept = new Uint8Array(0);

  /** The pictures that are whole with these octets. */
  read(octets: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
    const all = new Uint8Array(this.#kept.length + octets.length);
    all.set(this.#kept);
    all.set(octets, this.#kept.length);
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    let at = 0;
    for (;;) {
      const head = lengthForm.exec(letters.decode(all.subarray(at, at + longestHead)));
      if (head === null) break;
      const from = at + head.index + head[0].length;
      const to = from + Number(head[1]);
      if (to > all.length) break;
      pictures.push(all.slice(from, to));
      at = to;
    }
    this.#kept = all.slice(at);
    return pictures;
  }
}
