/** Reads server-sent events out of text that comes in pieces (HTML Living Standard, 9.2.6). Pure. */

export interface ServerEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: string;
}

export class EventReader {
  /** Of an event that is not complete: a long one comes in many pieces, and none of them is looked at twice. */
  #pieces: string[] = [];

  /** The events that are complete with this piece; comments are none. */
  read(piece: string): ServerEvent[] {
    if (piece === "") return [];
    // The blank line may have been cut between its two ends.
    const before = this.#pieces.at(-1)?.endsWith("\n") === true && piece.startsWith("\n");
    this.#pieces.push(piece);
    if (!before && !piece.includes("\n\n")) return [];
    const blocks = this.#pieces.join("").split("\n\n");
    this.#pieces = [blocks.pop() ?? ""];
    return blocks.flatMap(parseBlock);
  }
}

function parseBlock(block: string): ServerEvent[] {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    const before = name === "data" ? fields.get(name) : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const data = fields.get("data");
  return data === undefined ? [] : [{ id: fields.get("id"), type: fields.get("event") ?? "message", data }];
}
